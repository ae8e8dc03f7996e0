"""What a chat follows reaches it whatever its category; what it mutes leaves its digest and rings nowhere there."""

from typing import Any

import pytest

from digests.compose import for_chat
from digests.model import FOLLOWED, AlertContent, Chat, DigestContent, Subject, Wish
from digests.store import editions, interests, namings, stories, tables
from digests.stories.kinds import kind_subject
from digests.stories.wanted import name_subject, source_subject, words_subject

AESPA, BLACKPINK = name_subject("aespa"), name_subject("blackpink")


def words(typed: str) -> Subject:
    subject = words_subject(typed)
    assert subject
    return subject


def source(called: str) -> Subject:
    subject = source_subject(called)
    assert subject
    return subject


async def want(newsroom: Any, chat: Chat, wish: Wish, *subjects: Subject, alerts: bool | None = None) -> None:
    async with newsroom.store.writing() as tx:
        for one in subjects:
            await interests.add(tx, chat.id, wish, one, label=one.value, now=newsroom.time, alerts=alerts)


async def morning(newsroom: Any) -> None:
    newsroom.clock("08:00")
    await newsroom.digest()


def sections(newsroom: Any, chat: Chat) -> list[list[str]]:
    """The categories of each digest's sections."""
    contents = [one.content for one in newsroom.received[chat.id] if isinstance(one.content, DigestContent)]
    return [[section.category for section in content.sections] for content in contents]


@pytest.mark.parametrize(
    "subject",
    [AESPA, words("museum"), source("The Post")],
    ids=["name", "words", "source"],
)
async def test_what_is_followed_comes_with_the_digest_whatever_its_category(newsroom, subject) -> None:
    follower = await newsroom.subscribe("drama")
    reader = await newsroom.subscribe("drama")
    await want(newsroom, follower, Wish.FOLLOW, subject)
    told = newsroom.publish("에스파 donates costumes to a museum in Busan", "post")
    newsroom.publish("Harvest of barley comes in late this year", "daily")
    await newsroom.news()
    await morning(newsroom)
    assert newsroom.got(follower) == [(told,)]
    assert sections(newsroom, follower) == [[FOLLOWED]]
    assert newsroom.got(reader) == []


async def test_who_follows_a_name_and_no_category_has_digests_too(newsroom) -> None:
    follower = await newsroom.subscribe()
    await want(newsroom, follower, Wish.FOLLOW, AESPA)
    told = newsroom.publish("aespa opens an autumn exhibition")
    await newsroom.news()
    await morning(newsroom)
    assert newsroom.got(follower) == [(told,)]


async def test_what_is_followed_stands_in_one_place_and_comes_once(newsroom) -> None:
    follower = await newsroom.subscribe("kpop")
    await want(newsroom, follower, Wish.FOLLOW, AESPA, words("exhibition"))
    told = newsroom.publish("aespa opens an autumn exhibition", "daily")
    other = newsroom.publish("Harvest of barley comes in late this year", "daily")
    await newsroom.news()
    await morning(newsroom)
    assert sorted(newsroom.got(follower)[0]) == sorted((told, other))
    assert sections(newsroom, follower) == [[FOLLOWED, "kpop"]]
    newsroom.publish("Lanterns return to the river walk", "daily")
    await newsroom.news()
    await morning(newsroom)
    assert newsroom.got(follower)[1:] == [("Lanterns return to the river walk",)]


async def test_what_was_told_before_it_was_followed_is_not_told_again(newsroom) -> None:
    follower = await newsroom.subscribe("kpop")
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    await newsroom.news()
    await morning(newsroom)
    await want(newsroom, follower, Wish.FOLLOW, AESPA)
    newsroom.publish("Lanterns return to the river walk", "daily")
    await newsroom.news()
    await morning(newsroom)
    assert newsroom.got(follower)[1:] == [("Lanterns return to the river walk",)]


@pytest.mark.parametrize(
    ("subject", "left"),
    [
        (AESPA, ("Harvest of barley comes in late this year",)),
        (words("exhibition"), ("Harvest of barley comes in late this year",)),
        (source("Daily"), ("Harvest of barley comes in late this year",)),
        (words("exhibit"), ("Harvest of barley comes in late this year", "aespa opens an autumn exhibition")),
    ],
    ids=["name", "words", "source", "a part of a word"],
)
async def test_what_is_muted_leaves_the_digest_of_that_chat_alone(newsroom, subject, left) -> None:
    muting, reader = await newsroom.subscribe("kpop", "korea"), await newsroom.subscribe("kpop", "korea")
    await want(newsroom, muting, Wish.MUTE, subject)
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    newsroom.publish("Harvest of barley comes in late this year", "post")
    await newsroom.news()
    await morning(newsroom)
    assert sorted(newsroom.got(muting)[0]) == sorted(left)
    assert len(newsroom.got(reader)[0]) == 2


async def test_a_kind_of_news_that_is_muted_leaves_the_digest_of_that_chat_alone(newsroom) -> None:
    muting, reader = await newsroom.subscribe("kpop", "korea"), await newsroom.subscribe("kpop", "korea")
    await want(newsroom, muting, Wish.MUTE, kind_subject("accidents"))
    told = newsroom.publish("Two hurt as bus hits tree in Neulbom", "daily")
    left = newsroom.publish("Harvest of barley comes in late this year", "post")
    await newsroom.news()
    await morning(newsroom)
    assert newsroom.got(muting) == [(left,)]
    assert sorted(newsroom.got(reader)[0]) == sorted((told, left))


