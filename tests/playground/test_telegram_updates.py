"""getUpdates: what is confirmed, what comes again, who is sent away."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.telegram import Chat, Person, Telegram

Ask = Callable[..., Any]


@pytest.fixture
def ids(service: Telegram, chat: Chat, ann: Person) -> list[int]:
    """Three updates that wait."""
    service.say(chat, ann, "/help")
    service.say(chat, ann, "/settings")
    return [update["update_id"] for update in service.pending]


async def got(ask: Ask, **parameters: Any) -> list[int]:
    return [update["update_id"] for update in await ask("getUpdates", **parameters)]


async def test_what_is_not_confirmed_comes_again(ask: Ask, ids: list[int]) -> None:
    assert await got(ask) == ids
    assert await got(ask) == ids
    assert ids == list(range(ids[0], ids[0] + 3))


async def test_an_offset_confirms_what_is_below_it(ask: Ask, ids: list[int], service: Telegram) -> None:
    assert await got(ask, offset=ids[1]) == ids[1:]
    assert len(service.pending) == 2
    assert await got(ask, offset=ids[2] + 1) == []
    assert await got(ask, offset=0) == []


async def test_a_negative_offset_counts_from_the_end_and_forgets_the_rest(ask: Ask, ids: list[int]) -> None:
    assert await got(ask, offset=-1) == ids[2:]
    assert await got(ask) == ids[2:]


async def test_a_limit(ask: Ask, ids: list[int]) -> None:
    assert await got(ask, limit=2) == ids[:2]


async def test_a_long_poll_ends_when_something_comes(
    ask: Ask, service: Telegram, chat: Chat, ann: Person
) -> None:
    last = service.pending[-1]["update_id"]
    poll = asyncio.create_task(got(ask, offset=last + 1, timeout=30))
    await asyncio.sleep(0.01)
    assert service.polling
    service.say(chat, ann, "/help")
    assert await asyncio.wait_for(poll, 5) == [last + 1]


@pytest.mark.usefixtures("chat")
async def test_a_newer_get_updates_ends_the_older(ask: Ask, service: Telegram) -> None:
    last = service.pending[-1]["update_id"]
    older = asyncio.create_task(ask("getUpdates", offset=last + 1, timeout=30))
    await asyncio.sleep(0.01)
    assert await got(ask, offset=last + 1) == []
    assert await asyncio.wait_for(older, 5) == (
        "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
    )
    assert service.calls[-2].answer is not None
    assert service.calls[-2].answer["error_code"] == 409


async def test_only_what_was_asked_for_comes_and_it_is_remembered(
    ask: Ask, service: Telegram, chat: Chat, ann: Person
) -> None:
    service.world.updates.drop()
    await ask("getUpdates", allowed_updates=["my_chat_member"])
    service.say(chat, ann, "/help")
    service.block(ann)
    assert [set(u) - {"update_id"} for u in await ask("getUpdates")] == [{"my_chat_member"}]
    await ask("getUpdates", allowed_updates=[])
    service.unblock(ann)
    assert len(await ask("getUpdates")) == 3


async def test_other_peoples_places_come_only_when_asked_for(
    ask: Ask, service: Telegram, ann: Person
) -> None:
    group = service.group("Fans", owner=ann)
    service.add_bot(group, by=ann, admin=True)
    bo = service.person("Bo")
    service.promote(group, bo)
    assert all("chat_member" not in update for update in service.pending)
    await ask("getUpdates", allowed_updates=["chat_member"])
    service.demote(group, bo)
    assert service.pending[-1]["chat_member"]["new_chat_member"]["status"] == "member"


@pytest.mark.usefixtures("ids")
async def test_a_webhook_excludes_polling(ask: Ask) -> None:
    assert (await ask("setWebhook", url="http://x.org")).startswith("Bad Request: bad webhook")
    assert await ask("setWebhook", url="https://x.org/hook") is True
    assert (await ask("getUpdates")).startswith(
        "Conflict: can't use getUpdates method while webhook is active"
    )
    assert (await ask("getWebhookInfo"))["pending_update_count"] == 3
    assert await ask("deleteWebhook", drop_pending_updates=True) is True
    assert await ask("getUpdates") == []
