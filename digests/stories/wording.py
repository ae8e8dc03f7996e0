"""The little language in which the word lists of `data/*.toml` are written, and what it becomes.

In a line of a list:  `…` stands for some words of the same clause,  `#` for a number,  `{name}` for any word of the
list `name` in words.toml,  `(a|b)` for one of two,  `(a|)` for one that may be missing,  `*` for any ending.
English stands for whole words and in any case. Korean stands anywhere in a word, with or without the spaces;
`_` is where a word must begin or end.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping

HANGUL = re.compile(r"[가-힣]")
_NUMBER_KO = (
    r"(?:\d[\d,.]*|수|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(?:천|만|백|십|억|조)?\s?\d*[\d,]*(?:천|만)?\s?"
)
_NUMBER_EN = (
    r"(?:\d[\d,.]*|an?|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"
    r"(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|dozens?|scores|hundreds?|thousands?|"
    r"several|many|multiple)"
)
_IN_CLAUSE = r"(?:[^.!?…;|]|\.(?=\s?(?-i:[\da-z])))"
_GAP_KO, _GAP_EN = _IN_CLAUSE + "{0,24}?", _IN_CLAUSE + "{0,45}?"
_UNSEEN = {"Cf", "Cc"}
_PARTS = re.compile(r"\{\w+\}|\s*…\s*|\s+|[()|#*_]|[^\s(){}|#*_…]+")


def fold(text: str) -> str:
    """Fold a text for comparing: NFKC, one kind of quotation mark, nothing unseen, single spaces; case is kept."""
    if not text.isascii():
        text = text.replace("…", " … ")  # NFKC would make three full stops of it
        text = "…".join(unicodedata.normalize("NFKC", part) for part in text.split("…"))
        text = text.translate(_QUOTES)
        if not text.isprintable():
            text = "".join(
                " " if letter.isspace() else letter
                for letter in text
                if letter.isspace() or unicodedata.category(letter) not in _UNSEEN
            )
    return " ".join(text.split())


_QUOTES = str.maketrans("‘’‚‛′`“”„«»″", "''''''\"\"\"\"\"\"")


def is_korean(text: str) -> bool:
    """Whether the Korean lists are the ones to read a text with: Hangul is more than a name or two in it."""
    if text.isascii():
        return False
    hangul = len(HANGUL.findall(text))
    return hangul * 4 >= sum(map(str.isalpha, text)) and hangul > 0


def compiled(
    lines: Iterable[str], lists: Mapping[str, Iterable[str]], *, korean: bool
) -> re.Pattern[str] | None:
    """Make one pattern of a list's lines; None of an empty list. ValueError: a line would be found everywhere."""
    make = _korean if korean else _english
    made = [make(line, lists) for line in sorted(lines, key=len, reverse=True)]
    if not made:
        return None
    whole = "|".join(made)
    pattern = re.compile(whole if korean else rf"(?<![\w-])(?:{whole})(?!\w)", re.IGNORECASE)
    if pattern.search(""):
        raise ValueError("a line of a list stands for nothing at all: is there a | too many?")
    return pattern


def _korean(line: str, lists: Mapping[str, Iterable[str]]) -> str:
    return _written(line, lists, korean=True)


def _english(line: str, lists: Mapping[str, Iterable[str]]) -> str:
    return _written(line, lists, korean=False)


def _written(line: str, lists: Mapping[str, Iterable[str]], *, korean: bool) -> str:
    """Translate one line, piece by piece."""
    out: list[str] = []
    for piece in parts_of(line):
        if piece.startswith("{"):
            inner = "|".join(_written(word, lists, korean=korean) for word in lists[piece[1:-1]])
            out.append(f"(?:{inner})")
        elif "…" in piece:
            out.append(_GAP_KO if korean else rf"(?!\w){_GAP_EN}(?<!\w)")
        elif piece.isspace():
            missing = out[-2:] == ["|", ")"]  # what may be missing takes its space along
            out.append(r"\s?" if korean else r"[\s-]*" if missing else r"[\s-]+")
        elif piece == "(":
            out.append("(?:")
        elif piece in {")", "|"}:
            out.append(piece)
        elif piece == "#":
            out.append(_NUMBER_KO if korean else _NUMBER_EN)
        elif piece == "*":
            out.append(r"\w*")
        elif piece == "_":
            out.append(r"\b")
        else:
            out.append(re.escape(piece))
    return "".join(out)


def parts_of(line: str) -> list[str]:
    """Part a line of a list into its signs, its spaces and the words between them."""
    return _PARTS.findall(fold_line(line))


def fold_line(line: str) -> str:
    """Fold a line of a list, leaving its own signs alone."""
    return "…".join(unicodedata.normalize("NFKC", part) for part in line.split("…"))
