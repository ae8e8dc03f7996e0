"""Under which categories an entry is filed, and on what evidence."""

from collections.abc import Collection
from dataclasses import dataclass

from digests.model import Entry, Reason
from digests.settings import FeedSettings
from digests.stories.labels import plainly


@dataclass(frozen=True, slots=True)
class Filing:
    """The categories of an entry; a reason of code `map` or `feed` for each."""

    categories: frozenset[str]
    reasons: tuple[Reason, ...]


def categorise(entry: Entry, feed: FeedSettings, known: Collection[str]) -> Filing:
    """File an entry by the publisher's own categories through the feed's map; where it is silent, by the feed.

    `known` are the slugs there are: what points elsewhere is left out. The publisher's words are compared
    without regard to case, composition (NFC or NFD), width and surrounding space.
    """
    mapped = {plainly(theirs): ours for theirs, ours in feed.category_map.items()}
    found = [(mapped[plainly(tag)], tag) for tag in entry.tags if mapped and plainly(tag) in mapped]
    by_map = tuple(Reason("map", f"{tag} → {slug}") for slug, tag in found if slug in known)
    if by_map:
        return Filing(frozenset(slug for slug, _ in found if slug in known), by_map)
    own = tuple(slug for slug in feed.categories if slug in known)
    return Filing(frozenset(own), tuple(Reason("feed", slug) for slug in own))
