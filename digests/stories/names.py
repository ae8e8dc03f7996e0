"""Whom and what a text is about: the names of the field, whatever their script and spelling.

A spelling that also means something else (V, 비, IVE, 지수) counts only beside a word of its context. Members of groups count
only where their group, or another of its members, stands beside them.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from digests.stories.context import Context, Evidence, Surroundings, sought
from digests.stories.names_file import Written, read_names
from digests.stories.particles import may_follow
from digests.stories.spelling import Hit, Spellings, Words, is_hangul, squashed, words_of

SHORTEST_BEGINNING = 3  # letters of what a person typed that may stand for a longer spelling
MOST = 6  # candidates
_JOINS = frozenset(
    "-.&+/@#_"
)  # V-League, R.M.S: a spelling that is joined to a letter by one is a part of something else


@dataclass(frozen=True, slots=True)
class Name:
    """One person or thing of the field."""

    id: str
    kind: str
    en: str
    ko: str
    agency: str = ""
    group: str = ""
    members: tuple[str, ...] = ()  # ids, "aespa.karina" where the list has no entry of their own

    def called(self, language: str) -> str:
        """Name it in a language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True, slots=True)
class Found:
    """A name that a text tells of."""

    id: str
    spelling: str  # as it stands there
    where: Literal["title", "summary"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A name that a person may mean."""

    name: Name
    sure: bool  # what was typed is one of its spellings, and no mere beginning of one


@dataclass(frozen=True, slots=True)
class _Sense:
    """What one spelling may stand for."""

    id: str
    spelling: str
    needs: Evidence = Evidence.NONE


@dataclass(frozen=True, slots=True)
class Names:
    """All names, by everything they are called. Built once, by `load`; asking changes nothing."""

    by_id: Mapping[str, Name]
    _spellings: Spellings[_Sense]
    _contexts: Mapping[str, Context]
    _typed: Mapping[str, tuple[str, ...]]  # squashed spelling -> ids

    @classmethod
    def load(cls, extra: Path | None = None) -> "Names":
        """Read the project's list and, over it, an operator's. Raises SosikError for a file that cannot be used."""
        return cls.of(read_names(extra))

    @classmethod
    def none(cls) -> "Names":
        """Know nobody."""
        return cls.of(Written((), {}))

    @classmethod
    def of(cls, written: Written) -> "Names":
        """Take names as they are written."""
        senses: list[tuple[str, _Sense]] = []
        names: dict[str, Name] = {}
        contexts: dict[str, Context] = {}
        sets = {key: tuple(filter(None, map(sought, words))) for key, words in written.sets.items()}
        for entry in written.entries:
            names[entry.id] = Name(
                entry.id, entry.kind, entry.en, entry.ko, entry.agency, entry.group, entry.members
            )
            contexts[entry.id] = Context.of(entry.context, sets)
            for spelling in entry.spellings:
                needs = Evidence.NONE
                if spelling in entry.unsure:
                    needs = Evidence.OWN if spelling in entry.everyday else Evidence.ANY
                senses.append((spelling, _Sense(entry.id, spelling, needs)))
        keys = [squashed(spelling) for spelling, _ in senses]
        typed: dict[str, dict[str, None]] = defaultdict(dict)
        for key, (_, sense) in zip(keys, senses, strict=True):
            typed[key][sense.id] = None
        shared = {key for key, ids in typed.items() if len(ids) > 1}
        return cls(
            by_id=names,
            _spellings=Spellings.of(
                (spelling, _doubtful(sense) if key in shared else sense)
                for (spelling, sense), key in zip(senses, keys, strict=True)
            ),
            _contexts=contexts,
            _typed={key: tuple(ids) for key, ids in typed.items()},
        )

    def get(self, id_: str) -> Name | None:
        """Find a name by its id."""
        return self.by_id.get(id_)

    def group_of(self, id_: str) -> Name | None:
        """Give the group that a name is a member of."""
        name = self.by_id.get(id_)
        return self.by_id.get(name.group) if name and name.group else None

    def found(self, title: str, summary: str = "") -> tuple[Found, ...]:
        """Give the names that an entry tells of, each once, in the order in which they stand."""
        parts: list[tuple[Literal["title", "summary"], Words]] = [("title", words_of(title))]
        if summary:
            parts.append(("summary", words_of(summary)))
        hits = [(where, words, list(_places(self._spellings.hits(words), words))) for where, words in parts]
        if not any(places for _, _, places in hits):
            return ()
        around = Surroundings([words for _, words in parts])
        sure = {
            hit.value.id
            for _, _, places in hits
            for place in places
            for hit in place
            if hit.value.needs is Evidence.NONE
        }
        told: dict[str, Found] = {}
        for where, words, places in hits:
            for place in places:
                for hit in self._meant(place, words, around, sure):
                    said = words.text[hit.start : hit.end]
                    told.setdefault(hit.value.id, Found(hit.value.id, said, where))
                    if (group := self.group_of(hit.value.id)) and _is_said_in(group, said):
                        told.setdefault(group.id, Found(group.id, said, where))
        return tuple(told.values())

    def search(self, typed: str) -> tuple[Candidate, ...]:
        """Give the names that a person may mean, the surest first, at most MOST."""
        key = squashed(typed)
        if not key:
            return ()
        meant = dict.fromkeys(self._typed.get(key, ()), True)
        if len(key) >= SHORTEST_BEGINNING or (len(key) >= 2 and is_hangul(key)):
            for spelling in sorted((one for one in self._typed if one.startswith(key)), key=len):
                for id_ in self._typed[spelling]:
                    meant.setdefault(id_, False)
        return tuple(Candidate(self.by_id[id_], sure) for id_, sure in list(meant.items())[:MOST])

    def _meant(
        self, place: Sequence[Hit[_Sense]], words: Words, around: Surroundings, sure: set[str]
    ) -> list[Hit[_Sense]]:
        """Choose among the senses of one place those that what stands around speaks for most."""
        best: list[Hit[_Sense]] = []
        most = Evidence.NONE
        for hit in place:
            sense = hit.value
            if sense.needs is Evidence.NONE:
                return [hit]
            needs = max(sense.needs, _needs_as_written(hit, words, around))
            if needs is Evidence.NEVER:
                continue
            has = self._evidence(sense.id, hit, words, around, sure)
            if has >= needs and has >= most:
                best = [hit] if has > most else [*best, hit]
                most = has
        return best if len(best) == 1 or most is Evidence.OWN else []

    def _evidence(
        self, id_: str, hit: Hit[_Sense], words: Words, around: Surroundings, sure: set[str]
    ) -> Evidence:
        name = self.by_id[id_]
        if sure & {name.group, name.agency, *name.members}:
            return Evidence.OWN
        without = frozenset(words.folded[hit.first : hit.last + 1])
        return around.evidence(self._contexts[id_], without)


def _is_said_in(group: Name, said: str) -> bool:
    """Whether a member's spelling tells the group's as well: BTS V, 엑소 카이."""
    key = squashed(said)
    return any(spelled and spelled in key for spelled in (squashed(group.en), squashed(group.ko)))


def _doubtful(sense: _Sense) -> _Sense:
    """A spelling that several names share is sure for none of them."""
    return _Sense(sense.id, sense.spelling, max(sense.needs, Evidence.ANY))


def _places(hits: Iterable[Hit[_Sense]], words: Words) -> Iterator[list[Hit[_Sense]]]:
    """Give the longest spellings that do not overlap, each with all that it may stand for."""
    ordered = sorted(hits, key=lambda hit: (hit.start, -hit.end))
    reached = -1
    place: list[Hit[_Sense]] = []
    for hit in ordered:
        if hit.value.spelling[0] == "&" and not words.text.startswith("&", hit.start - 1):
            continue  # &TEAM is no team
        if place and (hit.start, hit.end) == (place[0].start, place[0].end):
            place.append(hit)
        elif hit.start >= reached:
            if place:
                yield place
            place, reached = [hit], hit.end
    if place:
        yield place


def _needs_as_written(hit: Hit[_Sense], words: Words, around: Surroundings) -> Evidence:
    """What the way an unsure spelling is written asks for: a name has its own capitals and its own particles."""
    core = hit.value.needs is Evidence.OWN
    if is_hangul(words.folded[hit.last]):
        stem = words.text[hit.start : hit.end]
        return Evidence.ANY if may_follow(stem, hit.tail, core=core) else Evidence.NEVER
    text = words.text
    before, after = text[max(0, hit.start - 2) : hit.start], text[hit.end : hit.end + 2]
    if len(before) == 2 and before[1] in _JOINS and before[0].isalnum():
        return Evidence.NEVER
    if len(after) == 2 and after[0] in _JOINS and after[1].isalnum():
        return Evidence.NEVER
    if hit.tail and not any(may_follow(said, hit.tail, core=True) for said in ("가", "각")):
        return Evidence.NEVER
    return _needs_of_capitals(hit.value.spelling, text[hit.start : hit.end], hit, around)


def _needs_of_capitals(spelling: str, written: str, hit: Hit[_Sense], around: Surroundings) -> Evidence:
    if spelling == spelling.lower():  # bubble, god: no capitals to go by
        return Evidence.ANY
    if written[:1].islower() and spelling[:1].isupper():  # "twice", "ten", "secret": the word
        return Evidence.NEVER if around.has_capitals else Evidence.OWN
    if written == spelling and not around.shouts:
        plain = spelling.istitle() and (around.every_word_has_a_capital or hit.first == 0)
        return Evidence.TWO if plain else Evidence.ANY
    return Evidence.TWO
