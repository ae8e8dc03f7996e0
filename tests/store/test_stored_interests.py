"""What chats follow and mute, and the stories in which it was found."""

from datetime import timedelta

import pytest

from digests.model import ChatId, Interest, StoryId, Subject, What, Wish
from digests.store import chats, editions, interests, namings
from digests.store.engine import Store, Writing
from digests.store.namings import FollowedStory, Naming

AESPA, IVE = Subject(What.NAME, "aespa"), Subject(What.NAME, "ive")
TOUR, DAILY = Subject(What.WORDS, "tour"), Subject(What.SOURCE, "daily")


async def follow(tx: Writing, newsroom, chat, subject: Subject, **more) -> str:
    now = more.pop("now", newsroom.now)
    return await interests.add(tx, chat.id, Wish.FOLLOW, subject, label=subject.value, now=now, **more)


async def mute(tx: Writing, newsroom, chat, subject: Subject) -> str:
    return await interests.add(tx, chat.id, Wish.MUTE, subject, label=subject.value, now=newsroom.now)


def subjects(found: tuple[Interest, ...]) -> list[Subject]:
    return [one.subject for one in found]


async def test_what_is_followed_is_kept_once_and_reads_as_it_was_written(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat, other = await newsroom.chat(tx, 5), await newsroom.chat(tx, 6)
        assert await follow(tx, newsroom, chat, AESPA) == "new"
        assert await follow(tx, newsroom, chat, AESPA) == "there"
        assert await follow(tx, newsroom, other, TOUR, alerts=True) == "new"
        assert await mute(tx, newsroom, chat, DAILY) == "new"
        (one,) = await interests.of(tx, chat.id, Wish.FOLLOW)
        assert one == Interest(one.id, Wish.FOLLOW, AESPA, "aespa", alerts=False, since=newsroom.now)
        assert subjects(await interests.of(tx, chat.id)) == [AESPA, DAILY]
        assert await interests.mutes(tx, [chat.id, other.id]) == {chat.id: {DAILY}}
        assert await interests.followers(tx, [chat.id, other.id]) == {chat.id, other.id}
        assert await interests.wanted(tx) == {TOUR}, "names are written whoever follows them"


async def test_alerts_can_be_added_to_what_is_followed_and_count_from_then_on(store: Store, newsroom) -> None:
    later = newsroom.now + timedelta(hours=1)
    async with store.writing() as tx:
        chat, other = await newsroom.chat(tx, 5), await newsroom.chat(tx, 6)
        await follow(tx, newsroom, chat, AESPA)
        assert await follow(tx, newsroom, chat, AESPA, alerts=True, now=later) == "changed"
        (one,) = await interests.of(tx, chat.id)
        assert (one.alerts, one.since) == (True, later)
        await interests.ring(tx, other.id, one.id, on=False, now=later)
        assert (await interests.of(tx, chat.id))[0].alerts, "another chat's is none of its business"
        await interests.ring(tx, chat.id, one.id, on=False, now=later)
        assert not (await interests.of(tx, chat.id))[0].alerts


async def test_what_is_muted_is_followed_no_more_and_the_other_way_round(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
        await follow(tx, newsroom, chat, AESPA)
        await follow(tx, newsroom, chat, IVE)
        await mute(tx, newsroom, chat, AESPA)
        assert subjects(await interests.of(tx, chat.id, Wish.FOLLOW)) == [IVE]
        await follow(tx, newsroom, chat, AESPA)
        assert await interests.of(tx, chat.id, Wish.MUTE) == ()


async def test_a_hundred_of_each_are_the_most(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat, other = await newsroom.chat(tx, 5), await newsroom.chat(tx, 6)
        for number in range(interests.MOST):
            await follow(tx, newsroom, chat, Subject(What.WORDS, f"word {number}"))
        assert await follow(tx, newsroom, chat, AESPA) == "full"
        assert await follow(tx, newsroom, chat, Subject(What.WORDS, "word 7")) == "there"
        assert await mute(tx, newsroom, chat, AESPA) == "new"
        assert await follow(tx, newsroom, other, AESPA) == "new"
        assert len(await interests.of(tx, chat.id, Wish.FOLLOW)) == interests.MOST


async def test_what_is_left_is_gone_and_nothing_else(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat, other = await newsroom.chat(tx, 5), await newsroom.chat(tx, 6)
        for one in (AESPA, IVE, TOUR, Subject(What.SOURCE, "tour")):
            await follow(tx, newsroom, chat, one)
        await mute(tx, newsroom, chat, DAILY)
        await follow(tx, newsroom, other, AESPA)
        assert subjects(await interests.remove(tx, chat.id, Wish.FOLLOW, subjects=[AESPA, TOUR])) == [
            AESPA,
            TOUR,
        ]
        first = (await interests.of(tx, chat.id, Wish.FOLLOW))[0]
        assert await interests.drop(tx, other.id, first.id) is None
        dropped = await interests.drop(tx, chat.id, first.id)
        assert dropped is not None
        assert dropped.subject == IVE
        assert len(await interests.remove(tx, chat.id, Wish.FOLLOW)) == 1
        assert subjects(await interests.of(tx, chat.id)) == [DAILY]
        assert subjects(await interests.of(tx, other.id)) == [AESPA]


async def test_two_chats_that_become_one_keep_what_both_followed(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        old, new = await newsroom.chat(tx, -5), await newsroom.chat(tx, -1005)
        await follow(tx, newsroom, old, AESPA, alerts=True)
        await follow(tx, newsroom, new, AESPA)
        await follow(tx, newsroom, new, IVE)
        await mute(tx, newsroom, old, TOUR)
        await follow(tx, newsroom, new, TOUR)
        await chats.move(tx, -5, -1005, newsroom.now)
        kept = await interests.of(tx, old.id)
        assert {(one.wish, one.subject, one.alerts) for one in kept} == {
            (Wish.FOLLOW, AESPA, True),
            (Wish.FOLLOW, IVE, False),
            (Wish.MUTE, TOUR, False),
        }, "the one known longer keeps its choices"


async def test_who_is_forgotten_follows_nothing_when_coming_back(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 5)
        await follow(tx, newsroom, chat, AESPA)
        await chats.forget(tx, 5)
        again = await newsroom.chat(tx, 5)
        assert await interests.of(tx, again.id) == ()
        assert await interests.of(tx, chat.id) == ()


async def test_a_storys_names_are_written_once_and_keep_their_place(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        story = await newsroom.story(tx, "kpop")
        assert await namings.last(tx) == 0
        rows = [Naming(story, AESPA, newsroom.now), Naming(story, AESPA, newsroom.now)]
        assert await namings.write_all(tx, rows) == {(story, AESPA)}
        assert await namings.write_all(tx, [*rows, Naming(story, IVE, newsroom.now)]) == {(story, IVE)}
        assert await namings.write_all(tx, []) == set()
        assert await namings.of(tx, [story, StoryId(99)]) == {story: {AESPA, IVE}, StoryId(99): set()}
        assert await namings.last(tx) > 0


async def test_stories_that_merge_tell_of_what_both_told(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        keeps, goes = await newsroom.story(tx, "kpop"), await newsroom.story(tx, "kpop")
        await namings.write_all(
            tx,
            [
                Naming(keeps, AESPA, newsroom.now),
                Naming(goes, AESPA, newsroom.now),
                Naming(goes, IVE, newsroom.now),
            ],
        )
        await namings.merge(tx, goes, keeps)
        assert await namings.of(tx, [keeps, goes]) == {keeps: {AESPA, IVE}, goes: set()}


async def test_the_stories_that_chats_follow_something_of(store: Store, newsroom, statements) -> None:
    async with store.writing() as tx:
        one, two, nobody = [await newsroom.chat(tx, number) for number in (5, 6, 7)]
        await follow(tx, newsroom, one, AESPA)
        await follow(tx, newsroom, one, IVE)
        await follow(tx, newsroom, two, TOUR)
        await mute(tx, newsroom, nobody, AESPA)
        both, tour, other = [await newsroom.story(tx, "kpop") for _ in range(3)]
        for story, subject in ((both, AESPA), (both, IVE), (tour, TOUR), (other, DAILY)):
            await namings.write_all(tx, [Naming(story, subject, newsroom.now)])
        upto = await namings.last(tx)
        old = newsroom.now - timedelta(days=1)
        statements.clear()
        found = await namings.followed(tx, [one.id, two.id, nobody.id], upto=upto, since=old)
        assert len(statements) == 1
        assert {chat: [story.story for story in stories] for chat, stories in found.items()} == {
            one.id: [both],
            two.id: [tour],
        }
        (first,) = found[one.id]
        assert first == FollowedStory(both, first.seq, newsroom.now)
        assert first.seq < upto
        assert await namings.followed(tx, [one.id], upto=0, since=old) == {}
        assert await namings.followed(tx, [one.id], upto=upto, since=newsroom.now) == {}


async def broadcast(tx: Writing, newsroom, *categories: str, follows: frozenset[Subject]):
    story = await newsroom.story(tx, *categories)
    await namings.write_all(tx, [Naming(story, one, newsroom.now) for one in follows])
    await editions.announce(
        tx,
        await newsroom.edition(tx, story),
        story,
        categories,
        decided_at=newsroom.now,
        expires_at=newsroom.now + timedelta(hours=6),
        follows=follows,
    )
    found = await editions.undone(tx)
    assert found
    return found


@pytest.mark.parametrize("categories", [("kpop",), ()])
async def test_an_audience_is_subscribers_and_those_who_follow_with_alerts(
    store: Store, newsroom, statements, categories: tuple[str, ...]
) -> None:
    early = newsroom.now - timedelta(days=3)
    async with store.writing() as tx:
        subscriber = await newsroom.chat(tx, 1, "kpop")
        ringing, quiet, both = [await newsroom.chat(tx, number) for number in (2, 3, 4)]
        await newsroom.chat(tx, 5, "food")
        await follow(tx, newsroom, ringing, AESPA, alerts=True, now=early)
        await follow(tx, newsroom, quiet, AESPA)
        await newsroom.chat(tx, 4, "kpop")
        await follow(tx, newsroom, both, TOUR, alerts=True, now=early)
        await mute(tx, newsroom, ringing, DAILY)
        sent = await broadcast(tx, newsroom, *categories, follows=frozenset({AESPA, TOUR}))
        assert sent.follows == {AESPA, TOUR}
        statements.clear()
        found = await editions.candidates(tx, sent, newsroom.now, 1_000)
        assert len(statements) == 4
        wanted = [ringing, both] if not categories else [subscriber, ringing, both]
        assert [one.chat.id for one in found] == [one.id for one in wanted]
        by_chat = {one.chat.id: one for one in found}
        assert by_chat[ringing.id].mutes == {DAILY}
        assert by_chat[ringing.id].subscribed_at == early
        assert by_chat[ringing.id].filed_seq is None
        assert by_chat[ringing.id].named_seq
        assert by_chat[both.id].subscribed_at == early
        if categories:
            assert by_chat[subscriber.id].named_seq is None
            assert by_chat[subscriber.id].filed_seq
            assert by_chat[both.id].filed_seq


async def test_an_audience_is_walked_in_blocks_each_chat_once(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        for number in range(1, 8):
            chat = await newsroom.chat(tx, number, *(["kpop"] if number % 2 else []))
            await follow(tx, newsroom, chat, AESPA, alerts=True)
        sent = await broadcast(tx, newsroom, "kpop", follows=frozenset({AESPA}))
        walked: list[ChatId] = []
        while block := await editions.candidates(tx, sent, newsroom.now, 2):
            walked += [one.chat.id for one in block]
            await editions.advance(tx, sent, block[-1].chat.id, newsroom.now)
            again = await editions.undone(tx)
            assert again
            sent = again
        assert len(walked) == len(set(walked)) == 7
        assert walked == sorted(walked)
