"""Judged entries on their way into the store: stories, names, alerts, and what becomes of stories that rang before.

In the transaction of the judge. Those after them see them at once, and they are written together.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from digests.editions.cards import card
from digests.model import AlertContent, Decision, Filed, Joins, Known, StoryFacts, StoryId, Unjudged
from digests.revise import deny, revise_due
from digests.store import editions, namings, stories
from digests.store.engine import Writing
from digests.store.namings import Naming
from digests.store.stories import Placed
from digests.stories.index import Merge
from digests.stories.judgement import Judgement, Newsroom
from digests.stories.wanted import Wanted, name_subject


class Desk:
    """Judged entries on their way into the store: those after them see them at once, and they are written together."""

    def __init__(
        self,
        tx: Writing,
        newsroom: Newsroom,
        *,
        number: StoryId,
        known: Collection[Known],
        wanted: Wanted,
        worth: timedelta,
    ) -> None:
        self.filed: list[Filed] = []
        self._tx = tx
        self._newsroom = newsroom
        self._number = number
        self._wanted = wanted
        self._worth = worth
        self._laid: list[Placed] = []
        self._again: dict[StoryId, None] = {}  # stories that rang before, and are told again
        self._denied: dict[StoryId, Filed] = {}
        self.merged: dict[StoryId, StoryId] = {}
        self.later: dict[
            StoryId, datetime
        ] = {}  # stories with more to tell than may be told now, and when it may
        self._by_link: dict[str, list[Known]] = defaultdict(list)
        self._by_title: dict[str, list[Known]] = defaultdict(list)
        for one in known:
            self._know(one)

    def alike(self, unjudged: Unjudged) -> list[Known]:
        """Give what shares a link or a title with an entry, of any age."""
        found = (*self._by_link.get(unjudged.link_key, ()), *self._by_title.get(unjudged.title_key, ()))
        return [replace(one, story=self.merged.get(one.story, one.story)) for one in found]

    async def lay(self, judgement: Judgement, at: datetime) -> StoryId:
        """Take one more. Where it makes one of two stories, so does the store. Gives the story that it is of then."""
        filed = judgement.filed
        if isinstance(filed.placement, Joins):
            story = filed.placement.story
        else:
            story, self._number = self._number, StoryId(self._number + 1)
        self.filed.append(filed)
        self._laid.append(Placed(filed, story, at))
        unjudged = filed.unjudged
        self._know(Known(story, unjudged.link_key, unjudged.title_key, unjudged.seen_at))
        if filed.decision.denial:
            self._denied[story] = filed
        for merge in self._newsroom.keep(judgement, story):
            await self._merge(merge)
        return self.merged.get(story, story)

    async def write(self) -> None:
        """Write what was laid."""
        laid, self._laid = self._laid, []
        written = await stories.file_all(self._tx, laid)
        if laid:
            await namings.write_all(self._tx, [naming for one in laid for naming in self._namings(one)])
        for one, made in zip(laid, written, strict=True):
            if made.alerted and not one.filed.decision.rings:
                self._again[made.story] = None
                if made.new and _only_told(one.filed.decision):
                    await self._owe(made.story, made.new, one.filed, one.at)

    async def announce(self, story: StoryId, filed: Filed, now: datetime) -> None:
        """Owe the alert, or the turn, that an entry of a story is, to everybody it is for."""
        await self.write()
        await self._owe(story, None, filed, now)
        await stories.alerted(self._tx, story, now, filed.decision.turn)

    async def finish(self, now: datetime) -> int:
        """Write the rest; edit, or deny, what readers were told. Gives how many broadcasts that is."""
        await self.write()
        again = {self.merged.get(story, story): now for story in self._again}
        made, self.later = await revise_due(self._tx, again, now, self._worth)
        for denied, filed in self._denied.items():
            story = self.merged.get(denied, denied)
            content = _content(await self._facts(story), filed, denial=True)
            made += await deny(self._tx, story, content, now, self._worth)
        return made

    async def _owe(self, story: StoryId, new: Collection[str] | None, filed: Filed, now: datetime) -> None:
        """Owe what an entry tells to the followers of its story, or to those of the categories that it is `new` to."""
        facts = await self._facts(story)
        content = _content(facts, filed)
        edition = await editions.add(self._tx, content, now, story=story)
        await editions.announce(
            self._tx,
            edition,
            story,
            facts.categories if new is None else new,
            decided_at=now,
            expires_at=now + self._worth,
            turn=content.turn,
            silent=filed.decision.silent,
            score=filed.decision.score if new is None else None,
            follows=() if new is not None else (await namings.of(self._tx, [story]))[story],
        )

    async def _facts(self, story: StoryId) -> StoryFacts:
        (facts,) = await stories.facts(self._tx, [story])
        return facts

    async def _merge(self, merge: Merge) -> None:
        await self.write()
        if merge.link:
            await stories.link(self._tx, merge.winner, merge.loser)
            return
        await stories.merge(self._tx, merge.winner, merge.loser)
        await namings.merge(self._tx, merge.loser, merge.winner)
        self.merged = {
            story: merge.winner if into == merge.loser else into for story, into in self.merged.items()
        } | {merge.loser: merge.winner}

    def _namings(self, placed: Placed) -> list[Naming]:
        filed, unjudged = placed.filed, placed.filed.unjudged
        subjects = {name_subject(name) for name in filed.names}
        subjects |= self._wanted.found_in(unjudged.entry, unjudged.feed, names=filed.names)
        became_news = filed.at if unjudged.history else unjudged.seen_at
        return [Naming(placed.story, subject, became_news) for subject in subjects]

    def _know(self, known: Known) -> None:
        if known.link_key:
            self._by_link[known.link_key].append(known)
        if known.title_key:
            self._by_title[known.title_key].append(known)


def _content(facts: StoryFacts, filed: Filed, *, denial: bool = False) -> AlertContent:
    """Say what an entry tells of its story: its own version in its language, beside those that others have.

    A turn, and a denial, are told by their own version alone: the others tell of what was before.
    """
    decision = filed.decision
    own = [
        one
        for one in facts.tellings
        if one.feed == filed.unjudged.feed and one.entry.key == filed.unjudged.entry.key
    ]
    whole = card(facts, breaking=True)
    versions = card(replace(facts, tellings=tuple(own)), breaking=True).versions if own else whole.versions
    turn = max(decision.turn, 1)
    if turn == 1 and not denial:
        versions = {**whole.versions, **versions}
    return AlertContent(
        card=replace(whole, versions=versions),
        reasons=tuple(reason.code for reason in decision.reasons if reason.speaks == "for"),
        turn=turn,
        sensitive=",".join(decision.sensitive),
        denial=denial,
    )


def _only_told(decision: Decision) -> bool:
    """Whether nothing speaks against a ring but that the story rang before."""
    against = {reason.code for reason in decision.reasons if reason.speaks == "against"}
    return against == {"told"}
