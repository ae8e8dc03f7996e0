"""What chats follow and mute beyond categories, held against stories: for digests, and for whom an alert is for."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from digests.editions.filters import About, muted_by
from digests.model import ChatId, StoryFacts, StoryId, Subject, Telling, What
from digests.store import interests, namings, stories
from digests.store.engine import Reading
from digests.stories.kinds import kinds_of
from digests.stories.wanted import Wanted, source_subject

MOST = 200  # stories that one chat's follows bring to one digest
EARLIER = timedelta(days=4)  # before a digest's period: a story that was named first then was told then


@dataclass(frozen=True, slots=True)
class Due:
    """What a chat's digest is made from."""

    chat: ChatId
    named_seq: int | None  # the last naming that its last digest covered
    wanted: frozenset[str]  # categories
    since: datetime
    here: frozenset[StoryId]  # the stories that its categories bring


@dataclass(frozen=True, slots=True)
class Filters:
    """What chats' follows add to their digests, and what their mutes take away."""

    followed: Mapping[ChatId, frozenset[StoryId]] = field(default_factory=dict)
    others: Mapping[StoryId, StoryFacts] = field(
        default_factory=dict
    )  # followed, and of no category that any wants
    followers: frozenset[ChatId] = frozenset()  # chats that follow anything here
    mutes: Mapping[ChatId, frozenset[Subject]] = field(default_factory=dict)
    about: Mapping[StoryId, About] = field(default_factory=dict)

    def of(self, chat: ChatId) -> frozenset[StoryId]:
        """Give the stories of a digest that the chat follows something of."""
        return self.followed.get(chat, frozenset())

    def muted(self, chat: ChatId, here: Collection[StoryId]) -> frozenset[StoryId]:
        """Give those stories that the chat wants to hear nothing of."""
        mutes = self.mutes.get(chat)
        if not mutes:
            return frozenset()
        return frozenset(
            story for story in here if story in self.about and muted_by(self.about[story], mutes)
        )


async def filters(
    tx: Reading, due: Sequence[Due], facts: Mapping[StoryId, StoryFacts], *, upto: int
) -> Filters:
    """Read what chats follow and mute, in as many statements for one as for all of them.

    `facts` are the stories that their categories bring, `upto` the last naming that their digests cover.
    """
    ids = [one.chat for one in due]
    followers = await interests.followers(tx, ids)
    mutes = await interests.mutes(tx, ids)
    found: dict[ChatId, tuple[namings.FollowedStory, ...]] = {}
    others: dict[StoryId, StoryFacts] = {}
    if followers:
        earliest = min(one.since for one in due if one.chat in followers)
        found = await namings.followed(tx, list(followers), upto=upto, since=earliest - EARLIER)
        missing = {
            story.story
            for one in due
            for story in _new(one, found)
            if story.story not in one.here and story.story not in facts
        }
        others = {one.id: one for one in await stories.facts(tx, sorted(missing))}
    every = {**facts, **others}
    return Filters(
        followed={one.chat: _followed(one, found, every) for one in due if one.chat in followers},
        others=others,
        followers=followers,
        mutes=mutes,
        about=await about(tx, list(every.values()), frozenset[Subject]().union(*mutes.values())),
    )


def _new(
    due: Due, found: Mapping[ChatId, Sequence[namings.FollowedStory]]
) -> Sequence[namings.FollowedStory]:
    """Give what a chat follows and no digest of it has covered; what its categories bring is new as well."""
    after = due.named_seq or 0
    return [
        one
        for one in found.get(due.chat, ())
        if one.story in due.here or (one.seq > after and one.at > due.since)
    ][:MOST]


def _followed(
    due: Due,
    found: Mapping[ChatId, Sequence[namings.FollowedStory]],
    facts: Mapping[StoryId, StoryFacts],
) -> frozenset[StoryId]:
    """Give the stories that a chat follows something of. What its categories told in an earlier digest is told."""
    return frozenset(
        one.story
        for one in _new(due, found)
        if one.story in due.here
        or (one.story in facts and facts[one.story].categories.isdisjoint(due.wanted))
    )


async def about(
    tx: Reading, facts: Sequence[StoryFacts], mutes: Collection[Subject]
) -> Mapping[StoryId, About]:
    """Tell what of `mutes` each story is about, in one statement; none where nothing is muted."""
    if not mutes or not facts:
        return {}
    named = await namings.of(tx, [one.id for one in facts])
    wanted = Wanted.of(one for one in mutes if one.what is What.WORDS)
    return {one.id: _about(one, named[one.id], wanted) for one in facts}


def _about(facts: StoryFacts, named: Collection[Subject], wanted: Wanted) -> About:
    words = (wanted.found_in(telling.entry) for telling in facts.tellings)
    kinds = (kinds_of(telling.happened, telling.sensitive) for telling in facts.tellings)
    return About(
        facts.id,
        subjects=frozenset(one for one in named if one.what is What.NAME).union(*words, *kinds),
        tellings=tuple(map(_called, facts.tellings)),
    )


def _called(telling: Telling) -> frozenset[Subject]:
    called = (telling.source, telling.feed, telling.entry.source)
    return frozenset(subject for source in called if (subject := source_subject(source)))
