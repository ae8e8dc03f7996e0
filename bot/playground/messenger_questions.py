"""What the messenger's page may ask, read strictly: any other input is refused with a sentence."""

import json
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from http import HTTPStatus
from typing import TypeVar
from zoneinfo import ZoneInfo

from starlette.requests import Request

LARGEST = 64 * 1024  # bytes of a question
LONGEST_TEXT = 4096  # UTF-16 units of a message, as in Telegram
MORNING = time(8, 0)
BEFORE = timedelta(seconds=4)  # how long before the hour one lands, so that one sees it strike
ZONE = ZoneInfo("Asia/Seoul")  # the page's wall clock
Plain = TypeVar("Plain", str, int, bool)
_CALLED: dict[type, str] = {str: "a text", int: "a whole number", bool: "true or false"}
LEAPS = {"hour": timedelta(hours=1), "ten-minutes": timedelta(minutes=10)}


@dataclass
class QuestionError(Exception):
    """A question that is not answered: an HTTP status and a sentence for the person."""

    status: int
    sentence: str

    def __str__(self) -> str:
        """Return the sentence."""
        return self.sentence


def landing(now: datetime, leap: str, due: datetime | None = None) -> datetime:
    """Where a leap of the clock ends. "morning" is a few seconds before `due`, else before the next 08:00 in Seoul."""
    if leap in LEAPS:
        return now + LEAPS[leap]
    if leap != "morning":
        raise _wrong(f'The field "leap" is morning, {", ".join(LEAPS)}; not "{leap[:40]}".')
    if due is not None and due > now:
        return max(now, due - BEFORE)
    local = now.astimezone(ZONE)
    landed = datetime.combine(local.date(), MORNING, ZONE) - BEFORE
    if landed <= local:
        landed = datetime.combine(local.date() + timedelta(days=1), MORNING, ZONE) - BEFORE
    return landed.astimezone(now.tzinfo)


class Question:
    """The object one POST carries; each field is asked for by name and type."""

    def __init__(self, fields: dict[str, object]) -> None:
        self._fields = fields

    def has(self, name: str) -> bool:
        """Whether the field is there at all."""
        return name in self._fields

    def text(self, name: str, longest: int = 200) -> str:
        """A string that is not blank, of at most so many UTF-16 units."""
        value = self._field(name, str)
        try:
            size = len(value.encode("utf-16-le")) // 2
        except UnicodeEncodeError:
            raise _wrong(f'The field "{name}" holds half a character.') from None
        if not value.strip():
            raise _wrong(f'The field "{name}" is empty.')
        if size > longest:
            raise _wrong(f'The field "{name}" is too long: {size} of at most {longest} characters.')
        return value

    def number(self, name: str) -> int:
        """A whole number."""
        return self._field(name, int)

    def truth(self, name: str) -> bool:
        """True or false, nothing else."""
        return self._field(name, bool)

    def _field(self, name: str, kind: type[Plain]) -> Plain:
        value = self._fields.get(name)
        if type(value) is not kind:  # not isinstance: true is no number here
            raise _wrong(f'The field "{name}" must be {_CALLED[kind]}.')
        return value


async def read_question(request: Request) -> Question:
    """The question of a request that the page itself sent. Raises QuestionError."""
    refuse_strangers(request)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise QuestionError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Questions are asked in JSON.")
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            raise QuestionError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "That is more than a message can hold.")
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError):
        raise _wrong("That is no JSON.") from None
    if not isinstance(fields, dict):
        raise _wrong("A question is a JSON object.")
    return Question(fields)


def refuse_strangers(request: Request) -> None:
    """Raise QuestionError for a request that another site made the browser send.

    Browsers say where a request comes from (Fetch Metadata: Sec-Fetch-Site; else Origin, RFC 6454); a program that
    says nothing is nobody's browser.
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    stranger = site not in (None, "same-origin", "none")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host", ""):
        stranger = True
    if stranger:
        raise QuestionError(HTTPStatus.FORBIDDEN, "Only the playground's own page may ask this.")


def _wrong(sentence: str) -> QuestionError:
    return QuestionError(HTTPStatus.BAD_REQUEST, sentence)
