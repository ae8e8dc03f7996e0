"""What the newsroom's memory costs: a stream of entries through the window, and how fast the window is read back."""

import asyncio
import logging
import resource
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter, process_time

import structlog
from sqlalchemy import select

from benchmarks.invented import BEGUN, FEEDS, SETTINGS, news
from benchmarks.stories import b_cubed
from digests.feeds.identity import KEY_VERSION
from digests.judge import Judge
from digests.model import FeedId, Joins, Keyed, StoryId, Unjudged
from digests.store import entries, feeds, tables
from digests.store.engine import Store
from digests.store.entries import Batch
from digests.store.migrate import migrate
from digests.stories.judgement import Newsroom
from digests.stories.vocabulary import Vocabulary

_FORGETS = timedelta(minutes=5)
_AT_ONCE = 250  # entries that are stored in one transaction


def stream(count: int, a_day: int) -> None:
    """Judge invented entries; print what they take, ten times on the way."""
    newsroom = Newsroom(SETTINGS, Vocabulary.load())
    merged: dict[StoryId, StoryId] = {}
    found: list[StoryId] = []
    true: list[int] = []
    print(f"{count} entries, {a_day} a day; the window holds about {3 * a_day} of them")
    print(
        f"{'entries':>9}{'in window':>11}{'stories':>9}{'entries/s':>11}{'MB':>6}{'at most':>9}", flush=True
    )
    began, done, stories, forgets = process_time(), 0, 0, None
    for number, told in enumerate(news(count, a_day), 1):
        now = told.unjudged.seen_at
        judgement = newsroom.judge(told.unjudged, now)
        if isinstance(judgement.filed.placement, Joins):
            story = judgement.filed.placement.story
        else:
            stories += 1
            story = StoryId(stories)
        found.append(story)
        true.append(told.event)
        merged |= {one.loser: one.winner for one in newsroom.keep(judgement, story) if not one.link}
        forgets = forgets or now + _FORGETS
        if now >= forgets:
            newsroom.forget(now)
            forgets = now + _FORGETS
        if number % max(1, count // 10) == 0:
            rate = (number - done) / (process_time() - began)
            held, open_ = newsroom.size
            print(f"{number:>9}{held:>11}{open_:>9}{rate:>11.0f}{_memory():>6.0f}{_peak():>9.0f}", flush=True)
            began, done = process_time(), number
    precision, recall = b_cubed(true, [_last(story, merged) for story in found])
    print(f"stories: P {precision:.3f} R {recall:.3f}")


async def _rebuild(count: int, url: str) -> None:
    store = Store.open(url)
    vocabulary = Vocabulary.load()
    now = BEGUN
    judge = Judge(store, SETTINGS, lambda: vocabulary, now=lambda: now)
    try:
        await migrate(store)
        async with store.writing() as tx:
            await feeds.settle_with(tx, FEEDS, BEGUN)
            ids = {
                row.name: FeedId(row.id)
                for row in await tx.rows(select(tables.feeds.c.id, tables.feeds.c.name))
            }
        waiting = news(count + 1, count // 3 + 1)
        began = process_time()
        while some := [told.unjudged for told in islice(waiting, _AT_ONCE)]:
            now = some[-1].seen_at
            last = (
                some.pop() if len(some) < _AT_ONCE else None
            )  # it is what the rebuilt memory is asked about
            await stored(store, ids, some)
            while (await judge.step()).entries:
                pass
            if last:
                break
        judged = process_time() - began
        await stored(store, ids, [last] if last else [])
        again = Judge(store, SETTINGS, lambda: vocabulary, now=lambda: now)
        began, wall = process_time(), perf_counter()
        await again.step()
        seconds = process_time() - began
        print(
            f"{count} entries in the window: stored and judged in {judged:.0f} s of CPU, read back in {seconds:.1f} s of CPU "
            f"({perf_counter() - wall:.1f} s), {count / seconds:.0f} a second; {_peak():.0f} MB at most"
        )
    finally:
        await store.close()


async def stored(store: Store, ids: dict[str, FeedId], some: Sequence[Unjudged]) -> None:
    async with store.writing() as tx:
        await entries.add_all(
            tx,
            [
                Batch(
                    ids[one.feed], [Keyed(one.entry, KEY_VERSION, one.link_key, one.title_key)], one.seen_at
                )
                for one in some
            ],
        )


def rebuild(count: int) -> None:
    """Store and judge invented entries, then judge one more with a memory that is read back; print what that takes."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with TemporaryDirectory() as folder:
        asyncio.run(_rebuild(count, f"sqlite:///{folder}/rebuild.db"))


def _last(story: StoryId, merged: dict[StoryId, StoryId]) -> StoryId:
    while story in merged:
        story = merged[story]
    return story


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize() / 1e6


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
