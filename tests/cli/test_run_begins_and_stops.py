"""run: it begins where it can, says why where it cannot, and stops within ten seconds whatever hangs."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.playground.newsroom import Behaviour
from bot.playground.telegram import Fault
from digests.store.engine import Store
from digests.store.lock import hold
from tests.cli.terminal import sosik, started, surroundings
from tests.process import TOKEN, World, outside

TEN_SECONDS = 10.0
HANGS = 120.0  # seconds that whoever hangs does so
SIGNALS = [signal.SIGTERM, signal.SIGINT]


@pytest.fixture
async def on_each(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """The world, with each database in turn."""
    async with outside(tmp_path, database_url) as around:
        yield around


@pytest.mark.parametrize("number", SIGNALS)
async def test_it_runs_and_stops_when_told(world: World, number: signal.Signals) -> None:
    world.write_config()
    began = time.monotonic()
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: world.telegram.polling, "the first getUpdates")
        assert time.monotonic() - began < 30  # measured: under two seconds; the machine may be busy
        await bot.says("polled", times=len(world.newsroom.feeds))
        code, seconds = await bot.stop(number)
        assert code == 0, bot.said
        assert seconds < TEN_SECONDS
        assert "stopped" in bot.said
        assert "Traceback" not in bot.said
        assert "paid broadcasts" in bot.said  # this world sends fast, which is said at the start
        assert TOKEN not in bot.said


async def test_a_second_run_on_the_same_database_says_so(on_each: World) -> None:
    on_each.write_config()
    async with started("run", cwd=on_each.folder) as bot:
        await bot.until(lambda: on_each.telegram.polling)
        second = await sosik("run", cwd=on_each.folder)
        assert second.code == 1
        assert "Another process already works on" in second.err
        assert "Traceback" not in second.said
        assert bot.process.returncode is None
        bot.process.kill()
        await bot.process.wait()
        calls = len(on_each.telegram.calls)
        async with started("run", cwd=on_each.folder) as next_bot:  # a killed run holds nothing
            await next_bot.until(lambda: len(on_each.telegram.calls_of("getMe")) > 1)
            assert len(on_each.telegram.calls) > calls
            assert (await next_bot.stop())[0] == 0


async def test_a_database_that_somebody_else_holds_is_left_alone(world: World) -> None:
    world.write_config()
    store = Store.open(world.database_url)
    async with hold(store):
        ended = await sosik("run", cwd=world.folder)
    await store.close()
    assert ended.code == 1
    assert "Stop it first" in ended.err
    assert world.telegram.calls == []


@pytest.mark.parametrize("number", SIGNALS)
async def test_it_stops_while_telegram_does_not_answer_at_the_start(
    world: World, number: signal.Signals
) -> None:
    world.telegram.fault(Fault.hangs(HANGS, method="getMe", times=None, first=True))
    world.write_config()
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: bool(world.telegram.calls_of("getMe")), "getMe")
        code, seconds = await bot.stop(number)
        assert (code, seconds < TEN_SECONDS) == (0, True), bot.said


async def test_it_stops_before_telegram_could_be_reached(world: World) -> None:
    world.write_config()
    env = {"SOSIK_TELEGRAM__BASE_URL": "http://127.0.0.1:9/bot"}
    async with started("run", cwd=world.folder, env=env) as bot:
        await bot.says("telegram not reached")
        await bot.says("polled", times=len(world.newsroom.feeds))  # feeds are read meanwhile
        code, seconds = await bot.stop()
        assert (code, seconds < TEN_SECONDS) == (0, True), bot.said
        assert TOKEN not in bot.said


async def test_it_waits_for_a_telegram_that_comes_back(world: World) -> None:
    world.telegram.fault(Fault.error(502, method="getMe", times=1))
    world.telegram.fault(Fault.flood(1, method="getMe", times=1))
    world.write_config()
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: world.telegram.polling, "getUpdates")
        assert bot.said.count("telegram not reached") == 2
        assert (await bot.stop())[0] == 0


async def test_it_stops_while_the_commands_cannot_be_published(world: World) -> None:
    world.telegram.fault(Fault.hangs(HANGS, method="setMy*", times=None, first=True))
    world.write_config()
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: world.telegram.polling)  # readers are answered meanwhile
        code, seconds = await bot.stop()
        assert (code, seconds < TEN_SECONDS) == (0, True), bot.said


async def test_it_stops_while_an_answer_hangs(world: World) -> None:
    world.telegram.fault(Fault.hangs(HANGS, times=None, first=True))
    world.write_config()
    ann = world.telegram.person("Ann")
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: world.telegram.polling)
        world.telegram.say(world.telegram.private(ann), ann, "/subscribe kpop")
        await bot.until(lambda: bool(world.telegram.calls_of("sendMessage")), "sendMessage")
        code, seconds = await bot.stop()
        assert (code, seconds < TEN_SECONDS) == (0, True), bot.said
        assert "Traceback" not in bot.said


async def test_it_stops_while_a_feed_hangs(world: World) -> None:
    for feed in world.newsroom.feeds:
        world.newsroom.misbehave(feed.name, Behaviour(delay=HANGS))
    path = world.write_config()
    path.write_text(
        path.read_text(encoding="utf-8").replace("[polling]", '[polling]\ntimeout = "1m"', 1),
        encoding="utf-8",
    )
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: world.telegram.polling)  # getUpdates begins at once, never after polls
        assert "polled" not in bot.said
        code, seconds = await bot.stop()
        assert (code, seconds < TEN_SECONDS) == (0, True), bot.said


async def test_a_token_that_telegram_does_not_know_ends_it(world: World) -> None:
    world.write_config()
    ended = await sosik("run", cwd=world.folder, env={"SOSIK_TELEGRAM__TOKEN": "1:" + TOKEN[::-1]})
    assert ended.code == 1
    assert "Telegram does not know this bot token." in ended.err
    assert TOKEN[::-1] not in ended.said
    assert "Traceback" not in ended.said


async def test_a_log_for_machines_is_json_in_every_line(world: World) -> None:
    import json

    world.extra = '[logging]\nform = "json"\nlevel = "DEBUG"'
    world.write_config()
    async with started("run", cwd=world.folder) as bot:
        await bot.until(lambda: world.telegram.polling)
        await bot.stop()
        events = [json.loads(line)["event"] for line in bot.said.splitlines()]
        assert {"started", "connected", "stopping", "stopped"} <= set(events)
        assert TOKEN not in bot.said


@pytest.mark.parametrize("number", SIGNALS)
def test_a_signal_before_anything_has_begun_ends_it_well(number: signal.Signals) -> None:
    code = "import os; from bot.cli.doors import leave_when_told; leave_when_told(); os.kill(os.getpid(), {}); 1 / 0"
    done = subprocess.run(
        [sys.executable, "-c", code.format(int(number))],
        check=False,
        env=surroundings({"PYTHONPATH": str(Path(__file__).parents[2])}),
    )
    assert done.returncode == 0
    assert os.name == "posix"
