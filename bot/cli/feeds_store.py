"""What the commands that change feeds share: the database beside a running bot, and which feed is meant.

A row or a few in one short transaction need no lock: the bot notices by the version of added feeds. Only what
deletes behind a bot's back takes the database for itself.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from digests.errors import SosikError

if TYPE_CHECKING:
    from bot.config import Loaded
    from digests.settings import FeedSettings, Settings
    from digests.store.added import FeedRecord
    from digests.store.engine import Reading, Store

NEXT_TICK = "A running bot notices within a few seconds."


@asynccontextmanager
async def beside(loaded: "Loaded", *, alone: bool = False) -> AsyncIterator["Store"]:
    """Open the database beside a running bot; `alone` takes it for this command. Raises StoreError.

    Tables of another version are brought to this one first, which needs the database for itself.
    """
    from digests.store.engine import Store
    from digests.store.lock import hold
    from digests.store.migrate import migrate, stand

    store = Store.open(loaded.config.database.url)
    try:
        before, head = await stand(store)
        if alone or before != head:
            async with hold(store):
                await migrate(store)
                if alone:
                    yield store
                    return
        yield store
    finally:
        await store.close()


def slugs(words: "Sequence[str]", settings: "Settings") -> tuple[str, ...]:
    """Give the categories that words name, as readers may name them too. Raises ConfigError for none."""
    from bot.errors import ConfigError
    from bot.handlers.grammar.categories import categories_in

    found = categories_in(" ".join(words), settings.categories)
    known = ", ".join(one.slug for one in settings.categories)
    if found.unknown:
        raise ConfigError(f"There is no category {found.unknown[0]!r}.", hint=f"There are: {known}.")
    if not found.known:
        raise ConfigError("Say under which category its stories are filed.", hint=f"There are: {known}.")
    return tuple(one.slug for one in found.known)


def category_map(words: "Sequence[str]", settings: "Settings") -> dict[str, str]:
    """Read "Music=kpop": a category of the publisher's, which may hold "=" itself, and one of ours. Raises ConfigError."""
    from bot.errors import ConfigError

    pairs = [word.rpartition("=") for word in words]
    if wrong := next((word for word, (theirs, _, _) in zip(words, pairs, strict=True) if not theirs), None):
        raise ConfigError(f"--map {wrong!r} names no two categories.", hint='Write it like "Music=kpop".')
    return {theirs.strip(): slugs([ours], settings)[0] for theirs, _, ours in pairs}


def of_file(loaded: "Loaded", word: str) -> "FeedSettings | None":
    """Find a feed of the file by its name, in any case, or its address."""
    feeds = loaded.config.newsroom().feeds
    return next(
        (feed for feed in feeds if word in (feed.url, feed.name) or feed.name.lower() == word.lower()), None
    )


def refuse_of_file(loaded: "Loaded", word: str, act: str) -> None:
    """Raise SosikError for a feed of the file: the file alone changes it. `act` says what is to be done there."""
    from bot.config import where

    feed = of_file(loaded, word)
    if feed is not None:
        raise SosikError(
            f"{feed.name} belongs to the configuration: {where(loaded.path, feed.url)}.",
            hint=f"{act} there: a running bot notices.",
        )


async def meant(tx: "Reading", word: str) -> "FeedRecord":
    """Find the feed that a word means. Raises SosikError where none is, or several are."""
    from digests.store import added

    found = await added.called(tx, word)
    if not found:
        raise SosikError(
            f"There is no feed {word!r}.", hint=f"`sosik feeds list` names them.{await _near(tx, word)}"
        )
    if len(found) > 1:
        raise SosikError(
            f"Several feeds are called {word!r}.", hint=f"Name one by its address: {_listed(found)}."
        )
    return found[0]


def _listed(found: "Sequence[FeedRecord]") -> str:
    return ", ".join(one.url for one in found)


async def _near(tx: "Reading", word: str) -> str:
    from rapidfuzz import process

    from digests.store import added

    best = process.extractOne(word, await added.names(tx), score_cutoff=60)
    return f" Did you mean {best[0]}?" if best else ""
