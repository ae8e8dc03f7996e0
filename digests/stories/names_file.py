"""Reads lists of names: the project's own, and over it an operator's. `data/names.toml` says what a list holds."""

import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from pathlib import Path
from typing import Any

from digests.errors import SosikError

KINDS = frozenset(
    {
        *("group", "soloist", "actor", "entertainer", "person", "agency", "show", "award", "chart"),
        *("drama", "film", "institution", "brand", "dish", "member"),
    }
)
LONGEST_ID = 48  # characters, so that a button can carry it
_ID = re.compile(r"[a-z0-9]+(?:[-.][a-z0-9]+)*")
_TEXTS = ("kind", "en", "ko", "agency", "group")
_LISTS = ("other", "unsure", "everyday", "context")


@dataclass(frozen=True, slots=True)
class Listed:
    """One name as it is written."""

    id: str
    kind: str
    en: str
    ko: str
    other: tuple[str, ...] = ()
    unsure: frozenset[str] = frozenset()
    everyday: frozenset[str] = frozenset()
    context: tuple[str, ...] = ()
    agency: str = ""
    group: str = ""
    members: tuple[str, ...] = ()  # ids

    @property
    def spellings(self) -> tuple[str, ...]:
        """Every spelling once."""
        return tuple(dict.fromkeys((self.en, self.ko, *self.other)))


@dataclass(frozen=True, slots=True)
class Written:
    """All names, those of members among them, and the sets that contexts name."""

    entries: tuple[Listed, ...]
    sets: Mapping[str, tuple[str, ...]]


def read_names(extra: Path | None = None) -> Written:
    """Read the project's list and an operator's; where both have an id, the operator's counts.

    Raises SosikError for a file of the operator's that cannot be read, or holds what is no name.
    """
    ours = tomllib.loads((files("digests.stories") / "data" / "names.toml").read_text("utf-8"))
    names: dict[str, Mapping[str, Any]] = dict(ours["name"])
    sets = {key: tuple(words) for key, words in ours["context"].items()}
    if extra is not None:
        theirs = _read(extra)
        names |= theirs.get("name", {})
        sets |= {key: tuple(words) for key, words in theirs.get("context", {}).items()}
    return Written(tuple(_with_members(names)), sets)


def _with_members(names: Mapping[str, Mapping[str, Any]]) -> Iterator[Listed]:
    """Give every name, and each member that has no entry of its own as one that its group speaks for."""
    known: dict[tuple[str, str], str] = {}
    for id_, name in names.items():
        for group in filter(None, (name.get("group"),)):
            for spelling in (name["en"], name["ko"], *name.get("other", ())):
                known[group, _plain(spelling)] = id_
    for id_, name in names.items():
        entry = _listed(id_, name)
        members: list[Listed] = []
        ids: list[str] = []
        for en, ko in name.get("members", ()):
            own = known.get((id_, _plain(ko))) or known.get((id_, _plain(en)))
            if own is None:
                members.append(_member(entry, en, ko))
                own = members[-1].id
            ids.append(own)
        entry = replace(entry, members=tuple(dict.fromkeys(ids)))
        yield entry
        others = [spelling for one in members for spelling in (one.en, one.ko) if len(spelling) > 1]
        for one in members:
            beside = [spelling for spelling in others if spelling not in {one.en, one.ko}]
            yield replace(one, context=(*entry.spellings, *beside))


def _member(group: Listed, en: str, ko: str) -> Listed:
    part = re.sub(
        r"[^a-z0-9]+", "-", unicodedata.normalize("NFKD", en).encode("ascii", "ignore").decode().lower()
    )
    both = frozenset({en, ko})
    return Listed(
        id=f"{group.id}.{part.strip('-') or 'member'}",
        kind="member",
        en=en,
        ko=ko,
        unsure=both,
        everyday=both,
        agency=group.agency,
        group=group.id,
    )


def _listed(id_: str, name: Mapping[str, Any]) -> Listed:
    return Listed(
        id=id_,
        kind=name["kind"],
        en=name["en"],
        ko=name["ko"],
        other=tuple(name.get("other", ())),
        unsure=frozenset(name.get("unsure", ())),
        everyday=frozenset(name.get("everyday", ())),
        context=tuple(name.get("context", ())),
        agency=name.get("agency", ""),
        group=name.get("group", ""),
    )


def _plain(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFKC", text).casefold() if each.isalnum())


def _read(path: Path) -> Mapping[str, Any]:
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SosikError(
            f"{path} cannot be read: {error.strerror}.", hint="It is what names.file says."
        ) from None
    except UnicodeDecodeError:
        raise SosikError(f"{path} cannot be read: it is not UTF-8.") from None
    except (ValueError, RecursionError) as error:
        raise SosikError(f"{path} is not valid TOML: {error}.") from None
    wrong = [*_wrong_sets(written), *_wrong_names(written)]
    if wrong:
        raise SosikError(f"{path} cannot be used:\n" + "\n".join(f"  {line}" for line in wrong))
    return written


def _wrong_sets(written: Mapping[str, Any]) -> Iterator[str]:
    yield from (
        f"{key}: there is no such section; names stand under [name.<id>]"
        for key in written
        if key not in {"name", "context"}
    )
    sets = written.get("context", {})
    if not isinstance(sets, dict):
        yield "context: is a section of lists of words"
        return
    yield from (f"context.{key}: is a list of words" for key, words in sets.items() if not _are_words(words))


def _wrong_names(written: Mapping[str, Any]) -> Iterator[str]:
    names = written.get("name", {})
    if not isinstance(names, dict):
        yield "name: is a section of names, [name.<id>]"
        return
    for id_, name in names.items():
        where = f"name.{id_}"
        if not _ID.fullmatch(id_) or len(id_) > LONGEST_ID:
            yield f"{where}: an id has small Latin letters, digits and hyphens, {LONGEST_ID} at most"
        if not isinstance(name, dict):
            yield f"{where}: is a section"
            continue
        yield from (f"{where}.{line}" for line in _wrong_name(name))


def _wrong_name(name: Mapping[str, Any]) -> Iterator[str]:
    for key in ("kind", "en", "ko"):
        if not name.get(key):
            yield f"{key}: is missing"
    for key, value in name.items():
        if key in _TEXTS:
            if not isinstance(value, str) or (key == "kind" and value not in KINDS):
                yield f"{key}: {value!r} is not allowed" + (
                    f"; kinds are {', '.join(sorted(KINDS))}" if key == "kind" else ""
                )
        elif key in _LISTS:
            if not _are_words(value):
                yield f"{key}: is a list of words"
        elif key == "members":
            if not isinstance(value, list) or not all(_are_words(pair) and len(pair) == 2 for pair in value):
                yield "members: is a list of pairs, English and Hangul"
        else:
            yield f"{key}: there is no such key"


def _are_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word.strip() for word in value)
