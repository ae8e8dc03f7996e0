"""The machine's clock jumps an hour forward, back, and forward again, in the middle of broadcasts and around a digest."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from bot.playground.telegram import Fault
from tests.faults.audience import Tally, audience
from tests.faults.machine import Mood
from tests.headlines import WAITS
from tests.process import machine_now

HOUR = 3600.0
TITLES = WAITS["kpop"][:3]


async def test_a_clock_that_jumps_loses_and_repeats_nothing(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_url, 60, mood=Mood(), rate=100) as readers:
        telegram = readers.telegram
        telegram.fault(Fault.hangs(0.1, method="sendMessage", times=None))

        def digests() -> Counter[int]:
            return Counter(
                chat.id
                for chat in readers.chats
                for message in telegram.received(chat)
                if any(title in message.plain for title in TITLES)
            )

        await readers.tell_for_digests(TITLES)
        await readers.digest_at(machine_now().replace(second=0, microsecond=0) + timedelta(minutes=30))

        readers.tell()
        await readers.some(0.2)
        readers.machine.be(ahead=HOUR)  # over the digest's minute
        await readers.until(lambda: len(digests()) == len(readers.chats))
        readers.tell()
        await readers.some(0.6)
        readers.machine.be(ahead=0.0)  # the minute will come again
        await readers.all()
        readers.tell()
        await readers.all()  # it does not wait for the old time to come again
        readers.machine.be(ahead=HOUR)  # over the digest's minute once more
        readers.tell()
        tally = await readers.all()

        came = digests()
        held_to(
            Tally(
                owed=tally.owed + len(readers.chats),
                lost=tally.lost + len(readers.chats) - len(came),
                doubled=tally.doubled + sum(came.values()) - len(came),
            ),
            bound=0,
        )
        assert await readers.world.stop() == 0
