"""What a host is owed: two requests at once, a gap between two, and rest where it refuses."""

import asyncio
from datetime import timedelta
from itertools import pairwise

import pytest
from aiohttp import web

from digests.feeds.addresses import is_private_host
from digests.feeds.fetch import Fetcher, Request
from digests.feeds.manners import Manners, host_of, living_at
from digests.feeds.trouble import TryLaterError
from digests.settings import PollingSettings
from tests.feeds.publisher import Publisher

FEED = "https://paper.example/feed"
HOST = "paper.example"


def manners(gap: float = 0.0, requests: int = 2, **more: object) -> Manners:
    return Manners(PollingSettings(host_gap=timedelta(seconds=gap), host_requests=requests, **more))  # type: ignore[arg-type]


def refusal(status: int, retry_after: timedelta | None = None) -> TryLaterError:
    return TryLaterError("No.", url=FEED, status=status, retry_after=retry_after)


async def rest(asked: Manners, url: str = FEED) -> timedelta | None:
    async with asked.turn(host_of(url)) as rests:
        return rests


async def at_once(asked: Manners, urls: list[str]) -> int:
    """How many had their turn at one moment, at most."""
    now = most = 0

    async def ask(url: str) -> None:
        nonlocal now, most
        async with asked.turn(host_of(url)):
            now += 1
            most = max(most, now)
            await asyncio.sleep(0.02)
            now -= 1

    await asyncio.gather(*(ask(url) for url in urls))
    return most


async def test_two_requests_at_once_to_a_host_and_any_number_to_many() -> None:
    assert await at_once(manners(), [f"{FEED}?{number}" for number in range(8)]) == 2
    assert await at_once(manners(requests=3), [f"{FEED}?{number}" for number in range(8)]) == 3
    assert await at_once(manners(), [f"https://{number}.example/feed" for number in range(8)]) == 8


async def test_there_is_a_gap_between_two_requests_to_a_real_server(publisher: Publisher) -> None:
    begun: list[float] = []

    async def handler(_: web.Request) -> web.Response:
        begun.append(asyncio.get_running_loop().time())
        return web.Response(body=b"<rss/>")

    url = publisher.serve("/feed", handler)
    asked = manners(gap=0.15, private_manners=True)

    async def fetch(fetcher: Fetcher) -> None:
        async with asked.turn(host_of(url)):
            await fetcher.fetch(Request(url))

    async with Fetcher(PollingSettings(allow_private_hosts=True)) as fetcher:
        await asyncio.gather(*(fetch(fetcher) for _ in range(5)))
    assert all(later - earlier >= 0.1 for earlier, later in pairwise(begun)), begun


async def test_private_hosts_have_no_manners_unless_told_so() -> None:
    urls = [f"http://127.0.0.1/{number}" for number in range(8)]
    assert await at_once(manners(gap=9), urls) == 8
    assert await at_once(manners(private_manners=True), urls) == 2


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("127.0.0.1", True), ("[::1]", True), ("::1", True), ("10.1.2.3", True), ("localhost", True),
        ("feeds.localhost", True), ("nas", True), ("nas.local", True), ("hub.internal", True), ("x.home.arpa.", True),
        ("paper.example", False), ("8.8.8.8", False), ("2606:4700::1111", False), ("localhost.example", False),
    ],
)  # fmt: skip
def test_which_hosts_are_private_by_their_name(host: str, private: bool) -> None:
    assert is_private_host(host) is private


@pytest.mark.parametrize("status", [429, 503, 403])
async def test_a_host_that_refuses_rests_longer_each_time_until_it_answers(status: int) -> None:
    asked = manners()
    waits = [asked.refused(HOST, refusal(status)) for _ in range(9)]
    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits[-1] == timedelta(hours=1)
    rests = await rest(asked, f"{FEED}/another")
    assert rests is not None
    assert timedelta(minutes=59) < rests <= timedelta(hours=1)
    assert await rest(asked, "https://another.example/feed") is None
    asked.answered(HOST)
    assert asked.refused(HOST, refusal(status)) == timedelta(minutes=1)


def test_what_only_one_document_may_mean_rests_the_host_for_an_hour_at_most() -> None:
    async def look() -> list[timedelta | None]:
        day = timedelta(days=3)
        return [manners().refused(HOST, refusal(status, day)) for status in (429, 503, 403, 500)]

    assert asyncio.run(look()) == [timedelta(days=1), timedelta(hours=1), timedelta(hours=1), None]


async def test_at_a_shared_host_a_refusal_is_about_one_feed() -> None:
    asked = manners(shared_hosts=frozenset({"paper.example"}))
    assert asked.refused(HOST, refusal(429, timedelta(hours=1))) is None
    assert await rest(asked) is None


async def test_who_waits_for_a_host_that_begins_to_refuse_does_not_ask_it() -> None:
    asked = manners(gap=0.1, requests=1)
    first = asyncio.Event()

    async def ask() -> timedelta | None:
        async with asked.turn(HOST) as rests:
            if not first.is_set():
                first.set()
                await asyncio.sleep(0.05)
                asked.refused(HOST, refusal(429))
            return rests

    answers = await asyncio.gather(ask(), ask(), ask())
    assert [one is None for one in answers] == [True, False, False]


def test_who_lives_where() -> None:
    urls = [FEED, "https://PAPER.example:8443/other", "https://paper.example.org/", "nonsense"]
    assert living_at("paper.example", urls) == (FEED, urls[1])
    assert (host_of("https://[::1]:80/x"), host_of("nonsense"), host_of("http://[::1")) == ("::1", "", "")
