"""The newsroom at work without Telegram: the database opened for a run, and one round of polling and judging.

Apart from `app`, so that what needs no Telegram does not wait for its library to be imported.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING
from uuid import uuid4

import structlog

from bot.clock import Clock
from bot.config import Config
from digests.feeds.fetch import Fetcher
from digests.look import Polled
from digests.poll import Poller
from digests.settings import Settings
from digests.store import entries, feeds
from digests.store.engine import Store
from digests.store.lock import hold
from digests.store.migrate import migrate
from digests.store.roster import Roster

if TYPE_CHECKING:
    from digests.judge import Judged

log = structlog.get_logger()


@asynccontextmanager
async def opened(config: Config, settings: Settings, clock: Clock) -> AsyncIterator[Store]:
    """Open the database for a run: held against others, its tables current, the operator's feeds known.

    Raises StoreError: InUseError when another process works on it.
    """
    store = Store.open(config.database.url)
    try:
        async with hold(store):
            before, after = await migrate(store)
            if before != after:
                log.info("migrated", database=store.shown_url, before=before, after=after)
            async with store.writing() as tx:
                await feeds.settle_with(tx, settings.feeds, clock.now())
            yield store
    finally:
        await store.close()


async def poll_once(
    config: Config, clock: Clock, *, polled: Callable[[Polled], None], judged: Callable[["Judged"], None]
) -> None:
    """Poll every feed once and judge what is new. What rings is owed, and sent by the next run.

    `polled` is called after each poll, `judged` after each batch: thousands of feeds bring more than is kept in memory.
    """
    settings = config.newsroom()
    run = uuid4().hex
    async with opened(config, settings, clock) as store, Fetcher(settings.polling) as fetcher:
        async with store.writing() as tx:
            await feeds.release(tx, but=run)
        settings = await Roster(store, settings).settings()
        await Poller(store, fetcher, settings, run=run, now=clock.now, done=polled).all_once()
        async with store.reading() as tx:
            if not await entries.unjudged(tx, 1):
                return

        # Most polls bring nothing, and need not wait for these.
        from digests.judge import Judge  # noqa: PLC0415 - see above
        from digests.stories.vocabulary import Vocabulary  # noqa: PLC0415 - see above

        judge = Judge(
            store,
            settings,
            partial(Vocabulary.load, names=config.names.path, words=config.names.folder),
            now=clock.now,
        )
        while (step := await judge.step()).entries:
            judged(step)
