"""Groups: who may change what, commands with the bot's name, topics."""

import pytest

from bot.handlers.permissions import REMEMBERED, Permissions
from bot.handlers.registering import handle
from bot.playground.telegram import Chat, Message, Person
from digests.model import ChatKind
from tests.handlers.talking import Talking


@pytest.fixture
def owner(talking: Talking) -> Person:
    return talking.ann


@pytest.fixture
def member(talking: Talking) -> Person:
    return talking.telegram.person("Bo")


@pytest.fixture
async def group(talking: Talking, owner: Person, member: Person) -> Chat:
    """A forum with the bot in it."""
    made = talking.telegram.group("Fans", owner=owner, members=[member], forum=True)
    talking.telegram.add_bot(made, by=owner)
    await talking.quiet()
    return made


async def test_an_administrator_subscribes_the_group(talking: Talking, group: Chat, owner: Person) -> None:
    (reply,) = await talking.say(owner, "/subscribe@SosikBot kpop", chat=group)
    assert "You now follow K-pop" in reply.plain
    assert await talking.followed(group) == {"kpop"}
    assert await talking.followed(owner) == set()
    assert (await talking.kept(group)).kind is ChatKind.SUPERGROUP


CHANGING = [
    "/start",
    "/start kpop",
    "/subscribe kpop",
    "/unsubscribe all",
    "/digest 07:30",
    "/digest off",
    "/timezone London",
    "/alerts off",
    "/quiet off",
    "/language ko",
    "/settings",
    "/stop",
    "/forget",
]


@pytest.mark.parametrize("command", CHANGING)
async def test_others_may_not_change_it_and_are_told_so_in_the_group(
    talking: Talking, group: Chat, owner: Person, member: Person, command: str
) -> None:
    await talking.say(owner, "/subscribe drama", chat=group)
    before = await talking.kept(group)
    (reply,) = await talking.say(member, command, chat=group)
    assert "Only administrators" in reply.plain
    assert await talking.kept(group) == before
    assert await talking.followed(group) == {"drama"}


@pytest.mark.parametrize("command", ["/latest", "/breaking", "/help", "/categories", "/digest", "/privacy"])
async def test_everybody_may_read(
    talking: Talking, group: Chat, owner: Person, member: Person, command: str
) -> None:
    await talking.say(owner, "/subscribe kpop", chat=group)
    replies = await talking.say(member, command, chat=group)
    assert replies
    assert "Only administrators" not in replies[0].plain


async def test_an_anonymous_administrator_is_one(talking: Talking, group: Chat, owner: Person) -> None:
    await talking.say(owner, "/subscribe kpop", chat=group, anonymous=True)
    assert await talking.followed(group) == {"kpop"}


async def test_who_becomes_an_administrator_is_one_at_once(
    talking: Talking, group: Chat, member: Person
) -> None:
    await talking.say(member, "/subscribe kpop", chat=group)
    assert await talking.followed(group) == set()
    talking.telegram.promote(group, member)
    await talking.say(member, "/subscribe kpop", chat=group)
    assert await talking.followed(group) == {"kpop"}


async def test_a_press_of_somebody_else_is_refused_in_a_pop_up(
    talking: Talking, group: Chat, owner: Person, member: Person
) -> None:
    (panel,) = await talking.say(owner, "/settings", chat=group)
    before = panel.plain
    answer = await talking.press(member, panel, "Alerts", chat=group)
    assert "Only administrators" in answer.text
    assert answer.show_alert
    assert panel.plain == before
    await talking.press(owner, panel, "Alerts", chat=group)
    assert panel.plain != before


async def test_administrators_are_not_asked_for_at_every_command(
    talking: Talking, group: Chat, owner: Person
) -> None:
    for category in ("kpop", "drama", "food"):
        await talking.say(owner, f"/subscribe {category}", chat=group)
    assert len(talking.telegram.calls_of("getChatMember", group)) == 1


async def test_what_is_remembered_of_an_administrator_ends() -> None:
    """Only the part without Telegram: an answer is good for a minute of the monotonic clock."""
    at = 100.0
    permissions = Permissions(lambda: at)
    permissions._until[-1, 7] = at + REMEMBERED
    assert permissions._remembers(-1, 7)
    assert not permissions._remembers(-2, 7)
    at += REMEMBERED
    assert not permissions._remembers(-1, 7)


async def test_a_command_in_a_topic_binds_the_topic(talking: Talking, group: Chat, owner: Person) -> None:
    thread = talking.telegram.topic(group, "News")
    (reply,) = await talking.say(owner, "/subscribe kpop", chat=group, thread=thread)
    assert reply.thread == thread
    assert await talking.followed(group, thread) == {"kpop"}
    assert await talking.followed(group) == set()


async def test_a_press_in_a_topic_is_for_the_topic(talking: Talking, group: Chat, owner: Person) -> None:
    thread = talking.telegram.topic(group, "News")
    (greeting,) = await talking.say(owner, "/start", chat=group, thread=thread)
    await talking.press(owner, greeting, "🎬 Drama & Film", chat=group)
    assert await talking.followed(group, thread) == {"drama"}
    assert await talking.followed(group) == set()


@pytest.mark.parametrize(
    "text",
    ["/subscribe@OtherBot kpop", "/weather", "/weather@OtherBot", "@SosikBot kpop, please", "구독 케이팝"],
)
async def test_what_is_not_for_us_is_not_answered_in_a_group(
    talking: Talking, group: Chat, owner: Person, text: str
) -> None:
    talking.telegram.make_admin(group)  # so that we hear everything
    await talking.quiet()
    assert await talking.say(owner, text, chat=group) == []


async def test_the_name_of_the_bot_is_read_in_any_case(talking: Talking, group: Chat, owner: Person) -> None:
    await talking.say(owner, "/subscribe@sosikbot kpop", chat=group)
    assert await talking.followed(group) == {"kpop"}


async def test_an_edited_command_is_no_second_one(talking: Talking) -> None:
    message = talking.telegram.say(talking.telegram.private(talking.ann), talking.ann, "/subscribe kpop")
    await talking.quiet()
    talking.telegram.edit(message, "/subscribe drama")
    await talking.quiet()
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_the_digest_of_a_group_comes_with_done(talking: Talking, group: Chat, owner: Person) -> None:
    (greeting,) = await talking.say(owner, "/start", chat=group)
    await talking.press(owner, greeting, "🎤 K-pop", chat=group)
    await talking.press(owner, greeting, "Done", chat=group)
    received: list[Message] = talking.telegram.received(group)
    assert any("Nova Lane announces" in message.plain for message in received)


async def test_a_channel_is_set_up_by_posts_in_it(talking: Talking, owner: Person, member: Person) -> None:
    channel = talking.telegram.channel("News", owner=owner)
    talking.telegram.add_bot(channel, by=owner)
    await talking.quiet()
    post = {"message_id": 900, "date": 0, "chat": channel.as_api(), "text": "/settings"}
    entities = [{"type": "bot_command", "offset": 0, "length": len("/settings")}]
    posted = {"update_id": 1, "channel_post": {**post, "sender_chat": channel.as_api(), "entities": entities}}
    await handle(talking.desk)(posted)
    (panel,) = talking.telegram.received(channel)
    assert (await talking.kept(channel)).kind is ChatKind.CHANNEL
    talking.telegram.join(channel, member)
    answer = await talking.press(member, panel, "Alerts", chat=channel)
    assert "Only administrators" in answer.text
    await talking.press(owner, panel, "Alerts", chat=channel)
    assert "the moment something breaks" in panel.plain
