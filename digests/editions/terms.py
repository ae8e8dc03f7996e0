"""The words by which two titles, or a title and a sentence, are held against each other."""

import re
import unicodedata

_WORD = re.compile(r"[a-z0-9]+(?:['’][a-z]+)?|[가-힣]+|[぀-ヿ㐀-鿿]+")
_MARK = re.compile(
    r"[\[(【<][^\])】>]{1,12}[\])】>]"
)  # [속보], (LEAD), [단독]: a newsroom's, no words of the story
_WEIGHTLESS = (
    "a an the of to in on at by for from with and or but as is are was were be been has have had it its his her their "
    "they he she we you i this that these those will would can could may not no new now after before over into out up "
    "about more than who what when how why all also just one two first says said amid via vs "
    "있다 했다 한다 된다 됐다 것 등 및 위해 대한 대해 통해 따라 오는 이번 지난 오늘 내일 어제 관련 한편 이날 모두 다시 최근"
)
_AFTER_NOUNS = (
    "은 는 이 가 을 를 의 에 도 만 와 과 로 께 에서 에게 한테 부터 까지 으로 라며 라고 이라 보다 처럼 이나 에는 에도 에서는 으로는 "
    "과의 와의 이라고 이라며 까지의 부터는 에게는 께서"
)
_EMPTY = frozenset(_WEIGHTLESS.split())
# The longest that leaves two syllables.
_PARTICLE = re.compile(rf"(?<=..)(?:{'|'.join(_AFTER_NOUNS.split())})$")


def terms(text: str) -> frozenset[str]:
    """Give a text's words, folded: English without the plural's ending, Korean without particles, none that says little."""
    folded = _MARK.sub(" ", unicodedata.normalize("NFKC", text)).casefold()
    return frozenset(word for found in _WORD.findall(folded) if (word := _bare(found)) and word not in _EMPTY)


def _bare(word: str) -> str:
    if not word.isascii() and "'" not in word and "’" not in word:
        return _PARTICLE.sub("", word) if len(word) > 1 else ""
    word = re.split("['’]", word, maxsplit=1)[0]
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):  # "gas" is no plural
        word = word[:-1]
    return word if len(word) > 1 or word.isdigit() else ""
