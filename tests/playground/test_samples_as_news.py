"""The sample news in the newsroom: what is to ring rings, in its category, and once in both languages."""

from datetime import UTC, datetime, timedelta

from bot.playground.sample_news import Sample, read_samples
from digests.feeds.identity import link_key, title_key
from digests.model import Entry, EntryId, Filed, Joins, StoryId, Unjudged
from digests.settings import Category, FeedSettings, Settings
from digests.stories.judgement import Newsroom
from tests.words import vocabulary

OPENED = datetime(2026, 11, 24, 1, tzinfo=UTC)
SAMPLES = read_samples()
SETTINGS = Settings(
    categories=tuple(Category(slug, {"en": slug}) for slug in ("kpop", "drama", "beauty", "food", "korea")),
    feeds=tuple(
        FeedSettings(
            url=f"https://newsroom.example{paper.path}",
            name=paper.name,
            categories=paper.categories,
            category_map=paper.category_map,
            language=paper.language,
            breaking=paper.breaking,
        )
        for paper in SAMPLES.papers
    ),
)
PRINTED = tuple(sorted(SAMPLES.printed, key=lambda sample: -sample.age))


def of_kind(*kinds: str, language: str = "") -> tuple[Sample, ...]:
    spoken = {paper.name: paper.language for paper in SAMPLES.papers}
    return tuple(one for one in SAMPLES.fresh if one.kind in kinds and language in {"", spoken[one.feed]})


def publish(*fresh: Sample, minutes: int = 30) -> dict[str, tuple[StoryId, Filed]]:
    """Print samples, so many minutes after each other, in a newsroom whose papers are stocked."""
    newsroom = Newsroom(SETTINGS, vocabulary())
    told: dict[str, tuple[StoryId, Filed]] = {}
    for number, sample in enumerate((*PRINTED, *fresh), 1):
        new = number > len(PRINTED)
        at = OPENED + timedelta(minutes=minutes * (number - len(PRINTED))) if new else OPENED - sample.age
        link = f"https://newsroom.example/story/{sample.id}"
        entry = Entry(
            sample.id, sample.title, link=link, summary=sample.summary, tags=sample.tags, published=at
        )
        unjudged = Unjudged(
            id=EntryId(number),
            feed=sample.feed,
            entry=entry,
            link_key=link_key(link),
            title_key=title_key(sample.title),
            seen_at=max(at, OPENED),
            history=not new,
        )
        judgement = newsroom.judge(unjudged, unjudged.seen_at)
        placement = judgement.filed.placement
        story = placement.story if isinstance(placement, Joins) else StoryId(number)
        newsroom.keep(judgement, story)
        told[sample.id] = (story, judgement.filed)
    return told


def test_each_button_that_is_to_ring_rings_whichever_language_comes_first() -> None:
    for sample in of_kind("breaking"):
        _, filed = publish(sample)[sample.id]
        assert (filed.decision.rings, filed.decision.turn, filed.decision.silent) == (True, 1, False), (
            sample.id
        )


def test_an_event_told_in_both_languages_is_one_story_and_rings_once() -> None:
    told = publish(*of_kind("breaking"), minutes=2)
    for event in {one.event for one in of_kind("breaking")}:
        ids = [one.id for one in of_kind("breaking") if one.event == event]
        assert len({told[one][0] for one in ids}) == 1, event
        assert [told[one][1].decision.rings for one in ids] == [True, False][: len(ids)], event


def test_what_comes_of_it_is_a_turn_whichever_language_comes_first() -> None:
    for turn in of_kind("turn"):
        (first,) = (one for one in of_kind("breaking", language="en") if one.event == turn.event)
        told = publish(first, turn)
        assert told[first.id][0] == told[turn.id][0], turn.id
        assert told[turn.id][1].decision.turn == 2, turn.id


def test_nothing_else_rings_and_each_is_a_story_of_its_own() -> None:
    told = publish(*of_kind("ordinary", "opinion"))
    assert [one.id for one in of_kind("ordinary", "opinion") if told[one.id][1].decision.rings] == []
    assert len({told[one.id][0] for one in of_kind("ordinary", "opinion")}) == len(
        of_kind("ordinary", "opinion")
    )


def test_samples_stand_in_the_categories_that_their_papers_sections_say() -> None:
    """A section of the paper's map, else what the paper is about."""
    papers = {paper.name: paper for paper in SAMPLES.papers}
    for sample_id, (_, filed) in publish(*SAMPLES.fresh).items():
        (sample,) = (one for one in (*PRINTED, *SAMPLES.fresh) if one.id == sample_id)
        paper = papers[sample.feed]
        mapped = {paper.category_map[tag] for tag in sample.tags if tag in paper.category_map}
        assert filed.categories & (mapped or set(paper.categories)), sample_id


def test_a_story_does_not_take_in_another_event() -> None:
    stories: dict[StoryId, set[str]] = {}
    events = {one.id: one.event or one.id for one in (*PRINTED, *SAMPLES.fresh)}
    for sample_id, (story, _) in publish(*SAMPLES.fresh).items():
        stories.setdefault(story, set()).add(events[sample_id])
    assert [found for found in stories.values() if len(found) > 1] == []
