"""How things stand: what is owed by kind, what was sent and not, whom there is to write to, who works here."""

import asyncio
import fcntl
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from digests.errors import InUseError
from digests.model import AlertContent, Alerts, Revision, State, Subject, What, Wish
from digests.store import chats, editions, inbox, interests, outbox, revisions, tables
from digests.store.audiences import Audiences, Rush, audiences
from digests.store.engine import Store
from digests.store.inbox import Received
from digests.store.lock import hold, is_held
from digests.store.outbox import Settlement
from digests.store.status import status
from tests.store.conftest import Newsroom

NOBODY = Audiences({}, 0, None)
HOUR = timedelta(hours=1)


async def test_an_empty_database_owes_nothing(store: Store, newsroom: Newsroom) -> None:
    async with store.reading() as tx:
        assert await audiences(tx) == NOBODY
        found = await status(tx, newsroom.now, NOBODY)
    assert (found.owed, found.held, found.unfolding, found.left) == ((), 0, (), 0)
    assert {name: (one.sent, dict(one.unsent)) for name, one in found.settled.items()} == dict.fromkeys(
        ("now", "minute", "hour", "day"), (0, {})
    )
    assert (found.active, dict(found.paused), found.updates, found.unjudged, found.feeds) == (0, {}, 0, 0, 0)
    assert (found.signs.settled, found.signs.polled, found.signs.heard) == (None, None, None)


async def test_what_is_owed_is_counted_by_its_kind_and_time(store: Store, newsroom: Newsroom) -> None:
    now = newsroom.now
    async with store.writing() as tx:
        reader = await newsroom.chat(tx, 7)
        edition = await newsroom.edition(tx)

        async def owe(key: str, ago: timedelta, **more: object) -> None:
            owed = newsroom.owed(reader.id, edition, key, **{"due_at": now - ago} | more)
            await outbox.owe(tx, [owed], now - max(ago, timedelta()))

        await owe("alert:71:1", HOUR)
        await owe("alert:1:1", -HOUR)
        await owe("alert:11:2", timedelta(0))
        await owe("edit:71:1:1", timedelta(minutes=3))
        await owe("denial:8", timedelta(minutes=2))
        await owe("digest:2026-03-02:08:00", timedelta(minutes=1), priority=outbox.Priority.DIGEST)
        await owe("notice:3", timedelta(minutes=1), priority=outbox.Priority.DIGEST)
        await owe("alert:12:1", timedelta(0), state=State.HELD)
    async with store.reading() as tx:
        found = await status(tx, now, NOBODY)
    owed = {one.kind: one for one in found.owed}
    assert {kind: (one.now, one.later) for kind, one in owed.items()} == {
        "alert": (1, 1),
        "turn": (1, 0),
        "edit": (1, 0),
        "denial": (1, 0),
        "digest": (1, 0),
        "notice": (1, 0),
    }
    assert (owed["alert"].oldest, owed["alert"].last_due) == (now - HOUR, now + HOUR)
    assert [one.kind for one in found.owed][-2:] == ["digest", "notice"], "the most urgent first"
    assert (found.due, found.held) == (6, 1)


async def test_what_was_settled_is_counted_by_what_became_of_it_and_when(
    store: Store, newsroom: Newsroom
) -> None:
    now = newsroom.now
    states = [
        (State.SENT, timedelta(seconds=5)),
        (State.SENT, timedelta(seconds=30)),
        (State.REFUSED, timedelta(seconds=31)),
        (State.UNHEARD, timedelta(minutes=10)),
        (State.SENT, timedelta(minutes=10)),
        (State.GONE, timedelta(hours=3)),
        (State.SENT, timedelta(days=2)),
    ]
    async with store.writing() as tx:
        for number, (state, ago) in enumerate(states):
            (delivery,) = await newsroom.owe(tx, [await newsroom.chat(tx, number + 1)])
            await outbox.settle(tx, [Settlement(delivery, state)], now - ago)
    async with store.reading() as tx:
        found = await status(tx, now, NOBODY)
    assert {name: (one.sent, dict(one.unsent)) for name, one in found.settled.items()} == {
        "now": (1, {}),
        "minute": (2, {State.REFUSED: 1}),
        "hour": (3, {State.REFUSED: 1, State.UNHEARD: 1}),
        "day": (3, {State.GONE: 1, State.REFUSED: 1, State.UNHEARD: 1}),
    }
    assert found.signs.settled == now - timedelta(seconds=5)


