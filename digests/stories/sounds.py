"""Names across scripts, by their sound: 헥사바인 is HEXAVINE, 천길보 Cheon Gilbo, 코퍼리프 Copperleaf.

A word's key is the skeleton of its consonants in classes that survive the way from one script to the other (ㅂ, ㅍ, b, p, f
and v are one); vowels, which nobody spells alike, only help to tell words of one key apart. The Hangul side follows the
Revised Romanisation (2000) read as sounds, and the rules for loanwords by which w, y and most r after a vowel are
not heard. English spelling has more than one reading: a Latin word has several keys.
"""

import re
from functools import lru_cache
from itertools import groupby

from rapidfuzz.fuzz import ratio

_FIRST, _LAST = 0xAC00, 0xD7A3  # Unicode, chapter 3.12: a syllable is (initial * 21 + vowel) * 28 + final
_INITIALS = (
    "g",
    "kk",
    "n",
    "d",
    "tt",
    "r",
    "m",
    "b",
    "pp",
    "s",
    "ss",
    "",
    "j",
    "jj",
    "ch",
    "k",
    "t",
    "p",
    "h",
)
_VOWELS = (
    *("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae"),
    *("oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui", "i"),
)
_FINALS = (
    *("", "k", "k", "k", "n", "n", "n", "t", "l", "K", "m", "l", "l", "l", "p", "l"),
    *("m", "p", "p", "t", "t", "ng", "t", "t", "k", "t", "p", "t"),
)
_CLASS = {
    **dict.fromkeys("gkq", "K"),
    **dict.fromkeys("dt", "T"),
    **dict.fromkeys("bpfv", "P"),
    **dict.fromkeys("szj", "S"),
    **dict.fromkeys("lr", "L"),
    "n": "N",
    "m": "M",
    "h": "H",
}
# Family names whose usual spelling is not the romanised one: 이 is Lee, Yi, Rhee.
_FAMILY = {
    "이": ("L", ""),
    "임": ("LM", "M"),
    "유": ("L", ""),
    "류": ("L",),
    "노": ("N", "L"),
    "나": ("N", "L"),
    "양": ("N", "LN"),
}
_LONGEST = 24  # letters: no name is longer, and spellings multiply


@lru_cache(maxsize=20_000)
def keys(word: str) -> tuple[str, ...]:
    """Give the keys of a word in either script: Hangul, or one or two Latin words in lower case. Other scripts have none."""
    if word[0] >= "가":
        return of_hangul(word)
    if not word.isascii():
        return ()
    first, _, second = word.partition(" ")
    return _of_two(of_latin(first), of_latin(second)) if second else of_latin(first)


