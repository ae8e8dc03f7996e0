"""When a sent alert is edited, and for whom. An edit adds to what the reader saw and takes nothing of it away."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from digests.editions.cards import card
from digests.editions.sources import sources
from digests.model import (
    Addressee,
    AlertContent,
    Announced,
    Broadcast,
    Owed,
    Priority,
    Revision,
    State,
    StoryFacts,
    Telling,
    denial_key,
    edit_key,
)

LATEST = timedelta(hours=24)  # after it rang: nobody scrolls back further
COUNTS = (3, 5, 10, 20, 40, 80)  # how many sources are news to somebody who has the story
# Edits of a story that only tell of more sources: as many as there are gaps, each that long after the ring or edit before.
GAPS = (timedelta(0), timedelta(minutes=15), timedelta(hours=1))
NAMED = 6  # sources that are kept by name: more than a reader is shown of them, who is not shown the alert's own twice
IN_HAND = timedelta(minutes=2)  # what is being sent just now has arrived by then, or is sent anew


@dataclass(frozen=True, slots=True)
class Unrevised:
    """Why nothing is edited: `never rang`, `long ago`, `nothing new`, `budget`, `too soon`."""

    reason: str
    again_at: datetime | None = None  # when it is no longer too soon, and what is new by then is to be told


def decide(told: Sequence[Announced], facts: StoryFacts, now: datetime) -> Revision | Unrevised:
    """Decide whether the last that rang of a story is edited, given all that its readers were `told`, oldest first.

    A version in a language that it lacks: at once and always, for whoever reads that language. More sources: at the
    next of COUNTS, for all, within GAPS.
    """
    if not told:
        return Unrevised("never rang")
    turn = max(one.turn for one in told)
    here = [one for one in told if one.turn == turn]
    rang = [one for one in here if not one.revision]
    if not rang:
        return Unrevised("never rang")
    if now - rang[-1].at > LATEST:
        return Unrevised("long ago")
    last = here[-1].content
    new = _languages(here, facts, since=rang[0].at if turn > 1 else None)
    all_told = sources(facts.tellings)
    refused = _too_many(told, here, all_told.publishers, now)
    if refused and not new:
        return Unrevised(refused, _again_at(told, here) if refused == "too soon" else None)
    content = _with(last, facts, new, since=rang[0].at if turn > 1 else None)
    # What turns out to be a suicide is told with restraint from then on.
    content = replace(content, card=replace(content.card, sensitive=facts.sensitive))
    if not refused:
        counted = replace(content.card, sources=all_told.publishers)
        content = replace(content, card=counted, also=all_told.names[:NAMED])
    return Revision(
        turn=turn,
        number=max(one.revision for one in here) + 1,
        content=content,
        why="sources" if not refused else "language",
        languages=frozenset() if not refused else new,
    )


def edits(block: Iterable[Addressee], broadcast: Broadcast, now: datetime) -> list[Owed]:
    """Owe a revision to those of a block who have the message, or are being sent it with what it said before.

    Whoever is yet to be sent the alert gets it as it is by then.
    """
    key = edit_key(broadcast.story, broadcast.turn, broadcast.revision)
    owed = []
    for one in _once(block):
        arrived = one.state is State.SENT and one.has_message
        in_hand = one.state is State.OWED and one.in_hand
        reads = not broadcast.languages or one.language in broadcast.languages
        if reads and not one.paused and (arrived or in_hand):
            owed.append(_owed(one, key, broadcast, now if arrived else now + IN_HAND))
    return owed


def denials(block: Iterable[Addressee], broadcast: Broadcast, now: datetime) -> list[Owed]:
    """Owe a denial, silently and as a reply, to those of a block who have the digest that told the rumour."""
    key = denial_key(broadcast.story)
    return [
        _owed(one, key, broadcast, now)
        for one in _once(block)
        if one.state is State.SENT and one.has_message and not one.paused
    ]


def _owed(to: Addressee, key: str, broadcast: Broadcast, due: datetime) -> Owed:
    return Owed(
        chat=to.chat,
        key=key,
        edition=broadcast.edition,
        priority=Priority.EDIT,
        state=State.OWED,
        due_at=due,
        expires_at=broadcast.expires_at,
        silent=True,
        answers=to.key,
    )


def _once(block: Iterable[Addressee]) -> Iterable[Addressee]:
    """Give each chat once, with the last message it has."""
    return {one.chat: one for one in block}.values()


def _languages(here: Sequence[Announced], facts: StoryFacts, *, since: datetime | None) -> frozenset[str]:
    """Give the languages in which the story is told now and in which some reader of the turn does not have it."""
    has: frozenset[str] | None = None
    for one in here:
        languages = frozenset(one.content.card.versions)
        has = languages if has is None else has | languages if one.revision else has & languages
    told = {telling.language for telling in _of_turn(facts, since)}
    return frozenset(told) - (has or frozenset())


def _too_many(told: Sequence[Announced], here: Sequence[Announced], count: int, now: datetime) -> str:
    """Say what stands against telling of `count` sources, "" if nothing does."""
    said = min(one.content.card.sources for one in here if not one.revision)
    said = max(said, *(one.content.card.sources for one in here if one.revision), 0)
    if not any(said < step <= count for step in COUNTS):
        return "nothing new"
    spent = sum(one.why == "sources" for one in told)
    if spent >= len(GAPS):
        return "budget"
    return "too soon" if now - here[-1].at < GAPS[spent] else ""


def _again_at(told: Sequence[Announced], here: Sequence[Announced]) -> datetime:
    return here[-1].at + GAPS[sum(one.why == "sources" for one in told)]


def _with(
    last: AlertContent, facts: StoryFacts, languages: frozenset[str], *, since: datetime | None
) -> AlertContent:
    """Add versions in other languages to what was sent."""
    joined = [telling for telling in _of_turn(facts, since) if telling.language in languages]
    if not joined:
        return last
    versions = dict(last.card.versions)
    for language, version in card(replace(facts, tellings=tuple(joined)), breaking=True).versions.items():
        versions.setdefault(language, version)
    return replace(last, card=replace(last.card, versions=versions))


def _of_turn(facts: StoryFacts, since: datetime | None) -> list[Telling]:
    """Give the tellings that may tell of the turn: what came before it rang tells of what was before."""
    return [telling for telling in facts.tellings if since is None or telling.seen_at >= since]
