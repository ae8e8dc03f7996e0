"""What happened, as tests and pages read it: requests, answers to pressed buttons, events."""

from dataclasses import dataclass, field
from typing import Literal

from bot.playground.telegram.model import Chat, Message, Shape


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot said to a pressed button."""

    text: str = ""
    show_alert: bool = False
    url: str | None = None


@dataclass(slots=True, eq=False)
class Call:
    """One request the bot made. `answer` is None while it is under way or where the socket was closed unanswered."""

    method: str
    parameters: Shape
    at: float  # time.monotonic() when it arrived
    answer: Shape | None = None
    took: float = 0.0  # seconds until the answer
    applied: bool = False  # whether its effect happened

    @property
    def ok(self) -> bool:
        """Whether it was done and the bot was told so."""
        return bool(self.answer and self.answer.get("ok"))

    @property
    def chat_id(self) -> int | None:
        """The chat it was about."""
        given = self.parameters.get("chat_id")
        try:
            return int(given) if given is not None else None
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True, slots=True)
class Event:
    """Something a messenger's page shows.

    `message`, `edited`, `deleted`: the message; `answered`: `detail` has callback, text, show_alert, url, person;
    `action`: `detail` has action ("typing") and thread; `chat`: the chat, its members or the bot's place changed.
    """

    kind: Literal["message", "edited", "deleted", "answered", "action", "chat"]
    chat: Chat
    message: Message | None = None
    detail: Shape = field(default_factory=dict)
