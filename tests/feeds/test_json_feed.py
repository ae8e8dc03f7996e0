import json
from datetime import UTC, datetime

import pytest

from digests.errors import FeedError
from digests.feeds.document import Document, Parsed
from digests.feeds.elements import MOST_ENTRIES
from digests.feeds.parse import parse

URL = "https://daily.example/feed.json"


def read(**feed: object) -> Parsed:
    return parse(
        Document(
            json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "소식일보"} | feed).encode(),
            URL,
        )
    )


def test_a_json_feed_is_read() -> None:
    parsed = read(
        home_page_url="https://daily.example/",
        language="ko-KR",
        authors=[{"name": "Newsroom"}],
        hubs=[{"type": "WebSub", "url": "https://hub.example/"}],
        items=[
            {
                "id": "1", "url": "/news/1", "title": "Use <b> in HTML", "content_html": "<p>달빛밴드가 돌아왔다.</p>", "summary": "돌아왔다",
                "date_published": "2026-11-24T09:00:00+09:00", "date_modified": "2026-11-24T10:00:00+09:00", "tags": ["k-pop", 3],
                "authors": [{"name": "김소식"}, {"name": "Lee"}], "image": "a.jpg",
            },
            {"id": 2, "external_url": "https://h.example/2", "content_text": "I <3 you"},
        ],
    )  # fmt: skip
    assert (parsed.parser, parsed.title, parsed.language, parsed.link) == (
        "jsonfeed",
        "소식일보",
        "ko",
        "https://daily.example/",
    )
    assert parsed.links("hub") == ("https://hub.example/",)
    one, other = parsed.entries
    assert (one.id, one.key, one.link, one.title) == (
        "1",
        "id:1",
        "https://daily.example/news/1",
        "Use <b> in HTML",
    )
    assert (one.summary, one.content, one.author, one.tags) == (
        "돌아왔다",
        "달빛밴드가 돌아왔다.",
        "김소식, Lee",
        ("k-pop",),
    )
    assert (one.published, one.updated) == (
        datetime(2026, 11, 24, tzinfo=UTC),
        datetime(2026, 11, 24, 1, tzinfo=UTC),
    )
    assert one.image == "https://daily.example/a.jpg"
    assert (other.id, other.link, other.summary, other.content, other.author) == (
        "2",
        "https://h.example/2",
        "",
        "I <3 you",
        "Newsroom",
    )


def test_version_one_has_one_author() -> None:
    parsed = read(
        version="https://jsonfeed.org/version/1", items=[{"id": "1", "title": "A", "author": {"name": "Lee"}}]
    )
    assert parsed.entries[0].author == "Lee"


@pytest.mark.parametrize(
    "feed",
    [
        {"items": None},
        {"items": {}},
        {"items": [None, 1, "x", []]},
        {"items": [], "authors": 3},
        {"title": ["x"]},
        {"hubs": [1]},
    ],
)
def test_fields_of_other_kinds_are_nothing(feed: dict[str, object]) -> None:
    assert read(**feed).entries == ()


@pytest.mark.parametrize("version", ["", None, 1, "https://other.example/1"])
def test_other_json_with_items_is_no_feed(version: object) -> None:
    with pytest.raises(FeedError, match="no JSON Feed"):
        read(version=version, items=[{"id": "1", "title": "A"}])


def test_halves_of_letters_are_replaced() -> None:
    assert read(items=[{"id": "1", "title": "A\ud800B"}]).entries[0].title == "A?B"


def test_a_mark_of_byte_order_and_utf_16_are_no_trouble() -> None:
    text = json.dumps(
        {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "title": "소식"}]},
        ensure_ascii=False,
    )
    for codec in ("utf-8-sig", "utf-16"):
        assert parse(Document(text.encode(codec), URL)).entries[0].title == "소식"


def test_of_more_entries_than_any_newsroom_lists_the_first_are_read() -> None:
    items = ",".join(f'{{"id":"{number}"}}' for number in range(MOST_ENTRIES + 1))
    body = f'{{"version":"https://jsonfeed.org/version/1.1","items":[{items}]}}'
    keys = parse(Document(body.encode(), "https://h.example/feed")).keys
    assert (len(keys), keys[0], keys[-1]) == (MOST_ENTRIES, "id:0", f"id:{MOST_ENTRIES - 1}")
