"""What a digest says: the lead, each category its share, what was missed; each story in one place, never over the length."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from digests.editions.likeness import Likeness
from digests.editions.order import Choice, apart, by_importance
from digests.model import FOLLOWED, Card, DigestContent, Section, StoryId

LED = 3  # stories from which on one of them leads
MISSED = 2  # lines of "Don't miss"


def compose(
    cards: Iterable[Card],
    *,
    categories: Sequence[str],
    wanted: Collection[str],
    since: datetime,
    upto: datetime,
    max_stories: int,
    without: Collection[StoryId] = frozenset(),
    others: Iterable[Card] = (),
    followed: Collection[StoryId] = frozenset(),
) -> DigestContent | None:
    """Compose what all chats of one taste are told; None when there is nothing to tell.

    `categories` are all slugs in the order of the settings, `wanted` those of the taste, `without` the
    stories that these chats were told already (their alerts, earlier digests), `others` what rang for chats of other
    categories, `followed` what these chats follow something of: it stands under FOLLOWED, first and whatever its
    category. Any other story stands under the first wanted category that it has, or leads. Each category with stories
    gets its best one before any gets a second, then comes what is followed.
    """
    order = [FOLLOWED, *(slug for slug in categories if slug in wanted)]
    told = {card.story: card for card in cards if card.story not in without}
    filed = _filed(by_importance(told.values(), upto), order, followed)
    likeness = Likeness.of(card for card, _ in filed)
    chosen = _chosen(filed, likeness, upto, max_stories)
    if not chosen:
        return None
    lead = chosen[0] if len(chosen) >= LED else None
    return DigestContent(
        since=since,
        upto=upto,
        sections=_sections(chosen, dict(filed_as(filed)), order, likeness, lead),
        more=len(filed) - len(chosen),
        lead=lead,
        missed=_missed(
            others, {*told, *without}, [slug for slug in categories if slug not in wanted], order, upto
        ),
    )


def filed_as(filed: Sequence[tuple[Card, str]]) -> Iterable[tuple[StoryId, str]]:
    """Give the category of each story."""
    return ((card.story, slug) for card, slug in filed)


def _filed(
    ordered: Sequence[Card], order: Sequence[str], followed: Collection[StoryId]
) -> list[tuple[Card, str]]:
    """Give each card its one category; a card with none of them falls out."""

    def category(card: Card) -> str:
        if card.story in followed:
            return FOLLOWED
        return next((slug for slug in order if slug in card.categories), "")

    return [(card, slug) for card in ordered if (slug := category(card))]


def _chosen(filed: Sequence[tuple[Card, str]], likeness: Likeness, now: datetime, most: int) -> list[Card]:
    """Choose the best of each category first, then what is followed, then the best of the rest.

    Gives the most important first.
    """
    choice = Choice([card for card, _ in filed], likeness, now)
    under = dict(filed_as(filed))
    for slug in dict.fromkeys(under.values()):  # that with the most important story first
        if len(choice.chosen) < most:
            choice.take(lambda card, slug=slug: under[card.story] == slug)  # type: ignore[misc]
    while len(choice.chosen) < most and choice.take(lambda card: under[card.story] == FOLLOWED):
        pass
    while len(choice.chosen) < most and choice.take():
        pass
    return by_importance(choice.chosen, now)


def _sections(
    chosen: Sequence[Card],
    under: dict[StoryId, str],
    order: Sequence[str],
    likeness: Likeness,
    lead: Card | None,
) -> tuple[Section, ...]:
    row = [lead] if lead else []
    sections = []
    for slug in order:
        here = [card for card in chosen if under[card.story] == slug and card is not lead]
        if here:
            here = apart(here, likeness, row)
            sections.append(Section(slug, tuple(here)))
            row += here
    return tuple(sections)


def _missed(
    others: Iterable[Card],
    told: Collection[StoryId],
    unfollowed: Sequence[str],
    followed: Sequence[str],
    now: datetime,
) -> tuple[Card, ...]:
    """Choose what these chats have not seen: of categories that they do not follow, the most important."""
    unseen = {
        card.story: card
        for card in others
        if card.story not in told
        and not set(card.categories).isdisjoint(unfollowed)
        and set(card.categories).isdisjoint(followed)
    }
    choice = Choice(by_importance(unseen.values(), now), Likeness.of(unseen.values()), now)
    while len(choice.chosen) < MISSED and choice.take():
        pass
    return tuple(choice.chosen)
