"""What an answer of Telegram means for a delivery: one table, pure, most special first.

Sources: the Bot API's "Making requests" and "ResponseParameters"; the texts are those of its server.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    RetryAfter,
    TelegramError,
)

from bot.sending.wire import Unheard
from digests.model import Delivery, State
from digests.store.outbox import Settlement

FIRST_DELAY = timedelta(seconds=2)  # before an unreachable Telegram is tried again; then doubled
LONGEST_DELAY = timedelta(minutes=5)
UNHEARD_TRIES = 2  # written and never answered: once more, then settled, since it may well have arrived
DELETED_TRIES = (
    4  # "deleted" mostly means "upgraded", and the update that tells the new id comes within seconds
)
BROKEN_TRIES = 12  # about half an hour: time for the operator to mend what cannot be rendered


class Meaning(Enum):
    """The classes of answers."""

    SENT = auto()
    GONE = auto()  # the chat cannot be written to
    TOPIC_GONE = auto()  # the topic cannot be written to; its group may
    DELETED = auto()  # the group is said to be deleted: it may have another id soon
    MOVED = auto()  # the group has another id now
    MARKUP = auto()  # the entities are refused: once more as plain text
    REFUSED = auto()  # this message will never be taken
    WAIT = auto()  # 429
    UNREACHABLE = auto()  # nothing was written, or the server is in trouble: no harm in trying again
    UNHEARD = auto()  # written, and no answer heard: it may have arrived
    BROKEN = auto()  # we failed before anything was written: a fault of ours


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one request came to."""

    meaning: Meaning
    note: str = ""
    message_id: int | None = None
    seconds: float = 0.0  # WAIT: how long
    moved_to: int = 0  # MOVED: where


# In a 400 (and in a 403, of what is no refusal for good) the text alone tells. Fragments, lower case; first wins.
_TEXTS = (
    (Meaning.SENT, ("message is not modified",)),  # an edit, or one like it, arrived before
    (Meaning.REFUSED, ("message to edit not found", "message can't be edited", "message_id_invalid")),
    (Meaning.DELETED, ("group chat was deleted", "group chat was upgraded")),
    (Meaning.TOPIC_GONE, ("message thread not found", "topic_closed", "topic_deleted")),
    (
        Meaning.GONE,
        (
            "chat not found",
            "user is deactivated",
            "user not found",
            "peer_id_invalid",
            "group chat was deactivated",
            "group is deactivated",
            "chat_id_invalid",
            "user_is_blocked",
            "user_deactivated",
            "bot was kicked",
            "channel_private",
            "chat_write_forbidden",
            "chat_admin_required",
            "chat_send_plain_forbidden",
            "chat_restricted",
            "not enough rights to send text messages",
            "have no rights to send a message",
            "need administrator rights in the channel chat",
            "bot is not a member",
        ),
    ),
    (Meaning.MARKUP, ("can't parse entities", "entity", "entities")),
)


def meaning_of(error: TelegramError) -> Outcome:
    """Read an error that python-telegram-bot raised for a request."""
    text = str(error)
    match error:
        case ChatMigrated():
            return Outcome(Meaning.MOVED, text, moved_to=error.new_chat_id)
        case RetryAfter():
            return Outcome(Meaning.WAIT, text, seconds=seconds_told(error))
        case Forbidden() | BadRequest():
            otherwise = Meaning.GONE if isinstance(error, Forbidden) else Meaning.REFUSED
            return Outcome(_by_text(text, otherwise), text)
        case Unheard():
            return Outcome(Meaning.UNHEARD, text)
        case _:
            # Nothing was written; or a 5xx, which is an answer; or the token was revoked: the operator's matter, and no
            # message's fault.
            return Outcome(Meaning.UNREACHABLE, text)


def seconds_told(error: RetryAfter) -> float:
    """Tell how long a 429 says to wait, in seconds; python-telegram-bot says it in two ways."""
    told = error.retry_after
    return told.total_seconds() if isinstance(told, timedelta) else float(told)


def _by_text(text: str, otherwise: Meaning) -> Meaning:
    said = text.lower()
    return next((meaning for meaning, parts in _TEXTS if any(part in said for part in parts)), otherwise)


_MOST_TRIES = {Meaning.DELETED: DELETED_TRIES, Meaning.BROKEN: BROKEN_TRIES}


def settled(delivery: Delivery, outcome: Outcome, now: datetime, chance: float) -> Settlement:
    """Say what an outcome makes of a delivery. `chance`, 0 to 1, spreads what failed together."""
    attempt = delivery.attempt + 1
    due_at: datetime | None = None
    match outcome.meaning:
        case Meaning.SENT:
            return Settlement(
                delivery.id,
                State.SENT,
                attempt=attempt,
                unheard=delivery.unheard,
                parts_sent=delivery.parts_sent,
                message_id=outcome.message_id,
            )
        case Meaning.DELETED | Meaning.BROKEN if attempt < _MOST_TRIES[outcome.meaning]:
            state, due_at = State.OWED, now + backoff(attempt, chance)
        case Meaning.GONE | Meaning.TOPIC_GONE | Meaning.DELETED:
            state = State.GONE
        case Meaning.REFUSED | Meaning.MARKUP | Meaning.BROKEN:
            state = State.REFUSED
        case Meaning.MOVED:  # at once, but never round and round
            state, due_at = State.OWED, now if attempt == 1 else now + backoff(attempt, chance)
        case Meaning.WAIT:
            state, due_at = State.OWED, now + timedelta(seconds=outcome.seconds)
        case Meaning.UNHEARD if delivery.unheard + 1 >= UNHEARD_TRIES:
            state = State.UNHEARD
        case Meaning.UNHEARD | Meaning.UNREACHABLE:
            state, due_at = State.OWED, now + backoff(attempt, chance)
    return Settlement(
        delivery.id,
        state,
        attempt=attempt,
        unheard=delivery.unheard + (outcome.meaning is Meaning.UNHEARD),
        parts_sent=delivery.parts_sent,
        due_at=due_at,
        note=outcome.note,
    )


def backoff(attempt: int, chance: float) -> timedelta:
    """Give the delay after the `attempt`th failure: doubled each time, spread by a half to either side."""
    doubled: int = 2 ** min(attempt - 1, 20)
    delay = min(FIRST_DELAY * doubled, LONGEST_DELAY)
    return delay * (0.5 + chance)
