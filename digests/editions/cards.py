"""How a story is shown: its lead version in each language, and its excerpt, cut here and nowhere else."""

from datetime import datetime

from digests.model import Card, StoryFacts, Telling, Version

EXCERPT = 160  # characters, the ellipsis included
TITLE = 90  # of a summary that stands in for a missing title


def card(facts: StoryFacts, *, breaking: bool) -> Card:
    """Make the card of a story from its tellings, at least one, in any order.

    The lead of a language is the first seen of its most complete tellings (link, title, picture, summary).
    Raises ValueError for a story that nothing tells of.
    """
    if not facts.tellings:
        raise ValueError(f"Nothing tells of story {facts.id}.")
    leads: dict[str, Version] = {}
    for telling in sorted(facts.tellings, key=_rank):
        leads.setdefault(telling.language, _version(telling))
    return Card(
        story=facts.id,
        at=facts.at,
        categories=tuple(sorted(facts.categories)),
        versions=leads,
        breaking=breaking,
        sources=len({telling.feed for telling in facts.tellings}),
    )


def excerpt(text: str, most: int = EXCERPT) -> str:
    """Cut a plain text to `most` characters at a border of words; what was cut ends in an ellipsis.

    A text without spaces in its second half is cut at the length.
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    whole = text[: most - 1] if text[most - 1] == " " else text[: most - 1].rpartition(" ")[0]
    if len(whole) < most // 2:
        whole = text[: most - 1]
    return whole.rstrip(" ,.;:·-–—…") + "…"


def _rank(telling: Telling) -> tuple[int, datetime, str, str]:
    entry = telling.entry
    shown = not telling.title_only
    have = (entry.link, entry.title, entry.image and shown, entry.summary and shown)
    return (-sum(map(bool, have)), telling.seen_at, telling.feed, entry.key)


def _version(telling: Telling) -> Version:
    entry = telling.entry
    source = telling.source or entry.source or telling.feed
    title = " ".join(entry.title.split())
    said = excerpt(entry.summary)
    if not title:
        title, said = excerpt(entry.summary, TITLE) or entry.link or source, ""
    return Version(
        language=telling.language,
        title=title,
        link=entry.link,
        source=source,
        excerpt="" if telling.title_only or _repeats(said, title) else said,
        author=entry.author,
        image="" if telling.title_only else entry.image,
    )


def _repeats(said: str, title: str) -> bool:
    """Whether an excerpt tells nothing that the title does not: many feeds give the title twice."""
    return title.casefold().startswith(said.rstrip("….").casefold())
