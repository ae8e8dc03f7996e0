"""What answers mean, told from the errors that python-telegram-bot really raises."""

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import ExtBot

from bot.playground.telegram import Chat, Cut, Fault, Server, Telegram
from bot.sending import outcomes
from bot.sending.outcomes import Meaning, Outcome, backoff, meaning_of, settled
from bot.sending.wire import (
    AnswerTimedOutError,
    ConnectingTimedOutError,
    NotAnsweredError,
    NotConnectedError,
)
from digests.model import (
    Address,
    Alerts,
    ChatId,
    ChatKind,
    Delivery,
    DeliveryId,
    EditionId,
    Priority,
    Share,
    State,
)
from digests.model import Chat as Kept
from tests.emulated import TOKEN
from tests.sending.conftest import real_bot
from tests.sending.servers import saying, speaking

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


async def outcome_of(bot: ExtBot[int], chat: Chat, text: str = "<b>News</b>") -> Outcome:
    try:
        await bot.do_api_request(
            "sendMessage",
            api_kwargs={"chat_id": chat.id, "text": text, "parse_mode": "HTML"},
            rate_limit_args=int(Priority.ALERT),
        )
    except TelegramError as error:
        return meaning_of(error)
    return Outcome(Meaning.SENT)


@pytest.fixture
def chat(telegram: Telegram) -> Chat:
    ann = telegram.person("Ann")
    telegram.start(ann)
    return telegram.private(ann)


@pytest.mark.parametrize(
    ("fault", "meaning"),
    [
        (Fault.error(500), Meaning.UNREACHABLE),
        (Fault.error(502), Meaning.UNREACHABLE),
        (Fault.error(401), Meaning.UNREACHABLE),
        (Fault.error(404), Meaning.UNREACHABLE),
        (Fault.error(403, "bot was blocked by the user"), Meaning.GONE),
        (Fault.error(403, "bot was kicked from the supergroup chat"), Meaning.GONE),
        (Fault.error(403, "user is deactivated"), Meaning.GONE),
        (Fault.error(403, "bot can't initiate conversation with a user"), Meaning.GONE),
        (Fault.error(403, "the group chat was deleted"), Meaning.DELETED),
        (Fault.error(400, "chat not found"), Meaning.GONE),
        (Fault.error(400, "CHAT_WRITE_FORBIDDEN"), Meaning.GONE),
        (Fault.error(400, "not enough rights to send text messages to the chat"), Meaning.GONE),
        (Fault.error(400, "PEER_ID_INVALID"), Meaning.GONE),
        (Fault.error(400, "message thread not found"), Meaning.TOPIC_GONE),
        (Fault.error(400, "TOPIC_CLOSED"), Meaning.TOPIC_GONE),
        (
            Fault.error(400, 'can\'t parse entities: Unsupported start tag "x" at byte offset 3'),
            Meaning.MARKUP,
        ),
        (Fault.error(400, "ENTITY_BOUNDS_INVALID"), Meaning.MARKUP),
        (
            Fault.error(400, "message is not modified: specified new message content is the same"),
            Meaning.SENT,
        ),
        (Fault.error(400, "message to edit not found"), Meaning.REFUSED),
        (Fault.error(400, "message can't be edited"), Meaning.REFUSED),
        (Fault.error(400, "MESSAGE_ID_INVALID"), Meaning.REFUSED),
        (Fault.error(400, "message is too long"), Meaning.REFUSED),
        (Fault.error(400, "BUTTON_DATA_INVALID"), Meaning.REFUSED),
        (Fault.hangs(5), Meaning.UNHEARD),
        (Fault.cuts(Cut.BEFORE), Meaning.UNHEARD),
        (Fault.cuts(Cut.AFTER), Meaning.UNHEARD),
        (Fault.cuts(Cut.MIDDLE), Meaning.UNHEARD),
    ],
    ids=lambda value: value.name if isinstance(value, Meaning) else "",
)
async def test_an_answer_means_what_it_says(
    telegram: Telegram, hasty: ExtBot[int], chat: Chat, fault: Fault, meaning: Meaning
) -> None:
    telegram.fault(fault)
    outcome = await outcome_of(hasty, chat)
    assert outcome.meaning is meaning, outcome
    assert TOKEN not in outcome.note
    assert "http" not in outcome.note
    assert (await outcome_of(hasty, chat)).meaning is Meaning.SENT


