"""Which patterns are worth trying on a text: those of which a clue stands there.

A clue is a word, or a part of one, without which no line of a list can be found. It is read from the line itself: of `body …
(found|recovered)` either "found" or "recovered" must stand in the text, so "body", the one word that all its forms
share, is the clue. To look for the clues of all patterns costs one look for each word of a text, however many patterns there are; what a
pattern finds is the same with and without.

Clues are written as `died` (a whole word), `leuk*` (a beginning) and `*사망*` (anywhere in a word), in lower case.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from digests.stories.wording import parts_of

_WORD = re.compile(r"\w+")
_RUN = re.compile(r"[\w\0]+")
ANY = "\0"  # stands for what may be anything, in a form of a line
# A part of a line: a text, or alternatives, each of parts again. " " parts words for certain.
Node = str | list[list["Node"]]
_MOST_FORMS = 5_000  # of one stretch of a line: past it another stretch is looked at
_CACHED = 15_000  # words of a language
_LEAST_INSIDE = 2  # letters; one syllable is a clue only where there is no better
# Every text holds them: a clue only where there is no other.
_EVERYWHERE = frozenset(
    ("a", "an", "the", "to", "of", "in", "on", "at", "for", "and", "is", "are", "was", "by", "with", "from", "as", "after",
     "it", "its", "has", "have", "his", "her", "their", "be", "not", "no", "that", "this", "s", "t")
)  # fmt: skip
# What Python's `re` takes for an i, an s or a k where case does not matter.
_LETTERS = str.maketrans("İıſK", "iisk")


def lowered(text: str) -> str:
    """Give a text in the lower case in which clues are compared."""
    return text.lower() if text.isascii() else text.translate(_LETTERS).lower()


def clues_of(
    lines: Iterable[str], lists: Mapping[str, Iterable[str]], *, korean: bool
) -> frozenset[str] | None:
    """Give words one of which stands wherever one of the lines is found; None: some line tells of none."""
    found: set[str] = set()
    for line in lines:
        clues = clues_of_nodes(_parsed(parts_of(line), lists, korean=korean), korean=korean)
        if clues is None:
            return None
        found |= clues
    return frozenset(found)


class Table:
    """Where the clues of any number of patterns are looked up: once for a word, whatever is asked about it."""

    def __init__(self) -> None:
        self._patterns = 0
        self._always = 0
        self._whole: dict[str, int] = {}
        self._begins: dict[str, int] = {}
        self._inside: dict[str, dict[str, int]] = {}  # by the first two letters
        self._lengths: list[int] = []  # of beginnings
        self._cached: dict[str, int] = {}

    def add(self, patterns: Sequence[frozenset[str] | None]) -> int:
        """Take the clues of more patterns; gives the number of the first of them here."""
        first = self._patterns
        for number, clues in enumerate(patterns, first):
            if clues is None:
                self._always |= 1 << number
            for clue in clues or ():
                self._add(clue, 1 << number)
        self._patterns += len(patterns)
        self._lengths = sorted({len(begins) for begins in self._begins})
        self._cached.clear()
        return first

    def _add(self, clue: str, bit: int) -> None:
        if clue[0] == "*":
            text = clue.strip("*")
            table = self._inside.setdefault(text[:2], {})
        else:
            text = clue.rstrip("*")
            table = self._begins if clue[-1] == "*" else self._whole
        table[text] = table.get(text, 0) | bit

    def bits(self, text: str) -> int:
        """Give the patterns that may be found in a text, a bit each."""
        mask, cached = self._always, self._cached
        for word in _WORD.findall(lowered(text)):
            bits = cached.get(word)
            if bits is None:
                if len(cached) >= _CACHED:
                    cached.clear()
                bits = cached[word] = self._of(word)
            mask |= bits
        return mask

    def _of(self, word: str) -> int:
        """Give the patterns of which one word of a text is a clue, a bit each."""
        bits = self._whole.get(word, 0)
        for length in self._lengths:
            if length > len(word):
                break
            bits |= self._begins.get(word[:length], 0)
        if self._inside:
            for at in range(len(word)):
                for start in (word[at : at + 2], word[at]):
                    for text, more in self._inside.get(start, {}).items():
                        if word.startswith(text, at):
                            bits |= more
        return bits


class Clues:
    """The clues of some patterns, numbered in their order."""

    def __init__(self, patterns: Sequence[frozenset[str] | None], table: Table | None = None) -> None:
        """Take the clues of each pattern; one of None is always worth trying, one of no clues never. A `table` may serve many."""
        self._table = table or Table()
        self._first = self._table.add(patterns)
        self._all = (1 << len(patterns)) - 1

    def worth(self, text: str) -> Iterator[int]:
        """Give the numbers of the patterns that may be found in a text, in their order."""
        mask = self._table.bits(text) >> self._first & self._all
        while mask:
            lowest = mask & -mask
            yield lowest.bit_length() - 1
            mask ^= lowest


def clues_of_nodes(nodes: Iterable[Node], *, korean: bool) -> set[str] | None:
    """Give the clues of that stretch of a line, between two spaces, which tells most; None: no stretch tells anything."""
    best: tuple[int, set[str]] | None = None
    for stretch in _stretches(nodes):
        forms = _forms(stretch)
        if forms is None:
            continue
        clues = [_of_form(form, korean=korean) for form in forms]
        worth = min(map(_worth, clues), default=0)
        if worth > 0 and (best is None or worth > best[0]):
            best = worth, set(clues)
    return best[1] if best else None


def _worth(clue: str) -> int:
    """How much a clue tells: by its length, a whole word above a part, one that stands everywhere hardly anything."""
    if not clue:
        return 0
    text = clue.strip("*")
    if text in _EVERYWHERE or text.isdigit():
        return 1
    return 2 * len(text) + (clue == text) + 1


def _of_form(form: str, *, korean: bool) -> str:
    """Choose the best clue of one form of a stretch, "" if it has none."""
    found = [""]
    for run in _RUN.findall(lowered(form)):
        parts = run.split(ANY)
        if korean:
            found += [f"*{part}*" for part in parts if part]
        elif len(parts) == 1:
            found.append(run)
        else:
            found += [f"{parts[0]}*"] * (len(parts[0]) >= _LEAST_INSIDE)
            found += [f"*{part}*" for part in parts[1:] if len(part) >= _LEAST_INSIDE]
    return max(found, key=_worth)


# -- the parts of a line, read once when lists are loaded ------------------------------------------------------------


def _parsed(parts: Iterable[str], lists: Mapping[str, Iterable[str]], *, korean: bool) -> list[Node]:
    stack: list[list[list[Node]]] = [[[]]]  # alternatives of each open bracket
    last = before = ""
    for part in parts:
        if part == "(":
            stack.append([[]])
        elif part == "|":
            stack[-1].append([])
        elif part == ")":
            if len(stack) > 1:
                closed = stack.pop()
                stack[-1][-1].append(closed)
        elif part.isspace() and before + last == "|)" and not korean:
            stack[-1][-1].append([[" "], []])  # the space after what may be missing may be missing as well
        elif part != "_":
            stack[-1][-1].append(_node(part, lists, korean=korean))
        before, last = last, part
    return stack[0][0] if len(stack[0]) == 1 else [stack[0]]


def _node(part: str, lists: Mapping[str, Iterable[str]], *, korean: bool) -> Node:
    if part.startswith("{") and len(part) > 1:
        return [_parsed(parts_of(word), lists, korean=korean) for word in lists[part[1:-1]]]
    if "…" in part or part.isspace():
        return " "
    return ANY if part in "#*" else part


def _stretches(nodes: Iterable[Node]) -> Iterator[list[Node]]:
    stretch: list[Node] = []
    for node in nodes:
        if node == " ":
            yield stretch
            stretch = []
        else:
            stretch.append(node)
    yield stretch


def _forms(nodes: Sequence[Node]) -> list[str] | None:
    """Write out all that a stretch may be; None where that is too much."""
    parts: list[list[str]] = []
    count = 1
    for node in nodes:
        if isinstance(node, str):
            parts.append([node])
            continue
        forms: list[str] = []
        for alternative in node:
            more = _forms(alternative)
            if more is None:
                return None
            forms += more
        count *= len(forms)
        if count > _MOST_FORMS:
            return None
        parts.append(forms)
    return ["".join(form) for form in product(*parts)]
