"""What a chat's mutes take away."""

from digests.editions.filters import About, muted_by
from digests.model import StoryId, Subject, What

AESPA = Subject(What.NAME, "aespa")
SPOILER = Subject(What.WORDS, "spoiler")
DAILY, POST = Subject(What.SOURCE, "daily"), Subject(What.SOURCE, "post")
FEED = Subject(What.SOURCE, "dailyrss")


def test_one_muted_name_or_word_is_enough() -> None:
    about = About(StoryId(1), frozenset({AESPA, SPOILER}))
    assert muted_by(about, {SPOILER}) == SPOILER
    assert muted_by(about, {AESPA}) == AESPA
    assert muted_by(about, set()) is None
    assert muted_by(About(StoryId(1)), {AESPA, SPOILER}) is None


def test_a_story_that_two_sources_tell_is_not_lost_with_one_of_them() -> None:
    both = About(StoryId(1), tellings=(frozenset({DAILY, FEED}), frozenset({POST})))
    assert muted_by(both, {DAILY}) is None
    assert muted_by(both, {DAILY, POST}) == DAILY
    assert muted_by(About(StoryId(1), tellings=(frozenset({DAILY, FEED}),)), {FEED}) == FEED
    assert muted_by(About(StoryId(1)), {DAILY}) is None, "nothing tells of it any more"
