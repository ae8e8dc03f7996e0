from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import feedparser
import httpx
import pytest

from bot.playground.newsroom import Behaviour, Newsroom, NewsroomError
from bot.playground.sample_news import PICTURES, read_samples

OPENING = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
BASE = "http://newsroom.test"
NAMES = [paper.name for paper in read_samples().papers]
FRESH = [sample.id for sample in read_samples().fresh]


class Hands:
    """A clock moved by hand."""

    def __init__(self) -> None:
        self.time = OPENING

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
def newsroom(hands: Hands) -> Newsroom:
    return Newsroom(hands, BASE)


@pytest.fixture
async def reader(newsroom: Newsroom) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(newsroom.app), base_url=BASE) as client:
        yield client


async def parsed(reader: httpx.AsyncClient, name: str) -> feedparser.FeedParserDict:
    answer = await reader.get(f"/feeds/{name}.xml")
    assert answer.status_code == 200
    return feedparser.parse(answer.content, response_headers=dict(answer.headers))


@pytest.mark.parametrize("name", NAMES)
async def test_a_feed_is_read_as_it_was_written(name: str, reader: httpx.AsyncClient) -> None:
    feed = await parsed(reader, name)
    written = {s.title: s for s in read_samples().printed if s.feed == name}

    assert not feed.bozo
    assert {entry.title for entry in feed.entries} == set(written)
    for entry in feed.entries:
        sample = written[entry.title]
        assert entry.summary == sample.summary
        assert [tag.term for tag in entry.get("tags", [])] == list(sample.tags)
        assert entry.link == f"{BASE}/story/{sample.id}"
        assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == OPENING - sample.age
        assert sample.author in ("", entry.get("author"))
        pictures = [each["url"] for each in entry.get("media_thumbnail", [])]
        assert pictures == ([f"{BASE}/pictures/{sample.picture}"] if sample.picture else [])


async def test_feeds_of_both_kinds_are_served(reader: httpx.AsyncClient) -> None:
    assert {(await parsed(reader, name)).version for name in NAMES} == {"rss20", "atom10"}


async def test_a_feed_says_its_language(newsroom: Newsroom, reader: httpx.AsyncClient) -> None:
    for facts in newsroom.feeds:
        assert (await parsed(reader, facts.name)).feed.language == facts.language


async def test_the_newest_story_stands_first(reader: httpx.AsyncClient) -> None:
    for name in NAMES:
        times = [entry.published_parsed for entry in (await parsed(reader, name)).entries]
        assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("validator", [("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")])
async def test_what_has_not_changed_is_not_sent_again(
    validator: tuple[str, str], newsroom: Newsroom, hands: Hands, reader: httpx.AsyncClient
) -> None:
    said, asked = validator
    first = await reader.get("/feeds/han-river-post.xml")
    hands.time += timedelta(minutes=5)
    newsroom.publish("tidemark-leader-leaves")  # another paper's

    again = await reader.get("/feeds/han-river-post.xml", headers={asked: first.headers[said]})
    assert (again.status_code, again.content) == (304, b"")

    newsroom.publish("east-coast-quake")
    after = await reader.get("/feeds/han-river-post.xml", headers={asked: first.headers[said]})
    assert after.status_code == 200
    assert b"Magnitude 4.7" in after.content


async def test_two_stories_within_one_second_both_change_the_etag(
    newsroom: Newsroom, reader: httpx.AsyncClient
) -> None:
    newsroom.publish_text("naru-push", "하나")
    one = await reader.get("/feeds/naru-push.xml")
    newsroom.publish_text("naru-push", "둘")
    validators = {"If-None-Match": one.headers["ETag"], "If-Modified-Since": one.headers["Last-Modified"]}
    two = await reader.get("/feeds/naru-push.xml", headers=validators)
    assert two.status_code == 200


@pytest.mark.parametrize("header", ["W/{tag}", '"other", {tag}', "*"])
async def test_an_etag_is_known_in_every_form_it_may_come_back(
    header: str, reader: httpx.AsyncClient
) -> None:
    tag = (await reader.get("/feeds/naru-push.xml")).headers["ETag"]
    again = await reader.get("/feeds/naru-push.xml", headers={"If-None-Match": header.format(tag=tag)})
    assert again.status_code == 304


