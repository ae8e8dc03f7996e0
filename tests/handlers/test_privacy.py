"""What is kept, how to leave, how to be forgotten."""

from datetime import timedelta

import pytest

from bot.handlers import membership
from bot.playground.telegram import Message
from digests.model import State
from digests.store import chats
from tests.handlers.owing import debts, owe
from tests.handlers.talking import Talking


@pytest.fixture
async def question(talking: Talking) -> Message:
    """Ann follows something and asks to be forgotten."""
    await talking.say(talking.ann, "/subscribe kpop")
    (asked,) = await talking.say(talking.ann, "/forget")
    return asked


async def test_privacy_says_what_is_kept_and_how_long(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/privacy")
    for words in ("number of this chat", "What you chose", "30 days", "180 days", "/forget"):
        assert words in said


async def test_privacy_is_read_without_anything_being_kept(talking: Talking) -> None:
    await talking.say(talking.ann, "/privacy")
    await talking.say(talking.ann, "/help")
    await talking.say(talking.ann, "hello")
    assert await talking.kept_or_none(talking.ann) is None


async def test_stop_cancels_what_is_owed_and_keeps_what_was_chosen(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await owe(talking, (await talking.kept(talking.ann)).id)
    said = await talking.hear(talking.ann, "/stop")
    chat = await talking.kept(talking.ann)
    assert "/start" in said
    assert chat.paused_why == membership.STOPPED
    assert await debts(talking) == {State.CANCELLED: 1}
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_stop_said_twice_is_harmless_and_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "/stop")
    first = await talking.kept(talking.ann)
    talking.clock.forward(hours=1)
    assert "already" in await talking.hear(talking.ann, "/stop")
    assert await talking.kept(talking.ann) == first


async def test_stop_of_whom_we_do_not_know_keeps_nothing(talking: Talking) -> None:
    assert await talking.say(talking.ann, "/stop")
    assert await talking.kept_or_none(talking.ann) is None


@pytest.mark.parametrize("command", ["/start", "/subscribe drama", "/settings", "/alerts on", "구독 케이팝"])
async def test_a_command_brings_everything_back(talking: Talking, command: str) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "/stop")
    talking.clock.forward(days=2)
    await talking.say(talking.ann, command)
    chat = await talking.kept(talking.ann)
    assert chat.paused_at is None
    assert chat.next_digest_at is not None
    assert talking.clock() < chat.next_digest_at <= talking.clock() + timedelta(days=1)
    assert "kpop" in await talking.followed(talking.ann)


@pytest.mark.parametrize("said", ["/help", "/privacy", "/latest", "/stop", "hello", "/forget"])
async def test_who_only_looks_stays_stopped(talking: Talking, said: str) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "/stop")
    assert await talking.say(talking.ann, said)
    assert (await talking.kept(talking.ann)).paused_why == membership.STOPPED


@pytest.mark.parametrize("page", ["Categories", "Refresh"])
async def test_a_tap_on_an_old_message_does_not_end_a_stop(talking: Talking, page: str) -> None:
    (panel,) = await talking.say(talking.ann, "/settings")
    await talking.say(talking.ann, "/stop")
    answer = await talking.press(talking.ann, panel, page)
    assert "/start" in answer.text
    assert (await talking.kept(talking.ann)).paused_why == membership.STOPPED


async def test_who_stopped_can_still_be_forgotten(talking: Talking, question: Message) -> None:
    await talking.say(talking.ann, "/stop")
    await talking.press(talking.ann, question, "Delete everything")
    assert await talking.kept_or_none(talking.ann) is None


async def test_a_sentence_that_begins_with_stop_does_not_leave(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "stop sending me food news")
    assert (await talking.kept(talking.ann)).paused_at is None


async def test_forget_asks_first(talking: Talking, question: Message) -> None:
    assert "cannot be undone" in question.plain
    assert question.buttons == ["Keep everything", "Delete everything"]
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_forget_deletes_everything_and_says_so(talking: Talking, question: Message) -> None:
    await owe(talking, (await talking.kept(talking.ann)).id)
    await talking.press(talking.ann, question, "Delete everything")
    assert "is deleted" in question.plain
    assert not question.buttons
    assert await talking.kept_or_none(talking.ann) is None
    assert await debts(talking) == {}


async def test_forget_can_be_thought_better_of(talking: Talking, question: Message) -> None:
    await talking.press(talking.ann, question, "Keep everything")
    assert "Nothing was deleted" in question.plain
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_forget_where_nothing_is_kept_says_so(talking: Talking) -> None:
    assert "I keep nothing" in await talking.hear(talking.ann, "/forget")
    assert await talking.kept_or_none(talking.ann) is None


async def test_a_second_press_finds_nothing_any_more(talking: Talking, question: Message) -> None:
    async with talking.store.writing() as tx:
        await chats.forget(tx, talking.ann.id)
    await talking.press(talking.ann, question, "Delete everything")
    assert "I keep nothing" in question.plain


async def test_who_was_forgotten_begins_anew(talking: Talking, question: Message) -> None:
    await talking.press(talking.ann, question, "Delete everything")
    assert "Hello" in await talking.hear(talking.ann, "/start")
    assert await talking.followed(talking.ann) == set()


async def test_korean_readers_are_asked_in_korean(talking: Talking) -> None:
    await talking.say(talking.min, "구독 케이팝")
    (asked,) = await talking.say(talking.min, "/forget")
    assert "되돌릴 수 없어요" in asked.plain
    await talking.press(talking.min, asked, "모두 지우기")
    assert "지웠어요" in asked.plain
    assert await talking.kept_or_none(talking.min) is None


async def test_forget_in_a_topic_forgets_the_topic(talking: Talking) -> None:
    group = talking.telegram.group("Fans", owner=talking.ann, forum=True)
    talking.telegram.add_bot(group, by=talking.ann)
    thread = talking.telegram.topic(group, "News")
    await talking.say(talking.ann, "/subscribe kpop", chat=group)
    await talking.say(talking.ann, "/subscribe drama", chat=group, thread=thread)
    (asked,) = await talking.say(talking.ann, "/forget", chat=group, thread=thread)
    await talking.press(talking.ann, asked, "Delete everything", chat=group)
    assert await talking.kept_or_none(group, thread) is None
    assert await talking.followed(group) == {"kpop"}
