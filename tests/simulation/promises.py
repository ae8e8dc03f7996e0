"""What the bot is held to: by what Telegram took and what the database says when all is quiet again."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from bot.sending.sender import SLOTS
from digests.catching_up import PATIENCE
from digests.editions.timetable import instant, zone_of
from tests.simulation.game import SETTINGS, World
from tests.simulation.hearing import replies_are_lost_to_crashes_alone, what_was_said_has_its_effect
from tests.simulation.ledger import Kept, Ledger
from tests.simulation.life import Strikes
from tests.simulation.process import WHOLE
from tests.simulation.reaching import each_story_reaches_each_steady_reader_once
from tests.simulation.readers import Reader
from tests.simulation.weather import Trouble
from tests.simulation.wire import Asked

ON_DISK = 0.2  # seconds after its answer by which an outcome is written
A_MOMENT = timedelta(minutes=1)  # between what is due in one block and in the next
HOUR, DAY = timedelta(hours=1) - A_MOMENT, timedelta(days=1) - A_MOMENT


def broken(world: World, kept: Kept) -> list[str]:
    """Give each promise that was not kept, in a sentence."""
    ledger = Ledger(world, kept)
    checks = (
        nothing_is_left_undone,
        no_alert_without_a_decision,
        every_decision_is_announced,
        nothing_comes_twice,
        no_debt_is_lost,
        every_follower_is_owed,
        each_story_reaches_each_steady_reader_once,
        no_digest_comes_early,
        one_digest_makes_up_for_days,
        a_digest_waits_for_the_news,
        no_chat_is_over_its_caps,
        a_chat_hears_in_order,
        what_was_said_has_its_effect,
        replies_are_lost_to_crashes_alone,
    )
    return [f"{check.__name__}: {said}" for check in checks for said in check(ledger)]


def nothing_is_left_undone(ledger: Ledger) -> Iterator[str]:
    kept, now = ledger.kept, ledger.world.now()
    yield from (f"entry {row.id} is unjudged" for row in kept.entries if row.judged_at is None)
    yield from (f"broadcast {row.id} is not unfolded" for row in kept.broadcasts if row.done_at is None)
    yield from (f"update {row.update_id} is not handled" for row in kept.inbox)
    there = {row.title for row in kept.entries}
    yield from (
        f"{item.title!r} of {feed} was never stored"
        for feed, items in ledger.world.press.items.items()
        for item in items
        if item.title not in there
    )
    for row in kept.deliveries:
        if row.state == "owed" and row.due_at <= now:
            yield f"delivery {row.id} ({row.key}) is owed since {row.due_at}"
        chat = ledger.chats[row.chat_id]
        if row.state == "held" and (not chat.digest_times or chat.paused_at):
            yield f"delivery {row.id} ({row.key}) is held for a digest that does not come"
        if row.state == "held" and row.owed_at < now - timedelta(days=1, hours=1):
            yield f"delivery {row.id} ({row.key}) is held since {row.owed_at}"


def no_alert_without_a_decision(ledger: Ledger) -> Iterator[str]:
    rang = {(row.story_id, row.turn) for row in ledger.kept.decisions if row.rings}
    for mark in ledger.paid:
        if mark.kind == "alert":
            story, turn = mark.key.split(":")[1:3]
            if (int(story), int(turn)) not in rang:
                yield f"{mark} came, and nothing says that it rang"


def every_decision_is_announced(ledger: Ledger) -> Iterator[str]:
    announced = {(row.story_id, row.turn) for row in ledger.kept.broadcasts if row.sends == "alert"}
    filed = {row.story_id for row in ledger.kept.filings}
    for row in ledger.kept.decisions:
        if row.rings and row.story_id in filed and (row.story_id, row.turn) not in announced:
            yield f"story {row.story_id} rang, and was announced to nobody"


def nothing_comes_twice(ledger: Ledger) -> Iterator[str]:
    """Nothing but what was in flight when the bot was killed, or what it never heard an answer to."""
    again: Counter[int] = Counter()
    for mark, taken in ledger.paid.items():
        for before, after in pairwise(taken):
            life = ledger.world.lives[before.run]
            crashed = life.ended not in (Strikes.NEVER, Strikes.STOP)
            in_flight = not before.heard or (crashed and life.ended_at - before.heard_at <= ON_DISK)
            if after.run > before.run and in_flight:
                again[before.run] += 1
            elif before.heard or before.trouble not in (Trouble.UNANSWERED, Trouble.CUT):
                yield f"{mark} came at {before.at} and again at {after.at}"
    yield from (f"{many} messages came again after run {run}" for run, many in again.items() if many > SLOTS)
    keys = Counter((row.chat_id, row.key) for row in ledger.kept.deliveries)
    yield from (f"chat {chat} is owed {key} {many} times" for (chat, key), many in keys.items() if many > 1)


def no_debt_is_lost(ledger: Ledger) -> Iterator[str]:
    """What is settled as sent arrived; what is settled otherwise has its reason in what happened."""
    said: dict[int, list[Asked]] = defaultdict(list)
    for one in ledger.world.airwaves.asked:
        if one.mark:
            said[one.mark.delivery].append(one)
    for row in ledger.kept.deliveries:
        asked = said[row.id]
        reader = ledger.reader_of(row.chat_id)
        match row.state:
            case "sent" if not any(_arrived(one) for one in asked):
                yield f"delivery {row.id} ({row.key}) is sent, and never arrived"
            case "unheard" if sum(not one.heard for one in asked) < 2:
                yield f"delivery {row.id} ({row.key}) is unheard, and was not asked twice"
            case "refused" if not any(one.status == 400 for one in asked):
                yield f"delivery {row.id} ({row.key}) is refused by nobody: {row.note}"
            case "expired" if row.settled_at < row.expires_at:
                yield f"delivery {row.id} ({row.key}) is expired before its time"
            case "gone" | "cancelled" if reader is not None and not _gone(reader, row):
                yield f"delivery {row.id} ({row.key}) is {row.state}, and {reader.name} never left: {row.note}"
            case "told" if not _is_told(ledger, row):
                yield f"delivery {row.id} ({row.key}) is told by no digest"


def _arrived(one: Asked) -> bool:
    return one.taken or "not modified" in one.answer


def _gone(reader: Reader, row: Any) -> bool:
    return row.key.startswith("edit:") or any(at <= row.settled_at for at in reader.changed_at)


def _is_told(ledger: Ledger, row: Any) -> bool:
    edition = _newest(ledger, row.edition_id)
    return any(
        other.chat_id == row.chat_id
        and any(_newest(ledger, also) == edition for also in (other.share or {}).get("also", ()))
        for other in ledger.kept.deliveries
    )


def _newest(ledger: Ledger, edition: int) -> int:
    after = {row.id: row.revised_by for row in ledger.kept.editions}
    while after.get(edition):
        edition = after[edition]
    return edition


def every_follower_is_owed(ledger: Ledger) -> Iterator[str]:
    """An alert is owed to all who followed when it was decided, unless the rule has a reason, which must be true."""
    has = {(row.chat_id, row.key) for row in ledger.kept.deliveries}
    followed: dict[int, dict[str, datetime]] = defaultdict(dict)
    for row in ledger.kept.subscriptions:
        followed[row.chat_id][row.category] = row.since
    for cast in ledger.kept.broadcasts:
        if cast.sends != "alert":
            continue
        for reader in ledger.world.stage.readers:
            chat = ledger.of(reader)
            if chat is None or reader.blocked:
                continue
            wants = [since for slug, since in followed[chat.id].items() if slug in cast.categories]
            if not wants or min(wants) > cast.decided_at or reader.wants_at(cast.done_at).alerts == "off":
                continue
            if any(at <= cast.done_at for at in reader.changed_at):
                continue  # it was away, or wished something else, at some time before it was decided for it
            if (chat.id, f"alert:{cast.story_id}:{cast.turn}") in has:
                continue
            if cast.done_at < cast.expires_at and not _in_a_digest(ledger, chat.id, cast.story_id):
                yield f"{reader.name} (chat {chat.id}) was never owed story {cast.story_id}, turn {cast.turn}"


def _in_a_digest(ledger: Ledger, chat: int, story: int) -> bool:
    shows = {row.edition_id for row in ledger.kept.shown if row.story_id == story}
    return any(row.chat_id == chat and row.edition_id in shows for row in ledger.kept.deliveries)


def no_digest_comes_early(ledger: Ledger) -> Iterator[str]:
    for mark, taken in ledger.paid.items():
        reader = ledger.reader_of(mark.chat)
        if mark.kind == "digest" and reader is not None and (due := _due(mark.key, reader)) > taken[0].at:
            yield f"{mark} came at {taken[0].at}, before {due}"


def _due(key: str, reader: Reader) -> datetime:
    day, hour, minute = key.split(":")[1:4]
    return instant(
        datetime.fromisoformat(day).replace(tzinfo=UTC).date(),
        time(int(hour), int(minute)),
        zone_of(reader.zone),
    )


def one_digest_makes_up_for_days(ledger: Ledger) -> Iterator[str]:
    """After a digest the next one is for a minute that was still to come when it was composed."""
    of: dict[int, list[Any]] = defaultdict(list)
    for row in ledger.kept.deliveries:
        if row.key.startswith("digest:"):
            of[row.chat_id].append(row)
    for chat, rows in of.items():
        reader = ledger.reader_of(chat)
        rows.sort(key=lambda row: row.owed_at)
        for before, after in pairwise(rows):
            if reader is not None and _due(after.key, reader) <= before.owed_at:
                yield f"chat {chat} got {after.key} although {before.key} was composed at {before.owed_at}"


def a_digest_waits_for_the_news(ledger: Ledger) -> Iterator[str]:
    """After a start none is composed before every feed that was due was asked once, and what it brought judged."""
    lives = ledger.world.lives
    digests = [row for row in ledger.kept.deliveries if row.key.startswith("digest:")]
    for life, after in zip(lives, [*lives[1:], None], strict=True):
        until = min(life.began + PATIENCE, after.began if after else life.began + PATIENCE)
        for row in digests:
            if not life.began <= row.owed_at < until:
                continue
            asked = {feed for feed, at in life.fetched if at <= row.owed_at}
            if left := life.due - asked:
                yield f"{row.key} of chat {row.chat_id} was composed before {sorted(left)} were asked"
            late = [
                entry.id
                for entry in ledger.kept.entries
                if life.began <= entry.seen_at < row.owed_at and entry.judged_at > row.owed_at
            ]
            if late:
                yield f"{row.key} of chat {row.chat_id} was composed before entries {late} were judged"


def no_chat_is_over_its_caps(ledger: Ledger) -> Iterator[str]:
    """In any hour and any day, by when they came due: what an outage kept back arrives together when it is over."""
    rules = SETTINGS.breaking
    rang: dict[int, list[datetime]] = defaultdict(list)
    for mark in ledger.paid:
        row = ledger.deliveries.get(mark.delivery)
        # Of what was tried again it is forgotten when it was due first.
        if mark.kind == "alert" and row and row.state in ("sent", "unheard") and row.attempt <= 1:
            rang[row.chat_id].append(row.due_at)
    for chat, times in rang.items():
        reader = ledger.reader_of(chat)
        few = reader is not None and reader.steady and reader.wants.alerts == "few"
        for window, most, fewest in (
            (HOUR, rules.max_per_hour, rules.few_per_hour),
            (DAY, rules.max_per_day, rules.few_per_day),
        ):
            cap = min(most, fewest) if few else most
            many = _most_within(sorted(times), window)
            if many > cap:
                yield f"chat {chat} got {many} alerts within {window}; its cap is {cap}"


def _most_within(times: list[datetime], window: timedelta) -> int:
    return max((sum(start <= at < start + window for at in times) for start in times), default=0)


def a_chat_hears_in_order(ledger: Ledger) -> Iterator[str]:
    """Of two alerts the one that was due first is asked for first, where a block holds both: broadcasts have turns.

    Parts come one after the other.
    """
    first = {id_: one for id_, one in ledger.first.items() if ledger.world.lives[one.run].block == WHOLE}
    by_chat: dict[int, list[Any]] = defaultdict(list)
    for row in ledger.kept.deliveries:
        if row.id in first and row.key.startswith("alert:"):
            by_chat[row.chat_id].append(row)
    for rows in by_chat.values():
        rows.sort(key=lambda row: (row.due_at, row.id))
        for before, after in pairwise(rows):
            one, other = first[before.id], first[after.id]
            again = one.status != 200 or other.status != 200  # what is tried again is due at another time
            if not again and other.at < one.at and before.owed_at <= other.at:
                yield f"delivery {after.id} went before {before.id} in one chat"
    for mark, taken in ledger.paid.items():
        if mark.part and not any(
            other.delivery == mark.delivery
            and other.part == mark.part - 1
            and ledger.paid[other][0].at <= taken[0].at
            for other in list(ledger.paid)
        ):
            yield f"{mark} came before the part before it"