async def test_telegrams_own_refusals_are_read(telegram: Telegram, bot: ExtBot[int], chat: Chat) -> None:
    assert (await outcome_of(bot, chat, "<b>open")).meaning is Meaning.MARKUP
    assert (await outcome_of(bot, chat, "x" * 5_000)).meaning is Meaning.REFUSED
    telegram.block(telegram.world.people[chat.id])
    assert (await outcome_of(bot, chat)).meaning is Meaning.GONE


async def test_a_flood_says_how_long_to_wait(telegram: Telegram, bot: ExtBot[int], chat: Chat) -> None:
    telegram.fault(Fault.flood(17))
    outcome = await outcome_of(bot, chat)
    assert (outcome.meaning, outcome.seconds) == (Meaning.WAIT, 17)


async def test_a_group_that_was_upgraded_says_where_it_is_now(telegram: Telegram, bot: ExtBot[int]) -> None:
    ann = telegram.person("Ann")
    group = telegram.group("Fans", owner=ann, supergroup=False)
    telegram.add_bot(group, by=ann)
    now = telegram.migrate(group)
    outcome = await outcome_of(bot, group)
    assert (outcome.meaning, outcome.moved_to) == (Meaning.MOVED, now.id)


@pytest.mark.parametrize("status", [400, 403, 404, 302])
async def test_a_page_that_is_not_telegrams_says_nothing_about_the_chat(chat: Chat, status: int) -> None:
    """A firewall's 403 would pause every chat there is."""
    page = b"<html>Blocked by your administrator</html>"
    said = b"HTTP/1.1 %d Said\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % (status, len(page)) + page
    async with speaking(saying(said)) as url:
        bot = real_bot(f"{url}/bot")
        with pytest.raises(NetworkError):
            await bot.initialize()
        assert (await outcome_of(bot, chat)).meaning is Meaning.UNREACHABLE
        await bot.shutdown()


