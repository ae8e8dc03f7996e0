"""The bot as Telegram knows it, with our wires in both of its slots and our gate before every request."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from telegram.ext import ExtBot
from telegram.warnings import PTBUserWarning

from bot.config import Config
from bot.config.cautions import FREE_RATE
from bot.sending.limits import GROUP_WINDOW
from bot.sending.pace import Gate
from bot.sending.paying import Budget, StarPurse
from bot.sending.sender import slots_for
from bot.sending.wire import Wire
from digests.store import left
from digests.store.engine import Store

OTHERS = 64  # connections beside those of the sender's slots: for replies


@dataclass(frozen=True, slots=True)
class Client:
    """What requests leave by. It begins with the bot; `stop` ends it."""

    bot: ExtBot[int]
    gate: Gate
    purse: StarPurse | None  # none: nothing is paid for

    async def stop(self) -> None:
        """Close the connections, and put back what was not spent."""
        await self.bot.shutdown()
        if self.purse:
            await self.purse.stop()


async def remember(gate: Gate, store: Store, now: datetime) -> None:
    """Let a gate begin with what groups were sent in the last minute, by the run before."""
    async with store.reading() as tx:
        sent = await left.to_groups(tx, now - timedelta(seconds=GROUP_WINDOW))
    gate.remember((one.telegram_id, (now - one.at).total_seconds()) for one in sent)


def client(config: Config, store: Store, now: Callable[[], datetime]) -> Client:
    """Build it as configured."""
    # We name methods that python-telegram-bot has functions for: without their result types it is twice as fast.
    warnings.filterwarnings("ignore", message="Please use 'Bot", category=PTBUserWarning)
    told, sending = config.telegram, config.sending
    rate = sending.messages_per_second
    pays = sending.paid_broadcast and rate > FREE_RATE
    purse = StarPurse(store, Budget.of(sending.paid_stars_per_day, rate), now) if pays else None
    gate = Gate(rate, purse)
    bot = ExtBot(
        token=told.token.get_secret_value(),
        base_url=told.base_url,
        request=Wire(slots_for(rate) * 2 + OTHERS, proxy=told.proxy),
        get_updates_request=Wire(2, proxy=told.proxy),
        rate_limiter=gate,
    )
    return Client(bot, gate, purse)
