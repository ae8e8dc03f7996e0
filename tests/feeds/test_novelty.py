"""What is new: news are the keys that were never seen, but for what a publisher lists anew."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.document import Document
from digests.feeds.identity import KEY_VERSION, link_key, title_key
from digests.feeds.novelty import LEAST, News, first_of, sift
from digests.feeds.parse import parse
from digests.model import Entry, EntryId, Keyed, Seen, Stored

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
TITLES = (
    "Snow closes the mountain pass",
    "Choir wins in the harbour town",
    "New line opens under the river",
    "Potter shows a hundred bowls",
    "Ferry drifts for a night",
    "Market moves to the old mill",
)


def listed(
    title: str, key: str, link: str = "", *, hours: float | None = 1, summary: str = "", **more: Any
) -> Keyed:
    published = None if hours is None else NOON - hours * HOUR
    entry = Entry(key=key, title=title, link=link, summary=summary, published=published, **more)
    return Keyed(entry, KEY_VERSION, link_key(link), title_key(title))


def before(*keyed: Keyed) -> tuple[Stored, ...]:
    """The same entries as the store has them."""
    return tuple(
        Stored(
            EntryId(number),
            one.link_key,
            one.title_key,
            one.entry.title,
            one.entry.summary,
            one.entry.published,
        )
        for number, one in enumerate(keyed, 1)
    )


def sifted(
    document: list[Keyed], stored: tuple[Stored, ...] = (), known: tuple[str, ...] = (), **more: Any
) -> News:
    seen = {one.entry.key: Seen(NOON, one.entry.published) for one in document if one.entry.key in known}
    unseen = [one for one in document if one.entry.key not in seen]
    return sift([one.entry.key for one in document], unseen, seen, stored, **more)


def titles(entries: tuple[Keyed, ...]) -> list[str]:
    return [one.entry.title for one in entries]


def at(title: str) -> str:
    return f"https://paper.example/{title.split(maxsplit=1)[0].lower()}"


OLD = [listed(title, f"id:{number}", at(title)) for number, title in enumerate(TITLES)]


def test_two_entries_with_one_time_stamp_are_both_new() -> None:
    news = sifted([listed(TITLES[0], "a", hours=1), listed(TITLES[1], "b", hours=1)], before(*OLD[2:]))
    assert titles(news.new) == list(TITLES[:2])


def test_an_entry_that_is_listed_twice_is_one() -> None:
    assert titles(sifted([listed(TITLES[0], "a"), listed(TITLES[1], "a")]).new) == [TITLES[0]]


def test_new_ids_on_known_links_and_titles_are_the_same_entries_and_what_is_new_stays_new() -> None:
    document = [listed("A fresh report", "new:9", "https://paper.example/fresh")]
    document += [listed(title, f"new:{number}", at(title)) for number, title in enumerate(TITLES)]
    news = sifted(document, before(*OLD))
    assert titles(news.new) == ["A fresh report"]
    assert {(known.title, one.entry.key) for known, one in news.again} == {
        (title, f"new:{number}") for number, title in enumerate(TITLES)
    }
    assert news.reissued


def test_new_ids_and_new_titles_on_known_links_are_the_same_entries() -> None:
    document = [listed(f"{title}!? Updated", f"new:{n}", at(title)) for n, title in enumerate(TITLES)]
    news = sifted(document, before(*OLD))
    assert (news.new, len(news.again), news.reissued) == ((), len(TITLES), True)


def test_a_site_that_moved_with_all_its_ids_and_links_is_known_by_its_titles() -> None:
    document = [listed(t, f"new:{n}", f"https://new.example/{n}", hours=5) for n, t in enumerate(TITLES)]
    news = sifted(document, before(*OLD))
    assert (news.new, len(news.again), news.reissued) == ((), len(TITLES), True)


def test_entries_without_ids_and_links_whose_titles_change_are_known_by_their_text() -> None:
    texts = [f"It is a long story, and the {number}th of many that were told here." for number in range(4)]
    old = [listed(f"Report {n}", f"text:{n}", summary=text) for n, text in enumerate(texts)]
    document = [listed(f"Changed {n}", f"text:x{n}", summary=text) for n, text in enumerate(texts)]
    assert (sifted(document, before(*old)).new, sifted(document, before(*old)).reissued) == ((), True)


def test_one_entry_with_a_new_id_is_the_same_and_no_reissue_to_tell_of() -> None:
    document = [listed(TITLES[0], "new", at(TITLES[0])), *OLD[1:]]
    news = sifted(document, before(*OLD), known=tuple(one.entry.key for one in OLD[1:]))
    assert (news.new, len(news.again), news.reissued) == ((), 1, False)


def test_a_daily_column_of_one_title_is_news_each_day() -> None:
    weather = "The weather of the coast today"
    yesterday = listed(weather, "id:1", "https://paper.example/w/1", hours=25)
    today = listed(weather, "id:2", "https://paper.example/w/2", hours=1)
    news = sifted([today, yesterday], before(yesterday), known=("id:1",))
    assert [one.entry.key for one in news.new] == ["id:2"]


def test_a_page_that_is_used_again_for_another_story_is_news() -> None:
    live = "https://paper.example/live"
    known = listed("Storm over the strait, live", "id:1", live)
    news = sifted([listed("Election night, live", "id:2", live), known], before(known), known=("id:1",))
    assert titles(news.new) == ["Election night, live"]


def test_after_a_long_silence_a_window_of_news_with_one_link_for_all_is_news() -> None:
    board = "https://paper.example/board"
    old = [listed(title, f"id:{number}", board) for number, title in enumerate(TITLES[:3])]
    document = [listed(f"Notice number {number}", f"id:{number}", board) for number in range(10, 16)]
    assert len(sifted(document, before(*old)).new) == 6


def test_what_is_older_than_all_that_is_known_came_back_and_rings_nobody() -> None:
    document = [*OLD[:5], listed("A report of last week", "id:old", hours=200)]
    news = sifted(document, known=tuple(one.entry.key for one in OLD))
    assert (titles(news.new), titles(news.past)) == ([], ["A report of last week"])


def test_out_of_order_reports_of_a_busy_hour_are_news() -> None:
    document = [listed(title, f"id:x{n}", hours=n / 10) for n, title in enumerate(TITLES)] + OLD[:1]
    late = listed("Written an hour ago, sent now", "id:late", hours=1.5)
    assert late in sifted([*document, late], known=("id:0",)).new


def test_without_dates_only_the_old_end_of_a_feed_that_is_seen_to_list_the_newest_first_is_old() -> None:
    document = [listed(title, f"id:{number}", hours=None) for number, title in enumerate(TITLES)]
    keys = [one.entry.key for one in document]
    seen = {"id:1": Seen(NOON, None), "id:2": Seen(NOON - HOUR, None), "id:3": Seen(NOON - HOUR, None)}
    unseen = [one for one in document if one.entry.key not in seen]
    news = sift(keys, unseen, seen, ())
    assert (titles(news.new), titles(news.back)) == ([TITLES[0]], list(TITLES[4:]))
    upside_down = {"id:1": Seen(NOON - HOUR, None), "id:2": Seen(NOON, None), "id:3": Seen(NOON, None)}
    assert len(sift(keys, unseen, upside_down, ()).new) == 3, "its new ones may stand at the end"
    at_once = dict.fromkeys(seen, Seen(NOON, None))
    assert len(sift(keys, unseen, at_once, ()).new) == 3, "nothing says which end is the new one"


def test_when_keys_are_made_anew_all_that_looks_alike_is_the_same_and_the_rest_only_news_if_written_since() -> (
    None
):
    document = [
        listed("Written since", "v2:9", hours=0.5),
        listed("Never seen before", "v2:8", hours=9),
        listed("Without a date", "v2:7", hours=None),
        listed(TITLES[0], "v2:0", at(TITLES[0])),
        listed("Another title", "v2:1", at(TITLES[1])),
    ]
    news = sifted(document, before(*OLD), took_over=NOON - HOUR)
    assert titles(news.new) == ["Written since"]
    assert titles(news.past) == ["Never seen before", "Without a date"]
    assert (len(news.again), news.reissued) == (2, False)


marks = st.sampled_from(["", *(at(title) for title in TITLES)])
some = st.lists(
    st.builds(
        listed,
        st.sampled_from(["", *TITLES]),
        st.sampled_from([f"id:{number}" for number in range(12)]),
        marks,
        hours=st.none() | st.integers(0, 300),
        summary=st.sampled_from(["", "x" * 60, "y" * 60]),
    ),
    max_size=12,
)


@given(some, some, st.sets(st.sampled_from([f"id:{number}" for number in range(12)])), st.booleans())
def test_every_unseen_entry_is_one_thing_and_no_stored_one_stands_for_two(
    document: list[Keyed], old: list[Keyed], known: set[str], upgrade: bool
) -> None:
    news = sifted(document, before(*old), tuple(known), took_over=NOON - HOUR if upgrade else None)
    sorted_out = [*news.new, *news.past, *news.back, *(one for _, one in news.again)]
    keys = [one.entry.key for one in sorted_out]
    assert sorted(keys) == sorted({one.entry.key for one in document} - known)
    assert len({stored.id for stored, _ in news.again}) == len(news.again)


# -- the first time ---------------------------------------------------------------------------------------------


def first(*days: float | None, more: str = "") -> News:
    """What is made of a feed that is read for the first time, whose entries are so many days old."""
    items = "".join(
        f"<item><title>Report {place}</title><link>https://paper.example/{place}</link><guid>{place}</guid>"
        f"<description>What happened.</description>{more}"
        + (f"<pubDate>{format_datetime(NOON - timedelta(days=old))}</pubDate>" if old is not None else "")
        + "</item>"
        for place, old in enumerate(days)
    )
    parsed = parse(Document(f"<rss version='2.0'><channel>{items}</channel></rss>".encode()))
    return first_of(parsed, NOON - timedelta(days=30))


def numbers(keyed: Any) -> list[int]:
    return [int(one.entry.key.removeprefix("id:")) for one in keyed]


def test_what_a_feed_had_long_before_it_was_known_is_noted_and_not_read() -> None:
    news = first(1, 2, 29, 31, 400)
    assert (numbers(news.new), numbers(news.noted)) == ([0, 1, 2], [3, 4])
    assert {one.entry.summary for one in news.new} == {"What happened."}
    (one, _) = news.noted
    assert (one.entry.title, one.link_key, one.entry.summary) == ("Report 3", "paper.example/3", "")
    assert one.entry.published == NOON - timedelta(days=31)


def test_a_feed_in_which_all_is_old_has_its_newest_read() -> None:
    assert LEAST == 1
    news = first(300, 100, 500, 200, 400)
    assert (numbers(news.new), numbers(news.noted)) == ([1], [0, 2, 3, 4])
    news = first(100, 1, 200, 300)
    assert (numbers(news.new), numbers(news.noted)) == ([1], [0, 2, 3]), "the young one is it"


def test_entries_without_a_date_or_updated_lately_are_not_old() -> None:
    assert numbers(first(None, 100, None, 100, None).new) == [0, 2, 4]
    lately = f"<updated xmlns='http://www.w3.org/2005/Atom'>{(NOON - HOUR).isoformat()}</updated>"
    assert first(*[100] * 5, more=lately).noted == ()


def test_an_old_entry_without_a_title_is_read_since_its_text_is_one() -> None:
    items = "".join(
        f"<item><guid>{place}</guid><description>Note {place}</description>"
        f"<pubDate>{format_datetime(NOON - timedelta(days=90))}</pubDate></item>"
        for place in range(5)
    )
    parsed = parse(Document(f"<rss version='2.0'><channel>{items}</channel></rss>".encode()))
    assert titles(first_of(parsed, NOON).new) == [f"Note {place}" for place in range(5)]
