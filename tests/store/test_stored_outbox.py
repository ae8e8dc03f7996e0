import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from digests.model import (
    Chat,
    ChatId,
    Delivery,
    DeliveryId,
    EditionId,
    Priority,
    Share,
    State,
    StoryId,
    alert_key,
)
from digests.store import held_alerts, outbox, standing
from digests.store.engine import Reading, Store, Writing
from digests.store.held_alerts import HeldAlert
from digests.store.outbox import Settlement
from digests.store.tables import deliveries

MINUTE = timedelta(minutes=1)


async def claim(
    tx: Writing, now: datetime, *, run: str = "run", limit: int = 99, **more: Any
) -> tuple[Delivery, ...]:
    return await outbox.claim(tx, run, now, lease_until=now + MINUTE, limit=limit, **more)


async def stored(tx: Reading, delivery: DeliveryId) -> Any:
    return await tx.row(select(deliveries).where(deliveries.c.id == delivery))


async def state_of(tx: Reading, delivery: DeliveryId) -> State:
    return State((await stored(tx, delivery)).state)


@pytest.fixture
async def chat(store: Store, newsroom) -> Chat:
    async with store.writing() as tx:
        return await newsroom.chat(tx, 5, "kpop")


@pytest.fixture
async def other(store: Store, chat: Chat, newsroom) -> Chat:
    assert chat, "it comes after the first"
    async with store.writing() as tx:
        return await newsroom.chat(tx, 6, "kpop")


async def test_a_chat_is_owed_a_story_once_whatever_runs_twice(
    store: Store, newsroom, chat: Chat, other: Chat
) -> None:
    async with store.writing() as tx:
        assert len(await newsroom.owe(tx, [chat])) == 1
        assert await newsroom.owe(tx, [chat]) == ()
        assert len(await newsroom.owe(tx, [chat, other, other])) == 1
        assert len(await newsroom.owe(tx, [chat], "alert:1:2")) == 1
        assert await outbox.counts(tx) == {(Priority.ALERT, State.OWED): 3}


@pytest.mark.parametrize("state", list(State))
async def test_a_settled_debt_is_not_owed_anew(store: Store, newsroom, chat: Chat, state: State) -> None:
    async with store.writing() as tx:
        await newsroom.owe(tx, [chat], state=state)
        assert await newsroom.owe(tx, [chat]) == ()
        assert await outbox.counts(tx) == {(Priority.ALERT, state): 1}


async def test_a_delivery_reads_as_it_was_owed(store: Store, newsroom, chat: Chat) -> None:
    share = Share(also=(EditionId(4), EditionId(9)), ask_zone=True)
    async with store.writing() as tx:
        edition = await newsroom.edition(tx)
        owed = newsroom.owed(
            chat.id, edition, "digest:2026-03-02:08:00", priority=Priority.DIGEST, silent=True, share=share
        )
        (debt,) = await outbox.owe(tx, [owed], newsroom.now)
    async with store.writing() as tx:
        assert await claim(tx, newsroom.now) == (
            Delivery(
                debt,
                chat,
                edition,
                owed.key,
                Priority.DIGEST,
                owed.expires_at,
                True,
                share,
                0,
                attempt=0,
                unheard=0,
            ),
        )


async def test_debts_born_claimed_are_nobody_elses(store: Store, newsroom, chat: Chat, other: Chat) -> None:
    lease = {"run": "run", "lease_until": newsroom.now + MINUTE}
    async with store.writing() as tx:
        edition = await newsroom.edition(tx)
        born = await outbox.owe(
            tx,
            [
                newsroom.owed(chat.id, edition, "now"),
                newsroom.owed(other.id, edition, "now"),
                newsroom.owed(chat.id, edition, "later", due_at=newsroom.now + 2 * MINUTE),
                newsroom.owed(chat.id, edition, "held", state=State.HELD),
            ],
            newsroom.now,
            **lease,
        )
        assert [one.key for one in await outbox.taken(tx, born)] == ["now", "now"]
        assert await claim(tx, newsroom.now) == ()
        assert await claim(tx, newsroom.now, run="another") == ()
        assert [one.key for one in await claim(tx, newsroom.now + 3 * MINUTE)] == ["later"]
        again = await outbox.owe(tx, [newsroom.owed(chat.id, edition, "now")], newsroom.now, **lease)
        assert again == ()
        assert await outbox.taken(tx, ()) == ()


