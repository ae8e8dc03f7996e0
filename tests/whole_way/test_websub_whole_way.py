"""A real `sosik run` and a real hub: from publication to the chat without a poll, also after a restart."""

import asyncio
import time
from collections.abc import Callable
from email.utils import formatdate
from pathlib import Path

from bot.playground.newsroom import Behaviour
from bot.playground.telegram import Person
from tests.process import World, outside
from tests.websub.conftest import free_port
from tests.websub.hub import Hub

HANG = 10.0  # seconds: this machine may be busy


async def test_news_that_a_hub_tells_is_in_the_chat_within_a_second(
    tmp_path: Path, database_url: str
) -> None:
    port = free_port()
    web = f'[web]\npublic_url = "http://127.0.0.1:{port}"\nlisten = "127.0.0.1:{port}"'
    async with Hub() as hub, outside(tmp_path, database_url, extra=web) as world:
        url = next(feed.url for feed in world.newsroom.feeds if feed.name == "naru-push")
        links = f'<{hub.url}>; rel="hub", <{url}>; rel="self"'
        world.newsroom.misbehave("naru-push", Behaviour(headers={"Link": links}))
        await world.start()
        ann = world.telegram.person("Ann")
        await world.ask(ann, "/subscribe korea")
        await world.ask(ann, "/quiet off")  # whatever the hour in which this test runs
        await _until(lambda: bool(hub.subscriptions), world)

        took = [
            await _told(world, ann, hub, url, title)
            for title in ("여수 앞바다서 어선 침몰", "안동 공장 큰불")
        ]
        assert await world.stop() == 0
        await world.start()
        took.append(await _told(world, ann, hub, url, "국방부 장관 사의 표명"))
        assert min(took) < 1.0, "from the hub's POST to the chat"
        assert len(hub.forms) == 1, "the agreement outlives the process"
        assert await world.stop() == 0
        log = (world.folder / "bot.log").read_text(encoding="utf-8")
        (form,) = hub.forms
        assert "hub verified" in log
        assert form["hub.secret"] not in log
        assert form["hub.callback"].rpartition("/")[2] not in log


async def _told(world: World, person: Person, hub: Hub, url: str, title: str) -> float:
    """Publish by the hub alone; gives the seconds until the chat has it."""
    body = (
        "<rss version='2.0'><channel><title>Weekly</title>"
        f"<item><title>[속보] {title}</title><guid>{title}</guid><link>{url}/{title.replace(' ', '-')}</link>"
        f"<pubDate>{formatdate()}</pubDate></item></channel></rss>"
    )
    began = time.perf_counter()
    assert await hub.distribute(url, body.encode()) == [204]
    await world.telegram.wait_for(
        world.telegram.private(person), lambda message: title in message.plain, timeout=HANG
    )
    return time.perf_counter() - began


async def _until(met: Callable[[], bool], world: World, seconds: float = 30.0) -> None:
    for _ in range(round(seconds / 0.05)):
        if met():
            return
        await asyncio.sleep(0.05)
    raise AssertionError(world.log_tail())
