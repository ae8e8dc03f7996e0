"""Edits and denials as rows: what readers were told, who has it, what is overtaken."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from digests.editions.revising import edits
from digests.model import (
    AlertContent,
    Broadcast,
    Card,
    EditionId,
    Revision,
    Sends,
    State,
    StoryId,
    Version,
)
from digests.store import editions, held_alerts, leaving, outbox, revisions, tables
from digests.store.engine import Store, Writing
from digests.store.outbox import Settlement

WORTH = timedelta(hours=6)


def content(story: StoryId, newsroom: Any, sources: int = 1, turn: int = 1) -> AlertContent:
    version = Version("ko", "소식", "https://a.example", "A")
    return AlertContent(Card(story, newsroom.now, ("kpop",), {"ko": version}, sources=sources), turn=turn)


async def revise(tx: Writing, newsroom: Any, story: StoryId, number: int = 1, turn: int = 1) -> EditionId:
    revision = Revision(turn, number, content(story, newsroom, number + 2, turn), "sources")
    return await revisions.revise(
        tx, story, revision, decided_at=newsroom.now, expires_at=newsroom.now + WORTH
    )


async def the_edit(tx: Writing) -> Broadcast:
    while broadcast := await editions.undone(tx):
        if broadcast.sends is Sends.EDIT:
            return broadcast
        await editions.advance(tx, broadcast, None, broadcast.decided_at)
    raise LookupError("no edit")


async def sent(tx: Writing, newsroom: Any, alert: Broadcast, *chats: Any) -> None:
    made = await outbox.owe(
        tx,
        [newsroom.owed(chat.id, alert.edition, f"alert:{alert.story}:1") for chat in chats],
        newsroom.now,
    )
    done = [
        Settlement(one, State.SENT, parts_sent=1, message_id=70 + number) for number, one in enumerate(made)
    ]
    await outbox.settle(tx, done, newsroom.now)


async def test_what_readers_were_told_reads_as_it_was_written(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        alert = await newsroom.broadcast(tx, "kpop")
        await revise(tx, newsroom, alert.story)
        turn = content(alert.story, newsroom, turn=2)
        edition = await editions.add(tx, turn, newsroom.now, story=alert.story)
        await editions.announce(
            tx, edition, alert.story, ["kpop"], decided_at=newsroom.now, expires_at=newsroom.now, turn=2
        )
        told = await revisions.announced(tx, alert.story)
        assert [(one.turn, one.revision, one.why) for one in told] == [
            (1, 0, ""),
            (1, 1, "sources"),
            (2, 0, ""),
        ]
        assert told[1].content == content(alert.story, newsroom, 3)
        assert await revisions.announced(tx, StoryId(99)) == ()


async def test_an_edit_knows_its_turn_its_number_and_its_languages(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        alert = await newsroom.broadcast(tx, "kpop")
        revision = Revision(1, 4, content(alert.story, newsroom), "language", frozenset({"ko"}))
        edition = await revisions.revise(
            tx, alert.story, revision, decided_at=newsroom.now, expires_at=newsroom.now + WORTH
        )
        edit = await the_edit(tx)
    assert (edit.edition, edit.story, edit.turn, edit.revision, edit.languages) == (
        edition, alert.story, 1, 4, {"ko"},
    )  # fmt: skip


async def test_alerts_are_unfolded_before_edits_that_are_older(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        first = await newsroom.broadcast(tx, "kpop")
        await editions.advance(tx, first, None, newsroom.now)
        await revise(tx, newsroom, first.story)
        second = await newsroom.broadcast(tx, "kpop")
        assert second.sends is Sends.ALERT
        await editions.advance(tx, second, None, newsroom.now)
        edit = await editions.undone(tx)
        assert edit
        assert edit.sends is Sends.EDIT


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
async def test_who_was_sent_a_turn_is_walked_by_chat(store: Store, newsroom, limit: int) -> None:
    async with store.writing() as tx:
        everyone = [await newsroom.chat(tx, number, "kpop") for number in range(1, 6)]
        alert = await newsroom.broadcast(tx, "kpop")
        await sent(tx, newsroom, alert, *everyone[:4])
        await newsroom.owe(tx, everyone, "alert:77:1")  # of another story
        await revise(tx, newsroom, alert.story)
        edit = await the_edit(tx)
        walked: list[int] = []
        while block := await revisions.addressees(tx, edit, limit):
            assert len(block) <= limit
            assert all(one.has_message and one.state is State.SENT for one in block)
            walked += [one.chat for one in block]
            edit = replace(edit, position=block[-1].chat)
    assert walked == [chat.id for chat in everyone[:4]]


async def test_what_leaves_is_the_newest_revision_and_answers_what_arrived(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        has, waits = await newsroom.chat(tx, 1, "kpop"), await newsroom.chat(tx, 2, "kpop")
        alert = await newsroom.broadcast(tx, "kpop")
        await sent(tx, newsroom, alert, has)
        edition = await revise(tx, newsroom, alert.story)
        owed = edits(await revisions.addressees(tx, await the_edit(tx), 9), await the_edit(tx), newsroom.now)
        late = newsroom.owed(waits.id, alert.edition, f"alert:{alert.story}:1")
        ids = await outbox.owe(tx, [*owed, late], newsroom.now, run="run", lease_until=newsroom.now + WORTH)
        left = await leaving.leaving(tx, ids, "run")
        assert [(left[one].edition, left[one].reply_to) for one in ids] == [(edition, 70), (edition, None)]
        assert await leaving.leaving(tx, ids, "another run") == {}
        assert [one.is_edit for one in await leaving.taken(tx, ids)] == [False, True]


async def test_a_newer_revision_settles_what_is_owed_of_the_older(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        alert = await newsroom.broadcast(tx, "kpop")
        await sent(tx, newsroom, alert, chat)
        await revise(tx, newsroom, alert.story)
        edit = await the_edit(tx)
        (first,) = await outbox.owe(
            tx, edits(await revisions.addressees(tx, edit, 9), edit, newsroom.now), newsroom.now
        )
        await revise(tx, newsroom, alert.story, number=2)
        table = tables.deliveries
        row = await tx.row(select(table.c.state, table.c.note).where(table.c.id == first))
        assert row == (State.CANCELLED, "overtaken")
        newest = await the_edit(tx)
        assert newest.revision == 2
        heard = await revisions.heard(tx, chat.id, alert.story, 1)
        assert heard == content(alert.story, newsroom, 4)


async def test_an_edit_of_a_turn_leaves_those_of_another_alone(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        alert = await newsroom.broadcast(tx, "kpop")
        await revise(tx, newsroom, alert.story)
        turn = await editions.add(tx, content(alert.story, newsroom, turn=2), newsroom.now, story=alert.story)
        await editions.announce(
            tx, turn, alert.story, ["kpop"], decided_at=newsroom.now, expires_at=newsroom.now, turn=2
        )
        await revise(tx, newsroom, alert.story, turn=2)
        table = tables.broadcasts
        edited = await tx.rows(
            select(table.c.turn)
            .where(table.c.sends == "edit", table.c.done_at.is_(None))
            .order_by(table.c.id)
        )
    assert [row.turn for row in edited] == [1, 2]


async def test_a_chat_hears_nothing_of_what_it_was_not_told(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat, other = await newsroom.chat(tx, 1, "kpop"), await newsroom.chat(tx, 2)
        alert = await newsroom.broadcast(tx, "kpop")
        await sent(tx, newsroom, alert, chat)
        assert await revisions.heard(tx, chat.id, alert.story, 1)
        assert await revisions.heard(tx, chat.id, alert.story, 2) is None
        assert await revisions.heard(tx, other.id, alert.story, 1) is None


async def test_held_alerts_stand_in_the_digest_as_they_were_revised(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        alert = await newsroom.broadcast(tx, "kpop")
        key = f"alert:{alert.story}:1"
        await outbox.owe(tx, [newsroom.owed(chat.id, alert.edition, key, state=State.HELD)], newsroom.now)
        edition = await revise(tx, newsroom, alert.story)
        assert [one.edition for one in (await held_alerts.of(tx, [chat.id]))[chat.id]] == [edition]


async def test_a_denial_is_for_those_whose_digest_showed_the_story(store: Store, newsroom) -> None:
    async with store.writing() as tx:
        chat = await newsroom.chat(tx, 1, "kpop")
        story = await newsroom.story(tx, "kpop")
        digest = await newsroom.edition(tx, story)
        (made,) = await outbox.owe(
            tx, [newsroom.owed(chat.id, digest, "digest:2026-03-02:08:00")], newsroom.now
        )
        await tx.execute(
            update(tables.deliveries).where(tables.deliveries.c.id == made).values(state="sent", message_id=9)
        )
        said = replace(content(story, newsroom), denial=True)
        assert await revisions.deny(tx, story, said, decided_at=newsroom.now, expires_at=newsroom.now + WORTH)
        denial = await editions.undone(tx)
        assert denial
        assert (denial.sends, denial.silent) == (Sends.DENIAL, True)
        (one,) = await revisions.addressees(tx, denial, 9)
        assert (one.chat, one.key, one.has_message) == (chat.id, "digest:2026-03-02:08:00", True)
        again = await revisions.deny(
            tx, story, said, decided_at=newsroom.now, expires_at=newsroom.now + WORTH
        )
        assert again is None
