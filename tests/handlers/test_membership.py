"""Blocked and let back, added and removed, and a group's new id."""

import asyncio
from datetime import time
from typing import Any

import pytest

from bot.formatter.buttons import SetAlerts, pack
from bot.handlers import membership
from bot.handlers.queue import Queue
from bot.handlers.registering import handle
from bot.playground.telegram import Chat, Fault, Message, Person
from digests.model import Address, Alerts, ChatKind, NewChat, State
from digests.store import chats, inbox
from digests.store.inbox import Received
from tests.handlers.owing import debts, owe
from tests.handlers.talking import Talking

NEW_CHAT = NewChat(ChatKind.SUPERGROUP, "en", "Asia/Seoul", None, (), None)


def group_of(talking: Talking, *, supergroup: bool = True) -> Chat:
    return talking.telegram.group("Fans", owner=talking.ann, supergroup=supergroup)


async def added(talking: Talking, group: Chat) -> list[Message]:
    talking.telegram.add_bot(group, by=talking.ann)
    await talking.quiet()
    return talking.telegram.received(group)


async def test_blocking_pauses_and_nothing_is_owed_any_more(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await owe(talking, (await talking.kept(talking.ann)).id)
    talking.telegram.block(talking.ann)
    await talking.quiet()
    chat = await talking.kept(talking.ann)
    assert (chat.paused_at, chat.paused_why) == (talking.clock(), membership.BLOCKED)
    assert await debts(talking) == {State.GONE: 1}
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_unblocking_wakes_with_the_next_digest_ahead(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    talking.telegram.block(talking.ann)
    await talking.quiet()
    talking.clock.forward(days=3)
    talking.telegram.unblock(talking.ann)
    (again,) = await talking.new(talking.telegram.private(talking.ann))
    chat = await talking.kept(talking.ann)
    assert chat.paused_at is None
    assert chat.next_digest_at is not None
    assert chat.next_digest_at > talking.clock()
    assert "You follow K-pop" in again.plain  # Telegram's own button sends /start


async def test_unblocking_alone_does_not_end_a_stop(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "/stop")
    telegram, chat = talking.telegram, talking.telegram.private(talking.ann)
    telegram.block(talking.ann)
    await talking.quiet()
    chat.blocked = False
    telegram.world.set_status(chat, telegram.bot, "member", by=talking.ann)
    await talking.quiet()
    assert (await talking.kept(talking.ann)).paused_why == membership.STOPPED


async def test_whoever_never_wrote_to_us_is_not_written_to(talking: Talking) -> None:
    telegram = talking.telegram
    stranger = telegram.person("Cy")
    telegram.world.set_status(telegram.private(stranger), telegram.bot, "member", by=stranger)
    group = telegram.group("Fans", owner=talking.ann, members=[stranger])
    await added(talking, group)
    assert telegram.received(telegram.private(stranger)) == []
    assert telegram.received(telegram.private(talking.ann)) == []
    assert await talking.kept_or_none(stranger) is None


async def test_a_group_that_adds_the_bot_is_greeted_once(talking: Talking) -> None:
    group = group_of(talking)
    (greeting,) = await added(talking, group)
    assert "Hello everyone" in greeting.plain
    assert "/help@SosikBot" in greeting.plain
    assert "🎤 K-pop" in greeting.buttons
    talking.telegram.make_admin(group)
    talking.telegram.demote_bot(group)
    await talking.quiet()
    assert len(talking.telegram.received(group)) == 1


async def test_an_administrator_chooses_under_the_greeting(talking: Talking) -> None:
    group = group_of(talking)
    (greeting,) = await added(talking, group)
    await talking.press(talking.ann, greeting, "🎤 K-pop", chat=group)
    assert await talking.followed(group) == {"kpop"}


async def test_a_group_is_greeted_in_the_language_of_whoever_adds_us(talking: Talking) -> None:
    group = talking.telegram.group("팬", owner=talking.min)
    talking.telegram.add_bot(group, by=talking.min)
    await talking.quiet()
    (greeting,) = talking.telegram.received(group)
    assert "여러분 안녕하세요" in greeting.plain


async def test_removal_pauses_and_a_second_welcome_is_not_said(talking: Talking) -> None:
    group = group_of(talking)
    await added(talking, group)
    await talking.say(talking.ann, "/subscribe kpop", chat=group)
    talking.telegram.remove_bot(group)
    await talking.quiet()
    assert (await talking.kept(group)).paused_why == membership.REMOVED
    received = len(talking.telegram.received(group))
    await added(talking, group)
    assert (await talking.kept(group)).paused_at is None
    assert await talking.followed(group) == {"kpop"}
    assert len(talking.telegram.received(group)) == received


async def test_a_forgotten_group_is_greeted_like_a_new_one(talking: Talking) -> None:
    group = group_of(talking)
    await added(talking, group)
    (question,) = await talking.say(talking.ann, "/forget", chat=group)
    await talking.press(talking.ann, question, "Delete everything", chat=group)
    talking.telegram.remove_bot(group)
    await added(talking, group)
    assert "Hello everyone" in talking.telegram.received(group)[-1].plain


async def test_a_channel_is_not_greeted(talking: Talking) -> None:
    channel = talking.telegram.channel("News", owner=talking.ann)
    assert await added(talking, channel) == []
    assert await talking.kept_or_none(channel) is None


async def test_a_group_that_becomes_a_supergroup_keeps_what_it_has(talking: Talking) -> None:
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    await talking.say(talking.ann, "/subscribe kpop", chat=group)
    await talking.say(talking.ann, "/alerts silent", chat=group)
    before = await talking.kept(group)
    new = talking.telegram.migrate(group)
    await talking.quiet()
    moved = await talking.kept(new)
    assert moved.id == before.id
    assert moved.alerts == before.alerts
    assert await talking.followed(new) == {"kpop"}
    assert await talking.kept_or_none(group) is None


async def test_what_was_held_in_one_of_two_that_become_one_follows_the_choices_that_are_kept(
    talking: Talking,
) -> None:
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    for text in ("/subscribe kpop", "/alerts off", "/digest off"):
        await talking.say(talking.ann, text, chat=group)
    new = -1_009_000_000_001
    async with talking.store.writing() as tx:
        unlike = await chats.ensure(tx, Address(new), NEW_CHAT, talking.clock())
    await owe(talking, unlike.id, State.HELD)
    to = {"chat": {"id": group.id, "type": "group", "title": "Fans"}, "migrate_to_chat_id": new}
    await handle(talking.desk)({"update_id": 1, "message": {"message_id": 1, "date": 0, **to}})
    assert await debts(talking) == {State.CANCELLED: 1}


@pytest.mark.parametrize("order", ["to first", "from first", "each twice"])
async def test_the_two_messages_of_a_move_may_come_in_any_order(talking: Talking, order: str) -> None:
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    await talking.say(talking.ann, "/subscribe kpop", chat=group)
    number = (await talking.kept(group)).id
    new = -1_009_000_000_001
    to = {"chat": {"id": group.id, "type": "group", "title": "Fans"}, "migrate_to_chat_id": new}
    from_ = {"chat": {"id": new, "type": "supergroup", "title": "Fans"}, "migrate_from_chat_id": group.id}
    told = {"to first": [to, from_], "from first": [from_, to], "each twice": [from_, to, from_, to]}[order]
    for update_id, body in enumerate(told, start=1):
        message = {"message_id": update_id, "date": 0, **body}
        await handle(talking.desk)({"update_id": update_id, "message": message})
    async with talking.store.reading() as tx:
        found = await chats.by_ids(tx, [number])
    assert found[number].address.telegram_id == new
    assert await talking.kept_or_none(group) is None


async def test_an_answer_that_a_chat_cannot_get_any_more_pauses_it(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    talking.telegram.deactivate(talking.ann)
    assert await talking.say(talking.ann, "/latest") == []
    assert (await talking.kept(talking.ann)).paused_at is not None
    refused = [call for call in talking.telegram.calls_of("sendMessage") if not call.ok]
    assert len(refused) == 1  # tried once


async def test_an_answer_to_a_group_that_moved_meanwhile_moves_it_and_comes_there(talking: Talking) -> None:
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    talking.telegram.say(group, talking.ann, "/subscribe kpop")
    new = talking.telegram.migrate(group)
    await talking.quiet()
    assert await talking.followed(new) == {"kpop"}
    assert any("follow" in text for text in answers_in(talking, new))
    assert await talking.kept_or_none(group) is None


def said_in(group: Chat, person: Person, text: str) -> dict[str, Any]:
    """A command as Telegram tells of it; by now the group may have moved."""
    return {
        "message_id": 900,
        "date": 0,
        "chat": {"id": group.id, "type": "group", "title": "Fans"},
        "from": {"id": person.id, "is_bot": False, "first_name": "Ann"},
        "text": text,
        "entities": [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}],
    }


def answers_in(talking: Talking, chat: Chat) -> list[str]:
    calls = talking.telegram.calls_of("sendMessage")
    return [call.parameters["text"] for call in calls if call.ok and call.parameters["chat_id"] == chat.id]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/alerts silent", "silently"),
        ("/digest 07:30", "07:30"),
        ("/settings", "K-pop"),
        ("/help", "/latest"),
    ],
)
async def test_what_was_said_before_a_move_and_is_handled_after_it_acts_on_the_supergroup(
    talking: Talking, text: str, said: str
) -> None:
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    await talking.say(talking.ann, "/subscribe kpop", chat=group)
    before = await talking.kept(group)
    new = talking.telegram.migrate(group)
    await talking.quiet()
    await handle(talking.desk)({"update_id": 900_000, "message": said_in(group, talking.ann, text)})
    after = await talking.kept(new)
    assert after.id == before.id
    assert (after.alerts is Alerts.SILENT) is (text == "/alerts silent")
    assert (after.digest_times == (time(7, 30),)) is (text == "/digest 07:30")
    assert await talking.kept_or_none(group) is None, "nothing begins anew at the old id"
    assert said in answers_in(talking, new)[-1]


