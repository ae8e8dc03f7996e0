"""From a request to its answer: the token, faults on demand, limits, the schema, the method."""

import asyncio
import inspect
import json
import re
import time
from dataclasses import dataclass

from bot.playground.telegram.faults import BAD_GATEWAY, Cut
from bot.playground.telegram.journal import Call
from bot.playground.telegram.methods import METHODS, PACED, proper
from bot.playground.telegram.model import Shape
from bot.playground.telegram.parameters import Parameters
from bot.playground.telegram.refusals import NOT_FOUND, UNAUTHORIZED, Refused, bad
from bot.playground.telegram.world import World

_TOKEN = re.compile(r"^\d+:[A-Za-z0-9_-]+$")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer on its way out. `cut`: the socket is closed instead of sending it, or in its middle."""

    status: int
    body: bytes
    cut: Cut | None = None
    content_type: str = "application/json"


def check_token(world: World, token: str) -> None:
    """Raise Refused for any token but the bot's: 404 when it cannot be one, else 401."""
    if token != world.token:
        raise Refused(*(UNAUTHORIZED if _TOKEN.match(token) else NOT_FOUND))


async def serve(world: World, name: str, given: Parameters) -> Reply:
    """Answer one request with the right token. Every request lands in the journal, `world.calls`."""
    method = proper(name)
    if method is None:
        return _told(Refused(*NOT_FOUND))
    call = Call(method, given.shape(), time.monotonic())
    world.calls.append(call)
    fault, refusal = world.faults.meet(call)
    if fault is not None and fault.cut is Cut.BEFORE:
        return Reply(0, b"", Cut.BEFORE)
    if fault is not None and fault.hang and fault.hang_first:
        await asyncio.sleep(fault.hang)
    if refusal is not None and refusal.code == 502:
        answer: Shape = refusal.as_api()
        reply = Reply(502, BAD_GATEWAY.encode(), content_type="text/html")
    else:
        answer, reply = await _answered(world, call, given, refusal)
    if fault is not None and fault.hang and not fault.hang_first:
        await asyncio.sleep(fault.hang)
    call.took = time.monotonic() - call.at
    if fault is not None and fault.cut is not None:
        return Reply(reply.status, reply.body, fault.cut)
    call.answer = answer
    return reply


async def _answered(
    world: World, call: Call, given: Parameters, refusal: Refused | None
) -> tuple[Shape, Reply]:
    try:
        if refusal is not None:
            raise refusal
        _check(world, call, given)
        result = METHODS[call.method](world, given)
        if inspect.isawaitable(result):
            result = await result
    except Refused as refused:
        return refused.as_api(), _told(refused)
    call.applied = True
    answer: Shape = {"ok": True, "result": result}
    return answer, Reply(200, json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def _check(world: World, call: Call, given: Parameters) -> None:
    if world.schema is not None:
        problems = world.schema.problems(call.method, given.values)
        if problems:
            world.violations.extend(problems)
            raise bad("; ".join(problems))
    if call.method in PACED and call.chat_id is not None:
        chat = world.chats.get(call.chat_id)
        if chat is not None and (refused := world.gauge.take(chat, call.at)):
            raise refused


def _told(refused: Refused) -> Reply:
    return Reply(refused.code, json.dumps(refused.as_api(), ensure_ascii=False).encode())
