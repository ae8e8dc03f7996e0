"""send: unfold broadcasts, claim deliveries, format, pace, Telegram, outcome. The only step that knows Telegram."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any

import structlog

from bot.sending.delivering import LEASE, Bot, Courier, deadline
from bot.sending.rendering import Renderer
from bot.sending.settling import GATHER, Settler
from bot.sending.unfolding import next_block
from digests.errors import StoreError
from digests.model import Broadcast, Delivery, DeliveryId, Priority, Sends, State
from digests.settings import Settings
from digests.store import editions, leaving, outbox
from digests.store.engine import Store

log = structlog.get_logger()

SLOTS = (
    32  # requests under way at once: also the most that a kill can repeat; enough for 320 messages a second
)
MOST_SLOTS = 4 * SLOTS
ANSWERED_WITHIN = (
    0.1  # seconds from a request to its outcome on disk, over a good line; with 32 slots 1,000/s needs 0.03
)
LONGEST_GATHER = 0.05  # seconds that an outcome waits for others, where the pace leaves the time
BLOCK_SECONDS = 2.0  # of pace that one block is worth, so that a newer alert never waits behind more
LARGEST_BLOCK = 5_000
SMALLEST_BLOCK = SLOTS
PIECE = 120  # chats that one transaction decides and writes where all other writers wait for it, as on SQLite
CLAIMED = 400  # deliveries that one transaction claims there, which is quicker
LARGE_PIECE = (
    1_000  # of either where nobody waits for it: each transaction costs some milliseconds, whatever its size
)
PIECE_SECONDS = (
    0.1  # of pace that a piece is worth, where that is more than PIECE: a larger one keeps messages waiting
)
LOOK_EVERY = 0.05  # seconds: while there is enough in hand, the outbox is not asked at every slot that frees
AHEAD_SECONDS = 0.1  # of pace that deliveries are looked at before they leave, many at once
MOST_AHEAD = 2 * MOST_SLOTS
LOOK_HOLDS = 0.25  # seconds: a delivery that has not left by then is looked at again


def slots_for(messages_per_second: float) -> int:
    """Say how many requests may be under way at once, so that the pace is reached also where an answer takes its time."""
    return round(min(max(messages_per_second * ANSWERED_WITHIN, SLOTS), MOST_SLOTS))


@dataclass(slots=True)
class _Ready:
    """A claimed delivery that waits for a slot."""

    number: int  # in the order in which they were taken
    delivery: Delivery
    until: float  # monotonic: past it another run may have taken it over

    @property
    def place(self) -> int:
        return self.delivery.chat.address.telegram_id

    @property
    def priority(self) -> int:
        return self.delivery.priority


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
        self._slots = slots_for(messages_per_second)
        self._largest_piece = max(PIECE, round(messages_per_second * PIECE_SECONDS))
        self._ahead = round(min(max(messages_per_second * AHEAD_SECONDS, self._slots), MOST_AHEAD))
        # As long as a quarter of the slots is enough for what comes meanwhile.
        gather = min(max(self._slots / 4 / messages_per_second, GATHER), LONGEST_GATHER)
        self._settler = Settler(store, settings.breaking, now, gather=gather)
        self._courier = Courier(renderer, bot, self._settler, now=now, chance=chance)
        self._ready: list[tuple[int, int, _Ready]] = []  # a heap: the most urgent first, then the first taken
        self._next: deque[_Ready] = deque()  # looked at just now: they leave as slots free, each chat once
        self._next_until = 0.0  # monotonic: what a reader said since then they do not know
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
            if not self._stopping and (
                not (self._ready or self._next) or now - self._looked_at >= LOOK_EVERY
            ):
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
        self._courier.tell_sent()
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
        behind = (one for behind in self._behind.values() for one in behind)
        return [*(entry[2] for entry in self._ready), *self._next, *behind]

    def _in_hand(self) -> int:
        return len(self._ready) + len(self._next) + sum(map(len, self._behind.values()))

    def _enough(self, least: Priority) -> bool:
        """Whether half a block is in hand of what is at least as urgent."""
        if self._in_hand() * 2 < self._block:
            return False
        return sum(one.priority <= least for one in self._waiting()) * 2 >= self._block

    def _piece(self, most: int) -> int:
        """How many deliveries to take in at once: few where nothing is under way, so that the first leaves soon."""
        most = min(most if self._store.is_sqlite else LARGE_PIECE, self._largest_piece)
        return min(self._block, most if self._in_hand() + len(self._tasks) >= SLOTS else SMALLEST_BLOCK)

    async def _take_in(self) -> bool:
        """Refill what is in hand, from the outbox and from broadcasts.

        While one unfolds nothing is claimed that is less urgent than what it sends.
        """
        async with self._store.reading() as reading:
            broadcast = await editions.undone(reading, self._unfolded)
            least = _least(broadcast)
            if self._enough(least):
                return False
            in_hand = bool(self._in_hand() or self._tasks)
            due = await outbox.anything_due(reading, self._run, self._now(), in_hand=in_hand, least=least)
        more = due and await self._claim(least)
        if broadcast is not None:
            await self._unfold()
        return more or broadcast is not None

    async def _unfold(self) -> None:
        """Decide the next block of a broadcast's audience; its deliveries are born claimed by this run."""
        now = self._now()
        async with self._store.writing() as tx:
            broadcast = await editions.undone(tx, self._unfolded)
            if broadcast is None:
                return
            block = await next_block(tx, broadcast, self._settings.breaking, self._piece(PIECE), now)
            lease = now + LEASE
            if block.readers:
                born = await outbox.bear(tx, block.owed, block.readers, now, run=self._run, lease_until=lease)
            else:
                ids = await outbox.owe(tx, block.owed, now, run=self._run, lease_until=lease)
                born = await leaving.taken(tx, ids)
            await editions.advance(tx, broadcast, block.last, now)
        self._unfolded = broadcast.id
        self._take(born)
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
        limit = min(self._block - self._in_hand(), self._piece(CLAIMED))
        if limit <= 0:
            return False
        in_hand = bool(self._in_hand() or self._tasks)
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
            self._push(_Ready(self._count, delivery, until))

    def _push(self, ready: _Ready) -> None:
        heapq.heappush(self._ready, (ready.priority, ready.number, ready))

    async def _start(self) -> None:
        """Give the free slots to the most urgent whose chat has none, and that are still to be sent."""
        if not self._current():
            self._put_back(self._next)
            self._next.clear()
        while not self._stopping and len(self._tasks) < self._slots and (self._next or await self._look()):
            self._fill()

    def _fill(self) -> None:
        """Give the free slots to those that were looked at just now."""
        while self._next and len(self._tasks) < self._slots and not self._stopping:
            ready = self._next.popleft()
            self._begin(ready, self._carry(ready))

    async def _look(self) -> bool:
        """Look at those that leave next, many at once: whether they are wanted, what they say by now, what they answer."""
        while picked := self._picked(self._ahead):
            try:
                async with self._store.reading() as reading:
                    wanted = await leaving.leaving(reading, [one.delivery.id for one in picked], self._run)
            except BaseException:  # also when cancelled: they are still in hand
                self._put_back(picked)
                raise
            for ready in picked:
                if leaves := wanted.get(ready.delivery.id):
                    if (leaves.edition, leaves.reply_to) != (ready.delivery.edition, ready.delivery.reply_to):
                        ready.delivery = replace(
                            ready.delivery, edition=leaves.edition, reply_to=leaves.reply_to
                        )
                    self._next.append(ready)
                else:
                    self._claimed.discard(ready.delivery.id)
                    self._leave(ready)
            if self._next:
                self._next_until = asyncio.get_running_loop().time() + LOOK_HOLDS
                return True
        return False

    def _current(self) -> bool:
        """Whether those that leave next may: they were looked at just now, and nothing more urgent has come since."""
        if not self._next:
            return True
        overtaken = bool(self._ready) and self._ready[0][0] < self._next[-1].priority
        return not overtaken and asyncio.get_running_loop().time() < self._next_until

    def _put_back(self, picked: Iterable[_Ready]) -> None:
        for ready in picked:
            self._leave(ready)
            self._push(ready)

    def _picked(self, most: int) -> list[_Ready]:
        picked: list[_Ready] = []
        while self._ready and len(picked) < most:
            ready = heapq.heappop(self._ready)[2]
            if ready.place in self._behind:
                self._behind[ready.place].append(ready)
            else:
                self._behind[ready.place] = []
                picked.append(ready)
        return picked

    def _leave(self, ready: _Ready) -> None:
        """Let the next one of the same chat come forward."""
        for one in self._behind.pop(ready.place):
            self._push(one)

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
        if self._current():
            self._fill()
        self._wake()


def _least(broadcast: Broadcast | None) -> Priority:
    """Say what is claimed meanwhile at the least: nothing that is less urgent than what unfolds."""
    if broadcast is None:
        return Priority.DIGEST
    return Priority.ALERT if broadcast.sends is Sends.ALERT else Priority.EDIT
