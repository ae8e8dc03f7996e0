"""What may be shown of a feed: an excerpt, or its titles alone where operator or publisher want it so."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from digests.editions.cards import card
from digests.model import Version
from digests.store import feeds, stories, tables

DOCUMENT = """<rss version="2.0"><channel><title>새벽</title>{head}<item><title>{title}</title><guid>{title}</guid>
<link>https://dawn.example/{title}</link><description>{text}</description>
<enclosure url="https://dawn.example/picture.jpg" type="image/jpeg"/></item></channel></rss>"""


def lists(newsroom: Any, title: str, text: str, head: str = "") -> None:
    body = DOCUMENT.format(title=title, text=text, head=head).encode()
    newsroom.misbehave("daily", body=body)


async def shown(newsroom: Any, title: str) -> Version:
    async with newsroom.store.reading() as tx:
        entries = tables.entries
        rows = await tx.rows(select(entries.c.story_id).where(entries.c.title == title).distinct())
        (facts,) = await stories.facts(tx, [row.story_id for row in rows])
    return next(iter(card(facts, breaking=False).versions.values()))


async def test_by_default_a_line_of_160_characters_and_a_picture(newsroom: Any) -> None:
    lists(newsroom, "Snow", "It snowed on the harbour all night long, and nobody slept. " * 9)
    await newsroom.news()
    version = await shown(newsroom, "Snow")
    assert 100 < len(version.excerpt) <= 160
    assert version.image


FULL = "The whole article, which belongs to its publisher. " * 8
OF_CONTENT = {
    "RSS": f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Dawn</title><item>
        <title>{{title}}</title><guid>1</guid><link>https://dawn.example/1</link>
        <content:encoded>{FULL}</content:encoded></item></channel></rss>""",
    "Atom": f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Dawn</title><entry><title>{{title}}</title><id>1</id>
        <link href="https://dawn.example/1"/><content type="text">{FULL}</content></entry></feed>""",
    "JSON Feed": f"""{{{{"version": "https://jsonfeed.org/version/1.1", "title": "Dawn", "items": [{{{{"id": "1",
        "url": "https://dawn.example/1", "title": "{{title}}", "content_text": "{FULL}"}}}}]}}}}""",
}


@pytest.mark.parametrize("title", ["Snow", ""])
@pytest.mark.parametrize("kind", OF_CONTENT)
async def test_what_a_feed_carries_as_content_is_shown_to_nobody(
    newsroom: Any, kind: str, title: str
) -> None:
    newsroom.misbehave("daily", body=OF_CONTENT[kind].format(title=title).encode())
    await newsroom.news()
    version = await shown(newsroom, title or "https://dawn.example/1")
    assert (version.title, version.excerpt) == (title or "https://dawn.example/1", "")


async def test_a_feed_that_the_operator_shows_by_title_is_shown_by_title_also_what_it_had_before(
    newsroom: Any,
) -> None:
    lists(newsroom, "Snow", "It snowed on the harbour all night.")
    await newsroom.news()
    wanted = tuple(
        replace(one, show="title") if one.name == "daily" else one for one in newsroom.settings.feeds
    )
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, wanted, newsroom.time)
    version = await shown(newsroom, "Snow")
    assert (version.title, version.excerpt, version.image) == ("Snow", "", "")
    assert version.link
    assert (await newsroom.feed()).title_only
    async with newsroom.store.writing() as tx:
        await feeds.settle_with(tx, newsroom.settings.feeds, newsroom.time)
    assert (await shown(newsroom, "Snow")).excerpt


async def test_a_notice_against_redistribution_has_the_feed_shown_by_title_and_is_told_once(
    newsroom: Any,
) -> None:
    text = "밤새 항구에 눈이 내렸다. 무단 전재·재배포 금지"
    lists(newsroom, "Snow", text)
    with capture_logs() as logs:
        await newsroom.news()
    assert [one["feed"] for one in logs if one["event"] == "feed forbids copying"] == ["daily"]
    state = await newsroom.feed()
    assert (state.forbids, state.title_only) == (True, True)
    assert (await shown(newsroom, "Snow")).excerpt == ""
    lists(newsroom, "Rain", "A text without the notice.")
    with capture_logs() as logs:
        await newsroom.news()
    assert [one for one in logs if one["event"] == "feed forbids copying"] == []
    assert (await shown(newsroom, "Rain")).excerpt == "", "what was said once holds"
    assert not (await newsroom.feed("post")).forbids


async def test_another_feeds_text_of_the_same_story_may_be_shown(newsroom: Any) -> None:
    title = "A long title of one story that two feeds tell"
    lists(newsroom, title, "밤새 눈이 내렸다. 무단 전재 및 재배포 금지")
    await newsroom.news()
    newsroom.press.publish_text("post", title, "What happened, in a line.")
    await newsroom.news()
    version = await shown(newsroom, title)
    assert (version.source, version.excerpt) == ("The Post", "What happened, in a line.")
