"""A kill in the middle of digests that are too long for one message."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Fault
from bot.sending.sender import slots_for
from tests.faults.audience import Audience, Tally, at_size, audience
from tests.headlines import WAITS
from tests.process import machine_now

READERS = at_size(60, 200)
RATE = 200.0
KILLS = at_size(2, 20)
TITLES = [title for titles in WAITS.values() for title in titles]
LONG = "[digest]\nmax_stories = 50\n"


async def test_a_kill_in_the_middle_of_split_digests_repeats_only_parts_in_flight(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_url, READERS, rate=RATE, extra=LONG) as readers:
        telegram = readers.telegram
        await readers.tell_for_digests(TITLES)
        telegram.fault(Fault.hangs(0.05, method="sendMessage", times=None))
        await readers.digest_at(machine_now())
        for kill in range(1, KILLS + 1):
            share = 2 * READERS * kill // (KILLS + 1)
            await readers.until(lambda share=share: len(_parts(readers)) >= share)
            await readers.world.kill()
            await readers.again()
        await readers.until(lambda: {chat for chat, _ in _parts(readers)} == {c.id for c in readers.chats})
        await readers.nothing_is_owed()

        came = _parts(readers)
        parts = {part for _, part in came}
        assert len(parts) > 1, "the digest is in one piece"
        owed = {(chat.id, part) for chat in readers.chats for part in parts}
        doubled = sum(came.values()) - len(came)
        held_to(Tally(len(owed), len(owed - came.keys()), doubled), bound=KILLS * slots_for(RATE))
        assert await readers.world.stop() == 0


def _parts(readers: Audience) -> Counter[tuple[int, tuple[str, ...]]]:
    """What came, by the chat and the titles that stand in a part: its times may be written otherwise a minute later."""
    return Counter(
        (chat.id, tuple(title for title in TITLES if title in message.plain))
        for chat in readers.chats
        for message in readers.telegram.received(chat)
    )
