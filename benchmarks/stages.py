"""Where the time of `sosik poll --once` goes, stage by stage: `python -m benchmarks.stages FOLDER`.

CPU seconds of all threads. What storing takes is what polling takes over fetching and reading alone.
"""

import asyncio
import sys
import time
from datetime import datetime
from pathlib import Path

from bot.clock import SystemClock
from bot.config import load
from bot.logs import set_up
from bot.newsroom import opened
from digests.feeds.document import Document
from digests.feeds.fetch import Fetched, Fetcher, Request
from digests.feeds.novelty import first_of, unseen_of
from digests.feeds.parse import Parsed, glance
from digests.judge import Judge
from digests.poll import Poller
from digests.store import feeds
from digests.store.roster import Roster
from digests.stories.vocabulary import Vocabulary


class Watch:
    def __init__(self) -> None:
        self._at = 0.0, time.perf_counter()  # CPU is counted from the start of the process

    def told(self, stage: str) -> None:
        now = time.process_time(), time.perf_counter()
        print(f"  {stage:44} {now[0] - self._at[0]:6.2f} s CPU {now[1] - self._at[1]:6.2f} s")
        self._at = time.process_time(), time.perf_counter()


async def main(folder: Path) -> None:
    watch = Watch()
    watch.told("start-up: imports")
    set_up(level="WARNING")
    config = load(folder / "sosik.toml").config
    settings = config.newsroom()
    watch.told("start-up: configuration")
    clock = SystemClock()
    async with opened(config, settings, clock) as store, Fetcher(settings.polling) as fetcher:
        watch.told("start-up: database")
        async with store.writing() as tx:
            await feeds.release(tx, but="stages")
        settings = await Roster(store, settings).settings()
        poller = Poller(store, fetcher, settings, run="stages", now=clock.now)
        polled = await poller.all_once()
        watch.told(f"polled: {len(polled)} feeds, {sum(one.new for one in polled)} new entries")
        judged = 0
        judge = Judge(store, settings, Vocabulary.load, now=clock.now)
        while (step := await judge.step()).entries:
            judged += len(step.entries)
        watch.told(f"judged: {judged} entries")
        await poller.stop()
        if judged:
            long_ago = clock.now() - settings.retention.entry_text
            await apart(fetcher, [feed.url for feed in settings.feeds], long_ago, watch)


async def apart(fetcher: Fetcher, urls: list[str], long_ago: datetime, watch: Watch) -> None:
    """Do some of it again, each by itself."""
    places = asyncio.Semaphore(32)
    documents: list[Document] = []

    async def one(url: str) -> None:
        async with places:
            answer = await fetcher.fetch(Request(url))
        if isinstance(answer, Fetched):
            documents.append(Document(answer.body, answer.url, answer.content_type, answer.charset))

    await asyncio.gather(*map(one, urls))
    watch.told("of which fetching, alone")
    parsed = [found for found in map(glance, documents) if isinstance(found, Parsed)]
    for each in parsed:
        _ = each.title, each.keys
    watch.told("of which reading, alone")
    for each in parsed:
        first_of(each, long_ago)
    watch.told("of which noting what is old, alone")
    for each in parsed:
        unseen_of(each, {})
    watch.told("all entries cleaned, were they young")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
