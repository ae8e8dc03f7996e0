"""A story told entry by entry, as the judge would: for the tests of turns, rumours and sensitive news."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from digests.model import Decision, Entry
from digests.settings import BreakingSettings, FeedSettings
from digests.stories.breaking import decide
from digests.stories.freshness import FeedClock
from digests.stories.language import language_of
from digests.stories.newswords import NewsWords
from digests.stories.reading import read
from digests.stories.so_far import SoFar, kept

BEGUN = datetime(2026, 11, 24, 3, tzinfo=UTC)
WORDS = NewsWords.load()


@dataclass
class Story:
    """One story; `tells` adds an entry and gives what was decided."""

    so_far: SoFar = field(default_factory=SoFar)
    feeds: int = 0

    def tells(
        self,
        title: str,
        minute: int = 0,
        *,
        below: str = "",
        kind: str = "",
        feed: str = "",
        marked: bool = False,
    ) -> Decision:
        self.feeds += 1
        settings = FeedSettings(
            url="https://paper.example/feed",
            name=feed or f"paper-{self.feeds}",
            categories=("korea",),
            breaking=marked,
            kind=kind,  # type: ignore[arg-type]
        )
        now = BEGUN + timedelta(minutes=minute)
        entry = Entry("k", title, summary=below, published=now - timedelta(minutes=2))
        told = read(entry, settings, WORDS, seen_at=now, language=language_of(entry, settings))
        decision = decide(told, self.so_far, FeedClock(), BreakingSettings(), now, words=WORDS)
        self.so_far = kept(self.so_far, told, WORDS, turn=decision.turn, rumour=decision.rumour)
        return decision


def codes(decision: Decision) -> set[str]:
    return {reason.code for reason in decision.reasons}
