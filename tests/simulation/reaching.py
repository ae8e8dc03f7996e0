"""That what the newsroom tells reaches each reader it is for, once, in the words that Telegram took."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from html import unescape

from tests.simulation.ledger import Ledger

A_MOMENT = timedelta(minutes=1)


def each_story_reaches_each_steady_reader_once(ledger: Ledger) -> Iterator[str]:  # noqa: C901 - one sentence, with its exceptions
    """By alert or digest, whatever was in the way: but what came too late, or was never heard to arrive."""
    filed: dict[int, set[str]] = defaultdict(set)
    for row in ledger.kept.filings:
        filed[row.story_id].add(row.category)
    missed = _missed(ledger)
    told, again = _told(ledger), _broke_later(ledger)
    # A digest reaches back a day: what was older when it was first heard of is history.
    left_out = {
        row.id for row in ledger.kept.stories if row.created_at - row.at >= timedelta(days=1) - A_MOMENT
    }
    # Past two days a title that comes again is another story's: by its words it cannot be told from the first.
    named = Counter(title for title, _ in {(row.title, row.story_id) for row in ledger.kept.entries})
    left_out |= {row.story_id for row in ledger.kept.entries if named[row.title] > 1}
    # What arrived, and was settled otherwise since the answer was not heard, or not written, is told once more.
    unheard = Counter(
        mark.chat
        for mark, taken in ledger.paid.items()
        if not all(one.heard for one in taken) or not _is_settled_as_sent(ledger, mark.delivery)
    )
    announced: dict[int, set[str]] = defaultdict(set)
    for cast in ledger.kept.broadcasts:
        if cast.sends == "alert" and cast.done_at < cast.expires_at:
            announced[cast.story_id].update(cast.categories)
    for reader in ledger.world.stage.readers:
        chat = ledger.of(reader)
        if not reader.steady or chat is None:
            continue
        lost = [
            row
            for row in ledger.kept.deliveries
            if row.chat_id == chat.id and row.state in ("expired", "refused", "gone")
        ]
        for story, categories in filed.items():
            if story in left_out:
                continue
            times = told[chat.id, story]
            due = bool(categories & reader.wants.follows) and (
                bool(reader.wants.times)
                or (bool(announced[story] & reader.wants.follows) and reader.wants.alerts != "off")
            )
            if due and times == 0 and not lost:
                yield f"story {story} never reached {reader.name} (chat {chat.id})"
            if times > 1 + ((chat.id, story) in again) + unheard[chat.id]:
                yield f"story {story} reached {reader.name} (chat {chat.id}) {times} times"
            if (
                not categories & reader.wants.follows
                and times > ((chat.id, story) in missed) + unheard[chat.id]
            ):
                yield f"story {story} reached {reader.name} (chat {chat.id}), who does not follow it"


def _is_settled_as_sent(ledger: Ledger, delivery: int) -> bool:
    row = ledger.deliveries.get(delivery)
    return row is not None and row.state == "sent"


def _told(ledger: Ledger) -> Counter[tuple[int, int]]:
    """How many of a chat's messages tell a story, by the words that Telegram took; turns and edits are told anew."""
    titles: dict[int, set[str]] = defaultdict(set)
    for row in ledger.kept.entries:
        if row.story_id is not None:
            titles[row.story_id].add(row.title.removeprefix("BREAKING: "))
    told: set[tuple[int, int, int]] = set()
    for mark, taken in ledger.paid.items():
        row = ledger.deliveries.get(mark.delivery)
        if row is not None and (mark.kind == "digest" or (mark.kind == "alert" and mark.key.endswith(":1"))):
            text = unescape(taken[0].text)
            told |= {
                (row.chat_id, mark.delivery, story)
                for story, names in titles.items()
                if any(name in text for name in names)
            }
    return Counter((chat, story) for chat, _, story in told)


def _broke_later(ledger: Ledger) -> set[tuple[int, int]]:
    """What rang only after it had stood in a chat's digest: then it is news again."""
    decided = {
        row.story_id: row.decided_at
        for row in ledger.kept.broadcasts
        if row.sends == "alert" and row.turn == 1
    }
    shows: dict[int, set[int]] = defaultdict(set)
    for row in ledger.kept.shown:
        shows[row.edition_id].add(row.story_id)
    return {
        (row.chat_id, story)
        for row in ledger.kept.deliveries
        if row.key.startswith("digest:")
        for story in shows[row.edition_id]
        if story in decided and row.owed_at < decided[story]
    }


def _missed(ledger: Ledger) -> set[tuple[int, int]]:
    """What stood under "Don't miss" of a chat's digests."""
    content = {row.id: row.content for row in ledger.kept.editions}
    return {
        (row.chat_id, card["story"])
        for row in ledger.kept.deliveries
        if row.key.startswith("digest:")
        for card in content[row.edition_id].get("missed", ())
    }
