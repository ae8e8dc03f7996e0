"""A hub on this machine, as the Recommendation wants it, and as a test tells it to be."""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, field
from secrets import token_urlsafe
from typing import Self

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer


@dataclass
class Verified:
    """How a verification went."""

    mode: str
    status: int
    echoed: bool


@dataclass
class Hub:
    """Takes subscriptions, verifies them, and distributes what is published."""

    lease: int | str | None = None  # None: as the subscriber asks
    status: int = 202
    moved_to: str = ""  # another hub, by 307
    topic: str = ""  # verifies this one instead of what it was asked for
    mode: str = ""  # the same
    denies: bool = False
    verifies: bool = True
    eager: bool = False  # verifies before it answers
    forms: list[dict[str, str]] = field(default_factory=list)
    verified: list[Verified] = field(default_factory=list)
    subscriptions: dict[tuple[str, str], str] = field(default_factory=dict)  # topic and callback: secret
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        app = web.Application()
        app.router.add_post("/hub", self._asked)
        self._server = TestServer(app, host="127.0.0.1")
        await self._server.start_server()
        self._session = aiohttp.ClientSession()

    async def stop(self) -> None:
        await self.settled()
        await self._session.close()
        await self._server.close()

    @property
    def url(self) -> str:
        return str(self._server.make_url("/hub"))

    async def settled(self) -> None:
        """Wait until it has verified whatever it is asked."""
        while self._tasks:
            await self._tasks.pop()

    async def _asked(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.forms.append(form)
        if self.moved_to:
            return web.Response(status=307, headers={"Location": self.moved_to})
        if self.status != 202:
            return web.Response(status=self.status, text="no")
        if self.verifies:
            if self.eager:
                await self._verify(form)
            else:
                self._tasks.append(asyncio.create_task(self._verify(form)))
        return web.Response(status=202)

    async def _verify(self, form: dict[str, str]) -> None:
        mode, topic = self.mode or form["hub.mode"], self.topic or form["hub.topic"]
        callback = form["hub.callback"]
        if self.denies:
            await self.ask(callback, {"hub.mode": "denied", "hub.topic": topic, "hub.reason": "not for you"})
            return
        challenge = token_urlsafe(24)
        lease = form.get("hub.lease_seconds", "864000") if self.lease is None else self.lease
        query = {"hub.mode": mode, "hub.topic": topic, "hub.challenge": challenge}
        status, text = await self.ask(callback, query | {"hub.lease_seconds": str(lease)})
        self.verified.append(Verified(mode, status, text == challenge))
        if status // 100 == 2 and text == challenge:
            if mode == "unsubscribe":
                self.subscriptions.pop((topic, callback), None)
            else:
                self.subscriptions[topic, callback] = form.get("hub.secret", "")

    async def ask(self, callback: str, query: dict[str, str]) -> tuple[int, str]:
        async with self._session.get(callback, params=query) as response:
            return response.status, await response.text()

    async def distribute(
        self,
        topic: str,
        body: bytes,
        *,
        method: str = "sha256",
        secret: str | None = None,
        signature: str | None = None,
        content_type: str = "application/rss+xml; charset=utf-8",
        headers: dict[str, str] | None = None,
    ) -> list[int]:
        """Tell every subscriber of a topic; gives how they answered."""
        answers = []
        for (one, callback), theirs in list(self.subscriptions.items()):
            if one == topic:
                key = theirs if secret is None else secret
                made = f"{method}={hmac.new(key.encode(), body, getattr(hashlib, method)).hexdigest()}"
                said = {"X-Hub-Signature": made if signature is None else signature}
                answers.append(
                    await self.post(callback, body, {"Content-Type": content_type} | said | (headers or {}))
                )
        return answers

    async def post(self, callback: str, body: bytes, headers: dict[str, str]) -> int:
        sent = {name: value for name, value in headers.items() if value}
        async with self._session.post(callback, data=body, headers=sent) as response:
            return response.status
