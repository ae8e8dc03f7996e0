"""How things stand, in words and as JSON values: pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from bot.cli.limits_words import chats, limits, takes
from bot.cli.wording import count, length, number, rate, utc
from bot.config.cautions import MESSAGES_A_STAR
from bot.logs import scrub
from digests.model import Sends, State
from digests.store.audiences import Audiences
from digests.store.status import WINDOWS, Debt, Failing, Settled, Status, Unfolding

MOST = 5  # of a kind that are named one by one
SLOW = 0.5  # of the pace: what leaves slower than that makes another estimate
LATE = timedelta(seconds=10)  # that an update may wait before it deserves a mark
_KINDS = {"alert": "alerts", "turn": "turns", "edit": "edits", "denial": "denials", "digest": "digests", "notice": "notices"}  # fmt: skip
_STATES = (State.REFUSED, State.UNHEARD, State.EXPIRED, State.GONE, State.CANCELLED, State.TOLD)
_TROUBLE = (State.REFUSED, State.UNHEARD)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is told at one moment."""

    at: datetime
    database: str  # without a password
    running: bool
    per_second: float  # the pace that is configured
    worth: timedelta  # how long an alert is worth sending
    stars_a_day: int  # that may be paid; 0: nothing is paid for
    status: Status
    audiences: Audiences


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the table; `mark` where somebody should look."""

    what: str
    words: str
    mark: bool = False


def lines(snapshot: Snapshot, zone: tzinfo) -> Iterator[Line]:
    """Tell how things stand, what matters most first. Times of day are those of `zone`."""
    status, now = snapshot.status, snapshot.at
    yield Line("bot", _life(snapshot), mark=not snapshot.running)
    yield _outbox(snapshot, zone)
    for debt in status.owed:
        yield Line(f"  {_KINDS.get(debt.kind, debt.kind)}", _debt(debt, now, zone))
    yield from (Line("  unfolding", words) for words in _unfolding(status.unfolding))
    if status.held:
        yield Line("  held", f"{count(status.held, 'alert')} for the next digest of their chats")
    yield Line("sent", _sent(status.settled))
    day, hour = status.settled["day"], status.settled["hour"]
    troubles = any(day.unsent.get(state) for state in _TROUBLE)
    yield Line("not sent", f"{_unsent(day)} in 24 hours; {_unsent(hour)} in the last hour", mark=troubles)
    if snapshot.stars_a_day:
        stars = status.paid_for / MESSAGES_A_STAR
        words = f"{number(stars, decimals=1)} of {number(snapshot.stars_a_day)} set aside today, in UTC"
        yield Line("stars", words, mark=stars >= snapshot.stars_a_day)
    yield Line("chats", _chats(status))
    waits = now - status.oldest_update if status.oldest_update else timedelta()
    yield Line("inbox", _inbox(status.updates, waits), mark=waits > LATE)
    yield Line("entries", f"{number(status.unjudged) if status.unjudged else 'none'} to be judged")
    yield Line("feeds", _feeds(status), mark=bool(status.failing))
    yield from (Line("limits", words) for words in _limits(snapshot, zone))


def told(snapshot: Snapshot, zone: tzinfo) -> dict[str, Any]:
    """Give a snapshot as JSON values: times in UTC, lengths in seconds."""
    status, audiences = snapshot.status, snapshot.audiences
    rush = audiences.rush
    return {
        "at": utc(snapshot.at),
        "database": snapshot.database,
        "running": snapshot.running,
        "last": {
            "settled": utc(status.signs.settled),
            "polled": utc(status.signs.polled),
            "update": utc(status.signs.heard),
        },
        "owed": {
            one.kind: {
                "now": one.now,
                "later": one.later,
                "oldest": utc(one.oldest),
                "last_due": utc(one.last_due),
            }
            for one in status.owed
        },
        "held": status.held,
        "unfolding": [
            {"sends": one.sends.value, "story": one.story, "turn": one.turn, "left": one.left}
            for one in status.unfolding
        ],
        "left": status.left,
        "messages_per_second": snapshot.per_second,
        "empty_in_seconds": round(takes(status.left, snapshot.per_second).total_seconds(), 1),
        "settled": {
            name: {
                "sent": one.sent,
                "sent_per_second": round(one.sent / WINDOWS[name].total_seconds(), 2),
                **{state.value: one.unsent.get(state, 0) for state in _STATES},
            }
            for name, one in status.settled.items()
        },
        "paid_for_today": status.paid_for,
        "chats": {"active": status.active, "paused": dict(status.paused)},
        "inbox": {"updates": status.updates, "oldest": utc(status.oldest_update)},
        "unjudged": status.unjudged,
        "feeds": {
            "polled": status.feeds,
            "failing": [
                {"name": one.name, "failures": one.failures, "error": scrub(one.error), "closed": one.closed}
                for one in status.failing
            ],
        },
        "audiences": {
            "categories": dict(audiences.categories),
            "everybody": audiences.everybody,
            "rush": {"at": utc(rush.at), "chats": rush.chats} if rush else None,
        },
        "limits": list(_limits(snapshot, zone)),
    }


def _limits(snapshot: Snapshot, zone: tzinfo) -> Iterator[str]:
    return limits(snapshot.audiences, snapshot.per_second, zone, snapshot.worth)


def _life(snapshot: Snapshot) -> str:
    signs, now = snapshot.status.signs, snapshot.at
    acts = {
        "a message was settled": signs.settled,
        "a feed was polled": signs.polled,
        "an update came": signs.heard,
    }
    said = ", ".join(f"{what} {_ago(at, now)}" for what, at in acts.items() if at)
    runs = "a process works on this database" if snapshot.running else "no bot runs on this database"
    return f"{runs}; {said or 'nothing has happened here yet'}"


def _outbox(snapshot: Snapshot, zone: tzinfo) -> Line:
    status, pace = snapshot.status, snapshot.per_second
    later = sum(one.later for one in status.owed)
    last = max((one.last_due for one in status.owed if one.later), default=None)
    words = f"{count(status.left, 'message')} to be sent" if status.left else "nothing is to be sent now"
    if status.left:
        about = "about " if any(one.left for one in status.unfolding) else ""
        words = f"{about}{words}, empty in about {length(takes(status.left, pace))} at {rate(pace)}"
    stuck = False
    if status.left and snapshot.running:
        leaves = status.settled["now"].sent / WINDOWS["now"].total_seconds()
        stuck = not status.settled["minute"].sent
        if stuck:
            words += "; but nothing was sent in the last minute"
        elif 0 < leaves < pace * SLOW:
            words += (
                f"; as it leaves now ({number(leaves, decimals=1)}/s) in {length(takes(status.left, leaves))}"
            )
    if last:
        words += f"; {number(later)} later, the last on {last.astimezone(zone):%-d %B at %H:%M}"
    return Line("outbox", words, mark=stuck)


def _debt(debt: Debt, now: datetime, zone: tzinfo) -> str:
    due = f"{number(debt.now)} due, the oldest has waited {length(now - debt.oldest)}" if debt.now else ""
    later = (
        f"{number(debt.later)} later, until {debt.last_due.astimezone(zone):%-d %B, %H:%M}"
        if debt.later
        else ""
    )
    return "; ".join(filter(None, (due, later)))


def _unfolding(them: tuple[Unfolding, ...]) -> Iterator[str]:
    for one in them[:MOST]:
        what = f"turn {one.turn}" if one.sends is Sends.ALERT and one.turn > 1 else one.sends.value
        yield f"the {what} of story {one.story}: about {chats(one.left)} left"
    if rest := them[MOST:]:
        yield f"and {number(len(rest))} more: about {chats(sum(one.left for one in rest))} left"


def _sent(settled: Mapping[str, Settled]) -> str:
    a_second = {
        name: f"{number(one.sent / WINDOWS[name].total_seconds(), decimals=1)}/s"
        for name, one in settled.items()
    }
    return (
        f"{a_second['now']} now, {a_second['minute']} over a minute, {a_second['hour']} over an hour; "
        f"{number(settled['day'].sent)} in 24 hours"
    )


def _unsent(settled: Settled) -> str:
    said = [
        f"{number(many)} {state.value}{' in a digest' if state is State.TOLD else ''}"
        for state in _STATES
        if (many := settled.unsent.get(state, 0))
    ]
    return ", ".join(said) or "none"


def _chats(status: Status) -> str:
    paused = sum(status.paused.values())
    named = list(status.paused.items())[:MOST]
    why = [f"{number(many)} {reason or 'for no reason'}" for reason, many in named]
    if rest := paused - sum(many for _, many in named):
        why.append(f"{number(rest)} for other reasons")
    said = f"{number(status.active)} active, {number(paused)} paused"
    return scrub(f"{said}: {'; '.join(why)}" if why else said)


def _inbox(updates: int, waits: timedelta) -> str:
    return (
        f"{count(updates, 'update')} to be handled, the oldest since {length(waits)}" if updates else "empty"
    )


def _feeds(status: Status) -> str:
    said = [_failing(one) for one in status.failing[:MOST]]
    if len(status.failing) > MOST:
        said.append(f"and {number(len(status.failing) - MOST)} more: see `sosik feeds list`")
    polled = f"{number(status.feeds)} polled"
    return scrub(f"{polled}, {number(len(status.failing))} in trouble: {'; '.join(said)}" if said else polled)


def _failing(feed: Failing) -> str:
    if feed.closed:
        return f"{feed.name} (closed for good)"
    return f"{feed.name} ({feed.failures} times: {feed.error.rstrip('.')})"


def _ago(at: datetime, now: datetime) -> str:
    past = now - at
    return "just now" if past < timedelta(seconds=2) else f"{length(past)} ago"
