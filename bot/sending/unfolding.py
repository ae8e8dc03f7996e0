"""The next block of a broadcast's audience: who is owed what it sends, and how many are not and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from digests.editions import revising
from digests.editions.alerts import NotOwed, decide
from digests.editions.digest import told
from digests.editions.filters import About
from digests.editions.timetable import zone_of
from digests.model import (
    Addressee,
    Broadcast,
    Candidate,
    Chat,
    ChatId,
    Owed,
    Ranking,
    Sends,
    StoryId,
    Subject,
)
from digests.settings import BreakingSettings
from digests.store import editions, revisions, stories
from digests.store.engine import Reading
from digests.subjects import about


@dataclass(frozen=True, slots=True)
class Block:
    """Some chats of a broadcast's audience, decided."""

    last: ChatId | None  # the highest of them; None: nobody was left
    chats: int
    owed: tuple[Owed, ...]
    not_owed: dict[str, int]  # how many chats, by the reason
    readers: Mapping[ChatId, Chat] = field(
        default_factory=dict
    )  # of an alert: the chats themselves, as they were decided


async def next_block(
    tx: Reading, broadcast: Broadcast, rules: BreakingSettings, limit: int, now: datetime
) -> Block:
    """Decide the next chats of a broadcast by their ids, at most `limit`."""
    if broadcast.sends is Sends.ALERT:
        return await _alerts(tx, broadcast, rules, limit, now)
    there = await revisions.addressees(tx, broadcast, limit)
    if broadcast.sends is Sends.EDIT:
        owed = revising.edits(there, broadcast, now)
    else:
        owed = revising.denials(await _shown(tx, broadcast.story, there), broadcast, now)
    chats = len({one.chat for one in there})
    others = {"has no such message": chats - len(owed)} if chats > len(owed) else {}
    return Block(there[-1].chat if there else None, chats, tuple(owed), others)


async def _shown(tx: Reading, story: StoryId, there: Sequence[Addressee]) -> list[Addressee]:
    """Leave out digests that did not tell of the story: an edition ranks more than any chat is told."""
    read = await editions.by_ids(tx, {one.edition for one in there})
    silent = {
        (edition, without)
        for edition, without in {(one.edition, one.without) for one in there}
        if edition in read
        and isinstance(content := read[edition].content, Ranking)
        and story not in told(content, without)
    }
    return [one for one in there if (one.edition, one.without) not in silent]


async def _alerts(
    tx: Reading, broadcast: Broadcast, rules: BreakingSettings, limit: int, now: datetime
) -> Block:
    block = await editions.candidates(tx, broadcast, now, limit)
    told = await _about(tx, broadcast, block)
    owed: list[Owed] = []
    reasons: dict[str, int] = {}
    for candidate in block:
        zone = zone_of(candidate.chat.zone)
        decision = decide(candidate, broadcast, rules=rules, zone=zone, now=now, about=told)
        if isinstance(decision, NotOwed):
            reasons[decision.reason] = reasons.get(decision.reason, 0) + 1
        else:
            owed.append(decision)
    readers = {candidate.chat.id: candidate.chat for candidate in block}
    return Block(block[-1].chat.id if block else None, len(block), tuple(owed), reasons, readers)


async def _about(tx: Reading, broadcast: Broadcast, block: Sequence[Candidate]) -> About | None:
    """What the story is about of that which these chats mute; nothing is asked where they mute nothing."""
    mutes = frozenset[Subject]().union(*(candidate.mutes for candidate in block))
    if not mutes:
        return None
    told = await about(tx, await stories.facts(tx, [broadcast.story]), mutes)
    return told.get(broadcast.story)
