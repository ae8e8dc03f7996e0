"""Invented news without end: events that papers tell of in two languages, for as long as one likes.

A telling has names of its event (spelled in Hangul or in Latin letters), words of every day that the newsroom knows, words
that it does not, and below the title some of each, as real news has. No word is anybody's.
"""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from digests.feeds.identity import link_key, title_key
from digests.model import Entry, EntryId, Language, Unjudged
from digests.settings import Category, FeedSettings, Settings
from digests.stories.lexicon import Lexicon

BEGUN = datetime(2026, 3, 1, tzinfo=UTC)
CATEGORIES = ("kpop", "drama", "beauty", "food", "korea")
FEEDS = tuple(
    FeedSettings(f"https://paper{at}.example/", f"paper{at}", (CATEGORIES[at % 5],)) for at in range(100)
)
SETTINGS = Settings(tuple(Category(slug, {"en": slug.title()}) for slug in CATEGORIES), FEEDS)
_AGAIN = 0.6  # of the entries tell of an event that is told already
_FORGOTTEN = timedelta(hours=5)  # after so long an event is told half as often
# Syllables as both scripts write them (Revised Romanisation): an initial, a vowel, a final.
_INITIALS = (("g", 0), ("n", 2), ("d", 3), ("r", 5), ("m", 6), ("b", 7), ("s", 9), ("j", 12), ("k", 15), ("t", 16), ("p", 17), ("h", 18))  # fmt: skip
_VOWELS = (("a", 0), ("eo", 4), ("o", 8), ("u", 13), ("i", 20), ("ae", 1), ("yu", 17))
_FINALS = (("", 0), ("", 0), ("n", 4), ("l", 8), ("m", 16), ("ng", 21))


@dataclass(frozen=True, slots=True)
class Event:
    """What has happened: whom, and in which words it is told in each language."""

    number: int
    at: datetime
    names: dict[Language, list[str]]
    known: dict[Language, list[str]]
    own: dict[Language, list[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """An invented entry, and the number of its event."""

    unjudged: Unjudged
    event: int


def news(count: int, a_day: int, *, seed: int = 4) -> Iterator[Told]:
    """Invent entries, so many a day, one after the other."""
    chance = Random(seed)
    words = _everyday()
    events: deque[Event] = deque(maxlen=1_500)
    now, pace = BEGUN, timedelta(days=1) / a_day
    rate = _FORGOTTEN / pace * (1 - _AGAIN)  # events that begin until one is told half as often
    begun = 0
    for number in range(1, count + 1):
        now += pace
        if events and chance.random() < _AGAIN:
            event = events[-1 - min(len(events) - 1, int(chance.expovariate(0.69 / rate)))]
        else:
            begun += 1
            event = _event(chance, begun, now, words)
            events.append(event)
        yield Told(_telling(chance, number, event, now, words), event.number)


def _everyday() -> dict[Language, list[str]]:
    """Give words that the newsroom knows, which all news is made of."""
    lexicon = Lexicon.load()
    return {
        "en": sorted(word for word in lexicon.english if len(word) > 3),
        "ko": sorted(word for word in lexicon.korean if len(word) > 1),
    }


def _event(chance: Random, number: int, at: datetime, words: dict[Language, list[str]]) -> Event:
    names = [[_syllable(chance) for _ in range(chance.choice((2, 3, 3, 4)))] for _ in range(3)]
    return Event(
        number,
        at,
        names={
            "en": ["".join(latin for latin, _ in name).title() for name in names],
            "ko": ["".join(hangul for _, hangul in name) for name in names],
        },
        known={"en": chance.sample(words["en"], 6), "ko": chance.sample(words["ko"], 6)},
        own={"en": [_word(chance, "en") for _ in range(8)], "ko": [_word(chance, "ko") for _ in range(8)]},
    )


def _syllable(chance: Random) -> tuple[str, str]:
    initial, vowel, final = chance.choice(_INITIALS), chance.choice(_VOWELS), chance.choice(_FINALS)
    return initial[0] + vowel[0] + final[0], chr(0xAC00 + (initial[1] * 21 + vowel[1]) * 28 + final[1])


def _telling(
    chance: Random, number: int, event: Event, now: datetime, words: dict[Language, list[str]]
) -> Unjudged:
    language: Language = "ko" if chance.random() < 0.5 else "en"
    names, known, own = event.names[language], event.known[language], event.own[language]
    title = [
        *chance.sample(names, 2),
        *chance.sample(known, 3),
        *chance.sample(own, 2),
        _word(chance, language),
    ]
    chance.shuffle(title)
    below = [
        *names,
        *chance.sample(known, 4),
        *chance.sample(own, 5),
        *chance.sample(words[language], 8),
        *(_word(chance, language) for _ in range(6)),
        str(chance.randrange(2, 900)),
    ]
    chance.shuffle(below)
    feed = chance.choice(FEEDS)
    line = " ".join(title)
    entry = Entry(
        str(number),
        line[0].upper() + line[1:],
        link=f"https://{feed.name}.example/{number}",
        summary=" ".join(below),
        published=now - timedelta(minutes=chance.randrange(1, 20)),
    )
    return Unjudged(
        EntryId(number), feed.name, entry, link_key(entry.link), title_key(entry.title), now, history=False
    )


def _word(chance: Random, language: Language) -> str:
    """Invent a word that the newsroom does not know: some are met all the time, most of them hardly ever."""
    of = Random(int(150 * chance.paretovariate(0.8)) % 60_000)  # a word for each number
    if language == "ko":
        return "".join(chr(0xAC00 + of.randrange(11_172)) for _ in range(of.randint(2, 4)))
    return "".join(of.choice("bdfgklmnprst") + of.choice("aeiou") for _ in range(of.randint(2, 4)))
