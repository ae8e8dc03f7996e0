"""In which of our languages an entry is written."""

from digests.model import LANGUAGES, Entry, Language
from digests.settings import FeedSettings

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
    letters = [letter for letter in text if letter.isalpha()]
    return sum(map(_is_hangul, letters)) / len(letters) if letters else 0.0


def _is_hangul(letter: str) -> bool:
    """Syllables, and the jamo of texts in NFD or of ㅋㅋ (Unicode blocks of Hangul)."""
    return "가" <= letter <= "힣" or "\u1100" <= letter <= "\u11ff" or "\u3131" <= letter <= "\u318e"