async def test_what_is_said_in_the_supergroup_waits_for_what_was_said_before_the_move(
    talking: Talking,
) -> None:
    old, new, done = -77, -1_009_000_000_077, asyncio.Event()
    order: list[str] = []

    async def slowly(body: dict[str, Any]) -> None:
        if body["message"].get("text") == "before":
            await asyncio.sleep(0.2)
        order.append(body["message"].get("text", "moves"))
        if order[-1] == "after":
            done.set()

    queue = Queue(talking.store, slowly, wake=lambda: None)
    said = [
        (old, {"text": "before"}),
        (old, {"migrate_to_chat_id": new}),
        (new, {"migrate_from_chat_id": old}),
        (new, {"text": "after"}),
    ]
    received = [
        Received(990_000 + number, chat, {"update_id": 990_000 + number, "message": message})
        for number, (chat, message) in enumerate(said)
    ]
    async with talking.store.writing() as tx:
        await inbox.receive(tx, received, talking.clock())
    await queue.step()
    async with asyncio.timeout(10):
        await done.wait()
    await queue.stop(5)
    assert order == ["before", "moves", "moves", "after"]


@pytest.mark.parametrize("message", [None, "moved", 7, [], {"migrate_to_chat_id": "there"}])
async def test_an_update_that_is_none_of_telegrams_stops_no_queue(talking: Talking, message: object) -> None:
    handled: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()

    async def handle(body: dict[str, Any]) -> None:
        handled.set_result(body)

    queue = Queue(talking.store, handle, wake=lambda: None)
    async with talking.store.writing() as tx:
        body = {"update_id": 990_100, "message": message}
        await inbox.receive(tx, [Received(990_100, -78, body)], talking.clock())
    await queue.step()
    async with asyncio.timeout(10):
        assert await handled == body
    await queue.stop(5)


