"""Words as they are compared: no case, no width, no punctuation; and what the same keys write on the other keyboard."""

import unicodedata

from es_hangul import convert_hangul_to_qwerty, convert_qwerty_to_hangul

LONGEST = 40  # characters; no word that we know is longer, and converting costs time

_JAMO = ("\u3131", "\u318e")  # Hangul compatibility jamo, ㄱ to ㆎ: what a Korean keyboard writes of English


def fold(text: str) -> str:
    """Give letters and digits only, in lower case and normal width: `K-Pop`, `k pop` and `Ｋ－ＰＯＰ` are `kpop`."""
    return "".join(each for each in tidy(text).casefold() if each.isalnum())


def tidy(text: str) -> str:
    """Give the text in normal width and composed (NFKC), but with lone jamo as they were typed.

    NFKC would make them conjoining, and a conversion of what was typed on the wrong keyboard impossible.
    """
    wide = (
        each if _JAMO[0] <= each <= _JAMO[1] else unicodedata.normalize("NFKC", each)
        for each in unicodedata.normalize("NFC", text)
    )
    return unicodedata.normalize("NFC", "".join(wide))


def retyped(word: str) -> tuple[str, ...]:
    """Give what the keys of one word write on the other keyboard: `zpdlvkq` is 케이팝, `ㅏㅔㅐㅔ` is kpop.

    A Latin word also in lower case, since a phone makes the first letter a capital, which is another jamo.
    """
    if not word or len(word) > LONGEST:
        return ()
    if word.isascii() and word.isalpha():
        return tuple(dict.fromkeys(filter(None, (_hangul(word), _hangul(word.lower())))))
    if all(_is_hangul(each) for each in word):
        return (str(convert_hangul_to_qwerty(word)),)
    return ()


def readings(word: str) -> tuple[str, ...]:
    """Give what a word may be, folded: as typed, then as the other keyboard would have it."""
    return tuple(dict.fromkeys(fold(each) for each in (word, *retyped(tidy(word)))))


def _hangul(word: str) -> str:
    try:
        return str(convert_qwerty_to_hangul(word))
    except (ValueError, IndexError):  # keys that write no syllables
        return ""


def _is_hangul(letter: str) -> bool:
    return "가" <= letter <= "힣" or _JAMO[0] <= letter <= _JAMO[1]
