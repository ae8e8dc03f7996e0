"""What is owed arrives: in the right chats, once, in the right order and form."""

import asyncio
from datetime import time, timedelta

import pytest
from structlog.testing import capture_logs

from bot.playground.telegram import Fault
from bot.sending.sender import SLOTS
from bot.sending.settling import Settled, Settler
from digests.model import Alerts, Quiet, Share, State, Subject, What, Wish
from digests.store import chats, held_alerts, interests, left, outbox
from digests.store.outbox import Settlement
from tests.sending.outgoing import HOUR, PATIENCE, Office

LONG = "It is a long story, told at length. " * 12


async def test_an_alert_reaches_whoever_follows_one_of_its_categories_and_nobody_else(office: Office) -> None:
    fan = await office.reader("kpop")
    both = await office.reader("kpop", "drama", language="ko")
    (group,) = await office.group("drama")
    other = await office.reader()
    off = await office.reader("kpop", alerts=Alerts.OFF)
    later = await office.reader("kpop", since=office.clock() + HOUR)
    paused = await office.reader("kpop")
    async with office.store.writing() as tx:
        await chats.pause(tx, paused.there.id, "blocked", office.clock())
    await office.announce("Nova Lane breaks up", "kpop", "drama")
    await office.send()
    for reader in (fan, both, group):
        (message,) = office.got(reader)
        assert "Nova Lane breaks up" in message.plain
        assert await office.states(reader) == [State.SENT]
        assert (await office.rows(reader))[0].message_id == message.id
    for reader in (other, off, later, paused):
        assert office.got(reader) == []
        assert await office.rows(reader) == []


async def test_an_alert_reaches_who_follows_a_name_in_it_with_alerts_and_none_who_mutes_a_word_of_it(
    office: Office,
) -> None:
    follower, quiet = await office.reader(), await office.reader()
    fan, muting = await office.reader("kpop"), await office.reader("kpop")
    name, word = Subject(What.NAME, "nova-lane"), Subject(What.WORDS, "breaks up")
    async with office.store.writing() as tx:
        for reader, wish, subject, alerts in (
            (follower, Wish.FOLLOW, name, True),
            (quiet, Wish.FOLLOW, name, False),
            (muting, Wish.MUTE, word, None),
            (fan, Wish.MUTE, Subject(What.WORDS, "brea"), None),
        ):
            await interests.add(
                tx, reader.id, wish, subject, label="", now=office.clock() - HOUR, alerts=alerts
            )
    edition = await office.announce("Nova Lane breaks up", "kpop", follows=frozenset({name}))
    await office.tell(edition, "Nova Lane breaks up after nine years")
    with capture_logs() as logs:
        await office.send()
    assert [len(office.got(one)) for one in (follower, quiet, fan, muting)] == [1, 0, 1, 0]
    assert {"muted": 1} in [log["not_owed"] for log in logs if log["event"] == "unfolded"]


async def test_what_was_sent_is_not_sent_again_whoever_looks_again(office: Office) -> None:
    fan = await office.reader("kpop")
    await office.announce("Nova Lane breaks up", "kpop")
    await office.send()
    office.run = "another"
    office.clock.forward(hours=30)
    await office.send()
    assert len(office.got(fan)) == 1


async def test_an_audience_larger_than_a_block_is_reached_block_by_block(office: Office) -> None:
    office.messages_per_second = 1
    readers = [await office.reader("kpop") for _ in range(75)]
    await office.announce("Nova Lane breaks up", "kpop")
    with capture_logs() as logs:
        await office.send()
    assert [log["owed"] for log in logs if log["event"] == "unfolded"] == [32, 32, 11, 0]
    assert [len(office.got(reader)) for reader in readers] == [1] * 75


async def test_two_large_alerts_take_turns(office: Office) -> None:
    office.messages_per_second = 1
    for _ in range(70):
        await office.reader("kpop")
    await office.announce("First", "kpop")
    await office.announce("Second", "kpop")
    with capture_logs() as logs:
        await office.send()
    unfolded = [(log["broadcast"], log["owed"]) for log in logs if log["event"] == "unfolded" and log["owed"]]
    assert unfolded == [(1, 32), (2, 32), (1, 32), (2, 32), (1, 6), (2, 6)]


async def test_in_quiet_hours_an_alert_comes_silently_or_is_held(office: Office) -> None:
    evening = (time(17, 0), time(20, 0))  # it is 18:00
    loud = await office.reader("kpop", quiet=Quiet(time(23, 0), time(7, 0)))
    quiet = await office.reader("kpop", quiet=Quiet(*evening))
    silent = await office.reader("kpop", alerts=Alerts.SILENT)
    held = await office.reader("kpop", quiet=Quiet(*evening, hold=True))
    await office.announce("Nova Lane breaks up", "kpop")
    await office.send()
    assert [message.silent for reader in (loud, quiet, silent) for message in office.got(reader)] == [
        False,
        True,
        True,
    ]
    assert office.asked(held) == 0
    assert await office.states(held) == [State.HELD]


