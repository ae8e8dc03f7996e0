"""What a story says in at most MOST characters: the best sentence of its descriptions, and what stands beside it.

A sentence is worth more for each word of the story's title that it holds, for what the other descriptions say too, and the
nearer it stands to the beginning. One that only says the title again, asks to read on or cannot stand alone is passed
over. See "What leads" in docs/stories.md.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from digests.editions.terms import terms

MOST = 160  # characters, the ellipsis included
SENTENCES = 12  # of one description that are looked at
DESCRIPTIONS = 8  # of one story

TITLE, AGREEMENT, POSITION, LEAD = 1.0, 1.0, 0.5, 0.3
LOOSE = 0.4  # what a sentence loses that begins with "He also": it rests on the one before
CUT = 0.5  # what one loses that its publisher, or we, must cut
_LEAST = 0.01
NEW = 0.34  # the share of its words that the title must not have

_ENDS = re.compile(
    r"""(?:(?<=[.!?。！？])|(?<=[.!?。！？]["'”’)\]」』]))\s+(?=["'“‘(\[「『<《]?[A-Z0-9가-힣一-龥ぁ-んァ-ヶ“‘"'])"""
)
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Gen|Gov|Sen|Rep|Lt|Col|Sgt|Jr|Sr|vs|No|Vol|feat|ft|Inc|Ltd|Co|Corp|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)|\b[A-Z](?:\.[A-Z])*)\.$"
)
_ASIDE = re.compile(
    r"read more|continue reading|read the (?:full|original|whole)|click here|sign up|subscribe|follow us|appeared first on|"
    r"all rights reserved|©|copyright|https?://|www\.|(?:^|\s)photos?(?: by|:)|image:|무단\s?전재|재배포|저작권|구독|"
    r"기사\s?(?:더|전문|원문)|더\s?보기|자세히\s?보기|사진\s?[=:]|\[사진|[/=]\s?사진|ⓒ",
    re.IGNORECASE,
)
_LOOSE = re.compile(
    r"(?:he|she|they|it|this|that|these|those|but|and|also|however|meanwhile|his|her|their|its|then|so)\b|"
    r"(?:이는|이에|이를|이와|이로|그는|그녀는|그가|이들은|그들은|하지만|그러나|또한|또|한편|이어|이날|특히|아울러|그리고)[\s,]",
    re.IGNORECASE,
)
_OPEN_END = re.compile(r"(?:…|\.{3}|\[[.…]+\]|\([.…]+\))\s*$")
_NO_SPACES = re.compile(r"[぀-ヿ㐀-鿿]")  # scripts that part no words


@dataclass(frozen=True, slots=True)
class _Sentence:
    text: str
    score: float  # 0: says nothing


def summary(title: str, descriptions: Sequence[str], most: int = MOST) -> str:
    """Give the best that one of `descriptions` says, in its own words; "" where all only say the title again.

    The first is that of the entry which is shown, the others those of other publishers in the same language. Whole
    sentences of one description, one after the other, as many as fit; a single one that does not fit is cut
    after a word and ends in an ellipsis.
    """
    texts = [" ".join(text.split()) for text in descriptions[:DESCRIPTIONS]]
    known = terms(title)
    spoken = [terms(text) for text in texts]
    best: tuple[float, int, int] | None = None
    read: list[list[_Sentence]] = []
    for nth, text in enumerate(texts):
        others = [words for number, words in enumerate(spoken) if number != nth and texts[number] != text]
        sentences = _read(text, title, known, others, lead=nth == 0, most=most)
        read.append(sentences)
        for place, sentence in enumerate(sentences):
            if sentence.score > 0 and (best is None or sentence.score > best[0]):
                best = sentence.score, nth, place
    return _run(read[best[1]], best[2], most) if best else ""


def excerpt(text: str, most: int = MOST) -> str:
    """Cut a plain text to `most` characters after a word, with an ellipsis; "" where its first word is longer.

    Where words are not parted (Chinese, Japanese) it is cut at the length.
    """
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    head = text[: most - 1]
    if text[most - 1] != " ":
        whole = head.rpartition(" ")[0]
        parted = not _NO_SPACES.match(text[most - 1]) or len(whole) >= most // 2
        head = whole if parted else head
    head = head.rstrip(" ,.;:·-–—…")
    return head + "…" if head else ""


def sentences_of(text: str) -> list[str]:
    """Part a text into its sentences, in order; nothing of it is lost but the spaces between."""
    found: list[str] = []
    start = 0
    for end in _ENDS.finditer(text):
        if _ABBREVIATED.search(text, max(0, end.start() - 12), end.start()):
            continue
        found.append(text[start : end.start()])
        start = end.end()
    return [*found, text[start:]] if text[start:] else found


def _read(
    text: str, title: str, known: frozenset[str], others: Sequence[frozenset[str]], *, lead: bool, most: int
) -> list[_Sentence]:
    found = []
    for place, sentence in enumerate(sentences_of(text)[:SENTENCES]):
        words = terms(sentence)
        fit = _says_something(sentence, words, title, known)
        score = LEAD * lead + POSITION / (1 + place) + _matter(words, known, others) if fit else 0.0
        if place and _LOOSE.match(sentence):
            score -= LOOSE
        if len(sentence) > most or _OPEN_END.search(sentence):
            score -= CUT
        found.append(_Sentence(sentence, max(score, _LEAST) if fit else 0.0))
    return found


def _matter(words: frozenset[str], known: frozenset[str], others: Sequence[frozenset[str]]) -> float:
    """Weigh what a sentence says: the title's words that it holds, and how much of it the other descriptions say."""
    agreed = sum(len(words & other) / len(words) for other in others) / len(others) if others else 0.0
    return TITLE * len(words & known) / max(len(known), 1) + AGREEMENT * agreed


def _says_something(sentence: str, words: frozenset[str], title: str, known: frozenset[str]) -> bool:
    """Whether a sentence is more than the title again, a crumb, or a word to the reader about reading."""
    if not words or _ASIDE.search(sentence):
        return False
    bare = sentence.rstrip(" .…").casefold()
    if bare and title.casefold().startswith(bare):
        return False
    return len(words - known) >= NEW * len(words)


def _run(sentences: Sequence[_Sentence], best: int, most: int) -> str:
    """Give the best sentence with its neighbours, the better one first, as long as they fit whole."""
    first = last = best
    if len(sentences[best].text) > most:
        return excerpt(sentences[best].text, most)
    room = most - len(sentences[best].text)
    while True:
        beside: Collection[int] = [
            at
            for at in (first - 1, last + 1)
            if 0 <= at < len(sentences)
            and sentences[at].score > 0
            and len(sentences[at].text) + 1 <= room
            and not _OPEN_END.search(sentences[at].text)
        ]
        if not beside:
            return " ".join(one.text for one in sentences[first : last + 1])
        at = max(beside, key=lambda one: sentences[one].score)
        first, last = min(first, at), max(last, at)
        room -= len(sentences[at].text) + 1
