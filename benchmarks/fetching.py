"""HTTP clients on loopback: `python -m benchmarks.fetching`, a table.

Requests a second, and CPU seconds per 1,000 requests, with 32 at once, of the document of a feed (62 kB) and of answers
304. The server runs in a process of its own. Sosik's own row is `Fetcher`: aiohttp with the checks of addresses, sizes
and times. httpx comes with python-telegram-bot.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from statistics import median

from benchmarks.measuring import ROOT, publisher

AT_ONCE = 32
Get = Callable[[str, dict[str, str]], Awaitable[tuple[int, str]]]  # gives the status and the ETag


@asynccontextmanager
async def by_aiohttp() -> AsyncIterator[Get]:
    import aiohttp  # noqa: PLC0415 - each client is measured alone

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=AT_ONCE)) as session:

        async def get(url: str, headers: dict[str, str]) -> tuple[int, str]:
            async with session.get(url, headers=headers) as response:
                await response.read()
                return response.status, response.headers.get("ETag", "")

        yield get


@asynccontextmanager
async def by_httpx() -> AsyncIterator[Get]:
    import httpx  # noqa: PLC0415 - as above

    limits = httpx.Limits(max_connections=AT_ONCE, max_keepalive_connections=AT_ONCE)
    async with httpx.AsyncClient(limits=limits) as client:

        async def get(url: str, headers: dict[str, str]) -> tuple[int, str]:
            response = await client.get(url, headers=headers)
            return response.status_code, response.headers.get("ETag", "")

        yield get


@asynccontextmanager
async def by_sosik() -> AsyncIterator[Get]:
    from digests.feeds.fetch import Fetched, Fetcher, Request  # noqa: PLC0415 - as above
    from digests.settings import PollingSettings  # noqa: PLC0415 - as above

    async with Fetcher(PollingSettings(allow_private_hosts=True, concurrency=AT_ONCE)) as fetcher:

        async def get(url: str, headers: dict[str, str]) -> tuple[int, str]:
            answer = await fetcher.fetch(Request(url, etag=headers.get("If-None-Match", "")))
            return answer.status if isinstance(answer, Fetched) else 304, answer.etag

        yield get


CLIENTS = {"aiohttp": by_aiohttp, "httpx": by_httpx, "Sosik": by_sosik}
MODES = {"new": 200, "unchanged": 304}


async def ask(name: str, base: str, requests: int, expected: int) -> None:
    """Ask, and print the seconds and the CPU seconds that it took; each connection has been used before."""
    places = asyncio.Semaphore(AT_ONCE)
    async with CLIENTS[name]() as get:
        _, etag = await get(f"{base}/feed/1.xml", {})
        headers = {"If-None-Match": etag} if expected == 304 else {}

        async def one() -> None:
            async with places:
                status, _ = await get(f"{base}/feed/1.xml", headers)
                if status != expected:
                    sys.exit(f"{name} was answered {status} instead of {expected}")

        await asyncio.gather(*(one() for _ in range(AT_ONCE)))
        cpu, began = time.process_time(), time.perf_counter()
        await asyncio.gather(*(one() for _ in range(requests)))
        print(time.perf_counter() - began, time.process_time() - cpu)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--requests", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--one", nargs=3, metavar=("CLIENT", "BASE", "STATUS"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        name, base, status = asked.one
        asyncio.run(ask(name, base, asked.requests, int(status)))
        return
    print(
        "|  | requests/s, 304 | CPU s per 1,000 | requests/s, 62 kB | CPU s per 1,000 |\n|---|---|---|---|---|"
    )
    with publisher(30) as server:
        taken: dict[tuple[str, str], list[tuple[float, float]]] = {}
        for _ in range(asked.rounds):
            for mode, status in MODES.items():
                server.mode(mode)
                for name in CLIENTS:
                    command = [sys.executable, "-m", "benchmarks.fetching", "--requests", str(asked.requests)]
                    told = subprocess.run(
                        [*command, "--one", name, server.base, str(status)],
                        cwd=ROOT, env=os.environ, capture_output=True, text=True, check=True,
                    ).stdout  # fmt: skip
                    seconds, cpu = map(float, told.split())
                    taken.setdefault((name, mode), []).append((seconds, cpu))
    for name in CLIENTS:
        cells = []
        for mode in ("unchanged", "new"):
            seconds = median(one[0] for one in taken[name, mode])
            cpu = median(one[1] for one in taken[name, mode])
            cells += [f"{asked.requests / seconds:.0f}", f"{cpu / asked.requests * 1_000:.2f}"]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
