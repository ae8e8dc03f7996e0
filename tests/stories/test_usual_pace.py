"""What is usual for a feed at an hour, and what several sources within minutes prove against it."""

from datetime import UTC, datetime, timedelta

import pytest

from digests.model import Decision, Entry, EntryId, Joins, StoryId, Unjudged
from digests.settings import Category, FeedSettings, Settings
from digests.stories.judgement import Newsroom
from digests.stories.pace import Pace, surprise
from digests.stories.vocabulary import Vocabulary

FOUR = datetime(2026, 11, 24, 4, 10, tzinfo=UTC)
HOUR = timedelta(hours=1)


def paced(times: list[datetime]) -> Pace:
    pace = Pace()
    for at in sorted(times):
        pace = pace.seen(at)
    return pace


def by_day(days: int, an_hour: int) -> list[datetime]:
    """From nine to midnight so many an hour, and one at four in the morning."""
    midnight = FOUR.replace(hour=0, minute=0)
    return [
        midnight - timedelta(days=day) + timedelta(hours=hour, minutes=at)
        for day in range(1, days + 1)
        for hour in (4, *range(9, 24))
        for at in range(1 if hour == 4 else an_hour)
    ]


def test_nothing_is_usual_until_some_hours_were_seen() -> None:
    pace = paced([FOUR - 2 * HOUR, FOUR - HOUR])
    assert pace.usual(FOUR) is None
    assert Pace().usual(FOUR) is None
    assert surprise(None) == 1


def test_the_hour_counts_as_well_as_the_feed() -> None:
    pace = paced(by_day(3, 12))
    night, noon = pace.usual(FOUR), pace.usual(FOUR + 8 * HOUR)
    assert night is not None
    assert noon is not None
    assert night < 4
    assert noon > 8


def test_what_comes_just_now_is_not_usual_by_coming() -> None:
    quiet = by_day(3, 12)
    assert paced(quiet).usual(FOUR) == paced([*quiet, *[FOUR] * 40]).usual(FOUR)


def test_a_pace_forgets_what_is_past_the_window() -> None:
    pace = paced([FOUR + at * HOUR for at in range(500)])
    assert len(pace.hours) == 73
    assert pace.usual(FOUR + 500 * HOUR) == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    ("rate", "least", "most"), [(0, 1.25, 1.3), (1, 1.0, 1.1), (7, 0.5, 0.6), (60, 0.25, 0.3)]
)
def test_the_more_a_feed_brings_the_less_it_proves(rate: float, least: float, most: float) -> None:
    assert least <= surprise(rate) <= most


# -- the newsroom knows the feeds it has read ---------------------------------------------------------------------

FEEDS = tuple(FeedSettings(f"https://{name}.example/", name, ("korea",)) for name in ("one", "two", "three"))
SETTINGS = Settings((Category("korea", {"en": "Korea"}),), FEEDS)


BELOW = (
    "Smoke rises over the old market quarter, says a reporter who can see it from her window.",
    "Twelve engines left the station by the river shortly after four, a spokesman told us.",
    "Neighbours carried chairs and cats outside; how it began is being looked into.",
)


def told_by_three(an_hour: int) -> list[Decision]:
    """Three feeds that bring so many entries an hour tell, one after the other, that shops burn."""
    newsroom, number = Newsroom(SETTINGS, Vocabulary.load()), 0

    def offer(feed: str, title: str, at: datetime, below: str = "") -> Decision:
        nonlocal number
        number += 1
        entry = Entry(str(number), title, f"https://{feed}.example/{number}", below, published=at)
        judgement = newsroom.judge(
            Unjudged(EntryId(number), feed, entry, entry.link, title, at, history=False), at
        )
        placed = judgement.filed.placement
        newsroom.keep(judgement, placed.story if isinstance(placed, Joins) else StoryId(number))
        return judgement.filed.decision

    begun = FOUR - 12 * HOUR
    for feed in FEEDS:
        for at in range(12 * an_hour):
            offer(feed.name, f"{feed.name} {at} {at * 7919 % 1009}", begun + at * HOUR / an_hour)
    title = "Fire at shops in Ondam, crews on the way"
    return [
        offer(feed.name, title, FOUR + timedelta(minutes=minute), BELOW[minute])
        for minute, feed in enumerate(FEEDS)
    ]


def test_three_slow_feeds_at_night_are_a_burst_and_three_agencies_are_not() -> None:
    assert any(decision.rings for decision in told_by_three(1))
    agencies = told_by_three(40)
    assert not any(decision.rings for decision in agencies)
    assert "burst" in [reason.code for reason in agencies[-1].reasons]
