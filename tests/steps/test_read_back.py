"""A judge that begins anew reads its memory back from the store: in few statements, and it goes on as if it had never stopped."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

import digests.judge
from benchmarks.endurance import stored
from benchmarks.invented import BEGUN, FEEDS, SETTINGS, news
from digests.judge import Judge
from digests.model import FeedId, Filed, Subject, Unjudged, What, Wish
from digests.store import feeds, interests, tables
from digests.store.engine import Store
from digests.store.subject_tables import namings
from digests.stories.wanted import words_subject
from tests.words import vocabulary


class Desk:
    """Judges over one store, one after the other: `restart` is what a new run does."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.now = BEGUN
        self.restart()

    def restart(self) -> None:
        self.judge = Judge(self.store, SETTINGS, vocabulary, now=lambda: self.now)

    async def feeds(self) -> dict[str, FeedId]:
        async with self.store.writing() as tx:
            await feeds.settle_with(tx, FEEDS, BEGUN)
            rows = await tx.rows(select(tables.feeds.c.id, tables.feeds.c.name))
            return {row.name: FeedId(row.id) for row in rows}

    async def judged(self, some: Sequence[Unjudged], ids: dict[str, FeedId]) -> list[Filed]:
        await stored(self.store, ids, some)
        filed: list[Filed] = []
        for one in some:
            self.now = one.seen_at
        while (step := await self.judge.step()).entries:
            filed += step.entries
        return filed


def told(filed: Sequence[Filed]) -> list[tuple[Any, ...]]:
    return [
        (one.unjudged.id, one.placement, one.categories, one.decision, one.why_categories) for one in filed
    ]


async def test_a_judge_that_begins_anew_goes_on_as_if_it_had_never_stopped(
    store: Store,
) -> None:
    """The same news is judged twice, by a judge that lives and by one that begins anew again and again."""
    desk = Desk(store)
    ids = await desk.feeds()
    entries = [one.unjudged for one in news(160, 1_500)]
    lives: list[Filed] = []
    for at in range(0, len(entries), 40):
        lives += await desk.judged(entries[at : at + 40], ids)
    async with store.writing() as tx:
        for table in (
            tables.broadcasts,
            tables.editions,
            tables.decisions,
            tables.filings,
            tables.entries,
            tables.stories,
        ):
            await tx.execute(table.delete())
        await tx.execute(tables.feeds.delete())
    desk = Desk(store)
    ids = await desk.feeds()
    again: list[Filed] = []
    for at in range(0, len(entries), 40):
        desk.restart()
        again += await desk.judged(entries[at : at + 40], ids)
    shift = again[0].unjudged.id - lives[0].unjudged.id
    assert [(entry - shift, *rest) for entry, *rest in told(again)] == [tuple(one) for one in told(lives)]


async def test_to_read_back_takes_a_statement_for_each_page(
    store: Store, statements: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests.judge, "PAGE", 40)
    desk = Desk(store)
    ids = await desk.feeds()
    entries = [one.unjudged for one in news(130, 1_500)]
    await desk.judged(entries[:-2], ids)
    await stored(store, ids, entries[-2:-1])
    statements.clear()
    await desk.judge.step()
    usual = len(statements)
    desk.restart()
    await stored(store, ids, entries[-1:])
    statements.clear()
    await desk.judge.step()
    pages = -(-len(entries[:-1]) // 40)
    wanted, bounds = 1, 2  # what is followed; where the window begins, which stories are linked
    edits = 3  # what rang is looked at once more: it may have been too soon for an edit
    last = 2  # the last entry may ring, or merge two
    assert len(statements) - usual <= pages + wanted + bounds + edits + last


async def test_entries_past_the_window_are_not_read(store: Store) -> None:
    desk = Desk(store)
    ids = await desk.feeds()
    old, new = [one.unjudged for one in news(60, 600)][:50], [one.unjudged for one in news(60, 600)][50:]
    await desk.judged(old, ids)
    desk.restart()
    later = timedelta(hours=90)
    fresh = [_later(one, later) for one in new]
    filed = await desk.judged(fresh, ids)
    assert len(filed) == 10
    assert desk.judge._newsroom
    assert desk.judge._newsroom.size[0] == 10


def _later(one: Unjudged, later: timedelta) -> Unjudged:
    published = one.entry.published
    assert published
    return replace(one, seen_at=one.seen_at + later, entry=replace(one.entry, published=published + later))


async def test_what_is_followed_is_read_anew_only_when_something_new_is(
    newsroom: Any, statements: Any
) -> None:
    chat = await newsroom.subscribe("korea")
    newsroom.publish("Barley comes in late this year")
    await newsroom.news()
    newsroom.publish("Lighthouse opens its doors to painters")
    await newsroom.poll()
    statements.clear()
    await newsroom.judge()
    assert not [text for text in statements.texts if "SELECT DISTINCT interests" in text]
    subject = words_subject("museum")
    assert subject == Subject(What.WORDS, "museum")
    async with newsroom.store.writing() as tx:
        await interests.add(tx, chat.id, Wish.FOLLOW, subject, label="museum", now=newsroom.time)
    newsroom.publish("Costumes go to a museum in Busan")
    await newsroom.poll()
    statements.clear()
    await newsroom.judge()
    assert len([text for text in statements.texts if "SELECT DISTINCT interests" in text]) == 1
    rows = await newsroom.rows(select(namings.c.value))
    assert "museum" in {row.value for row in rows}
