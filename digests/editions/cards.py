"""How a story is shown: its lead version in each language, and what its place in a digest rests on."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from digests.editions.sources import sources
from digests.editions.summary import excerpt, summary
from digests.model import Card, StoryFacts, Telling, Version

TITLE = 90  # of a description that stands in for a missing title


def card(facts: StoryFacts, *, breaking: bool, weights: Mapping[str, float] | None = None) -> Card:
    """Make the card of a story from its tellings, at least one, in any order.

    The lead of a language is the first seen of its most complete tellings (link, title, picture, summary). `weights` are
    those of feeds, by name, where they are not 1. Raises ValueError for a story that nothing tells of.
    """
    if not facts.tellings:
        raise ValueError(f"Nothing tells of story {facts.id}.")
    spoken: dict[str, list[Telling]] = {}
    for telling in sorted(facts.tellings, key=_rank):
        spoken.setdefault(telling.language, []).append(telling)
    told = sources(facts.tellings)
    return Card(
        story=facts.id,
        at=facts.at,
        categories=tuple(sorted(facts.categories)),
        versions={language: _version(tellings) for language, tellings in spoken.items()},
        breaking=breaking,
        sources=told.publishers,
        copies=told.copies,
        burst=told.burst,
        weight=max((weights or {}).get(telling.feed, 1.0) for telling in facts.tellings),
        names=tuple(sorted(facts.names)),
        sensitive=facts.sensitive,
        rumour=facts.rumour,
    )


def _rank(telling: Telling) -> tuple[int, datetime, str, str]:
    entry = telling.entry
    shown = not telling.title_only
    have = (entry.link, entry.title, entry.image and shown, entry.summary and shown)
    return (-sum(map(bool, have)), telling.seen_at, telling.feed, entry.key)


def _version(tellings: Sequence[Telling]) -> Version:
    """Give the first of the tellings, all in one language, with the best that any of them says."""
    lead = tellings[0]
    entry = lead.entry
    source = lead.source or entry.source or lead.feed
    title = " ".join(entry.title.split())
    said = "" if lead.title_only else summary(title, _descriptions(tellings))
    if not title:
        title, said = excerpt(entry.summary, TITLE) or entry.link or source, ""
    return Version(
        language=lead.language,
        title=title,
        link=entry.link,
        source=source,
        excerpt=said,
        author=entry.author,
        image="" if lead.title_only else entry.image,
        minutes=entry.minutes,
        comments=entry.comments,
    )


def _descriptions(tellings: Sequence[Telling]) -> list[str]:
    """Give what may be shown of each publisher's description, that of the lead first."""
    first = {one.feed: one.entry.summary for one in reversed(tellings) if not one.title_only}
    ordered = dict.fromkeys(one.feed for one in tellings if one.feed in first)
    return [first[feed] for feed in ordered]
