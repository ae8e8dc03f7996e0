"""What must not grow with the number of readers: statements, and rows looked at."""

import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from digests.model import (
    AlertContent,
    Card,
    DeliveryId,
    EditionId,
    EntryId,
    Revision,
    Sends,
    StoryId,
    Unjudged,
    Version,
)
from digests.store import (
    chats,
    codec,
    due,
    editions,
    entries,
    held_alerts,
    leaving,
    left,
    outbox,
    revisions,
    standing,
    stories,
    tables,
    undelivered,
)
from digests.store import status as status_of
from digests.store.audiences import Audiences
from digests.store.engine import Store, Writing
from digests.store.outbox import Settlement, State

CHATS, DELIVERIES, ENTRIES = 6_000, 24_000, 12_000
BIG = {"chats", "subscriptions", "deliveries", "entries", "stories", "filings", "broadcasts", "editions"}
CONTENT = codec.content_to_json(
    AlertContent(
        Card(
            StoryId(1),
            datetime(2026, 3, 2, tzinfo=UTC),
            ("kpop",),
            {"ko": Version("ko", "소식", "https://a.example", "A")},
        )
    )
)

pytestmark = pytest.mark.own_database  # plans rest on what the server remembers of earlier rows


@pytest.mark.parametrize("readers", [1, 300])
async def test_an_alert_costs_the_same_statements_for_any_audience(
    store: Store, newsroom, statements, readers: int
) -> None:
    async with store.writing() as tx:
        for number in range(readers):
            await newsroom.chat(tx, number + 1, "kpop", "drama")
        broadcast = await newsroom.broadcast(tx, "kpop", "drama")
        statements.clear()
        block = await editions.candidates(tx, broadcast, newsroom.now, 1_000)
        assert len(block) == readers
        assert len(statements) == 4  # who, where it stood before, what they mute, and what the rule needs

        owed = [newsroom.owed(one.chat.id, broadcast.edition) for one in block]
        statements.clear()
        lease = newsroom.now + timedelta(minutes=1)
        born = await outbox.owe(tx, owed, newsroom.now, run="run", lease_until=lease)
        assert len(born) == readers
        assert len(statements) == 1

        statements.clear()
        assert len(await outbox.taken(tx, born)) == readers
        assert len(statements) == 1

        statements.clear()
        await outbox.settle(tx, [Settlement(one, State.OWED) for one in born], newsroom.now)
        assert len(statements) == 1
        statements.clear()
        claimed = await outbox.claim(tx, "run", newsroom.now, lease_until=lease, limit=1_000)
        assert len(claimed) == readers
        assert len(statements) == 2


async def fill(tx: Writing, now: Any) -> None:
    """A year of a bot with some thousand readers: nearly everything is settled, judged and done."""
    day = timedelta(days=1)
    await tx.execute(tables.feeds.insert(), [{"id": 1, "url": "u", "name": "daily", "next_poll_at": now}])
    await tx.execute(
        tables.stories.insert(),
        [{"id": n, "at": now - n * day / 40, "created_at": now} for n in range(1, ENTRIES + 1)],
    )
    row = dict.fromkeys(("link", "summary", "author", "image", "source"), "") | {
        "feed_id": 1,
        "key_version": 1,
        "tags": [],
        "language": "ko",
        "seen_at": now,
        "history": False,
    }
    await tx.execute(
        tables.entries.insert(),
        [
            row
            | {
                "key": f"k{n}",
                "title": f"t{n}",
                "link_key": f"link {n}",
                "title_key": f"title {n}",
                "judged_at": None if n > ENTRIES - 20 else now,
                "story_id": None if n > ENTRIES - 20 else n,
            }
            for n in range(1, ENTRIES + 1)
        ],
    )
    await tx.execute(
        tables.filings.insert(),
        [
            {
                "category": ("kpop", "drama", "food")[n % 3],
                "story_id": n,
                "at": now - (ENTRIES - n) * day / 40,
            }
            for n in range(1, ENTRIES + 1)
        ],
    )
    await tx.execute(
        tables.editions.insert(),
        [
            {"kind": "alert", "story_id": n, "content": CONTENT, "created_at": now - (3_000 - n) * day / 20}
            for n in range(1, 3_001)
        ],
    )
    await tx.execute(
        tables.broadcasts.insert(),
        [
            {
                "edition_id": n,
                "story_id": n,
                "categories": ["drama", "kpop"],
                "decided_at": now,
                "expires_at": now + day,
                "last_chat": CHATS,
                "position": 3_000,
                "done_at": None if n == 3_000 else now,
            }
            for n in range(1, 3_001)
        ],
    )
    await tx.execute(
        tables.chats.insert(),
        [
            {
                "telegram_id": n,
                "kind": "private",
                "language": "ko",
                "zone": "Asia/Seoul",
                "zone_known": True,
                "alerts": "on",
                "digest_times": [],
                "next_digest_at": now - timedelta(minutes=30 - n),  # some dozens are due
                "paused_at": now if n % 10 == 0 else None,
                "created_at": now,
            }
            for n in range(1, CHATS + 1)
        ],
    )
    await tx.execute(
        tables.subscriptions.insert(),
        [
            {"category": slug, "chat_id": n, "since": now}
            for n in range(1, CHATS + 1)
            for slug in ("kpop", "drama", "food")
            if slug != "drama" or n % 2
        ],
    )
    await tx.execute(
        tables.deliveries.insert(),
        [
            {
                "chat_id": n % CHATS + 1,
                "key": f"alert:{n}:1",
                "edition_id": n % 3_000 + 1,
                "priority": 10 if n % 4 else 30,
                "state": "owed" if n % 100 == 0 else "held" if n % 100 == 1 else "sent",
                "silent": False,
                "owed_at": now,
                "due_at": now - n * day / 100,
                "expires_at": now + day,
                "settled_at": None if n % 100 < 2 else now,
            }
            for n in range(DELIVERIES)
        ],
    )


