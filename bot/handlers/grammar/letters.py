"""Words as they are compared: by the keys that write them, whatever the case, the width, the punctuation or the layout."""

import unicodedata
from collections.abc import Iterable

from bot.texts.keyboard import latin_keys

# Hangul compatibility jamo, ㄱ to ㅣ, are what a Korean keyboard writes of English; the keys are those of 두벌식.
_FIRST, _LAST = 0x3131, 0x3163
_JAMO_KEYS = (  # noqa: SIM905 — one string is easier to compare with a keyboard than fifty quotes
    "r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g "
    "k o i O j p u P h hk ho hl y n nj np nl b m ml l"
).split()


def tidy(text: str) -> str:
    """Give the text in normal width and composed (NFKC), but with lone jamo as they were typed.

    NFKC would make them conjoining, and ㅏㅔㅐㅔ could not be read as kpop any more.
    """
    wide = (
        each if _is_jamo(each) else unicodedata.normalize("NFKC", each)
        for each in unicodedata.normalize("NFC", text)
    )
    return unicodedata.normalize("NFC", "".join(wide))


def keys(text: str) -> str:
    """Give the Latin keys that write the letters and digits of a text, in lower case; all else is left out.

    `K-Pop`, `k pop`, `Ｋ－ＰＯＰ` and, typed on the Korean layout, `ㅏㅔㅐㅔ` are all `kpop`; 케이팝 and, typed on the
    Latin layout, `Zpdlvkq` are `zpdlvkq`.
    """
    return "".join(_keys(each) for each in tidy(text) if each.isalnum()).casefold()


def phrases(words: Iterable[str], endings: Iterable[str] = ("",)) -> frozenset[str]:
    """Give the keys of each word with each ending: to look up what was typed among."""
    after = tuple(endings)
    return frozenset(keys(word + ending) for word in words for ending in after)


def _keys(letter: str) -> str:
    return _JAMO_KEYS[ord(letter) - _FIRST] if _is_jamo(letter) else latin_keys(letter)


def _is_jamo(letter: str) -> bool:
    return _FIRST <= ord(letter) <= _LAST