async def test_an_alert_that_comes_too_late_is_held_for_the_digest_of_those_who_have_one(
    office: Office,
) -> None:
    daily, never = await office.reader(), await office.reader(times=())
    edition = await office.edition("Old news", alert=True)
    for reader in (daily, never):
        await office.owe(reader, edition, alert=True, worth=HOUR)
    office.clock.forward(hours=2)
    await office.send()
    assert office.telegram.calls_of("sendMessage") == []
    assert await office.states() == [State.HELD, State.EXPIRED]
    async with office.store.reading() as tx:
        held = await held_alerts.of(tx, [daily.id, never.id])
    assert [alert.edition for alert in held[daily.id]] == [edition]


@pytest.mark.parametrize(
    ("alerts", "state"), [(Alerts.ON, State.EXPIRED), (Alerts.OFF, State.CANCELLED)], ids=str
)
async def test_an_alert_that_comes_too_late_waits_for_no_digest_that_was_turned_off_meanwhile(
    office: Office, alerts: Alerts, state: State
) -> None:
    reader = await office.reader()
    other = await office.reader()
    edition = await office.edition("Old news", alert=True)
    for one in (reader, other):
        await office.owe(one, edition, alert=True, worth=HOUR)
    settler = Settler(office.store, office.settings.breaking, office.clock)
    async with office.store.writing() as tx:
        claimed = await outbox.claim(tx, "run", office.clock(), lease_until=office.clock(), limit=9)
        await chats.change(tx, reader.id, alerts=alerts, digest_times=(), next_digest_at=None)
    office.clock.forward(hours=2)
    for one in claimed:
        await settler.settle(Settled(Settlement(one.id, State.HELD), one.chat))
    await office.send()
    assert (await office.states(reader), await office.states(other)) == ([state], [State.HELD])


async def test_a_gate_begins_with_what_groups_were_sent_in_the_last_minute(office: Office) -> None:
    reader = await office.reader()
    (group,) = await office.group()
    edition = await office.edition("News")
    await office.owe(group, edition)
    await office.send()
    office.clock.forward(seconds=40)
    for one in (group, group, reader):
        await office.owe(one, edition)
    await office.send()
    office.clock.forward(seconds=15)
    async with office.store.reading() as tx:
        sent = await left.to_groups(tx, office.clock() - timedelta(minutes=1))
    times = [office.clock() - timedelta(seconds=ago) for ago in (55, 15, 15)]
    assert sent == [left.Sent(group.there.id, at) for at in times]
    async with office.store.reading() as tx:
        assert await left.to_groups(tx, office.clock() - timedelta(seconds=30)) == sent[1:]


async def test_a_digest_that_comes_too_late_is_not_sent(office: Office) -> None:
    reader = await office.reader()
    await office.owe(reader, await office.edition("Old news"), worth=HOUR)
    office.clock.forward(hours=2)
    await office.send()
    assert (office.asked(reader), await office.states()) == (0, [State.EXPIRED])


async def test_a_long_digest_comes_in_parts_and_goes_on_where_it_stopped(office: Office) -> None:
    reader = await office.reader()
    edition = await office.edition(*(f"Story {number}. {LONG}"[:300] for number in range(40)), excerpt=LONG)
    await office.owe(reader, edition)
    office.telegram.fault(Fault(status=500, after=1))
    await office.send()
    assert len(office.got(reader)) == 1
    (row,) = await office.rows()
    assert (row.state, row.parts_sent) == (State.OWED, 1)
    office.clock.forward(minutes=1)
    await office.send()
    parts = office.got(reader)
    (row,) = await office.rows()
    assert row.state == State.SENT
    assert len(parts) == row.parts_sent >= 2
    whole = "\n".join(part.plain for part in parts)
    assert [whole.count(f"Story {number}. ") for number in range(40)] == [1] * 40
    assert row.message_id == parts[-1].id


async def test_how_far_a_digest_got_is_on_disk_before_its_next_part_leaves(office: Office) -> None:
    reader = await office.reader()
    await office.owe(reader, await office.edition(*(f"Story {number}" for number in range(40)), excerpt=LONG))
    office.telegram.fault(Fault(hang=1.0, after=1))
    office.start()
    await office.telegram.until(lambda: office.asked(reader) == 2)
    (row,) = await office.rows()
    assert (row.state, row.parts_sent) == (State.OWED, 1)
    await office.until_idle()


