"""status: what is owed and when it will be sent, what was sent and not, beside a running bot and without it."""

import asyncio
import json
import signal
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text, update

from digests.model import Alerts, Priority, State
from digests.store import chats, editions, inbox, outbox, stars, tables
from digests.store.engine import Store
from digests.store.inbox import Received
from digests.store.lock import hold
from digests.store.migrate import migrate
from digests.store.outbox import Settlement
from tests.cli.terminal import Ended, on_a_terminal, sosik
from tests.process import World, machine_now
from tests.store.conftest import Newsroom

CONFIG = """
[database]
url = "{url}"
[digest]
default_timezone = "Asia/Seoul"
[sending]
messages_per_second = {rate}
[[categories]]
slug = "kpop"
name = "K-pop"
[[feeds]]
url = "http://127.0.0.1:9/feed"
name = "daily"
categories = ["kpop"]
"""


@dataclass
class Bot:
    """A bot's folder and database."""

    folder: Path
    url: str
    rate: str = "30"

    async def status(self, *arguments: str) -> Ended:
        self.write()
        return await sosik("status", *arguments, "--config", "mine.toml", cwd=self.folder)

    async def told(self) -> dict[str, Any]:
        ended = await self.status("--json")
        assert (ended.code, ended.err) == (0, "")
        (line,) = ended.out.splitlines()
        told: dict[str, Any] = json.loads(line)
        return told

    def write(self) -> None:
        page = CONFIG.format(url=self.url, rate=self.rate)
        (self.folder / "mine.toml").write_text(page, encoding="utf-8")


def line_of(ended: Ended, what: str) -> str:
    """The line of the table that is about `what`, without what stands between words."""
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    (line,) = [line for line in lines if line.removeprefix("! ").startswith(f"{what} ")]
    return line


@pytest.fixture
async def bot(tmp_path: Path, database_url: str) -> Bot:
    store = Store.open(database_url)
    await migrate(store)
    await store.close()
    return Bot(tmp_path, database_url)


async def fill(url: str, now: datetime) -> None:
    """A bot at work: 40 readers, an alert half unfolded, digests owed, some trouble."""
    newsroom = Newsroom(now)
    store = Store.open(url)
    async with store.writing() as tx:
        readers = [await newsroom.chat(tx, number, "kpop") for number in range(1, 41)]
        broadcast = await newsroom.broadcast(tx, "kpop")
        alerts = [
            newsroom.owed(one.id, broadcast.edition, f"alert:{broadcast.story}:1") for one in readers[:20]
        ]
        ids = await outbox.owe(tx, alerts, now - timedelta(seconds=12))
        await editions.advance(tx, broadcast, readers[19].id, now)
        for delivery, state in zip(
            ids, [State.SENT] * 6 + [State.REFUSED, State.UNHEARD, State.GONE], strict=False
        ):
            await outbox.settle(tx, [Settlement(delivery, state)], now - timedelta(seconds=2))
        at = now + timedelta(hours=3)
        await newsroom.owe(tx, readers, "digest:2026-03-02:08:00", priority=Priority.DIGEST, due_at=at)
        await newsroom.owe(tx, readers[:2], "alert:99:1", state=State.HELD)
        await newsroom.owe(tx, readers[:1], "notice:9", priority=Priority.DIGEST)
        await chats.pause(tx, 39, "Forbidden: bot was blocked by the user", now)
        await chats.pause(tx, 40, "stopped", now)
        await chats.change(tx, readers[30].id, alerts=Alerts.OFF)
        await inbox.receive(tx, [Received(1, 7, {})], now - timedelta(minutes=1))
        broken = update(tables.feeds).where(tables.feeds.c.name == "daily")
        await tx.execute(broken.values(failures=12, error="Nobody answers there.", polled_at=now))
    await store.close()


async def test_an_empty_database_is_told_in_a_few_lines(bot: Bot) -> None:
    ended = await bot.status()
    assert (ended.code, ended.err) == (0, "")
    assert line_of(ended, "bot") == "! bot no bot runs on this database; nothing has happened here yet"
    assert line_of(ended, "outbox") == "outbox nothing is to be sent now"
    assert line_of(ended, "chats") == "chats 0 active, 0 paused"
    assert "limits" not in ended.out
    told = await bot.told()
    assert (told["running"], told["owed"], told["left"], told["limits"]) == (False, {}, 0, [])


