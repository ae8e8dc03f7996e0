"""reply_markup: which keyboards the server takes."""

from collections.abc import Mapping
from typing import Any

from bot.playground.telegram.addresses import normalised
from bot.playground.telegram.model import Shape
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusals import bad

MOST_BUTTONS = 100
LONGEST_DATA = 64  # bytes
LONGEST_COPY = 256  # characters
_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_STRINGS = ("url", "callback_data", "switch_inline_query", "switch_inline_query_current_chat")
_STYLES = ("danger", "success", "primary")


def markup(given: Parameters, *, inline_only: bool = False) -> Shape | None:
    """The keyboard of a request as the message keeps it; None without one, or with an empty one. Raises Refused."""
    if "reply_markup" not in given:
        return None
    shape = given.structure("reply_markup", "reply keyboard markup")
    if shape is None:
        return None
    if not isinstance(shape, dict):
        raise bad("object expected as reply markup")
    if "inline_keyboard" in shape:
        rows = _rows(shape["inline_keyboard"], "inline_keyboard")
        keyboard = [[_button(button) for button in row] for row in rows if row]
        if sum(map(len, keyboard)) > MOST_BUTTONS:
            raise bad("reply markup is too long")
        return {"inline_keyboard": keyboard} if keyboard else None
    if inline_only:
        raise bad("inline keyboard expected") if shape else bad("object expected as reply markup")
    return _other(shape)


def _rows(value: Any, name: str) -> list[list[Any]]:
    if not isinstance(value, list):
        raise bad(f'Field "{name}" must be of type Array')
    if not all(isinstance(row, list) for row in value):
        raise bad(f'Field "{name}" must be an Array of Arrays')
    return value


def _button(shape: Any) -> Shape:
    trouble = "can't parse inline keyboard button: "
    if not isinstance(shape, Mapping):
        raise bad(f"{trouble}InlineKeyboardButton must be an Object")
    text = shape.get("text")
    if not isinstance(text, str):
        raise bad(
            f'{trouble}Can\'t find field "text"'
            if text is None
            else f'{trouble}Field "text" must be of type String'
        )
    if not text.strip():
        raise bad(f'{trouble}Field "text" must be non-empty')
    actions = [name for name in _ACTIONS if shape.get(name) is not None]
    if not actions:
        raise bad(f"{trouble}Text buttons are unallowed in the inline keyboard")
    if len(actions) > 1:
        raise bad(f"{trouble}exactly one action is allowed, found {', '.join(actions)}")
    if shape.get("style") not in (None, *_STYLES):
        raise bad(f"{trouble}Invalid button style specified")
    return dict(shape) | _action(actions[0], shape[actions[0]], trouble)


def _action(name: str, value: Any, trouble: str) -> Shape:
    """What of an action is kept otherwise than given. Raises Refused."""
    if name == "copy_text":
        text = value.get("text") if isinstance(value, Mapping) else None
        if not isinstance(text, str):
            raise bad(f'{trouble}Field "copy_text" must have a text')
        if not 1 <= len(text) <= LONGEST_COPY:
            raise bad("BUTTON_COPY_TEXT_INVALID")
    elif name in _STRINGS and not isinstance(value, str):
        raise bad(f'{trouble}Field "{name}" must be of type String')
    elif name == "callback_data" and not 1 <= len(value.encode()) <= LONGEST_DATA:
        raise bad("BUTTON_DATA_INVALID")
    elif name == "url":
        address = normalised(value)
        if address is None:
            raise bad(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
        return {"url": address}
    return {}


def _other(shape: Shape) -> Shape | None:
    if "keyboard" in shape:
        rows = _rows(shape["keyboard"], "keyboard")
        for button in (button for row in rows for button in row):
            text = (
                button
                if isinstance(button, str)
                else button.get("text")
                if isinstance(button, Mapping)
                else None
            )
            if not isinstance(text, str) or not text:
                raise bad("can't parse keyboard button: Can't find field \"text\"")
        return shape
    if shape.get("remove_keyboard") or shape.get("force_reply"):
        return shape
    return None
