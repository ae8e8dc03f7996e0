"""judge, when more is told of a story: turns, edits, two stories that are one, and what a new run remembers."""

from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import select

from digests.model import Filed
from digests.store import tables
from tests.headlines import RINGS, WAITS

COLLAPSED = "BREAKING: Singer Baek Haneul collapses on stage in Daegu"
DIED = "Singer Baek Haneul, who collapsed on stage in Daegu, dies at 31"
ALSO_DIED = "Singer Baek Haneul dies at 31 after collapsing on stage in Daegu"


async def told(newsroom: Any, title: str, feed: str = "daily", *tags: str, minutes: int = 5) -> Filed:
    """A feed tells it, so long after what was told before."""
    newsroom.jump(minutes=minutes)
    newsroom.publish(title, feed, *tags)
    (filed,) = await newsroom.news()
    return filed


async def sends(newsroom: Any) -> list[tuple[str, int]]:
    """What was announced, in order: an alert or an edit, and of which turn."""
    table = tables.broadcasts
    rows = await newsroom.rows(select(table.c.sends, table.c.turn).order_by(table.c.id))
    return [tuple(row) for row in rows]


async def stories(newsroom: Any) -> list[int]:
    """Those that no other took in."""
    table = tables.stories
    rows = await newsroom.rows(select(table.c.id).where(table.c.merged_into.is_(None)).order_by(table.c.id))
    return [row.id for row in rows]


# -- turns and edits --------------------------------------------------------------------------------------------


