"""subscribe and hear, against a real hub: what is agreed, what it tells, and what becomes of one that does wrong."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.cli.feeds_words import hub_words
from digests.feeds.discover import Discoverer
from digests.feeds.fetch import Fetcher
from digests.feeds.workshop import Workshop
from digests.store import added, told, websub
from tests.websub.hub import Hub


async def state(scene: Any) -> str:
    (row,) = await scene.websub()
    return str(row.state)


# -- agreeing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["element", "header"])
async def test_a_feed_that_names_a_hub_is_subscribed_to_and_polled_less_often(scene: Any, way: str) -> None:
    scene.names = way == "element"
    if way == "header":
        scene.links = (f'<{scene.hub.url}>; rel="hub", <{scene.url}>; rel=self',)
    await scene.poll()
    assert (await scene.feed()).next_poll_at - scene.time <= timedelta(minutes=5)
    await scene.subscribe()
    assert [(one.mode, one.status, one.echoed) for one in scene.hub.verified] == [("subscribe", 200, True)]
    assert await state(scene) == "verified"
    end, polls, reasons = scene.time + timedelta(hours=6), 0, set()
    while scene.time < end:
        await scene.poll()
        feed = await scene.feed()
        reasons.add(feed.next_poll_why)
        scene.time, polls = feed.next_poll_at, polls + 1
    assert 6 <= polls <= 8, "the net is kept"
    assert "its hub tells us of news" in reasons
    (form,) = scene.hub.forms
    assert form["hub.topic"] == scene.url
    assert 32 <= len(form["hub.secret"]) < 200


async def test_each_subscription_has_a_secret_and_an_address_of_its_own(scene: Any) -> None:
    await scene.begin()
    (row,) = await scene.websub()
    (form,) = scene.hub.forms
    assert row.token in form["hub.callback"]
    assert form["hub.secret"] not in str([tuple(one) for one in await scene.websub()])
    assert scene.key not in str(form)


async def test_a_hub_that_verifies_before_it_answers_is_not_asked_twice(scene: Any) -> None:
    scene.hub.eager = True
    await scene.begin()
    assert await state(scene) == "verified"
    scene.jump(hours=1)
    await scene.subscribe()
    assert len(scene.hub.forms) == 1


async def test_a_feed_without_a_hub_asks_nobody(scene: Any) -> None:
    scene.names = False
    await scene.begin()
    assert await scene.websub() == []
    assert scene.hub.forms == []


async def test_a_hub_that_sends_us_to_another_is_followed(scene: Any) -> None:
    other = Hub()
    await other.start()
    scene.hub.moved_to = other.url
    await scene.begin()
    await other.settled()
    assert await state(scene) == "verified"
    assert len(other.subscriptions) == 1
    await other.stop()


# -- being told -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
async def test_signed_news_is_kept_to_be_judged_and_no_poll_brings_it_again(scene: Any, method: str) -> None:
    await scene.begin()
    scene.titles = ["Moon Band announces a tour"]
    assert await scene.hub.distribute(scene.url, scene.document(), method=method) == [204]
    assert scene.woken == ["judge"]
    assert await scene.to_judge() == ["Moon Band announces a tour"]
    assert (await scene.poll()).new == 0
    assert await scene.hub.distribute(scene.url, scene.document(), method=method) == [204]
    assert await scene.titles_kept() == ["Moon Band announces a tour"]


async def test_a_hub_may_send_only_what_is_new_and_polls_keep_their_validators(scene: Any) -> None:
    scene.titles = ["One", "Two"]
    await scene.begin()
    before = await scene.feed()
    await scene.hub.distribute(scene.url, scene.document("Three"))
    after = await scene.feed()
    assert (after.body_hash, after.next_poll_at) == (before.body_hash, before.next_poll_at)
    scene.titles = ["Three", "One", "Two"]
    assert (await scene.poll()).new == 0
    assert await scene.titles_kept() == ["One", "Three", "Two"]


@pytest.mark.parametrize(
    "forged",
    [
        {"signature": ""},
        {"signature": "sha256"},
        {"signature": "sha256="},
        {"signature": "sha256=" + "0" * 64},
        {"signature": "sha256=é"},
        {"method": "md5"},
        {"secret": "another secret"},
    ],
)
async def test_what_does_not_bear_the_hubs_signature_is_acknowledged_and_ignored(
    scene: Any, forged: dict[str, Any]
) -> None:
    await scene.begin()
    with capture_logs() as logs:
        assert await scene.hub.distribute(scene.url, scene.document("Forged"), **forged) == [202]
    assert await scene.titles_kept() == []
    assert scene.woken == []
    assert (await scene.websub())[0].ignored == 1
    assert [one["event"] for one in logs] == ["notification ignored"]


async def test_a_notice_against_copying_counts_when_a_hub_brings_it(scene: Any) -> None:
    await scene.begin()
    await scene.hub.distribute(scene.url, scene.document("새 앨범 무단 전재·재배포 금지"))
    assert (await scene.feed()).forbids


async def test_nothing_doubles_when_a_poll_is_under_way(scene: Any) -> None:
    await scene.begin()
    asked, go = asyncio.Event(), asyncio.Event()

    async def slow(_: web.Request) -> web.StreamResponse:
        asked.set()
        await go.wait()
        return web.Response(body=scene.document(), content_type="application/rss+xml")

    scene.publisher.serve("/feed.xml", slow)
    scene.titles = [f"Story {n}" for n in range(30)]
    polling = asyncio.create_task(scene.poll())
    await asked.wait()
    telling = asyncio.create_task(scene.hub.distribute(scene.url, scene.document()))
    go.set()
    polled, answers = await asyncio.gather(polling, telling)
    assert (polled.error, answers) == ("", [204])
    assert await scene.titles_kept() == sorted(scene.titles)
    assert (await scene.feed()).run_id is None


async def test_a_feed_that_was_never_read_is_polled_rather_than_told_of(scene: Any) -> None:
    await scene.begin()
    async with scene.store.writing() as tx:
        await tx.execute(websub.update(websub.feeds).values(succeeded_at=None))
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [204]
    assert await scene.titles_kept() == []
    assert scene.woken == ["poll"]


@pytest.mark.parametrize("body", [b"", b" \n", b"no feed at all", b"<html><body>News!</body></html>"])
async def test_a_ping_has_the_feed_polled_at_once(scene: Any, body: bytes) -> None:
    await scene.begin()
    await scene.poll()
    scene.jump(minutes=1)
    assert (await scene.feed()).next_poll_at > scene.time
    assert await scene.hub.distribute(scene.url, body) == [204]
    assert scene.woken == ["poll"]
    feed = await scene.feed()
    assert (feed.next_poll_at, feed.next_poll_why) == (scene.time, "its hub says that there is something")


async def test_a_hub_that_pings_without_end_has_a_publisher_asked_at_most_each_ten_seconds(
    scene: Any,
) -> None:
    await scene.begin()
    await scene.poll()
    scene.jump(seconds=1)
    await scene.hub.distribute(scene.url, b"")
    assert (await scene.feed()).next_poll_at == scene.time + timedelta(seconds=9)


async def test_after_a_restart_notifications_are_believed_still(scene: Any) -> None:
    await scene.begin()
    await scene.restart()
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [204]
    assert await scene.titles_kept() == ["One"]
    await scene.subscribe()
    assert len(scene.hub.forms) == 1


# -- what a hub may ask ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [{"topic": "https://other.example/feed"}, {"mode": "unsubscribe"}, {"mode": "publish"}],
)
async def test_only_what_was_asked_for_is_confirmed(scene: Any, wrong: dict[str, str]) -> None:
    for name, value in wrong.items():
        setattr(scene.hub, name, value)
    await scene.begin()
    (verified,) = scene.hub.verified
    assert (verified.status, verified.echoed) == (404, False)
    assert await state(scene) == "pending"
    assert (await scene.feed()).hub_until is None


async def test_a_verified_subscription_is_not_left_because_somebody_asks(scene: Any) -> None:
    await scene.begin()
    query = {"hub.mode": "unsubscribe", "hub.topic": scene.url, "hub.challenge": "x"}
    assert await scene.hub.ask(scene.callbacks[0], query) == (404, "")
    assert await state(scene) == "verified"


@pytest.mark.parametrize("challenge", ["", "a b", "x" * 2_001, "é", "a\r\nX: y"])
async def test_a_challenge_that_is_none_is_not_echoed(scene: Any, challenge: str) -> None:
    scene.hub.verifies = False
    await scene.begin()
    query = {"hub.mode": "subscribe", "hub.topic": scene.url, "hub.challenge": challenge}
    assert (await scene.hub.ask(scene.hub.forms[0]["hub.callback"], query))[0] == 404


async def test_a_hub_that_denies_is_heard_and_asked_again_after_a_week(scene: Any) -> None:
    scene.hub.denies = True
    await scene.begin()
    (row,) = await scene.websub()
    assert (row.state, row.error) == ("denied", "not for you")
    scene.jump(days=6)
    await scene.subscribe()
    assert len(scene.hub.forms) == 1
    scene.jump(days=1)
    scene.hub.denies = False
    await scene.subscribe()
    assert await state(scene) == "verified"


async def test_a_hub_that_denies_later_has_the_feed_polled_as_ever(scene: Any) -> None:
    await scene.begin()
    await scene.poll()
    assert (await scene.feed()).next_poll_at > scene.time
    await scene.hub.ask(scene.callbacks[0], {"hub.mode": "denied", "hub.topic": scene.url})
    feed = await scene.feed()
    assert (feed.hub_until, feed.next_poll_at) == (None, scene.time)
    assert scene.woken == ["poll"]
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [202]
    assert await scene.titles_kept() == []


# -- hubs in trouble ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 404, 500, 503])
async def test_a_hub_that_does_not_take_the_request_is_asked_ever_less(scene: Any, status: int) -> None:
    scene.hub.status = status
    await scene.begin()
    (row,) = await scene.websub()
    assert row.state == "refused"
    assert str(status) in row.error
    times = []
    for _ in range(30):
        scene.jump(minutes=1)
        before = len(scene.hub.forms)
        await scene.subscribe()
        times += [scene.time] * (len(scene.hub.forms) - before)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == sorted(gaps)
    assert 3 <= len(times) <= 5
    assert (await scene.feed()).hub_until is None
    scene.hub.status = 202
    scene.jump(days=1)
    await scene.subscribe()
    assert await state(scene) == "verified"


async def test_a_hub_that_is_not_there_is_said_in_words(scene: Any) -> None:
    scene.hub_url = "http://127.0.0.1:1/hub"
    await scene.begin()
    (row,) = await scene.websub()
    assert (row.state, row.error) == ("refused", "127.0.0.1:1 refuses connections.")


async def test_a_hub_that_never_verifies_is_asked_again(scene: Any) -> None:
    scene.hub.verifies = False
    await scene.begin()
    assert len(scene.hub.forms) == 1
    scene.hub.verifies = True
    await scene.subscribe()
    assert await state(scene) == "verified"
    assert {form["hub.callback"] for form in scene.hub.forms} == {*scene.callbacks}


async def test_a_hub_on_a_private_address_is_asked_only_where_that_is_allowed(scene: Any) -> None:
    await scene.poll()
    polling = replace(scene.settings.polling, allow_private_hosts=False)
    async with Fetcher(polling) as fetcher:
        scene.fetcher, scene.settings = fetcher, replace(scene.settings, polling=polling)
        await scene.restart()
        await scene.subscribe()
    (row,) = await scene.websub()
    assert "not on the public internet" in row.error
    assert scene.hub.forms == []


async def test_a_hub_that_let_us_miss_something_is_not_relied_on_until_it_tells_again(scene: Any) -> None:
    await scene.begin()
    scene.titles = ["Missed"]
    document = scene.document()
    scene.jump(minutes=30)

    async def old(_: web.Request) -> web.StreamResponse:
        return web.Response(body=document, content_type="application/rss+xml")

    scene.publisher.serve("/feed.xml", old)
    assert (await scene.poll()).new == 1
    feed = await scene.feed()
    assert feed.hub_until is None
    assert feed.next_poll_at - scene.time <= timedelta(minutes=5)
    await scene.hub.distribute(scene.url, scene.document("Told"))
    assert (await scene.feed()).hub_until is not None


# -- leases ---------------------------------------------------------------------------------------------------


async def test_a_lease_is_renewed_before_it_ends_by_the_same_address(scene: Any) -> None:
    scene.hub.lease = 60
    await scene.poll()
    await scene.subscribe()
    for _ in range(10):
        scene.jump(seconds=31)
        assert await state(scene) == "verified"
        assert (await scene.feed()).hub_until > scene.time
        await scene.subscribe()
    assert len(scene.callbacks) == 1
    assert len(scene.hub.forms) == 11


async def test_a_lease_that_was_not_renewed_ends_and_polling_is_as_ever(scene: Any) -> None:
    scene.hub.lease = 3600
    await scene.begin()
    await scene.poll()
    lease_until = (await scene.feed()).hub_until
    assert (await scene.feed()).next_poll_at <= lease_until, "the net is below before the hub lets go"
    scene.hub.status = 500
    scene.jump(minutes=40)
    await scene.subscribe()
    assert await state(scene) == "verified", "it holds until it ends"
    scene.jump(minutes=20)
    await scene.subscribe()
    assert await state(scene) == "refused"
    assert (await scene.feed()).hub_until is None
    scene.hub.status = 202
    scene.jump(hours=1)
    await scene.subscribe()
    assert await state(scene) == "verified"
    assert len(scene.callbacks) == 2, "a new address: the old one may be known by now"


@pytest.mark.parametrize("lease", ["", "-5", "soon", "0", str(10**11)])
async def test_a_lease_that_is_none_or_for_ever_is_renewed_all_the_same(scene: Any, lease: str) -> None:
    scene.hub.lease = lease
    await scene.begin()
    (row,) = await scene.websub()
    assert row.state == "verified"
    assert scene.time < row.next_try_at < scene.time + timedelta(days=366)


# -- leaving --------------------------------------------------------------------------------------------------


async def added_feed(scene: Any) -> Any:
    """Make the feed one that was added, so that it may be paused."""
    feed = await scene.feed()
    async with scene.store.writing() as tx:
        await tx.execute(websub.update(websub.feeds).values(origin="operator:cli"))
    return feed.id


@pytest.mark.parametrize("act", [added.pause, added.remove])
async def test_a_feed_that_rests_is_unsubscribed_and_taken_up_again(scene: Any, act: Any) -> None:
    await scene.begin()
    feed = await added_feed(scene)
    async with scene.store.writing() as tx:
        await act(tx, feed, scene.time)
    scene.hub.verifies = False
    await scene.subscribe()
    assert await state(scene) == "leaving"
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [410]
    await scene.hub._verify(scene.hub.forms[-1])
    assert (scene.hub.verified[-1].mode, scene.hub.verified[-1].echoed) == ("unsubscribe", True)
    assert scene.hub.subscriptions == {}
    assert await scene.websub() == []
    assert (await scene.feed()).hub_until is None
    async with scene.store.writing() as tx:
        await added.resume(tx, feed, scene.time)
    scene.hub.verifies = True
    await scene.subscribe()
    assert await state(scene) == "verified"


async def test_a_hub_that_does_not_let_go_is_asked_three_times(scene: Any) -> None:
    await scene.begin()
    feed = await added_feed(scene)
    async with scene.store.writing() as tx:
        await added.pause(tx, feed, scene.time)
    scene.hub.status = 500
    for _ in range(10):
        await scene.subscribe()
        scene.jump(hours=1)
    assert [form["hub.mode"] for form in scene.hub.forms] == ["subscribe"] + ["unsubscribe"] * 3
    assert await scene.websub() == []


async def test_a_feed_that_names_another_hub_leaves_the_first(scene: Any) -> None:
    await scene.begin()
    other = Hub()
    await other.start()
    scene.hub_url = other.url
    await scene.poll()
    await scene.subscribe()
    await other.settled()
    assert scene.hub.subscriptions == {}
    assert len(other.subscriptions) == 1
    assert await state(scene) == "verified"
    scene.names = False
    await scene.poll()
    await scene.subscribe()
    await other.settled()
    assert other.subscriptions == {}
    assert await scene.websub() == []
    await other.stop()


async def test_another_token_of_the_bot_asks_all_hubs_anew(scene: Any) -> None:
    await scene.begin()
    scene.key = "another token"
    await scene.restart()
    assert await scene.hub.distribute(scene.url, scene.document("One")) == [202], "its secret was another"
    await scene.subscribe()
    assert await state(scene) == "verified"
    assert sorted(await scene.hub.distribute(scene.url, scene.document("One"))) == [204, 404]


async def test_without_a_server_what_was_agreed_is_forgotten_and_feeds_are_polled(scene: Any) -> None:
    await scene.begin()
    await scene.poll()
    async with scene.store.writing() as tx:
        await websub.silence(tx, scene.time)
    assert await scene.websub() == []
    feed = await scene.feed()
    assert (feed.hub_until, feed.next_poll_at) == (None, scene.time)
    await scene.subscribe()
    assert await state(scene) == "verified", "which hub there is was kept"


async def test_how_a_feed_stands_with_its_hub_can_be_told(scene: Any) -> None:
    await scene.begin()
    await scene.hub.distribute(scene.url, scene.document("One"))
    async with scene.store.reading() as tx:
        (standing,) = await told.standings(tx)
    assert (standing.state, standing.hub, standing.told_at) == ("verified", scene.hub.url, scene.time)


# -- what an operator sees ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        ({}, "its hub 127.0.0.1 tells us of news"),
        ({"denies": True}, "its hub 127.0.0.1 will not tell us: not for you"),
        ({"status": 500}, "its hub 127.0.0.1 cannot be subscribed to: The hub has trouble of its own (500)"),
        ({"verifies": False}, "its hub 127.0.0.1 was asked to tell us, and has not come back yet"),
    ],
)
async def test_it_is_said_in_words(scene: Any, trouble: dict[str, Any], words: str) -> None:
    for name, value in trouble.items():
        setattr(scene.hub, name, value)
    await scene.begin()
    async with scene.store.reading() as tx:
        (standing,) = await told.standings(tx)
    assert hub_words(standing, scene.time) == words


async def test_forged_notifications_are_told_of(scene: Any) -> None:
    await scene.begin()
    await scene.hub.distribute(scene.url, scene.document("One"))
    await scene.hub.distribute(scene.url, scene.document("Forged"), secret="another")
    async with scene.store.reading() as tx:
        (standing,) = await told.standings(tx)
    words = "its hub 127.0.0.1 tells us of news, last 60 min ago, 1 without its signature"
    assert hub_words(standing, scene.time + timedelta(hours=1)) == words


async def test_discovery_says_which_hub_tells_of_a_feed(scene: Any) -> None:
    async def page(_: web.Request) -> web.StreamResponse:
        names = "<link rel='hub' href='https://hub.example/'>" * (not scene.names)
        head = f"<link rel='alternate' type='application/rss+xml' href='/feed.xml'>{names}"
        return web.Response(
            text=f"<!doctype html><head>{head}<link rel='self' href='/feed.xml'></head>",
            content_type="text/html",
        )

    site = scene.publisher.serve("/", page)
    workshop = Workshop(places=1)
    discoverer = Discoverer(scene.fetcher, workshop)
    (found,) = (await discoverer.discover(site)).found
    assert (found.url, found.hub) == (scene.url, scene.hub.url)
    scene.names = False
    (found,) = (await discoverer.discover(site)).found
    assert found.hub == "https://hub.example/"
    workshop.close()
