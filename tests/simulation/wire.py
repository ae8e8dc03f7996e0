"""The wire of one run of the bot: the emulated Telegram at its other end, and what may happen on the way."""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.playground.telegram import Telegram
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.service import serve
from tests.simulation.life import Life
from tests.simulation.marks import Mark, mark_of
from tests.simulation.weather import CALM, Trouble, Weather

POLL = 25.0  # seconds that getUpdates waits
PATIENCE = 20.0  # seconds that the bot waits for an answer
PACED = frozenset({"sendMessage", "editMessageText"})
BAD_GATEWAY = b"<html><head><title>502 Bad Gateway</title></head></html>"


@dataclass
class Asked:
    """One message, or edit, that was asked for."""

    run: int
    method: str
    chat: int
    text: str
    mark: Mark | None  # which debt it pays; None: a reply
    at: datetime
    trouble: Trouble
    taken: bool = False
    taken_at: datetime | None = None
    status: int = 0  # of the answer; 0: none
    answer: str = ""
    heard: bool = False
    heard_at: float = 0.0  # by the loop's time, without what it slept


@dataclass
class Airwaves:
    """What lasts longer than a run: the journal, and the weather."""

    telegram: Telegram
    weather: Weather = CALM
    asked: list[Asked] = field(default_factory=list)
    flooded_until: float = 0.0  # by the loop's time
    poisoned: frozenset[str] = frozenset()  # texts that are never taken

    def clear_up(self) -> None:
        self.weather = CALM
        self.flooded_until = 0.0


class SimulatedWire(BaseRequest):
    """python-telegram-bot's requests, without a network. Raises what `bot.sending.wire.Wire` raises."""

    def __init__(self, life: Life, airwaves: Airwaves) -> None:
        self._life = life
        self._air = airwaves

    @property
    def read_timeout(self) -> float:
        return PATIENCE

    async def initialize(self) -> None:
        pass

    async def shutdown(self) -> None:
        pass

    async def do_request(
        self, url: str, method: str, request_data: RequestData | None = None, **_: Any
    ) -> tuple[int, bytes]:
        del method
        name = url.rpartition("/")[2]
        given: dict[str, Any] = dict(request_data.json_parameters) if request_data else {}
        if name == "getUpdates":
            return await self._updates(given)
        if name not in PACED:
            await self._life.passes()
            return await self._serve(name, given)
        return await self._message(name, given)

    async def _updates(self, given: dict[str, Any]) -> tuple[int, bytes]:
        """A long poll, which leaves nobody waiting in the emulation when the bot is killed."""
        if self._air.weather.odds and self._life.chance.random() < 0.05:
            await self._life.passes()
            raise NetworkError("ServerDisconnectedError") from aiohttp.ServerDisconnectedError()
        updates = self._air.telegram.world.updates
        offset = int(given.get("offset") or 0)
        if not any(one["update_id"] >= offset for one in updates.waiting()):
            self._life.news.clear()
            try:
                async with asyncio.timeout(POLL):
                    await self._life.news.wait()
            except TimeoutError:
                pass
        status, body = await self._serve("getUpdates", given | {"timeout": 0})
        await self._life.passes()
        return status, body

    async def _message(self, name: str, given: dict[str, Any]) -> tuple[int, bytes]:
        life, air = self._life, self._air
        text = str(given.get("text", ""))
        asked = Asked(
            life.number,
            name,
            int(given["chat_id"]),
            text,
            mark_of(text),
            life.now(),
            self._trouble(text, markup="parse_mode" in given),
        )
        air.asked.append(asked)
        life.tell("asks", name, asked.chat, asked.mark or text[:60], asked.trouble)
        life.asking()
        await life.passes()
        status, body = await self._taken(asked, name, given)
        life.asked()
        await self._silence(asked)
        await life.passes()
        if asked.trouble is Trouble.SLOW:
            await asyncio.sleep(life.chance.uniform(1, 15))
        asked.status, asked.answer, asked.heard, asked.heard_at = status, body.decode(), True, life.awake()
        life.tell("hears", asked.chat, asked.mark or "", status, "" if status == 200 else body[:120])
        return status, body

    def _trouble(self, text: str, *, markup: bool) -> Trouble:
        if any(title in text for title in self._air.poisoned):
            return Trouble.FORBIDDEN
        trouble = self._air.weather.next(self._life.chance)
        return Trouble.NONE if trouble is Trouble.MARKUP and not markup else trouble

    async def _taken(self, asked: Asked, name: str, given: dict[str, Any]) -> tuple[int, bytes]:  # noqa: PLR0911 - a table: one line a trouble
        """Telegram takes it, or refuses it."""
        life, air = self._life, self._air
        left = air.flooded_until - life.time()
        if left > 0 and asked.trouble is not Trouble.REFUSED:
            return _flood(int(left) + 1)
        match asked.trouble:
            case Trouble.REFUSED:
                key: Any = None
                raise NetworkError("ClientConnectorError") from aiohttp.ClientConnectorError(
                    key, OSError("refused")
                )
            case Trouble.ERROR:
                return 502, BAD_GATEWAY
            case Trouble.FLOOD:
                return _flood(life.chance.randint(1, 20))
            case Trouble.FLOOD_ALL:
                seconds = life.chance.randint(1, 20)
                air.flooded_until = life.time() + seconds
                return _flood(seconds)
            case Trouble.MARKUP:
                return _bad("Bad Request: can't parse entities: refused by the weather")
            case Trouble.FORBIDDEN:
                return _bad("Bad Request: message is poisoned")
            case Trouble.LOST:
                return 0, b""
        status, body = await self._serve(name, given)
        asked.taken, asked.taken_at = status == 200, life.now()
        life.tell("takes" if asked.taken else "refuses", asked.chat, asked.mark or "", status)
        return status, body

    async def _silence(self, asked: Asked) -> None:
        match asked.trouble:
            case Trouble.LOST | Trouble.UNANSWERED:
                await asyncio.sleep(PATIENCE)
                raise TimedOut from aiohttp.SocketTimeoutError("no answer")
            case Trouble.CUT:
                await self._life.passes()
                raise NetworkError("ServerDisconnectedError") from aiohttp.ServerDisconnectedError()

    async def _serve(self, name: str, given: dict[str, Any]) -> tuple[int, bytes]:
        self._life.must_live()
        reply = await serve(self._air.telegram.world, name, Parameters(given))
        return reply.status, reply.body


def _flood(seconds: int) -> tuple[int, bytes]:
    body = {
        "ok": False,
        "error_code": 429,
        "description": f"Too Many Requests: retry after {seconds}",
        "parameters": {"retry_after": seconds},
    }
    return 429, json.dumps(body).encode()


def _bad(description: str) -> tuple[int, bytes]:
    return 400, json.dumps({"ok": False, "error_code": 400, "description": description}).encode()
