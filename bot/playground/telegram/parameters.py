"""The parameters of a request, however they were sent."""

import json
from collections.abc import Mapping
from email.message import Message as Headers
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any
from urllib.parse import parse_qsl

from bot.playground.telegram.refusals import Refused, bad
from bot.playground.telegram.schema import decoded


class Parameters:
    """Typed access by name. JSON bodies carry real types, forms carry text; both are understood."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}

    def __contains__(self, name: str) -> bool:
        return name in self.values

    def text(self, name: str) -> str | None:
        """A string, or None when it was not given."""
        value = self.values.get(name)
        if value is None or isinstance(value, str):
            return value
        raise bad(f'parameter "{name}" must be of type String')

    def integer(self, name: str) -> int | None:
        """A whole number, or None when it was not given."""
        value = self.values.get(name)
        return None if value is None else whole(value, name)

    def flag(self, name: str) -> bool:
        """A truth; False when it was not given."""
        value = self.values.get(name)
        if isinstance(value, str):
            return value.strip().lower() in ("true", "yes", "1", "t", "y", "on")
        return bool(value)

    def structure(self, name: str, called: str = "") -> Any:
        """An object or a list, or None when it was not given; `called` as the error's sentence names it."""
        value = self.values.get(name)
        if isinstance(value, str):
            if not value:
                return None
            try:
                return json.loads(value)
            except ValueError:
                raise bad(f"can't parse {called or name.replace('_', ' ')} JSON object") from None
        return value

    def chat_id(self) -> int | str | None:
        """The chat, as a number or a name."""
        value = self.values.get("chat_id")
        if value is None or isinstance(value, int | str):
            return value
        raise bad('parameter "chat_id" must be of type Integer or String')

    def shape(self) -> dict[str, Any]:
        """All of them, with lists and objects decoded: what the journal keeps."""
        return {name: decoded(value) for name, value in self.values.items()}


def whole(value: object, name: str) -> int:
    """A value as a whole number. Raises Refused."""
    if type(value) is int:
        return value
    try:
        return int(str(value))
    except ValueError:
        raise bad(f'parameter "{name}" must be of type Integer') from None


def read(content_type: str, query: bytes, body: bytes) -> Parameters:
    """Parameters of the query string and of a JSON, urlencoded or multipart body."""
    values: dict[str, object] = dict(parse_qsl(query.decode(), keep_blank_values=True)) if query else {}
    if body:
        try:
            values |= _body(content_type, body)
        except UnicodeDecodeError:
            raise bad("strings must be encoded in UTF-8") from None
    return Parameters(values)


def _body(content_type: str, body: bytes) -> Mapping[str, object]:
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            read = json.loads(body)
        except ValueError:
            raise bad("can't parse JSON object") from None
        if not isinstance(read, dict):
            raise bad("object expected as parameters")
        return read
    if kind == "multipart/form-data":
        return _multipart(content_type, body)
    if kind in ("application/x-www-form-urlencoded", ""):
        return dict(parse_qsl(body.decode(), keep_blank_values=True))
    raise Refused(415, "Unsupported Media Type")


def _multipart(content_type: str, body: bytes) -> dict[str, object]:
    parsed: Headers = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body
    )
    values: dict[str, object] = {}
    for part in parsed.get_payload():
        if not isinstance(part, Headers):
            continue
        name = part.get_param("name", header="content-disposition")
        content = part.get_payload(decode=True)
        if isinstance(name, str) and isinstance(content, bytes):
            values[name] = content if part.get_filename() else content.decode()
    return values
