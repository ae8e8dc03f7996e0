"""In which of our languages an entry is written."""

import re

from digests.model import LANGUAGES, Entry, Language
from digests.settings import FeedSettings

# Syllables, and the jamo of texts in NFD or of ㅋㅋ (Unicode blocks of Hangul): letters, all of them.
_HANGUL = re.compile(r"[가-힣\u1100-\u11ff\u3131-\u318e]")
KOREAN_SHARE = 0.3  # of the letters: Korean headlines are full of Latin names, English ones hold no Hangul


def language_of(entry: Entry, feed: FeedSettings) -> Language:
    """Give the feed's language as configured, else the entry's own, else what its letters say.

    "ko-KR" and "KO" are "ko". A language that we do not speak says nothing, and the letters decide.
    """
    for said in (feed.language, entry.language):
        for language in LANGUAGES:
            if said.casefold().replace("_", "-").split("-")[0].strip() == language:
                return language
    return "ko" if hangul_share(f"{entry.title} {entry.summary}") >= KOREAN_SHARE else "en"


def hangul_share(text: str) -> float:
    """Give the share of Hangul among the letters of a text, 0 to 1; composed and decomposed both count."""
    if text.isascii():
        return 0.0
    letters = sum(map(str.isalpha, text))
    return len(_HANGUL.findall(text)) / letters if letters else 0.0
