"""What is one story and what is not, by the very index the newsroom asks. All news here is invented."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from benchmarks.stories import among, b_cubed, halves, place_all, read_csv, read_jsonl
from digests.feeds.identity import link_key, title_key
from digests.model import Begins, Entry, Joins, Language, StoryId
from digests.stories.gist import Gist
from digests.stories.index import Index, Merge
from digests.stories.terms import Reader

NOON = datetime(2026, 11, 24, 3, tzinfo=UTC)
READER = Reader.load()
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def read(
    title: str,
    summary: str = "",
    *,
    feed: str = "wire",
    after: timedelta = timedelta(0),
    link: str = "",
    names: Sequence[str] = (),
) -> Gist:
    language: Language = "ko" if any("가" <= letter <= "힣" for letter in title + summary) else "en"
    return READER.read(
        Entry("k", title, summary=summary),
        language,
        NOON + after,
        link_key=link_key(link),
        title_key=title_key(title),
        feed=feed,
        names=names,
    )


class Desk:
    """An index with what was kept in it so far: a number for each story, in the order in which they began."""

    def __init__(self) -> None:
        self.index = Index(READER.lexicon)
        self.kept: list[tuple[Gist, StoryId]] = []
        self.begun = 0

    def offer(self, *gists: Gist) -> list[StoryId]:
        stories = []
        for gist in gists:
            placed = self.index.place(gist, gist.seen_at)
            if isinstance(placed, Joins):
                story = placed.story
            else:
                self.begun += 1
                story = StoryId(self.begun)
            self.index.keep(gist, story)
            self.kept.append((gist, story))
            stories.append(story)
        return stories


def one(*gists: Gist) -> bool:
    """Whether all these are placed in one story."""
    return len(set(Desk().offer(*gists))) == 1


# -- one event ----------------------------------------------------------------------------------------------------


def test_an_empty_index_begins_a_story() -> None:
    assert Desk().index.place(read("여객선 좌초"), NOON) == Begins()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("[1보] 늘봄도 앞바다서 여객선 좌초…87명 탑승", "<속보> 87명 탄 여객선, 늘봄도 인근 암초에 걸려"),
        ("[속보] 대법, 한무겸 전 시장 징역 4년 확정", "한무겸 전 시장 징역 4년 확정…재수감"),
        (
            "Ferry with 87 aboard runs aground off Neulbom island",
            "Everyone rescued from ferry grounded off Neulbom",
        ),
        ("Tin Kettle win video prize in Lisbon", "Video prize goes to Tin Kettle, a first"),
    ],
)
def test_reports_of_one_event_in_one_language_are_one_story(first: str, second: str) -> None:
    assert one(read(first), read(second, feed="daily", after=8 * MINUTE))


@pytest.mark.parametrize(
    ("korean", "english"),
    [
        (
            "[1보] 늘봄도 앞바다서 여객선 좌초…87명 탑승",
            "FLASH: Ferry with 87 aboard runs aground off Neulbom island",
        ),
        ("[단독] 가수 표한들, 11월 결혼", "Singer Pyo Handeul to marry in November"),
        ("배우 구름찬 별세…향년 81세", "Gu Reumchan, television's grandfather, dies at 81"),
        ("공정위, 배달솔에 과징금 2천140억원", "Antitrust agency fines Baedalsol a record 214 bln won"),
        ("틴케틀, 美 비디오 어워즈 대상 수상", "Tin Kettle win top award at U.S. video awards"),
        ("[속보] 나루시 전역에 경계경보 발령", "Sirens and alerts sound across Naru city"),
    ],
)
def test_a_story_is_one_across_the_languages(korean: str, english: str) -> None:
    assert one(read(korean), read(english, feed="daily", after=15 * MINUTE))
    assert one(read(english), read(korean, feed="daily", after=15 * MINUTE))


def test_names_that_the_newsroom_knows_join_what_spelling_does_not() -> None:
    first = read("한별 3년 만에 컴백", names=["star-band"])
    second = read(
        "SB comeback confirmed, three years on", feed="daily", after=10 * MINUTE, names=["star-band"]
    )
    unnamed = read("SB comeback confirmed, three years on", feed="daily", after=10 * MINUTE)
    assert one(first, second)
    assert not one(read("한별 3년 만에 컴백"), unnamed)


def test_an_event_that_goes_on_stays_one_story() -> None:
    assert one(
        read("[1보] 늘봄도 앞바다서 여객선 물결호 좌초…87명 탑승"),
        read("늘봄도 좌초 여객선 물결호 승객 전원 구조", after=30 * MINUTE),
        read("여객선 물결호 선장 긴급체포…늘봄도 좌초 전 음주", after=25 * HOUR),
    )


def test_a_live_blog_is_one_entry_that_changes() -> None:
    link = "https://daily.example/live/7"
    assert one(
        read("LIVE: Video prize", link=link), read("LIVE: The dog wins everything", link=link, after=3 * HOUR)
    )


def test_twenty_pictures_of_one_airport_are_one_story() -> None:
    titles = [
        "틴케틀, 새벽 출국",
        "손하트 꾹",
        "여권 꼭 쥔 리더",
        "눈부신 미소",
        "막내의 하품",
        "캐리어가 너무 커",
    ]
    flood = [
        read(
            f"[봄포토] {titles[at % len(titles)]} {'' if at < len(titles) else at}",
            feed="star",
            after=at * MINUTE,
        )
        for at in range(20)
    ]
    assert one(*flood)


# -- different events ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "after"),
    [
        ("솔바람, 21일 새 싱글로 돌아온다", "레몬그로브, 21일 새 싱글로 돌아온다", 2 * MINUTE),
        ("‘느티골 사람들’ 23회 21.4%…자체 최고", "‘느티골 사람들’ 24회 22.0%…자체 최고", 24 * HOUR),
        ("Recapping the Gate (6): everyone digs", "Recapping the Gate (7): everyone lies", 9 * HOUR),
        ("[날씨] 태풍 '솔개' 북상…남해안 물폭탄", "[날씨] 태풍 '솔개' 소멸…낮부터 맑음", 24 * HOUR),
        ("주말극 '느티골 사람들' 21.4%로 1위", "주말극 '느티골 사람들' 22.0%로 1위", 24 * HOUR),
        ("나루시 물류창고 화재…3명 부상", "도담시 물류창고 화재…5명 부상", 3 * HOUR),
        ("배우 한들 결혼", "배우 구름찬 별세", HOUR),
    ],
)
def test_different_events_stay_apart(first: str, second: str, after: timedelta) -> None:
    assert not one(read(first), read(second, after=after))


@pytest.mark.parametrize(
    ("title", "first", "second", "after"),
    [
        (
            "[봄포토] 손하트 꾹",
            "틴케틀이 인천공항에서 출국하고 있다.",
            "배우 한들이 레드카펫에서 인사하고 있다.",
            9 * HOUR,
        ),
        (
            "[게시판] 행정안전부",
            "행정안전부는 사진전을 연다.",
            "행정안전부는 송편 빚기 행사를 했다.",
            24 * HOUR,
        ),
        ("[시세속보] 배추 상품 10㎏ 경매 마감", "무 20㎏ 1만5천원", "무 20㎏ 1만5천400원", 24 * HOUR),
    ],
)
def test_an_equal_standing_title_is_no_evidence(
    title: str, first: str, second: str, after: timedelta
) -> None:
    assert not one(read(title, first, feed="star"), read(title, second, feed="star", after=after))


def test_an_equal_title_of_one_event_is() -> None:
    desk = Desk()
    desk.offer(read("늘봄도 앞바다서 여객선 좌초해 승객 구조 중"))
    again = read("늘봄도 앞바다서 여객선 좌초해 승객 구조 중", feed="daily", after=5 * MINUTE)
    placed = desk.index.place(again, again.seen_at)
    assert isinstance(placed, Joins)
    assert (placed.why, placed.sure) == ("title", True)


def test_a_round_up_belongs_to_none_of_its_stories() -> None:
    assert not one(
        read("늘봄도 앞바다서 여객선 좌초…87명 탑승"),
        read("9시 뉴스 다시보기: 늘봄도 여객선 좌초", feed="tv", after=2 * HOUR),
    )


def test_what_is_too_old_joins_by_its_link_alone() -> None:
    desk = Desk()
    link = "https://daily.example/ferry"
    desk.offer(read("늘봄도 앞바다서 여객선 좌초", link=link))
    old = READER.read(Entry("k", "늘봄도 앞바다서 여객선 좌초"), "ko", NOON, exact=True)
    assert desk.index.place(old, NOON) == Begins()
    linked = READER.read(Entry("k", "늘봄도"), "ko", NOON, exact=True, link_key=link_key(link))
    assert desk.index.place(linked, NOON) == Joins(StoryId(1), "link")


def test_a_doubtful_join_is_not_sure() -> None:
    desk = Desk()
    desk.offer(
        *(
            read(f"늘봄도 앞바다서 여객선 좌초…{number}명 구조", feed=f"paper-{number}")
            for number in (12, 13, 14)
        )
    )
    near = read("늘봄도 앞바다서 여객선 좌초…승객 구조", feed="near", after=MINUTE)
    certain = desk.index.place(near, near.seen_at)
    assert isinstance(certain, Joins)
    assert certain.sure
    assert certain.score > 2


# -- memory -------------------------------------------------------------------------------------------------------

NEWS = (
    ("[1보] 늘봄도 앞바다서 여객선 좌초…87명 탑승", "wire"),
    ("Ferry with 87 aboard runs aground off Neulbom island", "daily"),
    ("[단독] 가수 표한들, 11월 결혼", "star"),
    ("Singer Pyo Handeul to marry in November", "blog"),
    ("공정위, 배달솔에 과징금 2천140억원", "wire"),
    ("늘봄도 좌초 여객선 승객 전원 구조", "tv"),
    ('배달솔 "과징금 불복…소송 내겠다"', "star"),
)


def test_an_index_that_is_rebuilt_places_as_the_old_one_did() -> None:
    desk = Desk()
    desk.offer(*(read(title, feed=feed, after=at * MINUTE) for at, (title, feed) in enumerate(NEWS)))
    rebuilt = Index(READER.lexicon)
    for gist, story in desk.kept:
        rebuilt.keep(gist, story)
    rebuilt.settle()
    later = HOUR
    for title in (
        "Everyone rescued from ferry off Neulbom",
        "표한들 손편지로 결혼 알려",
        "배달솔 과징금 소송",
        "전국 맑음",
    ):
        gist = read(title, feed="new", after=later)
        assert rebuilt.place(gist, gist.seen_at) == desk.index.place(gist, gist.seen_at)
    assert rebuilt.merges(NOON + later) == ()


def test_what_was_kept_can_be_dropped_again() -> None:
    desk = Desk()
    desk.offer(*(read(title, feed=feed) for title, feed in NEWS[:3]))
    asked = read("Everyone rescued from ferry off Neulbom", feed="new")
    before = desk.index.place(asked, NOON)
    extra = read("Ferry captain arrested off Neulbom", feed="extra", link="https://extra.example/1")
    desk.index.keep(extra, StoryId(1))
    desk.index.drop(extra, StoryId(1))
    assert desk.index.place(asked, NOON) == before
    assert desk.index.place(read("Elsewhere", link="https://extra.example/1"), NOON) == Begins()


def test_the_index_forgets_what_is_out_of_the_window() -> None:
    desk = Desk()
    first, second = desk.offer(read("늘봄도 여객선 좌초"), read("가수 표한들 11월 결혼", after=40 * HOUR))
    assert desk.index.forget(NOON + HOUR) == (first,)
    assert (first in desk.index, second in desk.index, len(desk.index)) == (False, True, 1)
    again = read("늘봄도 여객선 좌초", feed="daily", after=41 * HOUR)
    assert desk.index.place(again, again.seen_at) == Begins()


def test_related_stories_are_near_and_not_the_story_itself() -> None:
    desk = Desk()
    ferry, wedding, other = desk.offer(
        read("늘봄도 앞바다서 여객선 좌초…87명 탑승"),
        read("가수 표한들 11월 결혼"),
        read("나루항 화물선 좌초…선원 구조", after=30 * HOUR),
    )
    assert ferry != other
    assert desk.index.related(ferry, 3)[0] == other
    assert ferry not in desk.index.related(ferry, 3)
    assert wedding not in desk.index.related(ferry, 1)
    assert desk.index.related(StoryId(99), 3) == ()


def grown_apart(*, alerted: bool) -> tuple[Index, Merge | None]:
    """One event that was begun twice, and the merge that more entries bring."""
    index = Index(READER.lexicon)
    ferry = [
        read(f"Ferry Mulgyeol aground off Neulbom, {count} rescued", feed=f"a{count}")
        for count in (12, 24, 87)
    ]
    for gist in ferry:
        index.keep(gist, StoryId(1), alerted=alerted)
    index.keep(read("Ferry Mulgyeol runs aground off Neulbom island", feed="b"), StoryId(2), alerted=alerted)
    for number in range(12):
        index.keep(read(f"Cabbage harvest number {number} pleases Dodam", feed="c", after=MINUTE), StoryId(3))
        if found := index.merges(NOON + MINUTE):
            return index, found[0]
    return index, None


def test_a_small_story_that_is_a_part_of_another_is_absorbed() -> None:
    index, merge = grown_apart(alerted=False)
    assert merge is not None
    assert {merge.winner, merge.loser} == {1, 2}
    assert not merge.link
    index.carry(merge)
    assert merge.loser not in index
    placed = index.place(
        read("Mulgyeol ferry passengers ashore on Neulbom", feed="d", after=HOUR), NOON + HOUR
    )
    assert isinstance(placed, Joins)
    assert placed.story == merge.winner


def test_two_stories_that_were_both_alerted_are_linked_and_told_once() -> None:
    index, merge = grown_apart(alerted=True)
    assert merge is not None
    assert merge.link
    index.carry(merge)
    assert StoryId(1) in index
    assert StoryId(2) in index
    assert not any(one.link for _ in range(900) for one in _again(index))


def _again(index: Index) -> tuple[Merge, ...]:
    index.keep(read("Cabbage harvest pleases Dodam", feed="c", after=2 * MINUTE), StoryId(3))
    return index.merges(NOON + 2 * MINUTE)


# -- figures ------------------------------------------------------------------------------------------------------


def f1(offered: Sequence[object], found: Sequence[object]) -> tuple[float, float]:
    precision, recall = b_cubed([one.story for one in offered], found)  # type: ignore[attr-defined]
    return precision, 2 * precision * recall / (precision + recall)


def test_headlines_of_two_days_are_told_apart(test_data: Path) -> None:
    offered = read_csv(test_data / "uci_news" / "dev.csv")
    precision, score = f1(offered, place_all(offered)[0])
    assert precision >= 0.82
    assert score >= 0.80
    for half in halves(offered):
        assert f1(half, place_all(half)[0])[1] >= 0.75


def test_a_newsroom_in_two_languages_is_told_apart(test_data: Path) -> None:
    offered = read_jsonl(test_data / "newsroom" / "dev.jsonl")
    found = place_all(offered)[0]
    assert f1(offered, found)[1] >= 0.88
    for language in ("en", "ko"):
        some = [at for at, one in enumerate(offered) if one.language == language]
        assert f1([offered[at] for at in some], [found[at] for at in some])[1] >= 0.88


def test_quality_holds_amid_thousands_of_stories(test_data: Path) -> None:
    offered = read_csv(test_data / "uci_news" / "dev.csv")[:1200]
    mixed = among(offered, 6000)
    found, stories, _ = place_all(mixed)
    ours = [at for at, one in enumerate(mixed) if not one.story.startswith("other")]
    assert stories > 1500
    assert (
        f1([mixed[at] for at in ours], [found[at] for at in ours])[1]
        >= f1(offered, place_all(offered)[0])[1] - 0.05
    )
