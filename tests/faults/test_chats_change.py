"""Chats that block the bot, leave, or move while a broadcast is under way; and a message that is never taken."""

from collections.abc import Callable
from pathlib import Path

from bot.playground.telegram import Chat, Fault
from digests.model import State
from tests.faults.audience import Audience, audience

READERS = 100
GROUPS = 6
FIRST_SUPERGROUP = -1_002_000_000_001  # what a group moves to here, and downwards


async def test_chats_that_block_the_bot_are_paused_and_come_back(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    """One in twenty goes: some say so, of the others only an answer tells."""
    async with audience(tmp_path, migrated_url, READERS, rate=200) as readers:
        telegram = readers.telegram
        gone = readers.chats[-READERS // 20 :]  # the last to be reached
        staying = [chat for chat in readers.chats if chat not in gone]
        readers.tell(to=staying)
        await readers.some(0.2)
        for number, chat in enumerate(gone):
            assert chat.person
            if number % 2:
                telegram.block(chat.person)
            else:
                chat.blocked = True  # the update of it never comes
        await readers.all()
        assert set(await readers.paused()) == {chat.id for chat in gone}
        assert all("block" in why for why in (await readers.paused()).values())

        asked = {chat.id: len(telegram.calls_of("sendMessage", chat)) for chat in gone}
        readers.tell(to=staying)
        await readers.all()
        assert {chat.id: len(telegram.calls_of("sendMessage", chat)) for chat in gone} == asked
        assert (await readers.states())[State.SENT] == 2 * len(staying)

        for chat in gone:
            telegram.unblock(chat.person)
        await readers.until(lambda: all(len(telegram.received(chat)) for chat in gone))  # /start is answered
        assert await readers.paused() == {}
        readers.tell()
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0


async def test_groups_that_move_get_everything_once_also_where_the_new_id_is_known(
    tmp_path: Path, migrated_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_url, READERS, rate=200) as readers:
        groups = await _groups(readers)
        readers.tell()
        await readers.some(0.2)
        # Half of them are heard of under their new ids before: somebody spoke there.
        spoken = [Chat(FIRST_SUPERGROUP - number, "supergroup") for number in range(0, GROUPS, 2)]
        await readers.arrive(spoken)
        for chat in spoken:
            readers.chats.remove(chat)
        moved = {group.id: readers.telegram.migrate(group) for group in groups}
        assert {chat.id for chat in spoken} < {chat.id for chat in moved.values()}
        assert not any(readers.telegram.received(group) for group in groups)
        for group in groups:
            readers.moved(group, moved[group.id])
        readers.tell()
        held_to(await readers.all(), bound=0)
        assert await readers.world.stop() == 0


async def test_a_message_that_is_never_taken_stops_no_other(
    tmp_path: Path, migrated_sqlite_url: str, held_to: Callable[..., None]
) -> None:
    async with audience(tmp_path, migrated_sqlite_url, READERS, rate=200) as readers:
        readers.tell()
        (poisoned,) = readers.tell(to=())
        readers.tell()
        readers.telegram.fault(
            Fault(
                method="sendMessage",
                times=None,
                status=400,
                text=poisoned,
                description="can't parse entities: always",
            )
        )
        held_to(await readers.all(), bound=0)
        refused = [call for call in readers.telegram.calls_of("sendMessage") if not call.ok]
        assert len(refused) == 2 * READERS, "each once with its markup, and once without"
        assert await readers.states() == {State.SENT: 2 * READERS, State.REFUSED: READERS}
        assert readers.world.log.count("markup refused") == 1, "the operator is told once"
        assert await readers.world.stop() == 0


async def _groups(readers: Audience) -> list[Chat]:
    """Groups that follow everything; they come after all others, so that the broadcast has not reached them."""
    owner = readers.telegram.person("Owner")
    groups = []
    for number in range(GROUPS):
        group = readers.telegram.group(f"Fans {number}", owner=owner, supergroup=False)
        group.people[readers.telegram.bot.id] = readers.telegram.bot
        group.members[readers.telegram.bot.id] = "member"
        groups.append(group)
    await readers.arrive(groups)
    return groups
