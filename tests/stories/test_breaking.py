import unicodedata
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.model import Decision, Entry
from digests.settings import BreakingSettings, FeedSettings
from digests.stories import breaking, markers
from digests.stories.freshness import FeedClock
from digests.stories.labels import heads
from digests.stories.language import language_of
from digests.stories.newswords import NewsWords
from digests.stories.reading import read
from digests.stories.so_far import SoFar

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
RULES = BreakingSettings()
PLAIN = FeedSettings(url="https://daily.example/feed", name="daily", categories=("kpop",))
WIRE = FeedSettings(url="https://wire.example/feed", name="wire", categories=("korea",), breaking=True)


WORDS = NewsWords.load()


def decide(
    title: str = "Moon Band opens a bakery",
    *tags: str,
    feed: FeedSettings = PLAIN,
    published: datetime | None = NOW - timedelta(minutes=5),
    seen_at: datetime = NOW,
    history: bool = False,
    rules: BreakingSettings = RULES,
    categories: tuple[str, ...] = (),
) -> Decision:
    entry = Entry("k", title, published=published, tags=tags)
    told = read(entry, feed, WORDS, seen_at=seen_at, language=language_of(entry, feed), history=history)
    return breaking.decide(told, SoFar(), FeedClock(), rules, NOW, words=WORDS, categories=categories)


def codes(decision: Decision, speaks: str) -> list[str]:
    return [reason.code for reason in decision.reasons if reason.speaks == speaks]


@pytest.mark.parametrize(
    "title",
    [
        "BREAKING: Moon Band parts with its agency",
        "Breaking: Moon Band parts with its agency",
        "BREAKING : Moon Band parts with its agency",
        "BREAKING NEWS: Moon Band parts with its agency",
        "Breaking News | Moon Band parts with its agency",
        "Breaking | Moon Band parts with its agency",
        "BREAKING - Moon Band parts with its agency",
        "BREAKING — Moon Band parts with its agency",
        "[BREAKING] Moon Band parts with its agency",
        "[Breaking News] Moon Band parts with its agency",
        "(URGENT) Ferry aground off Haebit Island",
        "URGENT: Ferry aground off Haebit Island",
        "FLASH: Ferry aground off Haebit Island",
        "🚨 BREAKING: Ferry aground off Haebit Island",
        "⚡️[BREAKING] Ferry aground off Haebit Island",
        "  \u200bBREAKING: Ferry aground off Haebit Island",
        "JUST IN: Ferry aground off Haebit Island",
        "[Exclusive] [Breaking] Ferry aground off Haebit Island",
        "[속보] 해빛섬 앞바다 여객선 좌초",
        "[속보]해빛섬 앞바다 여객선 좌초",
        "［속보］ 해빛섬 앞바다 여객선 좌초",
        "\u200f[\u200b속보\ufeff] 해빛섬 앞바다 여객선 좌초",
        "[ 속보 ] 해빛섬 앞바다 여객선 좌초",
        "【속보】 해빛섬 앞바다 여객선 좌초",
        "(속보) 해빛섬 앞바다 여객선 좌초",
        "<속보> 해빛섬 앞바다 여객선 좌초",
        "〈속보〉 해빛섬 앞바다 여객선 좌초",
        "속보: 해빛섬 앞바다 여객선 좌초",
        "속보 : 해빛섬 앞바다 여객선 좌초",
        "속보：해빛섬 앞바다 여객선 좌초",
        "속보 | 해빛섬 앞바다 여객선 좌초",
        "[긴급] 해빛섬 앞바다 여객선 좌초",
        "[긴급속보] 해빛섬 앞바다 여객선 좌초",
        "[1보] 해빛섬 앞바다 여객선 좌초",
        "[단독][속보] 달밴드, 소속사와 결별",
        "[단독·속보] 달밴드, 소속사와 결별",
        "[속보/단독] 달밴드, 소속사와 결별",
        "[단독ㆍ속보] 달밴드, 소속사와 결별",
        unicodedata.normalize("NFD", "[속보] 달밴드, 소속사와 결별"),
    ],
)
def test_a_marker_at_the_titles_start_speaks_for_ringing(title: str) -> None:
    assert codes(decide(title), "for").count("marker") == 1
    assert decide(title, feed=WIRE).rings


