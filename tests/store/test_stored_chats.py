from collections.abc import Sequence
from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import func, select

from digests.model import (
    Address,
    Alerts,
    Chat,
    ChatId,
    ChatKind,
    NewChat,
    Priority,
    Quiet,
    State,
    Subject,
    What,
    Wish,
)
from digests.store import chats, due, interests, moves, outbox, subscriptions
from digests.store.engine import Store, Writing
from digests.store.outbox import Settlement
from digests.store.tables import metadata


async def rows_by_chat(tx: Writing) -> dict[str, list[int]]:
    """The chats that each table with a reference to chats speaks of, found by the foreign keys themselves."""
    found = {}
    for table in metadata.sorted_tables:
        for column in table.columns:
            if any(key.column.table.name == "chats" for key in column.foreign_keys):
                rows = await tx.rows(select(column).order_by(column))
                found[f"{table.name}.{column.name}"] = sorted({row[0] for row in rows})
    return found


async def follow_a_name(tx: Writing, newsroom, follows: Sequence[Chat]) -> None:
    for chat in follows:
        aespa = Subject(What.NAME, "aespa")
        await interests.add(tx, chat.id, Wish.FOLLOW, aespa, label="aespa", now=newsroom.now)


async def states(tx: Writing, chat: ChatId) -> dict[str, State]:
    deliveries = metadata.tables["deliveries"]
    rows = await tx.rows(select(deliveries.c.key, deliveries.c.state).where(deliveries.c.chat_id == chat))
    return {row.key: State(row.state) for row in rows}


