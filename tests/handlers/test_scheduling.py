"""/digest, /timezone, /alerts, /quiet, /language: when and how it comes."""

from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import select

from bot.formatter import keyboards
from bot.formatter.buttons import SetLanguage, Why, pack
from bot.formatter.message import Button
from bot.formatter.message import Message as Rendered
from bot.formatter.request import to_send
from bot.handlers.grammar import MOST_TIMES
from bot.playground.telegram import Chat, Message, Person
from digests.editions.cards import card
from digests.model import (
    AlertContent,
    Alerts,
    Card,
    Language,
    Owed,
    Priority,
    Quiet,
    State,
    StoryId,
    Version,
    alert_key,
)
from digests.store import editions, outbox, stories, tables
from tests.handlers.hostile import HOSTILE
from tests.handlers.owing import debts, owe
from tests.handlers.talking import Talking

ALERTED = Card(
    StoryId(1),
    datetime(2026, 11, 24, tzinfo=UTC),
    ("kpop",),
    {"en": Version("en", "News", "https://a.example", "A")},
)
SEVEN_THIRTY_IN_SEOUL = datetime(2026, 11, 24, 22, 30, tzinfo=UTC)  # tomorrow's


# -- /digest --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["/digest 07:30", "/digest@SosikBot 7:30am", "소식 모음 오전 7시 30분", "요약 0730", "digest 7.30"],
)
async def test_a_daily_time_is_set_and_the_next_digest_named(talking: Talking, text: str) -> None:
    said = await talking.hear(talking.ann, text)
    assert "07:30" in said
    assert "tomorrow at 07:30" in said
    kept = await talking.kept(talking.ann)
    assert kept.digest_times == (time(7, 30),)
    assert kept.next_digest_at == SEVEN_THIRTY_IN_SEOUL
    assert talking.woken


async def test_several_daily_times(talking: Talking) -> None:
    said = await talking.hear(talking.min, "/digest 19:00 07:30")
    assert "07:30과 19:00" in said
    assert "오늘 19:00" in said
    kept = await talking.kept(talking.min)
    assert kept.digest_times == (time(7, 30), time(19))
    assert kept.next_digest_at == datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "day"),
    [(0, 24), (27, 24), (59.9, 24), (60, 25), (60.5, 25), (119, 25)],
)
async def test_a_time_a_few_seconds_ahead_still_comes_today(
    talking: Talking, seconds: float, day: int
) -> None:
    """It is 18:00 in Seoul; the minute that runs is tomorrow's."""
    talking.clock.forward(seconds=seconds)
    await talking.say(talking.ann, "/digest 18:01")
    assert (await talking.kept(talking.ann)).next_digest_at == datetime(2026, 11, day, 9, 1, tzinfo=UTC)


async def test_a_digest_set_twice_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/digest 07:30")
    assert "It was so already" in await talking.hear(talking.ann, "/digest 7:30")