@pytest.mark.parametrize(
    "title",
    [
        "Moon Band parts with its agency",
        "Record-breaking: Moon Band's tour in numbers",
        "Record-breaking night for Moon Band",
        "Heart-breaking: a farewell on stage",
        "Breaking Bad: the stage show comes to Seoul",
        "Breaking Bad creator visits Seoul",
        "Breaking – the dance that came to the Games",
        "Why BREAKING: is everywhere",
        "Groundbreaking | A museum for Hangul",
        "Ground-breaking ceremony: who came",
        "Flash: the hero returns to the big screen",
        "Urgent: fans look for a lost puppy",
        "Tonight: BREAKING: the musical",
        "속보=해빛섬 여객선 선장 입건",
        "속보= 해빛섬 여객선 선장 입건",
        "[가락시장 속보] 배추 상품 10kg 1만원",
        "[속보판] 오늘의 시세",
        "[속보=] 해빛섬 여객선 선장 입건",
        "속보경영의 시대가 왔다",
        "쾌속보트: 해빛섬 관광의 모든 것",
        "달밴드 속보: 팬들이 만든 신문",
        "달밴드 결별 [속보]",
        "[단독] 달밴드, 소속사와 결별",
        "[종합] 달밴드, 소속사와 결별",
        "[2보] 해빛섬 앞바다 여객선 좌초",
        "[긴급점검] 여객선은 안전한가",
        "",
        "[]",
        "[속보",
        ":",
    ],
)
def test_what_only_looks_like_a_marker_is_none(title: str) -> None:
    assert "marker" not in codes(decide(title), "for")


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("[속보] [칼럼] 결별의 계절", "column"),
        ("[칼럼] 결별의 계절", "column"),
        ("[해빛 칼럼] 결별의 계절", "column"),
        ("[김모래의 칼럼] 결별의 계절", "column"),
        ("[사설] 여객선 안전, 말뿐인가", "editorial"),
        ("[사설/칼럼] 여객선 안전, 말뿐인가", "column"),
        ("[인터뷰] 달밴드 '우리는 돌아온다'", "interview"),
        ("[인터뷰①] 달밴드 '우리는 돌아온다'", "interview"),
        ("[단독 인터뷰] 달밴드 '우리는 돌아온다'", "interview"),
        ("[N인터뷰] 달밴드 '우리는 돌아온다'", "interview"),
        ("[리뷰] 달밴드 '은빛 물결'", "review"),
        ("[기고] 여객선 안전을 생각한다", "opinion"),
        ("[시론] 여객선 안전을 생각한다", "opinion"),
        ("[해빛시론] 여객선 안전을 생각한다", "opinion"),
        ("[오피니언] 여객선 안전을 생각한다", "opinion"),
        ("[광고] 새 화장품", "sponsored"),
        ("[AD] 새 화장품", "sponsored"),
        ("[단독][속보][사설] 여객선", "editorial"),
        ("사설: 여객선 안전", "editorial"),
        ("Opinion: The ferry we did not inspect", "opinion"),
        ("Opinion | The ferry we did not inspect", "opinion"),
        ("OPINION - The ferry we did not inspect", "opinion"),
        ("The ferry we did not inspect | Opinion", "opinion"),
        ("Op-Ed: The ferry we did not inspect", "opinion"),
        ("Editorial: The ferry we did not inspect", "editorial"),
        ("[Editorial] The ferry we did not inspect", "editorial"),
        ("Interview: Moon Band on leaving", "interview"),
        ("[Haebit Interview] Moon Band on leaving", "interview"),
        ("Review: Moon Band, 'Silver Tide'", "review"),
        ("K-Drama Review: 'The Lighthouse'", "review"),
        ("'The Lighthouse' (Review)", "review"),
        ("Sponsored: a cream for every skin", "sponsored"),
        ("BREAKING: Opinion: The ferry", "opinion"),
        ("Breaking | Review: 'The Lighthouse'", "review"),
        ("Analysis: what the verdict means", "analysis"),
        ("Correction: the ferry carried 40", "correction"),
        ("[정정] 여객선 승객 수", "correction"),
        ("[특집] 바다의 날", "feature"),
        ("Recap: 'The Lighthouse', episode 4", "recap"),
    ],
)
def test_a_title_that_says_it_is_no_report_vetoes_even_the_wire(title: str, kind: str) -> None:
    decision = decide(title, "Breaking", feed=WIRE)
    assert not decision.rings
    assert kind in codes(decision, "against")
    assert {"feed", "tag"} <= set(codes(decision, "for"))


