"""Private chats, groups, topics, channels: who may write where, and what the bot hears of it."""

from collections.abc import Callable
from typing import Any

import pytest

from bot.playground.telegram import Chat, Person, Telegram

Ask = Callable[..., Any]


@pytest.fixture
def group(service: Telegram, ann: Person) -> Chat:
    group = service.group("Fans", owner=ann)
    service.add_bot(group, by=ann)
    return group


def heard(service: Telegram) -> list[str]:
    return [
        update.get("message", {}).get("text", next(k for k in update if k != "update_id"))
        for update in service.pending
    ]


async def test_nobody_is_written_to_before_they_wrote(ask: Ask, service: Telegram) -> None:
    bo = service.person("Bo")
    chat = service.private(bo)
    assert await ask("sendMessage", chat_id=bo.id, text="x") == "Bad Request: chat not found"
    service.say(chat, bo, "hello")
    assert (await ask("sendMessage", chat_id=bo.id, text="x"))["chat"]["first_name"] == "Bo"


async def test_somebody_met_in_a_group_cannot_be_written_to_first(
    ask: Ask, service: Telegram, group: Chat
) -> None:
    bo = service.person("Bo")
    service.private(bo)
    service.join(group, bo)
    assert await ask("sendMessage", chat_id=bo.id, text="x") == (
        "Forbidden: bot can't initiate conversation with a user"
    )


async def test_starting_carries_the_payload(service: Telegram, ann: Person) -> None:
    message = service.start(ann, "kpop")
    assert message.text == "/start kpop"
    update = service.pending[0]["message"]
    assert update["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["from"] == {
        "id": ann.id,
        "is_bot": False,
        "first_name": "Ann",
        "username": "ann_reads",
        "language_code": "en",
    }
    with pytest.raises(ValueError, match="payload"):
        service.start(ann, "not this")


