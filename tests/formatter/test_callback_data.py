from datetime import time
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formatter import buttons
from bot.formatter.buttons import (
    Done,
    FewerAlerts,
    Follow,
    Forget,
    Page,
    Press,
    Refresh,
    Related,
    SetAlerts,
    SetDigest,
    SetLanguage,
    SetQuiet,
    SetZone,
    Why,
    pack,
    parse,
)
from bot.formatter.wishes import Drop, Leaf, Ring, Want
from digests.model import Alerts, Quiet, Wish

panels = st.sampled_from(buttons.PANELS)
clocks = st.times().map(lambda at: time(at.hour, at.minute))
slugs = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,30}", fullmatch=True)
names = st.from_regex(r"[a-z0-9]{1,20}([-.][a-z0-9]{1,13}){0,2}", fullmatch=True)
interests, pages = st.integers(1, 10**16 - 1), st.integers(0, 99)
quiets = st.builds(Quiet, clocks, clocks, hold=st.booleans())
presses: st.SearchStrategy[Press] = st.one_of(
    st.builds(Follow, slugs, st.booleans(), panels),
    st.just(Done()),
    st.builds(SetZone, st.sampled_from([*sorted(available_timezones()), "UTC+09:00", "UTC-03:30"]), panels),
    st.builds(SetAlerts, st.sampled_from(Alerts), panels),
    st.just(FewerAlerts()),
    st.builds(SetQuiet, st.none() | quiets),
    st.builds(SetDigest, clocks, st.booleans()),
    st.builds(SetLanguage, st.sampled_from(["en", "ko"]), panels),
    st.builds(Forget, st.booleans()),
    st.builds(Page, st.sampled_from(buttons.PAGES)),
    st.just(Refresh()),
    st.builds(Want, st.just(Wish.FOLLOW), names, st.none() | st.booleans()),
    st.builds(Want, st.just(Wish.MUTE), names),
    st.builds(Ring, interests, st.booleans(), pages),
    st.builds(Drop, interests, pages),
    st.builds(Leaf, st.sampled_from(Wish), pages),
    st.builds(Related, st.integers(0, 10**18 - 1)),
    st.builds(Why, st.integers(0, 10**18 - 1), st.integers(1, 99)),
)


@given(presses)
def test_what_a_button_says_is_read_back_and_fits(press: Press) -> None:
    data = pack(press)
    assert parse(data) == press
    assert len(data.encode()) <= 64


def test_a_button_carries_the_wished_state() -> None:
    assert pack(Follow("kpop", on=True, panel="settings")) == "1:follow:settings:kpop=on"
    assert pack(Follow("kpop", on=False, panel="settings")) == "1:follow:settings:kpop=off"


@given(st.text() | st.text(alphabet="1:=-/abcdefghijklmnopqrstuvwxyz+0123456789\ud800🎤", max_size=70))
def test_no_text_whatever_breaks_the_reading(data: str) -> None:
    press = parse(data)
    assert press is None or pack(press) == data


@pytest.mark.parametrize(
    "data",
    [
        None,
        "",
        "1",
        "1:",
        "1:follow",
        "1:follow::kpop=on",
        "1:follow:settings:kpop",
        "1:follow:settings:kpop=toggle",
        "1:follow:elsewhere:kpop=on",
        "1:follow:settings:<b>=on",
        "1:follow:settings:" + "a" * 60 + "=on",
        "0:done:onboarding:",
        "2:done:onboarding:",
        "1:done:settings:",
        "1:done:onboarding:again",
        "1:zone:question:",
        "1:zone:question:../../etc/passwd",
        "1:zone:question:Europe/London\n",
        "1:alerts:settings:loud",
        "1:quiet:settings:25:00-07:00",
        "1:quiet:settings:23:00-07:00/keep",
        "1:digest:settings:24:00=on",
        "1:digest:settings:08:00",
        "1:digest:settings:٠٨:٠٠=on",
        "1:language:question:fr",
        "1:forget:question:maybe",
        "1:page:settings:admin",
        "1:why:settings:1=1",
        "1:why:alert:1",
        "1:why:alert:-1=1",
        "1:why:alert:01=1",
        "1:why:alert:1=0",
        "drop table chats",
    ],
)
def test_data_that_we_did_not_write_is_nothing(data: str | None) -> None:
    assert parse(data) is None


@pytest.mark.parametrize(
    "press",
    [
        Follow("a" * 60, on=True, panel="onboarding"),
        Follow("케이팝", on=True, panel="onboarding"),
        SetZone("", "question"),
        SetZone("Mars/Olympus Mons", "question"),
    ],
)
def test_a_press_that_would_not_come_back_is_refused_when_it_is_made(press: Press) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        pack(press)
