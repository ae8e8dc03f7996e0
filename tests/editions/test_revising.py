"""When a sent alert is edited, for whom and why: a table over what was told and what is known now."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.editions.revising import COUNTS, GAPS, LATEST, Unrevised, decide, denials, edits
from digests.model import (
    Addressee,
    AlertContent,
    Announced,
    Broadcast,
    BroadcastId,
    Card,
    ChatId,
    EditionId,
    Entry,
    Language,
    Priority,
    Revision,
    Sends,
    State,
    StoryFacts,
    StoryId,
    Telling,
    Version,
)

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
RANG = NOW - timedelta(hours=3)


def telling(source: str, language: Language = "en", after: timedelta = MINUTE, title: str = "") -> Telling:
    entry = Entry(key=source, title=title or f"{source} tells", link=f"https://{source}.example")
    return Telling(source.lower(), source, entry, language, RANG + after)


def facts(*tellings: Telling) -> StoryFacts:
    return StoryFacts(StoryId(1), RANG, frozenset({"kpop"}), tellings, alerted=True)


def rang(*languages: str, sources: int = 1, turn: int = 1, at: datetime = RANG) -> Announced:
    versions = {
        one: Version("ko" if one == "ko" else "en", f"As sent in {one}", "https://a.example", "A")
        for one in languages or ("en",)
    }
    return Announced(
        turn,
        AlertContent(
            Card(StoryId(1), RANG, ("kpop",), versions, breaking=True, sources=sources), ("marker",), turn
        ),
        at,
    )


def edited(revision: Revision | Unrevised, at: datetime) -> Announced:
    assert isinstance(revision, Revision)
    return Announced(revision.turn, revision.content, at, revision.number, revision.why)


def papers(count: int) -> StoryFacts:
    return facts(*(telling(f"Paper{number}", after=number * MINUTE) for number in range(count)))


def test_what_never_rang_is_not_edited() -> None:
    assert decide((), papers(9), NOW) == Unrevised("never rang")


@pytest.mark.parametrize(
    ("said", "now", "edits"), [(1, 2, False), (1, 3, True), (2, 4, True), (3, 4, False), (3, 5, True), (5, 9, False), (6, 10, True)]
)  # fmt: skip
def test_more_sources_are_news_at_certain_numbers(said: int, now: int, edits: bool) -> None:
    decided = decide([rang(sources=said)], papers(now), NOW)
    assert isinstance(decided, Revision) is edits
    if isinstance(decided, Revision):
        assert (decided.why, decided.number, decided.languages) == ("sources", 1, frozenset())
        assert decided.content.card.sources == now
        assert decided.content.also[:2] == ("Paper0", "Paper1")
    else:
        assert decided == Unrevised("nothing new")


def test_two_feeds_of_one_paper_are_one_source() -> None:
    twice = [replace(telling("Daily", after=number * MINUTE), feed=f"daily {number}") for number in range(9)]
    assert decide([rang()], facts(*twice), NOW) == Unrevised("nothing new")


def test_an_edit_takes_nothing_of_what_was_read_away() -> None:
    sent = rang("en")
    decided = decide([sent], facts(*(telling(f"P{n}", title="Better title") for n in range(5))), NOW)
    assert isinstance(decided, Revision)
    assert decided.content.card.versions == sent.content.card.versions
    assert decided.content.reasons == ("marker",)
    assert decided.content.turn == 1


def test_a_version_in_another_language_is_for_its_readers_alone() -> None:
    decided = decide([rang("en")], facts(telling("A"), telling("일보", "ko", title="그들이 돌아온다")), NOW)
    assert isinstance(decided, Revision)
    assert (decided.why, decided.languages) == ("language", {"ko"})
    assert decided.content.card.versions["ko"].title == "그들이 돌아온다"
    assert decided.content.card.versions["en"].title == "As sent in en"
    assert decided.content.card.sources == 1  # others are not told of it
    assert decided.content.also == ()


def test_where_sources_are_news_too_it_is_for_all() -> None:
    decided = decide([rang("en")], facts(telling("A"), telling("B"), telling("일보", "ko")), NOW)
    assert isinstance(decided, Revision)
    assert (decided.why, decided.languages) == ("sources", frozenset())
    assert set(decided.content.card.versions) == {"en", "ko"}


def test_a_language_that_one_of_two_audiences_lacks_is_new() -> None:
    # It rang for kpop in English, later for drama in both: those of kpop have no Korean yet.
    told = [rang("en"), rang("en", "ko", at=RANG + MINUTE)]
    decided = decide(told, facts(telling("A"), telling("일보", "ko")), NOW)
    assert isinstance(decided, Revision)
    assert decided.languages == {"ko"}


def test_the_budget_of_a_story_is_as_many_edits_as_there_are_gaps_and_a_language_is_beside_it() -> None:
    told = [rang()]
    at = RANG
    for gap, count in zip(GAPS, COUNTS, strict=False):
        at += gap
        told.append(edited(decide(told, papers(count), at), at))
    assert [one.revision for one in told] == [0, 1, 2, 3]
    many = papers(80)
    assert decide(told, many, at + timedelta(hours=9)) == Unrevised("budget")
    joined = replace(many, tellings=(*many.tellings, telling("일보", "ko")))
    decided = decide(told, joined, at + MINUTE)
    assert isinstance(decided, Revision)
    assert (decided.why, decided.languages, decided.number) == ("language", {"ko"}, 4)


def test_edits_come_at_growing_gaps() -> None:
    first = [rang()]
    told = [*first, edited(decide(first, papers(3), RANG + MINUTE), RANG + MINUTE)]
    soon = RANG + MINUTE + GAPS[1]
    assert decide(told, papers(5), soon - timedelta(seconds=1)) == Unrevised("too soon", soon)
    assert isinstance(decide(told, papers(5), soon), Revision)
    assert list(GAPS) == sorted(GAPS)


def test_a_language_joins_at_once_even_right_after_an_edit() -> None:
    told = [rang()]
    told.append(edited(decide(told, papers(3), RANG + MINUTE), RANG + MINUTE))
    decided = decide(told, facts(*papers(5).tellings, telling("일보", "ko")), RANG + 2 * MINUTE)
    assert isinstance(decided, Revision)
    assert (decided.why, decided.content.card.sources) == ("language", 3)


def test_the_same_language_joins_once() -> None:
    told = [rang()]
    known = facts(telling("A"), telling("일보", "ko"))
    told.append(edited(decide(told, known, RANG + MINUTE), RANG + MINUTE))
    more = facts(*known.tellings, telling("신문", "ko"))
    assert decide(told, more, NOW) == Unrevised("nothing new") or isinstance(
        decide(told, more, NOW), Revision
    )
    again = decide(told, known, NOW)
    assert again == Unrevised("nothing new")


def test_an_alert_of_yesterday_is_left_alone() -> None:
    assert decide([rang()], papers(9), RANG + LATEST) != Unrevised("long ago")
    assert decide([rang()], papers(9), RANG + LATEST + MINUTE) == Unrevised("long ago")


def test_the_last_turn_is_edited_and_by_what_came_after_it_rang() -> None:
    at = RANG + timedelta(hours=1)
    told = [rang("en"), rang("en", turn=2, at=at)]
    before = telling("일보", "ko", after=timedelta(minutes=30), title="쓰러졌다")
    assert decide(told, facts(telling("A"), before), NOW) == Unrevised("nothing new")
    after = telling("신문", "ko", after=timedelta(minutes=61), title="별세")
    decided = decide(told, facts(telling("A"), before, after), NOW)
    assert isinstance(decided, Revision)
    assert (decided.turn, decided.number, decided.content.card.versions["ko"].title) == (2, 1, "별세")


@given(
    joins=st.lists(
        st.tuples(st.integers(0, 90), st.sampled_from(["en", "ko"]), st.integers(0, 400)), max_size=40
    )
)
def test_whatever_joins_edits_are_few_and_grow(joins: list[tuple[int, Language, int]]) -> None:
    told = [rang()]
    tellings: list[Telling] = []
    for source, language, minute in sorted(joins, key=lambda one: one[2]):
        now = RANG + minute * MINUTE
        tellings.append(telling(f"Paper{source}", language, after=minute * MINUTE))
        decided = decide(told, facts(*tellings), now)
        if isinstance(decided, Revision):
            assert decided.content.card.sources >= told[-1].content.card.sources
            assert decided.content.card.versions.items() >= told[-1].content.card.versions.items()
            assert decided.content != told[-1].content
            told.append(edited(decided, now))
    assert sum(one.why == "sources" for one in told) <= len(GAPS)
    assert sum(one.why == "language" for one in told) <= 1
    assert [one.revision for one in told] == list(range(len(told)))


# -- who is owed it -------------------------------------------------------------------------------------------

EDIT = Broadcast(
    BroadcastId(1), EditionId(5), StoryId(1), frozenset(), NOW, NOW + timedelta(hours=6), ChatId(0), ChatId(9),
    sends=Sends.EDIT, revision=2,
)  # fmt: skip


def addressee(chat: int = 4, **more: Any) -> Addressee:
    plain = Addressee(ChatId(chat), "alert:1:1", "en", paused=False, state=State.SENT, has_message=True)
    return replace(plain, **more)


def test_who_has_the_message_is_owed_its_edit_once_and_silently() -> None:
    (owed,) = edits([addressee(), addressee()], EDIT, NOW)
    assert (owed.chat, owed.key, owed.answers, owed.edition) == (4, "edit:1:1:2", "alert:1:1", 5)
    assert (owed.priority, owed.state, owed.silent, owed.due_at) == (Priority.EDIT, State.OWED, True, NOW)
    assert owed.expires_at == NOW + timedelta(hours=6)


@pytest.mark.parametrize(
    "without",
    [
        {"paused": True},
        {"has_message": False},
        {"state": State.HELD, "has_message": False},
        {"state": State.TOLD, "has_message": False},
        {"state": State.OWED, "has_message": False},
        {"state": State.CANCELLED, "has_message": False},
        {"state": State.UNHEARD, "has_message": False},
    ],
)
def test_who_has_no_message_is_owed_no_edit(without: dict[str, Any]) -> None:
    assert edits([addressee(**without)], EDIT, NOW) == []


def test_what_is_being_sent_just_now_is_edited_when_it_has_arrived() -> None:
    (owed,) = edits([addressee(state=State.OWED, has_message=False, in_hand=True)], EDIT, NOW)
    assert owed.due_at > NOW


def test_a_language_is_edited_for_its_readers() -> None:
    korean = replace(EDIT, languages=frozenset({"ko"}))
    block = [addressee(4), addressee(5, language="ko")]
    assert [one.chat for one in edits(block, korean, NOW)] == [5]
    assert [one.chat for one in edits(block, EDIT, NOW)] == [4, 5]


def test_a_denial_answers_the_digest_that_told_the_rumour() -> None:
    denial = replace(EDIT, sends=Sends.DENIAL)
    block = [
        addressee(4, key="digest:2026-11-24:08:00"),
        addressee(4, key="digest:2026-11-25:08:00"),
        addressee(5, paused=True),
        addressee(6, state=State.OWED, has_message=False),
    ]
    (owed,) = denials(block, denial, NOW)
    assert (owed.chat, owed.key, owed.answers) == (4, "denial:1", "digest:2026-11-25:08:00")
    assert owed.silent


def test_an_edit_names_a_publisher_once_whatever_its_feeds_are_called() -> None:
    music = telling("Paper0")
    world = replace(telling("Paper0 World", after=2 * MINUTE), entry=music.entry)
    told = facts(music, world, telling("Wire", after=3 * MINUTE), telling("Ink", after=4 * MINUTE))
    decided = decide([rang()], told, NOW)
    assert isinstance(decided, Revision)
    assert (decided.content.also, decided.content.card.sources) == (("Paper0", "Wire", "Ink"), 3)


def test_what_turns_out_to_be_a_suicide_is_edited_with_restraint() -> None:
    told = papers(5)
    later = replace(told, tellings=(*told.tellings[:4], replace(told.tellings[4], sensitive=("suicide",))))
    decided = decide([rang()], later, NOW)
    assert isinstance(decided, Revision)
    assert decided.content.card.sensitive == ("suicide",)
