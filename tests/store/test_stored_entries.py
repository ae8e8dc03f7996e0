from datetime import UTC, datetime, timedelta, timezone

import pytest

from digests.store import entries
from digests.store.engine import Store
from digests.store.feeds import FeedId


async def keep(
    store: Store, newsroom, *keyed: entries.Keyed, feed: str = "daily", history: bool = False
) -> int:
    async with store.writing() as tx:
        feed_id = await newsroom.feed(tx, feed)
        return await entries.add(tx, feed_id, keyed, seen_at=newsroom.now, history=history)


async def test_an_entry_reads_as_it_was_written(store: Store, newsroom) -> None:
    published = datetime(2026, 3, 2, 8, 30, 0, 1, tzinfo=timezone(timedelta(hours=9)))
    keyed = newsroom.keyed(
        "<3 & '소식'",
        link="https://a.example/?q=1&w=2",
        summary="둘 · 셋",
        author="기자",
        published=published,
        updated=published + timedelta(hours=1),
        tags=("K-pop", "속보"),
        language="ko",
        image="https://a.example/x.jpg",
        source="A",
    )
    await keep(store, newsroom, keyed, history=True)
    async with store.reading() as tx:
        (found,) = await entries.unjudged(tx, 9)
    assert found.entry == keyed.entry
    assert found.entry.published
    assert found.entry.published.tzinfo is UTC
    assert (found.feed, found.link_key, found.title_key) == ("daily", keyed.link_key, keyed.title_key)
    assert (found.seen_at, found.history) == (newsroom.now, True)


async def test_only_entries_whose_key_the_feed_does_not_hold_are_unknown(store: Store, newsroom) -> None:
    old = [newsroom.keyed(f"old {number}") for number in range(3)]
    await keep(store, newsroom, *old)
    new = newsroom.keyed("new")
    async with store.writing() as tx:
        daily, other = await newsroom.feed(tx), await newsroom.feed(tx, "other")
        assert await entries.unknown(tx, daily, [*old, new]) == (new,)
        assert await entries.unknown(tx, other, old) == tuple(old), "another feed knows nothing of it"
        assert await entries.unknown(tx, daily, []) == ()


async def test_two_entries_with_one_key_are_one(store: Store, newsroom) -> None:
    first, second = newsroom.keyed("first", key="same"), newsroom.keyed("second", key="same")
    async with store.writing() as tx:
        assert await entries.unknown(tx, await newsroom.feed(tx), [first, second]) == (first,)
    assert await keep(store, newsroom, first, second) == 1


async def test_storing_an_entry_again_leaves_it_as_it_is(store: Store, newsroom) -> None:
    await keep(store, newsroom, newsroom.keyed("first", key="same"))
    changed = newsroom.keyed("changed", key="same")
    assert await keep(store, newsroom, changed, newsroom.keyed("new")) == 1
    async with store.reading() as tx:
        assert {one.entry.title for one in await entries.unjudged(tx, 9)} == {"first", "new"}


async def test_a_feed_of_thousands_of_entries_is_stored_whole(store: Store, newsroom) -> None:
    many = [newsroom.keyed(f"number {number}") for number in range(2_345)]
    assert await keep(store, newsroom, *many[:1_200]) == 1_200
    async with store.writing() as tx:
        unknown = await entries.unknown(tx, await newsroom.feed(tx), many)
        assert unknown == tuple(many[1_200:])
    assert await keep(store, newsroom, *many) == 1_145
    assert await keep(store, newsroom, *many) == 0


async def test_the_oldest_entries_of_a_feed_are_judged_first(store: Store, newsroom) -> None:
    """A feed lists its newest entry first; a story begins with the oldest."""
    await keep(store, newsroom, *(newsroom.keyed(f"{number:04}") for number in reversed(range(1_500))))
    await keep(store, newsroom, newsroom.keyed("later"), feed="other")
    async with store.reading() as tx:
        titles = [one.entry.title for one in await entries.unjudged(tx, 9_999)]
        assert titles == [*(f"{number:04}" for number in range(1_500)), "later"]
        assert len(await entries.unjudged(tx, 7)) == 7


async def test_a_judged_entry_is_not_judged_again(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await newsroom.story(tx, "kpop")
        assert await entries.unjudged(tx, 9) == ()


async def test_judged_entries_are_known_by_their_link_or_their_title(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        one = await newsroom.story(tx, "kpop", title="One")
        two = await newsroom.story(tx, "kpop", title="Two")
        await newsroom.story(tx, "kpop", title="Three")
        await newsroom.story(tx, "kpop", joins=two, feed="other", title="Two")
    both = newsroom.keyed("x", link_key="link of One", title_key="two")
    await keep(store, newsroom, both, newsroom.keyed("y", link_key="", title_key="two"), feed="third")
    async with store.reading() as tx:
        titled, linked = await entries.unjudged(tx, 9)
        assert [known.story for known in await entries.known(tx, [linked])] == [two, two, one]
        assert [known.story for known in await entries.known(tx, [titled])] == [two, two]
        assert [known.story for known in await entries.known(tx, [linked], limit=1)] == [two, one]
        newest = (await entries.known(tx, [linked]))[0]
        assert (newest.link_key, newest.title_key, newest.seen_at) == ("link of Two", "two", newsroom.now)


async def test_entries_without_link_and_title_keys_are_not_alike(store: Store, newsroom) -> None:
    for name in ("one", "two"):
        await keep(store, newsroom, newsroom.keyed(name, link_key="", title_key=""), feed=name)
    async with store.reading() as tx:
        for one in await entries.unjudged(tx, 9):
            assert await entries.known(tx, [one]) == ()


@pytest.mark.parametrize("hours", [-14, -1, 0, 9, 14])
@pytest.mark.parametrize("year", [1, 9999])
async def test_an_absurd_date_of_a_publisher_stops_nothing(
    store: Store, newsroom, hours: int, year: int
) -> None:
    edge = datetime.min if year == 1 else datetime.max
    absurd = edge.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert await keep(store, newsroom, newsroom.keyed("absurd", published=absurd)) == 1
    async with store.reading() as tx:
        (found,) = await entries.unjudged(tx, 9)
    assert found.entry.published
    assert found.entry.published.year in {1, 9998, 9999}


@pytest.mark.parametrize("bad", ["nul \x00.", "half \udc80."])
async def test_characters_that_no_database_takes_are_left_out_and_stop_nothing(
    store: Store, newsroom, bad: str
) -> None:
    keyed = newsroom.keyed(
        bad, summary=bad, link=bad, author=bad, image=bad, source=bad, tags=("kpop",), link_key=bad
    )
    assert await keep(store, newsroom, keyed, newsroom.keyed("good")) == 2
    assert await keep(store, newsroom, keyed) == 0
    async with store.writing() as tx:
        await entries.unknown(tx, await newsroom.feed(tx), [keyed])
        found = {one.entry.title: one for one in await entries.unjudged(tx, 9)}
        assert set(found) == {bad[:-2] + ".", "good"}
        await entries.known(tx, [found["good"]])


async def test_entries_of_an_unknown_feed_are_refused(store: Store, newsroom) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"):
        async with store.writing() as tx:
            await entries.add(tx, FeedId(99), [newsroom.keyed()], seen_at=newsroom.now, history=False)
