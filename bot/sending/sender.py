"""send: unfold broadcasts, claim deliveries, format, pace, Telegram, outcome. The only step that knows Telegram."""

import asyncio
import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.formatter.message import Message
from bot.formatter.request import as_plain, to_send
from bot.sending.outcomes import Meaning, Outcome, meaning_of, settled
from bot.sending.rendering import Renderer
from bot.sending.settling import Settled, Settler
from digests.editions.alerts import NotOwed, decide
from digests.editions.timetable import zone_of
from digests.model import Broadcast, Candidate, Delivery, DeliveryId, Owed, Priority, State
from digests.settings import Settings
from digests.store import editions, outbox
from digests.store.engine import Store
from digests.store.outbox import Settlement

log = structlog.get_logger()

SLOTS = 32  # requests under way at once: also the most that a kill can repeat
LEASE = timedelta(minutes=2)  # of a claim; far over the time a block needs
BLOCK_SECONDS = 2.0  # of pace that one block is worth, so that a newer alert never waits behind more
LARGEST_BLOCK = 5_000
SMALLEST_BLOCK = SLOTS

Bot = ExtBot[int]


@dataclass(order=True, slots=True)
class _Ready:
    """A claimed delivery that waits for a slot."""

    priority: int
    number: int
    delivery: Delivery
    deadline: float  # monotonic: past it another run may have taken it over


