"""Which categories a person names, in either language, and which they may have meant."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from bot.handlers.grammar.letters import keys, phrases, tidy
from digests.settings import Category

MOST_WORDS = 60  # what is beyond is no list of categories any more
LONGEST = 40  # characters of a word that somebody may have meant as a category
LIKENESS = 62.0  # of 100: "kpip" and 케이펍 are above it, most words that are no category below
SUGGESTED = 3

_ALL = phrases(("all", "everything", "전체", "모두", "전부", "모든", "다"))
# What stands between names: it says nothing, also where it is part of a name ("Drama and Film").
_GLUE = frozenset(
    ("and", "und", "plus", "please", "pls", "the", "및", "그리고", "좀", "보여줘", "알려줘", "주세요")
)
_NEWS = frozenset(
    ("news", "stories", "소식", "뉴스", "기사")
)  # after a category's name it only says what it is of
_PARTICLE = re.compile(r"(?:이랑|하고|소식|뉴스|[을를은는이가도만랑과와의])$")


@dataclass(frozen=True, slots=True)
class Found:
    """The categories that a text names, and the words that name none."""

    known: tuple[Category, ...] = ()
    unknown: tuple[str, ...] = ()
    everything: bool = False  # "all", and `known` has every category


@dataclass(frozen=True, slots=True)
class _Piece:
    """A run of letters and digits, or a category's emoji."""

    text: str
    start: int
    end: int


def categories_in(text: str, categories: Sequence[Category]) -> Found:
    """Find categories by slug, name, alias or emoji, several at once, the longest name first.

    Case, width, punctuation and spaces within names do not matter, nor does the keyboard it was typed on.
    """
    text = tidy(text).strip()
    names = _names(categories)
    pieces = _pieces(text, categories)
    if not pieces:
        return Found(unknown=(text,) if text else ())
    known: dict[str, Category] = {}
    unknown: list[_Piece] = []
    named: set[int] = set()  # where in the text categories are named
    at, after_name = 0, -1
    while at < len(pieces):
        found, many = _longest(pieces[at:], names)
        piece = pieces[at]
        if after_name >= 0 and piece.text.casefold() in _NEWS and not text[after_name : piece.start].strip():
            at += 1
        elif found is not None:
            known[found.slug] = found
            named |= {each.start for each in pieces[at : at + many]}
            after_name = pieces[at + many - 1].end
            at += many
        else:
            unknown.append(piece)
            after_name = -1
            at += 1
    if not known and all(keys(piece.text) in _ALL for piece in unknown):
        return Found(tuple(categories), everything=True)
    said = [piece for piece in unknown if not (known and keys(piece.text) in _ALL)]
    return Found(tuple(known.values()), tuple(_words(text, said, named)))


def suggestions(word: str, categories: Sequence[Category]) -> tuple[Category, ...]:
    """Give at most SUGGESTED categories that a word may mean, the likeliest first; the spelling may be wrong."""
    typed = keys(word)
    if not typed or len(word) > LONGEST:
        return ()
    likeness = {
        category.slug: max((_alike(typed, name) for name in _called(category)), default=0.0)
        for category in categories
    }
    near = [category for category in categories if likeness[category.slug] >= LIKENESS]
    return tuple(sorted(near, key=lambda category: -likeness[category.slug])[:SUGGESTED])


def _names(categories: Sequence[Category]) -> Mapping[str, Category]:
    """Everything that categories are called; where two share a name, the first of the settings has it."""
    names: dict[str, Category] = {}
    for category in categories:
        for name in (*_called(category), tidy(category.emoji)):
            if name:
                names.setdefault(name, category)
    return names


def _called(category: Category) -> tuple[str, ...]:
    names = (category.slug, *category.names.values(), *category.aliases)
    return tuple(key for key in dict.fromkeys(_key(name) for name in names) if key)


def _key(name: str) -> str:
    return keys("".join(piece.text for piece in _pieces(tidy(name), ())))


def _pieces(text: str, categories: Sequence[Category]) -> list[_Piece]:
    emoji = [re.escape(tidy(category.emoji)) for category in categories if category.emoji]
    pattern = "|".join((*emoji, r"[^\W_]+"))
    found = []
    for match in re.finditer(pattern, text):
        if match[0].casefold() not in _GLUE:
            found.append(_Piece(match[0], match.start(), match.end()))
        if len(found) == MOST_WORDS:
            break
    return found


def _longest(pieces: Sequence[_Piece], names: Mapping[str, Category]) -> tuple[Category | None, int]:
    most = min(len(pieces), 5)
    for many in range(most, 0, -1):
        joined = "".join(piece.text for piece in pieces[:many])
        found = names.get(joined) or names.get(keys(joined))  # an emoji has no keys
        if found is not None:
            return found, many
    bare = keys(_PARTICLE.sub("", pieces[0].text))
    return names.get(bare), 1


def _words(text: str, pieces: Sequence[_Piece], known: Collection[int]) -> Iterator[str]:
    """Give the words as they were typed, each once; of a word that names a category too, only the rest."""
    told: set[str] = set()
    chunks = list(re.finditer(r"[^\s,]+", text))
    for piece in pieces:
        chunk = next(chunk for chunk in chunks if chunk.end() > piece.start)
        whole = not any(chunk.start() <= start < chunk.end() for start in known)
        word = chunk[0] if whole else piece.text
        if word not in told:
            told.add(word)
            yield word


def _alike(word: str, name: str) -> float:
    if len(word) >= 2 and (name.startswith(word) or (len(name) >= 4 and word.startswith(name))):
        return 95.0
    return fuzz.ratio(word, name)  # by keys, so that one wrong vowel of a syllable is a small difference