async def test_blocking_and_unblocking(ask: Ask, chat: Chat, service: Telegram, ann: Person) -> None:
    service.block(ann)
    assert service.pending[-1]["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert await ask("sendMessage", chat_id=chat.id, text="x") == "Forbidden: bot was blocked by the user"
    assert (
        await ask("sendChatAction", chat_id=chat.id, action="typing")
        == "Forbidden: bot was blocked by the user"
    )
    with pytest.raises(ValueError, match="unblock"):
        service.say(chat, ann, "x")
    service.unblock(ann)
    change, start = service.pending[-2:]
    assert change["my_chat_member"]["old_chat_member"]["status"] == "kicked"
    assert change["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start"
    assert (await ask("sendMessage", chat_id=chat.id, text="x"))["message_id"]


async def test_a_deleted_account(ask: Ask, chat: Chat, service: Telegram, ann: Person) -> None:
    service.deactivate(ann)
    assert await ask("sendMessage", chat_id=chat.id, text="x") == "Forbidden: user is deactivated"


async def test_being_added_to_a_group_and_removed(ask: Ask, service: Telegram, ann: Person) -> None:
    group = service.group("Fans", owner=ann)
    assert await ask("sendMessage", chat_id=group.id, text="x") == "Bad Request: chat not found"
    service.add_bot(group, by=ann)
    change, joined = service.pending
    assert change["my_chat_member"]["from"]["id"] == ann.id
    assert joined["message"]["new_chat_members"][0]["id"] == service.bot.id
    assert (await ask("sendMessage", chat_id=group.id, text="x"))["chat"]["type"] == "supergroup"
    service.remove_bot(group)
    assert await ask("sendMessage", chat_id=group.id, text="x") == (
        "Forbidden: bot was kicked from the supergroup chat"
    )
    service.add_bot(group, by=ann)
    assert await ask("leaveChat", chat_id=group.id) is True
    assert await ask("sendMessage", chat_id=group.id, text="x") == (
        "Forbidden: bot is not a member of the supergroup chat"
    )


async def test_a_small_group_says_group(ask: Ask, service: Telegram, ann: Person) -> None:
    group = service.group("Few", owner=ann, supergroup=False)
    service.add_bot(group, by=ann)
    service.remove_bot(group)
    assert (
        await ask("sendMessage", chat_id=group.id, text="x")
        == "Forbidden: bot was kicked from the group chat"
    )


async def test_a_bot_that_may_not_write(ask: Ask, service: Telegram, group: Chat) -> None:
    service.mute_bot(group)
    assert await ask("sendMessage", chat_id=group.id, text="x") == (
        "Bad Request: not enough rights to send text messages to the chat"
    )


async def test_in_groups_the_bot_hears_what_is_meant_for_it(
    ask: Ask, service: Telegram, group: Chat, ann: Person
) -> None:
    service.world.updates.drop()
    sent = await ask("sendMessage", chat_id=group.id, text="x")
    for text in ("hello all", "/help", "/help@SosikBot", "/help@OtherBot", "hey @sosikbot"):
        service.say(group, ann, text)
    service.say(group, ann, "a reply", reply_to=sent["message_id"])
    assert heard(service) == ["/help", "/help@SosikBot", "hey @sosikbot", "a reply"]
    service.make_admin(group)
    service.say(group, ann, "hello again")
    assert heard(service)[-2:] == ["my_chat_member", "hello again"]


async def test_without_privacy_it_hears_everything(clock: Any) -> None:
    service = Telegram(token="1:T", now=clock, privacy_off=True)
    ann = service.person("Ann")
    group = service.group("Fans", owner=ann)
    service.add_bot(group, by=ann)
    service.say(group, ann, "hello all")
    assert heard(service)[-1] == "hello all"


async def test_an_anonymous_administrator_is_the_group(service: Telegram, group: Chat, ann: Person) -> None:
    service.say(group, ann, "/quiet off", anonymous=True)
    message = service.pending[-1]["message"]
    assert (message["from"]["id"], message["from"]["username"]) == (1087968824, "GroupAnonymousBot")
    assert message["sender_chat"]["id"] == group.id
    bo = service.person("Bo")
    service.join(group, bo)
    with pytest.raises(ValueError, match="no administrator"):
        service.say(group, bo, "/quiet off", anonymous=True)


async def test_who_administers(ask: Ask, service: Telegram, ann: Person) -> None:
    bo, cy = service.person("Bo"), service.person("Cy")
    group = service.group("Fans", owner=ann, members=[bo, cy], admins=[cy])
    service.add_bot(group, by=ann)
    administrators = await ask("getChatAdministrators", chat_id=group.id)
    assert {(m["user"]["id"], m["status"]) for m in administrators} == {
        (ann.id, "creator"),
        (cy.id, "administrator"),
    }
    assert (await ask("getChatMember", chat_id=group.id, user_id=bo.id))["status"] == "member"
    assert await ask("getChatMemberCount", chat_id=group.id) == 4
    service.promote(group, bo)
    assert (await ask("getChatMember", chat_id=group.id, user_id=bo.id))["status"] == "administrator"
    service.leave(group, bo)
    assert (await ask("getChatMember", chat_id=group.id, user_id=bo.id))["status"] == "left"
    assert await ask("getChatMember", chat_id=group.id, user_id=5) == "Bad Request: user not found"


async def test_topics(ask: Ask, service: Telegram, ann: Person) -> None:
    forum = service.group("Forum", owner=ann, forum=True)
    service.add_bot(forum, by=ann)
    thread = service.topic(forum, "News")
    asked = service.say(forum, ann, "/help", thread=thread)
    update = service.pending[-1]["message"]
    assert (update["message_thread_id"], update["is_topic_message"]) == (thread, True)
    sent = await ask("sendMessage", chat_id=forum.id, text="x", message_thread_id=thread)
    assert sent["message_thread_id"] == thread
    replied = await ask("sendMessage", chat_id=forum.id, text="x", reply_parameters={"message_id": asked.id})
    assert replied["message_thread_id"] == thread
    assert len(service.received(forum, thread=thread)) == 2
    general = await ask("sendMessage", chat_id=forum.id, text="x")
    assert "message_thread_id" not in general
    for wrong in (1, 999):
        assert await ask("sendMessage", chat_id=forum.id, text="x", message_thread_id=wrong) == (
            "Bad Request: message thread not found"
        )
    service.close_topic(forum, thread)
    assert await ask("sendMessage", chat_id=forum.id, text="x", message_thread_id=thread) == (
        "Bad Request: TOPIC_CLOSED"
    )
    service.delete_topic(forum, thread)
    assert await ask("sendMessage", chat_id=forum.id, text="x", message_thread_id=thread) == (
        "Bad Request: message thread not found"
    )


async def test_a_group_becomes_a_supergroup(ask: Ask, service: Telegram, ann: Person) -> None:
    group = service.group("Fans", owner=ann, supergroup=False)
    service.add_bot(group, by=ann)
    new = service.migrate(group)
    to, back = service.pending[-2:]
    assert (to["message"]["chat"]["id"], to["message"]["migrate_to_chat_id"]) == (group.id, new.id)
    assert (back["message"]["chat"]["id"], back["message"]["migrate_from_chat_id"]) == (new.id, group.id)
    answer = await service.call("sendMessage", {"chat_id": group.id, "text": "x"})
    assert answer == {
        "ok": False,
        "error_code": 400,
        "description": "Bad Request: group chat was upgraded to a supergroup chat",
        "parameters": {"migrate_to_chat_id": new.id},
    }
    assert (await ask("sendMessage", chat_id=new.id, text="x"))["chat"]["type"] == "supergroup"
    assert new.administers(ann)


async def test_a_channel(ask: Ask, service: Telegram, ann: Person) -> None:
    channel = service.channel("News", owner=ann)
    service.add_bot(channel, by=ann)
    posted = service.say(channel, ann, "/help")
    assert posted.sender is None
    assert service.pending[-1]["channel_post"]["sender_chat"]["id"] == channel.id
    sent = await ask("sendMessage", chat_id=channel.id, text="x")
    assert "from" not in sent
    service.demote_bot(channel)
    assert await ask("sendMessage", chat_id=channel.id, text="x") == (
        "Bad Request: need administrator rights in the channel chat"
    )


async def test_what_a_person_edits_comes_as_such(service: Telegram, chat: Chat, ann: Person) -> None:
    message = service.say(chat, ann, "/subscrib kpop")
    service.edit(message, "/subscribe kpop")
    assert service.pending[-1]["edited_message"]["text"] == "/subscribe kpop"


async def test_message_ids_are_counted_per_supergroup_and_together_elsewhere(
    ask: Ask, service: Telegram, group: Chat, chat: Chat
) -> None:
    bo = service.person("Bo")
    service.start(bo)
    first = (await ask("sendMessage", chat_id=chat.id, text="x"))["message_id"]
    second = (await ask("sendMessage", chat_id=bo.id, text="x"))["message_id"]
    assert second == first + 1
    assert (await ask("sendMessage", chat_id=group.id, text="x"))["message_id"] == 2


async def test_a_public_place_is_found_by_its_name(ask: Ask, service: Telegram, ann: Person) -> None:
    channel = service.channel("News", owner=ann, username="SosikNews")
    service.add_bot(channel, by=ann)
    sent = await ask("sendMessage", chat_id="@sosiknews", text="x")
    assert sent["chat"] == {"id": channel.id, "type": "channel", "title": "News", "username": "SosikNews"}


async def test_what_lies_in_a_topic_counts_as_a_reply_to_its_opening(service: Telegram, ann: Person) -> None:
    forum = service.group("Forum", owner=ann, forum=True)
    service.add_bot(forum, by=ann)
    thread = service.topic(forum, "News")
    service.say(forum, ann, "/help", thread=thread)
    assert service.pending[-1]["message"]["reply_to_message"]["forum_topic_created"]["name"] == "News"


async def test_a_deleted_group(ask: Ask, service: Telegram, group: Chat) -> None:
    service.delete_group(group)
    assert await ask("sendMessage", chat_id=group.id, text="x") == "Forbidden: the group chat was deleted"


async def test_wrong_markup_is_told_even_to_whom_nobody_may_write(
    ask: Ask, service: Telegram, chat: Chat, ann: Person
) -> None:
    service.block(ann)
    answer = await ask("sendMessage", chat_id=chat.id, text="<p>", parse_mode="HTML")
    assert answer.startswith("Bad Request: can't parse entities")
