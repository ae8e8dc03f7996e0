"""Who tells of a story independently."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.sources import Sources, sources
from digests.model import Entry, Telling

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
RELEASE = "The agency said in a release that the five members will meet their audience in Seoul in March for the first time."


def told(
    feed: str, *, source: str = "", site: str = "", text: str = "", minutes: float = 0, key: str = "1"
) -> Telling:
    link = f"https://{site}/{key}" if site else ""
    entry = Entry(key=f"{feed}-{key}", title="A title", link=link, summary=text)
    return Telling(feed, source or feed, entry, "en", NOON + timedelta(minutes=minutes))


def counted(*tellings: Telling) -> tuple[int, int, int]:
    found: Sources = sources(tellings)
    return found.publishers, found.copies, found.burst


@pytest.mark.parametrize(
    ("tellings", "publishers", "copies", "burst"),
    [
        ([], 0, 0, 0),
        ([told("daily")], 1, 0, 1),
        ([told("daily"), told("daily", key="2"), told("daily", key="3")], 1, 0, 1),
        ([told("daily"), told("post")], 2, 0, 2),
        # Two feeds of one publisher, by its name or by its site.
        ([told("a", source="The Post"), told("b", source="the post")], 1, 0, 1),
        ([told("a", site="post.example"), told("b", site="www.post.example")], 1, 0, 1),
        # One feed that gathers many publishers.
        (
            [told("a", source="Post", site="all.example"), told("a", source="Wire", site="all.example")],
            2,
            0,
            2,
        ),
        # A machine's address is nobody's site.
        ([told("a", site="127.0.0.1:8000"), told("b", site="127.0.0.1:8000")], 2, 0, 2),
        ([told("a", site="localhost"), told("b", site="localhost")], 2, 0, 2),
        # Copies of a release, one with a sentence of its own; and what is too short to prove anything.
        ([told("a", text=RELEASE), told("b", text=RELEASE), told("c", text="We asked. " + RELEASE)], 3, 2, 1),
        ([told("a", text="It was announced."), told("b", text="It was announced.")], 2, 0, 2),
        (
            [
                told("a", text=RELEASE),
                told("b", text="Fans waited at the gate when the posters went up at dawn."),
            ],
            2,
            0,
            2,
        ),
        # Within two hours.
        ([told(feed, minutes=50 * n) for n, feed in enumerate("abcdef")], 6, 0, 3),
    ],
)
def test_who_is_a_source_of_its_own(
    tellings: list[Telling], publishers: int, copies: int, burst: int
) -> None:
    assert counted(*tellings) == (publishers, copies, burst)


def test_a_source_counts_from_its_first_entry() -> None:
    found = sources([told("a", minutes=90, key="2"), told("a", minutes=5), told("b", minutes=30)])
    assert found.arrivals == (NOON + timedelta(minutes=5), NOON + timedelta(minutes=30))


tellings = st.builds(
    told,
    st.sampled_from(["a", "b", "c"]),
    source=st.sampled_from(["", "Post", "Wire"]),
    site=st.sampled_from(["", "post.example", "www.post.example", "wire.example"]),
    text=st.sampled_from(
        ["", RELEASE, RELEASE[:90], "Fans waited at the gate when the posters went up at dawn."]
    ),
    minutes=st.integers(0, 300),
    key=st.sampled_from(["1", "2"]),
)


@given(st.lists(tellings, max_size=12), st.randoms())
def test_the_order_in_which_they_are_given_is_nothing(given_: list[Telling], chance: Random) -> None:
    shuffled = list(given_)
    chance.shuffle(shuffled)
    found = sources(given_)
    assert len({one.seen_at for one in given_}) < len(given_) or sources(shuffled) == found
    assert list(found.arrivals) == sorted(found.arrivals)
    assert bool(given_) <= len(found.arrivals) <= found.publishers <= len(given_)
    assert found.burst <= len(found.arrivals)
