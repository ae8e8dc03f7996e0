"""Telegram's side, at speed: takes every message, counts by the clock, says 429 above a limit. A process of its own.

HTTP/1.1 by hand: a server of a library takes more of the two cores than the bot that is measured. It reads of a request
what it needs: the method, `chat_id`, and the offset of getUpdates. Times are CLOCK_MONOTONIC, which all processes share.
"""

import asyncio
import json
import re
import socket
import sys
import time
from array import array
from collections import deque
from typing import Any
from urllib.parse import parse_qs, urlsplit

LENGTH = re.compile(rb"(?i)content-length: *(\d+)")
CHAT = re.compile(rb'chat_id"?[=:] ?"?(-?\d+)')
OFFSET = re.compile(rb'offset"?[=:] ?"?(\d+)')
MESSAGES = frozenset({b"sendMessage", b"editMessageText"})
TRUE = b'{"ok":true,"result":true}'
BOT = {"id": 1, "is_bot": True, "first_name": "Sosik", "username": "sosik_bot", "can_join_groups": True}


class Telegram:
    """What it has taken, and what it is told to do."""

    def __init__(self) -> None:
        self.begin({})

    def begin(self, asked: dict[str, list[str]]) -> None:
        """Count anew. `limit`: messages in any second, else 429; `delay`: seconds until an answer leaves."""
        self.limit = float(asked.get("limit", ["inf"])[0])
        self.delay = float(asked.get("delay", ["0"])[0])
        self.stamps = array("d")
        self.chats = array("q")
        self.lately: deque[float] = deque()
        self.refused = 0
        self.said: dict[int, float] = {}  # by chat: when its reader said what has no answer yet
        self.answered = array("d")  # seconds from what a reader said to the answer
        self.updates: list[dict[str, Any]] = []
        self.told = 0
        self.asking: list[tuple[Connection, int]] = []

    def message(self, body: bytes, now: float) -> bytes:
        found = CHAT.search(body)
        chat = int(found[1]) if found else 0
        if self.limit != float("inf"):
            while self.lately and self.lately[0] <= now - 1:
                self.lately.popleft()
            if len(self.lately) >= self.limit:
                self.refused += 1
                return b'{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 1","parameters":{"retry_after":1}}'
            self.lately.append(now)
        self.stamps.append(now)
        self.chats.append(chat)
        if (since := self.said.pop(chat, None)) is not None:
            self.answered.append(now - since)
        number = len(self.stamps)
        return (
            b'{"ok":true,"result":{"message_id":%d,"date":1796000000,"chat":{"id":%d,"type":"private","first_name":"R"},"text":"-"}}'
            % (number, chat)
        )

    def say(self, chat: int, text: str) -> None:
        """Let a reader write to the bot."""
        self.told += 1
        who = {"id": chat, "is_bot": False, "first_name": "R", "language_code": "en"}
        message: dict[str, Any] = {
            "message_id": self.told,
            "date": 1796000000,
            "chat": {"id": chat, "type": "private", "first_name": "R"},
            "from": who,
            "text": text,
        }
        if text.startswith("/"):
            message["entities"] = [
                {"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}
            ]
        self.updates.append({"update_id": self.told, "message": message})
        self.said[chat] = time.monotonic()
        asking, self.asking = self.asking, []
        for connection, offset in asking:
            connection.updates(offset)

    def counts(self) -> dict[str, Any]:
        return {
            "messages": len(self.stamps),
            "refused": self.refused,
            "first": self.stamps[0] if self.stamps else None,
            "last": self.stamps[-1] if self.stamps else None,
            "answered": list(self.answered),
            "unanswered": len(self.said),
        }


class Connection(asyncio.Protocol):
    """One client; requests one after the other, as HTTP/1.1 without pipelining has them."""

    def __init__(self, telegram: Telegram) -> None:
        self.telegram = telegram
        self.read = b""
        self.transport: Any = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def connection_lost(self, _error: Exception | None) -> None:
        self.telegram.asking = [one for one in self.telegram.asking if one[0] is not self]

    def data_received(self, data: bytes) -> None:
        self.read += data
        while (end := self.read.find(b"\r\n\r\n")) >= 0:
            head = self.read[:end]
            found = LENGTH.search(head)
            whole = end + 4 + (int(found[1]) if found else 0)
            if len(self.read) < whole:
                return
            body, self.read = self.read[end + 4 : whole], self.read[whole:]
            path = head.split(b" ", 2)[1]
            self.request(path, body)

    def request(self, path: bytes, body: bytes) -> None:
        telegram = self.telegram
        method = path.rpartition(b"/")[2]
        if method in MESSAGES:
            answer = telegram.message(body, time.monotonic())
            if telegram.delay:
                asyncio.get_running_loop().call_later(telegram.delay, self.answer, answer)
            else:
                self.answer(answer)
        elif path.startswith(b"/control/"):
            self.control(path.decode())
        elif method == b"getUpdates":
            found = OFFSET.search(body)
            self.updates(int(found[1]) if found else 0)
        elif method == b"getMe":
            self.answer(json.dumps({"ok": True, "result": BOT}).encode())
        else:
            self.answer(TRUE)

    def updates(self, offset: int) -> None:
        there = [one for one in self.telegram.updates if one["update_id"] >= offset]
        if there:
            self.telegram.updates = there
            self.answer(json.dumps({"ok": True, "result": there}).encode())
        else:
            self.telegram.asking.append((self, offset))

    def control(self, path: str) -> None:
        asked = urlsplit(path)
        query = parse_qs(asked.query)
        match asked.path.rpartition("/")[2]:
            case "begin":
                self.telegram.begin(query)
                self.answer(TRUE)
            case "say":
                self.telegram.say(int(query["chat"][0]), query["text"][0])
                self.answer(TRUE)
            case "counts":
                self.answer(json.dumps(self.telegram.counts()).encode())
            case "stamps":
                self.answer(self.telegram.stamps.tobytes())
            case "chats":
                self.answer(self.telegram.chats.tobytes())

    def answer(self, body: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(
                b"HTTP/1.1 %d OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b"
                % (429 if body.startswith(b'{"ok":false') else 200, len(body), body)
            )


async def serve() -> None:
    """Listen on a free port, tell it on standard output, and end when standard input does."""
    telegram = Telegram()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Connection(telegram), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    server.close()


if __name__ == "__main__":
    asyncio.run(serve())
