"""`sosik playground --demo`: a scripted conversation that proves the whole way, told in the terminal."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from bot.cli.playing import Playground, playing
from bot.cli.transcript import entry
from bot.playground.telegram import Message

PATIENCE = 10.0  # seconds for each thing to arrive
SILENCE = 2.5  # seconds in which what must not ring does not: several polls
SEOUL = ZoneInfo("Asia/Seoul")

BREAKING = "tidemark-leader-leaves"  # sample stories, see bot/playground/samples/news.toml
OPINION = "song-without-a-chorus"


async def play(folder: Path, console: Console) -> bool:
    """Play it; tell whether all of it arrived."""
    async with playing(folder) as running:
        watching = asyncio.create_task(_tell(running, console))
        try:
            for title, act in (
                ("Alex subscribes to K-pop", _subscribes),
                ("A story breaks: it arrives at once", _breaks),
                ("An opinion piece filed under Breaking does not ring", _opinion),
                ("The next morning: the digest", _morning),
            ):
                console.rule(f"[bold]{title}")
                await act(running)
                await asyncio.sleep(0.2)  # the transcript catches up
        except (TimeoutError, LookupError, AssertionError) as error:
            console.print(f"[red]It did not arrive:[/red] {error}")
            return False
        finally:
            watching.cancel()
    console.rule("[bold green]All of it arrived")
    return True


async def _tell(running: Playground, console: Console) -> None:
    names = {running.english.id: running.alex.first_name}
    async for event in running.telegram.subscribe():
        if event.chat.id == running.english.id and (panel := entry(event, names)):
            console.print(panel)


async def _subscribes(running: Playground) -> None:
    await _ask(running, lambda: _say(running, "/subscribe kpop"), lambda m: "K-pop" in m.plain)
    # Stories of the past are known before anything breaks.
    await _ask(running, lambda: _say(running, "/latest kpop"), lambda m: len(m.links) > 0)


async def _breaks(running: Playground) -> None:
    title = _title(running, BREAKING)
    running.newsroom.publish(BREAKING)
    await _arrives(running, lambda m: _core(title) in m.plain)


async def _opinion(running: Playground) -> None:
    before = _last(running)
    running.newsroom.publish(OPINION)
    await asyncio.sleep(SILENCE)
    if _last(running) != before:
        raise AssertionError("the opinion piece rang")


async def _morning(running: Playground) -> None:
    now = running.clock.now().astimezone(SEOUL)
    morning = now.replace(hour=7, minute=59, second=58, microsecond=0)
    if morning <= now:  # before eight it is today's, else a digest that was missed would come first
        morning += timedelta(days=1)
    title = running.newsroom.stories[-1].title
    before = _last(running)
    await running.jump(morning)
    message = await _arrives(running, lambda m: m.id > before and len(m.links) > 1)
    received = running.telegram.received(running.english)
    if not any(_core(title) in one.plain for one in received if one.id >= message.id):
        raise AssertionError("the opinion piece is not in the digest")
    if message.date < morning.replace(minute=0, second=0, hour=8):
        raise AssertionError(f"the digest left at {message.date:%H:%M:%S}, before its minute")


async def _ask(
    running: Playground, say: Callable[[], Awaitable[None]], answered: Callable[[Message], bool]
) -> Message:
    after = _last(running)
    await say()
    return await running.telegram.wait_for(running.english, answered, timeout=PATIENCE, after=after)


async def _say(running: Playground, text: str) -> None:
    running.telegram.say(running.english, running.alex, text)


async def _arrives(running: Playground, wanted: Callable[[Message], bool]) -> Message:
    return await running.telegram.wait_for(running.english, wanted, timeout=PATIENCE, after=_last(running))


def _last(running: Playground) -> int:
    return max((message.id for message in running.telegram.received(running.english)), default=0)


def _title(running: Playground, sample: str) -> str:
    return next(one.title for one in running.newsroom.fresh if one.id == sample)


def _core(title: str) -> str:
    """Give the part of a headline that any rendering keeps."""
    return title.removeprefix("BREAKING:").strip()