async def test_audiences_are_those_who_are_awake_and_want_alerts(store: Store, newsroom: Newsroom) -> None:
    async with store.writing() as tx:
        await newsroom.chat(tx, 1, "kpop")
        await newsroom.chat(tx, 2, "kpop", "drama")
        silent = await newsroom.chat(tx, 3, "drama")
        await chats.change(tx, silent.id, alerts=Alerts.SILENT, next_digest_at=newsroom.now)
        wants_none = await newsroom.chat(tx, 4, "kpop")
        await chats.change(tx, wants_none.id, alerts=Alerts.OFF)
        await newsroom.chat(tx, 5, "kpop", "drama")
        await chats.pause(tx, 5, "blocked", newsroom.now)
        await newsroom.chat(tx, 6)
    async with store.reading() as tx:
        found = await audiences(tx)
        stands = await status(tx, newsroom.now, found)
    assert dict(found.categories) == {"drama": 2, "kpop": 2}
    assert found.everybody == 3
    assert found.rush == Rush(newsroom.now + timedelta(days=1), 4)
    assert (stands.active, dict(stands.paused)) == (5, {"blocked": 1})


@pytest.mark.parametrize(
    ("counts", "everybody", "asked", "reach"),
    [
        ({}, 0, {"kpop"}, 0),
        ({"kpop": 40}, 100, set(), 0),
        ({"kpop": 40}, 100, {"kpop"}, 40),
        ({"kpop": 40}, 100, {"kpop", "nobody's"}, 40),
        ({"kpop": 50, "drama": 50}, 100, {"kpop", "drama"}, 75),
        ({"kpop": 100, "drama": 50}, 100, {"kpop", "drama"}, 100),
        ({"kpop": 1, "drama": 1}, 2, {"kpop", "drama"}, 2),
    ],
)
def test_an_audience_of_several_categories_is_between_the_largest_and_all_of_them(
    counts: dict[str, int], everybody: int, asked: set[str], reach: int
) -> None:
    assert Audiences(counts, everybody, None).reach(frozenset(asked)) == reach


async def test_what_is_not_unfolded_yet_is_estimated(store: Store, newsroom: Newsroom) -> None:
    async with store.writing() as tx:
        readers = [await newsroom.chat(tx, number, "kpop") for number in range(1, 41)]
        fan = await newsroom.chat(tx, 100)
        aespa = Subject(What.NAME, "aespa")
        await interests.add(tx, fan.id, Wish.FOLLOW, aespa, label="aespa", now=newsroom.now, alerts=True)
        story = await newsroom.story(tx, "kpop")
        await editions.announce(
            tx,
            await newsroom.edition(tx, story),
            story,
            ["kpop"],
            follows=[aespa],
            decided_at=newsroom.now,
            expires_at=newsroom.now + 6 * HOUR,
        )
        broadcast = await editions.undone(tx)
        assert broadcast
    async with store.reading() as tx:
        (whole,) = (await status(tx, newsroom.now, await audiences(tx))).unfolding
        assert (whole.sends, whole.story, whole.turn) == ("alert", story, 1)
        assert whole.left == 41
        late = await status(tx, newsroom.now + 7 * HOUR, await audiences(tx))
        assert late.unfolding == (), "what is too late is sent to nobody"
    async with store.writing() as tx:
        await editions.advance(tx, broadcast, readers[19].id, newsroom.now)
    async with store.reading() as tx:
        (half,) = (await status(tx, newsroom.now, await audiences(tx))).unfolding
    assert 18 <= half.left <= 24


