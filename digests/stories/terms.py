"""From text to terms: what of an entry is compared when stories are told apart.

A term is a word's stem, a pair of syllables of a Korean word that we do not know (so 백하시 and 백하 share one, and a name
needs no list), "=" and a concept of data/concepts.toml, "#" and a number, or "@" and a name that the newsroom knows.
The first two belong to a language, the others are shared by all. Beside them an entry has words that may be names,
to be compared by sound with those of the other script.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache

from digests.model import Entry, Language
from digests.stories import amounts, labels
from digests.stories.bearers import bearers, is_called
from digests.stories.gist import NOTHING, Gist, gathered
from digests.stories.korean import names_of, place_of, terms_of
from digests.stories.lexicon import Lexicon, stem
from digests.stories.spelling import composed

SUMMARY_WEIGHT = 0.35
EVERYDAY = "~"  # before a known name that is in the news every day
EVERYDAY_WEIGHT = 0.7
UNTITLED_WEIGHT = 0.7  # of a summary under an empty title
_DIGIT = re.compile(r"\d")
_CACHED = 15_000  # words
_SUMMARY_WORDS = 60
_SUMMARY_LETTERS = 500
_SEOUL = timedelta(hours=9)  # what "today" is in the texts

_TOKEN = re.compile(
    r"(?<![\d가-힣])[가-힣]+|[A-Za-z\u00c0-\u024f][A-Za-z0-9\u00c0-\u024f]*(?:['’][A-Za-z]+)?|\d+[A-Za-z]\w*|[\u4e00-\u9fff]"
)
_DATELINE = re.compile(
    r"^\s*(?:\[[^\[\]]{1,40}\]\s*(?:[가-힣]{2,4}\s?(?:기자|특파원|통신원)?\s*=)?|\([^()]{1,30}=[^()]{1,30}\)\s*(?:[가-힣]{2,4} 기자\s*=)?|"
    r"[A-Z][A-Za-z .,]{1,40}, [A-Z][a-z]{2,8}\.? \d{1,2}(?:, \d{4})?\s*(?:\([^()]{1,40}\))?\s*(?:--?|[–—])\s)"
)
_WRITTEN_AT = re.compile(r"\s*(?:[\[(]([가-힣]{2,5})=[^\])]{2,12}[\])]|([A-Z][A-Z-]{3,20}),? [A-Z(])")
_WIRE = re.compile(r"^(?:[A-Z]{2,12}(?: \d{1,2})?-(?=\S)|\d?\s?(?:UPDATE|LEAD)\s?\d*[-:]\s?)+")
_HYPHENED = re.compile(r"\b([A-Z][a-z]+)-([a-z]+)\b")  # Mun-seok
_LONG = 7  # letters, from which a word in lower case may be one that Korean took over: americano
_PHOTO = re.compile(r"포토|현장|화보|사진|photo|gallery|pictures", re.IGNORECASE)
_SERIAL = re.compile(
    r"\d{1,4}\s?(?:회|화|차전|라운드|강전|부작)(?!견|사|장|의|피)|(?:episode|ep|part|round|vol|hour|chapter)s?\.?\s?(?:\d{1,4}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen)\b|\(\d{1,3}\)",
    re.IGNORECASE,
)
_ROUNDUP = re.compile(
    r"다시보기|브리핑|조간|석간|\d면|오늘의 (?:일정|운세|주요|뉴스|날씨)|주요 ?뉴스|주요 ?일정|간추린|헤드라인|뉴스 ?모음|한눈에|이 시각|"
    r"morning briefing|evening briefing|daily briefing|news in brief|newsletter|front pages|headlines|round-?up|this week in|what.s airing|agenda|"
    r"^(?:DIARY|FACTBOX|TIMELINE|CALENDAR|SCHEDULE|LETTERS|QUIZ)\b|from the archives?|on this day|letters to the editor|"
    r"독자 ?(?:편지|투고|의견)|오늘의 역사|역사 속 오늘|그때 그 ?시절|퀴즈",
    re.IGNORECASE,
)
_AGENDA = re.compile(r"일정|브리핑|운세|달력|agenda|diary")  # in the label of a series
_QUOTED = re.compile(
    r"['‘<《「]([가-힣]{1,6}(?: [가-힣]{1,6}){1,3})['’>》」]"
)  # '하버 걸스': a work's name in several words
_KOREAN_WORD = re.compile(r"(?<![\d가-힣])[가-힣]{3,9}")
_ENGLISH_PLACE = re.compile(
    r"\b([A-Z][a-z]{2,})(?:[ -][Cc]ounty|[ -][Cc]ity| [Ii]sland| [Pp]ort| [Pp]rovince| [Ee]xpressway| [Bb]ridge| [Tt]unnel| [Ss]tation|-gun|-si|-gu|-do)\b"
)
_SUBJECT = re.compile(r"^['\"‘“(]*([^,…·.'\"‘’“”]{2,24})['’”\")]*,\s")
_SUBJECT_END = 32  # letters
_CALLINGS = frozenset(
    (
        "=singer",
        "=actor",
        "=group",
        "=rapper",
        "=member",
        "=leader",
        "=veteran",
        "=director",
        "=writer",
        "=artist",
    )
)
_NUMBERS = {
    word: f"#{value}"
    for value, word in enumerate(
        ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"], 2
    )
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads entries. Built once, by `load`; reading changes nothing."""

    lexicon: Lexicon
    _cached: dict[str, tuple[str, tuple[tuple[str, float], ...]]] = field(
        default_factory=dict, repr=False, compare=False
    )  # of words by themselves
    _spoken: dict[str, tuple[str, tuple[str, ...], bool]] = field(
        default_factory=dict, repr=False, compare=False
    )

    # What shares of a word weigh, by the weight of the text: the same number is one object in all entries.
    _shares: dict[float, dict[float, float]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def load(cls) -> "Reader":
        """Take the words the project ships."""
        return cls(Lexicon.load())

    def read(
        self,
        entry: Entry,
        language: Language,
        seen_at: datetime,
        *,
        link_key: str = "",
        title_key: str = "",
        feed: str = "",
        exact: bool = False,
        names: Iterable[str] = (),
    ) -> Gist:
        """Read one entry. `names` are the ids of known names that it tells of; `exact`: it is too old for its words to count."""
        title, column = _body(entry.title)
        summary = entry.summary[: 2 * _SUMMARY_LETTERS]
        if summary:
            summary = _DATELINE.sub("", composed(summary))[:_SUMMARY_LETTERS]
        terms: dict[str, float] = {}
        spoken: dict[str, float] = {}
        headed = said = 0
        below = SUMMARY_WEIGHT
        if not (exact or _ROUNDUP.search(entry.title) or _AGENDA.search(column)):
            today = (seen_at + _SEOUL).day
            self._take(title, 1.0, today, terms, spoken)
            headed, said = len(terms), len(spoken)
            below = SUMMARY_WEIGHT if terms else UNTITLED_WEIGHT
            if summary:
                self._take(summary, below, today, terms, spoken)
            terms.update((f"@{name}", EVERYDAY_WEIGHT if name[0] == EVERYDAY else 1.0) for name in names)
        whole = tuple(terms)
        of_title = whole[:headed]
        return Gist(
            language=language,
            seen_at=seen_at,
            terms=whole,
            weights=tuple(terms.values()),
            spoken=tuple(spoken),
            volumes=_volumes(said, len(spoken) - said, below),
            headed=headed,
            link_key=link_key,
            title_key=title_key,
            feed=feed,
            column=column,
            photo=bool(column) and _PHOTO.search(column) is not None,
            serials=gathered(one.replace(" ", "").lower() for one in _SERIAL.findall(title)),
            places=self._places(title, of_title, entry.summary),
            openers=self.lexicon.openers.intersection(of_title) or NOTHING,
            once=self.lexicon.once.intersection(of_title) or NOTHING,
            sorts=gathered(term for term in of_title if term in self.lexicon.sorts),
            acts=not self.lexicon.acts.isdisjoint(of_title),
            tone=self.lexicon.tone(of_title),
            subject=(subject := self._subject(title)),
            bearers=(subject if self._is_name(title) else NOTHING) | self._bearers(title) or NOTHING,
        )

    def _places(self, title: str, headed: Iterable[str], summary: str) -> frozenset[str]:
        """Read the places of a title: towns that we know, those called by their kind (나루시, Naru county), and where a wire writes from.

        Those of every day (서울시) tell too little.
        """
        found = {place for token in _KOREAN_WORD.findall(title) if (place := place_of(token, self.lexicon))}
        found |= {one.lower() for one in _ENGLISH_PLACE.findall(title)}
        if written := _WRITTEN_AT.match(summary):
            at = (written[1] or written[2]).strip().lower()
            found.add(self.lexicon.korean.get(at) or self.lexicon.english.get(stem(at)) or at)
        towns = self.lexicon.towns
        rare = frozenset(place for place in found if place in towns or stem(place) not in self.lexicon.shares)
        return rare | towns.intersection(headed) or NOTHING

    def _subject(self, title: str) -> frozenset[str]:
        found = _SUBJECT.match(title) if "," in title[:_SUBJECT_END] else None
        if not found:
            return NOTHING
        known = self.lexicon.shares
        return gathered(
            term
            for term, _ in self._terms(_TOKEN.findall(found[1]))
            if term[0] not in "=#" and term not in known
        )

    def _is_name(self, title: str) -> bool:
        """Whether a title's opening names its subject and no more: 서도윤, and 가수 서도윤, but not "김포 화재 수사본부"."""
        found = _SUBJECT.match(title)
        if not found:
            return False
        concepts = {term for term, _ in self._terms(_TOKEN.findall(found[1])) if term[0] == "="}
        return concepts <= _CALLINGS

    def _bearers(self, title: str) -> frozenset[str]:
        """Read the terms of the names that a title's form shows."""
        known = self.lexicon.shares
        return gathered(
            term
            for word in bearers(title, _TOKEN.findall(title))
            for term, _ in self._terms([word])
            if term[0] not in "=#" and (term not in known or is_called(word, title))
        )

    def _take(
        self, text: str, weight: float, today: int, terms: dict[str, float], spoken: dict[str, float]
    ) -> None:
        """Add a text's terms to those there are; what stands there already keeps its weight."""
        korean = not text.isascii() and re.search("[가-힣]", text) is not None
        if _DIGIT.search(text):
            for number in amounts.amounts(text, korean=korean):
                terms.setdefault(number, weight)
            for day in amounts.days(text):
                if day not in (today, today - 1):
                    terms.setdefault(f"#d{day}", weight)
        tokens = _TOKEN.findall(text)
        shares = self._shares.setdefault(weight, {})
        for term, share in self._terms(tokens):
            terms.setdefault(term, shares.get(share) or shares.setdefault(share, weight * share))
        if "-" in text and (joined := _HYPHENED.sub(r"\1\2", text)) != text:
            tokens = _TOKEN.findall(joined)
        for word in self._names(tokens):
            spoken.setdefault(word, weight)
        if korean:
            for quoted in _QUOTED.findall(text):
                spoken.setdefault(quoted.replace(" ", ""), weight)

    def _terms(self, tokens: list[str]) -> Iterator[tuple[str, float]]:
        """Read the terms of a text in its order, each with its share of a whole word."""
        skip = 0
        for at, token in enumerate(tokens):
            if skip:
                skip -= 1
                continue
            found = self._cached.get(token)
            if found is None:
                found = self._single(token)
                if len(self._cached) > _CACHED:
                    self._cached.clear()
                self._cached[token] = found
            phrase = self._phrase(found[0], tokens[at + 1 : at + 4]) if found[0] else None
            if phrase:
                concept, words = phrase
                skip = words.count(" ")
                yield concept, 1.0
                yield words, 1.0
            else:
                yield from found[1]

    def _single(self, token: str) -> tuple[str, tuple[tuple[str, float], ...]]:
        """Read one word by itself; gives its stem where a phrase begins with it, and its terms."""
        if token[0] >= "가":
            return "", tuple(terms_of(token, self.lexicon))
        if token[0] >= "\u4e00":
            concept = self.lexicon.han.get(token)
            return "", ((concept, 1.0),) if concept else ()
        word = token.lower().replace("’", "'")
        if word in self.lexicon.silent or len(word) < 2:
            return "", ()
        short = stem(word)
        concept = self.lexicon.english.get(short)
        terms = ((_NUMBERS.get(word, short), 1.0),)
        return (
            short if short in self.lexicon.phrases else "",
            ((concept, 1.0), *terms) if concept else terms,
        )

    def _phrase(self, first: str, following: list[str]) -> tuple[str, str] | None:
        """Give the concept of a phrase that begins here, and the phrase."""
        stems = tuple(stem(word.lower()) for word in following)
        for rest, concept in self.lexicon.phrases[first]:
            if stems[: len(rest)] == rest:
                return concept, " ".join((first, *rest))
        return None

    def _names(self, tokens: list[str]) -> list[str]:
        """Give the words of a text that may be names, in the spelling of their script: Latin ones also two by two.

        In English a name has a capital; where the text begins with none, its writer uses none.
        """
        small = bool(tokens) and tokens[0][0].islower()
        before = ""
        out: list[str] = []
        for token in tokens[:_SUMMARY_WORDS]:
            found = self._spoken.get(token)
            if found is None:
                found = self._name(token)
                if len(self._spoken) > _CACHED:
                    self._spoken.clear()
                self._spoken[token] = found
            word, alone, named = found
            if token[0] >= "가":
                out.extend(alone)
                before = ""
            elif word and (named or small):
                if before:
                    out.append(f"{before} {word}")
                out.extend(alone)
                before = word
            else:
                before = ""
        return out

    def _name(self, token: str) -> tuple[str, tuple[str, ...], bool]:
        """Read one word as a name: what goes into a pair, what stands alone, and whether it looks like one."""
        if token[0] >= "가":
            return "", tuple(names_of(token, self.lexicon)), True
        word = token.lower().removesuffix("'s").removesuffix("’s")
        if not word.isalpha() or word in self.lexicon.silent:
            return "", (), False
        short = stem(word)
        alone = (word,) if len(word) > 2 and short not in self.lexicon.english else ()
        named = token[0].isupper() or (len(word) >= _LONG and short not in self.lexicon.shares)
        return word, alone, named


@lru_cache(maxsize=1_000)
def _volumes(said: int, more: int, below: float) -> tuple[float, ...]:
    """Give the weights of so many words of a title and more below it: one tuple for all entries of that length."""
    return (1.0,) * said + (below,) * more


def _body(title: str) -> tuple[str, str]:
    """Give a title without the labels before it, and the label that names a series, if there is one."""
    text = composed(title)
    column = ""
    for label in labels.heads(text):
        if label.written in text:
            if not label.breaking:
                column = label.written.strip("[]<>()【】〈〉:| ").casefold()
            text = text[text.index(label.written) + len(label.written) :]
    return _WIRE.sub("", text.strip()), column
