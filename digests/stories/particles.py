"""What Korean puts after a word without a space: particles and a few titles, by the sound that the word ends in."""

from collections.abc import Iterable

_FIRST, _LAST, _FINALS = 0xAC00, 0xD7A3, 28  # Unicode, chapter 3.12: syllables of 28 finals each
_RIEUL = 8  # after ㄹ it is 로, as after a vowel, and not 으로

_CORE_ANY = ("의", "도", "에게", "에게는", "에게도", "만의", "께서", "한테", "하고", "씨", "측", "님")
_CORE_CLOSED = ("은", "이", "을", "과", "과의", "이랑")
_CORE_OPEN = ("는", "가", "를", "와", "와의", "랑")

_ANY = (
    *(
        "만",
        "에",
        "에는",
        "에도",
        "에만",
        "에서",
        "에서는",
        "에서도",
        "에서만",
        "에서의",
        "에의",
        "에게만",
        "에게서",
    ),
    *(
        "까지",
        "까지도",
        "까지는",
        "부터",
        "부터는",
        "마저",
        "조차",
        "마다",
        "만큼",
        "만큼은",
        "만은",
        "만이",
        "만을",
    ),
    *(
        "처럼",
        "보다",
        "보다는",
        "보다도",
        "밖에",
        "뿐",
        "뿐만",
        "대로",
        "씩",
        "께",
        "께서는",
        "한테서",
        "한테는",
    ),
    *(
        "커녕",
        "같은",
        "같이",
        "들",
        "편",
        "표",
        "발",
        "팬",
        "팬들",
        "행",
        "인",
        "인데",
        "이다",
        "입니다",
        "이라니",
    ),
    *("이자", "이고", "이며", "이지만", "이라는", "이라고", "이었다", "여서", "치고", "더러", "서도"),
)
_CLOSED = (
    *(
        "과는",
        "과도",
        "으로",
        "으로는",
        "으로도",
        "으로서",
        "으로써",
        "으로부터",
        "으로의",
        "으로까지",
        "이나",
        "이라",
    ),
    *("이라도", "이란", "이든", "이든지", "이냐", "이여", "아", "이야", "은커녕", "이랑은", "이나마"),
)
_OPEN = (
    *(
        "와는",
        "와도",
        "로",
        "로는",
        "로도",
        "로서",
        "로써",
        "로부터",
        "로의",
        "로까지",
        "나",
        "라",
        "라는",
        "라고",
    ),
    *(
        "라도",
        "란",
        "든",
        "든지",
        "며",
        "자",
        "고",
        "지만",
        "다",
        "였다",
        "야",
        "여",
        "냐",
        "는커녕",
        "랑은",
        "나마",
    ),
)
# 정국이가, 카리나씨는, 하이브측이: a title or the 이 of given names, and a particle after it.
_TITLES = ("씨", "측", "님", "들", "팬", "팬들", "편", "표", "발")
_AFTER_I = (*_CORE_ANY, *_CORE_OPEN)


def _with_titles(particles: Iterable[str], titles: Iterable[str]) -> frozenset[str]:
    tails = {
        title + after
        for title in titles
        for after in (*_CORE_ANY, *(_CORE_CLOSED if closed(title) else _CORE_OPEN))
    }
    return frozenset((*particles, *tails))


def closed(word: str) -> bool:
    """Whether a word ends in a consonant (정국); only Hangul does."""
    return bool(_final(word))


def _final(word: str) -> int:
    last = ord(word[-1]) if word else 0
    return (last - _FIRST) % _FINALS if _FIRST <= last <= _LAST else 0


_CORE_AFTER = {
    True: _with_titles((*_CORE_ANY, *_CORE_CLOSED, *("이" + one for one in _AFTER_I)), ("씨", "측", "님")),
    False: _with_titles((*_CORE_ANY, *_CORE_OPEN), ("씨", "측", "님")),
}
_AFTER = {
    True: _CORE_AFTER[True] | _with_titles((*_ANY, *_CLOSED), _TITLES),
    False: _CORE_AFTER[False] | _with_titles((*_ANY, *_OPEN), _TITLES),
}


def may_follow(word: str, tail: str, *, core: bool = False) -> bool:
    """Whether `tail` is a particle, or nothing, after a Hangul `word`: 에스파+가 and 정국+이 are, 제니+퍼 and 정국+가 not.

    `core`: only those that hardly begin or end another word, for words that are short or of every day: 비+가 counts,
    비+만 (obesity) and 카이+로 (Cairo) do not.
    """
    if not tail:
        return True
    final = _final(word)
    after = (_CORE_AFTER if core else _AFTER)[bool(final)]
    if final == _RIEUL and tail.startswith(("로", "으로")):
        return not core and tail in _AFTER[False]
    return tail in after