async def test_an_edit_goes_to_those_who_have_the_alert(store: Store, newsroom: Newsroom) -> None:
    async with store.writing() as tx:
        readers = [await newsroom.chat(tx, number, "kpop") for number in range(1, 6)]
        broadcast = await newsroom.broadcast(tx, "kpop")
        owed = [newsroom.owed(one.id, broadcast.edition) for one in readers[:3]]
        await outbox.owe(tx, owed, newsroom.now)
        await editions.advance(tx, broadcast, None, newsroom.now)
        found = await editions.by_ids(tx, [broadcast.edition])
        content = found[broadcast.edition].content
        assert isinstance(content, AlertContent)
        await revisions.revise(
            tx,
            broadcast.story,
            Revision(1, 1, content, "sources"),
            decided_at=newsroom.now,
            expires_at=newsroom.now + HOUR,
        )
    async with store.reading() as tx:
        (edit,) = (await status(tx, newsroom.now, NOBODY)).unfolding
    assert (edit.sends, edit.left) == ("edit", 3)


async def test_what_waits_and_what_fails_is_told(store: Store, newsroom: Newsroom) -> None:
    now = newsroom.now
    async with store.writing() as tx:
        await inbox.receive(tx, [Received(1, 7, {}), Received(2, 7, {})], now - HOUR)
        await newsroom.feed(tx, "sound")
        await newsroom.feed(tx, "broken")
        await newsroom.feed(tx, "closed")
        table = tables.feeds
        await tx.execute(
            update(table)
            .where(table.c.name == "broken")
            .values(failures=4, error="No server.", polled_at=now)
        )
        gone = update(table).where(table.c.name == "closed").values(gone_at=now, next_poll_at=None)
        await tx.execute(gone)
    async with store.reading() as tx:
        found = await status(tx, now, NOBODY)
    assert (found.updates, found.oldest_update) == (2, now - HOUR)
    assert found.feeds == 2
    assert [(one.name, one.failures, one.error, one.closed) for one in found.failing] == [
        ("broken", 4, "No server.", False),
        ("closed", 0, "", True),
    ]
    assert (found.signs.polled, found.signs.heard) == (now, now - HOUR)


# -- who works on the database ----------------------------------------------------------------------------------


async def test_whether_somebody_works_here_is_seen_without_being_in_the_way(
    store: Store, migrated_url: str
) -> None:
    assert not await is_held(store)
    async with hold(store):
        assert await is_held(store)
        other = Store.open(migrated_url)
        assert await is_held(other)
        with pytest.raises(InUseError):
            async with hold(other):
                pass
        await other.close()
    async with asyncio.timeout(10):  # PostgreSQL frees it when it has noticed that the connection ended
        while await is_held(store):
            await asyncio.sleep(0.01)
    async with hold(store):  # to look has taken nothing
        pass


async def test_whoever_begins_while_somebody_looks_is_not_told_that_another_works_here(
    migrated_sqlite_url: str, tmp_path: Path
) -> None:
    store = Store.open(migrated_sqlite_url)
    with (tmp_path / "sosik.db.lock").open("wb") as looking:
        fcntl.flock(looking, fcntl.LOCK_SH)
        threading.Timer(0.05, lambda: fcntl.flock(looking, fcntl.LOCK_UN)).start()
        async with hold(store):
            assert await is_held(store)
    await store.close()


async def test_another_database_of_the_same_server_says_nothing_of_this_one(
    postgres_url: str, migrated_sqlite_url: str
) -> None:
    ours, others = Store.open(postgres_url), Store.open(str(postgres_url).rpartition("/")[0] + "/postgres")
    async with hold(others):
        assert not await is_held(ours)
        assert await is_held(others)
    lite = Store.open(migrated_sqlite_url)
    assert not await is_held(lite)
    for one in (ours, others, lite):
        await one.close()


async def test_the_sent_are_those_whose_state_says_so(store: Store, newsroom: Newsroom) -> None:
    """What was sent is counted as the rest of two indexes: each settled state must be in one of them."""
    async with store.writing() as tx:
        for number, state in enumerate(one for one in State if one not in {State.OWED, State.HELD}):
            (delivery,) = await newsroom.owe(tx, [await newsroom.chat(tx, number + 1)])
            await outbox.settle(tx, [Settlement(delivery, state)], newsroom.now)
    async with store.reading() as tx:
        found = (await status(tx, newsroom.now + timedelta(seconds=1), NOBODY)).settled["minute"]
        rows = await tx.rows(select(tables.deliveries.c.state))
    assert found.sent == 1
    assert dict(found.unsent) == {State(row.state): 1 for row in rows if row.state != State.SENT}
