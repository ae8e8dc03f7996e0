"""send: unfold broadcasts, claim deliveries, format, pace, Telegram, outcome. The only step that knows Telegram."""

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.sending.delivering import LEASE, Bot, Courier, deadline
from bot.sending.rendering import Renderer
from bot.sending.settling import Settler
from bot.sending.unfolding import next_block
from digests.errors import StoreError
from digests.model import Delivery, DeliveryId, Priority, Sends, State
from digests.settings import Settings
from digests.store import editions, leaving, outbox
from digests.store.engine import Store

log = structlog.get_logger()

SLOTS = 32  # requests under way at once: also the most that a kill can repeat
BLOCK_SECONDS = 2.0  # of pace that one block is worth, so that a newer alert never waits behind more
LARGEST_BLOCK = 5_000
SMALLEST_BLOCK = SLOTS
LOOK_EVERY = 0.05  # seconds: while there is enough in hand, the outbox is not asked at every slot that frees


@dataclass(order=True, slots=True)
class _Ready:
    """A claimed delivery that waits for a slot."""

    priority: int
    number: int
    delivery: Delivery
    until: float  # monotonic: past it another run may have taken it over

    @property
    def place(self) -> int:
        return self.delivery.chat.address.telegram_id


class Sender:
    """Empties the outbox. `step` is woken by the judge, by compose, by the clock and by every slot that frees.

    A slot carries one delivery and is free when its outcome is on disk. A chat (with all its topics) has one slot at
    most: its messages keep their order, a digest's parts stay together, and a slow chat holds no other's slot.
    """

    def __init__(
        self,
        store: Store,
        settings: Settings,
        renderer: Renderer,
        bot: Bot,
        *,
        run: str,
        now: Callable[[], datetime],
        chance: Callable[[], float],
        messages_per_second: float,
        wake: Callable[[], None],
    ) -> None:
        self._store = store
        self._settings = settings
        self._run = run
        self._now = now
        self._wake = wake
        self._block = round(min(max(messages_per_second * BLOCK_SECONDS, SMALLEST_BLOCK), LARGEST_BLOCK))
        self._settler = Settler(store, now)
        self._courier = Courier(renderer, bot, self._settler, now=now, chance=chance)
        self._ready: list[_Ready] = []
        self._behind: dict[int, list[_Ready]] = {}  # by Telegram's chat: what waits for its slot to free
        self._tasks: dict[DeliveryId, asyncio.Task[None]] = {}
        self._claimed: set[DeliveryId] = set()  # all of ours whose outcome is not on disk
        self._count = 0
        self._looked_at = 0.0  # monotonic
        self._unfolded = 0  # the broadcast that had the last turn
        self._stepping = asyncio.Lock()
        self._stopping = False

    async def step(self) -> bool:
        """Fill the free slots. Says True while there may be more to take in at once."""
        async with self._stepping:
            more = False
            now = asyncio.get_running_loop().time()
            if not self._stopping and (not self._ready or now - self._looked_at >= LOOK_EVERY):
                self._looked_at = now
                more = await self._take_in()
            await self._start()
            return more and not self._stopping and self._in_hand() * 2 < self._block

    async def stop(self, seconds: float) -> None:
        """Finish what is under way, within `seconds`; give the rest back unsent."""
        end = asyncio.get_running_loop().time() + seconds
        self._stopping = True
        while self._tasks and (left := end - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(list(self._tasks.values()), timeout=left)
        late = list(self._tasks.values())
        for task in late:
            task.cancel()
        if late:
            await asyncio.wait(late, timeout=seconds)
        await self._settler.finish(seconds)
        try:
            async with asyncio.timeout(seconds), self._stepping, self._store.writing() as tx:
                await outbox.let_go(tx, self._claimed, self._run)
        except (StoreError, OSError) as error:  # the next run takes them over
            log.warning("claims kept", deliveries=len(self._claimed), error=type(error).__name__)

    def _waiting(self) -> list[_Ready]:
        return [*self._ready, *(one for behind in self._behind.values() for one in behind)]

    def _in_hand(self) -> int:
        return len(self._ready) + sum(map(len, self._behind.values()))

    async def _take_in(self) -> bool:
        """Refill what is in hand, from the outbox and from broadcasts.

        While one unfolds nothing is claimed that is less urgent than what it sends.
        """
        async with self._store.reading() as reading:
            broadcast = await editions.undone(reading, self._unfolded)
        if broadcast is None:
            return self._in_hand() * 2 < self._block and await self._claim(Priority.DIGEST)
        least = Priority.ALERT if broadcast.sends is Sends.ALERT else Priority.EDIT
        as_urgent = sum(one.priority <= least for one in self._waiting())
        if as_urgent * 2 >= self._block:
            return False
        await self._claim(least)
        await self._unfold()
        return True

    async def _unfold(self) -> None:
        """Decide the next block of a broadcast's audience; its deliveries are born claimed by this run."""
        now = self._now()
        async with self._store.writing() as tx:
            broadcast = await editions.undone(tx, self._unfolded)
            if broadcast is None:
                return
            block = await next_block(tx, broadcast, self._settings.breaking, self._block, now)
            born = await outbox.owe(tx, block.owed, now, run=self._run, lease_until=now + LEASE)
            await editions.advance(tx, broadcast, block.last, now)
            deliveries = await leaving.taken(tx, born)
        self._unfolded = broadcast.id
        self._take(deliveries)
        log.info(
            "unfolded",
            broadcast=broadcast.id,
            story=broadcast.story,
            sends=broadcast.sends.value,
            chats=block.chats,
            owed=len(born),
            held=sum(one.state is State.HELD for one in block.owed),
            not_owed=block.not_owed,
        )

    async def _claim(self, least: Priority) -> bool:
        now = self._now()
        limit = self._block - self._in_hand()
        if limit <= 0:
            return False
        in_hand = bool(self._in_hand() or self._tasks)
        async with self._store.reading() as reading:
            if not await outbox.anything_due(reading, self._run, now, in_hand=in_hand, least=least):
                return False
        async with self._store.writing() as tx:
            claimed = await outbox.claim(
                tx, self._run, now, lease_until=now + LEASE, limit=limit, in_hand=in_hand, least=least
            )
        self._take(claimed)
        return len(claimed) == limit

    def _take(self, deliveries: Sequence[Delivery]) -> None:
        until = deadline()
        for delivery in deliveries:
            self._count += 1
            self._claimed.add(delivery.id)
            heapq.heappush(self._ready, _Ready(delivery.priority, self._count, delivery, until))

    async def _start(self) -> None:
        """Give the free slots to the most urgent whose chat has none, and that are still to be sent."""
        while not self._stopping and (picked := self._picked(SLOTS - len(self._tasks))):
            ids = [ready.delivery.id for ready in picked]
            try:
                async with self._store.reading() as reading:
                    wanted = await leaving.leaving(reading, ids, self._run)
            except (StoreError, OSError):
                for ready in picked:
                    self._leave(ready)
                    heapq.heappush(self._ready, ready)
                raise
            for ready in picked:
                if self._stopping:
                    heapq.heappush(self._ready, ready)
                elif leaves := wanted.get(ready.delivery.id):
                    ready.delivery = replace(ready.delivery, edition=leaves.edition, reply_to=leaves.reply_to)
                    self._begin(ready, self._carry(ready))
                else:
                    self._claimed.discard(ready.delivery.id)
                    self._leave(ready)

    def _picked(self, slots: int) -> list[_Ready]:
        picked: list[_Ready] = []
        while self._ready and len(picked) < slots:
            ready = heapq.heappop(self._ready)
            if ready.place in self._behind:
                self._behind[ready.place].append(ready)
            else:
                self._behind[ready.place] = []
                picked.append(ready)
        return picked

    def _leave(self, ready: _Ready) -> None:
        """Let the next one of the same chat come forward."""
        for one in self._behind.pop(ready.place):
            heapq.heappush(self._ready, one)

    async def _carry(self, ready: _Ready) -> None:
        if not await self._courier.carry(ready.delivery, ready.until):
            async with self._store.writing() as tx:
                await outbox.let_go(tx, [ready.delivery.id], self._run)

    def _begin(self, ready: _Ready, carrying: Coroutine[Any, Any, None], *, first: bool = True) -> None:
        task = asyncio.create_task(carrying, name=f"deliver {ready.delivery.id}")
        self._tasks[ready.delivery.id] = task
        task.add_done_callback(partial(self._ended, ready, first))

    def _ended(self, ready: _Ready, first: bool, task: "asyncio.Task[None]") -> None:  # noqa: FBT001 - a callback's
        error = None if task.cancelled() else task.exception()
        if error and first:
            # It keeps its slot until that is on disk, too: else it would be claimed again at once.
            self._begin(ready, self._courier.give_up(ready.delivery, error), first=False)
            return
        if error:
            log.error("delivery not settled", delivery=ready.delivery.id, exc_info=error)
        elif not task.cancelled():
            self._claimed.discard(ready.delivery.id)
        del self._tasks[ready.delivery.id]
        self._leave(ready)
        self._wake()
