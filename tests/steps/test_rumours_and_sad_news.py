"""What the judge made of entries is known wherever their story is shown: rumours, and news that asks for restraint."""

from typing import Any

from sqlalchemy import select

from digests.editions.cards import card
from digests.model import Card
from digests.store import stories, tables


async def shown(newsroom: Any, title: str) -> Card:
    async with newsroom.store.reading() as tx:
        entries = tables.entries
        story = await tx.value(select(entries.c.story_id).where(entries.c.title == title))
        (facts,) = await stories.facts(tx, [story])
    return card(facts, breaking=False)


async def test_a_rumour_is_known_as_one_until_the_agency_confirms_it(newsroom: Any) -> None:
    title = newsroom.publish("[단독] 해달 백지민, 배우 한도윤과 열애설")
    await newsroom.news()
    assert (await shown(newsroom, title)).rumour
    newsroom.publish("해달 백지민·배우 한도윤 열애 인정…소속사 공식입장", "post")
    await newsroom.news()
    one = await shown(newsroom, title)
    assert one.sources == 2, "both tell one story"
    assert not one.rumour


async def test_what_is_told_plainly_is_no_rumour_and_not_sad(newsroom: Any) -> None:
    title = newsroom.publish("Moon Band tours six cities in spring")
    await newsroom.news()
    one = await shown(newsroom, title)
    assert (one.rumour, one.sensitive) == (False, ())


async def test_a_story_is_sad_for_all_as_soon_as_one_entry_says_so(newsroom: Any) -> None:
    title = newsroom.publish("Singer Baek Narin dies at 31")
    await newsroom.news()
    assert (await shown(newsroom, title)).sensitive == ("death",)
    newsroom.publish("Singer Baek Narin dies at 31 by suicide, police say", "post")
    await newsroom.news()
    one = await shown(newsroom, title)
    assert one.sources == 2
    assert "suicide" in one.sensitive