async def test_digests_off_and_on_again(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/digest off")
    assert "No more digests" in said
    assert "Alerts still come" in said
    kept = await talking.kept(talking.ann)
    assert (kept.digest_times, kept.next_digest_at) == ((), None)
    assert "no digest as it is" in await talking.hear(talking.ann, "digest off")
    assert "08:00" in await talking.hear(talking.ann, "/digest on")
    kept = await talking.kept(talking.ann)
    assert kept.digest_times == (time(8),)
    assert kept.next_digest_at == datetime(2026, 11, 24, 23, tzinfo=UTC)


async def test_digests_on_keep_the_times_there_are(talking: Talking) -> None:
    await talking.say(talking.ann, "/digest 21:15")
    assert "It was so already" in await talking.hear(talking.ann, "/digest on")
    assert (await talking.kept(talking.ann)).digest_times == (time(21, 15),)


async def test_where_neither_digest_nor_alert_comes_any_more_it_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/alerts off")
    assert "/latest" in await talking.hear(talking.ann, "/digest off")
    await talking.say(talking.min, "소식 모음 끄기")
    assert "/latest" in await talking.hear(talking.min, "알림 꺼줘")


async def test_more_digests_than_a_day_bears_are_refused(talking: Talking) -> None:
    times = " ".join(f"{hour}:00" for hour in range(MOST_TIMES + 1))
    assert str(MOST_TIMES) in await talking.hear(talking.ann, f"/digest {times}")
    assert await talking.kept_or_none(talking.ann) is None


async def test_a_digest_time_asks_where_the_reader_lives_until_that_is_known(talking: Talking) -> None:
    (asked,) = await talking.say(talking.ann, "/digest 07:30")
    assert "What time is it where you are?" in asked.plain
    await talking.press(talking.ann, asked, next(one for one in asked.buttons if one.startswith("London")))
    kept = await talking.kept(talking.ann)
    assert kept.zone == "Europe/London"
    assert kept.next_digest_at == datetime(2026, 11, 25, 7, 30, tzinfo=UTC)
    (told,) = await talking.say(talking.ann, "/digest 07:45")
    assert not told.buttons
    assert "London" in told.plain


async def test_it_is_not_asked_for_ever(talking: Talking) -> None:
    for minute in range(10, 16):
        (last,) = await talking.say(talking.ann, f"/digest 07:{minute}")
    assert not last.buttons


async def held(talking: Talking, person: Person | Chat, turn: int = 1) -> None:
    """An alert that waits for the digest of a person, or of a group."""
    kept = await talking.kept(person)
    async with talking.store.writing() as tx:
        (story,) = await stories.latest(tx, ["kpop"], limit=1, alerted_only=True)
        (facts,) = await stories.facts(tx, [story])
        edition = await editions.add(tx, AlertContent(card(facts, breaking=True)), talking.clock())
        debt = Owed(
            chat=kept.id,
            key=alert_key(story, turn),
            edition=edition,
            priority=Priority.ALERT,
            state=State.HELD,
            due_at=kept.next_digest_at or talking.clock(),
            expires_at=talking.clock() + timedelta(days=7),
        )
        await outbox.owe(tx, [debt], talking.clock())


async def due(talking: Talking, at: datetime) -> bool:
    async with talking.store.reading() as tx:
        return await outbox.anything_due(tx, "test", at, in_hand=False)


async def test_without_digests_a_held_alert_is_sent(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    assert not await due(talking, talking.clock() + timedelta(days=1))
    await talking.say(talking.ann, "/digest off")
    assert await due(talking, talking.clock())
    assert talking.woken


async def test_without_digests_a_held_alert_is_not_sent_in_quiet_hours(talking: Talking) -> None:
    talking.clock.forward(hours=8)  # 02:00 in Seoul
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    await talking.say(talking.ann, "/digest off")
    seven = datetime(2026, 11, 24, 22, tzinfo=UTC)
    assert not await due(talking, seven - timedelta(seconds=1))
    assert await due(talking, seven)


async def test_without_digests_a_held_alert_waits_until_the_cap_frees(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    kept = await talking.kept(talking.ann)
    now = talking.clock()
    async with talking.store.writing() as tx:
        for number in range(talking.settings.breaking.max_per_hour):
            edition = await editions.add(tx, AlertContent(ALERTED), now)
            at = now - timedelta(minutes=40 - number)
            had = Owed(kept.id, f"had:{number}", edition, Priority.ALERT, State.SENT, at, at)
            await outbox.owe(tx, [had], at)
    await talking.say(talking.ann, "/digest off")
    assert not await due(talking, now + timedelta(minutes=20) - timedelta(seconds=1))
    assert await due(talking, now + timedelta(minutes=20))


@pytest.mark.parametrize("words", [("/alerts off", "/digest off"), ("/digest off", "/alerts off")])
async def test_who_turns_everything_off_is_owed_no_held_alert_any_more(
    talking: Talking, words: tuple[str, str]
) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    for text in words:
        await talking.say(talking.ann, text)
    assert await debts(talking) == {State.CANCELLED: 1}
    for text in ("/alerts on", "/digest on"):
        await talking.say(talking.ann, text)
    assert await debts(talking) == {State.CANCELLED: 1}


async def test_by_buttons_it_is_the_same(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    (panel,) = await talking.say(talking.ann, "/settings")
    for button in ("Alerts", "Off", "← Back", "Digest times", "✅ 08:00"):
        await talking.press(talking.ann, panel, button)
    kept = await talking.kept(talking.ann)
    assert (kept.alerts, kept.digest_times) == (Alerts.OFF, ())
    assert await debts(talking) == {State.CANCELLED: 1}


async def test_in_a_group_it_is_the_same(talking: Talking) -> None:
    group = talking.telegram.group("Fans", owner=talking.ann)
    talking.telegram.add_bot(group, by=talking.ann)
    await talking.say(talking.ann, "/subscribe kpop", chat=group)
    await held(talking, group)
    for text in ("/alerts off", "/digest off"):
        await talking.say(talking.ann, text, chat=group)
    assert await debts(talking) == {State.CANCELLED: 1}


async def test_with_digests_again_what_waits_for_the_cap_stands_in_the_next(talking: Talking) -> None:
    talking.clock.forward(hours=8)  # 02:00 in Seoul
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    await talking.say(talking.ann, "/digest off")
    assert await debts(talking) == {State.OWED: 1}  # until the quiet hours are over
    await talking.say(talking.ann, "/digest 08:00")
    assert await debts(talking) == {State.HELD: 1}
    assert not await due(talking, talking.clock() + timedelta(days=1))


async def test_with_digests_again_what_is_due_already_is_sent_at_once(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await held(talking, talking.ann)
    for text in ("/digest off", "/digest 08:00"):
        await talking.say(talking.ann, text)
    assert await debts(talking) == {State.OWED: 1}


async def test_many_held_alerts_come_as_the_caps_allow(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    for turn in range(1, 9):
        await held(talking, talking.ann, turn)
    await talking.say(talking.ann, "/digest off")
    now, rules = talking.clock(), talking.settings.breaking
    async with talking.store.reading() as tx:
        ats = await tx.rows(select(tables.deliveries.c.due_at).order_by(tables.deliveries.c.due_at))
    dues = [row.due_at for row in ats]
    assert dues[: rules.max_per_hour] == [now] * rules.max_per_hour
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert all(sum(at <= other < at + hour for other in dues) <= rules.max_per_hour for at in dues)
    assert all(sum(at <= other < at + day for other in dues) <= rules.max_per_day for at in dues)
    assert len(dues) == 8


async def test_with_alerts_off_no_alert_comes_any_more_but_what_is_held_is_told(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    kept = await talking.kept(talking.ann)
    await owe(talking, kept.id)
    await held(talking, talking.ann)
    await talking.say(talking.ann, "/alerts off")
    assert await debts(talking) == {State.CANCELLED: 1, State.HELD: 1}


# -- /timezone ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "zone", "said"),
    [
        ("/timezone London", "Europe/London", "London"),
        ("/timezone 런던", "Europe/London", "London"),
        ("/timezone Europe/London", "Europe/London", "London"),
        ("시간대 런던", "Europe/London", "London"),
        ("런던 시간대", "Europe/London", "London"),
        ("/timezone UTC+0", "UTC", "UTC"),
        ("/timezone UTC-3:30", "UTC-03:30", "UTC-03:30"),
    ],
)
async def test_a_place_sets_the_clock_and_the_next_digest(
    talking: Talking, text: str, zone: str, said: str
) -> None:
    heard = await talking.hear(talking.ann, text)
    assert said in heard
    kept = await talking.kept(talking.ann)
    assert kept.zone == zone
    assert kept.zone_known
    assert kept.next_digest_at is not None
    offset = timedelta(hours=-3, minutes=-30) if zone == "UTC-03:30" else timedelta()
    assert (kept.next_digest_at + offset).time() == time(8)
    assert timedelta() < kept.next_digest_at - talking.clock() <= timedelta(days=1)


async def test_it_says_what_time_it_is_there_and_when_the_next_digest_comes(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/timezone London")
    assert "09:00" in said
    assert "tomorrow at 08:00" in said
    korean = await talking.hear(talking.min, "시간대 부산")
    assert "18:00" in korean
    assert "내일 08:00" in korean


async def test_a_misspelt_place_is_asked_about(talking: Talking) -> None:
    (asked,) = await talking.say(talking.ann, "/timezone Lodnon")
    assert "Lodnon" in asked.plain
    assert (await talking.kept(talking.ann)).zone == "Asia/Seoul"
    await talking.press(talking.ann, asked, next(one for one in asked.buttons if one.startswith("London")))
    assert (await talking.kept(talking.ann)).zone == "Europe/London"


async def test_a_place_that_nobody_knows_is_answered_with_likely_ones(talking: Talking) -> None:
    (asked,) = await talking.say(talking.min, "/timezone 없는나라")
    assert "“없는나라”는" in asked.plain
    assert any(button.startswith("서울 18:00") for button in asked.buttons)
    assert not (await talking.kept(talking.min)).zone_known


async def test_without_a_place_the_likely_ones_are_shown(talking: Talking) -> None:
    (asked,) = await talking.say(talking.ann, "/timezone")
    assert "Seoul" in asked.plain
    await talking.press(talking.ann, asked, next(one for one in asked.buttons if one.startswith("New York")))
    assert (await talking.kept(talking.ann)).zone == "America/New_York"


# -- /alerts --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "alerts", "said"),
    [
        ("/alerts off", Alerts.OFF, "No more alerts"),
        ("/alerts silent", Alerts.SILENT, "silently"),
        ("/alerts on", Alerts.ON, "with sound"),
        ("알림 끄기", Alerts.OFF, "No more alerts"),
        ("속보 알림 무음", Alerts.SILENT, "silently"),
        ("/alerts 켜기", Alerts.ON, "with sound"),
    ],
)
async def test_alerts_are_had_as_wished(talking: Talking, text: str, alerts: Alerts, said: str) -> None:
    assert said in await talking.hear(talking.ann, text)
    assert (await talking.kept(talking.ann)).alerts is alerts
    assert "It was so already" in await talking.hear(talking.ann, text)
    assert (await talking.kept(talking.ann)).alerts is alerts


async def test_without_a_word_alerts_are_shown_to_choose_from(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/alerts")
    await talking.press(talking.ann, reply, "Silent")
    assert (await talking.kept(talking.ann)).alerts is Alerts.SILENT


async def rung(talking: Talking, person: Person) -> Message:
    """An alert as it stands in a person's chat."""
    kept = await talking.kept(person)
    voice = talking.desk.parts.formatter.voice(kept.language)
    alert = Rendered("🚨 <b>It broke</b>", keyboard=keyboards.under_alert(voice, Why(1, 1)))
    await talking.desk.bot.do_api_request("sendMessage", api_kwargs=to_send(alert, kept.address))
    return talking.telegram.messages(talking.telegram.private(person))[-1]


async def test_one_tap_under_an_alert_gives_fewer(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    alert = await rung(talking, talking.ann)
    answer = await talking.press(talking.ann, alert, "Fewer alerts")
    assert not answer.text
    assert (await talking.kept(talking.ann)).alerts is Alerts.FEW
    said = talking.telegram.messages(alert.chat)[-1].plain
    assert "one an hour" in said
    assert "/alerts on" in said
    again = await talking.press(talking.ann, alert, "Fewer alerts")
    assert "already" in again.text
    assert talking.telegram.messages(alert.chat)[-1].plain == said
    assert "It broke" in alert.plain


async def test_one_tap_under_an_alert_ends_them(talking: Talking) -> None:
    await talking.say(talking.min, "구독 케이팝")
    alert = await rung(talking, talking.min)
    await talking.press(talking.min, alert, "알림 끄기")
    assert (await talking.kept(talking.min)).alerts is Alerts.OFF
    assert "/alerts on" in talking.telegram.messages(alert.chat)[-1].plain
    again = await talking.press(talking.min, alert, "알림 끄기")
    assert again.text == "속보 알림은 이미 꺼져 있어요."


async def test_fewer_than_none_stays_none(talking: Talking) -> None:
    await talking.say(talking.ann, "/alerts off")
    alert = await rung(talking, talking.ann)
    answer = await talking.press(talking.ann, alert, "Fewer alerts")
    assert "off already" in answer.text
    assert (await talking.kept(talking.ann)).alerts is Alerts.OFF


# -- /quiet ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "quiet", "said"),
    [
        ("/quiet 22:30-06:30", Quiet(time(22, 30), time(6, 30)), "silently"),
        ("/quiet 22-6 hold", Quiet(time(22), time(6), hold=True), "wait for the digest"),
        ("/quiet 13:00-14:00", Quiet(time(13), time(14)), "13:00"),
        ("/quiet hold", Quiet(time(23), time(7), hold=True), "wait for the digest"),
        ("/quiet off", None, "No quiet hours"),
        ("방해 금지 밤 10시부터 아침 6시까지", Quiet(time(22), time(6)), "22:00"),
        ("방해금지 끄기", None, "No quiet hours"),
    ],
)
async def test_quiet_hours_are_had_as_wished(
    talking: Talking, text: str, quiet: Quiet | None, said: str
) -> None:
    assert said in await talking.hear(talking.ann, text)
    assert (await talking.kept(talking.ann)).quiet == quiet
    assert "It was so already" in await talking.hear(talking.ann, text)


async def test_quiet_hours_off_and_on_again(talking: Talking) -> None:
    await talking.say(talking.ann, "/quiet off")
    await talking.say(talking.ann, "/quiet on")
    assert (await talking.kept(talking.ann)).quiet == Quiet(time(23), time(7))


async def test_plain_quiet_hours_hold_nothing_any_more(talking: Talking) -> None:
    await talking.say(talking.ann, "/quiet 23:00-07:00 hold")
    assert "silently" in await talking.hear(talking.ann, "/quiet 23:00-07:00")
    assert (await talking.kept(talking.ann)).quiet == Quiet(time(23), time(7))


async def test_without_digests_held_alerts_come_when_the_hours_end(talking: Talking) -> None:
    await talking.say(talking.ann, "/digest off")
    assert "when they end" in await talking.hear(talking.ann, "/quiet 23-7 hold")


async def test_quiet_hours_without_length_are_refused(talking: Talking) -> None:
    assert "/alerts silent" in await talking.hear(talking.ann, "/quiet 23:00-23:00")
    assert await talking.kept_or_none(talking.ann) is None


async def test_without_a_word_quiet_hours_are_shown(talking: Talking) -> None:
    (reply,) = await talking.say(talking.min, "방해 금지")
    assert "23:00–07:00" in reply.plain
    await talking.press(talking.min, reply, "없음")
    assert (await talking.kept(talking.min)).quiet is None


# -- /language ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language", "said"),
    [
        ("/language ko", "ko", "한국어로 말씀드릴게요"),
        ("/language 한국어", "ko", "한국어로 말씀드릴게요"),
        ("언어 한국어로", "ko", "한국어로 말씀드릴게요"),
        ("/language English", "en", "I write in English"),
        ("/language 영어", "en", "I write in English"),
    ],
)
async def test_a_language_is_spoken_from_its_answer_on(
    talking: Talking, text: str, language: Language, said: str
) -> None:
    for person in (talking.ann, talking.min):
        assert said in await talking.hear(person, text)
        assert (await talking.kept(person)).language == language
    assert "/help" in await talking.hear(talking.min, "/nonsense")


async def test_a_language_that_is_not_spoken_is_answered_with_those_that_are(talking: Talking) -> None:
    (reply,) = await talking.say(talking.min, "/language klingon")
    assert "“klingon”" in reply.plain
    assert reply.buttons == ["English", "✅ 한국어"]
    await talking.press(talking.min, reply, "English")
    assert (await talking.kept(talking.min)).language == "en"
    (shown,) = talking.telegram.received(reply.chat)[-1:]
    assert shown.id == reply.id
    assert "I write in English" in shown.plain
    assert shown.buttons == ["✅ English", "한국어"]


async def test_without_a_word_both_languages_are_offered(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/language")
    await talking.press(talking.ann, reply, "한국어")
    assert (await talking.kept(talking.ann)).language == "ko"


def test_the_question_of_languages_is_pressed_as_written() -> None:
    """The buttons above carry what `press` is given."""
    rows = keyboards.languages("en")
    assert rows[0][0] == Button("✅ English", data=pack(SetLanguage("en")))


# -- anything -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("command", ["/digest", "/timezone", "/alerts", "/quiet", "/language"])
async def test_whatever_is_typed_after_it_is_answered_and_changes_nothing(
    talking: Talking, command: str, words: str
) -> None:
    await talking.say(talking.ann, "/subscribe food")
    before = await talking.kept(talking.ann)
    (reply,) = await talking.say(talking.ann, f"{command} {words}"[:4096])
    assert reply.plain.startswith("🤔")
    assert len(reply.plain) < 600
    assert await talking.kept(talking.ann) == before
