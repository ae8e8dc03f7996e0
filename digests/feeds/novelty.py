"""Which entries of a document are new, though their keys say so of more. Pure.

Seen is a set of keys. A key that is not in it is news, with three exceptions: a publisher re-issued what it had
listed before; something old came back into the window; or an upgrade of ours makes keys in another way.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from digests.feeds.identity import KEY_VERSION, link_key, title_key
from digests.model import Keyed, Seen, Stored

if TYPE_CHECKING:
    from digests.feeds.document import Parsed

Known = TypeVar("Known")

LEAST = 1  # entries of a feed that are read whatever their age, so that it has something to show
_LEAST = 3  # entries: fewer are no re-issue of a feed
_TEXT = 40  # characters of a summary that are nobody else's


TELL_AGAIN = timedelta(days=30)  # of a publisher that re-issues its entries again and again


@dataclass(frozen=True, slots=True)
class News:
    """What a document's unseen keys stand for, each entry once, in the document's order."""

    new: tuple[Keyed, ...] = ()  # news
    past: tuple[Keyed, ...] = ()  # never shown, and of before: they ring nobody
    back: tuple[Keyed, ...] = ()  # without a date, and in a place where only old ones stand: shown to nobody
    noted: tuple[Keyed, ...] = ()  # of long before the feed was known: shown to nobody, and not read in full
    again: tuple[tuple[Stored, Keyed], ...] = ()  # known under another key
    reissued: bool = False  # the publisher listed the feed anew, which its operator should know


def sift(
    listed: Sequence[str],
    unseen: Sequence[Keyed],
    seen: Mapping[str, Seen],
    stored: Sequence[Stored],
    *,
    took_over: datetime | None = None,
) -> News:
    """Say what the unseen entries of a document are.

    `listed` are the document's keys in its order, `unseen` its entries whose keys are not in `seen`, `stored` what the
    feed had before that looks like those. `took_over` is set when keys are made in another way than at the last
    success, which was then: all that looks alike is the same, and the rest is news only if it was published since.
    """
    unseen = _once(unseen)
    if not unseen:
        return News()
    alike = _lookalikes(unseen, stored)
    anew = len(alike) >= _LEAST and 2 * len(alike) >= len(unseen) + len(seen)
    found = _recognised(unseen, stored)
    if anew or took_over:
        found = alike | {key: one for key, one in found.items() if one not in alike.values()}
    left = [one for one in unseen if one.entry.key not in found]
    again = tuple((found[one.entry.key], one) for one in unseen if one.entry.key in found)
    if took_over:
        new = [one for one in left if one.entry.published and one.entry.published > took_over]
        return News(tuple(new), past=tuple(one for one in left if one not in new), again=again)
    back = set() if again else _returned(listed, left, seen)
    past = set() if again else _before(listed, left, seen)
    return News(
        new=tuple(one for one in left if one.entry.key not in back | past),
        past=tuple(one for one in left if one.entry.key in past),
        back=tuple(one for one in left if one.entry.key in back),
        again=again,
        reissued=anew,
    )


def is_to_tell(news: News, told_at: datetime | None, now: datetime) -> bool:
    """Whether the operator should hear of a re-issue, who last did at `told_at`."""
    return news.reissued and (told_at is None or now - told_at >= TELL_AGAIN)


def first_of(parsed: "Parsed", long_ago: datetime, *, least: int = LEAST) -> News:
    """Say what a feed holds that was never read before: its history.

    What was last told of before `long_ago` would be forgotten as soon as it is stored, and a digest of its time went
    out long since: it is noted, so that it is known when it is listed again, under whatever key. Of a feed that has
    fewer younger ones, the newest `least` are read all the same: there is something of each feed to look at.
    """
    noted: dict[str, Keyed] = {}
    told: dict[int, datetime] = {}
    places: dict[str, int] = {}
    for place, key in enumerate(parsed.keys):
        if key in places:
            continue
        places[key] = place
        known = parsed.noted(place)
        at = max(filter(None, (known.published, known.updated)), default=None)
        if at and at < long_ago and known.title:
            noted[key] = Keyed(known, KEY_VERSION, link_key(known.link), "")
            told[place] = at
    lacking = max(0, least - (len(places) - len(told)))
    newest = sorted(told, key=lambda place: (told[place], -place), reverse=True)[:lacking]
    new = _read(parsed, (place for place in places.values() if place not in told or place in newest))
    for one in new:
        noted.pop(one.entry.key, None)
    return News(new=tuple(new), noted=tuple(noted.values()))


def unseen_of(parsed: "Parsed", seen: Collection[str]) -> list[Keyed]:
    """Clean the entries of a document whose keys are not known: what takes time is done for no other."""
    return _read(parsed, (place for place, key in enumerate(parsed.keys) if key not in seen))


def _read(parsed: "Parsed", places: Iterable[int]) -> list[Keyed]:
    from digests.feeds.parse import titled  # noqa: PLC0415 - whoever has a document has imported it

    entries = [titled(parsed.entry(place)) for place in places]
    # Without a title, a text or a link that makes one there is nothing to show.
    return [
        Keyed(entry, KEY_VERSION, link_key(entry.link), title_key(entry.title, entry.source))
        for entry in entries
        if entry.title
    ]


def _once(entries: Sequence[Keyed]) -> list[Keyed]:
    first: dict[str, Keyed] = {}
    for one in entries:
        first.setdefault(one.entry.key, one)
    return list(first.values())


def _recognised(unseen: Sequence[Keyed], stored: Sequence[Stored]) -> dict[str, Stored]:
    """Find entries that are each for itself the same as a stored one: by link and title, or by title and time or text
    where one of them has no link.
    """  # noqa: D205 - one thought
    by_title: defaultdict[str, list[Stored]] = defaultdict(list)
    for one in stored:
        by_title[_letters(one.title)].append(one)
    found: dict[str, Stored] = {}
    for keyed in unseen:
        taken = {one.id for one in found.values()}
        for one in by_title.get(_letters(keyed.entry.title), ()):
            if one.id not in taken and _is_same(keyed, one):
                found[keyed.entry.key] = one
                break
    return found


def _is_same(keyed: Keyed, stored: Stored) -> bool:
    entry = keyed.entry
    if not _letters(entry.title):
        return False
    if keyed.link_key and stored.link_key:
        return keyed.link_key == stored.link_key
    at_once = entry.published is not None and entry.published == stored.published
    return at_once or (bool(entry.summary) and entry.summary == stored.summary)


def _lookalikes(unseen: Sequence[Keyed], stored: Sequence[Stored]) -> dict[str, Stored]:
    """Find the stored entry that each unseen one shares its link, its title or its text with.

    What several entries of either side share (one link for all, a standing heading) identifies none of them.
    """
    found: dict[str, Stored] = {}
    taken: set[int] = set()
    ways: tuple[tuple[Callable[[Keyed], Hashable], Callable[[Stored], Hashable]], ...] = (
        (lambda one: one.link_key, lambda one: one.link_key),
        (lambda one: _letters(one.entry.title), lambda one: _letters(one.title)),
        (lambda one: _text(one.entry.summary), lambda one: _text(one.summary)),
    )
    for of_unseen, of_stored in ways:
        theirs, ours = _by(stored, of_stored), _by(unseen, of_unseen)
        for mark, entries in ours.items():
            known = theirs.get(mark, [])
            if (
                len(entries) == len(known) == 1
                and entries[0].entry.key not in found
                and known[0].id not in taken
            ):
                found[entries[0].entry.key] = known[0]
                taken.add(known[0].id)
    return found


def _by(entries: Sequence[Known], mark: Callable[[Known], Hashable]) -> dict[Hashable, list[Known]]:
    under: defaultdict[Hashable, list[Known]] = defaultdict(list)
    for one in entries:
        if said := mark(one):
            under[said].append(one)
    return under


def _before(listed: Sequence[str], unseen: Sequence[Keyed], seen: Mapping[str, Seen]) -> set[str]:
    """Find the unseen entries that were published before everything that the document lists and we know.

    Something was deleted, and the window reaches further back than it did. It takes a document most of which is known.
    """
    dates = [one.published for one in seen.values() if one.published]
    if not dates or 2 * len(dates) < len(set(listed)):
        return set()
    first = min(dates)
    return {one.entry.key for one in unseen if one.entry.published and one.entry.published < first}


def _returned(listed: Sequence[str], unseen: Sequence[Keyed], seen: Mapping[str, Seen]) -> set[str]:
    """Find unseen entries without a date at the old end of a document that is known to list the newest first."""
    known = [seen[key].at for key in listed if key in seen]
    if len(set(known)) < 2 or known != sorted(known, reverse=True):
        return set()
    last = max(place for place, key in enumerate(listed) if key in seen)
    end = set(listed[last + 1 :]) - set(listed[:last])
    return {one.entry.key for one in unseen if one.entry.published is None and one.entry.key in end}


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _text(summary: str) -> str:
    return summary if len(summary) >= _TEXT else ""
