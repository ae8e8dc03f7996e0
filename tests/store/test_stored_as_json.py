import json
from datetime import UTC, datetime, time
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from digests.model import (
    AlertContent,
    Card,
    DigestContent,
    EditionId,
    Kind,
    Quiet,
    Reason,
    Section,
    Share,
    StoryId,
    Version,
)
from digests.store import codec

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
moments = st.datetimes(timezones=st.just(UTC))
minutes = st.builds(time, st.integers(0, 23), st.integers(0, 59))
languages = st.sampled_from(["en", "ko"])
versions = st.builds(Version, languages, words, words, words, words, words, words)
cards = st.builds(
    Card,
    story=st.integers(1, 2**60).map(StoryId),
    at=moments,
    categories=st.lists(words, max_size=3).map(tuple),
    versions=st.dictionaries(languages, versions, min_size=1),
    breaking=st.booleans(),
    sources=st.integers(1, 99),
)
alerts = st.builds(AlertContent, cards, st.lists(words, max_size=3).map(tuple))
sections = st.builds(Section, words, st.lists(cards, max_size=3).map(tuple))
digests = st.builds(
    DigestContent, moments, moments, st.lists(sections, max_size=3).map(tuple), st.integers(0, 99)
)


@given(alerts | digests)
def test_an_editions_content_survives_json(content: AlertContent | DigestContent) -> None:
    kind = Kind.ALERT if isinstance(content, AlertContent) else Kind.DIGEST
    stored = json.loads(json.dumps(codec.content_to_json(content)))
    assert codec.edition(SimpleNamespace(id=3, kind=kind.value, content=stored)).content == content


@given(st.builds(Share, st.lists(st.integers(1, 2**60).map(EditionId), max_size=5).map(tuple), st.booleans()))
def test_a_chats_own_part_of_a_digest_survives_json(share: Share) -> None:
    assert codec.share(json.loads(json.dumps(codec.share_to_json(share)))) == share


def test_the_usual_part_of_a_digest_takes_no_room() -> None:
    assert codec.share_to_json(Share()) is None


@given(st.builds(Quiet, minutes, minutes, st.booleans()) | st.none())
def test_quiet_hours_survive_json(quiet: Quiet | None) -> None:
    assert codec.quiet(json.loads(json.dumps(codec.quiet_to_json(quiet)))) == quiet


@given(st.lists(minutes, max_size=5).map(tuple))
def test_digest_times_survive_json(times: tuple[time, ...]) -> None:
    assert codec.times(json.loads(json.dumps(codec.times_to_json(times)))) == times


@given(st.lists(st.builds(Reason, words, words, st.sampled_from(["for", "against"])), max_size=4).map(tuple))
def test_reasons_survive_json(reasons: tuple[Reason, ...]) -> None:
    stored = json.loads(json.dumps(codec.reasons_to_json(reasons)))
    assert tuple(Reason(**reason) for reason in stored) == reasons


def test_what_an_older_version_wrote_is_read_with_the_defaults_of_this_one() -> None:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    version = {"language": "ko", "title": "소식", "link": "https://a.example", "source": "A"}
    card = {"story": 3, "at": at.isoformat(), "categories": ["kpop"], "versions": {"ko": version}}
    stored = {"card": card, "a field of long ago": 1}
    content = codec.edition(SimpleNamespace(id=3, kind="alert", content=stored)).content
    assert content == AlertContent(Card(StoryId(3), at, ("kpop",), {"ko": Version(**version)}))