async def test_an_answer_that_cannot_be_read_may_be_that_of_a_message_that_arrived(chat: Chat) -> None:
    async with speaking(
        saying(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 6\r\n\r\n<html>")
    ) as url:
        bot = real_bot(f"{url}/bot")
        with pytest.raises(TelegramError):
            await bot.initialize()
        assert (await outcome_of(bot, chat)).meaning is Meaning.UNHEARD
        await bot.shutdown()


@pytest.fixture
async def nobody() -> AsyncIterator[str]:
    """An address at which nobody listens, kept free by holding its port."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/bot"


async def test_where_nobody_listens_nothing_was_written(nobody: str, chat: Chat) -> None:
    unconnected = real_bot(nobody)
    with pytest.raises(NetworkError):
        await unconnected.initialize()
    outcome = await outcome_of(unconnected, chat)
    assert outcome.meaning is Meaning.UNREACHABLE
    assert "Connect" in outcome.note
    await unconnected.shutdown()


async def test_a_host_that_does_not_exist_was_written_nothing(chat: Chat) -> None:
    unconnected = real_bot("http://telegram.invalid/bot")
    with pytest.raises(NetworkError):
        await unconnected.initialize()
    assert (await outcome_of(unconnected, chat)).meaning is Meaning.UNREACHABLE
    await unconnected.shutdown()


async def test_while_all_connections_are_taken_nothing_was_written(
    telegram: Telegram, base_url: str, chat: Chat
) -> None:
    async with real_bot(base_url, pool_timeout=0.2, connect_timeout=0.5, read_timeout=20.0) as bot:
        telegram.fault(Fault.hangs(3.0, times=64))
        taken = [asyncio.create_task(outcome_of(bot, chat)) for _ in range(3)]
        people = [telegram.person(f"Reader {number}") for number in range(61)]
        for person in people:
            telegram.start(person)
            taken.append(asyncio.create_task(outcome_of(bot, telegram.private(person))))
        await telegram.until(lambda: len(telegram.calls_of("sendMessage")) == 64)
        late = telegram.person("Late")
        telegram.start(late)
        outcome = await outcome_of(bot, telegram.private(late))
        assert outcome.meaning is Meaning.UNREACHABLE
        assert {(await one).meaning for one in taken} == {Meaning.SENT}


async def test_a_connection_that_the_server_closed_meanwhile_is_opened_anew(
    telegram: Telegram, chat: Chat
) -> None:
    async with Server(telegram.app()) as server:
        port = int(server.url.rpartition(":")[2])
        bot = real_bot(f"{server.url}/bot")
        await bot.initialize()
        assert (await outcome_of(bot, chat)).meaning is Meaning.SENT
    async with Server(telegram.app(), port=port):
        assert (await outcome_of(bot, chat)).meaning is Meaning.SENT
        await bot.shutdown()


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (Forbidden("Forbidden: bot was blocked by the user"), Meaning.GONE),
        (BadRequest("Group chat was deactivated"), Meaning.GONE),
        (BadRequest("Group chat was upgraded to a supergroup chat"), Meaning.DELETED),
        (BadRequest("Something new"), Meaning.REFUSED),
        (BadRequest("USER_IS_BLOCKED"), Meaning.GONE),
        (BadRequest("INPUT_USER_DEACTIVATED"), Meaning.GONE),
        (BadRequest("CHANNEL_PRIVATE"), Meaning.GONE),
        (BadRequest("CHAT_ADMIN_REQUIRED"), Meaning.GONE),
        (BadRequest("CHAT_SEND_PLAIN_FORBIDDEN"), Meaning.GONE),
        (BadRequest("Need administrator rights in the channel chat"), Meaning.GONE),
        (Forbidden("Forbidden: bot is not a member of the channel chat"), Meaning.GONE),
        (Forbidden("Forbidden: bots can't send messages to bots"), Meaning.GONE),
        (ChatMigrated(-100_7), Meaning.MOVED),
        (RetryAfter(7), Meaning.WAIT),
        (NotConnectedError("ClientConnectorError (111)"), Meaning.UNREACHABLE),
        (ConnectingTimedOutError("no connection in time"), Meaning.UNREACHABLE),
        (NotAnsweredError("ServerDisconnectedError"), Meaning.UNHEARD),
        (AnswerTimedOutError("no answer in time"), Meaning.UNHEARD),
        (NetworkError("Bad Gateway"), Meaning.UNREACHABLE),
        (InvalidToken(), Meaning.UNREACHABLE),
        (Conflict("another"), Meaning.UNREACHABLE),
    ],
)
def test_errors_without_a_request_are_read_too(error: TelegramError, meaning: Meaning) -> None:
    assert meaning_of(error).meaning is meaning


# -- what is made of it ---------------------------------------------------------------------------------------


def delivery(**more: Any) -> Delivery:
    chat = Kept(
        ChatId(1),
        Address(5),
        ChatKind.PRIVATE,
        "en",
        "Asia/Seoul",
        zone_known=True,
        zone_asks=0,
        alerts=Alerts.ON,
        quiet=None,
        digest_times=(),
        next_digest_at=None,
        digested_seq=None,
        digested_at=None,
        paused_at=None,
        paused_why="",
    )
    fields: dict[str, Any] = {
        "id": DeliveryId(3),
        "chat": chat,
        "edition": EditionId(4),
        "key": "alert:1:1",
        "priority": Priority.ALERT,
        "expires_at": NOW + timedelta(hours=1),
        "silent": False,
        "share": Share(),
        "parts_sent": 0,
        "attempt": 0,
        "unheard": 0,
    }
    return Delivery(**(fields | more))


@pytest.mark.parametrize(
    ("meaning", "before", "state"),
    [
        (Meaning.SENT, {}, State.SENT),
        (Meaning.GONE, {}, State.GONE),
        (Meaning.TOPIC_GONE, {}, State.GONE),
        (Meaning.REFUSED, {}, State.REFUSED),
        (Meaning.MARKUP, {}, State.REFUSED),
        (Meaning.MOVED, {}, State.OWED),
        (Meaning.WAIT, {"attempt": 99}, State.OWED),
        (Meaning.UNREACHABLE, {"attempt": 99}, State.OWED),
        (Meaning.UNHEARD, {"attempt": 99}, State.OWED),
        (Meaning.UNHEARD, {"attempt": 1, "unheard": 1}, State.UNHEARD),
        (Meaning.DELETED, {}, State.OWED),
        (Meaning.DELETED, {"attempt": 2}, State.OWED),
        (Meaning.DELETED, {"attempt": 3}, State.GONE),
        (Meaning.BROKEN, {}, State.OWED),
        (Meaning.BROKEN, {"attempt": 10}, State.OWED),
        (Meaning.BROKEN, {"attempt": 11}, State.REFUSED),
    ],
)
def test_an_outcome_settles_or_leaves_a_debt(meaning: Meaning, before: dict[str, int], state: State) -> None:
    made = settled(delivery(**before), Outcome(meaning, "why", seconds=30), NOW, 0.5)
    assert made.state is state
    assert made.attempt == before.get("attempt", 0) + 1
    assert made.unheard == before.get("unheard", 0) + (meaning is Meaning.UNHEARD)
    assert (made.due_at is None) == (state is not State.OWED)


def test_a_message_that_arrived_is_settled_with_its_id_and_parts() -> None:
    made = settled(delivery(parts_sent=2, unheard=1), Outcome(Meaning.SENT, message_id=77), NOW, 0.5)
    assert (made.message_id, made.parts_sent, made.unheard, made.note) == (77, 2, 1, "")


def test_a_flood_is_waited_out_to_the_second() -> None:
    assert settled(delivery(), Outcome(Meaning.WAIT, seconds=30), NOW, 0.9).due_at == NOW + timedelta(
        seconds=30
    )


def test_a_moved_group_is_written_to_at_once_but_not_round_and_round() -> None:
    moved = Outcome(Meaning.MOVED, moved_to=-1)
    assert settled(delivery(), moved, NOW, 0.5).due_at == NOW
    again = settled(delivery(attempt=1), moved, NOW, 0.5).due_at
    assert again
    assert again > NOW


@given(
    meaning=st.sampled_from(Meaning),
    attempt=st.integers(0, 100_000),
    unheard=st.integers(0, 2),
    seconds=st.floats(0, 100_000),
    chance=st.floats(0, 1),
)
def test_a_delivery_is_either_settled_or_due_again(
    meaning: Meaning, attempt: int, unheard: int, seconds: float, chance: float
) -> None:
    before = delivery(attempt=attempt, unheard=unheard)
    made = settled(before, Outcome(meaning, "why", seconds=seconds), NOW, chance)
    assert made.delivery == before.id
    if made.state is not State.OWED:
        assert made.due_at is None
    elif meaning is Meaning.WAIT:
        assert made.due_at == NOW + timedelta(seconds=seconds)
    else:
        soonest = NOW if meaning is Meaning.MOVED and attempt == 0 else NOW + timedelta(seconds=1)
        assert made.due_at
        assert soonest <= made.due_at <= NOW + 1.5 * outcomes.LONGEST_DELAY


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_each_delay_is_at_least_a_second_and_never_over_the_longest(attempt: int, chance: float) -> None:
    delay = backoff(attempt, chance)
    assert outcomes.FIRST_DELAY / 2 <= delay <= 1.5 * outcomes.LONGEST_DELAY
    assert backoff(attempt + 1, chance) >= delay


def test_every_meaning_has_its_row() -> None:
    """A new one is decided on here, not forgotten: `settled` says something of each."""
    for meaning in Meaning:
        made = settled(delivery(), Outcome(meaning, "why", seconds=3, moved_to=-1), NOW, 0.5)
        assert isinstance(made.state, State)


@pytest.mark.parametrize("hours", [0.001, 1, 5.999])
def test_while_telegram_is_in_trouble_nothing_is_given_up_however_often_it_was_tried(hours: float) -> None:
    late = NOW + timedelta(hours=hours)
    made = settled(delivery(attempt=10_000), Outcome(Meaning.UNREACHABLE, "Bad Gateway"), late, 0.5)
    assert made.state is State.OWED


def test_delays_double() -> None:
    assert [backoff(attempt, 0.5).total_seconds() for attempt in (1, 2, 3, 4, 99)] == [2, 4, 8, 16, 300]
