"""A server of invented feeds, in a process of its own: `python -m benchmarks.publisher`. Prints its port.

Every feed and every entry is made from its number alone, so that two clients read the same. What it answers to a
client that knows the feed already is set by `POST /mode/<mode>`:

new        200, whatever was asked
unchanged  304 to whoever sends the validators back
same       200 with the same bytes, whatever was asked
mixed      304, but at every twentieth question to a feed a document with one entry more
"""

import argparse
import asyncio
import gzip
import sys
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from itertools import count

from aiohttp import web

WORDS = (  # noqa: SIM905 - thirty strings in quotes are no easier to read
    "harbour lantern quiet village bakery summer festival tower singer river museum archive letter winter garden "
    "orchestra station bridge actor island market poster rehearsal melody cinema mountain chapel ribbon"
).split()
BEGIN = datetime(2025, 3, 1, tzinfo=UTC)  # months before anybody runs this
PADDING = 1_500  # characters of an entry's text: 30 entries make 62 kB


def prose(seed: int, length: int) -> str:
    """Give words without sense, the same for the same seed."""
    state, words, size = seed * 2_654_435_761 + 97, [], 0
    while size < length:
        state = (state * 1_103_515_245 + 12_345) % 2**31
        words.append(WORDS[(state >> 8) % len(WORDS)])
        size += len(words[-1]) + 1
    return " ".join(words)[:length]


class Publisher:
    def __init__(self, entries: int) -> None:
        self.entries = entries
        self.mode = "new"
        self.asked: Counter[int] = Counter()
        self.added: Counter[int] = Counter()  # entries that a feed got since it began
        self.answers: Counter[int] = Counter()  # by status
        self._texts = [prose(number, PADDING) for number in range(64)]

    def document(self, feed: int) -> bytes:
        newest = self.added[feed] + self.entries
        items = "".join(self._item(feed, entry) for entry in range(newest, newest - self.entries, -1))
        return (
            '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Paper {feed}</title><link>https://paper-{feed}.example/</link>"
            f"<description>Invented news, number {feed}</description><language>en</language>{items}</channel></rss>"
        ).encode()

    def _item(self, feed: int, entry: int) -> str:
        link = f"https://paper-{feed}.example/story/{entry}"
        text = self._texts[(feed + entry) % len(self._texts)]
        at = format_datetime(BEGIN + timedelta(hours=entry, seconds=feed % 3600), usegmt=True)
        return (
            f"<item><title>{text[:40]} {feed} of {entry}</title><link>{link}</link>"
            f'<guid isPermaLink="true">{link}</guid><pubDate>{at}</pubDate><dc:creator>R. Porter</dc:creator>'
            f"<category>News</category><category>City</category><description>{text[:160]}</description>"
            f"<content:encoded><![CDATA[<p>{text}</p>]]></content:encoded></item>\n"
        )

    async def feed(self, request: web.Request) -> web.Response:
        feed = int(request.match_info["feed"])
        self.asked[feed] += 1
        if self.mode == "mixed" and (feed + self.asked[feed]) % 20 == 0:
            self.added[feed] += 1
        version = self.added[feed]
        etag = f'"{feed}-{version}"'
        modified = format_datetime(BEGIN + timedelta(days=40, hours=version), usegmt=True)
        validators = {"ETag": etag, "Last-Modified": modified}
        known = request.headers.get("If-None-Match") == etag
        if known and self.mode in {"unchanged", "mixed"}:
            self.answers[304] += 1
            return web.Response(status=304, headers=validators)
        self.answers[200] += 1
        return web.Response(body=self.document(feed), content_type="application/rss+xml", headers=validators)

    async def set_mode(self, request: web.Request) -> web.Response:
        self.mode = request.match_info["mode"]
        self.answers.clear()
        return web.Response()

    async def told(self, _request: web.Request) -> web.Response:
        return web.json_response({str(status): many for status, many in self.answers.items()})


async def hang(_request: web.Request) -> web.Response:
    await asyncio.sleep(3600)
    return web.Response()


async def drip(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/rss+xml"})
    await response.prepare(request)
    with suppress(ConnectionError):  # nobody waits for ever
        for number in count():
            await response.write(b"<rss version='2.0'>"[number : number + 1] or b" ")
            await asyncio.sleep(1)
    return response


async def elsewhere(request: web.Request) -> web.Response:
    step = int(request.match_info["step"]) + 1
    return web.Response(status=302, headers={"Location": f"/elsewhere/{step}"})


async def bomb(_request: web.Request) -> web.Response:
    """Ten gigabytes of spaces in ten megabytes."""
    piece = gzip.compress(b" " * 10_000_000, 9)  # members of gzip may follow each other
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/rss+xml"}
    return web.Response(body=piece * 1_000, headers=headers)


async def laughs(_request: web.Request) -> web.Response:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    document = (
        f'<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}]><rss version="2.0"><channel>'
        "<title>&l9;</title><item><title>&l9;</title><link>https://laughs.example/1</link></item></channel></rss>"
    )
    return web.Response(text=document, content_type="application/rss+xml")


async def telegram(request: web.Request) -> web.Response:
    """As much of a Bot API as a bot needs that nobody writes to."""
    method = request.match_info["method"]
    if method == "getUpdates":
        await asyncio.sleep(25)
        return web.json_response({"ok": True, "result": []})
    bot = {"id": 1, "is_bot": True, "first_name": "Sosik", "username": "sosik_bot"}
    return web.json_response({"ok": True, "result": bot if method == "getMe" else True})


async def serve(entries: int) -> None:
    publisher = Publisher(entries)
    app = web.Application()
    app.add_routes(
        [
            web.get("/feed/{feed}.xml", publisher.feed),
            web.post("/mode/{mode}", publisher.set_mode),
            web.get("/answers", publisher.told),
            web.get("/hang", hang),
            web.get("/drip", drip),
            web.get("/elsewhere/{step}", elsewhere),
            web.get("/bomb", bomb),
            web.get("/laughs", laughs),
            web.post("/bot{token}/{method}", telegram),
        ]
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, backlog=1024)
    await site.start()
    print(runner.addresses[0][1], flush=True)
    # It ends with whoever started it.
    await asyncio.to_thread(sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--entries", type=int, default=30)
    asyncio.run(serve(arguments.parse_args().entries))
