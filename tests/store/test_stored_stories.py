from datetime import timedelta

import pytest
from sqlalchemy import select

from digests.model import Begins, Decision, Filed, Joins, Reason, StoryId
from digests.store import entries, stories
from digests.store.engine import Reading, Store
from digests.store.tables import decisions, filings

HOUR = timedelta(hours=1)


async def filed_since(tx: Reading, newsroom, *categories: str, after: int = 0, **more) -> tuple[StoryId, ...]:
    fields = {"upto": await stories.last_filing(tx), "since": newsroom.now - timedelta(days=1), "limit": 99}
    return await stories.filed_since(tx, categories, after=after, **(fields | more))


async def test_an_entry_begins_a_story_and_the_decision_is_kept_with_its_reasons(
    store: Store, newsroom
) -> None:
    reasons = (Reason("marker", "[속보]"), Reason("opinion", "[칼럼]", "against"))
    async with store.writing() as tx:
        await entries.add(
            tx, await newsroom.feed(tx), [newsroom.keyed()], seen_at=newsroom.now, history=False
        )
        (unjudged,) = await entries.unjudged(tx, 9)
        at = newsroom.now - HOUR
        filed = Filed(
            unjudged, Begins(), frozenset({"kpop"}), at, "en", Decision(rings=False, reasons=reasons)
        )
        written = await stories.file(tx, filed, newsroom.now)
        assert not written.alerted
    async with store.reading() as tx:
        row = await tx.row(select(decisions))
        assert row
        assert (row.entry_id, row.story_id, row.placed, row.rings) == (
            unjudged.id,
            written.story,
            "begins",
            False,
        )
        assert row.decided_at == newsroom.now
        assert tuple(Reason(**reason) for reason in row.reasons) == reasons
        (facts,) = await stories.facts(tx, [written.story])
        assert (facts.at, facts.categories, facts.alerted) == (at, {"kpop"}, False)
        assert facts.tellings[0].language == "en", "the judge's word counts, not the feed's"


