"""The names of the world's time zones, cities and countries in the languages the bot speaks.

They come from the locale data of Unicode (CLDR, through Babel), from the list of the tz database (tzdata) and from
`cities.toml` beside this file.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from babel import Locale
from babel.core import get_global

_UTC = re.compile(r"(?:Etc/)?(?:UTC|UCT|GMT|Zulu|Universal|Greenwich)(?:([+-]?)(\d{1,2}))?")
_CONTINENTS = ("Africa", "America", "Asia", "Atlantic", "Europe", "Indian", "Pacific")


@dataclass(frozen=True, slots=True)
class Place:
    """A place on the clock: its zone, as a chat keeps it, and its name by language ("en", "ko").

    The zone is an IANA name, `UTC`, or an offset such as `UTC+09:00`.
    """

    zone: str
    names: Mapping[str, str]

    def name(self, language: str) -> str:
        """Name the place in a language; in one we do not speak, in English."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True, slots=True)
class Atlas:
    """What is known. `names` may name one place often, and one name many places, the likelier first."""

    names: Sequence[tuple[str, Place]]
    by_zone_name: Mapping[str, tuple[Place, ...]]  # every IANA name in lower case -> one place
    abbreviations: Mapping[str, tuple[Place, ...]]
    likely: Mapping[str, tuple[Place, ...]]  # by language
    home: Mapping[str, str]  # by language: the zone of most of its readers


def nameless(zone: str) -> Place:
    """A place called as its zone is: offsets, and the few zones that no locale names."""
    name = zone.rpartition("/")[2].replace("_", " ")
    return Place(zone, {"en": name, "ko": name})


def read_atlas() -> Atlas:
    """Read all three sources."""
    table = tomllib.loads((files("bot.texts") / "cities.toml").read_text(encoding="utf-8"))
    by_zone = _zones(table)
    every = {name: by_zone.get(zone) or nameless(zone) for name, zone in _zone_names()}
    return Atlas(
        names=(*_cities(table, by_zone), *_old_names(every), *_countries(table, by_zone)),
        by_zone_name={name.casefold(): (place,) for name, place in every.items()},
        abbreviations={letters: _at(zones, by_zone) for letters, zones in table["abbreviations"].items()},
        likely={language: _at(zones, by_zone) for language, zones in table["likely"].items()},
        home=table["home"],
    )


def _at(zones: Sequence[str], by_zone: Mapping[str, Place]) -> tuple[Place, ...]:
    return tuple(by_zone[zone] for zone in zones)


def _modern(zone: str) -> str:
    """The present name of a zone: `Asia/Calcutta` has become `Asia/Kolkata`."""
    aliases: Mapping[str, str] = get_global("zone_aliases")
    return aliases.get(zone, zone)


def _zone_names() -> Iterator[tuple[str, str]]:
    """Every IANA name with the zone that we keep for it."""
    for zone in (files("tzdata") / "zones").read_text(encoding="ascii").split():
        fixed = _UTC.fullmatch(zone)
        if zone == "Factory":  # the zone of a computer that nobody has set up
            continue
        if fixed is None:
            yield zone, _modern(zone)
        elif int(fixed[2] or 0) == 0:
            yield zone, "UTC"
        else:  # the signs of these are turned round: Etc/GMT-9 is nine hours ahead (tz database, file etcetera)
            yield zone, f"UTC{'+' if fixed[1] == '-' else '-'}{int(fixed[2]):02}:00"


def _zones(table: Mapping[str, Any]) -> dict[str, Place]:
    """One place for each zone that has a city's name, under the zone's present name."""
    english, korean = Locale("en").time_zones, Locale("ko").time_zones
    places = {}
    for listed in map(str, korean):
        zone = _modern(listed)
        if "city" not in korean[listed] or zone.startswith("Etc/"):
            continue
        spelt = english[listed].get("city") if listed in english else None
        places[zone] = Place(
            zone, {"en": spelt or nameless(zone).names["en"], "ko": str(korean[listed]["city"])}
        )
    for zone, name in table["names"].items():
        places[zone] = Place(zone, dict(zip(("en", "ko"), name.split("|"), strict=True)))
    return places


def _cities(table: Mapping[str, Any], by_zone: Mapping[str, Place]) -> Iterator[tuple[str, Place]]:
    """Names of cities: those of our table, which are the better known ones, then one or two for each zone."""
    for zone, cities in table["cities"].items():
        for city in cities:
            english, korean, *others = city.split("|")
            place = by_zone[zone]
            if english != place.names["en"]:
                place = Place(zone, {"en": english, "ko": korean})
            yield from ((name, place) for name in (english, korean, *others))
    for place in by_zone.values():
        yield from ((name, place) for name in place.names.values())


def _old_names(every: Mapping[str, Place]) -> Iterator[tuple[str, Place]]:
    """What the tz database calls a zone, or called it: Calcutta, Rangoon."""
    for zone, place in every.items():
        continent, _, city = zone.partition("/")
        if continent in _CONTINENTS:
            yield city.rpartition("/")[2], place


def _countries(table: Mapping[str, Any], by_zone: Mapping[str, Place]) -> Iterator[tuple[str, Place]]:
    """Names of countries, each with the places of its zones."""
    english, korean = Locale("en").territories, Locale("ko").territories
    zones: Mapping[str, Sequence[str]] = {**get_global("territory_zones"), **table["countries"]}
    for code, held in zones.items():
        names = (english.get(code), korean.get(code), *table["country_names"].get(code, ()))
        for place in filter(None, (by_zone.get(_modern(zone)) for zone in held)):
            yield from ((name, place) for name in names if name)
