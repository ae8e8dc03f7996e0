"""A large group: its members' commands do not eat the twenty messages that Telegram takes for it in a minute."""

import pytest

from bot.handlers.group_answers import EVERY, MOST, GroupAnswers
from bot.playground.telegram import Chat, Message, Person
from tests.handlers.talking import Talking

READING = ("/latest", "/breaking", "/trending", "/help", "/categories", "/digest", "/privacy")


@pytest.fixture
def members(talking: Talking) -> list[Person]:
    return [talking.telegram.person(f"Member {number}") for number in range(30)]


@pytest.fixture
async def group(talking: Talking, members: list[Person]) -> Chat:
    made = talking.telegram.group("Fans", owner=talking.ann, members=members)
    talking.telegram.add_bot(made, by=talking.ann)
    await talking.quiet()
    await talking.say(talking.ann, "/subscribe kpop", chat=made)
    return made


def link(message: Message) -> str:
    return message.button("Continue in private").value


async def test_thirty_members_who_ask_at_once_get_one_answer(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    sent = len(talking.telegram.calls_of("sendMessage", group))
    for number, member in enumerate(members):
        talking.telegram.say(group, member, READING[number % len(READING)])
    await talking.quiet()
    assert len(talking.telegram.calls_of("sendMessage", group)) - sent == 1


@pytest.mark.parametrize("command", READING)
async def test_the_answer_leads_into_a_private_chat_where_the_same_is_answered(
    talking: Talking, group: Chat, members: list[Person], command: str
) -> None:
    answer = (await talking.say(members[0], command, chat=group))[-1]
    assert answer.buttons[-1] == "Continue in private"
    start = link(answer).partition("?start=")[2]
    assert link(answer) == f"https://t.me/{talking.desk.bot.username}?start={start}"
    assert await talking.say(members[1], command, chat=group) == []
    talking.telegram.start(members[1], start)
    private = talking.telegram.private(members[1])
    first, *_, greeting = await talking.new(private)
    expected = (await talking.say(members[2], command))[0]
    assert first.plain == expected.plain, "as if the command had been typed there"
    assert "Continue in private" not in first.buttons
    assert "What would you like to follow" in greeting.plain or greeting.buttons, "who is new is greeted"


async def test_who_is_known_and_comes_by_the_button_is_not_greeted_again(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    member = members[0]
    await talking.say(member, "/subscribe drama")
    answer = (await talking.say(member, "/help", chat=group))[-1]
    talking.telegram.start(member, link(answer).partition("?start=")[2])
    (only,) = await talking.new(talking.telegram.private(member))
    assert only.plain == (await talking.say(member, "/help"))[0].plain
    assert await talking.followed(member) == {"drama"}


async def test_in_korean_the_button_speaks_korean(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    await talking.say(talking.ann, "/language ko", chat=group)
    answer = (await talking.say(members[0], "/latest", chat=group))[-1]
    assert answer.buttons[-1] == "1:1 대화에서 이어 보기"


async def nobody(*_: object) -> bool:
    return False


async def test_an_answer_counts_for_a_minute() -> None:
    """Only the part without Telegram, by a clock that is set by hand."""
    at = 100.0
    answers = GroupAnswers(nobody, lambda: at)
    assert not answers._lately(answers._answered, -1)
    answers._note(answers._answered, -1)
    at += EVERY - 0.1
    assert answers._lately(answers._answered, -1)
    assert not answers._lately(answers._answered, -2)
    at += 0.1
    assert not answers._lately(answers._answered, -1)


async def test_administrators_are_always_answered(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    assert await talking.say(members[0], "/help", chat=group)
    for command in (*READING, "/subscribe drama", "/digest 07:30", "/settings"):
        assert await talking.say(talking.ann, command, chat=group), command
    assert await talking.followed(group) == {"kpop", "drama"}
    assert await talking.say(members[1], "/help", chat=group) == []


async def test_a_member_who_is_not_answered_is_not_asked_about_each_time(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    await talking.say(members[0], "/help", chat=group)
    asked = len(talking.telegram.calls_of("getChatMember", group))
    for _ in range(5):
        assert await talking.say(members[1], "/latest", chat=group) == []
    assert len(talking.telegram.calls_of("getChatMember", group)) - asked == 1


async def test_what_members_may_not_do_is_said_once_a_minute(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    (refusal,) = await talking.say(members[0], "/subscribe drama", chat=group)
    assert "Only administrators" in refusal.plain
    assert refusal.buttons == ["Continue in private"]
    for member in members[1:4]:
        assert await talking.say(member, "/stop", chat=group) == []
        assert await talking.say(member, "/latest", chat=group) == []
    assert await talking.followed(group) == {"kpop"}


async def test_groups_do_not_wait_for_each_other_and_private_chats_for_nobody(
    talking: Talking, group: Chat, members: list[Person]
) -> None:
    other = talking.telegram.group("Other", owner=talking.ann, members=members)
    talking.telegram.add_bot(other, by=talking.ann)
    await talking.quiet()
    assert await talking.say(members[0], "/help", chat=group)
    assert await talking.say(members[0], "/help", chat=other)
    for _ in range(3):
        assert await talking.say(members[0], "/help")


async def test_what_is_remembered_is_bounded() -> None:
    answers = GroupAnswers(nobody, lambda: 1.0)
    for group in range(MOST + 50):
        answers._note(answers._answered, group)
    assert len(answers._answered) == MOST
