from datetime import UTC, datetime, time

import pytest

from bot.formatter import keyboards
from bot.formatter.buttons import (
    FewerAlerts,
    Follow,
    Forget,
    Page,
    Related,
    SetAlerts,
    SetDigest,
    SetQuiet,
    SetZone,
    Why,
    parse,
)
from bot.formatter.message import Keyboard
from bot.texts import Texts, Voice
from digests.model import Address, Alerts, Chat, ChatId, ChatKind, Language, Quiet
from digests.settings import Category

NOW = datetime(2026, 11, 23, 22, 15, tzinfo=UTC)
CATEGORIES = tuple(
    Category(slug, {"en": name, "ko": korean}, emoji=emoji)
    for slug, name, korean, emoji in (
        ("kpop", "K-pop", "케이팝", "🎤"),
        ("drama", "Drama", "드라마", "🎬"),
        ("food", "Food", "음식", ""),
    )
)
CHAT = Chat(
    id=ChatId(1),
    address=Address(1),
    kind=ChatKind.PRIVATE,
    language="en",
    zone="Asia/Seoul",
    zone_known=True,
    zone_asks=0,
    alerts=Alerts.ON,
    quiet=Quiet(time(22, 30), time(6)),
    digest_times=(time(7, 30),),
    next_digest_at=None,
    digested_seq=None,
    digested_at=None,
    paused_at=None,
    paused_why="",
)


@pytest.fixture
def voice() -> Voice:
    return Texts.load().voice("en")


def labels(keyboard: Keyboard) -> list[list[str]]:
    return [[button.label for button in row] for row in keyboard]


def presses(keyboard: Keyboard) -> list[object]:
    return [parse(button.data) for row in keyboard for button in row]


def test_the_onboarding_has_toggles_two_a_row_and_done(voice: Voice) -> None:
    keyboard = keyboards.onboarding(voice, CATEGORIES, {"drama"})
    assert labels(keyboard) == [["🎤 K-pop", "✅ Drama"], ["Food"], ["Done"]]
    assert presses(keyboard)[:2] == [
        Follow("kpop", on=True, panel="onboarding"),
        Follow("drama", on=False, panel="onboarding"),
    ]


def test_cities_are_shown_with_their_time() -> None:
    places = [("London", "Europe/London"), ("New York", "America/New_York"), ("서울", "UTC+09:00")]
    keyboard = keyboards.zones(places, NOW)
    assert labels(keyboard) == [["London 22:15", "New York 17:15"], ["서울 07:15"]]
    assert presses(keyboard)[0] == SetZone("Europe/London", "question")


def test_under_an_alert_one_tap_has_fewer_or_none_or_asks_why_or_for_what_is_like_it(voice: Voice) -> None:
    why = Why(71, 2)
    assert presses(keyboards.under_alert(voice, why)) == [
        *(FewerAlerts(), SetAlerts(Alerts.OFF, "alert")),
        *(why, Related(71)),
    ]
    assert labels(keyboards.under_alert(voice, why, group=True)) == [
        ["Fewer alerts here", "No alerts here"],
        ["Why is this here?"],
    ]


def test_before_everything_is_deleted_the_harmless_answer_comes_first(voice: Voice) -> None:
    assert presses(keyboards.forget(voice)) == [Forget(sure=False), Forget(sure=True)]


def test_a_suggestion_follows(voice: Voice) -> None:
    assert presses(keyboards.did_you_mean(voice, CATEGORIES[:1])) == [
        Follow("kpop", on=True, panel="suggestion")
    ]


def test_languages_are_called_in_their_own() -> None:
    assert labels(keyboards.languages("ko")) == [["English", "✅ 한국어"]]


def panel(voice: Voice, page: str) -> Keyboard:
    return keyboards.settings(
        voice,
        CHAT,
        page,
        categories=CATEGORIES,
        followed={"kpop"},
        places=[("London", "Europe/London")],
        now=NOW,
    )


@pytest.mark.parametrize("page", ["categories", "digest", "alerts", "quiet", "zone", "language"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_page_of_the_settings_leads_back(page: str, language: Language) -> None:
    keyboard = panel(Texts.load().voice(language), page)
    assert presses(keyboard)[-1] == Page("main")
    assert None not in presses(keyboard)
    assert Page(page) in presses(panel(Texts.load().voice(language), "main"))  # type: ignore[arg-type]


def test_the_chats_own_times_are_among_those_offered(voice: Voice) -> None:
    digest = panel(voice, "digest")
    assert ["07:00", "✅ 07:30", "08:00"] in labels(digest)
    assert SetDigest(time(7, 30), on=False) in presses(digest)
    assert SetDigest(time(8), on=True) in presses(digest)
    quiet = panel(voice, "quiet")
    assert any("✅ 22:30–06:00" in row for row in labels(quiet))
    assert SetQuiet(Quiet(time(22, 30), time(6), hold=True)) in presses(quiet)
    assert SetQuiet(None) in presses(quiet)


def test_an_old_panel_never_toggles(voice: Voice) -> None:
    assert all("toggle" not in button.data for row in panel(voice, "categories") for button in row)
    assert presses(panel(voice, "categories"))[0] == Follow("kpop", on=False, panel="settings")
