"""What follows an alert: a turn as its reply, an edit in its place, a denial under the digest that told the rumour."""

from dataclasses import replace
from datetime import time
from typing import Any

from sqlalchemy import insert
from structlog.testing import capture_logs

from bot.playground.telegram import Cut, Fault
from digests.model import AlertContent, Alerts, Quiet, State, StoryId, Version
from digests.store import revisions, tables
from tests.sending.outgoing import HOUR, PATIENCE, Office, Reader, card


async def rang(office: Office, title: str = "Pier 9 collapses") -> StoryId:
    story = await office.story_of(await office.announce(title, "kpop"))
    await office.send()
    return story


def revised(
    office: Office, story: StoryId, sources: int = 5, title: str = "Pier 9 collapses"
) -> AlertContent:
    return AlertContent(
        card(title, story, office.clock(), sources=sources), also=("Daily", "Harbour Wire", "Post")
    )


# -- turns ----------------------------------------------------------------------------------------------------


async def test_a_turn_comes_as_a_reply_to_the_alert(office: Office) -> None:
    readers = [await office.reader("kpop"), *await office.group("kpop", topics=2)]
    story = await rang(office)
    await office.turn(story, 2, "Pier 9: two are dead", "kpop")
    await office.send()
    for reader in readers:
        alert, turn = office.got(reader)
        assert turn.reply_to is alert
        assert turn.plain.startswith("🚨 Update: Pier 9: two are dead")
        assert not turn.silent