async def test_alerts_are_claimed_before_digests_and_the_longest_due_first(
    store: Store, newsroom, chat: Chat
) -> None:
    async with store.writing() as tx:
        for key, priority, minutes in (
            ("digest, old", Priority.DIGEST, -60),
            ("alert, new", Priority.ALERT, 0),
            ("alert, ahead", Priority.ALERT, 1),
            ("digest, new", Priority.DIGEST, -1),
            ("alert, old", Priority.ALERT, -5),
        ):
            await newsroom.owe(tx, [chat], key, priority=priority, due_at=newsroom.now + minutes * MINUTE)
        order = ["alert, old", "alert, new", "digest, old", "digest, new"]
        first = await claim(tx, newsroom.now, limit=3)
        assert [one.key for one in first] == order[:3]
        assert [one.key for one in await claim(tx, newsroom.now)] == order[3:]


async def test_whether_anything_is_due_agrees_with_what_a_claim_finds(
    store: Store, newsroom, chat: Chat
) -> None:
    async def both(tx: Writing, now: datetime, *, in_hand: bool, run: str = "run") -> bool:
        due = await outbox.anything_due(tx, run, now, in_hand=in_hand)
        assert due == bool(await claim(tx, now, run=run, in_hand=in_hand))
        return due

    async with store.writing() as tx:
        assert not await both(tx, newsroom.now, in_hand=True)
        await newsroom.owe(tx, [chat], due_at=newsroom.now + MINUTE)
        assert not await both(tx, newsroom.now, in_hand=False)
        assert await both(tx, newsroom.now + MINUTE, in_hand=True)
        assert not await both(tx, newsroom.now + 99 * MINUTE, in_hand=True), "in hand, however long"
        assert not await both(tx, newsroom.now + MINUTE, in_hand=True, run="another")
        assert await both(tx, newsroom.now + MINUTE, in_hand=False), "claimed, and lost on the way"
        assert await both(tx, newsroom.now + 9 * MINUTE, in_hand=True, run="another"), "its lease is over"


async def test_at_a_start_what_dead_runs_hold_is_let_go(
    store: Store, newsroom, chat: Chat, other: Chat
) -> None:
    async with store.writing() as tx:
        await newsroom.owe(tx, [chat], "a")
        await claim(tx, newsroom.now, run="dead")
        await newsroom.owe(tx, [other], "b")
        await claim(tx, newsroom.now, run="alive")
        assert await outbox.release(tx, but="alive") == 1
        assert [one.key for one in await claim(tx, newsroom.now, run="alive")] == ["a"]


async def test_what_is_given_back_is_free_as_it_was_and_only_its_holder_can_give_it_back(
    store: Store, newsroom, chat: Chat
) -> None:
    async with store.writing() as tx:
        (debt,) = await newsroom.owe(tx, [chat])
        (claimed,) = await claim(tx, newsroom.now)
        await outbox.let_go(tx, [debt], "another")
        assert await claim(tx, newsroom.now) == ()
        await outbox.let_go(tx, [debt], "run")
        assert await claim(tx, newsroom.now) == (claimed,)


async def test_many_claimers_at_once_never_get_the_same_delivery(postgres_url: str, newsroom) -> None:
    store = Store.open(postgres_url, readers=8)
    try:
        async with store.writing() as tx:
            everyone = [await newsroom.chat(tx, number) for number in range(1, 31)]
            for key in "abcdefghij":
                await newsroom.owe(tx, everyone, key)

        async def claimer() -> list[DeliveryId]:
            mine: list[DeliveryId] = []
            while True:
                async with store.writing() as tx:
                    claimed = await claim(tx, newsroom.now, limit=7)
                    await asyncio.sleep(0)  # the others go on while the rows are locked
                if not claimed:
                    return mine
                mine += [one.id for one in claimed]

        found = await asyncio.gather(*(claimer() for _ in range(6)))
    finally:
        await store.close()
    everything = [delivery for mine in found for delivery in mine]
    assert len(everything) == len(set(everything)) == 300
    assert sum(bool(mine) for mine in found) > 1, "one claimer alone shows nothing"


async def test_a_claimer_passes_over_what_another_is_claiming(postgres_url: str, newsroom) -> None:
    store = Store.open(postgres_url)
    try:
        async with store.writing() as tx:
            first, second = await newsroom.chat(tx, 1), await newsroom.chat(tx, 2)
            await newsroom.owe(tx, [first, second])
        async with store.writing() as one, store.writing() as two:
            (a,) = await claim(one, newsroom.now, limit=1)
            (b,) = await asyncio.wait_for(claim(two, newsroom.now, limit=1), 20)
            assert {a.chat.id, b.chat.id} == {first.id, second.id}
    finally:
        await store.close()


