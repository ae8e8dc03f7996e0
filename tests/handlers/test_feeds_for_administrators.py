"""/feeds and /addfeed: for the bot's administrators, in private; for everybody else they do not exist."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.formatter.buttons import AddFeed, pack
from bot.playground.telegram import Server
from digests.feeds.discover import Discoverer
from digests.feeds.fetch import Fetcher
from digests.feeds.workshop import Workshop
from digests.settings import PollingSettings
from digests.store import added, tables
from digests.store.added import FeedRecord
from tests.handlers.talking import Talking

FEED = '<rss version="2.0"><channel><title>{title}</title><item><title>One</title></item></channel></rss>'
PAGES = {
    "/feed": ("application/rss+xml", FEED.format(title="Lantern Post")),
    "/music": ("application/rss+xml", FEED.format(title="Lantern Music")),
    "/one": (
        "text/html",
        '<html><head><link rel="alternate" type="application/rss+xml" href="/feed"></head></html>',
    ),
    "/site": (
        "text/html",
        """<html><head><link rel="alternate" type="application/rss+xml" href="/feed">
        <link rel="alternate" type="application/atom+xml" href="/music"></head></html>""",
    ),
    "/none": ("text/html", "<html><body>nothing</body></html>"),
}


async def answer(request: Request) -> Response:
    kind, body = PAGES.get(request.url.path, ("text/plain", ""))
    return Response(body, 200 if body else 404, media_type=kind)


@pytest.fixture
async def site(talking: Talking) -> AsyncIterator[str]:
    """A publisher's address; Ann is the bot's administrator."""
    polling = PollingSettings(allow_private_hosts=True)
    workshop = Workshop(places=1)
    async with (
        Server(Starlette(routes=[Route("/{path:path}", answer)])) as server,
        Fetcher(polling) as fetcher,
    ):
        discoverer = Discoverer(fetcher, workshop)
        talking.desk.parts = replace(
            talking.desk.parts, admins=frozenset({talking.ann.id}), discoverer=discoverer
        )
        yield server.url
    workshop.close()


async def kept(talking: Talking, url: str) -> FeedRecord | None:
    async with talking.store.reading() as tx:
        return await added.at(tx, url)


@pytest.mark.parametrize("command", ["/feeds", "/addfeed https://news.example/feed kpop", "/addfeed"])
@pytest.mark.usefixtures("site")
async def test_for_a_reader_the_commands_do_not_exist(talking: Talking, command: str) -> None:
    assert await talking.hear(talking.min, command) == await talking.hear(talking.min, "/weather")
    assert await kept(talking, "https://news.example/feed") is None


@pytest.mark.usefixtures("site")
async def test_in_a_group_they_are_nobodys(talking: Talking) -> None:
    group = talking.telegram.group("Editors", owner=talking.ann, members=[talking.min])
    assert await talking.say(talking.ann, "/feeds", chat=group) == []


@pytest.mark.usefixtures("site")
async def test_an_administrator_sees_how_feeds_fare(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/feeds")
    assert said.startswith("📡 2 feeds")
    assert "seoul-daily" in said
    assert "hanguk" in said


async def test_a_feed_is_added_by_its_address(talking: Talking, site: str) -> None:
    said = await talking.hear(talking.ann, f"/addfeed {site}/feed kpop, food")
    assert "is added, under K-pop and Food." in said
    record = await kept(talking, f"{site}/feed")
    assert record
    assert (record.origin, record.standing) == (f"chat:{talking.ann.id}", "polled")
    assert "there already" in await talking.hear(talking.ann, f"/addfeed {site}/feed kpop")
    assert record.name in await talking.hear(talking.ann, "/feeds")


async def test_a_site_with_one_feed_is_as_good_as_the_feed(talking: Talking, site: str) -> None:
    assert "is added" in await talking.hear(talking.ann, f"/addfeed {site}/one kpop")
    assert await kept(talking, f"{site}/feed")


async def test_a_site_with_several_feeds_offers_them(talking: Talking, site: str) -> None:
    (offer,) = await talking.say(talking.ann, f"/addfeed {site}/site drama")
    assert "Which one?" in offer.plain
    assert await kept(talking, f"{site}/music") is None
    await talking.press(talking.ann, offer, "Lantern Music")
    record = await kept(talking, f"{site}/music")
    assert record
    assert record.origin == f"chat:{talking.ann.id}"
    async with talking.store.reading() as tx:
        (feed,) = await added.in_force(tx, PollingSettings())
    assert feed.categories == ("drama",)


async def test_an_offer_is_over_after_a_day(talking: Talking, site: str) -> None:
    (offer,) = await talking.say(talking.ann, f"/addfeed {site}/site drama")
    talking.clock.forward(hours=25)
    assert "too old" in (await talking.press(talking.ann, offer, "Lantern Music")).text
    assert await kept(talking, f"{site}/music") is None


@pytest.mark.parametrize(
    ("words", "reply"),
    [
        ("/addfeed", "Like this: /addfeed"),
        ("/addfeed {site}/feed", "Like this: /addfeed"),
        ("/addfeed {site}/feed sport", "Like this: /addfeed"),
        ("/addfeed {site}/missing kpop", "There is no feed at this address (404)."),
        ("/addfeed {site}/none kpop", "/feed is added"),
        ("/addfeed ftp://news.example kpop", "http://"),
        ("/addfeed https://seoul-daily.example/feed kpop", "seoul-daily is in my configuration."),
    ],
)
async def test_every_word_is_answered_with_a_sentence(
    talking: Talking, site: str, words: str, reply: str
) -> None:
    assert reply in await talking.hear(talking.ann, words.format(site=site))


async def test_trouble_with_a_feed_is_told_in_the_administrators_language(
    talking: Talking, site: str
) -> None:
    talking.desk.parts = replace(talking.desk.parts, admins=frozenset({talking.ann.id, talking.min.id}))
    wanted = f"/addfeed {site}/missing kpop"
    assert "There is no feed at this address (404)." in await talking.hear(talking.ann, wanted)
    assert "이 주소에는 피드가 없어요. (404)" in await talking.hear(talking.min, wanted)
    async with talking.store.writing() as tx:
        failed = tables.feeds.update().values(
            error="The server refuses us (403).",
            failures=3,
            next_poll_at=talking.clock(),
            next_poll_why="failed 3 times in a row",
        )
        await tx.execute(failed)
    said = await talking.hear(talking.min, "/feeds")
    assert "서버가 저희를 거절해요. (403)" in said
    assert "(3번 연달아 실패)" in said
    said = await talking.hear(talking.ann, "/feeds")
    assert "The server refuses us (403)." in said
    assert "(failed 3 times in a row)" in said


def test_an_offer_fits_into_a_button() -> None:
    assert len(pack(AddFeed("0123456789abcdef")).encode()) <= 64
