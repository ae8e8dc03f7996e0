"""What a digest says: each story in one place, each category its share, never over the length."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from digests.editions.order import by_importance
from digests.model import Card, DigestContent, Section, StoryId


def compose(
    cards: Iterable[Card],
    *,
    categories: Sequence[str],
    wanted: Collection[str],
    since: datetime,
    upto: datetime,
    max_stories: int,
    without: Collection[StoryId] = frozenset(),
) -> DigestContent | None:
    """Compose what all chats of one taste are told; None when there is nothing to tell.

    `categories` are all slugs in the order of the settings, `wanted` those of the taste, `without` the
    stories that these chats were told already (their alerts). A story stands under the first wanted category
    that it has. Each category with stories gets its best one before any gets a second.
    """
    order = [slug for slug in categories if slug in wanted]
    told = {card.story: card for card in cards if card.story not in without}
    filed = _filed(by_importance(told.values(), upto), order)
    chosen = _chosen(filed, max_stories)
    if not chosen:
        return None
    return DigestContent(
        since=since,
        upto=upto,
        sections=tuple(
            Section(slug, here)
            for slug in order
            if (here := tuple(card for card, under in filed if under == slug and card.story in chosen))
        ),
        more=len(filed) - len(chosen),
    )


def _filed(ordered: Sequence[Card], order: Sequence[str]) -> list[tuple[Card, str]]:
    """Give each card its one category; a card with none of them falls out."""
    under = ((card, next((slug for slug in order if slug in card.categories), "")) for card in ordered)
    return [(card, slug) for card, slug in under if slug]


def _chosen(filed: Sequence[tuple[Card, str]], most: int) -> frozenset[StoryId]:
    """Choose the best of each category first, then the best of the rest; `filed` is in order of importance."""
    best: dict[str, StoryId] = {}
    for card, slug in filed:
        best.setdefault(slug, card.story)
    firsts = set(best.values())
    rest = [card.story for card, _ in filed if card.story not in firsts]
    return frozenset([*best.values(), *rest][: max(most, 0)])