async def test_a_chat_gets_its_messages_one_after_the_other_and_delays_nobody(office: Office) -> None:
    topics = await office.group(topics=SLOTS + 4)
    reader = await office.reader()
    slow = await office.edition("For the group", alert=True)
    for topic in topics:
        await office.owe(topic, slow, alert=True)
    await office.owe(reader, await office.edition("For a person"))
    office.telegram.fault(Fault.hangs(0.5, chat=topics[0].there.id, times=None))
    office.start()
    await office.telegram.until(lambda: bool(office.got(reader)))
    assert office.asked(topics[0]) == 1
    office.telegram.clear_faults()
    await office.stop()
    assert office.asked(topics[0]) == len(office.telegram.received(topics[0].there)) == 1


async def test_alerts_leave_before_the_digests_that_were_owed_earlier(office: Office) -> None:
    readers = [await office.reader("kpop") for _ in range(100)]
    digest = await office.edition("Morning")
    for reader in readers[:60]:
        await office.owe(reader, digest)
    office.telegram.fault(Fault.hangs(2, times=SLOTS))
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) == SLOTS)
    await office.announce("Nova Lane breaks up", "kpop")
    office.sender._wake()
    await office.until_idle()
    texts = [str(call.parameters["text"]) for call in office.telegram.calls_of("sendMessage")]
    first = next(number for number, text in enumerate(texts) if "breaks up" in text)
    assert first <= SLOTS + 1
    assert len(texts) == 160


async def test_who_leaves_while_a_message_waits_for_its_slot_does_not_get_it(office: Office) -> None:
    readers = [await office.reader("kpop") for _ in range(SLOTS + 3)]
    leaving, forgotten, staying = readers[-3:]
    office.telegram.fault(Fault.hangs(1, times=SLOTS))
    await office.announce("Nova Lane breaks up", "kpop")
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) == SLOTS)
    while len(await office.states()) < len(readers):  # the rest of them is unfolded meanwhile
        await asyncio.sleep(0.005)
    async with office.store.writing() as tx:
        await outbox.cancel(tx, [leaving.id], State.CANCELLED, office.clock())
        await chats.forget(tx, forgotten.there.id)
    await office.until_idle()
    assert [len(office.got(reader)) for reader in (leaving, forgotten, staying)] == [0, 0, 1]
    assert await office.states(leaving) == [State.CANCELLED]


async def test_a_slot_is_free_only_when_its_outcome_is_on_disk(office: Office) -> None:
    edition = await office.edition("Morning")
    for _ in range(SLOTS + 8):
        await office.owe(await office.reader(), edition)
    office.telegram.fault(Fault.hangs(2, times=SLOTS))
    office.start()
    await office.telegram.until(lambda: len(office.telegram.calls_of("sendMessage")) == SLOTS)
    async with office.writers_held():
        await office.telegram.until(
            lambda: sum(call.ok for call in office.telegram.calls_of("sendMessage")) == SLOTS,
            timeout=PATIENCE,
        )
        await asyncio.sleep(1)
        assert len(office.telegram.calls_of("sendMessage")) == SLOTS, (
            "no further message while none is written"
        )
        assert set(await office.states()) == {State.OWED}
    await office.until_idle()
    assert await office.states() == [State.SENT] * (SLOTS + 8)


async def test_an_outcome_is_on_disk_within_two_tenths_of_a_second_of_its_answer(office: Office) -> None:
    reader = await office.reader()
    office.start()
    await office.owe(reader, await office.edition("Morning"))
    loop = asyncio.get_running_loop()
    office.sender._wake()
    await office.telegram.until(lambda: bool(office.got(reader)))
    answered = loop.time()
    await office.until_idle()
    assert loop.time() - answered < 0.2 + 0.8, "a busy machine gets some more"


async def test_an_alert_of_an_hour_ago_is_claimed_though_another_unfolds(office: Office) -> None:
    retried = await office.reader()
    office.messages_per_second = 1
    for _ in range(100):
        await office.reader("kpop")
    await office.owe(retried, await office.edition("Again", alert=True), alert=True)
    await office.owe(retried, await office.edition("Morning"))
    await office.announce("Nova Lane breaks up", "kpop")
    await office.send()
    texts = [str(call.parameters["text"]) for call in office.telegram.calls_of("sendMessage")]
    assert next(number for number, text in enumerate(texts) if "Again" in text) < SLOTS
    assert "Morning" in texts[-1] or next(n for n, text in enumerate(texts) if "Morning" in text) >= 90


async def test_held_alerts_and_the_question_for_the_zone_stand_in_that_chats_digest_only(
    office: Office,
) -> None:
    one, other = await office.reader(), await office.reader()
    alert = await office.edition("Broke at night", alert=True)
    digest = await office.edition("Morning story one", "Morning story two")
    await office.owe(one, digest, share=Share(also=(alert,), ask_zone=True))
    await office.owe(other, digest)
    await office.send()
    assert "Broke at night" in office.got(one)[-1].plain
    assert office.got(one)[-1].buttons
    assert "Broke at night" not in office.got(other)[-1].plain
    assert not office.got(other)[-1].buttons