async def test_a_turn_is_announced_as_the_second_and_once(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    await told(newsroom, COLLAPSED)
    await newsroom.deliver()
    turn = await told(newsroom, DIED, "post", minutes=90)
    again = await told(newsroom, ALSO_DIED, "daily")
    assert (turn.decision.rings, turn.decision.turn) == (True, 2)
    assert not again.decision.rings
    assert [one for one in await sends(newsroom) if one[0] == "alert"] == [("alert", 1), ("alert", 2)]
    await newsroom.deliver()
    assert newsroom.got(chat) == [(COLLAPSED,), (DIED,)]
    (row,) = await newsroom.rows(select(tables.stories.c.turn))
    assert row.turn == 2


async def test_a_death_comes_silently(newsroom) -> None:
    await newsroom.subscribe("kpop")
    await told(newsroom, COLLAPSED)
    await told(newsroom, DIED, "post", minutes=90)
    silent = [
        row.silent for row in await newsroom.rows(select(tables.broadcasts).order_by(tables.broadcasts.c.id))
    ]
    assert silent == [False, True]


async def test_more_tellings_of_a_story_that_rang_edit_it_and_ring_nobody(newsroom) -> None:
    chat = await newsroom.subscribe("korea")
    newsroom.publish("BREAKING: Passenger ship sinks near Heuksando", "post", slug="ship")
    await newsroom.news()
    await newsroom.deliver()
    newsroom.jump(minutes=5)
    newsroom.publish("[속보] 흑산도 인근서 여객선 침몰", "flash", slug="ship")
    await newsroom.news()
    assert await sends(newsroom) == [("alert", 1), ("edit", 1)], "it is told in another language now"
    alert, edit = await newsroom.rows(select(tables.editions.c.content).order_by(tables.editions.c.id))
    assert [set(one.content["card"]["versions"]) for one in (alert, edit)] == [{"en"}, {"en", "ko"}]
    await newsroom.deliver()
    assert len(newsroom.got(chat)) == 1


async def test_before_a_story_rings_more_tellings_edit_nothing(newsroom) -> None:
    await told(newsroom, WAITS["kpop"][0])
    await told(newsroom, WAITS["kpop"][0], "post", "K-pop")
    assert await sends(newsroom) == []


# -- two stories that are one -----------------------------------------------------------------------------------

APART = ("Ship in trouble near Heuksando", "Ferry Haneul runs aground with 41 aboard")
TOGETHER = (
    "Ferry Haneul aground near Heuksando, ship in trouble with 41 aboard",
    "Tugs reach ferry Haneul near Heuksando, 41 aboard the ship",
)


async def meanwhile(newsroom: Any, titles: Sequence[str] = WAITS["korea"][:12]) -> None:
    """The rest of the day's news: a small story is looked at again when some has passed."""
    for title in titles:
        newsroom.publish(title, "post")
    await newsroom.news()


@pytest.fixture
async def merged(newsroom: Any) -> Any:
    """A story that did not ring turned out to be a part of one that did."""
    for title in (*APART, *TOGETHER):
        await told(newsroom, title, "post", minutes=1)
    assert len(await stories(newsroom)) == 2
    await meanwhile(newsroom)
    return newsroom


async def test_a_story_that_turns_out_to_be_part_of_another_is_taken_in_with_all_it_has(merged) -> None:
    assert len(await stories(merged)) == 1 + 12
    keeps, goes = 2, 1
    (row,) = await merged.rows(select(tables.stories.c.merged_into).where(tables.stories.c.id == goes))
    assert row.merged_into == keeps, "the one that rang: readers know it by its number"
    for table in (tables.entries, tables.decisions, tables.filings):
        found = [row.story_id for row in await merged.rows(select(table.c.story_id))]
        assert goes not in found
        assert found.count(keeps) == (1 if table is tables.filings else 4)


async def test_what_is_told_after_a_merge_joins_the_story_that_is_left(merged) -> None:
    filed = await told(merged, APART[0], "daily")
    assert filed.placement.story == 2


async def test_a_merged_storys_filings_keep_their_place(newsroom) -> None:
    """What a digest has told already is not told again, since a category came from the story that went."""
    chat = await newsroom.subscribe("drama")
    await told(newsroom, APART[0], "post", "Series")
    newsroom.clock("08:00")
    await newsroom.digest()
    assert newsroom.got(chat) == [(APART[0],)]
    for title in (APART[1], *TOGETHER):
        await told(newsroom, title, "post", minutes=1)
    before = await newsroom.rows(select(tables.filings.c.seq).where(tables.filings.c.story_id == 1))
    await meanwhile(newsroom)
    after = await newsroom.rows(select(tables.filings.c.seq).where(tables.filings.c.category == "drama"))
    assert list(before) == list(after)
    await newsroom.deliver()
    newsroom.clock("08:00")
    await newsroom.digest()
    assert len(newsroom.got(chat, "digest")) == 1


async def test_an_alert_at_which_two_stories_turn_out_to_be_one_is_announced_all_the_same(newsroom) -> None:
    for title in (*APART, *TOGETHER):
        await told(newsroom, title, "post", minutes=1)
    assert len(await stories(newsroom)) == 2
    before = len(await sends(newsroom))
    await meanwhile(newsroom, RINGS["korea"][:11])
    taken_in = await newsroom.rows(
        select(tables.stories.c.id).where(tables.stories.c.merged_into.is_not(None))
    )
    assert len(taken_in) == 1
    rang = await newsroom.rows(select(tables.decisions.c.entry_id).where(tables.decisions.c.rings))
    assert len(await sends(newsroom)) - before >= 9
    assert len(rang) >= 10


async def test_two_stories_that_both_rang_are_linked_and_stay_two(newsroom) -> None:
    await newsroom.subscribe("korea")
    for title in (
        "BREAKING: Fire at Onyang paper mill",
        "BREAKING: Sixty workers flee blaze in Asan",
        "Sixty workers flee as fire burns Onyang paper mill in Asan",
        "Blaze at Onyang paper mill in Asan: sixty workers fled the fire",
    ):
        await told(newsroom, title, "post", minutes=1)
    await meanwhile(newsroom)
    rows = await newsroom.rows(
        select(tables.stories.c.merged_into, tables.stories.c.linked_to)
        .order_by(tables.stories.c.id)
        .limit(2)
    )
    assert {row.merged_into for row in rows} == {None}
    assert {row.linked_to for row in rows} in ({None, 1}, {None, 2})
    assert [one for one in await sends(newsroom) if one[0] == "alert"] == [("alert", 1)] * 2


# -- what a new run remembers -----------------------------------------------------------------------------------


async def test_after_a_restart_a_second_telling_joins_the_old_story_and_does_not_ring_again(newsroom) -> None:
    await newsroom.subscribe("kpop")
    await told(newsroom, COLLAPSED)
    newsroom.judging = None
    again = await told(newsroom, "Baek Haneul, singer, collapses on stage during Daegu show", "post", "K-pop")
    assert again.placement.story == 1
    assert {reason.code for reason in again.decision.reasons} >= {"told"}
    assert [one for one in await sends(newsroom) if one[0] == "alert"] == [("alert", 1)]


async def test_after_a_restart_a_turn_is_the_second_and_a_turn_told_is_not_told_again(newsroom) -> None:
    await newsroom.subscribe("kpop")
    await told(newsroom, COLLAPSED)
    newsroom.judging = None
    turn = await told(newsroom, DIED, "post", minutes=90)
    newsroom.judging = None
    again = await told(newsroom, ALSO_DIED)
    assert (turn.decision.turn, again.decision.rings) == (2, False)


async def test_what_is_out_of_the_window_is_not_remembered(newsroom) -> None:
    await told(newsroom, COLLAPSED)
    newsroom.jump(hours=80)
    newsroom.judging = None
    again = await told(newsroom, "Baek Haneul, singer, collapses on stage during Daegu show", "post", "K-pop")
    assert len(await stories(newsroom)) == 2
    assert "told" not in {reason.code for reason in again.decision.reasons}


# -- its price --------------------------------------------------------------------------------------------------


async def test_a_batch_costs_the_same_statements_however_often_its_stories_are_told(
    newsroom, statements
) -> None:
    costs = []
    for titles in (
        WAITS["kpop"][:2],
        [f"{title} {number}" for number in range(30) for title in WAITS["korea"][:2]],
    ):
        for title in titles:
            newsroom.publish(title)
        await newsroom.poll()
        statements.clear()
        assert len((await newsroom.judge_once()).entries) == len(titles)
        costs.append(len(statements))
    assert max(costs) - min(costs) <= 3, (
        costs
    )  # the first looks for what to read back, and for what is followed
