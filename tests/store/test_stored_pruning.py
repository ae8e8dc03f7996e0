from datetime import timedelta

from sqlalchemy import func, select

from digests.model import State
from digests.store import editions, entries, outbox, pruning, stories, tables
from digests.store.engine import Store
from digests.store.outbox import Settlement

DAY = timedelta(days=1)


async def test_what_an_old_entry_said_is_forgotten_and_its_key_is_not(store: Store, newsroom) -> None:
    said = [newsroom.keyed(f"said {number}", summary="words", author="A", image="i") for number in range(3)]
    async with store.writing() as tx:
        feed = await newsroom.feed(tx)
        await entries.add(tx, feed, said, seen_at=newsroom.now, history=False)
        await tx.execute(
            tables.entries.update().where(tables.entries.c.key != "said 0").values(judged_at=newsroom.now)
        )
        assert await pruning.old_texts(tx, newsroom.now, 9) == ()
        later = newsroom.now + DAY
        some = [await pruning.forget_texts(tx, await pruning.old_texts(tx, later, 1)) for _ in range(3)]
        assert some == [1, 1, 0]
        (unjudged,) = await entries.unjudged(tx, 9)
        assert unjudged.entry == said[0].entry, "what nobody judged yet is kept"
        assert await entries.unknown(tx, feed, said) == ()


async def test_settled_deliveries_are_deleted_in_the_end_and_debts_never(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chats = [await newsroom.chat(tx, number) for number in range(1, 5)]
        debts = await newsroom.owe(tx, chats[:3])
        await newsroom.owe(tx, chats[3:], state=State.HELD)
        outcomes = [Settlement(debts[0], State.SENT), Settlement(debts[1], State.GONE)]
        await outbox.settle(tx, outcomes, newsroom.now)
        assert await pruning.settled_long_ago(tx, newsroom.now, 9) == ()
        later = newsroom.now + 400 * DAY
        old = [await pruning.settled_long_ago(tx, later, limit) for limit in (1, 9)]
        assert [len(one) for one in old] == [1, 2]
        assert await pruning.delete_deliveries(tx, old[1]) == 2
        assert {state for _, state in await outbox.counts(tx)} == {State.OWED, State.HELD}


async def test_an_edition_is_kept_while_somebody_is_owed_it(store: Store, newsroom) -> None:
    later = newsroom.now + DAY
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        await newsroom.owe(tx, [chat])
        broadcast = await newsroom.broadcast(tx, "kpop")
        unused = await newsroom.edition(tx)
        assert await pruning.unused_editions(tx, newsroom.now, 9) == ()
        assert await pruning.unused_editions(tx, later, 9) == (unused,)
        assert await pruning.delete_editions(tx, [unused, broadcast.edition]) == 1, "the other is needed"
        assert await editions.by_ids(tx, [unused]) == {}
        assert broadcast.edition in await editions.by_ids(tx, [broadcast.edition])
        await editions.advance(tx, broadcast, None, newsroom.now)
        assert await pruning.unused_editions(tx, later, 9) == (broadcast.edition,)
        assert await pruning.delete_editions(tx, [broadcast.edition]) == 1
        assert await tx.value(select(func.count()).select_from(tables.editions)) == 1
        assert len(await stories.facts(tx, [broadcast.story])) == 1
