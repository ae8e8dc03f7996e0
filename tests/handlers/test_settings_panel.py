"""/settings: one message, edited in place."""

from datetime import UTC, datetime, time

import pytest

from bot.handlers.grammar import MOST_TIMES
from bot.playground.telegram import Message
from digests.model import Alerts, Quiet
from tests.handlers.talking import Talking


@pytest.fixture
async def panel(talking: Talking) -> Message:
    (message,) = await talking.say(talking.ann, "/settings")
    return message


async def test_the_first_page_shows_everything_that_can_be_chosen(panel: Message) -> None:
    for words in ("nothing yet", "08:00", "with sound", "23:00–07:00", "Seoul", "English"):
        assert words in panel.plain
    assert panel.buttons == [
        "Categories",
        "Digest times",
        "Alerts",
        "Quiet hours",
        "Time zone",
        "Language",
        "Refresh",
    ]


@pytest.mark.parametrize(
    "page", ["Categories", "Digest times", "Alerts", "Quiet hours", "Time zone", "Language"]
)
async def test_every_page_opens_in_place_and_leads_back(talking: Talking, panel: Message, page: str) -> None:
    first = panel.plain
    await talking.press(talking.ann, panel, page)
    assert panel.plain != first
    await talking.press(talking.ann, panel, "← Back")
    assert panel.plain == first
    assert len(talking.telegram.received(panel.chat)) == 1


async def test_categories_are_followed_and_left(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Categories")
    await talking.press(talking.ann, panel, "🍜 Food")
    assert await talking.followed(talking.ann) == {"food"}
    assert "Following: Food" in panel.plain
    await talking.press(talking.ann, panel, "✅ Food")
    assert await talking.followed(talking.ann) == set()


async def test_digest_times_are_added_and_the_next_one_is_due_then(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Digest times")
    await talking.press(talking.ann, panel, "19:00")
    chat = await talking.kept(talking.ann)
    assert chat.digest_times == (time(8), time(19))
    assert chat.next_digest_at == datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 19:00 in Seoul, within the hour
    assert "✅ 19:00" in panel.buttons
    assert talking.woken


async def test_the_last_digest_time_can_be_taken_away(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Digest times")
    await talking.press(talking.ann, panel, "✅ 08:00")
    chat = await talking.kept(talking.ann)
    assert chat.digest_times == ()
    assert chat.next_digest_at is None
    assert "Digest: off" in panel.plain


async def test_one_time_too_many_is_refused_in_a_pop_up(talking: Talking, panel: Message) -> None:
    times = " ".join(f"{hour:02}:15" for hour in range(MOST_TIMES))
    await talking.say(talking.ann, f"/digest {times}")
    await talking.press(talking.ann, panel, "Digest times")
    answer = await talking.press(talking.ann, panel, "19:00")
    assert str(MOST_TIMES) in answer.text
    assert answer.show_alert
    assert len((await talking.kept(talking.ann)).digest_times) == MOST_TIMES


async def test_alerts_come_as_wished(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Alerts")
    for button, alerts in (("Silent", Alerts.SILENT), ("Off", Alerts.OFF), ("With sound", Alerts.ON)):
        await talking.press(talking.ann, panel, button)
        assert (await talking.kept(talking.ann)).alerts is alerts
        assert f"✅ {button}" in panel.buttons


async def test_quiet_hours_and_what_happens_inside_them(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Quiet hours")
    await talking.press(talking.ann, panel, "00:00–08:00")
    await talking.press(talking.ann, panel, "Hold for digest")
    assert (await talking.kept(talking.ann)).quiet == Quiet(time(0), time(8), hold=True)
    assert "wait for the digest" in panel.plain
    await talking.press(talking.ann, panel, "No quiet hours")
    assert (await talking.kept(talking.ann)).quiet is None


async def test_the_zone_is_set_and_the_first_page_shows_it(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Time zone")
    await talking.press(talking.ann, panel, "London 09:00")
    chat = await talking.kept(talking.ann)
    assert (chat.zone, chat.zone_known) == ("Europe/London", True)
    assert chat.next_digest_at == datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
    assert "Time zone: London, where it is 09:00 now" in panel.plain
    assert "Refresh" in panel.buttons


async def test_the_language_is_changed_and_the_panel_speaks_it(talking: Talking, panel: Message) -> None:
    await talking.press(talking.ann, panel, "Language")
    await talking.press(talking.ann, panel, "한국어")
    assert (await talking.kept(talking.ann)).language == "ko"
    assert "설정" in panel.plain
    assert "새로 고침" in panel.buttons


async def test_refresh_shows_what_was_changed_elsewhere(talking: Talking, panel: Message) -> None:
    await talking.say(talking.ann, "/alerts off")
    await talking.press(talking.ann, panel, "Refresh")
    assert "Alerts: off" in panel.plain


async def test_refresh_of_what_is_so_already_is_answered(talking: Talking, panel: Message) -> None:
    answer = await talking.press(talking.ann, panel, "Refresh")
    assert not answer.show_alert


async def test_a_panel_that_cannot_be_edited_comes_anew(talking: Talking, panel: Message) -> None:
    from bot.playground.telegram import Fault

    talking.telegram.fault(Fault.error(400, "message can't be edited", method="editMessageText"))
    await talking.press(talking.ann, panel, "Alerts")
    anew = talking.telegram.received(panel.chat)[-1]
    assert anew.id != panel.id
    assert "Alerts" in anew.plain


async def test_the_panel_of_a_forgotten_chat_begins_it_anew(talking: Talking, panel: Message) -> None:
    from digests.store import chats

    async with talking.store.writing() as tx:
        await chats.forget(tx, talking.ann.id)
    await talking.press(talking.ann, panel, "Alerts")
    assert (await talking.kept(talking.ann)).alerts is Alerts.ON


OLD = [
    "",
    "x",
    "0:page:settings:main",
    "9:done:onboarding:",
    "1:follow:settings:",
    "1:digest:settings:25:00=on",
    "1:page:settings:secrets",
    "🙂" * 16,
]


@pytest.mark.parametrize("data", OLD)
async def test_a_button_of_an_older_time_is_answered_in_a_sentence(
    talking: Talking, panel: Message, data: str
) -> None:
    before = await talking.kept(talking.ann)
    assert panel.reply_markup is not None
    panel.reply_markup["inline_keyboard"][0][0]["callback_data"] = data
    answer = await talking.press(talking.ann, panel, "Categories")
    assert "too old" in answer.text
    assert await talking.kept(talking.ann) == before


async def test_a_category_that_the_operator_took_away_is_not_followed(
    talking: Talking, panel: Message
) -> None:
    assert panel.reply_markup is not None
    for where in ("settings", "onboarding", "suggestion"):
        panel.reply_markup["inline_keyboard"][0][0] = {
            "text": "Cats",
            "callback_data": f"1:follow:{where}:cats=on",
        }
        await talking.press(talking.ann, panel, "Cats")
        assert await talking.followed(talking.ann) == set()
