"""Korean particles: which of 은/는, 이/가, 을/를, 과/와, (으)로 follows a word, by the sound the word ends in."""

import re

_HANGUL_FIRST, _HANGUL_LAST, _FINALS = (
    0xAC00,
    0xD7A3,
    28,
)  # Unicode, chapter 3.12: syllables of 28 finals each
_RIEUL = 8  # the final ㄹ, after which 로 is said, not 으로

# How digits are read: 영 일 이 삼 사 오 육 칠 팔 구. A final 0 also stands for 십, 백, 천, 만: consonants, none of them ㄹ.
_DIGIT_FINALS = {
    "0": 21,
    "1": _RIEUL,
    "2": 0,
    "3": 16,
    "4": 0,
    "5": 0,
    "6": 1,
    "7": _RIEUL,
    "8": _RIEUL,
    "9": 0,
}
# How capitals are read, one by one: L 엘, M 엠, N 엔, R 알; every other name ends in a vowel.
_LETTER_FINALS = {"L": _RIEUL, "M": 16, "N": 4, "R": _RIEUL}
# How the last sound of a written-out word is taken up: 팝, 북, 뮤직, 클럽 (but 핑크, 캠프), 애플, 게임, 폰, 티켓.
# Most other endings gain a vowel (비트, 푸드, 걸스); what spelling does not tell is given the form after a vowel.
_LATIN_FINALS = (
    (re.compile(r"(l|le)$"), _RIEUL),
    (re.compile(r"(m|me)$"), 16),
    (re.compile(r"(n|ne)$"), 4),
    (re.compile(r"ng$"), 21),
    (re.compile(r"([aeiouy][bckp]|ck|pp)$"), 17),
    (re.compile(r"(ket|net)$"), 19),
)

# A time of day is read with its unit: 08:00 여덟 시, 07:30 일곱 시 삼십 분.
_CLOCK = re.compile(r"\d:(\d\d)$")

_LAST = re.compile(r"[가-힣0-9A-Za-z](?=[^가-힣0-9A-Za-z]*$)")
_LATIN_TAIL = re.compile(r"[A-Za-z]+$")


def particle(word: str, pair: str) -> str:
    """Choose from a pair such as "을/를" (after a consonant / after a vowel) what follows `word`.

    Hangul by its last syllable, digits and capitals as they are read out, other Latin words by their last sound;
    times with their unit, signs (quotes, emoji) not at all. A word that tells nothing gets the form after a
    vowel. "으로/로" and "이라/라" are pairs like the others; a final ㄹ takes 로.
    """
    closed, _, opened = pair.partition("/")
    final = _final(word)
    if closed == "으로" and final == _RIEUL:
        return opened
    return closed if final else opened


def _final(word: str) -> int:
    if clock := _CLOCK.search(word):
        return 0 if clock[1] == "00" else 4
    found = _LAST.search(word)
    if found is None:
        return 0
    last = found[0]
    if _HANGUL_FIRST <= ord(last) <= _HANGUL_LAST:
        return (ord(last) - _HANGUL_FIRST) % _FINALS
    if last in _DIGIT_FINALS:
        return _DIGIT_FINALS[last]
    tail = _LATIN_TAIL.search(word[: found.end()])
    return _latin(tail[0]) if tail else 0


def _latin(tail: str) -> int:
    if tail.isupper():  # BTS, JYP, SM
        return _LETTER_FINALS.get(tail[-1], 0)
    low = tail.lower()
    return next((final for ending, final in _LATIN_FINALS if ending.search(low)), 0)
