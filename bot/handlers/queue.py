"""The inbox's workers: one chat, one update at a time; chats side by side, so that a slow one delays no other."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

import structlog

from digests.store import inbox
from digests.store.engine import Store
from digests.store.inbox import Received

log = structlog.get_logger()

AT_ONCE = 64  # chats that are answered side by side
AHEAD = 512  # updates in memory; the rest waits on disk


class Queue:
    """Takes updates out of the inbox and hands each to `handle`, which must not raise."""

    def __init__(
        self, store: Store, handle: Callable[[dict[str, Any]], Awaitable[None]], *, wake: Callable[[], None]
    ) -> None:
        self._store = store
        self._handle = handle
        self._wake = wake
        self._chats: dict[int, deque[Received]] = {}
        self._joined: dict[
            int, int
        ] = {}  # supergroups that wait for what was said before they moved: old ids
        self._in_hand: set[int] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._places = asyncio.Semaphore(AT_ONCE)

    async def step(self) -> bool:
        """Take in what waits, as far as there is room."""
        room = AHEAD - len(self._in_hand)
        if room <= 0:
            return False
        async with self._store.reading() as tx:
            waiting = await inbox.waiting(tx, beside=self._in_hand, limit=room)
        for one in waiting:
            self._in_hand.add(one.update_id)
            place = self._joined.get(one.telegram_id, one.telegram_id)
            if (new := _moves_to(one)) is not None:
                self._joined[new] = place  # until all is handled that is said there
            if (queue := self._chats.get(place)) is not None:
                queue.append(one)
                continue
            self._chats[place] = deque([one])
            task = asyncio.create_task(self._work(place), name=f"chat {place}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return False

    async def stop(self, seconds: float) -> None:
        """Let handlers in hand finish, within `seconds`; what is not handled stays in the inbox."""
        for queue in self._chats.values():
            queue.clear()
        if self._tasks:
            await asyncio.wait(list(self._tasks), timeout=seconds)
        for task in list(self._tasks):
            task.cancel()

    async def _work(self, chat: int) -> None:
        queue = self._chats[chat]
        try:
            while queue:
                one = queue.popleft()
                try:
                    async with self._places:
                        await self._handle(one.body)
                    # A handler that wrote took the update out itself, in its own transaction.
                    async with self._store.writing() as tx:
                        await inbox.done(tx, one.update_id)
                finally:
                    self._in_hand.discard(one.update_id)
        finally:
            for one in queue:
                self._in_hand.discard(one.update_id)
            del self._chats[chat]
            self._joined = {new: old for new, old in self._joined.items() if old != chat}
            self._wake()


def _moves_to(update: Received) -> int | None:
    """Give the new id of a group that says that it becomes a supergroup. What an update holds is not ours to trust."""
    message = update.body.get("message")
    new = message.get("migrate_to_chat_id") if isinstance(message, dict) else None
    return new if isinstance(new, int) else None