def whole_tables(dialect: str, plan: Any) -> set[str]:
    """The big tables that a plan reads from end to end."""
    if dialect == "sqlite":
        # "SCAN t USING INDEX ix" of a partial index reads what is owed, which is the work itself.
        lines = [row[3] for row in plan]
        scanned = (re.match(r"SCAN (\w+)(?: USING (?:COVERING )?INDEX (\w+))?", line) for line in lines)
        partial = {"ix_deliveries_due", "ix_deliveries_held", "ix_entries_unjudged", "ix_broadcasts_undone"}
        whole = {found[1] for found in scanned if found and found[2] not in partial}
        # A range of all row numbers is the whole table by another name.
        whole |= {line.split()[1] for line in lines if "INTEGER PRIMARY KEY (rowid>?" in line}
        return whole & BIG

    def walk(node: dict[str, Any]) -> set[str]:
        here = {node["Relation Name"]} if node["Node Type"] == "Seq Scan" else set()
        return here.union(*(walk(child) for child in node.get("Plans", ())))

    (value,) = plan[0]
    tree = json.loads(value) if isinstance(value, str) else value
    return walk(tree[0]["Plan"]) & BIG


@pytest.mark.parametrize("analyzed", [False, True], ids=["as it grew", "analyzed"])
async def test_no_statement_of_every_second_reads_a_whole_table(
    store: Store, newsroom, statements, analyzed: bool
) -> None:
    if not analyzed and not store.is_sqlite:
        return  # PostgreSQL counts its rows by itself; SQLite only when somebody asks for it, and nobody does
    now = newsroom.now
    unjudged = Unjudged(
        EntryId(1), "daily", newsroom.keyed().entry, "link 77", "title 78", now, history=False
    )
    broadcast: Any = None
    async with store.writing() as tx:
        await fill(tx, now)
    async with store.reading() as tx:
        broadcast = await editions.undone(tx)
        block = await due.due(tx, now, 40)
    some = [chat.id for chat in block]
    assert broadcast
    assert len(some) >= 20
    lease = now + timedelta(minutes=1)
    card = Card(broadcast.story, now, ("kpop",), {"ko": Version("ko", "소식", "https://a.example", "A")})
    revision = Revision(1, 1, AlertContent(card), "sources")
    hot: dict[str, Callable[[Writing], Awaitable[Any]]] = {
        "due chats": lambda tx: due.due(tx, now, 100),
        "more due chats": lambda tx: due.due(tx, now, 100, after=(now - timedelta(minutes=9), 21)),
        "when digests come next": lambda tx: due.next_moment(tx, now, now + timedelta(minutes=2)),
        "due chats held": lambda tx: due.hold(tx, block),
        "who had a digest": lambda tx: due.had(tx, some, {"digest:2026-11-24:08:00"}),
        "due chats moved on": lambda tx: due.move_on(tx, [due.Move(some, now, due.Covered(7, 7, now))]),
        "alerts of many chats": lambda tx: standing.alerted(
            tx, some, standing.alert_keys([StoryId(n) for n in range(1, 300)])
        ),
        "a broadcast under way": editions.undone,
        "its audience": lambda tx: editions.candidates(tx, broadcast, now, 60),
        "anything due": lambda tx: outbox.anything_due(tx, "run", now, in_hand=True),
        "due deliveries": lambda tx: outbox.claim(tx, "run", now, lease_until=lease, limit=50),
        "deliveries let go": lambda tx: outbox.release(tx, but="run"),
        "what leaves": lambda tx: leaving.leaving(tx, [DeliveryId(n) for n in range(100, 140)], "run"),
        "what readers were told": lambda tx: revisions.announced(tx, broadcast.story),
        "who was sent it": lambda tx: revisions.addressees(tx, replace(broadcast, sends=Sends.EDIT), 60),
        "an edit": lambda tx: revisions.revise(
            tx, broadcast.story, revision, decided_at=now, expires_at=now + timedelta(hours=6)
        ),
        "what a chat heard": lambda tx: revisions.heard(tx, some[0], broadcast.story, 1),
        "held alerts": lambda tx: held_alerts.of(tx, some),
        "all that a chat is owed": lambda tx: outbox.cancel(tx, [some[0]], State.CANCELLED, now),
        "a held alert": lambda tx: held_alerts.unhold(tx, DeliveryId(100), now),
        "alerts that wait, held": lambda tx: held_alerts.hold_waiting(tx, some[0], now, now, now),
        "no alerts any more": lambda tx: outbox.cancel_alerts(tx, some[0], now, held=True),
        "chats of outcomes": lambda tx: undelivered.hold_chats(tx, [DeliveryId(n) for n in range(100, 140)]),
        "chats without digests": lambda tx: undelivered.without_digests(
            tx, [DeliveryId(n) for n in range(100, 140)]
        ),
        "unjudged entries": lambda tx: entries.unjudged(tx, 10),
        "entries alike": lambda tx: entries.known(tx, [unjudged]),
        "what is new": lambda tx: stories.filed_since(
            tx,
            ["kpop", "drama"],
            after=ENTRIES - 100,
            upto=ENTRIES,
            since=now - timedelta(days=1),
            limit=30,
        ),
        "today's news": lambda tx: stories.filed_since(
            tx, ["kpop", "drama"], after=0, upto=ENTRIES, since=now - timedelta(days=1), limit=30
        ),
        "the latest": lambda tx: stories.latest(tx, ["kpop", "drama"], limit=10),
        "how far filings go": stories.last_filing,
        "the facts of a digest": lambda tx: stories.facts(tx, [StoryId(n) for n in range(50, 70)]),
        "digests that rank a story": lambda tx: standing.digests_with(
            tx, [StoryId(n) for n in range(50, 250)], now
        ),
        "digests that chats had": lambda tx: standing.digests_had(tx, some, [EditionId(7)], now),
        "what rang for others": lambda tx: standing.rang_since(tx, now - timedelta(days=1), 40),
        "what stands in an edition": lambda tx: standing.write(tx, EditionId(7), AlertContent(card)),
        "what groups were sent": lambda tx: left.to_groups(tx, now - timedelta(minutes=1)),
        "chats paused for long": lambda tx: chats.paused_long(tx, now, 100),
        "a chat forgotten": lambda tx: chats.forget(tx, 17),
    }
    if analyzed:
        async with store.writing() as tx:
            await tx.execute(text("ANALYZE"))
    read = {what: await read_whole(store, statements, run) for what, run in hot.items()}
    assert {what: found for what, found in read.items() if found} == {}


