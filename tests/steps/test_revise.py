"""A story that rang is told by more: what was sent is edited, in the transaction that files the entry."""

from typing import Any

from sqlalchemy import select

from digests.store import tables

RAID = "Police raid the offices of Nova Lane’s label"


async def edits(newsroom: Any) -> list[tuple[int, str, list[str] | None]]:
    table = tables.broadcasts
    rows = await newsroom.rows(select(table).where(table.c.sends == "edit").order_by(table.c.id))
    return [(row.revision, row.why, row.languages) for row in rows]


async def rang(newsroom: Any) -> None:
    newsroom.publish(f"BREAKING: {RAID}", "daily", "Breaking", slug="raid")
    await newsroom.news()
    rings = tables.decisions.c.rings
    assert await newsroom.column(rings) == [True]
    await newsroom.deliver()
    newsroom.jump(minutes=1)


async def test_a_version_in_another_language_is_told_to_its_readers(newsroom) -> None:
    await rang(newsroom)
    newsroom.publish("경찰, 노바 레인 소속사 압수수색", "flash", slug="raid")
    await newsroom.news()
    assert await edits(newsroom) == [(1, "language", ["ko"])]


async def test_a_second_source_is_no_news_to_who_has_the_story_and_a_third_is(newsroom) -> None:
    await rang(newsroom)
    newsroom.publish(RAID, "post", "K-pop", slug="raid")
    await newsroom.news()
    assert await edits(newsroom) == []
    newsroom.jump(minutes=1)
    newsroom.publish(f"{RAID}, again", "flash", slug="raid")
    await newsroom.news()
    assert [(number, why) for number, why, _ in await edits(newsroom)] == [(1, "sources")]


async def test_what_joins_a_story_that_never_rang_edits_nothing(newsroom) -> None:
    newsroom.publish("Ten soups for a rainy weekend", "daily", slug="soups")
    await newsroom.news()
    newsroom.publish("비 오는 주말의 국물 요리 열 가지", "flash", slug="soups")
    await newsroom.news()
    assert await edits(newsroom) == []


async def test_two_judges_one_after_the_other_edit_once(newsroom) -> None:
    await rang(newsroom)
    newsroom.publish("경찰, 노바 레인 소속사 압수수색", "flash", slug="raid")
    await newsroom.news()
    await newsroom.judge()
    await newsroom.news()
    assert await edits(newsroom) == [(1, "language", ["ko"])]
