"""The newsroom's memory: bounded, forgotten past the window, and the same when it was read back as when it was never dropped."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from benchmarks.invented import SETTINGS, news
from bot.config import load
from digests.backtest import Backtest
from digests.model import Begins, Filed, Joins, StoryId, Unjudged
from digests.settings import Settings
from digests.stories.categories import filed_under
from digests.stories.index import Index, Merge
from digests.stories.judgement import WINDOW, Newsroom
from digests.stories.scoring import Weights
from digests.stories.terms import Reader
from tests.words import vocabulary

CASES = Path(__file__).parents[1] / "cases" / "newsroom"


@dataclass
class Desk:
    """A newsroom, and what a store would hold of what it judged."""

    settings: Settings
    newsroom: Newsroom = field(init=False)
    filed: list[tuple[Filed, StoryId]] = field(default_factory=list)
    merged: dict[StoryId, StoryId] = field(default_factory=dict)
    linked: list[tuple[StoryId, StoryId]] = field(default_factory=list)
    begun: int = 0

    def __post_init__(self) -> None:
        self.newsroom = Newsroom(self.settings, vocabulary())

    def judge(self, one: Unjudged) -> tuple[Filed, StoryId, tuple[Merge, ...]]:
        judgement = self.newsroom.judge(one, one.seen_at)
        placement = judgement.filed.placement
        if isinstance(placement, Joins):
            story = placement.story
        else:
            self.begun += 1
            story = StoryId(self.begun)
        merges = self.newsroom.keep(judgement, story)
        self.filed.append((judgement.filed, story))
        for merge in merges:
            if merge.link:
                self.linked.append((merge.winner, merge.loser))
            else:
                self.merged[merge.loser] = merge.winner
        return judgement.filed, story, merges

    def last(self, story: StoryId) -> StoryId:
        while story in self.merged:
            story = self.merged[story]
        return story

    def read_back(self) -> "Desk":
        """Another desk whose memory rests on what a store would hold alone."""
        again = Desk(
            self.settings,
            filed=list(self.filed),
            merged=dict(self.merged),
            linked=list(self.linked),
            begun=self.begun,
        )
        for filed, story in self.filed:
            again.newsroom.replay(
                filed.unjudged,
                self.last(story),
                turn=filed.decision.turn,
                why_categories=filed.why_categories,
                rumour=filed.decision.rumour,
                begins=isinstance(filed.placement, Begins) and self.last(story) == story,
            )
        again.newsroom.settle(self.linked)
        return again


def labelled(name: str) -> tuple[Settings, list[Unjudged]]:
    """The entries of a labelled newsroom, as the backtest reads them."""
    settings = load(CASES / name / "feeds.toml").config.newsroom()
    test = Backtest(settings, vocabulary())
    lines = (CASES / name / "entries.jsonl").read_text("utf-8").split("\n")
    return settings, [
        test._read(json.dumps({**json.loads(line), "gold": None}))[1] for line in lines if line.strip()
    ]


@pytest.mark.parametrize("name", ["harbour", "monsoon"])
def test_a_memory_that_was_read_back_judges_exactly_as_one_that_was_never_dropped(name: str) -> None:
    settings, entries = labelled(name)
    half = len(entries) // 2
    desk = Desk(settings)
    for one in entries[:half]:
        desk.judge(one)
    again = desk.read_back()
    assert again.newsroom.size == desk.newsroom.size
    merges = 0
    for one in entries[half:]:
        was, now = desk.judge(one), again.judge(one)
        assert was == now
        merges += len(was[2])
    assert merges, "stories that turn out to be one are found after a restart as well"
    assert {story for _, story in desk.filed[:half]} & {story for _, story in desk.filed[half:]}


def test_it_is_the_same_whenever_it_is_dropped() -> None:
    desk = Desk(SETTINGS)
    entries = [told.unjudged for told in news(240, 2_000)]
    others: list[Desk] = []
    for number, one in enumerate(entries):
        was = desk.judge(one)
        assert [other.judge(one) for other in others] == [was] * len(others)
        if number % 60 == 40:
            others.append(desk.read_back())
    assert len(others) == 4


def test_every_category_of_an_entry_has_a_reason_that_names_it() -> None:
    """What is read back goes by the reasons: no other place says what one entry of a story was filed under."""
    for name in ("harbour", "monsoon"):
        settings, entries = labelled(name)
        desk = Desk(settings)
        for one in entries:
            filed, _, _ = desk.judge(one)
            assert filed_under(filed.why_categories) == filed.categories, filed


# -- its bounds -----------------------------------------------------------------------------------------------------


def test_what_is_past_the_window_leaves_nothing_behind() -> None:
    newsroom = Desk(SETTINGS)
    for told in news(150, 2_000):
        newsroom.judge(told.unjudged)
    index = newsroom.newsroom._index
    assert len(index) > 20
    newsroom.newsroom.forget(told.unjudged.seen_at + WINDOW * 2)
    assert newsroom.newsroom.size == (0, 0)
    held = index._held
    tables = (held._titles, held._links, held._pictures, held._firsts, held.posted, index._touched)
    assert [len(table) for table in tables] == [0] * len(tables)
    assert [dict(table) for by in (held.heard._stories, held.heard._unread) for table in by.values()] == [
        {}
    ] * 4
    assert held.posted._pairs == 0
    assert not newsroom.newsroom._so_far


def test_what_left_the_window_gives_its_room_back() -> None:
    """The window slides over thousands of stories a day: what tables were at their fullest must not stay."""
    index = Index(Reader.load().lexicon)
    told = [gist for _, gist in gists(900)]
    for number, gist in enumerate(told):
        index.keep(gist, StoryId(number))  # type: ignore[arg-type]
    most = max(len(held) for held in index._held.posted._stories.values() if not isinstance(held, int))
    index.forget(told[-60].seen_at)  # type: ignore[attr-defined]
    left = [held for held in index._held.posted._stories.values() if not isinstance(held, int)]
    assert most > 150 > max(map(len, left))
    assert max(map(sys.getsizeof, left)) < 8 * most
    assert len(index._held._firsts) == len(index)


def gists(count: int, seed: int = 4) -> Iterator[tuple[int, object]]:
    reader = Reader.load()
    for told in news(count, 2_000, seed=seed):
        one = told.unjudged
        yield (
            told.event,
            reader.read(
                one.entry,
                "ko" if any(letter >= "가" for letter in one.entry.title) else "en",
                one.seen_at,
                link_key=one.link_key,
                title_key=one.title_key,
                feed=one.feed,
            ),
        )


def test_a_story_is_known_by_its_newest_entries_and_joined_by_the_links_of_all() -> None:
    newest = Weights().newest
    index = Index(Reader.load().lexicon)
    told = [gist for _, gist in gists(newest + 40)]
    for gist in told:
        index.keep(gist, StoryId(1))  # type: ignore[arg-type]
    story = index._stories[StoryId(1)]
    assert [len(story.entries), len(story.gists)] == [newest + 40, newest]
    fresh = Index(Reader.load().lexicon)
    for gist in told[40:]:
        fresh.keep(gist, StoryId(1))  # type: ignore[arg-type]
    same = fresh._stories[StoryId(1)]
    assert story.terms == pytest.approx(same.terms)
    assert story.mass == pytest.approx(same.mass)
    assert (story.openers, story.places, story.last) == (same.openers, same.places, same.last)
    first = told[0]
    assert index.place(first, first.seen_at) == Joins(StoryId(1), "link")  # type: ignore[attr-defined,arg-type]


def test_a_story_does_not_grow_until_everything_fits_it() -> None:
    """What was put together wrongly may not draw all the rest after it."""
    index = Index(Reader.load().lexicon)
    for number, (_, gist) in enumerate(gists(900)):
        index.keep(gist, StoryId(1 if number < 700 else number))  # type: ignore[arg-type]
    strangers = [gist for _, gist in gists(100, seed=5)]
    joined = [index.place(one, one.seen_at) for one in strangers]  # type: ignore[attr-defined,arg-type]
    assert sum(isinstance(one, Joins) for one in joined) <= 40  # without a bound, 91


def test_among_thousands_of_stories_an_entry_is_held_against_few() -> None:
    index = Index(Reader.load().lexicon)
    looked: list[int] = []
    guess = index._held.posted.guess

    def counted(asked: object, among: Iterable[StoryId] | None = None) -> dict[StoryId, float]:
        found = guess(asked, among)  # type: ignore[arg-type]
        looked.append(len(found))
        return found

    index._held.posted.guess = counted  # type: ignore[assignment,method-assign]
    for number, (_, gist) in enumerate(gists(2_500)):
        if number >= 2_400:
            index.place(gist, gist.seen_at)  # type: ignore[attr-defined,arg-type]
        index.keep(gist, StoryId(number))  # type: ignore[arg-type]
    assert len(index) == 2_500
    assert max(looked) <= 1_500
