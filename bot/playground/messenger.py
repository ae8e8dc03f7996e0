"""The playground's messenger: a page in the browser, what it is told and what it may ask for.

`GET /` and `/static/…` are the page. `GET /api/state` is everything it shows; `GET /api/events` begins with the same and
goes on with each change (Server-Sent Events), so that a page that lost its connection misses nothing. The rest are
questions in JSON, answered in JSON, errors as `{"error": sentence}`:

    POST /api/say      {chat, person, text}
    POST /api/press    {chat, person, message, data}          -> {query}; the bot's answer comes as an event
    POST /api/block    {chat, person, blocked}
    POST /api/publish  {sample}                               -> {samples}
    POST /api/jump     {leap: morning | hour | ten-minutes, chat?} -> {now}

Only the page itself may ask: a question that another site sends is refused.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.playground.messenger_questions import LONGEST_TEXT, Question, QuestionError, landing, read_question
from bot.playground.messenger_shapes import Shape, moment, speakers
from bot.playground.messenger_view import View
from bot.playground.newsroom import Newsroom, NewsroomError
from bot.playground.telegram import Chat, Person, Telegram

STATIC = Path(__file__).parent / "static"
# Nothing from elsewhere, nothing written into the page, in no frame (CSP level 3).
POLICY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-cache",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


async def _unknown(_chat: Chat) -> datetime | None:
    return None


def messenger(
    *,
    telegram: Telegram,
    newsroom: Newsroom,
    chats: Sequence[Chat],
    now: Callable[[], datetime],
    jump: Callable[[datetime], Awaitable[None]],
    due: Callable[[Chat], Awaitable[datetime | None]] = _unknown,
) -> list[Route | Mount]:
    """The routes of the messenger. `chats` are those shown, in this order; `jump` moves the clock to an instant.

    `due` tells when a chat's next digest comes, if anybody knows: "next morning" then means that one.
    """
    desk = Desk(telegram, newsroom, chats, now=now, jump=jump, due=due)
    return [
        Route("/", _page),
        Mount("/static", _Static(directory=STATIC)),
        Route("/api/state", desk.state),
        Route("/api/events", desk.events),
        *(
            Route(f"/api/{name}", _answering(ask), methods=["POST"])
            for name, ask in (
                ("say", desk.say),
                ("press", desk.press),
                ("block", desk.block),
                ("publish", desk.publish),
                ("jump", desk.jump),
            )
        ),
    ]


class Desk:
    """Between the page and the emulation: what is shown, and what is asked."""

    def __init__(
        self,
        telegram: Telegram,
        newsroom: Newsroom,
        chats: Sequence[Chat],
        *,
        now: Callable[[], datetime],
        jump: Callable[[datetime], Awaitable[None]],
        due: Callable[[Chat], Awaitable[datetime | None]],
    ) -> None:
        """See `messenger`."""
        self._telegram = telegram
        self._newsroom = newsroom
        self._view = View(telegram, newsroom, chats, now)
        self._now = now
        self._jump = jump
        self._due = due

    # ── shown ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def state(self, _request: Request) -> Response:
        """Everything the page shows."""
        return _json(self._view.state())

    async def events(self, _request: Request) -> Response:
        """The state, then each change."""
        return StreamingResponse(self._lines(), headers=HEADERS, media_type="text/event-stream")

    async def _lines(self) -> AsyncIterator[str]:
        """Events as the stream writes them; JSON has no line breaks of its own, so one data line holds each."""
        async for name, shape in self._view.stream():
            yield f"event: {name}\ndata: {json.dumps(shape)}\n\n"

    # ── asked ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def say(self, question: Question) -> Shape:
        """A person writes."""
        text = question.text("text", LONGEST_TEXT)
        chat, person = self._speaker(question)
        with _refusing():
            self._telegram.say(chat, person, text)
        return {}

    async def press(self, question: Question) -> Shape:
        """A person presses a button; what the bot answers comes as an event that names the query."""
        chat, person = self._speaker(question)
        data = question.text("data")
        message = chat.messages.get(question.number("message"))
        if message is None or message.deleted:
            raise QuestionError(HTTPStatus.NOT_FOUND, "That message is not there any more.")
        offered = [each.value for row in message.rows for each in row if each.action == "callback_data"]
        if data not in offered:
            raise QuestionError(HTTPStatus.CONFLICT, "That button is not there any more.")
        with _refusing():
            return {"query": self._telegram.tap(chat, person, message.id, data)}

    async def block(self, question: Question) -> Shape:
        """A person blocks the bot in their private chat, or lets it in again."""
        blocked = question.truth("blocked")
        chat = self._asked_chat(question)
        person = self._member(chat, question)
        if chat.person is None:
            raise QuestionError(HTTPStatus.CONFLICT, "Only in a private chat can the bot be blocked.")
        if blocked:
            self._telegram.block(person)
        else:
            self._telegram.unblock(person)
        return {}

    async def publish(self, question: Question) -> Shape:
        """Print a sample story in its feed."""
        wanted = question.text("sample")
        try:
            self._newsroom.publish(wanted)
        except NewsroomError:
            known = any(sample.id == wanted for sample in self._view.samples)
            sentence = "That story is out already." if known else "There is no such story."
            raise QuestionError(HTTPStatus.CONFLICT if known else HTTPStatus.NOT_FOUND, sentence) from None
        return {"samples": self._view.panel()}

    async def jump(self, question: Question) -> Shape:
        """Move the clock."""
        try:
            leap = question.text("leap")
            due = await self._due(self._asked_chat(question)) if question.has("chat") else None
            await self._jump(landing(self._now(), leap, due))
        except OverflowError:
            raise QuestionError(HTTPStatus.CONFLICT, "The calendar ends here.") from None
        return {"now": moment(self._now())}

    def _speaker(self, question: Question) -> tuple[Chat, Person]:
        chat = self._asked_chat(question)
        person = self._member(chat, question)
        if chat.person is not None and chat.blocked:
            raise QuestionError(HTTPStatus.CONFLICT, f"{person.first_name} has blocked the bot.")
        return chat, person

    def _asked_chat(self, question: Question) -> Chat:
        try:
            return self._view.chat(question.number("chat"))
        except KeyError:
            raise QuestionError(HTTPStatus.NOT_FOUND, "There is no such chat.") from None

    def _member(self, chat: Chat, question: Question) -> Person:
        wanted = question.number("person")
        found = next((person for person in speakers(chat) if person.id == wanted), None)
        if found is None:
            raise QuestionError(HTTPStatus.FORBIDDEN, "Nobody of that number is in the chat.")
        return found


class _Static(StaticFiles):
    """The page's files, with the page's headers."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        response.headers.update(HEADERS)
        return response


async def _page(_request: Request) -> Response:
    return FileResponse(STATIC / "index.html", headers=HEADERS)


def _answering(ask: Callable[[Question], Awaitable[Shape]]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return _json(await ask(await read_question(request)))
        except QuestionError as refused:
            return _json({"error": refused.sentence}, refused.status)

    return endpoint


def _json(shape: Shape, status: int = HTTPStatus.OK) -> Response:
    """In ASCII, so that half a character somewhere in a text breaks nothing."""
    return Response(json.dumps(shape), status, HEADERS, "application/json")


@contextmanager
def _refusing() -> Iterator[None]:
    """What Telegram's own apps would not do is told as a sentence."""
    try:
        yield
    except (LookupError, ValueError) as trouble:
        sentence = str(trouble)
        raise QuestionError(HTTPStatus.CONFLICT, f"{sentence[:1].upper()}{sentence[1:]}.") from trouble
