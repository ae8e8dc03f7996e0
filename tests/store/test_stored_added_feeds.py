"""Feeds that the file does not name; how feeds fare; and what is left of one that is purged."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update

from digests.editions.digest import rank
from digests.model import AlertContent, Card, DigestContent, Entry, Ranking, Section, StoryId, Version
from digests.settings import FeedSettings, Settings
from digests.store import added, codec, editions, entries, feeds, outbox, tables
from digests.store.added import NewFeed
from digests.store.engine import Store
from digests.store.feeds import Poll
from digests.store.health import Health, broken, health, reported, unnamed
from digests.store.purging import purge
from digests.store.roster import Roster

HOUR = timedelta(hours=1)
OWN = FeedSettings("https://own.example/feed", "own", ("kpop",))
LANTERN = NewFeed(
    "https://lantern.example/feed", "lantern", ("kpop", "food"), "ko", breaking=True, interval=HOUR
)


async def begin(store: Store, newsroom: Any, *new: NewFeed, own: Sequence[FeedSettings] = (OWN,)) -> None:
    async with store.writing() as tx:
        await feeds.settle_with(tx, own, newsroom.now)
        await added.add(tx, new, "operator:cli", newsroom.now)


async def health_of(store: Store, newsroom: Any, name: str = "lantern") -> Health:
    async with store.reading() as tx:
        return next(one for one in await health(tx, newsroom.now) if one.name == name)


async def count(store: Store, table: Any) -> int:
    async with store.reading() as tx:
        return int(await tx.value(select(func.count()).select_from(table)))


async def test_the_roster_notices_what_was_added_changed_and_removed(store: Store, newsroom) -> None:
    roster = Roster(store, Settings((), (OWN,)))
    first = await roster.settings()
    assert first.feeds == (OWN,)
    await begin(store, newsroom, LANTERN)
    (_, lantern) = (await roster.settings()).feeds
    assert (lantern.url, lantern.name, lantern.categories) == (LANTERN.url, "lantern", ("kpop", "food"))
    assert (lantern.language, lantern.breaking, lantern.interval, lantern.auto) == ("ko", True, HOUR, False)
    assert await roster.settings() is await roster.settings()
    async with store.writing() as tx:
        (record,) = await added.called(tx, "LANTERN")
        await added.pause(tx, record.id, newsroom.now)
    assert len((await roster.settings()).feeds) == 2  # what came from it may wait to be judged
    async with store.writing() as tx:
        await added.remove(tx, record.id, newsroom.now)
    assert (await roster.settings()).feeds == (OWN,)


async def test_looking_for_news_of_feeds_costs_one_statement(store: Store, newsroom, statements) -> None:
    roster = Roster(store, Settings((), (OWN,)))
    await begin(store, newsroom, LANTERN)
    await roster.settings()
    statements.clear()
    await roster.settings()
    assert len(statements) == 1


async def test_an_added_feed_survives_the_start_and_the_file_may_take_it_over(store: Store, newsroom) -> None:
    await begin(store, newsroom, LANTERN)
    async with store.writing() as tx:
        await feeds.settle_with(tx, [OWN], newsroom.now)
    assert (await health_of(store, newsroom)).standing == "polled"
    of_file = FeedSettings(LANTERN.url, "the lantern", ("kpop",))
    async with store.writing() as tx:
        await feeds.settle_with(tx, [OWN, of_file], newsroom.now)
    assert (await health_of(store, newsroom, "the lantern")).origin == "file"
    async with store.writing() as tx:
        await feeds.settle_with(tx, [OWN], newsroom.now)
    assert (await health_of(store, newsroom, "the lantern")).standing == "retired"


async def test_a_name_that_the_file_gives_is_taken_from_an_added_feed(store: Store, newsroom) -> None:
    await begin(store, newsroom, LANTERN)
    other = FeedSettings("https://else.example/", "Lantern", ("kpop",))
    async with store.writing() as tx:
        await feeds.settle_with(tx, [OWN, other], newsroom.now)
    assert (await health_of(store, newsroom, "Lantern")).url == other.url
    assert (await health_of(store, newsroom, LANTERN.url)).url == LANTERN.url


async def test_commands_never_change_a_feed_of_the_file(store: Store, newsroom) -> None:
    await begin(store, newsroom)
    async with store.writing() as tx:
        (own,) = await added.called(tx, "own")
        for act in (added.pause, added.remove):
            await act(tx, own.id, newsroom.now)
    assert (await health_of(store, newsroom, "own")).standing == "polled"


async def test_health_counts_a_week_and_tells_the_delay_of_news(store: Store, newsroom) -> None:
    await begin(store, newsroom, LANTERN)
    now = newsroom.now

    def entry(key: str, published: Any) -> entries.Keyed:
        return entries.Keyed(Entry(key=key, title=key, published=published), 1, key, key)

    async with store.writing() as tx:
        (record,) = await added.called(tx, "lantern")
        old = [entry("old", now - timedelta(days=30)), entry("past", now - timedelta(days=4))]
        await entries.add(tx, record.id, old, seen_at=now - HOUR, history=True)
        news = [
            entry("a", now - timedelta(minutes=10)),
            entry("b", now - timedelta(minutes=20)),
            entry("c", None),
        ]
        await entries.add(tx, record.id, news, seen_at=now, history=False)
        early = [entry("early", now + HOUR)]
        await entries.add(tx, record.id, early, seen_at=now, history=False)
    fares = await health_of(store, newsroom)
    assert fares.entries == 6
    assert fares.a_day == 5 / 4  # since the first of the week
    assert fares.delay is not None
    assert abs(fares.delay - timedelta(minutes=10)) < timedelta(seconds=1)  # (10 + 20 + 0) / 3
    assert (await health_of(store, newsroom, "own")).delay is None


async def test_what_is_broken_is_told_once_until_it_recovers(store: Store, newsroom) -> None:
    await begin(store, newsroom, LANTERN)
    async with store.writing() as tx:
        (record,) = await added.called(tx, "lantern")

        async def polled(failures: int) -> tuple[str, ...]:
            error = "It is down." if failures else ""
            poll = Poll(record.id, newsroom.now, "why", error=error, failures=failures)
            await feeds.polled(tx, poll, newsroom.now)
            return tuple(one.error for one in await broken(tx, 9))

        assert await polled(2) == ()
        assert await polled(3) == ("It is down.",)
        assert await reported(tx, [record.id], newsroom.now) == (record.id,)
        assert await reported(tx, [record.id], newsroom.now) == ()
        assert await polled(4) == ()
        assert await polled(0) == ()
        assert await polled(3) == ("It is down.",)


async def test_what_the_file_names_no_more_is_told(store: Store, newsroom) -> None:
    await begin(store, newsroom, LANTERN)
    async with store.writing() as tx:
        await newsroom.chat(tx, 1, "kpop", "sport")
        await newsroom.chat(tx, 2, "sport")
    async with store.reading() as tx:
        gone = await unnamed(tx, set(), {"kpop"})
    assert (gone.feeds, gone.categories) == (("own",), (("sport", 2),))


async def test_purging_leaves_nothing_of_a_feed_and_all_of_the_others(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        reader = await newsroom.chat(tx, 1, "kpop")
        alone = await newsroom.story(tx, "kpop", feed="lantern", rings=True)
        shared = await newsroom.story(tx, "kpop", feed="lantern")
        await newsroom.story(tx, "kpop", feed="daily", joins=shared)
        other = await newsroom.story(tx, "kpop", feed="daily")
        lantern = await newsroom.feed(tx, "lantern")
        await tx.execute(
            update(tables.entries)
            .where(tables.entries.c.feed_id == lantern)
            .values(link="https://lantern.example/1")
        )

        def card(story: StoryId, **links: str) -> Card:
            said = {key: Version(key, "소식", link, "A") for key, link in links.items()}  # type: ignore[arg-type]
            return Card(story, newsroom.now, ("kpop",), said)

        ours, theirs = "https://lantern.example/1", "https://daily.example/1"
        alert = await editions.add(tx, AlertContent(card(alone, ko=ours)), newsroom.now, story=alone)
        cards = (card(alone, ko=ours), card(shared, ko=ours, en=theirs), card(other, en=theirs))
        digest = await editions.add(
            tx, DigestContent(newsroom.now, newsroom.now, (Section("kpop", cards),)), newsroom.now
        )
        await editions.announce(tx, alert, alone, ["kpop"], decided_at=newsroom.now, expires_at=newsroom.now)
        owed = [newsroom.owed(reader.id, alert), newsroom.owed(reader.id, digest, "digest:1")]
        await outbox.owe(tx, owed, newsroom.now)
        gone = await purge(tx, lantern)
    assert (gone.entries, gone.stories, gone.editions) == (2, 1, 1)
    assert await count(store, tables.entries) == 2
    assert await count(store, tables.stories) == 2
    assert await count(store, tables.feeds) == 1
    assert await count(store, tables.broadcasts) == 0
    async with store.reading() as tx:
        (left,) = await tx.rows(select(tables.deliveries.c.key))
        (row,) = await tx.rows(select(tables.editions))
    assert left.key == "digest:1"
    content = codec.edition(row).content
    assert isinstance(content, DigestContent)
    (section,) = content.sections
    assert [(one.story, sorted(one.versions)) for one in section.cards] == [(shared, ["en"]), (other, ["en"])]


async def test_purging_takes_a_feeds_stories_out_of_rankings(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        alone = await newsroom.story(tx, "kpop", feed="lantern")
        other = await newsroom.story(tx, "kpop", feed="daily")
        said = {"ko": Version("ko", "소식", "https://lantern.example/1", "A")}
        cards = [Card(story, newsroom.now, ("kpop",), said) for story in (alone, other)]

        async def ranked(*those: Card) -> None:
            ranking = rank(
                those,
                categories=["kpop"],
                wanted=["kpop"],
                since=newsroom.now,
                upto=newsroom.now,
                max_stories=2,
            )
            await editions.add(tx, ranking, newsroom.now)

        await ranked(*cards)
        await ranked(cards[0])
        gone = await purge(tx, await newsroom.feed(tx, "lantern"))
        (row,) = await tx.rows(select(tables.editions))
    assert gone.editions == 1
    content = codec.edition(row).content
    assert isinstance(content, Ranking)
    assert ([card.story for card in content.cards], content.stories) == ([other], 1)
