"""A story that rang is told by more: what was sent is edited, in the transaction that files the entry."""

from typing import Any

from sqlalchemy import select, update

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


async def from_others(newsroom: Any, *papers: str) -> None:
    """Papers that no feed of ours is tell the raid, as an aggregator brings them."""
    for paper in papers:
        newsroom.publish(f"{RAID}, {paper} reports", "post", "K-pop", slug=f"raid-{paper}")
    await newsroom.poll()
    async with newsroom.store.writing() as tx:
        for paper in papers:
            table = tables.entries
            await tx.execute(
                update(table).where(table.c.title == f"{RAID}, {paper} reports").values(source=paper)
            )


async def test_more_sources_that_came_too_soon_are_told_when_the_budget_allows_though_nothing_joins(
    newsroom,
) -> None:
    await rang(newsroom)
    await from_others(newsroom, "Herald", "Courier")
    await newsroom.judge()
    assert len(await edits(newsroom)) == 1
    newsroom.jump(minutes=2)
    await from_others(newsroom, "Tribune", "Lantern")
    await newsroom.judge()
    assert len(await edits(newsroom)) == 1, "too soon after the first"
    newsroom.jump(minutes=10)
    await newsroom.judge()
    assert len(await edits(newsroom)) == 1
    newsroom.jump(minutes=4)
    await newsroom.judge()
    assert [(number, why) for number, why, _ in await edits(newsroom)] == [(1, "sources"), (2, "sources")]
    await newsroom.judge()
    assert len(await edits(newsroom)) == 2


async def test_what_came_too_soon_before_a_restart_is_told_after_it(newsroom) -> None:
    await rang(newsroom)
    await from_others(newsroom, "Herald", "Courier")
    await newsroom.judge()
    newsroom.jump(minutes=2)
    await from_others(newsroom, "Tribune", "Lantern")
    await newsroom.judge()
    newsroom.jump(minutes=14)
    newsroom.judging = None
    newsroom.publish("Ten soups for a rainy weekend", "daily", slug="soups")
    await newsroom.news()
    assert [(number, why) for number, why, _ in await edits(newsroom)] == [(1, "sources"), (2, "sources")]


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