@pytest.mark.parametrize(
    "title",
    [
        "[속보] 달밴드 인터뷰 중 실신",
        "[속보] 대통령, 방송 인터뷰: 사퇴 없다",
        "[속보] 감사설 사실로",
        "BREAKING: Supreme Court opinion strikes down broadcast law",
        "BREAKING: Review board halts ferry line",
        "[속보] 여객선 운항 중단 (BBC 인터뷰)",
    ],
)
def test_a_report_that_only_names_such_a_piece_still_rings(title: str) -> None:
    assert decide(title, feed=WIRE).rings


@pytest.mark.parametrize(
    "title", ["[속보] [프리뷰] 오늘 밤 개표", "[Preview] [Breaking] Polls close tonight"]
)
def test_a_preview_is_no_review(title: str) -> None:
    assert {label.kind for label in heads(title)} == {""}


@pytest.mark.parametrize(
    ("tag", "kind"),
    [
        ("Opinion", "opinion"),
        ("opinion > columns", "opinion"),
        ("Opinion & Analysis", "opinion"),
        ("Columns", "column"),
        ("Editorials", "editorial"),
        ("Interview", "interview"),
        ("Q&A", "interview"),
        ("Reviews", "review"),
        ("Lists", "listicle"),
        ("Guides", "guide"),
        ("Sponsored", "sponsored"),
        ("Advertorial", "sponsored"),
        ("오피니언", "opinion"),
        ("사설", "editorial"),
        ("칼럼", "column"),
        ("인터뷰", "interview"),
        (" 광고 ", "sponsored"),
    ],
)
def test_an_opinion_piece_filed_under_breaking_does_not_ring(tag: str, kind: str) -> None:
    decision = decide("The ferry we did not inspect", "Breaking", tag)
    assert not decision.rings
    assert "tag" in codes(decision, "for")
    assert kind in codes(decision, "against")


@pytest.mark.parametrize("tag", ["Breaking", "BREAKING", " breaking ", "Breaking News", "속보", "긴급속보"])
def test_a_tag_that_as_a_whole_says_breaking_is_a_mark_and_not_enough(tag: str) -> None:
    decision = decide("Moon Band opens a bakery", "Music", tag)
    assert codes(decision, "for") == ["tag"]
    assert not decision.rings


@pytest.mark.parametrize(
    "tag", ["Record-breaking", "Breaking Bad", "Breaking (dance)", "breakingnews24", "시장속보", ""]
)
def test_a_tag_with_breaking_in_it_is_none(tag: str) -> None:
    assert not decide("Moon Band opens a bakery", tag).reasons


def test_a_marked_feed_rings_with_a_marked_title_whose_words_nobody_knows() -> None:
    assert not decide("Haebit lighthouse goes quiet", feed=WIRE).rings
    assert not decide("BREAKING: Haebit lighthouse goes quiet").rings
    assert decide("BREAKING: Haebit lighthouse goes quiet", feed=WIRE).rings


def test_the_lowest_threshold_of_its_categories_counts() -> None:
    rules = BreakingSettings(thresholds={"korea": 3.0, "kpop": 9.0})
    title = "BREAKING: Haebit lighthouse goes quiet"
    assert decide(title, rules=rules, categories=("korea", "kpop")).rings
    assert not decide(title, rules=rules, categories=("kpop",)).rings
    assert not decide(title, rules=rules, categories=("food",)).rings


