"""A conversation in the terminal, as it goes on: who said what in which chat."""

from collections.abc import Mapping

from rich.panel import Panel
from rich.text import Text

from bot.playground.telegram import Event, Message

WIDTH = 88  # columns


def entry(event: Event, names: Mapping[int, str]) -> Panel | None:
    """Give what a person in front of a terminal should see of an event; None for what is no message."""
    message = event.message
    if event.kind not in {"message", "edited"} or message is None or not message.text:
        return None
    chat = names.get(event.chat.id, str(event.chat.id))
    who = "Sosik" if message.from_bot else (message.sender.first_name if message.sender else chat)
    title = f"{message.date:%H:%M} UTC · {chat} · {who}"
    if event.kind == "edited":
        title += " (edited)"
    if message.silent:
        title += " 🔕"
    return Panel(
        _body(message),
        title=Text(title),
        title_align="left",
        border_style="cyan" if message.from_bot else "dim",
        width=WIDTH,
    )


def _body(message: Message) -> Text:
    body = Text(message.text)
    if message.rows:
        body.append("\n")
        for row in message.rows:
            body.append("\n" + "  ".join(f"[ {button.label} ]" for button in row), style="cyan")
    return body