@pytest.mark.parametrize("state", [State.SENT, State.GONE, State.REFUSED, State.EXPIRED, State.UNHEARD])
async def test_an_outcome_settles_a_delivery_for_good(
    store: Store, newsroom, chat: Chat, other: Chat, state: State
) -> None:
    async with store.writing() as tx:
        debt, neighbour = await newsroom.owe(tx, [chat, other])
        await claim(tx, newsroom.now)
        later = newsroom.now + MINUTE
        outcome = Settlement(debt, state, attempt=2, unheard=1, message_id=77, note="why\x00\ud800 " * 999)
        await outbox.settle(tx, [outcome], later)
        row = await stored(tx, debt)
        assert (row.state, row.message_id, row.attempt, row.unheard) == (state, 77, 2, 1)
        assert (row.settled_at, row.run_id, row.lease_until) == (later, None, None)
        assert row.note == ("why " * 999)[: len(row.note)]
        assert 300 < len(row.note) <= 500
        assert row.due_at == newsroom.now, "when it rang is what the caps count by"
        await outbox.settle(tx, [Settlement(debt, State.OWED, due_at=later)], later)
        assert await state_of(tx, debt) == state
        assert await state_of(tx, neighbour) == State.OWED
        await outbox.settle(tx, [], later)


async def test_a_delivery_that_failed_is_tried_again_at_its_time(store: Store, newsroom, chat: Chat) -> None:
    async with store.writing() as tx:
        (debt,) = await newsroom.owe(tx, [chat])
        await claim(tx, newsroom.now)
        again = newsroom.now + 5 * MINUTE
        await outbox.settle(
            tx, [Settlement(debt, State.OWED, attempt=1, unheard=1, due_at=again)], newsroom.now
        )
        assert await claim(tx, newsroom.now) == ()
        (tried,) = await claim(tx, again)
        assert (tried.id, tried.attempt, tried.unheard) == (debt, 1, 1)
        assert (await stored(tx, debt)).settled_at is None


async def test_what_was_known_of_a_message_is_not_forgotten_by_a_later_outcome(
    store: Store, newsroom, chat: Chat
) -> None:
    async with store.writing() as tx:
        (debt,) = await newsroom.owe(tx, [chat])
        await outbox.settle(tx, [Settlement(debt, State.OWED, parts_sent=2, message_id=7)], newsroom.now)
        await outbox.settle(tx, [Settlement(debt, State.OWED, attempt=1)], newsroom.now)
        row = await stored(tx, debt)
        assert (row.message_id, row.parts_sent, row.due_at) == (7, 2, newsroom.now)
        await outbox.settle(tx, [Settlement(debt, State.SENT, parts_sent=3, message_id=8)], newsroom.now)
        row = await stored(tx, debt)
        assert (row.message_id, row.parts_sent) == (8, 3)


async def test_a_kill_in_the_middle_of_a_split_digest_repeats_no_part(
    store: Store, newsroom, chat: Chat
) -> None:
    async with store.writing() as tx:
        (debt,) = await newsroom.owe(tx, [chat])
        await claim(tx, newsroom.now)
        await outbox.part_sent(tx, debt, 2, newsroom.now + 5 * MINUTE)
        assert await claim(tx, newsroom.now + 4 * MINUTE, run="another") == (), "the lease was made longer"
        (taken_over,) = await claim(tx, newsroom.now + 6 * MINUTE, run="another")
        assert taken_over.parts_sent == 2


@pytest.mark.parametrize("state", [State.CANCELLED, State.GONE])
async def test_what_was_cancelled_stays_cancelled_whatever_outcome_comes_late(
    store: Store, newsroom, chat: Chat, other: Chat, state: State
) -> None:
    async with store.writing() as tx:
        (debt,) = await newsroom.owe(tx, [chat], "owed")
        await newsroom.owe(tx, [chat], "held", state=State.HELD)
        (sent,) = await newsroom.owe(tx, [chat], "sent")
        await outbox.settle(tx, [Settlement(sent, State.SENT, message_id=1)], newsroom.now)
        (neighbour,) = await newsroom.owe(tx, [other], "owed")
        await claim(tx, newsroom.now)
        assert await outbox.cancel(tx, [chat.id], state, newsroom.now) == 2
        assert await outbox.cancel(tx, [chat.id], state, newsroom.now) == 0
        row = await stored(tx, debt)
        assert (row.state, row.run_id, row.settled_at) == (state, None, newsroom.now)
        await outbox.settle(tx, [Settlement(debt, State.OWED, attempt=1)], newsroom.now)
        assert await state_of(tx, debt) == state
        assert await state_of(tx, sent) == State.SENT
        assert await state_of(tx, neighbour) == State.OWED
        assert await outbox.counts(tx) == {
            (Priority.ALERT, state): 2,
            (Priority.ALERT, State.SENT): 1,
            (Priority.ALERT, State.OWED): 1,
        }


