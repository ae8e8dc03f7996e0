"""A message on a terminal: for a preview, and for watching the bot talk.

rich knows how wide Hangul and emoji are; here only what a message has is put into its words.
"""

from rich.console import Console
from rich.style import Style
from rich.text import Text

from bot.formatter.markup import Tag, spans
from bot.formatter.message import Keyboard, Message

_STYLES = {"b": "bold", "i": "dim", "u": "underline", "s": "strike", "code": "cyan", "pre": "cyan"}
_WIDEST = 88  # columns; longer lines of prose are hard to read


def show(message: Message, console: Console) -> None:
    """Print a message, wrapped for a terminal; into a pipe or a file in whole lines, with the addresses of its links."""
    if console.is_terminal:
        console.print(drawn(message, addresses=False), width=min(console.width, _WIDEST), highlight=False)
    else:
        console.print(drawn(message, addresses=True), soft_wrap=True, highlight=False)


def drawn(message: Message, *, addresses: bool) -> Text:
    """Give a message as styled text: its picture, its words, its buttons; `addresses` writes links out."""
    page = Text()
    if message.preview:
        page.append(f"[{message.preview.url}]\n", style="dim")
    pending: Tag | None = None
    for span in spans(message.html):
        link = next((tag for tag in span.tags if tag.href), None)
        if pending and pending != link:
            page.append(f" <{pending.href}>", style="dim")
        pending = link if addresses else None
        page.append(span.text, style=_style(span.tags))
    if pending:
        page.append(f" <{pending.href}>", style="dim")
    if message.keyboard:
        page.append("\n\n")
        page.append(_buttons(message.keyboard))
    return page


def _style(tags: tuple[Tag, ...]) -> Style:
    words = " ".join(_STYLES[tag.name] for tag in tags if tag.name in _STYLES)
    link = next((tag.href for tag in tags if tag.href), None)
    return Style.parse(words) + Style(link=link)


def _buttons(keyboard: Keyboard) -> Text:
    rows = ["  ".join(f"[ {button.label} ]" for button in row) for row in keyboard]
    return Text("\n".join(rows), style="cyan")
