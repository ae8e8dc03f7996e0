"""What makes two chats share a digest, so that it is composed and stored once for all of them."""

import json
from collections.abc import Collection
from hashlib import blake2b

from digests.model import StoryId


def taste(
    categories: Collection[str],
    *,
    since: int | str | None,
    without: Collection[StoryId] = frozenset(),
    followed: Collection[StoryId] = frozenset(),
) -> str:
    """Give a stable key, 32 hexadecimal digits, for what decides a digest's content.

    `since` is the point from which stories are new (a filing's number; None: the first digest), `without` the
    stories the chat was told by alert, or mutes, `followed` those that it follows something of. Chats whose filters come
    to the same stories share a digest. The language is no part of it: content speaks both.
    """
    parts = [sorted(set(categories)), since, sorted(set(without)), sorted(set(followed))]
    return blake2b(json.dumps(parts).encode(), digest_size=16).hexdigest()
