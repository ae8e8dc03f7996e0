"""That what readers say has its effect, and that they are answered."""

from collections import defaultdict
from collections.abc import Iterator

from digests.store import codec
from tests.simulation.ledger import Ledger
from tests.simulation.life import Strikes
from tests.simulation.weather import Trouble


def what_was_said_has_its_effect(ledger: Ledger) -> Iterator[str]:  # noqa: C901 - a table: one line a wish
    follows: dict[int, set[str]] = defaultdict(set)
    for row in ledger.kept.subscriptions:
        follows[row.chat_id].add(row.category)
    for reader in ledger.world.stage.readers:
        chat = ledger.of(reader)
        if chat is None:
            yield f"{reader.name} is not known any more"
            continue
        known = [row.telegram_id for row in ledger.kept.chats if row.telegram_id in reader.ids]
        if len(known) > 1:
            yield f"{reader.name} is known {len(known)} times: {known}"
        wants = reader.wants
        if chat.telegram_id != reader.chat.id:
            yield f"{reader.name} lives at {reader.chat.id}, and is kept at {chat.telegram_id}"
        if (chat.paused_at is None) is (reader.blocked or not wants.awake):
            yield f"{reader.name} is {'awake' if chat.paused_at is None else f'paused: {chat.paused_why}'}"
        if follows[chat.id] != wants.follows:
            yield f"{reader.name} follows {sorted(follows[chat.id])}, and wants {sorted(wants.follows)}"
        if chat.alerts != wants.alerts:
            yield f"{reader.name} has alerts {chat.alerts}, and wants {wants.alerts}"
        if codec.times(chat.digest_times) != wants.times:
            yield f"{reader.name} has digests at {chat.digest_times}, and wants {wants.times}"
        if codec.quiet(chat.quiet) != wants.quiet:
            yield f"{reader.name} has quiet hours {chat.quiet}, and wants {wants.quiet}"


def replies_are_lost_to_crashes_alone(ledger: Ledger) -> Iterator[str]:
    for reader in ledger.world.stage.readers:
        replies = [one for one in ledger.asked if one.mark is None and one.chat in reader.ids]
        came = sum(one.taken for one in replies)
        troubled = sum(one.trouble is not Trouble.NONE or one.status != 200 for one in replies)
        said = len(reader.commands)
        if came < said - ledger.killed - troubled - _stops(ledger):
            yield f"{reader.name} had {came} replies to {said} commands"
        if came > said + ledger.killed + troubled:
            yield f"{reader.name} had {came} replies to {said} commands"


def _stops(ledger: Ledger) -> int:
    """A stop waits three seconds for what is under way."""
    return sum(life.ended is Strikes.STOP for life in ledger.world.lives)
