"""One delivery on its way: rendered, sent part by part, its outcome written."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import structlog
from telegram.error import TelegramError
from telegram.ext import ExtBot

from bot.formatter.message import Message
from bot.formatter.request import Parameters, as_plain, body_of, to_edit, to_send
from bot.sending.outcomes import Meaning, Outcome, meaning_of, settled
from bot.sending.rendering import Renderer
from bot.sending.settling import PartSent, Settled, Settler
from digests.model import Delivery, EditionId, Priority, State
from digests.store.outbox import Settlement

log = structlog.get_logger()

LEASE = timedelta(minutes=2)  # of a claim; far over the time a block needs
_WELL = frozenset({State.SENT, State.OWED, State.HELD})
TOLD = 1_000  # faults of editions and templates that are remembered, so that the operator reads of each once
BODIES = 64  # rendered messages whose parameters are remembered: those that many chats are being sent
SAID_EVERY = 1.0  # seconds that plainly sent messages are counted for before the log hears of them

Bot = ExtBot[int]


def deadline() -> float:
    """Tell until when (monotonic) a claim made now may be acted on: well before another run may take it over."""
    return asyncio.get_running_loop().time() + LEASE.total_seconds() / 2


class Courier:
    """Carries deliveries to Telegram."""

    def __init__(
        self,
        renderer: Renderer,
        bot: Bot,
        settler: Settler,
        *,
        now: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._renderer = renderer
        self._bot = bot
        self._settler = settler
        self._now = now
        self._chance = chance
        self._told: set[tuple[EditionId | str, str]] = set()
        self._bodies: dict[int, tuple[Message, Parameters]] = {}
        self._sent: Counter[str] = Counter()  # since the log was told, by what their keys begin with
        self._telling: asyncio.TimerHandle | None = None
        self._quietly = log.bind()  # made once: its lines are mostly not written

    async def carry(self, delivery: Delivery, until: float) -> bool:
        """Send a delivery; when this returns, its outcome is on disk.

        False: past `until` (monotonic) the process slept, so that the claim may be another's; nothing was done.
        """
        if asyncio.get_running_loop().time() > until:
            return False
        now = self._now()
        if delivery.expires_at <= now:
            await self._settle(delivery, _worthless(delivery))
            return True
        if delivery.is_edit and delivery.reply_to is None:
            await self._settle(delivery, _unneeded(delivery))
            return True
        messages = await self._renderer.messages(delivery, now)
        outcome = Outcome(Meaning.SENT)
        for message in messages[delivery.parts_sent :]:
            if asyncio.get_running_loop().time() > until:
                return False
            outcome = await self._send(message, delivery)
            if outcome.meaning is not Meaning.SENT:
                break
            delivery = replace(delivery, parts_sent=delivery.parts_sent + 1)
            if delivery.parts_sent < len(messages):
                lease_until = self._now() + LEASE
                await self._settler.settle(PartSent(delivery.id, delivery.parts_sent, lease_until))
                until = deadline()
        await self._settle(delivery, settled(delivery, outcome, self._now(), self._chance()), outcome)
        return True

    async def give_up(self, delivery: Delivery, error: BaseException) -> None:
        """Settle a delivery that a fault of ours stopped: later again, a good while long; the operator reads of it."""
        name = type(error).__name__
        if self._first((delivery.edition, name)):
            log.error("delivery failed", delivery=delivery.id, edition=delivery.edition, exc_info=error)
        outcome = Outcome(Meaning.BROKEN, f"{name} in Sosik itself")
        await self._settle(delivery, settled(delivery, outcome, self._now(), self._chance()), outcome)

    async def _send(self, message: Message, delivery: Delivery) -> Outcome:
        """Send one message, or edit one; if Telegram refuses its entities, once more without them."""
        address = delivery.chat.address
        if delivery.is_edit and delivery.reply_to is not None:
            method, request = "editMessageText", to_edit(message, address, delivery.reply_to)
        else:
            answered = None if delivery.parts_sent else delivery.reply_to
            method, request = "sendMessage", to_send(message, address, answered, body=self._body(message))
        outcome = await self._ask(method, request, delivery.priority)
        if outcome.meaning is not Meaning.MARKUP:
            return outcome
        template = delivery.key.partition(":")[0]  # one that is at fault is so in every edition
        if self._first((template, delivery.chat.language)):
            log.error(
                "markup refused",
                template=template,
                language=delivery.chat.language,
                edition=delivery.edition,
                delivery=delivery.id,
                answer=outcome.note,
            )
        return await self._ask(method, as_plain(request, message), delivery.priority)

    async def _ask(self, method: str, request: dict[str, object], priority: Priority) -> Outcome:
        try:
            answer = await self._bot.do_api_request(method, api_kwargs=request, rate_limit_args=int(priority))
        except TelegramError as error:
            return meaning_of(error)
        # It was taken, whatever the answer looks like: to stumble here would be to send it again.
        return Outcome(
            Meaning.SENT, message_id=answer.get("message_id") if isinstance(answer, dict) else None
        )

    def _body(self, message: Message) -> Parameters:
        """Give a message's parameters, made once for all whom the renderer gives the very same object."""
        kept = self._bodies.get(id(message))  # what is kept lives, so nothing else can have its id
        if kept is None:
            if len(self._bodies) >= BODIES:
                self._bodies.clear()
            kept = self._bodies[id(message)] = message, body_of(message)
        return kept[1]

    def _first(self, fault: tuple[EditionId | str, str]) -> bool:
        if fault in self._told:
            return False
        if len(self._told) >= TOLD:
            self._told.clear()
        self._told.add(fault)
        return True

    async def _settle(
        self, delivery: Delivery, settlement: Settlement, outcome: Outcome | None = None
    ) -> None:
        await self._settler.settle(Settled(settlement, delivery.chat, outcome))
        if settlement.state is State.SENT:
            self._count(delivery)
            tell = self._quietly.debug
        else:
            # An edit is no loss: the message that it would have changed is there, or the reader has deleted it.
            tell = log.info if settlement.state in _WELL or delivery.is_edit else log.warning
        tell(
            "settled",
            delivery=delivery.id,
            chat=delivery.chat.id,
            key=delivery.key,
            state=settlement.state.value,
            attempt=settlement.attempt,
            note=settlement.note,
        )

    def _count(self, delivery: Delivery) -> None:
        """Let the log hear of what was sent by numbers: a line for each would be most of the log, and cost as much as sending."""
        self._sent[delivery.key.partition(":")[0]] += 1
        if self._telling is None:
            self._telling = asyncio.get_running_loop().call_later(SAID_EVERY, self.tell_sent)

    def tell_sent(self) -> None:
        """Tell the log how many were sent since it was told last; nothing if none were."""
        if self._telling:
            self._telling.cancel()
            self._telling = None
        if self._sent:
            log.info("sent", messages=self._sent.total(), **dict(sorted(self._sent.items())))
            self._sent.clear()


def _worthless(delivery: Delivery) -> Settlement:
    """Say what becomes of what comes too late: an alert still stands in the next digest, where the chat has one."""
    held = delivery.priority is Priority.ALERT and bool(delivery.chat.digest_times)
    return Settlement(
        delivery.id,
        State.HELD if held else State.EXPIRED,
        attempt=delivery.attempt,
        unheard=delivery.unheard,
        parts_sent=delivery.parts_sent,
        note="its worth was over",
    )


def _unneeded(delivery: Delivery) -> Settlement:
    """Say what becomes of an edit where the alert never arrived."""
    return Settlement(delivery.id, State.CANCELLED, attempt=delivery.attempt, note="nothing to edit")