async def test_an_entry_that_joins_a_story_adds_what_it_knows(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        story = await newsroom.story(tx, "kpop", title="first", at=newsroom.now - HOUR)
        joined = await newsroom.story(
            tx, "kpop", "drama", title="second", joins=story, feed="other", source="B"
        )
        other = await newsroom.story(tx, "food")
        assert joined == story != other
    async with store.reading() as tx:
        (facts,) = await stories.facts(tx, [story])
        assert facts.at == newsroom.now - HOUR
        assert facts.categories == {"kpop", "drama"}
        assert [(one.entry.title, one.feed, one.source) for one in facts.tellings] == [
            ("first", "daily", "daily"),
            ("second", "other", "B"),
        ]


async def test_a_story_is_filed_once_under_a_category_whatever_joins_it(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        story = await newsroom.story(tx, "kpop", "drama")
        await newsroom.story(tx, "kpop", joins=story, feed="other")
        rows = await tx.rows(select(filings.c.category, filings.c.story_id).order_by(filings.c.seq))
        assert [tuple(row) for row in rows] == [("drama", story), ("kpop", story)]


async def test_an_entry_is_filed_once(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await entries.add(
            tx, await newsroom.feed(tx), [newsroom.keyed()], seen_at=newsroom.now, history=False
        )
        (unjudged,) = await entries.unjudged(tx, 9)
    filed = Filed(
        unjudged, Begins(), frozenset({"kpop"}), newsroom.now, "en", Decision(rings=False, reasons=())
    )
    async with store.writing() as tx:
        await stories.file(tx, filed, newsroom.now)
    with pytest.raises(Exception, match=r"(?i)unique"):
        async with store.writing() as tx:
            await stories.file(tx, filed, newsroom.now)
    async with store.reading() as tx:
        assert len(await filed_since(tx, newsroom, "kpop")) == 1, "the second story was rolled back"


async def test_a_story_that_rang_is_known_to_have_rung_by_whatever_joins_it(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        story = await newsroom.story(tx, "kpop")
        await stories.alerted(tx, story, newsroom.now)
        (facts,) = await stories.facts(tx, [story])
        assert facts.alerted
        await newsroom.story(tx, "kpop", joins=story, feed="other")
        assert await stories.latest(tx, ["kpop"], limit=9, alerted_only=True) == (story,)


async def test_a_digest_holds_what_was_filed_after_the_last_one_and_up_to_now(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        assert await stories.last_filing(tx) == 0
        old = await newsroom.story(tx, "kpop")
        covered = await stories.last_filing(tx)
        new = await newsroom.story(tx, "kpop")
        upto = await stories.last_filing(tx)
        late = await newsroom.story(tx, "kpop")
        food = await newsroom.story(tx, "food")
    async with store.reading() as tx:
        assert await filed_since(tx, newsroom, "kpop", after=covered, upto=upto) == (new,)
        assert set(await filed_since(tx, newsroom, "kpop", after=covered)) == {new, late}
        assert set(await filed_since(tx, newsroom, "kpop", "food")) == {old, new, late, food}
        assert await filed_since(tx, newsroom, "beauty") == ()
        assert await filed_since(tx, newsroom) == ()


async def test_a_story_known_under_one_followed_category_is_not_new_under_another(
    store: Store, newsroom
) -> None:
    async with store.writing() as tx:
        story = await newsroom.story(tx, "kpop")
        covered = await stories.last_filing(tx)
        await newsroom.story(tx, "drama", joins=story, feed="other")
    async with store.reading() as tx:
        assert await filed_since(tx, newsroom, "kpop", "drama", after=covered) == ()
        assert await filed_since(tx, newsroom, "drama", after=covered) == (story,), (
            "new to who follows drama only"
        )


async def test_a_story_known_for_days_is_not_new_under_another_category_either(
    store: Store, newsroom
) -> None:
    """The floor keeps history out; it must not make one forget that a story was told."""
    async with store.writing() as tx:
        story = await newsroom.story(tx, "kpop", at=newsroom.now - timedelta(days=5))
        covered = await stories.last_filing(tx)
        await newsroom.story(tx, "drama", joins=story, feed="other")
    async with store.reading() as tx:
        assert await filed_since(tx, newsroom, "kpop", "drama", after=covered) == ()


async def test_a_new_feeds_history_is_not_news(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await newsroom.story(tx, "kpop", at=newsroom.now - timedelta(days=5))
        edge = await newsroom.story(tx, "kpop", at=newsroom.now - timedelta(days=1))
        fresh = await newsroom.story(tx, "kpop", at=newsroom.now - timedelta(hours=23))
    async with store.reading() as tx:
        assert await filed_since(tx, newsroom, "kpop") == (fresh,)
        earlier = newsroom.now - timedelta(days=1, microseconds=1)
        assert await filed_since(tx, newsroom, "kpop", since=earlier) == (fresh, edge)


async def test_the_newest_stories_come_first_and_the_limit_keeps_them(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        ids = {
            hours: await newsroom.story(tx, *categories, at=newsroom.now - hours * HOUR)
            for hours, categories in {
                3: ("kpop",),
                1: ("kpop", "drama"),
                2: ("drama",),
                4: ("drama",),
            }.items()
        }
        newest = [ids[1], ids[2], ids[3], ids[4]]
        assert list(await filed_since(tx, newsroom, "kpop", "drama")) == newest
        assert list(await filed_since(tx, newsroom, "kpop", "drama", limit=2)) == newest[:2]
        assert list(await stories.latest(tx, ["kpop", "drama"], limit=9)) == newest
        assert list(await stories.latest(tx, ["kpop", "drama"], limit=3)) == newest[:3]
        assert list(await stories.latest(tx, ["kpop"], limit=1)) == [ids[1]]
        assert await stories.latest(tx, [], limit=9) == ()
        await stories.alerted(tx, ids[4], newsroom.now)
        await stories.alerted(tx, ids[3], newsroom.now)
        assert await stories.latest(tx, ["drama"], limit=9, alerted_only=True) == (ids[4],)
        assert await stories.latest(tx, ["drama", "kpop"], limit=1, alerted_only=True) == (ids[3],)


async def test_facts_come_in_the_order_asked_for_without_what_is_not_there(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        one, two, three = [await newsroom.story(tx, "kpop") for _ in range(3)]
    async with store.reading() as tx:
        found = await stories.facts(tx, [three, StoryId(999), one, two])
        assert [facts.id for facts in found] == [three, one, two]
        assert await stories.facts(tx, []) == ()


async def judged(tx, newsroom, decision: Decision, *, joins: StoryId | None = None, feed: str = "daily"):
    await entries.add(
        tx, await newsroom.feed(tx, feed), [newsroom.keyed()], seen_at=newsroom.now, history=False
    )
    (unjudged,) = await entries.unjudged(tx, 9)
    placement = Begins() if joins is None else Joins(joins, "words", score=2.31)
    filed = Filed(unjudged, placement, frozenset({"kpop"}), newsroom.now, "en", decision)
    return (await stories.file(tx, filed, newsroom.now)).story


async def test_a_story_knows_of_what_kinds_its_entries_are_and_whether_it_is_a_rumour(
    store: Store, newsroom, statements
) -> None:
    async with store.writing() as tx:
        sad = await judged(tx, newsroom, Decision(False, (), sensitive=("death", "suicide")))
        rumour = await judged(tx, newsroom, Decision(False, (), rumour=True))
        await judged(tx, newsroom, Decision(False, (Reason("burst"),)), joins=rumour, feed="other")
    async with store.reading() as tx:
        statements.clear()
        found = await stories.facts(tx, [sad, rumour])
        assert len(statements) == 3
        assert [(one.sensitive, one.rumour) for one in found] == [
            (("death", "suicide"), False),
            ((), True),
        ]
        fits = await tx.rows(select(decisions.c.placed, decisions.c.fit).order_by(decisions.c.entry_id))
        assert [tuple(row) for row in fits] == [("begins", None), ("begins", None), ("words", 2.31)]


@pytest.mark.parametrize(
    ("decision", "stays"),
    [
        (Decision(False, (Reason("official"),)), False),
        (Decision(False, (Reason("confirmed", "confirms"),)), False),
        (Decision(True, (Reason("marker"),), turn=1), False),
        (Decision(False, (Reason("official"), Reason("denial", "denies", "against"))), True),
        (Decision(False, (Reason("burst", "official"),)), True),
        (Decision(False, (), rumour=True), True),
    ],
)
async def test_a_rumour_ends_with_what_rings_or_with_somebody_who_stands_for_it(
    store: Store, newsroom, decision: Decision, stays: bool
) -> None:
    async with store.writing() as tx:
        story = await judged(tx, newsroom, Decision(False, (), rumour=True))
        await judged(tx, newsroom, decision, joins=story, feed="other")
        (facts,) = await stories.facts(tx, [story])
    assert facts.rumour is stays