async def test_what_is_muted_after_it_was_judged_leaves_the_digest_too(newsroom) -> None:
    muting = await newsroom.subscribe("kpop")
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    await newsroom.news()
    await want(newsroom, muting, Wish.MUTE, words("exhibition"))
    await morning(newsroom)
    assert newsroom.got(muting) == []


async def test_a_mute_wins_over_a_follow(newsroom) -> None:
    chat = await newsroom.subscribe()
    await want(newsroom, chat, Wish.FOLLOW, AESPA)
    await want(newsroom, chat, Wish.MUTE, words("perfume"))
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    newsroom.publish("Seoul store runs out of perfume after a visit by 에스파", "post")
    await newsroom.news()
    await morning(newsroom)
    assert newsroom.got(chat) == [("aespa opens an autumn exhibition",)]


async def test_a_follow_makes_an_edition_of_its_own_and_a_mute_does_not(newsroom) -> None:
    plain = [await newsroom.subscribe("kpop") for _ in range(2)]
    follows = [await newsroom.subscribe("kpop") for _ in range(2)]
    mutes = [await newsroom.subscribe("kpop") for _ in range(2)]
    idle = await newsroom.subscribe("kpop")  # mutes what nothing is about
    for chat in follows:
        await want(newsroom, chat, Wish.FOLLOW, BLACKPINK)
    for chat in mutes:
        await want(newsroom, chat, Wish.MUTE, AESPA)
    await want(newsroom, idle, Wish.MUTE, words("zebra"))
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    newsroom.publish("Harvest of barley comes in late this year", "daily")
    newsroom.publish("블랙핑크 buys the old lighthouse", "post")
    await newsroom.news()
    newsroom.clock("08:00")
    composed = await newsroom.compose()
    assert (composed.owed, composed.editions) == (7, 2)
    rows = await newsroom.deliveries("digest")
    edition = {row.chat_id: row.edition_id for row in rows}
    assert len({edition[chat.id] for chat in follows}) == 1
    assert len({edition[chat.id] for chat in (*plain, *mutes, idle)}) == 1
    await newsroom.deliver()
    assert [len(newsroom.got(chat)[0]) for chat in (plain[0], follows[0], mutes[0], idle)] == [2, 3, 1, 2]


@pytest.mark.parametrize("many", [1, 40])
async def test_following_and_muting_cost_the_same_statements_for_any_number_of_chats(
    newsroom, statements, many: int
) -> None:
    for number in range(many):
        chat = await newsroom.subscribe("kpop")
        await want(newsroom, chat, Wish.FOLLOW, BLACKPINK, words(f"follow{number}"))
        await want(newsroom, chat, Wish.MUTE, AESPA, words(f"mute{number}"))
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    newsroom.publish("Harvest of barley comes in late this year", "daily")
    newsroom.publish("블랙핑크 buys the old lighthouse", "post")
    await newsroom.news()
    newsroom.clock("08:00")
    statements.clear()
    composed = await newsroom.compose()
    assert (composed.owed, composed.editions) == (many, 1)
    assert len(statements) <= 30, statements.texts


async def test_the_digest_of_the_last_day_follows_and_mutes_as_well(newsroom) -> None:
    chat = await newsroom.subscribe("kpop")
    await want(newsroom, chat, Wish.FOLLOW, BLACKPINK)
    await want(newsroom, chat, Wish.MUTE, AESPA)
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    told = newsroom.publish("블랙핑크 buys the old lighthouse", "post")
    await newsroom.news()
    async with newsroom.store.reading() as tx:
        content = await for_chat(tx, chat, newsroom.settings, newsroom.time)
    assert content is not None
    assert [card.version("en").title for card in content.cards] == [told]


async def rang(newsroom: Any) -> AlertContent:
    (row,) = await newsroom.rows(tables.editions.select().where(tables.editions.c.kind == "alert"))
    async with newsroom.store.reading() as tx:
        content = (await editions.by_ids(tx, [row.id]))[row.id].content
    assert isinstance(content, AlertContent)
    return content


async def test_a_followed_name_rings_whatever_the_category_for_who_wants_alerts(newsroom) -> None:
    ringing, quiet = await newsroom.subscribe("drama"), await newsroom.subscribe("drama")
    subscriber = await newsroom.subscribe("kpop")
    await want(newsroom, ringing, Wish.FOLLOW, AESPA, alerts=True)
    await want(newsroom, quiet, Wish.FOLLOW, AESPA)
    newsroom.jump(seconds=1)
    newsroom.publish("BREAKING: Stage collapses at aespa concert, 14 hurt", "daily")
    await newsroom.news()
    await newsroom.deliver()
    told = (await rang(newsroom)).card.version("en").title
    assert newsroom.got(ringing, "alert") == newsroom.got(subscriber, "alert") == [(told,)]
    assert newsroom.got(quiet, "alert") == []
    await morning(newsroom)
    assert newsroom.got(quiet) == [(told,)]
    assert newsroom.got(ringing, "digest") == [], "it was told by alert"


async def test_a_storys_names_and_the_words_that_anybody_follows_are_written_when_it_is_judged(
    newsroom,
) -> None:
    chat = await newsroom.subscribe("kpop")
    await want(newsroom, chat, Wish.FOLLOW, words("exhibition"), words("zebra"), source("daily"))
    newsroom.publish("aespa opens an autumn exhibition", "daily")
    await newsroom.news()
    async with newsroom.store.reading() as tx:
        (story,) = await stories.latest(tx, ["kpop"], limit=9)
        assert (await namings.of(tx, [story]))[story] == {AESPA, words("exhibition"), source("daily")}