async def test_greeting_a_chat_twice_begins_it_once_and_keeps_what_it_chose(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        first = await newsroom.chat(tx, 5)
        await chats.change(tx, first.id, language="en", alerts=Alerts.SILENT)
    async with store.writing() as tx:
        again = await newsroom.chat(tx, 5)
        assert again.id == first.id
        assert (again.language, again.alerts) == ("en", Alerts.SILENT)
        assert await chats.last_id(tx) == first.id


async def test_a_new_chat_has_the_operators_defaults(store: Store, newsroom) -> None:
    new = NewChat(
        ChatKind.GROUP,
        "ko",
        "Asia/Seoul",
        Quiet(time(23), time(7)),
        (time(7, 30), time(19)),
        newsroom.now,
    )
    async with store.writing() as tx:
        chat = await chats.ensure(tx, Address(-5, 3), new, newsroom.now)
    async with store.reading() as tx:
        assert await chats.at(tx, Address(-5, 3)) == chat
    assert (chat.kind, chat.language, chat.zone, chat.quiet) == (new.kind, "ko", "Asia/Seoul", new.quiet)
    assert (chat.digest_times, chat.next_digest_at) == (new.digest_times, newsroom.now)
    assert (chat.alerts, chat.zone_known, chat.zone_asks) == (Alerts.ON, False, 0)
    assert (chat.digested_seq, chat.digested_at, chat.paused_at, chat.paused_why) == (None, None, None, "")


async def test_two_topics_of_one_group_are_two_chats(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        one = await newsroom.chat(tx, -5, "kpop", thread=1)
        two = await newsroom.chat(tx, -5, "drama", thread=2)
        assert one.id != two.id
        assert await subscriptions.of_many(tx, [one.id, two.id]) == {one.id: {"kpop"}, two.id: {"drama"}}
        assert await chats.at(tx, Address(-5)) is None


async def test_every_choice_can_be_changed_and_reads_as_it_was_written(store: Store, newsroom) -> None:
    choices = chats.Choices(
        language="en",
        zone="UTC+09:00",
        zone_known=True,
        zone_asks=2,
        alerts=Alerts.OFF,
        quiet=Quiet(time(22, 30), time(6, 45), hold=True),
        digest_times=(time(7, 30), time(19)),
        next_digest_at=newsroom.now + timedelta(hours=1),
        digested_seq=17,
        digested_at=newsroom.now,
        named_seq=9,
    )
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
        other = await newsroom.chat(tx, 6)
        changed = await chats.change(tx, chat.id, **choices)
    async with store.reading() as tx:
        assert await chats.by_ids(tx, [chat.id, other.id, ChatId(99)]) == {chat.id: changed, other.id: other}
    assert {name: getattr(changed, name) for name in choices} == choices


async def test_a_choice_can_be_taken_back(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
        await chats.change(tx, chat.id, quiet=Quiet(time(1), time(2)))
        off = await chats.change(tx, chat.id, quiet=None, digest_times=(), next_digest_at=None)
        assert (off.quiet, off.digest_times, off.next_digest_at) == (None, (), None)
        assert await chats.change(tx, chat.id) == off


async def test_changing_a_chat_that_is_gone_says_so(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
        await chats.forget(tx, 5)
        with pytest.raises(LookupError):
            await chats.change(tx, chat.id, language="en")
        with pytest.raises(LookupError):
            await chats.change(tx, chat.id)


async def test_chats_are_due_at_their_time_the_longest_due_first(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        for telegram_id, minutes in ((1, -1), (2, -5), (3, 0), (4, 1), (5, None)):
            chat = await newsroom.chat(tx, telegram_id)
            at = None if minutes is None else newsroom.now + timedelta(minutes=minutes)
            await chats.change(tx, chat.id, next_digest_at=at)
    async with store.reading() as tx:
        every = await due.due(tx, newsroom.now, 9)
        assert [chat.id for chat in every] == [2, 1, 3]
        assert await due.due(tx, newsroom.now, 2) == every[:2]
        assert (
            await due.due(tx, newsroom.now, 9, after=(newsroom.now - timedelta(minutes=5), every[0].id))
            == every[1:]
        )
        assert await due.next_moment(tx, newsroom.now, newsroom.now + timedelta(minutes=1)) == (
            newsroom.now + timedelta(minutes=1)
        )
        assert await due.next_moment(tx, newsroom.now, newsroom.now + timedelta(seconds=59)) is None


async def test_what_digests_cover_never_becomes_less(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        ids = [(await newsroom.chat(tx, telegram_id)).id for telegram_id in (1, 2, 3)]
        await chats.change(tx, ids[1], digested_seq=9, named_seq=2)
        await chats.change(tx, ids[2], digested_seq=2, named_seq=9)
        later = newsroom.now + timedelta(days=1)
        await due.move_on(tx, [due.Move(ids, later, due.Covered(5, 5, newsroom.now), zone_asks=3)])
        found = await chats.by_ids(tx, ids)
    assert [(found[one].digested_seq, found[one].named_seq) for one in ids] == [(5, 5), (9, 5), (5, 9)]
    assert {(one.next_digest_at, one.digested_at, one.zone_asks) for one in found.values()} == {
        (later, newsroom.now, 3)
    }


async def test_a_paused_chat_is_not_due_and_keeps_what_it_chose(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, -5, "kpop")
        topic = await newsroom.chat(tx, -5, thread=7)
        other = await newsroom.chat(tx, 6)
        for one in (chat, topic, other):
            await chats.change(tx, one.id, next_digest_at=newsroom.now)
        assert set(await chats.pause(tx, -5, "blocked" * 99, newsroom.now)) == {chat.id, topic.id}
        assert await chats.pause(tx, -5, "again", newsroom.now + timedelta(days=1)) == ()
        assert [one.id for one in await due.due(tx, newsroom.now, 9)] == [other.id]
        paused = (await chats.by_ids(tx, [chat.id]))[chat.id]
        assert paused.paused_at == newsroom.now
        assert paused.paused_why.startswith("blocked")
        assert await subscriptions.of(tx, chat.id) == {"kpop"}

        woken = await chats.wake(tx, -5)
        assert {one.id for one in woken} == {chat.id, topic.id}
        assert {(one.paused_at, one.paused_why) for one in woken} == {(None, "")}
        assert await chats.wake(tx, -5) == ()
        assert len(await due.due(tx, newsroom.now, 9)) == 3


async def test_chats_paused_for_long_are_purged_some_at_a_time(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        for telegram_id in (1, 2, 3, 4):
            await newsroom.chat(tx, telegram_id, "kpop")
        for telegram_id, days in ((1, 200), (2, 190), (3, 10)):
            await chats.pause(tx, telegram_id, "blocked", newsroom.now - timedelta(days=days))
        before = newsroom.now - timedelta(days=180)
        found = [await chats.paused_long(tx, before, limit) for limit in (1, 9)]
        assert [len(one) for one in found] == [1, 2]
        await chats.wake(tx, 2)
        assert await chats.purge_paused(tx, found[1], before) == 1, "one has come back meanwhile"
        left = [await chats.at(tx, Address(telegram_id)) for telegram_id in (1, 2, 3, 4)]
        assert [chat is not None for chat in left] == [False, True, True, True]


async def test_a_group_that_becomes_a_supergroup_changes_only_its_telegram_id(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        group = await newsroom.chat(tx, -5, "kpop")
        other = await newsroom.chat(tx, -6, "kpop")
        (debt,) = await newsroom.owe(tx, [group])
        await chats.pause(tx, -5, "gone", newsroom.now)
        assert await chats.move(tx, -5, -1005, newsroom.now) == (group.id,)
    async with store.writing() as tx:
        moved = await chats.at(tx, Address(-1005))
        assert moved
        assert (moved.id, moved.kind, moved.paused_at) == (group.id, ChatKind.SUPERGROUP, None)
        assert await chats.at(tx, Address(-5)) is None
        assert await subscriptions.of(tx, group.id) == {"kpop"}
        assert [one.id for one in await outbox.taken(tx, [debt])] == [debt]
        assert await chats.at(tx, Address(-6)) == other
        assert await chats.move(tx, -5, -1005, newsroom.now) == (), "saying it twice is harmless"


async def test_where_a_group_moved_is_remembered_for_a_week_and_forgotten_with_it(
    store: Store, newsroom
) -> None:
    now = newsroom.now
    async with store.writing() as tx:
        await newsroom.chat(tx, -5)
        await chats.move(tx, -5, -1005, now)
        assert await moves.lives_at(tx, -5) == -1005
        assert await moves.lives_at(tx, -1005) is None
    async with store.writing() as tx:
        await chats.move(tx, -51, -10051, now + timedelta(days=3))
        assert [await moves.lives_at(tx, old) for old in (-5, -51)] == [-1005, -10051]
        await chats.move(tx, -6, -1006, now + timedelta(days=8))
        assert [await moves.lives_at(tx, old) for old in (-5, -51, -6)] == [None, -10051, -1006]
        await chats.forget(tx, -1006)
        assert [await moves.lives_at(tx, old) for old in (-51, -6)] == [-10051, None]


async def test_moving_a_chat_to_where_it_is_deletes_nothing(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        group = await newsroom.chat(tx, -5, "kpop")
        await chats.move(tx, -5, -5, newsroom.now)
        assert await chats.at(tx, Address(-5)) == group
        assert await subscriptions.of(tx, group.id) == {"kpop"}


async def test_a_group_that_moves_where_somebody_spoke_already_becomes_one_with_it(
    store: Store, newsroom
) -> None:
    async with store.writing() as tx:
        old = await newsroom.chat(tx, -5, "kpop", "food")
        await chats.change(tx, old.id, digest_times=(time(7, 30),), language="en")
        new = await newsroom.chat(tx, -1005, "drama", "food", since=newsroom.now)
        other = await newsroom.chat(tx, 9, "beauty")
        await follow_a_name(tx, newsroom, [new, other])
        await newsroom.owe(tx, [old], "alert:1:1")
        await newsroom.owe(tx, [new], "alert:2:1", state=State.HELD)
        await newsroom.owe(tx, [old, new, other], "alert:3:1")
        assert await chats.move(tx, -5, -1005, newsroom.now) == (old.id,)
    async with store.writing() as tx:
        merged = await chats.at(tx, Address(-1005))
        assert merged
        assert await chats.at(tx, Address(-5)) is None
        assert (merged.digest_times, merged.language) == ((time(7, 30),), "en"), "what the readers chose"
        assert await subscriptions.of(tx, merged.id) == {"kpop", "drama", "food"}
        assert await states(tx, merged.id) == {
            "alert:1:1": State.OWED,
            "alert:2:1": State.HELD,
            "alert:3:1": State.OWED,
        }
        assert await rows_by_chat(tx) == {
            "subscriptions.chat_id": sorted([merged.id, other.id]),
            "interests.chat_id": sorted([merged.id, other.id]),
            "deliveries.chat_id": sorted([merged.id, other.id]),
        }


@pytest.mark.parametrize("sent_to", [0, 1])
async def test_what_one_of_two_merged_chats_was_sent_the_other_is_not_owed(
    store: Store, newsroom, sent_to: int
) -> None:
    async with store.writing() as tx:
        both = [await newsroom.chat(tx, -5, "kpop"), await newsroom.chat(tx, -1005, "kpop")]
        debts = await newsroom.owe(tx, both, "alert:3:1")
        await outbox.settle(tx, [Settlement(debts[sent_to], State.SENT, message_id=4)], newsroom.now)
        await chats.move(tx, -5, -1005, newsroom.now)
        merged = await chats.at(tx, Address(-1005))
        assert merged
        assert await states(tx, merged.id) == {"alert:3:1": State.SENT}


@pytest.mark.parametrize(("why", "wakes"), [("blocked", True), (chats.STOPPED, False)])
async def test_a_move_wakes_a_group_unless_somebody_stopped_the_bot_there(
    store: Store, newsroom, why: str, wakes: bool
) -> None:
    async with store.writing() as tx:
        await newsroom.chat(tx, -7)
        await chats.pause(tx, -7, why, newsroom.now)
        await chats.move(tx, -7, -1007, newsroom.now)
        moved = await chats.at(tx, Address(-1007))
        assert moved is not None
        assert (moved.paused_at is None, moved.paused_why) == (wakes, "" if wakes else why)


async def test_topics_move_each_to_its_own(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        general = await newsroom.chat(tx, -5, "kpop")
        topic = await newsroom.chat(tx, -5, "food", thread=4)
        await newsroom.chat(tx, -1005, "drama", thread=4)
        assert set(await chats.move(tx, -5, -1005, newsroom.now)) == {general.id, topic.id}
        assert await subscriptions.of_many(tx, [general.id, topic.id]) == {
            general.id: {"kpop"},
            topic.id: {"food", "drama"},
        }


async def test_forgetting_deletes_all_of_the_chat_and_nothing_of_another(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, -5, "kpop", "drama")
        topic = await newsroom.chat(tx, -5, "kpop", thread=2)
        other = await newsroom.chat(tx, 6, "kpop")
        everyone = [chat, topic, other]
        await follow_a_name(tx, newsroom, everyone)
        settled = await newsroom.owe(tx, everyone, "alert:1:1")
        await outbox.settle(tx, [Settlement(one, State.SENT, message_id=1) for one in settled], newsroom.now)
        await newsroom.owe(tx, everyone, "alert:2:1", state=State.HELD)
        await newsroom.owe(tx, everyone, "digest:1", priority=Priority.DIGEST)
        before = await rows_by_chat(tx)
        assert before == {name: sorted(one.id for one in everyone) for name in before}, (
            "each table has its rows"
        )
    async with store.writing() as tx:
        assert await chats.forget(tx, -5, 2) == 1
        assert await rows_by_chat(tx) == {name: sorted([chat.id, other.id]) for name in before}
        assert await chats.forget(tx, -5) == 1
        assert await chats.forget(tx, -5) == 0
    async with store.writing() as tx:
        assert await rows_by_chat(tx) == {name: [other.id] for name in before}
        deliveries = metadata.tables["deliveries"]
        assert await tx.value(select(func.count()).select_from(deliveries)) == 3
        assert await chats.at(tx, Address(6)) == other


async def test_the_id_of_a_forgotten_chat_is_not_given_to_another(store: Store, newsroom) -> None:
    """Else a broadcast under way, and whatever is kept in memory, would take a newcomer for the one who left."""
    async with store.writing() as tx:
        await newsroom.chat(tx, 5)
        gone = await newsroom.chat(tx, 6)
        await chats.forget(tx, 6)
        assert (await newsroom.chat(tx, 7)).id > gone.id


async def test_a_time_without_a_zone_is_refused(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
    with pytest.raises(Exception, match="without a zone"):
        async with store.writing() as tx:
            await chats.change(tx, chat.id, next_digest_at=datetime(2026, 3, 2))
    with pytest.raises(Exception, match="without a zone"):
        async with store.reading() as tx:
            await due.due(tx, datetime(2026, 3, 2), 1)


async def test_subscribing_twice_tells_what_is_new_and_keeps_the_first_date(store: Store, newsroom) -> None:
    later = newsroom.now + timedelta(days=3)
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
        other = await newsroom.chat(tx, 6, "kpop")
        assert await subscriptions.add(tx, chat.id, ["kpop", "food", "kpop"], newsroom.now) == {
            "kpop",
            "food",
        }
        assert await subscriptions.add(tx, chat.id, {"kpop", "drama"}, later) == {"drama"}
        assert await subscriptions.add(tx, chat.id, (), later) == frozenset()
        assert await subscriptions.of(tx, chat.id) == {"kpop", "food", "drama"}
        table = metadata.tables["subscriptions"]
        rows = await tx.rows(select(table).where(table.c.chat_id == chat.id))
        assert {row.category: row.since for row in rows} == {
            "kpop": newsroom.now,
            "food": newsroom.now,
            "drama": later,
        }
        assert await subscriptions.of(tx, other.id) == {"kpop"}


async def test_unsubscribing_tells_what_was_followed(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5, "kpop", "food", "drama")
        other = await newsroom.chat(tx, 6, "kpop")
        assert await subscriptions.remove(tx, chat.id, ["kpop", "beauty"]) == {"kpop"}
        assert await subscriptions.remove(tx, chat.id, ["kpop"]) == frozenset()
        assert await subscriptions.remove(tx, chat.id, []) == frozenset()
        assert await subscriptions.remove(tx, chat.id) == {"food", "drama"}
        assert await subscriptions.of_many(tx, [chat.id, other.id]) == {
            chat.id: frozenset(),
            other.id: {"kpop"},
        }
        assert await subscriptions.of_many(tx, []) == {}