async def test_what_is_owed_by_kind_and_age_and_when_it_is_sent(bot: Bot) -> None:
    bot.rate = "0.5"
    await fill(bot.url, machine_now())
    ended = await bot.status()
    assert (ended.code, ended.err) == (0, "")
    told = await bot.told()
    (unfolding,) = told["unfolding"]
    left = unfolding["left"]
    assert 16 <= left <= 20
    assert told["owed"]["alert"]["now"] == 11
    assert (told["owed"]["digest"]["now"], told["owed"]["digest"]["later"]) == (0, 40)
    assert told["left"] == 11 + 1 + left
    assert told["empty_in_seconds"] == pytest.approx(told["left"] / 0.5)
    outbox_line = line_of(ended, "outbox")
    assert f"about {told['left']} messages to be sent, empty in about" in outbox_line
    assert "at 0.5/s" in outbox_line
    assert "; 40 later, the last on" in outbox_line
    assert "alerts 11 due, the oldest has waited 1" in line_of(ended, "alerts")
    assert line_of(ended, "digests").startswith("digests 40 later, until")
    assert line_of(ended, "notices").startswith("notices 1 due")
    assert f"about {left} chats left" in line_of(ended, "unfolding")
    assert line_of(ended, "held") == "held 2 alerts for the next digest of their chats"


async def test_what_was_sent_and_what_was_not(bot: Bot) -> None:
    await fill(bot.url, machine_now())
    ended, told = await bot.status(), await bot.told()
    assert told["settled"]["minute"]["sent"] == 6
    trouble = {"refused": 1, "unheard": 1, "gone": 1, "expired": 0, "cancelled": 0, "told": 0}
    assert told["settled"]["day"] == {"sent": 6, "sent_per_second": 0.0} | trouble
    assert "0.1/s over a minute, 0/s over an hour; 6 in 24 hours" in line_of(ended, "sent")
    assert line_of(ended, "not sent").startswith("! not sent 1 refused, 1 unheard, 1 gone in 24 hours;")


async def test_stars_are_told_of_where_messages_are_paid_for(bot: Bot) -> None:
    store = Store.open(bot.url)
    async with store.writing() as tx:
        await stars.reserve(tx, 1_234, 100_000, machine_now())
    await store.close()
    assert "\n   stars" not in (await bot.status()).out
    bot.rate = "1000\npaid_broadcast = true\npaid_stars_per_day = 150"
    ended = await bot.status()
    assert line_of(ended, "stars") == "stars 123.4 of 150 set aside today, in UTC"
    assert (await bot.told())["paid_for_today"] == 1_234
    bot.rate = "1000\npaid_broadcast = true\npaid_stars_per_day = 123"
    assert line_of(await bot.status(), "stars").startswith("! stars")


async def test_whom_there_is_to_write_to_and_what_that_takes(bot: Bot) -> None:
    await fill(bot.url, machine_now())
    ended, told = await bot.status(), await bot.told()
    assert told["chats"] == {
        "active": 38,
        "paused": {"Forbidden: bot was blocked by the user": 1, "stopped": 1},
    }
    assert "38 active, 2 paused: 1 Forbidden: bot was blocked by the user; 1 stopped" in line_of(
        ended, "chats"
    )
    assert told["audiences"]["categories"] == {"kpop": 37}
    assert told["limits"][0] == "An alert in kpop to 37 chats takes 1 second at 30/s."
    assert f"limits {told['limits'][0]}" in line_of(ended, "limits An alert")
    assert "digest to 38 chats" in told["limits"][1]


async def test_what_waits_and_what_fails(bot: Bot) -> None:
    await fill(bot.url, machine_now())
    ended, told = await bot.status(), await bot.told()
    assert "! inbox 1 update to be handled, the oldest since" in line_of(ended, "inbox")
    assert line_of(ended, "feeds") == (
        "! feeds 1 polled, 1 in trouble: daily (12 times: Nobody answers there)"
    )
    assert told["feeds"]["failing"][0]["name"] == "daily"
    assert line_of(ended, "entries") == "entries none to be judged"


