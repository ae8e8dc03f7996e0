from datetime import timedelta, timezone

from digests.settings import FeedSettings
from digests.store import entries, feeds, unchanged
from digests.store.engine import Store
from digests.store.feeds import Poll
from digests.store.unchanged import AsBefore

MINUTE = timedelta(minutes=1)


def named(name: str, url: str = "") -> FeedSettings:
    return FeedSettings(url=url or f"https://{name}.example/feed", name=name, categories=("kpop",))


async def state_of(store: Store, name: str) -> feeds.FeedState:
    async with store.reading() as tx:
        (state,) = [state for state in await feeds.states(tx) if state.name == name]
        return state


async def take(
    store: Store, newsroom, run: str = "run", *, later: timedelta = timedelta(), limit: int = 9, **more
):
    now = newsroom.now + later
    async with store.writing() as tx:
        return await feeds.claim(tx, run, now, lease_until=now + MINUTE, limit=limit, **more)


async def settle_with(store: Store, now, *wanted: FeedSettings) -> None:
    async with store.writing() as tx:
        await feeds.settle_with(tx, wanted, now)


async def test_a_new_feed_is_due_at_once_and_its_first_reading_is_history(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"), named("b"))
    taken = await take(store, newsroom)
    assert {feed.name for feed in taken} == {"a", "b"}
    assert all(feed.is_new and feed.failures == 0 and feed.etag == "" for feed in taken)


async def test_saying_the_same_configuration_again_changes_nothing(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    before = await state_of(store, "a")
    await settle_with(store, newsroom.now + MINUTE, named("a"))
    assert await state_of(store, "a") == before


async def test_a_renamed_feed_stays_the_feed_it_was(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a", "https://x.example/"))
    (claimed,) = await take(store, newsroom)
    async with store.writing() as tx:
        await entries.add(tx, claimed.id, [newsroom.keyed("one")], seen_at=newsroom.now, history=True)
        await feeds.polled(tx, Poll(claimed.id, newsroom.now + MINUTE, "calm", etag="e"), newsroom.now)
    await settle_with(store, newsroom.now + 9 * MINUTE, named("b", "https://x.example/"))
    renamed = await state_of(store, "b")
    assert (renamed.entries, renamed.next_poll_at) == (1, newsroom.now + MINUTE)
    async with store.reading() as tx:
        assert [one.feed for one in await entries.unjudged(tx, 9)] == ["b"]
    (again,) = await take(store, newsroom, later=2 * MINUTE)
    assert (again.id, again.is_new, again.etag) == (claimed.id, False, "e")


async def test_a_feed_that_the_configuration_drops_rests_and_comes_back_without_a_second_history(
    store: Store, newsroom
) -> None:
    await settle_with(store, newsroom.now, named("a"), named("b"))
    (first, _) = sorted(await take(store, newsroom), key=lambda feed: feed.name)
    async with store.writing() as tx:
        await feeds.polled(tx, Poll(first.id, newsroom.now + MINUTE, "calm", title="A"), newsroom.now)
    await settle_with(store, newsroom.now, named("b"))
    retired = await state_of(store, "a")
    assert retired.next_poll_at is None
    assert "no more" in retired.next_poll_why
    assert {feed.name for feed in await take(store, newsroom, later=9 * MINUTE, whatever=True)} == {"b"}

    back = newsroom.now + 9 * MINUTE
    await settle_with(store, back, named("a"), named("b"))
    revived = await state_of(store, "a")
    assert (revived.next_poll_at, revived.next_poll_why) == (back, "")
    (again,) = [feed for feed in await take(store, newsroom, later=9 * MINUTE) if feed.name == "a"]
    assert (again.id, again.is_new) == (first.id, False)


async def test_a_poll_that_ends_after_its_feed_was_dropped_does_not_bring_it_back(
    store: Store, newsroom
) -> None:
    await settle_with(store, newsroom.now, named("a"))
    (claimed,) = await take(store, newsroom)
    await settle_with(store, newsroom.now)
    async with store.writing() as tx:
        await feeds.polled(tx, Poll(claimed.id, newsroom.now, "calm"), newsroom.now)
    assert (await state_of(store, "a")).next_poll_at is None


async def test_a_feed_is_claimed_when_due_the_longest_due_first(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now - MINUTE, named("late"))
    await settle_with(store, newsroom.now - 2 * MINUTE, named("late"), named("later"))
    await settle_with(store, newsroom.now + MINUTE, named("late"), named("later"), named("ahead"))
    (first,) = await take(store, newsroom, limit=1)
    assert first.name == "later"
    (second,) = await take(store, newsroom, in_hand=[first.id])
    assert second.name == "late"
    assert await take(store, newsroom, in_hand=[first.id, second.id]) == ()


async def test_polling_once_takes_every_feed_whatever_its_time(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now + 99 * MINUTE, named("a"), named("b"))
    assert await take(store, newsroom) == ()
    assert len(await take(store, newsroom, whatever=True)) == 2


async def test_a_feed_in_hand_is_not_claimed_again_however_long_it_takes(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    (claimed,) = await take(store, newsroom)
    for later in (timedelta(), 99 * MINUTE):
        for whatever in (False, True):
            assert await take(store, newsroom, later=later, whatever=whatever, in_hand=[claimed.id]) == ()


async def test_a_feed_that_its_run_claimed_and_lost_is_free_again(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    assert await take(store, newsroom) == await take(store, newsroom)


async def test_what_another_run_holds_is_free_when_its_lease_is_over(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    assert len(await take(store, newsroom, "other")) == 1
    assert await take(store, newsroom) == ()
    assert await take(store, newsroom, whatever=True) == ()
    assert len(await take(store, newsroom, later=2 * MINUTE)) == 1


async def test_a_new_run_takes_over_what_a_dead_one_held(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    assert len(await take(store, newsroom, "dead")) == 1
    async with store.writing() as tx:
        await feeds.release(tx, but="alive")
    assert len(await take(store, newsroom, "alive")) == 1
    async with store.writing() as tx:
        await feeds.release(tx, but="alive")
    assert await take(store, newsroom, "third") == ()


async def test_a_failure_keeps_what_the_last_success_told(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    (claimed,) = await take(store, newsroom)
    good = Poll(claimed.id, newsroom.now, "calm", etag='"e"', last_modified="Mon", title="A Daily")
    async with store.writing() as tx:
        await feeds.polled(tx, good, newsroom.now)
    later = newsroom.now + MINUTE
    bad = Poll(claimed.id, later + MINUTE, "failing", error="it timed out \x00", failures=2)
    async with store.writing() as tx:
        await feeds.polled(tx, bad, later)
    state = await state_of(store, "a")
    assert (state.failures, state.error.strip(), state.next_poll_why) == (2, "it timed out", "failing")
    assert (state.polled_at, state.succeeded_at, state.next_poll_at) == (later, newsroom.now, later + MINUTE)
    (again,) = await take(store, newsroom, later=3 * MINUTE)
    assert (again.etag, again.last_modified, again.failures) == ('"e"', "Mon", 2)
    async with store.writing() as tx:
        await feeds.polled(tx, Poll(claimed.id, later, "calm"), later)
    state = await state_of(store, "a")
    assert (state.failures, state.error, state.succeeded_at) == (0, "", later)


async def test_polls_that_found_all_as_it_was_change_only_times_each_feed_its_own(
    store: Store, newsroom
) -> None:
    await settle_with(store, newsroom.now, *map(named, "abc"))
    taken = sorted(await take(store, newsroom), key=lambda feed: feed.name)
    async with store.writing() as tx:
        for feed in taken:
            await feeds.polled(tx, Poll(feed.id, newsroom.now, "calm", etag=f'"{feed.name}"'), newsroom.now)
    await settle_with(store, newsroom.now, *map(named, "ab"))
    again = sorted(await take(store, newsroom), key=lambda feed: feed.name)
    later = newsroom.now.astimezone(timezone(timedelta(hours=9))) + MINUTE
    async with store.writing() as tx:
        await unchanged.polled(
            tx,
            [
                (AsBefore(one.id, later + number * MINUTE, f'reason {number}: "뉴스"'), later)
                for number, one in enumerate(taken)
            ],
        )
    states = [await state_of(store, name) for name in "abc"]
    assert [one.next_poll_at for one in states] == [later, later + MINUTE, None]
    assert [one.next_poll_why for one in states[:2]] == ['reason 0: "뉴스"', 'reason 1: "뉴스"']
    assert [one.polled_at for one in states] == [later, later, newsroom.now]
    assert [one.succeeded_at for one in states] == [later, later, newsroom.now]
    kept = await take(store, newsroom, "another", later=9 * MINUTE)
    assert sorted((one.id, one.etag) for one in kept) == [(one.id, one.etag) for one in again]


async def test_a_feed_that_never_succeeded_is_still_new(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("a"))
    (claimed,) = await take(store, newsroom)
    async with store.writing() as tx:
        await feeds.polled(
            tx, Poll(claimed.id, newsroom.now, "failing", error="no", failures=1), newsroom.now
        )
    (again,) = await take(store, newsroom)
    assert again.is_new


async def test_an_operator_sees_every_feed_with_what_it_brought(store: Store, newsroom) -> None:
    await settle_with(store, newsroom.now, named("b"), named("a"))
    first = (await take(store, newsroom))[0]
    async with store.writing() as tx:
        await entries.add(
            tx, first.id, [newsroom.keyed() for _ in range(3)], seen_at=newsroom.now, history=False
        )
    async with store.reading() as tx:
        states = await feeds.states(tx)
    assert [state.name for state in states] == ["a", "b"]
    assert {state.name: state.entries for state in states} == {first.name: 3} | {
        name: 0 for name in "ab" if name != first.name
    }
