"""What rang a short while ago, and which entries tell it again: asked before a phone rings for what seems to be new."""

from collections.abc import Callable
from datetime import datetime, timedelta

from digests.model import Begins, Joins, StoryId
from digests.stories.gist import Gist
from digests.stories.index import Index
from digests.stories.newswords import NewsWords
from digests.stories.sent import FOLLOWED, LASTS, followed_by, is_next, is_second, kinds_of, kinds_since
from digests.stories.so_far import SoFar
from digests.stories.told import Told


class Alerts:
    """The stories that rang, and when they did last."""

    def __init__(self, words: NewsWords) -> None:
        self._words = words
        self._rang: dict[StoryId, datetime] = {}

    def rang(self, story: StoryId, at: datetime) -> None:
        """Remember that something of a story rang."""
        self._rang[story] = max(at, self._rang.get(story, at))

    def since(self, moment: datetime) -> tuple[StoryId, ...]:
        """Give the stories of which something rang since then."""
        return tuple(story for story, at in self._rang.items() if at >= moment)

    def forget(self, story: StoryId) -> None:
        """Let go of a story."""
        self._rang.pop(story, None)

    def merge(self, winner: StoryId, loser: StoryId) -> None:
        """Follow two stories that are one."""
        at = self._rang.pop(loser, None)
        if at is not None:
            self.rang(winner, at)

    def place(
        self,
        title: str,
        gist: Gist,
        told: Told,
        index: Index,
        so_far: Callable[[StoryId], SoFar],
        *,
        now: datetime,
    ) -> Joins | Begins:
        """Place an entry by its words, and by what rang: what is like it is more likely told again than new.

        `so_far` gives what a story has told. What rang and surely is the entry's story stays so, unless the entry
        tells of the next such event.
        """
        placement = index.place(gist, now)
        if isinstance(placement, Joins):
            if placement.why != "words":
                return placement
            if placement.story in self._rang:
                if is_next(told, title, so_far(placement.story), self._words, now):
                    return self._again(title, gist, told, index, so_far, now=now) or Begins()
                if placement.sure:
                    return placement
        return self._again(title, gist, told, index, so_far, now=now) or placement

    def _again(
        self,
        title: str,
        gist: Gist,
        told: Told,
        index: Index,
        so_far: Callable[[StoryId], SoFar],
        *,
        now: datetime,
    ) -> Joins | None:
        """Find what rang within the last hours, if the entry tells it again."""
        words, followed = self._words, followed_by(told, title, self._words)
        kinds, lasts = kinds_of(told, words) | followed, FOLLOWED if followed else LASTS
        found: list[tuple[float, StoryId]] = []
        for story, at in self._rang.items() if kinds else ():
            if now - at > lasts:
                continue
            theirs = kinds_since(so_far(story), now - lasts, words)
            since = timedelta(0) if followed & theirs else now - at
            found += [
                (near.score, story)
                for near in (index.near(gist, story, now - lasts) if kinds & theirs else ())
                if is_second(near, kinds, theirs, since)
            ]
        if not found:
            return None
        score, story = max(found, key=lambda one: (one[0], -one[1]))
        return Joins(story, "words", score=round(score, 2))
