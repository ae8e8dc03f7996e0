from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta

import pytest

from digests.model import (
    AlertContent,
    Broadcast,
    Candidate,
    Card,
    ChatId,
    DigestContent,
    Kind,
    Priority,
    Section,
    State,
    StoryId,
    Version,
)
from digests.store import chats, editions
from digests.store.engine import Store, Writing

MINUTE = timedelta(minutes=1)


def ids(found: Iterable[Candidate]) -> list[ChatId]:
    return [candidate.chat.id for candidate in found]


async def test_editions_read_as_they_were_written(store: Store, newsroom) -> None:
    version = Version(
        "ko", "<3 & 소식", "https://a.example/?a=1&b=2", "A", excerpt="…", image="https://a.example/x"
    )
    card = Card(
        StoryId(3), newsroom.now, ("kpop", "drama"), {"ko": version, "en": replace(version, language="en")}
    )
    alert = AlertContent(card, ("marker", "feed"))
    digest = DigestContent(
        newsroom.now - timedelta(days=1), newsroom.now, (Section("kpop", (card, card)),), more=4
    )
    async with store.writing() as tx:
        first = await editions.add(tx, alert, newsroom.now)
        second = await editions.add(tx, digest, newsroom.now)
    async with store.reading() as tx:
        found = await editions.by_ids(tx, [second, first])
        assert {key: (one.kind, one.content) for key, one in found.items()} == {
            first: (Kind.ALERT, alert),
            second: (Kind.DIGEST, digest),
        }
        assert await editions.by_ids(tx, []) == {}


