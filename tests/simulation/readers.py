"""Who reads in a seed, and what they want of the bot: known here from what they said, not from what it kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from random import Random

from bot.playground.telegram import Chat, Person, Telegram
from digests.editions.timetable import next_due, zone_of
from digests.model import Address, Alerts, ChatKind, NewChat, Quiet
from digests.store import chats, subscriptions
from digests.store.engine import Store

CATEGORIES = ("kpop", "drama", "korea")
ZONES = ("Asia/Seoul", "Asia/Seoul", "America/New_York", "Europe/Berlin", "Pacific/Auckland", "UTC+05:30")
HOLDS = Quiet(time(23), time(7), hold=True)
TIMES = (("08:00",), ("07:30", "19:00"), ("08:00",), ())


@dataclass(frozen=True)
class Wants:
    """How a chat wishes to be served."""

    follows: frozenset[str]
    alerts: Alerts
    quiet: Quiet | None
    times: tuple[time, ...]
    awake: bool = True


@dataclass
class Reader:
    """A chat, or a group with its owner."""

    name: str
    person: Person
    chat: Chat
    zone: str
    wants: Wants
    id: int = 0  # ours
    steady: bool = True  # never changes anything, and never goes away
    blocked: bool = False
    commands: list[tuple[datetime, str]] = field(default_factory=list)
    changed_at: list[datetime] = field(default_factory=list)  # what is wished, or the chat, changed
    wanted: list[Wants] = field(default_factory=list)  # until then
    ids: set[int] = field(default_factory=set)  # Telegram's, all it ever had

    def change(self, at: datetime, **wants: object) -> None:
        self.steady = False
        self.changed_at.append(at)
        self.wanted.append(self.wants)
        self.wants = replace(self.wants, **wants)  # type: ignore[arg-type]

    def wants_at(self, moment: datetime) -> Wants:
        """What was wished at a moment."""
        before = [wants for at, wants in zip(self.changed_at, self.wanted, strict=True) if at > moment]
        return before[0] if before else self.wants


def gather(chance: Random, telegram: Telegram) -> list[Reader]:
    """The chats of a seed: some are steady, some change their minds, one is a group."""
    made = []
    for number in range(chance.randint(5, 7)):
        person = telegram.person(f"Reader {number}")
        telegram.start(person)
        made.append(
            Reader(f"reader {number}", person, telegram.private(person), chance.choice(ZONES), _wants(chance))
        )
    owner = telegram.person("Owner")
    group = telegram.group("Fans", owner=owner, supergroup=False)
    telegram.add_bot(group, by=owner)
    made.append(Reader("group", owner, group, "Asia/Seoul", _wants(chance), steady=False))
    for one in made:
        one.ids.add(one.chat.id)
    telegram.world.updates.drop()
    return made


def _wants(chance: Random) -> Wants:
    return Wants(
        frozenset(chance.sample(CATEGORIES, chance.choice((1, 2, 3)))),
        chance.choice((Alerts.ON, Alerts.ON, Alerts.ON, Alerts.FEW, Alerts.SILENT, Alerts.OFF)),
        chance.choice((None, None, HOLDS, Quiet(time(22), time(6)))),
        tuple(time.fromisoformat(one) for one in chance.choice(TIMES)),
    )


async def settle_in(store: Store, readers: Sequence[Reader], now: datetime) -> None:
    """Let them have pressed Start and chosen before the seed begins."""
    async with store.writing() as tx:
        for one in readers:
            wants = one.wants
            kind = ChatKind.GROUP if one.chat.kind == "group" else ChatKind.PRIVATE
            due = next_due(wants.times, zone_of(one.zone), now)
            new = NewChat(kind, "en", one.zone, wants.quiet, wants.times, due)
            chat = await chats.ensure(tx, Address(one.chat.id), new, now)
            await chats.change(tx, chat.id, alerts=wants.alerts, zone_known=True)
            await subscriptions.add(tx, chat.id, wants.follows, now)
            one.id = chat.id
