"""What a digest says: the lead, each category its share, what was missed; each story in one place, never over the length.

A taste's stories are ranked once, deeper than any digest is long (`rank`). Each chat is told the first of them that it
has not had (`pick`), so that what a chat was told already makes no edition of its own.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime

from digests.editions.likeness import Likeness, Traits
from digests.editions.order import Choice, apart, by_importance
from digests.model import (
    FOLLOWED,
    Card,
    DigestContent,
    Ranked,
    Ranking,
    Section,
    StoryId,
)

LED = 3  # stories from which on one of them leads
MISSED = 2  # lines of "Don't miss"
DEEP = 3  # a ranking is so many times as long as a digest


def rank(
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
    known: dict[StoryId, Traits] | None = None,
) -> Ranking:
    """Rank what all chats of one taste may be told; nothing is ranked where there is nothing to tell.

    `categories` are all slugs in the order of the settings, `wanted` those of the taste, `without` the
    stories that all these chats were told already (their alerts, earlier digests), `others` what rang for chats of other
    categories, `followed` what these chats follow something of: it stands under FOLLOWED, first and whatever its
    category. Any other story stands under the first wanted category that it has. Each category with stories
    gets its best one before any gets a second, then comes what is followed. `known` keeps what stories are compared by
    for the next taste.
    """
    order = (FOLLOWED, *(slug for slug in categories if slug in wanted))
    told = {card.story: card for card in cards if card.story not in without}
    under = filed(by_importance(told.values(), upto), order, followed)
    ranked = [told[story] for story in under]
    choice = Choice.by_worth(ranked, Likeness.of(ranked, known), upto)
    _choose(choice, under, max_stories * DEEP)
    return Ranking(
        since=since,
        upto=upto,
        categories=order,
        ranked=tuple(Ranked(card, under[card.story]) for card in choice.chosen),
        most=max_stories,
        stories=len(under),
        missed=_missed(
            others, {*told, *without}, [slug for slug in categories if slug not in wanted], order, upto
        ),
    )


def pick(ranking: Ranking, without: Collection[StoryId] = frozenset()) -> DigestContent:
    """Pick what a chat is told that has had, or mutes, some of it; the content has no section when nothing is left.

    `without` are stories of those that there were to rank, whether they are ranked or not, and of those missed. The
    rules are those of `rank`: what stands for a story that is left out is the next of the ranking, but each category keeps
    its place, and of one source no more come than there must.
    """
    left = [one for one in ranking.ranked if one.card.story not in without]
    under = {one.card.story: one.category for one in left}
    chosen = by_importance(_chosen(left, under, ranking.most), ranking.upto)
    rung = {card.story for card in ranking.missed}
    lead = chosen[0] if len(chosen) >= LED else None
    return DigestContent(
        since=ranking.since,
        upto=ranking.upto,
        sections=_sections(chosen, under, ranking.categories, lead),
        more=max(ranking.stories - len(set(without) - rung) - len(chosen), 0),
        lead=lead,
        missed=_told_of(ranking.missed, without) if chosen else (),
    )


def told(ranking: Ranking, without: Collection[StoryId] = frozenset()) -> frozenset[StoryId]:
    """Tell which stories `pick` gives, without arranging them: none where no digest is owed."""
    left = [one for one in ranking.ranked if one.card.story not in without]
    under = {one.card.story: one.category for one in left}
    chosen = [card.story for card in _chosen(left, under, ranking.most)]
    return frozenset(chosen).union(
        (card.story for card in _told_of(ranking.missed, without)) if chosen else ()
    )


def suffices(ranking: Ranking, beyond: Mapping[StoryId, str], without: Collection[StoryId]) -> bool:
    """Whether a ranking is deep enough for a chat: ranking all anew could not give it more, nor another category.

    `beyond` are the stories that the ranking has no room for, with their categories.
    """
    wanting = {slug for story, slug in beyond.items() if story not in without}
    left = [one.category for one in ranking.ranked if one.card.story not in without]
    return not wanting or (len(left) >= ranking.most and wanting <= set(left))


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
    """Compose what one chat is told; None when there is nothing to tell. The arguments are those of `rank`."""
    content = pick(
        rank(
            cards,
            categories=categories,
            wanted=wanted,
            since=since,
            upto=upto,
            max_stories=max_stories,
            without=without,
            others=others,
            followed=followed,
        )
    )
    return content if content.sections else None


def filed(ordered: Iterable[Card], order: Sequence[str], followed: Collection[StoryId]) -> dict[StoryId, str]:
    """Give each story its one category, in the order of the stories; one with none of them falls out."""

    def category(card: Card) -> str:
        if card.story in followed:
            return FOLLOWED
        return next((slug for slug in order if slug in card.categories), "")

    return {card.story: slug for card in ordered if (slug := category(card))}


def _chosen(left: Sequence[Ranked], under: Mapping[StoryId, str], most: int) -> list[Card]:
    choice = Choice.in_order([one.card for one in left])
    _choose(choice, under, most)
    return choice.chosen


def _choose(choice: Choice, under: Mapping[StoryId, str], most: int) -> None:
    """Choose the best of each category first, then what is followed, then the best of the rest."""
    for slug in dict.fromkeys(under.values()):  # that with the most important story first
        if len(choice.chosen) < most:
            choice.take(lambda card, slug=slug: under[card.story] == slug)  # type: ignore[misc]
    while len(choice.chosen) < most and choice.take(lambda card: under[card.story] == FOLLOWED):
        pass
    while len(choice.chosen) < most and choice.take():
        pass


def _sections(
    chosen: Sequence[Card], under: Mapping[StoryId, str], order: Sequence[str], lead: Card | None
) -> tuple[Section, ...]:
    row = [lead] if lead else []
    sections = []
    for slug in order:
        here = [card for card in chosen if under[card.story] == slug and card is not lead]
        if here:
            here = apart(here, row)
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
    """Choose what these chats have not seen: of categories that they do not follow, the most important first."""
    unseen = {
        card.story: card
        for card in others
        if card.story not in told
        and not set(card.categories).isdisjoint(unfollowed)
        and set(card.categories).isdisjoint(followed)
    }
    choice = Choice.by_worth(by_importance(unseen.values(), now), Likeness.of(unseen.values()), now)
    while len(choice.chosen) < MISSED * DEEP and choice.take():
        pass
    return tuple(choice.chosen)


def _told_of(missed: Sequence[Card], without: Collection[StoryId]) -> tuple[Card, ...]:
    return tuple(card for card in missed if card.story not in without)[:MISSED]