@pytest.mark.parametrize("analyzed", [False, True], ids=["as it grew", "analyzed"])
async def test_to_tell_how_things_stand_reads_no_whole_table_but_that_of_chats(
    store: Store, newsroom, statements, analyzed: bool
) -> None:
    if not analyzed and not store.is_sqlite:
        return
    async with store.writing() as tx:
        await fill(tx, newsroom.now)
        if analyzed:
            await tx.execute(text("ANALYZE"))
    counted = Audiences({"kpop": CHATS}, CHATS, None)
    # Why chats are paused stands in no index: a glance now and then is not worth one that every change would keep.
    later = newsroom.now + timedelta(days=2)  # what was settled here all at once is not most of the last day
    found = await read_whole(store, statements, lambda tx: status_of.status(tx, later, counted))
    assert found <= {"chats"}


async def read_whole(store: Store, statements, run: Callable[[Writing], Awaitable[Any]]) -> set[str]:
    """Give the big tables that what is run reads from end to end, by the plans of its statements."""
    statements.clear()
    async with store.writing() as tx:
        await run(tx)
    assert len(statements) > 0
    found: set[str] = set()
    for sql, parameters in zip(list(statements.texts), list(statements.parameters), strict=True):
        async with store.writer.connect() as connection:
            explain = "EXPLAIN QUERY PLAN " if store.is_sqlite else "EXPLAIN (FORMAT JSON) "
            if not store.is_sqlite:  # as on a solid disk; at the default, 6,000 rows are soon read whole
                await connection.execute(text("SET LOCAL random_page_cost = 1.1"))
            plan = (await connection.exec_driver_sql(explain + sql, parameters)).all()
            found |= whole_tables(connection.dialect.name, plan)
    return found
