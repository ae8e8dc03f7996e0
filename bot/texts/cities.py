"""From what a person types to a time zone: a city, a country, an abbreviation, an IANA name or an offset."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from rapidfuzz import fuzz, process

from bot.texts.atlas import Atlas, Place, nameless, read_atlas
from bot.texts.keyboard import latin_keys
from digests.editions import timetable

LONGEST = 64  # characters; nobody lives in a longer name
CANDIDATES = 4  # that a reader is shown as buttons
LIKENESS = 72.0  # of 100: "Bostn" and 뉴옥 are above it, most words that are no place below
NEARLY = 8.0  # what is less like by more than this than the likest name was not meant

_OFFSET = re.compile(r"(UTC|GMT)? ?(?:([+-]?) ?(\d{1,2})(?::?([0-5]\d))?)?", re.ASCII | re.IGNORECASE)
_EASTMOST, _WESTMOST = timedelta(hours=14), timedelta(hours=-12)  # of the zones in use
_DASHES = str.maketrans(dict.fromkeys("\N{MINUS SIGN}\N{EN DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}", "-"))
_TRAILING = re.compile(
    r"(?: ?(?:standard |daylight )?time| ?표준시| ?시간| ?시각|특별시|광역시|시)$", re.IGNORECASE
)


class UnknownZoneError(ValueError):
    """No time zone has this name."""


def zone_of(name: str) -> tzinfo:
    """Give the zone of a name as places carry it: an IANA name, `UTC`, or an offset such as `UTC+09:00`.

    Raises `UnknownZoneError` for any other.
    """
    try:
        return timetable.zone_of(name)
    except ValueError as error:
        raise UnknownZoneError(f"{name!r} is no time zone.") from error


@dataclass(frozen=True, slots=True)
class Found:
    """What a text may mean: no place, one, or at most four of which the reader has to choose.

    `sure`: it is the name of the one place, not merely like it.
    """

    places: tuple[Place, ...] = ()
    sure: bool = False


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """All places, by everything they are called. Built once, by `load`; asking it changes nothing."""

    atlas: Atlas
    by_name: Mapping[str, tuple[Place, ...]]  # by folded name, the likelier first
    by_keys: Mapping[str, str]  # a Korean name typed on Latin keys -> the folded name
    by_spelling: Mapping[str, str]  # a folded name taken apart into letters and jamo -> the folded name

    @classmethod
    def load(cls) -> "Gazetteer":
        """Read the names of the world; takes some thirty milliseconds."""
        atlas = read_atlas()
        by_name: dict[str, tuple[Place, ...]] = {}
        for name, place in atlas.names:
            key = fold(name)
            known = by_name.get(key, ())
            if place.zone not in {each.zone for each in known}:
                by_name[key] = (*known, place)
        names = tuple(
            by_name
        )  # abbreviations are not among them: nobody misspells KST, and much looks like it
        for letters, places in atlas.abbreviations.items():
            by_name[fold(letters)] = places
        return cls(
            atlas=atlas,
            by_name=by_name,
            by_keys={fold(latin_keys(name)): name for name in names if not name.isascii()},
            by_spelling={_apart(name): name for name in names},
        )

    def find(self, text: str) -> Found:
        """Find the places that a text may mean, the likeliest first.

        Case, accents, spaces and punctuation do not matter. Offsets are written `UTC+9`, `GMT-03:30` or `+9`; 서울 typed
        on Latin keys is understood, misspelt names and beginnings of names are guessed at.
        """
        if len(text) > 2 * LONGEST:
            return Found()
        tidy = " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).split())
        if not tidy or len(tidy) > LONGEST:
            return Found()
        offset = _OFFSET.fullmatch(tidy)
        if offset:
            return _fixed(offset)
        for wording in _wordings(tidy):
            found = self._exact(fold(wording)) or self.atlas.by_zone_name.get(wording.casefold())
            if found:
                return Found(found[:CANDIDATES], sure=len(found) == 1)
        return Found(self._alike(fold(_shortened(tidy))))

    def likely(self, language: str, now: datetime) -> tuple[Place, ...]:
        """About eight places where readers of a language live: the most likely first if one is, then west to east."""
        spoken = language if language in self.atlas.likely else "en"
        home = self.atlas.home.get(spoken)
        return tuple(
            sorted(self.atlas.likely[spoken], key=lambda place: (place.zone != home, _away(place, now)))
        )

    def place(self, zone: str) -> Place:
        """The place that names a zone which a chat keeps. Raises `UnknownZoneError` if it is none."""
        zone_of(zone)
        known = self.atlas.by_zone_name.get(zone.casefold())
        return known[0] if known else nameless(zone)

    def _exact(self, key: str) -> tuple[Place, ...]:
        return self.by_name.get(key) or self.by_name.get(self.by_keys.get(key, ""), ())

    def _alike(self, key: str) -> tuple[Place, ...]:
        """Places whose name begins with the key, else those whose name is spelt nearly so; one for each zone."""
        if len(key) < 2:
            return ()
        names = [name for name in self.by_spelling.values() if name.startswith(key)]
        if not names:
            near = process.extract(
                _apart(key),
                self.by_spelling.keys(),
                scorer=fuzz.ratio,
                score_cutoff=LIKENESS,
                limit=2 * CANDIDATES,
            )
            names = [self.by_spelling[each] for each, score, _ in near if score >= near[0][1] - NEARLY]
        found: dict[str, Place] = {}
        for name in names:
            for place in self.by_name[name]:
                found.setdefault(place.zone, place)
        return tuple(found.values())[:CANDIDATES]


def fold(text: str) -> str:
    """A name as it is compared: lower case, no accents, letters and digits only. `São Paulo` is `saopaulo`."""
    apart = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(each for each in apart if not unicodedata.combining(each))
    return "".join(each for each in unicodedata.normalize("NFC", bare) if each.isalnum())


def _apart(key: str) -> str:
    """A folded name with its Hangul syllables taken apart, so that one wrong vowel is a small difference."""
    return unicodedata.normalize("NFD", key)


def _wordings(tidy: str) -> Iterator[str]:
    """The text as typed, then without what people add: `Seoul time`, `London, UK`, 부산시."""
    yield tidy
    yield _TRAILING.sub("", tidy)
    yield _shortened(tidy)


def _shortened(tidy: str) -> str:
    return _TRAILING.sub("", tidy.split(",", maxsplit=1)[0].strip()) or tidy


def _fixed(found: re.Match[str]) -> Found:
    prefix, sign, hours, minutes = found.groups()
    if hours is None:
        return Found((nameless("UTC"),), sure=True) if prefix else Found()
    if not prefix and not sign:  # a bare number is no place
        return Found()
    away = _offset(sign, hours, minutes or "0")
    if away is None:
        return Found()
    whole = abs(away) // timedelta(minutes=1)
    turned = "-" if away < timedelta(0) else "+"
    return Found((nameless(f"UTC{turned}{whole // 60:02}:{whole % 60:02}" if away else "UTC"),), sure=True)


def _offset(sign: str, hours: str, minutes: str) -> timedelta | None:
    away = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    return away if _WESTMOST <= away <= _EASTMOST else None


def _away(place: Place, now: datetime) -> timedelta:
    return now.astimezone(zone_of(place.zone)).utcoffset() or timedelta(0)