async def test_held_alerts_wait_for_the_digest_that_tells_them(
    store: Store, newsroom, chat: Chat, other: Chat
) -> None:
    async with store.writing() as tx:
        edition = await newsroom.edition(tx)
        second = await newsroom.edition(tx)
        held = [
            newsroom.owed(one.id, made, f"alert:{made}:1", state=State.HELD)
            for made in (edition, second)
            for one in (chat, other)
        ]
        assert await outbox.owe(tx, held, newsroom.now) == (), "held is no work for the sender"
        assert await claim(tx, newsroom.now + timedelta(days=9)) == ()
        found = await held_alerts.of(tx, [chat.id, ChatId(99)])
        assert [alert.edition for alert in found[chat.id]] == [edition, second]
        assert set(found) == {chat.id}
        await held_alerts.told(tx, [alert.delivery for alert in found[chat.id]], newsroom.now)
        assert await held_alerts.of(tx, [chat.id]) == {}
        assert {await state_of(tx, alert.delivery) for alert in found[chat.id]} == {State.TOLD}
        assert len((await held_alerts.of(tx, [other.id]))[other.id]) == 2
        await outbox.settle(tx, [Settlement(found[chat.id][0].delivery, State.SENT)], newsroom.now)
        assert await state_of(tx, found[chat.id][0].delivery) == State.TOLD


async def test_only_what_is_held_can_be_told(store: Store, newsroom, chat: Chat) -> None:
    async with store.writing() as tx:
        (debt,) = await newsroom.owe(tx, [chat])
        await held_alerts.told(tx, [debt], newsroom.now)
        assert await state_of(tx, debt) == State.OWED
        await held_alerts.told(tx, [], newsroom.now)


async def test_a_held_alert_is_owed_when_no_digest_will_tell_it(
    store: Store, newsroom, chat: Chat, other: Chat
) -> None:
    async with store.writing() as tx:
        await newsroom.owe(tx, [chat, other], state=State.HELD, due_at=newsroom.now + timedelta(days=1))
        (held,) = (await held_alerts.of(tx, [chat.id]))[chat.id]
        await held_alerts.unhold(tx, held.delivery, newsroom.now + timedelta(minutes=1))
        assert await claim(tx, newsroom.now) == ()
        assert [one.id for one in await claim(tx, newsroom.now + timedelta(minutes=1))] == [held.delivery]
        (waits,) = (await held_alerts.of(tx, [chat.id, other.id]))[other.id]
        assert isinstance(waits, HeldAlert)


@pytest.mark.parametrize("state", list(State))
async def test_a_digest_leaves_out_what_the_chat_had_or_will_have_as_an_alert(
    store: Store, newsroom, chat: Chat, other: Chat, state: State
) -> None:
    async with store.writing() as tx:
        await newsroom.owe(tx, [chat], alert_key(StoryId(3)), state=state)
        await newsroom.owe(tx, [chat], "digest:3", state=state)
        had = {3} if state in {State.OWED, State.HELD, State.SENT, State.TOLD, State.UNHEARD} else set()
        keys = standing.alert_keys([StoryId(3), StoryId(33)])
        found = await standing.alerted(tx, [chat.id, other.id], keys)
        assert found == ({chat.id: had} if had else {})
        assert await standing.alerted(tx, [chat.id], {}) == {}
        assert await standing.alerted(tx, [], keys) == {}


async def test_a_digest_is_owed_with_its_priority_and_counted_apart(
    store: Store, newsroom, chat: Chat
) -> None:
    async with store.writing() as tx:
        edition = await newsroom.edition(tx)
        alert = newsroom.owed(chat.id, edition)
        digest = replace(alert, key="digest:1", priority=Priority.DIGEST)
        await outbox.owe(tx, [digest, alert], newsroom.now)
        assert await outbox.counts(tx) == {
            (Priority.ALERT, State.OWED): 1,
            (Priority.DIGEST, State.OWED): 1,
        }
