"""What happens in a seed besides the bot: publishers publish, readers say things, leave and come back, time passes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time
from random import Random

from bot.playground.telegram import Telegram
from digests.model import Alerts
from tests.headlines import RINGS, WAITS
from tests.simulation.press import Press
from tests.simulation.readers import CATEGORIES, HOLDS, Reader

FEEDS = ("kpop", "korea")  # by what they are filed under


@dataclass(frozen=True)
class Pause:
    """Before an act. A jump lets no step run meanwhile: the process slept, or nothing was to be done."""

    seconds: float
    jump: bool = False
    to_digest: bool = False  # until the next one is due, give or take the seconds
    works: float = 0.0  # seconds before it in which the bot may finish what it has in hand


@dataclass(frozen=True)
class Act:
    pause: Pause
    does: Callable[["Stage"], str]  # gives what it was, for the trace


@dataclass
class Stage:
    """What acts may touch."""

    telegram: Telegram
    press: Press
    readers: list[Reader]
    now: Callable[[], datetime]
    news: Callable[[], None]


def script(chance: Random) -> list[Act]:
    """Draw what will happen, whatever becomes of the bot meanwhile."""
    rings = {feed: chance.sample(_english(RINGS, feed), k=len(_english(RINGS, feed))) for feed in FEEDS}
    waits = {feed: chance.sample(_english(WAITS, feed), k=len(_english(WAITS, feed))) for feed in FEEDS}
    published: list[tuple[str, str]] = []
    acts: list[Act] = []
    for _ in range(chance.randint(5, 11)):
        kind = chance.choices(
            ("ring", "wait", "carry", "command", "block", "unblock", "migrate", "nothing"),
            weights=(8, 4, 2, 6, 1.5, 2, 1, 2),
        )[0]
        does: Callable[[Stage], str] | None = None
        if kind in ("ring", "wait"):
            feed = chance.choice(FEEDS)
            title = (rings if kind == "ring" else waits)[feed].pop()
            published.append((feed, title))
            does = _publishes(feed, title)
        elif kind == "carry" and published:
            does = _publishes("third", chance.choice(published)[1])
        elif kind == "command":
            does = _commands(chance)
        elif kind in ("block", "unblock"):
            does = _blocks(chance.randrange(100), blocks=kind == "block")
        elif kind == "migrate":
            does = _migrates(chance)
        acts.append(Act(_pause(chance), does or (lambda _: "nothing")))
    return acts


def _english(headlines: dict[str, tuple[str, ...]], feed: str) -> list[str]:
    return [title for title in headlines[feed] if title.isascii()]


def _pause(chance: Random) -> Pause:
    works = chance.choice((0.0, 2.0, 2.0, 4.0))
    match chance.choices(("burst", "minutes", "digest", "hours", "day"), weights=(8, 5, 4, 2, 0.6))[0]:
        case "burst":
            return Pause(chance.choice((0.0, 0.001, 0.05, 0.5, 2.0, 4.0)))
        case "minutes":
            return Pause(chance.uniform(60, 3_000), jump=True, works=works)
        case "digest":
            return Pause(chance.choice((-2.0, -0.2, 0.0, 0.0, 3.0)), jump=True, to_digest=True, works=works)
        case "hours":
            return Pause(chance.uniform(3_600, 7 * 3_600), jump=True, works=works)
        case _:
            return Pause(chance.uniform(10 * 3_600, 40 * 3_600), jump=True, works=works)


def _publishes(feed: str, title: str) -> Callable[[Stage], str]:
    def act(stage: Stage) -> str:
        stage.press.publish(feed, title, stage.now())
        return f"{feed} publishes {title}"

    return act


def _commands(chance: Random) -> Callable[[Stage], str]:
    who, what = chance.randrange(100), chance.randrange(100)
    category = chance.choice(CATEGORIES)

    def act(stage: Stage) -> str:
        # A few change their minds often; the rest are steady.
        fickle = [one for one in stage.readers if not one.steady] or stage.readers[:1]
        if who < 40 and len(fickle) < 3:
            fickle = [*fickle, stage.readers[who % len(stage.readers)]]
        reader = fickle[who % len(fickle)]
        if reader.blocked:
            return "nothing: the reader blocks the bot"
        return _says(stage, reader, *_wish(reader, what, category))

    return act


def _wish(reader: Reader, what: int, category: str) -> tuple[str, dict[str, object]]:
    """What is said, and what is wished by it; any of them ends a /stop."""
    follows = reader.wants.follows
    table: list[tuple[str, dict[str, object]]] = [
        (f"/subscribe {category}", {"follows": follows | {category}}),
        (f"/subscribe {category}", {"follows": follows | {category}}),
        (f"/unsubscribe {category}", {"follows": follows - {category}}),
        ("/alerts on", {"alerts": Alerts.ON}),
        ("/alerts off", {"alerts": Alerts.OFF}),
        ("/alerts silent", {"alerts": Alerts.SILENT}),
        ("/quiet off", {"quiet": None}),
        ("/quiet 23:00-07:00 hold", {"quiet": HOLDS}),
        ("/digest 07:30", {"times": (time(7, 30),)}),
        ("/digest 08:00 20:00", {"times": (time(8), time(20))}),
        ("/digest off", {"times": ()}),
        ("/stop", {"awake": False}),
    ]
    said, wants = table[what % len(table)]
    return said, {"awake": True} | wants


def _says(stage: Stage, reader: Reader, said: str, wants: dict[str, object]) -> str:
    now = stage.now()
    reader.change(now, **wants)
    reader.commands.append((now, said))
    stage.telegram.say(reader.chat, reader.person, said)
    stage.news()
    return f"{reader.name} says {said}"


def _blocks(number: int, *, blocks: bool) -> Callable[[Stage], str]:
    def act(stage: Stage) -> str:
        people = [one for one in stage.readers if one.chat.kind == "private" and one.blocked is not blocks]
        if blocks and sum(one.steady for one in people) <= 2:
            people = [one for one in people if not one.steady]
        if not people:
            return "nothing"
        reader = people[number % len(people)]
        if blocks:
            reader.change(stage.now())
            stage.telegram.block(reader.person)
        else:
            reader.change(stage.now(), awake=True)
            reader.commands.append((stage.now(), "/start"))
            stage.telegram.unblock(reader.person)
        reader.blocked = blocks
        stage.news()
        return f"{reader.name} {'blocks' if blocks else 'lets back'} the bot"

    return act


def _migrates(chance: Random) -> Callable[[Stage], str]:
    """Mostly somebody says something just before, and now and then just after: the bot hears of all of it later."""
    before, after = (chance.randrange(100) if chance.random() < part else None for part in (0.7, 0.3))
    category = chance.choice(CATEGORIES)

    def act(stage: Stage) -> str:
        group = next(one for one in stage.readers if one.name == "group")
        if group.chat.kind != "group":
            return "nothing"
        said = [] if before is None else [_says(stage, group, *_wish(group, before, category))]
        group.change(stage.now())
        group.chat = stage.telegram.migrate(group.chat)
        group.ids.add(group.chat.id)
        stage.news()
        said.append("the group becomes a supergroup")
        if after is not None:
            said.append(_says(stage, group, *_wish(group, after, category)))
        return ", ".join(said)

    return act