class Sender:
    """Empties the outbox. `step` is woken by the judge, by compose, by the clock and by every slot that frees."""

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
        self._renderer = renderer
        self._bot = bot
        self._run = run
        self._now = now
        self._chance = chance
        self._wake = wake
        self._block = round(min(max(messages_per_second * BLOCK_SECONDS, SMALLEST_BLOCK), LARGEST_BLOCK))
        self._settler = Settler(store, now)
        self._ready: list[_Ready] = []
        self._tasks: dict[DeliveryId, asyncio.Task[None]] = {}
        self._count = 0

    async def step(self) -> bool:
        """Fill the free slots. Says True while there may be more to take in at once."""
        more = False
        if len(self._ready) < self._block:
            more = await self._unfold()
            more = await self._claim() or more
        self._start()
        return more and len(self._ready) < self._block

    async def stop(self, seconds: float) -> None:
        """Finish what is under way, within `seconds`; give the rest back unsent."""
        waiting = [ready.delivery.id for ready in self._ready]
        self._ready.clear()
        if self._tasks:
            await asyncio.wait(list(self._tasks.values()), timeout=seconds)
        for task in list(self._tasks.values()):
            task.cancel()
        async with self._store.writing() as tx:
            await outbox.let_go(tx, waiting, self._run)

    async def _unfold(self) -> bool:
        """Decide the next block of a broadcast's audience; its deliveries are born claimed by this run."""
        now = self._now()
        async with self._store.writing() as tx:
            broadcast = await editions.undone(tx)
            if broadcast is None:
                return False
            block = await editions.candidates(tx, broadcast, now, self._block)
            owed, reasons = self._decided(broadcast, block, now)
            born = await outbox.owe(tx, owed, now, run=self._run, lease_until=now + LEASE)
            await editions.advance(tx, broadcast, block[-1].chat.id if block else None, now)
            deliveries = await outbox.taken(tx, born)
        self._take(deliveries)
        log.info(
            "unfolded",
            broadcast=broadcast.id,
            story=broadcast.story,
            chats=len(block),
            owed=len(born),
            held=sum(one.state is State.HELD for one in owed),
            not_owed=reasons,
        )
        return True

    def _decided(
        self, broadcast: Broadcast, block: Sequence[Candidate], now: datetime
    ) -> tuple[list[Owed], dict[str, int]]:
        owed: list[Owed] = []
        reasons: dict[str, int] = {}
        for candidate in block:
            decision = decide(
                candidate,
                broadcast,
                rules=self._settings.breaking,
                zone=zone_of(candidate.chat.zone),
                now=now,
            )
            if isinstance(decision, NotOwed):
                reasons[decision.reason] = reasons.get(decision.reason, 0) + 1
            else:
                owed.append(decision)
        return owed, reasons

    async def _claim(self) -> bool:
        now = self._now()
        limit = self._block - len(self._ready)
        if limit <= 0:
            return False
        in_hand = bool(self._ready or self._tasks)
        async with self._store.reading() as reading:
            if not await outbox.anything_due(reading, self._run, now, in_hand=in_hand):
                return False
        async with self._store.writing() as tx:
            claimed = await outbox.claim(
                tx, self._run, now, lease_until=now + LEASE, limit=limit, in_hand=in_hand
            )
        self._take(claimed)
        return len(claimed) == limit

    def _take(self, deliveries: Sequence[Delivery]) -> None:
        deadline = asyncio.get_running_loop().time() + LEASE.total_seconds() / 2
        for delivery in deliveries:
            self._count += 1
            heapq.heappush(self._ready, _Ready(delivery.priority, self._count, delivery, deadline))

    def _start(self) -> None:
        while self._ready and len(self._tasks) < SLOTS:
            ready = heapq.heappop(self._ready)
            delivery = ready.delivery
            task = asyncio.create_task(self._deliver(ready), name=f"deliver {delivery.id}")
            self._tasks[delivery.id] = task
            task.add_done_callback(partial(self._ended, delivery.id))

    def _ended(self, id_: DeliveryId, task: asyncio.Task[None]) -> None:
        self._tasks.pop(id_, None)
        if not task.cancelled() and (error := task.exception()):
            log.error("delivery failed", delivery=id_, error=type(error).__name__, exc_info=error)
        self._wake()

    async def _deliver(self, ready: _Ready) -> None:
        delivery = ready.delivery
        now = self._now()
        if (
            asyncio.get_running_loop().time() > ready.deadline
        ):  # the process slept: the claim may be another's
            async with self._store.writing() as tx:
                await outbox.let_go(tx, [delivery.id], self._run)
            return
        if delivery.expires_at <= now:
            await self._settle(delivery, self._worthless(delivery))
            return
        messages = await self._renderer.messages(delivery, now)
        outcome = Outcome(Meaning.SENT)
        for message in messages[delivery.parts_sent :]:
            outcome = await self._send(message, delivery)
            if outcome.meaning is not Meaning.SENT:
                break
            delivery = replace(delivery, parts_sent=delivery.parts_sent + 1)
            if delivery.parts_sent < len(messages):
                async with self._store.writing() as tx:
                    await outbox.part_sent(tx, delivery.id, delivery.parts_sent, self._now() + LEASE)
        await self._settle(delivery, settled(delivery, outcome, self._now(), self._chance()), outcome)

    async def _send(self, message: Message, delivery: Delivery) -> Outcome:
        """Send one message; if Telegram refuses its entities, once more without them."""
        request = to_send(message, delivery.chat.address)
        outcome = await self._ask(request, delivery.priority)
        if outcome.meaning is not Meaning.MARKUP:
            return outcome
        log.error("markup refused", delivery=delivery.id, edition=delivery.edition, answer=outcome.note)
        return await self._ask(as_plain(request, message), delivery.priority)

    async def _ask(self, request: dict[str, object], priority: Priority) -> Outcome:
        try:
            answer = await self._bot.do_api_request(
                "sendMessage", api_kwargs=request, rate_limit_args=int(priority)
            )
        except TelegramError as error:
            return meaning_of(error)
        return Outcome(Meaning.SENT, message_id=int(answer["message_id"]))

    def _worthless(self, delivery: Delivery) -> Settlement:
        """What comes too late: an alert still stands in the next digest, where the chat has one."""
        held = delivery.priority is Priority.ALERT and bool(delivery.chat.digest_times)
        return Settlement(
            delivery.id,
            State.HELD if held else State.EXPIRED,
            attempt=delivery.attempt,
            unheard=delivery.unheard,
            parts_sent=delivery.parts_sent,
            note="its worth was over",
        )

    async def _settle(
        self, delivery: Delivery, settlement: Settlement, outcome: Outcome | None = None
    ) -> None:
        meaning = outcome.meaning if outcome else None
        await self._settler.settle(
            Settled(
                settlement,
                chat=delivery.chat.id,
                telegram_id=delivery.chat.address.telegram_id,
                gone=outcome.note if outcome and meaning is Meaning.GONE else "",
                moved_to=outcome.moved_to if outcome else 0,
            )
        )
        tell = log.info if settlement.state in {State.SENT, State.OWED, State.HELD} else log.warning
        tell(
            "settled",
            delivery=delivery.id,
            chat=delivery.chat.id,
            key=delivery.key,
            state=settlement.state.value,
            attempt=settlement.attempt,
            note=settlement.note,
        )
