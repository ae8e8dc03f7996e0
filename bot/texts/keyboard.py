"""What comes out when Korean is typed while the keyboard is set to Latin letters: 서울 becomes "tjdnf"."""

_LEADS = ["r", "R", "s", "e", "E", "f", "a", "q", "Q", "t", "T", "d", "w", "W", "c", "z", "x", "v", "g"]
_VOWELS = [
    "k",
    "o",
    "i",
    "O",
    "j",
    "p",
    "u",
    "P",
    "h",
    "hk",
    "ho",
    "hl",
    "y",
    "n",
    "nj",
    "np",
    "nl",
    "b",
    "m",
    "ml",
    "l",
]
_TAILS = [
    "",
    "r",
    "R",
    "rt",
    "s",
    "sw",
    "sg",
    "e",
    "f",
    "fr",
    "fa",
    "fq",
    "ft",
    "fx",
    "fv",
    "fg",
    "a",
    "q",
    "qt",
    "t",
    "T",
    "d",
    "w",
    "c",
    "z",
    "x",
    "v",
    "g",
]

_FIRST, _LAST = 0xAC00, 0xD7A3  # 가 to 힣: lead × 21 vowels × 28 tails (The Unicode Standard, section 3.12)


def latin_keys(text: str) -> str:
    """The keys of the two-set layout (두벌식) that write the text; what is no Hangul syllable stays."""
    return "".join(_keys(letter) for letter in text)


def _keys(letter: str) -> str:
    if not _FIRST <= ord(letter) <= _LAST:
        return letter
    lead, rest = divmod(ord(letter) - _FIRST, 588)
    vowel, tail = divmod(rest, 28)
    return _LEADS[lead] + _VOWELS[vowel] + _TAILS[tail]