@pytest.mark.parametrize(
    ("age", "against"),
    [
        (timedelta(0), []),
        (timedelta(hours=6), []),
        (timedelta(hours=6, seconds=1), ["stale"]),
        (timedelta(days=20_000), ["stale"]),
        (timedelta(hours=-1), []),
        (timedelta(hours=-1, seconds=-1), ["future"]),
        (timedelta(hours=-9), ["future"]),  # Korean time written as UTC
    ],
)
def test_only_what_is_fresh_rings(age: timedelta, against: list[str]) -> None:
    decision = decide("[속보] 여객선 좌초", published=NOW - age)
    assert codes(decision, "against") == against
    assert decision.rings == (not against)


def test_without_a_date_an_entry_is_as_fresh_as_it_was_seen() -> None:
    assert decide("[속보] 여객선 좌초", published=None, seen_at=NOW - timedelta(hours=5)).rings
    assert not decide("[속보] 여객선 좌초", published=None, seen_at=NOW - timedelta(hours=7)).rings


def test_with_only_the_time_of_its_change_an_entry_is_as_fresh_as_that() -> None:
    entry = Entry("k", "[속보] 여객선 좌초", updated=NOW - timedelta(days=2))
    told = read(entry, PLAIN, WORDS, seen_at=NOW, language="ko")
    decision = breaking.decide(told, SoFar(), FeedClock(), RULES, NOW, words=WORDS)
    assert "stale" in codes(decision, "against")


def test_history_rings_nobody_and_says_so() -> None:
    decision = decide("[속보] 여객선 좌초", feed=WIRE, history=True)
    assert not decision.rings
    assert codes(decision, "against") == ["history"]


def test_all_reasons_are_kept_for_and_against() -> None:
    decision = decide(
        "[속보] [사설] 여객선", "속보", "Opinion", feed=WIRE, published=NOW - timedelta(days=2), history=True
    )
    assert {"feed", "tag", "marker"} <= set(codes(decision, "for"))
    assert {"opinion", "editorial", "stale", "history"} <= set(codes(decision, "against"))
    assert ("marker", "[속보]") in [(reason.code, reason.evidence) for reason in decision.reasons]


every_kind = st.sampled_from(sorted(word for words in markers.KINDS.values() for word in words))
letters = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@given(every_kind, st.sampled_from(["", "[속보] ", "BREAKING: "]), letters)
def test_no_kind_of_piece_rings_in_a_bracket_or_as_a_tag(word: str, before: str, rest: str) -> None:
    assert not decide(f"{before}[{word}] {rest}", feed=WIRE).rings
    if word not in markers.NOT_AS_TAGS:
        assert not decide(f"{before}{rest}", word.upper(), feed=WIRE).rings


@given(letters)
def test_any_title_is_decided_without_complaint_and_always_alike(title: str) -> None:
    assert decide(title) == decide(title)


@given(
    st.sampled_from(["[", "(", "<", "[[", "[a]", "(속보", "속보:", "a:", " | ", " - ", "| " + " " * 9 + "x"]),
    st.integers(1, 2000),
)
def test_a_hostile_title_is_read_in_bounds(piece: str, times: int) -> None:
    assert len(heads(piece * times)) <= 6


@given(letters, letters)
def test_no_text_makes_the_reading_stumble(title: str, summary: str) -> None:
    entry = Entry("k", title, summary=summary)
    assert read(entry, PLAIN, WORDS, seen_at=NOW, language="en") == read(
        entry, PLAIN, WORDS, seen_at=NOW, language="en"
    )


def test_the_words_are_written_as_they_are_compared() -> None:
    words = {word for kind in markers.KINDS.values() for word in kind}
    words |= (
        markers.BREAKING_TAGS
        | markers.BREAKING_HEADINGS
        | markers.BREAKING_BRACKETS
        | set(markers.KIND_ENDINGS)
    )
    for word in words:
        assert word == unicodedata.normalize("NFKC", word).casefold()
        assert word == " ".join(word.split()) != ""
