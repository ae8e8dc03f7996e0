"""What Telegram refuses, what the network swallows, and what is broken on our side."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import select
from structlog.testing import capture_logs
from telegram.ext import ExtBot

from bot.playground.telegram import Cut, Fault, Telegram
from bot.sending.outcomes import BROKEN_TRIES, DELETED_TRIES
from bot.sending.pace import Gate
from bot.sending.wire import Wire
from digests.model import State
from digests.store import outbox, tables
from digests.store.engine import Store
from tests.conftest import POSTGRES_URL
from tests.emulated import TOKEN, Hands
from tests.sending.outgoing import PATIENCE, Office


async def test_a_message_whose_markup_is_refused_is_sent_once_as_plain_text(office: Office) -> None:
    readers = [await office.reader("kpop") for _ in range(3)]
    office.telegram.fault(Fault.refuses_entities(times=None))
    await office.announce("Nova Lane & <friends>", "kpop")
    with capture_logs() as logs:
        await office.send()
    for reader in readers:
        (message,) = office.got(reader)
        assert "Nova Lane & <friends>" in message.text
        assert {entity.kind for entity in message.entities} <= {"url"}
        assert office.asked(reader) == 2
    assert await office.states() == [State.SENT] * 3
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["markup refused"]


async def test_the_operator_is_told_of_refused_markup_once_for_each_template_and_language(
    office: Office,
) -> None:
    english, korean = await office.reader("kpop"), await office.reader("kpop", language="ko")
    office.telegram.fault(Fault.refuses_entities(times=None))
    with capture_logs() as logs:
        for story in range(3):
            await office.announce(f"Nova Lane {story}", "kpop")
        await office.owe(english, await office.edition("Morning"))
        await office.send()
    told = [(log["template"], log["language"]) for log in logs if log["event"] == "markup refused"]
    assert sorted(told) == [("alert", "en"), ("alert", "ko"), ("made", "en")]
    assert len(office.got(korean)) == 3


async def test_a_message_refused_as_plain_text_too_is_given_up(office: Office) -> None:
    reader = await office.reader("kpop")
    office.telegram.fault(Fault.error(400, "can't parse entities: whatever", times=None))
    await office.announce("Nova Lane", "kpop")
    await office.send()
    assert (office.asked(reader), await office.states()) == (2, [State.REFUSED])


async def test_a_chat_that_blocked_is_tried_once_and_owed_nothing_any_more(office: Office) -> None:
    reader, other = await office.reader(), await office.reader()
    edition = await office.edition("Nova Lane", alert=True)
    for _ in range(4):
        await office.owe(reader, edition, alert=True)
    await office.owe(other, edition, alert=True)
    office.telegram.block(reader.person)
    await office.send()
    assert office.asked(reader) == 1
    assert await office.states(reader) == [State.GONE] * 4
    kept = await office.kept(reader)
    assert kept.paused_at == office.clock()
    assert "blocked" in kept.paused_why
    assert await office.states(other) == [State.SENT]


async def test_a_group_that_threw_the_bot_out_is_tried_once_with_all_its_topics(office: Office) -> None:
    topics = await office.group("kpop", topics=3)
    office.telegram.remove_bot(topics[0].there)
    await office.announce("Nova Lane", "kpop")
    await office.send()
    assert office.asked(topics[0]) == 1
    assert await office.states() == [State.GONE] * 3
    assert all([(await office.kept(topic)).paused_at for topic in topics])


async def test_a_topic_that_was_deleted_pauses_no_other(office: Office) -> None:
    gone, there = await office.group("kpop", topics=2)
    office.telegram.delete_topic(gone.there, gone.thread)
    await office.announce("Nova Lane", "kpop")
    await office.send()
    assert [await office.states(topic) for topic in (gone, there)] == [[State.GONE], [State.SENT]]
    assert [bool((await office.kept(topic)).paused_at) for topic in (gone, there)] == [True, False]
    assert len(office.got(there)) == 1


async def test_a_group_that_became_a_supergroup_moves_and_still_gets_it(office: Office) -> None:
    (group,) = await office.group("kpop", supergroup=False)
    new = office.telegram.migrate(group.there)
    await office.announce("Nova Lane", "kpop")
    await office.send()
    (message,) = office.telegram.received(new)
    assert "Nova Lane" in message.plain
    assert await office.states(group) == [State.SENT]
    assert (await office.kept(group)).address.telegram_id == new.id
    assert office.asked(group) == 1


async def test_a_group_said_to_be_deleted_is_given_the_time_to_move(office: Office) -> None:
    (group,) = await office.group("kpop")
    office.telegram.fault(Fault.error(403, "the group chat was deleted", times=None))
    await office.announce("Nova Lane", "kpop")
    for _ in range(DELETED_TRIES - 1):
        await office.send()
        assert await office.states() == [State.OWED]
        assert (await office.kept(group)).paused_at is None
        office.clock.forward(minutes=1)
    await office.send()
    assert await office.states() == [State.GONE]
    assert (await office.kept(group)).paused_at


@pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.MIDDLE])
async def test_a_message_never_answered_is_sent_once_more_and_then_counted_apart(
    office: Office, cut: Cut
) -> None:
    reader = await office.reader("kpop")
    office.telegram.fault(Fault.cuts(cut, times=None))
    await office.announce("Nova Lane", "kpop")
    await office.send()
    assert [(row.state, row.unheard) for row in await office.rows()] == [(State.OWED, 1)]
    for _ in range(3):
        office.clock.forward(minutes=5)
        await office.send()
    assert (office.asked(reader), await office.states()) == (2, [State.UNHEARD])


async def test_while_telegram_is_in_trouble_it_is_tried_ever_more_seldom_and_arrives_in_the_end(
    office: Office,
) -> None:
    reader = await office.reader("kpop")
    office.telegram.fault(Fault.error(502, times=5))
    await office.announce("Nova Lane", "kpop")
    waits = []
    while await office.states() != [State.SENT]:
        await office.send()
        (row,) = await office.rows()
        waits.append((row.due_at - office.clock()).total_seconds())
        office.clock.time = max(row.due_at, office.clock.time)
        assert len(waits) < 10
    assert waits == [2, 4, 8, 16, 32, 0]
    assert len(office.got(reader)) == 1


async def test_a_flood_of_one_chat_delays_that_chat_only(office: Office) -> None:
    told, others = await office.reader("kpop"), [await office.reader("kpop") for _ in range(20)]
    office.telegram.fault(Fault.flood(1, chat=told.there.id))
    await office.announce("Nova Lane", "kpop")
    await office.send()
    assert all([await office.states(other) == [State.SENT] for other in others])
    (row,) = await office.rows(told)
    assert (row.state, row.due_at) == (State.OWED, office.clock() + timedelta(seconds=1))
    office.clock.forward(seconds=1)
    await office.send()
    assert len(office.got(told)) == 1


# -- on our side ----------------------------------------------------------------------------------------------


async def test_a_delivery_that_cannot_be_rendered_stops_no_other_and_is_not_tried_at_once_again(
    office: Office,
) -> None:
    readers = [await office.reader() for _ in range(6)]
    broken, fine = await office.edition("Broken"), await office.edition("Fine")
    await office.spoil(broken)
    for reader in readers:
        await office.owe(reader, broken)
        await office.owe(reader, fine)
    with capture_logs() as logs:
        await office.send()
        office.start()
        await asyncio.sleep(0.3)
        await office.stop()
    rows = await office.rows()
    assert [row.state for row in rows if row.edition_id == fine] == [State.SENT] * 6
    for row in rows:
        if row.edition_id == broken:
            assert (row.state, row.attempt, row.run_id) == (State.OWED, 1, None)
            assert row.due_at == office.clock() + timedelta(seconds=2)
            assert "ValidationError" in row.note
    errors = [log for log in logs if log["log_level"] == "error"]
    assert [(log["event"], log["edition"]) for log in errors] == [("delivery failed", broken)]


async def test_a_delivery_that_cannot_be_rendered_for_half_an_hour_is_given_up(office: Office) -> None:
    await office.owe(
        await office.reader(), edition := await office.edition("Broken"), worth=timedelta(days=1)
    )
    await office.spoil(edition)
    for attempt in range(1, BROKEN_TRIES + 1):
        await office.send()
        (row,) = await office.rows()
        assert row.attempt == attempt
        assert row.state == (State.REFUSED if attempt == BROKEN_TRIES else State.OWED)
        office.clock.forward(minutes=8)
    assert office.telegram.calls_of("sendMessage") == []


async def test_a_delivery_that_is_mended_in_time_arrives(office: Office) -> None:
    reader = await office.reader()
    broken, fine = await office.edition("Broken"), await office.edition("Fine")
    await office.spoil(broken)
    await office.owe(reader, broken)
    await office.send()
    async with office.store.writing() as tx:
        table = tables.editions
        content = await tx.value(select(table.c.content).where(table.c.id == fine))
        await tx.execute(table.update().where(table.c.id == broken).values(content=content))
    office.clock.forward(seconds=5)
    await office.send()
    assert await office.states() == [State.SENT]


@asynccontextmanager
async def nobody_let_in(store: Store) -> AsyncIterator[None]:
    """A PostgreSQL that has thrown everybody out of a database, and lets nobody in."""
    name = sql.Identifier(str(store.url.database))
    async with await psycopg.AsyncConnection.connect(POSTGRES_URL, autocommit=True) as other:
        await other.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        await other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [store.url.database]
        )
        yield
        await other.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))


async def test_an_outcome_outlives_a_database_that_is_away_for_a_while(office: Office) -> None:
    readers = [await office.reader("kpop") for _ in range(10)]
    if office.store.is_sqlite:
        async with office.store.writing() as tx:  # the one connection that writes: do not wait, but fail
            await tx.run_sync(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=20"))
    office.telegram.fault(Fault.hangs(2, times=10))
    await office.announce("Nova Lane", "kpop")
    with capture_logs() as logs:
        office.start()
        await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) == 10)
        async with office.writers_held() if office.store.is_sqlite else nobody_let_in(office.store):
            await office.telegram.until(lambda: sum(map(office.answered, readers)) == 10, timeout=PATIENCE)
            await asyncio.sleep(1)
        await office.until_idle()
        await office.stop()
    assert [log["event"] for log in logs].count("outcomes not written yet") >= 1
    assert await office.states() == [State.SENT] * 10
    assert [office.asked(reader) for reader in readers] == [1] * 10


async def test_an_answer_that_looks_odd_is_no_reason_to_send_again(
    migrated_sqlite_url: str, telegram: Telegram, base_url: str, clock: Hands
) -> None:
    store = Store.open(migrated_sqlite_url)

    class Odd(ExtBot[int]):
        async def do_api_request(self, *args: object, **more: object) -> object:
            await super().do_api_request(*args, **more)  # type: ignore[arg-type]
            return True

    odd = Odd(
        TOKEN, base_url=base_url, request=Wire(8), get_updates_request=Wire(1), rate_limiter=Gate(2_000)
    )
    async with odd, Office(store, telegram, odd, clock) as office:
        reader = await office.reader("kpop")
        await office.announce("Nova Lane", "kpop")
        await office.send()
        assert (office.asked(reader), await office.states()) == (1, [State.SENT])
    await store.close()


# -- stopping, and taking over --------------------------------------------------------------------------------


async def test_stopping_finishes_what_is_under_way_and_gives_the_rest_back(office: Office) -> None:
    edition = await office.edition("Morning")
    for _ in range(50):
        await office.owe(await office.reader(), edition)
    office.telegram.fault(Fault.hangs(0.4, times=None))
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) >= 20)
    await office.stop()
    sent = sum(call.applied for call in office.telegram.calls_of("sendMessage"))
    rows = await office.rows()
    assert [row.state for row in rows].count(State.SENT) == sent < 50
    assert all(row.run_id is None and row.lease_until is None for row in rows)
    assert all(row.attempt == 0 for row in rows if row.state == State.OWED)


async def test_what_waits_at_the_gate_is_given_back_too(office: Office) -> None:
    edition = await office.edition("Morning", alert=True)
    (group,) = await office.group()
    await office.owe(group, edition, alert=True)
    office.telegram.fault(Fault.flood(60, chat=group.there.id))
    await office.send()
    office.clock.forward(minutes=2)  # the gate goes by another time: it still waits
    office.start()
    await asyncio.sleep(0.2)
    assert office.bot.rate_limiter
    office.bot.rate_limiter.close(below=10)  # type: ignore[attr-defined]
    await office.stop()
    (row,) = await office.rows()
    assert (row.state, row.run_id, office.asked(group)) == (State.OWED, None, 1)


async def test_a_request_that_outlasts_the_stop_is_owed_again(office: Office) -> None:
    await office.owe(await office.reader(), await office.edition("Morning"))
    office.telegram.fault(Fault.hangs(30))
    office.start()
    await office.telegram.until(lambda: bool(office.telegram.calls_of("sendMessage")))
    await office.stop(0.2)
    (row,) = await office.rows()
    assert (row.state, row.run_id) == (State.OWED, None)


async def test_a_stop_while_the_database_is_away_ends_all_the_same(office: Office) -> None:
    if office.store.is_sqlite:
        async with office.store.writing() as tx:
            await tx.run_sync(lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=20"))
    await office.owe(await office.reader(), await office.edition("Morning"))
    office.telegram.fault(Fault.hangs(1))
    office.start()
    await office.telegram.until(lambda: bool(office.telegram.calls_of("sendMessage")))
    async with office.writers_held() if office.store.is_sqlite else nobody_let_in(office.store):
        async with asyncio.timeout(PATIENCE):
            await office.stop(0.3)
    assert len(await office.rows()) == 1


async def test_the_claims_of_a_dead_run_are_taken_over(office: Office) -> None:
    readers = [await office.reader() for _ in range(3)]
    edition = await office.edition("Morning")
    for reader in readers:
        await office.owe(reader, edition)
    now = office.clock()
    async with office.store.writing() as tx:
        await outbox.claim(tx, "dead", now, lease_until=now + timedelta(minutes=2), limit=2)
    office.start()
    await office.telegram.until(lambda: bool(office.got(readers[2])))
    await asyncio.sleep(0.2)
    assert [office.asked(reader) for reader in readers] == [0, 0, 1], "a lease is respected"
    async with office.store.writing() as tx:
        assert await outbox.release(tx, but=office.run) == 2
    office.sender._wake()
    await office.until_idle()
    assert [len(office.got(reader)) for reader in readers] == [1, 1, 1]


async def test_a_lease_that_ran_out_is_taken_over_without_a_word(office: Office) -> None:
    reader = await office.reader()
    await office.owe(reader, await office.edition("Morning"))
    now = office.clock()
    async with office.store.writing() as tx:
        await outbox.claim(tx, "dead", now, lease_until=now + timedelta(minutes=2), limit=2)
    office.clock.forward(minutes=3)
    await office.send()
    assert len(office.got(reader)) == 1