async def test_a_button_of_before_a_move_is_answered_by_a_message_of_its_own(talking: Talking) -> None:
    """In the supergroup messages are numbered anew: what has the old number there is another."""
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    (panel,) = await talking.say(talking.ann, "/alerts", chat=group)
    new = talking.telegram.migrate(group)
    await talking.quiet()
    query = {
        "id": "1",
        "chat_instance": "1",
        "from": {"id": talking.ann.id, "is_bot": False, "first_name": "Ann"},
        "data": pack(SetAlerts(Alerts.SILENT, "settings")),
        "message": {**said_in(group, talking.ann, "/alerts"), "message_id": panel.id},
    }
    await handle(talking.desk)({"update_id": 900_000, "callback_query": query})
    assert (await talking.kept(new)).alerts is Alerts.SILENT
    assert not talking.telegram.calls_of("editMessageText")
    assert len(answers_in(talking, new)) == 1


async def test_that_the_bot_left_the_old_group_is_nothing_that_concerns_the_new(talking: Talking) -> None:
    group = group_of(talking, supergroup=False)
    await added(talking, group)
    new = talking.telegram.migrate(group)
    await talking.quiet()
    bot = {"id": talking.telegram.bot.id, "is_bot": True, "first_name": "Sosik"}
    ann = {"id": talking.ann.id, "is_bot": False, "first_name": "Ann"}
    left = {
        "chat": {"id": group.id, "type": "group", "title": "Fans"},
        "from": ann,
        "date": 0,
        "old_chat_member": {"user": bot, "status": "member"},
        "new_chat_member": {"user": bot, "status": "left"},
    }
    await handle(talking.desk)({"update_id": 900_000, "my_chat_member": left})
    assert (await talking.kept(new)).paused_at is None


async def test_who_writes_after_a_block_that_nobody_told_of_is_awake(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    async with talking.store.writing() as tx:
        await chats.pause(tx, talking.ann.id, "bot was blocked by the user", talking.clock())
    await talking.say(talking.ann, "/help")
    assert (await talking.kept(talking.ann)).paused_at is None


def person_named(talking: Talking, name: str) -> Person:
    return talking.telegram.person(name)


@pytest.mark.parametrize("name", ["<b>Eve</b>", "&amp;", "\u202eevE", "🙂" * 30, "%s %(x)s {0} {{ x }}"])
async def test_names_do_no_harm(talking: Talking, name: str) -> None:
    person = person_named(talking, name)
    group = talking.telegram.group(name, owner=person)
    talking.telegram.add_bot(group, by=person)
    assert await talking.say(person, "/start")
    assert await talking.say(person, "/settings", chat=group)
    assert all(call.ok for call in talking.telegram.calls_of("sendMessage"))


async def test_a_muted_bot_that_is_added_stops_nothing(talking: Talking) -> None:
    group = group_of(talking)
    talking.telegram.fault(
        Fault.error(400, "not enough rights to send text messages to the chat", chat=group.id)
    )
    await added(talking, group)
    assert await talking.hear(talking.ann, "/help")