async def test_the_oldest_unfinished_broadcast_is_next(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        assert await editions.undone(tx) is None
        chat = await newsroom.chat(tx, 5, "kpop")
        first = await newsroom.broadcast(tx, "kpop", "drama")
        assert await newsroom.broadcast(tx, "food") == first
        assert (first.categories, first.position, first.last_chat) == ({"kpop", "drama"}, 0, chat.id)
        assert (first.decided_at, first.expires_at) == (newsroom.now, newsroom.now + timedelta(hours=6))
        await editions.advance(tx, first, chat.id, newsroom.now)
        assert await editions.undone(tx) == replace(first, position=chat.id)
        await editions.advance(tx, first, None, newsroom.now)
        second = await editions.undone(tx)
        assert second
        assert second.categories == {"food"}
        await editions.advance(tx, second, None, newsroom.now)
        assert await editions.undone(tx) is None


async def test_a_broadcast_before_any_chat_is_for_nobody(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        broadcast = await newsroom.broadcast(tx, "kpop")
        await newsroom.chat(tx, 5, "kpop")
        assert await editions.candidates(tx, broadcast, newsroom.now, 9) == ()


async def test_the_audience_is_each_chat_of_any_of_the_categories_once_in_order(
    store: Store, newsroom
) -> None:
    async with store.writing() as tx:
        both = await newsroom.chat(tx, 1, "drama", "kpop")
        await newsroom.chat(tx, 2, "food")
        drama = await newsroom.chat(tx, 3, "drama")
        kpop = await newsroom.chat(tx, 4, "kpop", "food")
        await newsroom.chat(tx, 5)
        broadcast = await newsroom.broadcast(tx, "kpop", "drama")
    async with store.reading() as tx:
        found = await editions.candidates(tx, broadcast, newsroom.now, 9)
        assert ids(found) == [both.id, drama.id, kpop.id]
        assert [candidate.chat for candidate in found] == [both, drama, kpop]


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
async def test_blocks_of_any_size_pass_every_chat_once(store: Store, newsroom, limit: int) -> None:
    follows = [("kpop",), ("drama",), ("kpop", "drama"), ("food",), ("kpop",), ("drama", "kpop"), ("kpop",)]
    async with store.writing() as tx:
        everyone = [await newsroom.chat(tx, number + 1, *slugs) for number, slugs in enumerate(follows)]
        broadcast = await newsroom.broadcast(tx, "kpop", "drama")
        passed: list[ChatId] = []
        while block := await editions.candidates(tx, broadcast, newsroom.now, limit):
            assert len(block) <= limit
            passed += ids(block)
            await editions.advance(tx, broadcast, block[-1].chat.id, newsroom.now)
            moved = await editions.undone(tx)
            assert moved
            broadcast = moved
    assert passed == [chat.id for number, chat in enumerate(everyone) if number != 3]


async def test_a_chat_that_came_after_the_decision_is_no_candidate(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        before = await newsroom.chat(tx, 1, "kpop")
        broadcast = await newsroom.broadcast(tx, "kpop")
        await newsroom.chat(tx, 2, "kpop")
        assert ids(await editions.candidates(tx, broadcast, newsroom.now, 9)) == [before.id]


async def test_a_candidate_follows_since_the_earliest_of_its_subscriptions_to_the_story(
    store: Store, newsroom
) -> None:
    async with store.writing() as tx:
        early, late = newsroom.now - 9 * MINUTE, newsroom.now + 9 * MINUTE
        chat = await newsroom.chat(tx, 1, "kpop", since=late)
        await newsroom.chat(tx, 1, "drama", since=early)
        await newsroom.chat(tx, 1, "food", since=early - MINUTE)
        (found,) = await editions.candidates(
            tx, await newsroom.broadcast(tx, "kpop", "drama"), newsroom.now, 9
        )
        assert (found.chat.id, found.subscribed_at) == (chat.id, early)


async def test_a_paused_chat_is_given_as_it_is_now(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await newsroom.chat(tx, 1, "kpop")
        broadcast = await newsroom.broadcast(tx, "kpop")
        await chats.pause(tx, 1, "blocked", newsroom.now)
        (found,) = await editions.candidates(tx, broadcast, newsroom.now, 9)
        assert found.chat.paused_at == newsroom.now


async def candidate(tx: Writing, newsroom, broadcast: Broadcast) -> Candidate:
    (found,) = await editions.candidates(tx, broadcast, newsroom.now, 9)
    return found


async def test_alerts_of_the_last_hour_and_day_are_counted_with_the_time_they_free(
    store: Store, newsroom
) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        other = await newsroom.chat(tx, 2)
        broadcast = await newsroom.broadcast(tx, "kpop")
        none = await candidate(tx, newsroom, broadcast)
        assert (none.alerts_last_hour, none.alerts_last_day) == (0, 0)
        assert (none.hour_frees_at, none.day_frees_at) == (None, None)
        for number, minutes in enumerate([2, 59, 60, 61, 23 * 60, 24 * 60, 30 * 60]):
            due = newsroom.now - minutes * MINUTE
            await newsroom.owe(tx, [chat, other], f"alert:{number}:1", due_at=due)
        found = await candidate(tx, newsroom, broadcast)
        assert (found.alerts_last_hour, found.alerts_last_day) == (2, 5)
        assert found.hour_frees_at == newsroom.now + MINUTE
        assert found.day_frees_at == newsroom.now + timedelta(hours=1)


async def test_who_has_no_digest_is_given_with_when_each_alert_came_or_comes_due(
    store: Store, newsroom
) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        broadcast = await newsroom.broadcast(tx, "kpop")
        for number, minutes in enumerate([30, -30, 2, 25 * 60]):
            await newsroom.owe(tx, [chat], f"alert:{number}:1", due_at=newsroom.now - minutes * MINUTE)
        assert (await candidate(tx, newsroom, broadcast)).dues == ()
        await chats.change(tx, chat.id, digest_times=(), next_digest_at=None)
        dues = tuple(newsroom.now - minutes * MINUTE for minutes in (-30, 2, 30))
        assert (await candidate(tx, newsroom, broadcast)).dues == dues
        now_without = (await chats.by_ids(tx, [chat.id]))[chat.id]
        assert (await editions.candidate(tx, now_without, newsroom.now)).dues == dues


async def test_an_old_alert_counts_for_the_day_and_not_for_the_hour(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        broadcast = await newsroom.broadcast(tx, "kpop")
        await newsroom.owe(tx, [chat], due_at=newsroom.now - timedelta(hours=5))
        found = await candidate(tx, newsroom, broadcast)
        assert (found.alerts_last_hour, found.alerts_last_day, found.hour_frees_at) == (0, 1, None)
        assert found.day_frees_at == newsroom.now + timedelta(hours=19)


@pytest.mark.parametrize("state", list(State))
async def test_only_what_rang_or_will_ring_counts(store: Store, newsroom, state: State) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        broadcast = await newsroom.broadcast(tx, "kpop")
        await newsroom.owe(tx, [chat], state=state)
        await newsroom.owe(tx, [chat], "digest:1", priority=Priority.DIGEST)
        found = await candidate(tx, newsroom, broadcast)
        rings = state in {State.OWED, State.SENT, State.UNHEARD}
        assert (found.alerts_last_hour, found.alerts_last_day) == ((1, 1) if rings else (0, 0))


async def test_a_broadcast_under_no_category_is_for_nobody(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        await newsroom.chat(tx, 1, "kpop")
        broadcast = await newsroom.broadcast(tx)
        assert await editions.candidates(tx, broadcast, newsroom.now, 9) == ()