async def test_each_turn_answers_the_one_before(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    for number in (2, 3):
        office.clock.forward(hours=2)
        await office.turn(story, number, f"Turn {number}", "kpop")
        await office.send()
    first, second, third = office.got(reader)
    assert (second.reply_to, third.reply_to) == (first, second)


async def test_where_a_turn_was_held_back_the_next_answers_the_alert(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    for number in (2, 3):  # with the alert these are the three of an hour
        await office.announce(f"Something else {number}", "kpop")
    await office.send()
    await office.turn(story, 2, "Held for the digest", "kpop")
    await office.send()
    office.clock.forward(hours=2)
    await office.turn(story, 3, "Two are dead", "kpop")
    await office.send()
    alert, *_, turn = office.got(reader)
    assert await office.states(reader) == [State.SENT] * 3 + [State.HELD, State.SENT]
    assert turn.plain.startswith("🚨 Update: Two are dead")
    assert turn.reply_to is alert


async def test_a_turn_is_as_loud_as_an_alert_to_that_chat(office: Office) -> None:
    loud = await office.reader("kpop")
    silent = await office.reader("kpop", alerts=Alerts.SILENT)
    asleep = await office.reader("kpop", quiet=Quiet(time(0), time(23, 59)))
    story = await rang(office)
    await office.turn(story, 2, "Two are dead", "kpop")
    await office.send()
    for reader, soundless in ((loud, False), (silent, True), (asleep, True)):
        assert [message.silent for message in office.got(reader)] == [soundless, soundless]


async def test_a_sensitive_turn_makes_no_sound_and_shows_no_emoji(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    await office.turn(story, 2, "The singer dies at 31", "kpop", sensitive="death")
    await office.send()
    _, turn = office.got(reader)
    assert turn.silent
    assert turn.plain.startswith("Update: The singer dies at 31")


async def test_a_chat_that_never_had_the_alert_gets_the_turn_standing_alone(office: Office) -> None:
    story = await rang(office)
    late = await office.reader("kpop")
    await office.turn(story, 2, "Two are dead", "kpop")
    await office.send()
    (turn,) = office.got(late)
    assert turn.reply_to is None
    assert "Two are dead" in turn.plain


async def test_where_the_reader_deleted_the_alert_the_turn_stands_alone(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    office.telegram.delete(office.got(reader)[0])
    await office.turn(story, 2, "Two are dead", "kpop")
    await office.send()
    assert [message.reply_to for message in office.got(reader)] == [None]
    assert await office.states(reader) == [State.SENT, State.SENT]


async def test_a_turn_comes_once_whatever_announces_it_again(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    for _ in range(2):
        await office.turn(story, 2, "Two are dead", "kpop")
        await office.send()
    assert len(office.got(reader)) == 2


async def test_a_turn_decided_while_the_alert_is_on_its_way_answers_it_all_the_same(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await office.story_of(await office.announce("Pier 9 collapses", "kpop"))
    await office.turn(story, 2, "Two are dead", "kpop")
    await office.send()
    alert, turn = office.got(reader)
    assert turn.reply_to is alert


# -- edits ----------------------------------------------------------------------------------------------------


async def test_an_edit_changes_the_alert_where_it_stands_and_rings_nobody(office: Office) -> None:
    readers = [await office.reader("kpop"), *await office.group("kpop", topics=1)]
    story = await rang(office)
    await office.edit(story, 1, revised(office, story))
    await office.send()
    for reader in readers:
        (alert,) = office.got(reader)
        assert "Also in Harbour Wire and Post · 5 sources" in alert.plain
        assert len(alert.history) == 1
        assert alert.reply_markup
        assert office.asked(reader) == 1
        assert await office.states(reader) == [State.SENT, State.SENT]


async def test_an_edit_reaches_who_was_sent_the_alert_and_nobody_else(office: Office) -> None:
    had = await office.reader("kpop")
    others = [
        await office.reader("drama"),
        await office.reader("kpop", alerts=Alerts.OFF),
        await office.reader("kpop", quiet=Quiet(time(0), time(23, 59), hold=True)),
    ]
    story = await rang(office)
    others.append(await office.reader("kpop"))
    await office.edit(story, 1, revised(office, story))
    with capture_logs() as logs:
        await office.send()
    assert len(office.telegram.calls_of("editMessageText")) == 1
    assert office.got(had)[0].history
    assert not any(office.got(other) for other in others)
    assert [log["sends"] for log in logs if log["event"] == "unfolded"][-1] == "edit"


async def test_an_audience_larger_than_a_block_is_edited_block_by_block(office: Office) -> None:
    office.messages_per_second = 1  # the smallest block
    readers = [await office.reader("kpop") for _ in range(70)]
    story = await rang(office)
    await office.edit(story, 1, revised(office, story))
    with capture_logs() as logs:
        await office.send()
    assert all(len(office.got(reader)[0].history) == 1 for reader in readers)
    assert [log["chats"] for log in logs if log["event"] == "unfolded"] == [32, 32, 6, 0]


async def test_an_edit_for_a_language_leaves_the_others_alone(office: Office) -> None:
    english, korean = await office.reader("kpop"), await office.reader("kpop", language="ko")
    story = await rang(office)
    content = revised(office, story)
    versions = content.card.versions | {"ko": Version("ko", "9번 부두 붕괴", "https://b.example", "까치신문")}
    await office.edit(
        story, 1, replace(content, card=replace(content.card, versions=versions)), languages=["ko"]
    )
    await office.send()
    assert "9번 부두 붕괴" in office.got(korean)[0].plain
    assert office.got(korean)[0].history
    assert office.got(english)[0].history == []


async def test_a_newer_revision_overtakes_what_is_not_sent_yet(office: Office) -> None:
    readers = [await office.reader("kpop") for _ in range(3)]
    story = await rang(office)
    office.telegram.fault(Fault.error(500, "Internal Server Error", method="editMessageText", times=None))
    await office.edit(story, 1, revised(office, story, sources=5))
    await office.send()
    assert await office.states(readers[0]) == [State.SENT, State.OWED]
    office.telegram.clear_faults()
    await office.edit(story, 2, revised(office, story, sources=10))
    office.clock.forward(minutes=10)
    await office.send()
    for reader in readers:
        assert await office.states(reader) == [State.SENT, State.CANCELLED, State.SENT]
        assert "10 sources" in office.got(reader)[0].plain
        assert len(office.got(reader)[0].history) == 1


async def test_a_revision_that_was_not_unfolded_yet_is_never_sent(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    await office.edit(story, 1, revised(office, story, sources=5))
    await office.edit(story, 2, revised(office, story, sources=10))
    await office.send()
    assert len(office.telegram.calls_of("editMessageText")) == 1
    assert "10 sources" in office.got(reader)[0].plain


async def test_what_is_sent_after_a_revision_says_it_already(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await office.story_of(await office.announce("Pier 9 collapses", "kpop"))
    await office.edit(story, 1, revised(office, story))
    await office.send()
    (alert,) = office.got(reader)
    assert "5 sources" in alert.plain


async def test_who_is_being_sent_the_alert_just_now_gets_the_edit_when_it_has_arrived(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await office.story_of(await office.announce("Pier 9 collapses", "kpop"))
    office.telegram.fault(Fault.hangs(1))
    office.start()
    await office.telegram.until(lambda: office.asked(reader) == 1, timeout=PATIENCE)
    await office.edit(story, 1, revised(office, story))
    office._wake()
    await office.until_idle()
    await office.stop()
    (alert,) = office.got(reader)
    assert alert.history == []
    office.clock.forward(minutes=3)
    await office.send()
    assert "5 sources" in office.got(reader)[0].plain


async def test_an_edit_goes_after_alerts_and_before_digests(office: Office) -> None:
    reader = await office.reader("kpop", "drama")
    story = await rang(office)
    await office.owe(reader, await office.edition("A digest"))
    await office.edit(story, 1, revised(office, story))
    await office.announce("It breaks", "drama")
    await office.send()
    sent = [
        call.method for call in office.telegram.calls if call.method in {"sendMessage", "editMessageText"}
    ]
    assert sent == ["sendMessage", "sendMessage", "editMessageText", "sendMessage"]
    assert "A digest" in office.got(reader)[-1].plain


async def test_an_edit_uses_up_no_alert_of_the_hour(office: Office) -> None:
    reader = await office.reader("kpop", times=())
    story = await rang(office)
    for number in (1, 2, 3):
        await office.edit(story, number, revised(office, story, sources=number + 3))
        await office.send()
    await office.announce("The second of this hour", "kpop")
    await office.announce("The third", "kpop")
    await office.send()
    assert len(office.got(reader)) == 3


async def test_an_edit_of_a_message_that_was_deleted_is_given_up_quietly(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    office.telegram.delete(office.got(reader)[0])
    await office.edit(story, 1, revised(office, story))
    with capture_logs() as logs:
        await office.send()
    assert await office.states(reader) == [State.SENT, State.REFUSED]
    assert not [log for log in logs if log["log_level"] in {"warning", "error"}]
    assert len(office.telegram.calls_of("editMessageText")) == 1


async def test_an_edit_that_arrived_and_was_not_answered_is_sent(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    office.telegram.fault(Fault.cuts(Cut.AFTER, method="editMessageText"))
    await office.edit(story, 1, revised(office, story))
    await office.send()
    office.clock.forward(minutes=1)
    await office.send()
    assert len(office.got(reader)[0].history) == 1
    assert await office.states(reader) == [State.SENT, State.SENT]
    assert len(office.telegram.calls_of("editMessageText")) == 2


async def test_an_edit_whose_markup_is_refused_is_made_once_as_plain_text(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    office.telegram.fault(Fault.refuses_entities(times=None))
    await office.edit(story, 1, revised(office, story))
    await office.send()
    (alert,) = office.got(reader)
    assert "5 sources" in alert.plain
    assert await office.states(reader) == [State.SENT, State.SENT]


async def test_an_edit_is_worth_six_hours(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    await office.edit(story, 1, revised(office, story))
    office.clock.forward(hours=6)
    await office.send()
    assert office.got(reader)[0].history == []
    assert await office.states(reader) == [State.SENT, State.EXPIRED]


async def test_the_turn_is_edited_not_the_alert_before_it(office: Office) -> None:
    reader = await office.reader("kpop")
    story = await rang(office)
    await office.turn(story, 2, "Two are dead", "kpop")
    await office.send()
    await office.edit(story, 1, replace(revised(office, story, title="Two are dead"), turn=2))
    await office.send()
    alert, turn = office.got(reader)
    assert (len(alert.history), len(turn.history)) == (0, 1)
    assert turn.plain.startswith("🚨 Update: Two are dead")


# -- denials --------------------------------------------------------------------------------------------------


async def rumoured(office: Office, *readers: Reader) -> StoryId:
    """A digest with a rumour, which these readers got."""
    now = office.clock()
    async with office.store.writing() as tx:
        story = StoryId(
            await tx.value(
                insert(tables.stories).values(at=now, created_at=now).returning(tables.stories.c.id)
            )
        )
    edition = await office.edition("Are they dating?")
    async with office.store.writing() as tx:
        await tx.execute(insert(tables.shown).values(story_id=story, edition_id=edition))
    for reader in readers:
        await office.owe(reader, edition)
    await office.send()
    return story


async def deny(office: Office, story: StoryId) -> Any:
    now = office.clock()
    content = AlertContent(card("Agency: they are friends", story, now), denial=True)
    async with office.store.writing() as tx:
        return await revisions.deny(tx, story, content, decided_at=now, expires_at=now + 6 * HOUR)


async def test_a_denial_answers_the_digest_that_told_the_rumour_silently(office: Office) -> None:
    told, other = await office.reader("kpop"), await office.reader("kpop")
    story = await rumoured(office, told)
    assert await deny(office, story)
    await office.send()
    digest, denial = office.got(told)
    assert denial.reply_to is digest
    assert denial.silent
    assert denial.plain.startswith("Rumour denied: Agency: they are friends")
    assert office.got(other) == []


async def test_a_rumour_is_denied_once(office: Office) -> None:
    told = await office.reader("kpop")
    story = await rumoured(office, told)
    assert await deny(office, story)
    assert await deny(office, story) is None
    await office.send()
    assert len(office.got(told)) == 2


async def test_a_rumour_that_nobody_was_shown_is_denied_to_nobody(office: Office) -> None:
    now = office.clock()
    async with office.store.writing() as tx:
        story = StoryId(
            await tx.value(
                insert(tables.stories).values(at=now, created_at=now).returning(tables.stories.c.id)
            )
        )
    assert await deny(office, story) is None