def _of_two(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    """Join the likeliest readings of two words, as Hangul writes names: 페이퍼코멧, 천길보."""
    return tuple(
        dict.fromkeys(
            one + two[one[-1:] == two[:1] :] for one in first[:2] or ("",) for two in second[:2] or ("",)
        )
    )


def of_hangul(word: str) -> tuple[str, ...]:
    """Give the keys of a Hangul word: one, and one more for a family name that the press spells in its own way."""
    tail = _skeleton(_syllables(word))
    if word[0] not in _FAMILY or len(word) not in (2, 3, 4):
        return (tail,)
    rest = _skeleton(_syllables(word[1:]))
    return tuple(dict.fromkeys((tail, *(_collapsed(first + rest) for first in _FAMILY[word[0]]))))


@lru_cache(maxsize=10_000)
def of_latin(word: str) -> tuple[str, ...]:
    """Give the keys of a Latin word, lower case: as spelled, with r after vowels unheard, with its other readings."""
    word = word[:_LONGEST]
    readings = [_DIGRAPHS.sub(lambda found: _READ[found[0]], word)]
    if "th" in word:
        readings.append(_DIGRAPHS.sub(lambda found: _READ[found[0]], word.replace("th", "t")))
    if "ch" in word:
        readings.append(_DIGRAPHS.sub(lambda found: _READ[found[0]], word.replace("ch", "k")))
    if re.search("g[eiy]", word):
        readings.append(_DIGRAPHS.sub(lambda found: _READ[found[0]], re.sub("g(?=[eiy])", "j", word)))
    keys: dict[str, None] = {}
    for reading in readings:
        heard = re.sub(r"(?<=[aeiouyw])r(?![aeiouy])", "", reading)  # 파크, 코멧, 페이퍼
        for one in (heard, reading):
            keys[_skeleton(one)] = None
            keys[_skeleton(re.sub(r"(?<!^)h", "", one))] = None  # 글래스아워; 안 is Ahn, 노 Roh
    return tuple(key for key in keys if key)


_READ = {
    "sch": "s",
    "tch": "j",
    "sh": "s",
    "ch": "j",
    "ck": "k",
    "ph": "p",
    "th": "s",
    "gh": "",
    "dg": "j",
    "qu": "k",
    "x": "ks",
    "ce": "se",
    "ci": "si",
    "cy": "sy",
    "tion": "son",
    "sion": "son",
    "cc": "k",
    "c": "k",
    "ng": "n",
    "nga": "nga",
    "ngo": "ngo",
    "ngu": "ngu",
    "nge": "nge",
    "ngi": "ngi",
    "ngy": "ngy",
    "ds": "j",
    "mb": "m",
    "kn": "n",
    "wr": "r",
    "ow": "ou",
    "aw": "ou",
}
_DIGRAPHS = re.compile(
    "|".join(
        {"ds": "ds$", "mb": "mb$", "kn": "^kn", "wr": "^wr"}.get(one, one)
        for one in sorted(_READ, key=len, reverse=True)
    )
)


@lru_cache(maxsize=15_000)
def alike(hangul: str, latin: str) -> float:
    """How alike two words sound that share a key, 0 to 1: by all their letters, folded where the scripts differ."""
    return ratio(_hangul_letters(hangul), _latin_letters(latin)) / 100


@lru_cache(maxsize=5_000)
def _hangul_letters(word: str) -> str:
    return _folded("".join(_syllables(word)))


@lru_cache(maxsize=5_000)
def _latin_letters(word: str) -> str:
    return _folded(word.replace(" ", ""))


_SAME = str.maketrans("vfcqgdzlwy", "ppkkktsrui")
_FOLDS = (
    *(("yeo", "yo"), ("eo", "o"), ("eu", "u"), ("oo", "u"), ("ee", "i"), ("ae", "e"), ("ai", "ei"), ("ch", "j"), ("sh", "s")),
    *(("x", "ks"), ("ph", "p"), ("ck", "k"), ("th", "s"), ("ng", "n"), ("b", "p"), ("ou", "u")),
)  # fmt: skip
_TWICE = re.compile(r"(.)\1")


def _folded(letters: str) -> str:
    for old, new in _FOLDS:
        letters = letters.replace(old, new)
    if _TWICE.search(letters):  # mostly not, and a search costs a tenth
        letters = _TWICE.sub(r"\1", letters)
    return letters.translate(_SAME)


def _syllables(word: str) -> list[str]:
    """Romanise each syllable; what is no Hangul is left out."""
    out: list[str] = []
    for letter in word:
        at = ord(letter) - _FIRST
        if 0 <= at <= _LAST - _FIRST:
            initial = _INITIALS[at // 588]
            if (
                not initial and out and out[-1].endswith("K")
            ):  # 맑은: both consonants are heard before a vowel
                out[-1] = out[-1][:-1] + "lk"
            out.append(initial + _VOWELS[at % 588 // 28] + _FINALS[at % 28])
    return [one.replace("K", "k") for one in out]


def _skeleton(parts: str | list[str]) -> str:
    letters = "".join(_heard(part) for part in parts) if isinstance(parts, list) else parts
    return _collapsed("".join(_CLASS.get(letter, "") for letter in letters))


def _heard(syllable: str) -> str:
    return syllable.replace("ch", "s").replace("ng", "n")


def _collapsed(key: str) -> str:
    return "".join(letter for letter, _ in groupby(key))
