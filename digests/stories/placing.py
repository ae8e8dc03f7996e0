"""From entry to story: the same link, or the same title within a window."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from digests.model import Begins, Joins, Known, Unjudged

TITLE_WINDOW = timedelta(hours=48)  # past it a title comes back for another event: daily columns, weather


def place(unjudged: Unjudged, known: Sequence[Known]) -> Joins | Begins:
    """Tell whether the entry joins one of the known stories or begins one.

    The same link joins whatever the age; the same title only when both were seen within TITLE_WINDOW. A link
    speaks louder than a title; of several stories the earliest wins, so that the answer does not depend on
    the order of `known`. An empty key matches nothing.
    """
    by_link = _earliest(one for one in known if unjudged.link_key and one.link_key == unjudged.link_key)
    if by_link:
        return Joins(by_link.story, "link")
    by_title = _earliest(
        one
        for one in known
        if unjudged.title_key
        and one.title_key == unjudged.title_key
        and abs(unjudged.seen_at - one.seen_at) <= TITLE_WINDOW
    )
    return Joins(by_title.story, "title") if by_title else Begins()


def _earliest(found: Iterable[Known]) -> Known | None:
    return min(found, key=lambda one: (one.seen_at, one.story), default=None)
