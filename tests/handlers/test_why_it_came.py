"""Why did I get this? Whoever presses it is told, and nothing changes."""

from datetime import timedelta

from bot.formatter.request import to_send
from bot.playground.telegram import Chat, Message, Person
from digests.model import (
    Address,
    AlertContent,
    Card,
    ChatKind,
    Language,
    NewChat,
    Owed,
    Priority,
    State,
    StoryId,
    Version,
)
from digests.store import chats, editions, outbox, subscriptions
from digests.store.outbox import Settlement
from tests.handlers.talking import Talking

SOURCES = ("Magpie Post", "Persimmon Daily")


async def alerted(
    talking: Talking,
    there: Chat,
    *follows: str,
    reasons: tuple[str, ...] = ("marker", "arrest"),
    sources: tuple[str, ...] = SOURCES,
    language: Language = "en",
) -> Message:
    """An alert as it stands in a chat, with its delivery."""
    now = talking.clock()
    version = Version("en", "A label is raided", "https://a.example", sources[0])
    content = AlertContent(
        Card(StoryId(1), now, ("kpop",), {"en": version}, sources=len(sources)), reasons, also=sources
    )
    kind = ChatKind(there.kind)
    async with talking.store.writing() as tx:
        new = NewChat(kind, language, "Asia/Seoul", None, (), None)
        chat = await chats.ensure(tx, Address(there.id), new, now)
        await subscriptions.add(tx, chat.id, follows, now)
        edition = await editions.add(tx, content, now, story=StoryId(1))
        owed = Owed(chat.id, "alert:1:1", edition, Priority.ALERT, State.OWED, now, now + timedelta(hours=6))
        (made,) = await outbox.owe(tx, [owed], now)
        await outbox.settle(tx, [Settlement(made, State.SENT, message_id=5)], now)
    alert = talking.desk.parts.formatter.alert(
        content, language=language, zone=now.tzinfo, group=kind is not ChatKind.PRIVATE
    )
    await talking.desk.bot.do_api_request("sendMessage", api_kwargs=to_send(alert, Address(there.id)))
    return talking.telegram.messages(there)[-1]


def private(talking: Talking, person: Person) -> Chat:
    talking.telegram.start(person)
    return talking.telegram.private(person)


async def test_a_reader_is_told_in_a_pop_up_what_it_was_for(talking: Talking) -> None:
    alert = await alerted(talking, private(talking, talking.ann), "kpop")
    await talking.quiet()  # the welcome to /start
    before = talking.telegram.messages(alert.chat)
    answer = await talking.press(talking.ann, alert, "Why did I get this?")
    assert answer.show_alert
    assert answer.text.splitlines() == [
        "Followed here: K-pop",
        "It broke: marked as breaking, an arrest",
        "Sources: Magpie Post, Persimmon Daily",
    ]
    assert talking.telegram.messages(alert.chat) == before


async def test_it_is_told_in_the_chats_language(talking: Talking) -> None:
    alert = await alerted(talking, private(talking, talking.min), "kpop", language="ko")
    answer = await talking.press(talking.min, alert, "왜 받았나요?")
    assert "이곳에서 받는 소식: 케이팝" in answer.text
    assert "알린 까닭: 속보 표시, 체포·구속" in answer.text


async def test_who_follows_it_no_more_is_told_where_it_was_filed(talking: Talking) -> None:
    alert = await alerted(talking, private(talking, talking.ann))
    answer = await talking.press(talking.ann, alert, "Why did I get this?")
    assert "Filed under: K-pop" in answer.text


async def test_what_does_not_fit_a_pop_up_comes_as_a_message_in_private(talking: Talking) -> None:
    long = tuple(f"The {name} Morning Gazette of the Western Harbour" for name in ("Old", "New", "Great"))
    alert = await alerted(talking, private(talking, talking.ann), "kpop", sources=long)
    answer = await talking.press(talking.ann, alert, "Why did I get this?")
    assert not answer.text
    told = talking.telegram.received(alert.chat)[-1]
    assert all(name in told.plain for name in long)


async def test_in_a_group_every_member_may_ask_and_nobody_else_is_disturbed(talking: Talking) -> None:
    group = talking.telegram.group("Fans", owner=talking.ann)
    talking.telegram.add_bot(group, by=talking.ann)
    talking.telegram.join(group, talking.min)
    await talking.quiet()
    long = tuple(f"The {name} Morning Gazette of the Western Harbour" for name in ("Old", "New", "Great"))
    alert = await alerted(talking, group, "kpop", sources=long)
    before = len(talking.telegram.messages(group))
    answer = await talking.press(talking.min, alert, "Why is this here?", chat=group)
    assert answer.show_alert
    assert answer.text.startswith("Followed here: K-pop")
    assert len(answer.text) <= 200
    assert len(talking.telegram.messages(group)) == before
    assert talking.telegram.calls_of("getChatMember") == []


async def test_an_alert_that_is_forgotten_is_answered_kindly(talking: Talking) -> None:
    alert = await alerted(talking, private(talking, talking.ann), "kpop")
    await talking.say(talking.ann, "/forget")
    await talking.press(talking.ann, talking.telegram.received(alert.chat)[-1], "Delete everything")
    answer = await talking.press(talking.ann, alert, "Why did I get this?")
    assert answer.text == "That is too long ago: I do not remember why."
