"""Which words of a title are names, as far as its form shows: by what they are called, or by their capitals.

What two titles that name different people have in common otherwise ("arrested on drug charges") proves nothing.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

_CALLING = re.compile(
    r"(?:배우|가수|래퍼|그룹|밴드|감독|작가|방송인|개그맨|개그우먼|코미디언|아나운서|유튜버|모델|앵커|프로듀서|작곡가|아이돌|셰프|선수|의원|장관|회장|대표|은행장)$"
)
_SIDE = re.compile(r"^\W*([가-힣]{2,8}) ?(?:측|소속사)(?![가-힣])")  # "서도윤 측", "서도윤 소속사"
_CALLED = 4  # letters
_LABEL = re.compile(
    r"BREAKING|UPDATE|URGENT|FLASH|LIVE|REVIEW|INTERVIEW|ANALYSIS|OPINION|COLUMN|WATCH|LISTEN|EXCLUSIVE|ALERT|KOSPI|NEWS|ONE|NUMBER|FIRST"
)
_OPENING = 4  # words
_NO_NAME = re.compile(
    r"(?:Jan|Febr)uary|March|April|May|June|July|August|(?:Septem|Octo|Novem|Decem)ber|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|"
    r"[A-Z][a-z]+(?:ian|ese|ish|an)|What|Why|How|North|South|East|West|Sea|Update|Urgent|UPDATE|URGENT|BREAKING|Breaking|Live|LIVE|First|New"
)


def bearers(title: str, tokens: Sequence[str]) -> Iterator[str]:
    """Give the words that may be names.

    Korean: after a calling (배우 서도윤), before 측 and 소속사. English: with a capital; Where Every Word Has One, those of the
    opening alone, and none of every day.
    """
    if any(token[0] >= "가" for token in tokens):
        for before, after in pairwise(tokens):
            if after[0] >= "가" and _CALLING.search(before):
                yield after
        yield from _SIDE.findall(title)
        return
    capitals = [token[0].isupper() and not _NO_NAME.fullmatch(token) for token in tokens]
    everywhere = sum(token[0].isupper() for token in tokens) * 2 > len(tokens)
    for at, token in enumerate(tokens[:_OPENING] if everywhere else tokens):
        if capitals[at]:
            yield token


def is_called(word: str, title: str) -> bool:
    """Whether a word of every day is a name for its capitals: LIME, in a title that does not shout."""
    return (
        len(word) >= _CALLED
        and word.isascii()
        and word.isupper()
        and title != title.upper()
        and not _LABEL.fullmatch(word)
    )
