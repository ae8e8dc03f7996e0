"""What the formatter hands over: a message as a value. Sending it is another room's."""

from dataclasses import dataclass

from bot.formatter.markup import plain, text, units
from bot.formatter.measure import MAX_UNITS


@dataclass(frozen=True, slots=True)
class Button:
    """An inline button: it either sends `data` back to us or opens `url`."""

    label: str
    data: str = ""  # made by buttons.pack
    url: str = ""


Keyboard = tuple[tuple[Button, ...], ...]  # rows of buttons


@dataclass(frozen=True, slots=True)
class Preview:
    """The page or picture shown large above the text (Bot API: link_preview_options)."""

    url: str


@dataclass(frozen=True, slots=True)
class Message:
    """One message in Telegram's HTML. Without a preview the sender switches link previews off."""

    html: str
    keyboard: Keyboard = ()
    preview: Preview | None = None
    silent: bool = False

    @property
    def plain(self) -> str:
        """The text without markup: what is sent after a refusal of the markup.

        With the addresses of its links, as far as they leave it short enough.
        """
        whole = plain(self.html)
        return whole if units(whole) <= MAX_UNITS else text(self.html)
