"""Entities that a sender hands over instead of markup."""

from collections.abc import Callable, Mapping

from bot.playground.telegram.addresses import mentioned_user, normalised
from bot.playground.telegram.entities import FOUND, QUOTES, SPLITTABLE, Entity
from bot.playground.telegram.refusals import bad, unparsable

Shape = Mapping[str, object]


def handed(shape: Shape) -> Entity | None:
    """One MessageEntity; None for those the server finds by itself. Raises Refused with the server's sentence."""
    kind, offset, length = shape.get("type"), shape.get("offset"), shape.get("length")
    if not isinstance(kind, str) or type(offset) is not int or type(length) is not int:
        raise unparsable("Can't parse MessageEntity")
    if not 0 <= offset <= 1_000_000:
        raise bad(f"receive an entity with incorrect offset {offset}")
    if not 0 <= length <= 1_000_000:
        raise bad(f"receive an entity with incorrect length {length}")
    if kind in FOUND:
        return None
    if kind == "text_link" and (user := mentioned_user(str(shape.get("url", "")))) is not None:
        return Entity("text_mention", offset, offset + length, str(user))
    if kind in _ARGUMENTS:
        form = str(shape.get("date_time_format", ""))
        return Entity(kind, offset, offset + length, _ARGUMENTS[kind](shape), form)
    if kind in (*SPLITTABLE, *QUOTES, "code"):
        return Entity(kind, offset, offset + length)
    raise unparsable(f'Unsupported MessageEntity type "{kind}"')


def _url(shape: Shape) -> str:
    address = str(shape.get("url", ""))
    url = normalised(address)
    if url is None:
        raise bad(f"entity URL '{address}' is invalid: Wrong HTTP URL")
    return url


def _user(shape: Shape) -> str:
    user = shape.get("user")
    number = user.get("id") if isinstance(user, Mapping) else None
    if type(number) is not int:
        raise unparsable("Can't parse MessageEntity: user must have an id")
    return str(number)


def _emoji(shape: Shape) -> str:
    number = str(shape.get("custom_emoji_id", ""))
    if not number.isascii() or not number.isdigit():
        raise bad("invalid custom emoji identifier specified")
    return number


_ARGUMENTS: dict[str, Callable[[Shape], str]] = {
    "text_link": _url,
    "text_mention": _user,
    "pre": lambda shape: str(shape.get("language", "")),
    "custom_emoji": _emoji,
    "date_time": lambda shape: str(shape.get("unix_time", "")),
}