async def test_a_running_bot_is_seen_and_not_disturbed(bot: Bot) -> None:
    await fill(bot.url, machine_now())
    store = Store.open(bot.url)
    async with hold(store), store.writing() as tx:  # it even writes meanwhile
        await tx.execute(text("UPDATE memos SET at = at"))
        ended, told = await bot.status(), await bot.told()
    await store.close()
    assert told["running"]
    assert line_of(ended, "bot").startswith("bot a process works on this database; a message was settled")
    assert told["last"]["settled"] < told["at"]


async def test_a_running_bot_that_sends_nothing_of_what_is_due_has_a_mark(bot: Bot) -> None:
    await fill(bot.url, machine_now() - timedelta(minutes=10))
    store = Store.open(bot.url)
    async with hold(store):
        ended = await bot.status()
    await store.close()
    assert line_of(ended, "outbox").startswith("! outbox about")
    assert "but nothing was sent in the last minute" in line_of(ended, "outbox")


async def test_beside_a_real_bot_it_tells_of_its_life(world: World) -> None:
    async def told() -> dict[str, Any]:
        ended = await sosik("status", "--json", cwd=world.folder)
        assert (ended.code, ended.err) == (0, "")
        found: dict[str, Any] = json.loads(ended.out)
        return found

    await world.start()
    async with asyncio.timeout(60):
        while not (stands := await told())["last"]["polled"]:
            await asyncio.sleep(0.1)
    assert stands["running"]
    assert stands["feeds"]["polled"] == len(world.newsroom.feeds)
    assert await world.stop() == 0
    assert not (await told())["running"]


async def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    bot = Bot(tmp_path, f"sqlite:///{tmp_path}/sosik.db")
    ended = await bot.status()
    assert (ended.code, ended.out) == (1, "")
    assert "There is no database" in ended.err
    assert "`sosik run` makes it." in ended.err
    assert not list(tmp_path.glob("sosik.db*"))


async def test_tables_of_another_version_are_said_and_left_alone(tmp_path: Path) -> None:
    bot = Bot(tmp_path, f"sqlite:///{tmp_path}/sosik.db")
    (tmp_path / "sosik.db").touch()
    ended = await bot.status()
    assert ended.code == 1
    assert "Run `sosik migrate` first." in ended.err
    assert (tmp_path / "sosik.db").stat().st_size == 0


@pytest.mark.own_database
async def test_a_newer_database_is_said(bot: Bot) -> None:
    store = Store.open(bot.url)
    async with store.writing() as tx:
        await tx.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await store.close()
    ended = await bot.status()
    assert ended.code == 1
    assert "was written by a newer version of Sosik" in ended.err


async def test_a_database_that_is_away_is_said_without_its_password(tmp_path: Path) -> None:
    ended = await Bot(tmp_path, "postgresql://sosik:not-for-eyes@127.0.0.1:9/sosik").status()
    assert ended.code == 1
    assert "does not answer" in ended.err
    assert "not-for-eyes" not in ended.said


async def test_watching_needs_a_terminal(tmp_path: Path) -> None:
    ended = await Bot(tmp_path, f"sqlite:///{tmp_path}/sosik.db").status("--watch")
    assert ended.code == 2
    assert "It needs a terminal" in ended.err


async def test_watching_goes_on_until_ctrl_c(tmp_path: Path, migrated_sqlite_url: str) -> None:
    bot = Bot(tmp_path, migrated_sqlite_url)
    bot.write()
    async with on_a_terminal("status", "--watch", "--config", "mine.toml", cwd=tmp_path) as run:
        await run.says("0 active")
        store = Store.open(bot.url)
        async with store.writing() as tx:
            await Newsroom(machine_now()).chat(tx, 7, "kpop")
        await store.close()
        await run.says("1 active")
        run.process.send_signal(signal.SIGINT)
        assert await run.ended() == 0
        assert "Traceback" not in run.said
