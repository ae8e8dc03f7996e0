"""An alert that breaks while the digests of the morning drain, and readers who write meanwhile: the whole bot, at its limit."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import insert, select, update

from benchmarks.delivery.databases import (
    FIRST_CHAT,
    SLUGS,
    Readers,
    announce,
    database,
    fill,
    news,
    utc_now,
)
from benchmarks.delivery.processes import PATIENCE, Telegram, busiest, emulated, percentile
from benchmarks.measuring import ROOT
from digests.store import tables
from digests.store.engine import Store

RATE = 30  # messages a second
AUDIENCE = 200  # chats of the alert; they have no digest
WRITERS = 100  # readers who write; they have neither
ASKS_EVERY = 0.25  # seconds
SOON = timedelta(seconds=6)  # until the digests' minute: the bot is up by then


def rush(databases: Sequence[tuple[str, str]], chats: int) -> None:
    """Print how soon the alert and the answers come."""
    print(
        f"| 08:00, {chats:,} digests at {RATE}/s | alert to {AUDIENCE}: first, median, 95 % | the limit alone "
        "| answers: median, 99 %, longest | wanted | unanswered | most in a second | 429 |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for name, server in databases:
        with database(server) as url, emulated() as telegram, TemporaryDirectory(prefix="sosik-") as folder:
            print(_row(name, url, telegram, chats, Path(folder)), flush=True)


def _row(name: str, url: str, telegram: Telegram, chats: int, folder: Path) -> str:
    asyncio.run(_prepare(url, chats))
    with _running(url, telegram, folder):
        telegram.until(RATE)  # digests are on their way
        at = asyncio.run(_announce(url))
        asked = 0
        end = time.monotonic() + AUDIENCE / RATE * 2 + 5
        while time.monotonic() < end:
            telegram.say(FIRST_CHAT + chats + AUDIENCE + 1 + asked % WRITERS, "/help")
            asked += 1
            time.sleep(ASKS_EVERY)
        time.sleep(1)
    heard = set(range(FIRST_CHAT + chats + 1, FIRST_CHAT + chats + AUDIENCE + 1))
    stamps = telegram.stamps()
    took = [seen - at for seen, chat in zip(stamps, telegram.chats(), strict=True) if chat in heard]
    if len(took) != AUDIENCE:
        sys.exit(f"The alert came to {len(took)} chats of {AUDIENCE}.")
    counts = telegram.counts()
    answered = counts["answered"]
    ideal = [(place + 1) / RATE for place in range(AUDIENCE)]
    return (
        f"| {name} | {min(took) * 1e3:.0f} ms, {percentile(took, 0.5):.2f} s, {percentile(took, 0.95):.2f} s "
        f"| {percentile(ideal, 0.5):.2f} s, {percentile(ideal, 0.95):.2f} s "
        f"| {percentile(answered, 0.5) * 1e3:.0f}, {percentile(answered, 0.99) * 1e3:.0f}, {max(answered) * 1e3:.0f} ms "
        f"of {asked} | 99 %: 100 ms | {counts['unanswered']} | {busiest(stamps)} | {counts['refused']} |"
    )


async def _prepare(url: str, chats: int) -> None:
    store = Store.open(url)
    now = utc_now()
    await fill(store, Readers(chats + AUDIENCE + WRITERS, next_digest_at=now + SOON), now)
    await news(store, 60, now)
    quiet = tables.chats.c.id > chats
    async with store.writing() as tx:
        await tx.execute(update(tables.chats).where(quiet).values(digest_times=[], next_digest_at=None))
        hears = select(tables.chats.c.id).where(quiet, tables.chats.c.id <= chats + AUDIENCE)
        since = now - timedelta(days=2)
        rows = [{"category": SLUGS[-1], "chat_id": row.id, "since": since} for row in await tx.rows(hears)]
        await tx.execute(insert(tables.subscriptions), rows)
    await store.close()


async def _announce(url: str) -> float:
    store = Store.open(url)
    async with store.writing() as tx:
        await announce(tx, utc_now(), SLUGS[-1])
    at = time.monotonic()
    await store.close()
    return at


@contextmanager
def _running(url: str, telegram: Telegram, folder: Path) -> Iterator[None]:
    """Run the bot, every key at its default but where it finds things."""
    categories = "".join(
        f'[[categories]]\nslug = "{slug}"\nname = {{ en = "{slug.title()}" }}\n' for slug in SLUGS
    )
    (folder / "sosik.toml").write_text(
        f'[telegram]\ntoken = "1:{"x" * 35}"\nbase_url = "{telegram.url}/bot"\n[database]\nurl = "{url}"\n'
        f"[sending]\nmessages_per_second = {RATE}\n[polling]\nallow_private_hosts = true\n{categories}"
        '[[feeds]]\nname = "Daily"\nurl = "http://127.0.0.1:9/feed"\ncategories = ["korea"]\n'
    )
    command = [sys.executable, "-m", "bot", "run", "--config", str(folder / "sosik.toml")]
    with (
        (folder / "log").open("wb") as log,
        subprocess.Popen(command, stdout=log, stderr=log, cwd=ROOT) as bot,
    ):
        try:
            yield
        except SystemExit:
            print((folder / "log").read_text()[-3_000:], file=sys.stderr)
            raise
        finally:
            bot.terminate()
            bot.wait(PATIENCE)