async def test_a_date_that_is_none_is_no_condition(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/feeds/naru-push.xml", headers={"If-Modified-Since": "yesterday, I think"})
    assert answer.status_code == 200


@pytest.mark.parametrize("sample_id", FRESH)
async def test_a_fresh_sample_is_in_its_feed_at_once(
    sample_id: str, newsroom: Newsroom, hands: Hands, reader: httpx.AsyncClient
) -> None:
    hands.time += timedelta(hours=20)
    story = newsroom.publish(sample_id)

    entry = (await parsed(reader, story.feed)).entries[0]
    assert (entry.title, entry.link, entry.id) == (story.title, story.link, story.guid)
    assert datetime(*entry.published_parsed[:6], tzinfo=UTC) == hands.time
    assert (await reader.get(story.link)).status_code == 200


async def test_a_sample_is_published_once(newsroom: Newsroom) -> None:
    newsroom.publish("cheese-hotteok")
    assert "cheese-hotteok" not in [sample.id for sample in newsroom.fresh]
    with pytest.raises(NewsroomError, match="cheese-hotteok"):
        newsroom.publish("cheese-hotteok")


def test_there_is_something_to_publish_of_every_kind_in_both_languages(newsroom: Newsroom) -> None:
    language = {facts.name: facts.language for facts in newsroom.feeds}
    kinds = {(sample.kind, language[sample.feed]) for sample in newsroom.fresh}
    assert kinds >= {(kind, spoken) for kind in ("ordinary", "breaking", "turn") for spoken in ("en", "ko")}
    assert "opinion" in {sample.kind for sample in newsroom.fresh}
    assert all(sample.label for sample in newsroom.fresh)


async def test_every_category_has_stories_in_both_languages(
    newsroom: Newsroom, reader: httpx.AsyncClient
) -> None:
    found = set()
    for facts in newsroom.feeds:
        for entry in (await parsed(reader, facts.name)).entries:
            tags = [tag.term for tag in entry.get("tags", [])]
            mapped = {facts.category_map[tag] for tag in tags if tag in facts.category_map}
            found |= {(category, facts.language) for category in mapped or facts.categories}
    categories = ("kpop", "drama", "beauty", "food", "korea")
    assert found == {(category, spoken) for category in categories for spoken in ("en", "ko")}


def test_the_samples_hold_together() -> None:
    samples = read_samples()
    every = samples.printed + samples.fresh
    assert len(samples.printed) >= 40
    assert len({sample.id for sample in every}) == len(every)
    assert {sample.feed for sample in every} <= set(NAMES)
    assert {sample.picture for sample in every if sample.picture} <= {
        file.name for file in PICTURES.iterdir()
    }


@pytest.mark.parametrize("picture", sorted(PICTURES.glob("*.png")), ids=lambda file: file.name)
async def test_a_picture_is_small_and_of_the_size_it_claims(picture: Path, reader: httpx.AsyncClient) -> None:
    answer = await reader.get(f"/pictures/{picture.name}")
    assert answer.headers["content-type"] == "image/png"
    assert len(answer.content) < 40_000
    width, height = (int.from_bytes(answer.content[at : at + 4]) for at in (16, 20))  # PNG's IHDR
    assert (width, height) == (1200, 630)


@pytest.mark.parametrize(
    "title",
    [
        "Tom & Jerry <b>bold</b> </title> ]]> \"quoted\" 'twice'",
        "</item></channel><script>alert(1)</script>",
        "control \x00\x0b\x1b characters \ud800 and \uffff",
        "مرحبا \u202e بالعالم 🎤👩🏽‍🎤",
        "",
        "긴 " * 2000,
    ],
)
async def test_hostile_text_breaks_neither_feed_nor_page(
    title: str, newsroom: Newsroom, reader: httpx.AsyncClient
) -> None:
    for name in ("lightstick-weekly", "han-river-post"):
        story = newsroom.publish_text(name, title, title, tags=[title], author=title)
        feed = await parsed(reader, name)
        assert not feed.bozo
        assert len(feed.entries) > 6
        assert feed.entries[0].link == story.link
        page = await reader.get(story.link)
        assert page.status_code == 200
        assert "<script>" not in page.text


async def test_a_title_with_a_heart_is_shown_on_its_page_as_written(reader: httpx.AsyncClient) -> None:
    page = await reader.get("/story/mo-saerin-loves-busan")
    assert "<h1>Mo Saerin &lt;3 Busan" in page.text
    assert 'property="og:image" content="http://newsroom.test/pictures/seaside.png"' in page.text


async def test_a_feed_can_be_told_to_fail_and_to_recover(
    newsroom: Newsroom, reader: httpx.AsyncClient
) -> None:
    newsroom.misbehave("naru-push", Behaviour(status=503, headers={"Retry-After": "120"}))
    answer = await reader.get("/feeds/naru-push.xml")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
    assert (await reader.get("/feeds/dalmuri-daily.xml")).status_code == 200

    newsroom.misbehave("naru-push", Behaviour())
    assert (await reader.get("/feeds/naru-push.xml")).status_code == 200
    assert [(each.feed, each.status) for each in newsroom.asked] == [
        ("naru-push", 503),
        ("dalmuri-daily", 200),
        ("naru-push", 200),
    ]


async def test_a_feed_can_be_told_to_forget_validators(newsroom: Newsroom, reader: httpx.AsyncClient) -> None:
    kept = (await reader.get("/feeds/naru-push.xml")).headers
    newsroom.misbehave("naru-push", Behaviour(validators=False))
    conditions = {"If-None-Match": kept["ETag"], "If-Modified-Since": kept["Last-Modified"]}
    answer = await reader.get("/feeds/naru-push.xml", headers=conditions)
    assert answer.status_code == 200
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers
    assert newsroom.asked[-1].conditional


async def test_a_feed_can_be_told_to_send_something_else(
    newsroom: Newsroom, reader: httpx.AsyncClient
) -> None:
    newsroom.misbehave("naru-push", Behaviour(body=b"<html>Checking your browser</html>"))
    assert (await reader.get("/feeds/naru-push.xml")).content.startswith(b"<html>")


async def test_a_slow_feed_lets_one_wait(newsroom: Newsroom, reader: httpx.AsyncClient) -> None:
    newsroom.misbehave("naru-push", Behaviour(delay=0.2))
    answer = await reader.get("/feeds/naru-push.xml")
    assert answer.elapsed >= timedelta(seconds=0.19)


@pytest.mark.parametrize(
    "path", ["/feeds/nowhere.xml", "/story/nothing", "/pictures/none.png", "/pictures/../news.toml"]
)
async def test_what_is_not_there_is_not_found(path: str, reader: httpx.AsyncClient) -> None:
    assert (await reader.get(path)).status_code == 404


def test_a_feed_that_is_not_there_is_an_error_that_names_those_that_are(newsroom: Newsroom) -> None:
    with pytest.raises(NewsroomError, match="naru-push"):
        newsroom.publish_text("no-such-feed", "Title")
    with pytest.raises(NewsroomError, match="naru-push"):
        newsroom.misbehave("no-such-feed", Behaviour())


def test_addresses_follow_a_server_that_learns_its_port_late(hands: Hands) -> None:
    address = "http://127.0.0.1:0"
    newsroom = Newsroom(hands, lambda: address)
    address = "http://127.0.0.1:40123/newsroom/"
    assert newsroom.feeds[0].url == "http://127.0.0.1:40123/newsroom/feeds/lightstick-weekly.xml"
    assert newsroom.publish("cheese-hotteok").link == "http://127.0.0.1:40123/newsroom/story/cheese-hotteok"


async def test_a_newsroom_can_open_empty(hands: Hands) -> None:
    newsroom = Newsroom(hands, BASE, stocked=False)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(newsroom.app), base_url=BASE) as reader:
        for name in NAMES:
            assert (await parsed(reader, name)).entries == []
    assert newsroom.stories == ()
