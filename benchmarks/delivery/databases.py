"""A database for one measurement, filled with readers and news in seconds."""

import asyncio
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import ColumnElement, case, cast, func, insert, literal, null, select, true
from sqlalchemy.engine import make_url

from digests.model import AlertContent, Begins, Card, Decision, Entry, FeedId, Filed, Keyed, StoryId, Version
from digests.settings import Category, FeedSettings, Settings
from digests.store import editions, entries, feeds, stories, tables
from digests.store.engine import Store, Writing
from digests.store.migrate import migrate

FIRST_CHAT = 1_000_000  # Telegram's id of the first reader, less one
BLOCK = 50_000
ZONES = ("Asia/Seoul", "America/Los_Angeles", "Europe/Paris", "Asia/Jakarta", "America/Sao_Paulo")
SLUGS = ("kpop", "drama", "film", "beauty", "fashion", "food", "culture", "games", "sport", "korea")
TASTES = 200
SETTINGS = Settings(
    categories=tuple(Category(slug, {"en": slug.title()}) for slug in SLUGS),
    feeds=(FeedSettings(url="https://news.example/feed", name="Daily", categories=("korea",)),),
)


@dataclass(frozen=True)
class Readers:
    """Who reads. Each follows kpop, every second one drama; with `tastes` each one of so many sets of categories."""

    number: int
    tastes: int = 0
    zones: int = 5
    digests: tuple[str, ...] = ("08:00",)
    next_digest_at: datetime | None = None  # None: tomorrow


@contextmanager
def database(server: str = "") -> Iterator[str]:
    """Make an empty, migrated database, SQLite or on the PostgreSQL `server`; it is gone after the block. Gives its URL."""
    if not server:
        with tempfile.TemporaryDirectory(prefix="sosik-") as folder:
            url = f"sqlite:///{folder}/sosik.db"
            asyncio.run(_migrated(url))
            yield url
        return
    name = f"sosik_benchmark_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            url = make_url(server).set(database=name).render_as_string(hide_password=False)
            asyncio.run(_migrated(url))
            yield url
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


async def _migrated(url: str) -> None:
    store = Store.open(url)
    await migrate(store)
    await store.close()


def size(url: str) -> float:
    """Tell how large a database is on disk, in MB; of SQLite with its log."""
    if url.startswith("sqlite"):
        path = Path(make_url(url).database or "")
        return (
            sum(one.stat().st_size for one in path.parent.iterdir() if one.name.startswith(path.name)) / 1e6
        )
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return float(found[0]) / 1e6 if found else 0.0


async def fill(store: Store, readers: Readers, now: datetime) -> None:
    """Make the readers, in blocks: what a bot has that grew to this size."""
    for first in range(1, readers.number + 1, BLOCK):
        last = min(first + BLOCK - 1, readers.number)
        async with store.writing() as tx:
            await _chats(tx, readers, first, last, now)
    if not store.is_sqlite:  # as autovacuum would have done while it grew
        async with store.writing() as tx:
            for table in ("chats", "subscriptions", "deliveries"):
                await tx.execute(sql_text(f"ANALYZE {table}"))


def sql_text(words: str) -> Any:
    from sqlalchemy import text  # noqa: PLC0415 - beside `psycopg.sql`, and for one line

    return text(words)


async def _chats(tx: Writing, readers: Readers, first: int, last: int, now: datetime) -> None:
    numbers = select(literal(first).label("n")).cte("numbers", recursive=True)
    numbers = numbers.union_all(select(numbers.c.n + 1).where(numbers.c.n < last))
    n = numbers.c.n
    columns = tables.chats.c
    values: dict[Any, Any] = {
        columns.id: n,
        columns.telegram_id: n + FIRST_CHAT,
        columns.kind: literal("private"),
        columns.language: case((n % 2 == 0, "ko"), else_="en"),
        columns.zone: case(
            *((n % readers.zones == place, zone) for place, zone in enumerate(ZONES[: readers.zones])),
            else_=ZONES[0],
        ),
        columns.zone_known: true(),
        columns.alerts: literal("on"),
        columns.digest_times: literal(list(readers.digests), columns.digest_times.type),
        columns.next_digest_at: literal(
            readers.next_digest_at or now + timedelta(days=1), columns.next_digest_at.type
        ),
        columns.created_at: literal(now, columns.created_at.type),
    }
    await tx.execute(insert(tables.chats).from_select(list(values), select(*values.values())))
    since = literal(now - timedelta(days=2), tables.subscriptions.c.since.type)
    for place, slug in enumerate(SLUGS):
        await tx.execute(
            insert(tables.subscriptions).from_select(
                ["category", "chat_id", "since"],
                select(literal(slug), n, since).where(_follows(readers, n, place)),
            )
        )
    if last == readers.number and tx.dialect != "sqlite":  # the rows were given their numbers by us
        await tx.execute(select(func.setval("chats_id_seq", last)))


def _follows(readers: Readers, n: ColumnElement[int], place: int) -> ColumnElement[bool]:
    if not readers.tastes:
        return n % (place + 1) == 0 if place < 2 else cast(null(), n.type).is_not(None)
    taste = (n % readers.tastes + 1) * 5  # as bits, of which there are ten
    return (taste // 2**place) % 2 == 1


def card(story: StoryId, now: datetime, title: str = "아이브, 새 앨범 발매") -> Card:
    """Give a story as an alert shows it, in both languages."""
    excerpt = "The group's label said on Tuesday that the album of twelve songs comes on December 12. " * 2
    english = Version("en", "IVE to release a new album", "https://news.example/1", "Daily", excerpt)
    korean = Version(
        "ko", title, "https://news.example/2", "연합뉴스", "소속사는 화요일 새 앨범을 발표했다. " * 4
    )
    return Card(story, now, ("kpop",), {"en": english, "ko": korean}, breaking=True, sources=3)


async def announce(tx: Writing, now: datetime, *categories: str) -> None:
    """Owe an alert to all who follow one of the categories."""
    story = StoryId(
        await tx.value(
            insert(tables.stories)
            .values(at=now, created_at=now, alerted_at=now)
            .returning(tables.stories.c.id)
        )
    )
    edition = await editions.add(tx, AlertContent(card(story, now)), now, story=story)
    await editions.announce(
        tx, edition, story, categories, decided_at=now, expires_at=now + timedelta(hours=6)
    )


async def news(store: Store, number: int, now: datetime) -> None:
    """File stories of the last day, under each category in turn."""
    async with store.writing() as tx:
        await feeds.settle_with(tx, SETTINGS.feeds, now)
        feed = FeedId(await tx.value(select(tables.feeds.c.id)))
        titles = [
            f"Something of {SLUGS[one % len(SLUGS)]} happened, the {one}th thing" for one in range(number)
        ]
        keyed = [
            Keyed(Entry(key=title, title=title, link=f"https://news.example/{one}", source="Daily", summary=title * 3),
                  1, f"news.example/{one}", title.lower())
            for one, title in enumerate(titles)
        ]  # fmt: skip
        await entries.add(tx, feed, keyed, seen_at=now - timedelta(hours=5), history=False)
        for place, unjudged in enumerate(await entries.unjudged(tx, number)):
            at = now - timedelta(hours=5, seconds=number - place)
            categories = frozenset({SLUGS[place % len(SLUGS)]})
            filed = Filed(unjudged, Begins(), categories, at, "en", Decision(rings=False, reasons=()))
            await stories.file(tx, filed, at)


def utc_now() -> datetime:
    return datetime.now(UTC)
