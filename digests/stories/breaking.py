"""Does it ring? Marks for, vetoes against, and both are kept."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from digests.model import Decision, Entry, Reason
from digests.settings import BreakingSettings, FeedSettings
from digests.stories import labels

CLOCK_SKEW = timedelta(
    hours=1
)  # publishers' clocks run ahead by minutes; by hours it is a wrong zone or a plan


def breaking(
    entry: Entry,
    feed: FeedSettings,
    rules: BreakingSettings,
    *,
    seen_at: datetime,
    history: bool,
    now: datetime,
) -> Decision:
    """Whether an entry rings: some mark for it, and no veto. Touches nothing.

    Codes for: `feed`, `tag`, `marker`. Codes against: the kind of piece (`opinion`, `column`, … see markers),
    `history`, `stale`, `future`. Every reason is kept, also of what does not ring.
    """
    reasons = (
        *_marks(entry, feed),
        *_kinds(entry),
        *_freshness(entry, rules, seen_at=seen_at, history=history, now=now),
    )
    speaking = {reason.speaks for reason in reasons}
    return Decision(rings="for" in speaking and "against" not in speaking, reasons=reasons)


def _marks(entry: Entry, feed: FeedSettings) -> Iterator[Reason]:
    if feed.breaking:
        yield Reason("feed", feed.name)
    yield from (Reason("tag", tag) for tag in entry.tags if labels.is_breaking_tag(tag))
    yield from (Reason("marker", label.written) for label in labels.heads(entry.title) if label.breaking)


def _kinds(entry: Entry) -> Iterator[Reason]:
    for tag in entry.tags:
        kind = labels.kind_of_tag(tag)
        if kind:
            yield Reason(kind, tag, "against")
    for label in (*labels.heads(entry.title), *labels.tails(entry.title)):
        if label.kind:
            yield Reason(label.kind, label.written, "against")


def _freshness(
    entry: Entry, rules: BreakingSettings, *, seen_at: datetime, history: bool, now: datetime
) -> Iterator[Reason]:
    """An entry without a date is as fresh as the moment it was first seen."""
    if history:
        yield Reason("history", "", "against")
    at = entry.published or entry.updated or seen_at
    if now - at > rules.max_age:
        yield Reason("stale", at.isoformat(), "against")
    if at - now > CLOCK_SKEW:
        yield Reason("future", at.isoformat(), "against")
