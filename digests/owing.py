"""What each chat of a block is owed: decided and written in one short transaction, by rankings that were made before.

Whatever happened to a chat until then is seen here: an alert that it was sent, a time that it changed, that it left.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple

from digests.editions.tastes import Taste
from digests.editions.timetable import digest_key, next_due, zone_of
from digests.model import ChatId, EditionId, Share, StoryId
from digests.rankings import Made, Rankings
from digests.settings import Settings
from digests.store import codec, due, editions, held_alerts, standing
from digests.store.due import Covered, DueChat, Move, OwedDigest
from digests.store.engine import Writing
from digests.store.held_alerts import HeldAlert

WORTH = timedelta(hours=12)  # how long a digest is worth sending after its minute
ZONE_ASKS = 3  # a digest asks once, and with its question no more follow; those of commands are counted too
EDITIONS = 6  # that one transaction writes at most: with more of them other writers would wait

_NONE: frozenset[StoryId] = frozenset()


class Reader(NamedTuple):
    """A chat whose digest is due."""

    chat: DueChat
    taste: Taste
    had: frozenset[StoryId]  # what earlier digests told it, or it mutes
    follows: bool  # anything at all


@dataclass(slots=True)
class Owing:
    """What one transaction came to. Until it is committed nothing here counts."""

    owed: int = 0
    written: list[tuple[Made, EditionId]] = field(default_factory=list)
    aside: list[Reader] = field(default_factory=list)  # those for whom there was no room, or no ranking yet
    wanting: set[Taste] = field(default_factory=set)  # whose ranking is to be made first

    def keep(self) -> None:
        """Remember what is committed."""
        for made, edition in self.written:
            made.edition = edition


async def owe(
    tx: Writing,
    readers: Sequence[Reader],
    rankings: Rankings,
    settings: Settings,
    now: datetime,
    *,
    writing: Callable[[], None],
) -> Owing:
    """Write what the readers are owed, and move their next digest. Who changed meanwhile is left to the next step.

    `writing` is called when all is decided: from then on this waits for the database.
    """
    ids = [reader.chat.id for reader in readers]
    unchanged = await due.hold(tx, [reader.chat for reader in readers])
    alerted = await standing.alerted(tx, ids, rankings.alert_keys)
    held = await held_alerts.of(tx, ids)
    calendar = _Calendar(now)
    had = await due.had(tx, ids, {calendar.of(one.chat)[0] for one in readers})
    step = _Step(rankings, empty=settings.digest.say_when_empty)
    for reader in readers:
        chat = reader.chat
        if chat.id not in unchanged:
            continue
        key, next_at = calendar.of(chat)
        if (chat.id, key) in had:
            # A traveller's second morning of one date: what is new waits for the next.
            step.moved[next_at, False, None].append(chat.id)
            continue
        step.decide(reader, key, next_at, reader.had | alerted.get(chat.id, _NONE), held.get(chat.id, ()))
    writing()
    await step.write(tx, now)
    return step.owing


class _Calendar:
    """What today's digests are called, and when the next come: the same for all chats of one zone and one set of times."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._zones: dict[str, tzinfo] = {}
        self._of: dict[tuple[str, str, str], tuple[str, datetime | None]] = {}

    def of(self, chat: DueChat) -> tuple[str, datetime | None]:
        """Give the key, and the next moment, strictly after now: a bot that was down for days sends one digest."""
        place = (chat.at, chat.zone, chat.times)
        found = self._of.get(place)
        if found is None:
            zone = self._zones.setdefault(chat.zone, zone_of(chat.zone))
            times = codec.times_stored(chat.times)
            found = self._of[place] = (
                digest_key(codec.moment_stored(chat.at), zone),
                next_due(times, zone, self._now),
            )
        return found


class _Step:
    """Decides one reader after the other; what comes of it is written at the end, many in one statement."""

    def __init__(self, rankings: Rankings, *, empty: bool) -> None:
        self.owing = Owing()
        # By when the next digest is due, whether this one covers what it should, and whether it asks for the zone.
        self.moved: dict[tuple[datetime | None, bool, int | None], list[ChatId]] = defaultdict(list)
        self._rankings = rankings
        self._empty = empty
        self._made: dict[int, Made | None] = {}  # by the identity of tastes, which readers share
        self._new: dict[int, Made] = {}  # whose editions are to be written
        self._owed: list[tuple[ChatId, str, Made, str | None]] = []
        self._told: list[HeldAlert] = []
        self._shares: dict[Share, str | None] = {}

    def decide(
        self,
        reader: Reader,
        key: str,
        next_at: datetime | None,
        had: frozenset[StoryId],
        held: Sequence[HeldAlert],
    ) -> None:
        """Decide about one chat."""
        made = self._of(reader.taste)
        if made is None:
            self._set_aside(reader, reader.taste)
            return
        had &= made.news
        picked = made.picked(had)
        if not picked.suffices:
            own = Taste(reader.taste.pool, reader.taste.followed, had)
            made, had = self._rankings.of(own), _NONE
            if made is None:
                self._set_aside(reader, own)
                return
            picked = made.picked(had)
        chat = reader.chat
        # Also without news, where alerts were held for it or the operator wants it said.
        if not (picked.anything or held or (self._empty and reader.follows)):
            self.moved[next_at, True, None].append(chat.id)
            return
        if made.edition is None and id(made) not in self._new:
            if len(self._new) == EDITIONS:
                self._set_aside(reader)
                return
            self._new[id(made)] = made
        asks = not chat.zone_known and chat.zone_asks < ZONE_ASKS
        self._owed.append((chat.id, key, made, self._share(had, held, asks=asks)))
        self._told += held
        self.moved[next_at, True, ZONE_ASKS if asks else None].append(chat.id)

    async def write(self, tx: Writing, now: datetime) -> None:
        """Write editions, debts, and where the chats stand now."""
        new = {id_: await editions.add(tx, made.ranking, now) for id_, made in self._new.items()}
        self.owing.written = [(made, new[id_]) for id_, made in self._new.items()]
        owed = [
            OwedDigest(chat, key, made.edition or new[id(made)], share)
            for chat, key, made, share in self._owed
        ]
        await due.owe(tx, owed, now, now + WORTH)
        if self._told:
            await held_alerts.told(tx, [alert.delivery for alert in self._told], now)
        covered = Covered(self._rankings.upto.filed, self._rankings.upto.named, now)
        moves = [
            Move(chats, next_at, covered if covers else None, asks)
            for (next_at, covers, asks), chats in self.moved.items()
        ]
        await due.move_on(tx, moves)
        self.owing.owed = len(owed)

    def _of(self, taste: Taste) -> Made | None:
        if id(taste) not in self._made:
            self._made[id(taste)] = self._rankings.of(taste)
        return self._made[id(taste)]

    def _set_aside(self, reader: Reader, wanting: Taste | None = None) -> None:
        self.owing.aside.append(reader)
        if wanting is not None:
            self.owing.wanting.add(wanting)

    def _share(self, had: frozenset[StoryId], held: Sequence[HeldAlert], *, asks: bool) -> str | None:
        """Give a chat's own part as it is stored: the same words for all that have the same."""
        if not (had or held or asks):
            return None
        share = Share(tuple(alert.edition for alert in held), asks, tuple(sorted(had)))
        if share not in self._shares:
            self._shares[share] = codec.share_stored(share)
        return self._shares[share]
