"""Korean words: what is left of one without its particles, the terms it gives, and whether it may be a name."""

import re
from collections.abc import Iterator
from sys import intern

from digests.stories.lexicon import Lexicon
from digests.stories.particles import may_follow

_VERBAL = re.compile(
    r"(?:했다|한다|됐다|된다|했던|하는|되는|하며|하고|하자|하기로|한다고|했다고|됐다고|된다며|했지만|하지만|합니다|했어요|해요|돼요|됩니다|입니다|이에요|예요|라며|"
    r"다며|이라며|하다|되다|시킨|시켜|당한|당해|받은|받아|해서|돼서|했|됐)$"
)
_MORE = frozenset(
    (
        *("에", "에서", "에서는", "에는", "에도", "으로", "로", "까지", "부터", "만", "보다", "처럼"),
        *("이나", "나", "라", "이라", "만에", "서", "째"),
    )
)
_AFTER_ONE = frozenset("가이은는을를에의로도")  # after a word of one syllable that we know: 비가, 눈이
_STACKED = ("은", "는", "도", "만")  # what stands after another particle: 서울에서는
# What follows a place or a vessel's name without a space; the other language leaves it out, or says it in a word of its own.
_KINDS = ("시", "군", "구", "읍", "면", "동", "리", "도", "항", "역", "호", "산", "섬", "천", "강", "씨", "측", "뮤직", "엔터", "그룹")  # fmt: skip
_PLACE = re.compile(
    r"^([가-힣]{2,6}?)(?:특별자치시|특별자치도|광역시|시|군|읍|면|고속도로|고속국도|순환로|대교|터널|산단|지하차도)$"
)
_ROAD = re.compile(
    r"^[가-힣]{2,6}?(?:고속도로|고속국도|순환로|대교|터널)$"
)  # 서해안고속도로, which no coast is
_VERB_ENDS = frozenset("다요며져죠까")
_TAILS = (3, 4, 5)  # syllables of a known word at a longer one's end
_LONGEST_NAME = 12  # syllables
_OF_KIND = 3  # syllables of a known word that says of what kind a longer one is, and is no part of its name: 고속도로
_IN_PART = 0.7  # of a word of which we know a part


def bare(token: str, lexicon: Lexicon) -> str:
    """Take particles and endings off a Korean word, leaving two syllables at least (회의 is no 회 of something)."""
    if token in lexicon.whole or token in lexicon.korean:
        return token
    if any(token[-length:] in lexicon.korean for length in _TAILS if length < len(token)):
        return token  # 중앙내륙고속도로 ends with a road, and with no particle
    verbal = _VERBAL.search(token)
    if verbal and (verbal.start() >= 2 or (verbal.start() == 1 and token[0] in lexicon.korean)):
        return token[: verbal.start()]
    for length in range(min(4, len(token) - 1), 0, -1):
        head, tail = token[:-length], token[-length:]
        if len(head) < 2 and not (head in lexicon.korean and tail in _AFTER_ONE):
            continue
        if tail in _MORE or may_follow(head, tail, core=True):
            return bare(head, lexicon) if tail in _STACKED and len(head) > 3 else head
    return token


def terms_of(token: str, lexicon: Lexicon) -> Iterator[tuple[str, float]]:
    """Give the terms of a word, each with its share: the words in it that we know, with what they are about, or its syllables.

    Two by two, so that a longer word and its beginning have terms in common; together a long name weighs little more
    than a short one. An unknown verb is no term.
    """
    word = bare(token, lexicon)
    if word in lexicon.silent or token in lexicon.silent:
        return
    about = lexicon.about(word)
    for known, concept in about:
        if concept:
            yield concept, 1.0
            yield known, 1.0
    if about and about[-1][1]:
        return
    if token[-1] in _VERB_ENDS and len(token) > 2:
        return
    rest = word
    for known, _ in about:
        rest = rest.replace(known, " ", 1) if len(known) >= _OF_KIND else rest
    pairs = [intern(part[first : first + 2]) for part in rest.split() for first in range(len(part) - 1)]
    for pair in pairs:
        yield pair, len(pairs) ** -0.5 * (_IN_PART if about else 1.0)


def names_of(token: str, lexicon: Lexicon) -> Iterator[str]:
    """Give what a word may be the name of: itself, with and without what looks like a particle, and without 시, 군, 호."""
    word = bare(token, lexicon)
    if len(word) < 2 or len(word) > _LONGEST_NAME or word in lexicon.silent:
        return
    about = lexicon.about(word)
    if about and about[-1][1]:
        return
    yield word
    if token != word and token not in lexicon.whole:
        yield token
    for kind in _KINDS:
        if word.endswith(kind) and len(word) - len(kind) >= 2:
            yield word[: -len(kind)]


def place_of(token: str, lexicon: Lexicon) -> str:
    """Give the place that a word names with its kind (나루시, 늘봄군에서), "" for any other word (동시, 장군)."""
    word = token if _PLACE.match(token) else bare(token, lexicon)
    if _ROAD.match(word):
        return word
    found = _PLACE.match(word)
    return found[1] if found and word not in lexicon.korean and not lexicon.about(found[1]) else ""
