"""The keyboards: which buttons stand where, and what each says when it is pressed."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, time

from bot.formatter.buttons import (
    AddFeed,
    Done,
    FewerAlerts,
    Follow,
    Forget,
    Page,
    Panel,
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
)
from bot.formatter.markup import shorten
from bot.formatter.message import Button, Keyboard
from bot.formatter.wishes import Drop, Leaf, Ring, Want
from bot.texts import Voice
from digests.editions.timetable import zone_of
from digests.model import Alerts, Chat, Interest, Quiet, Wish
from digests.settings import Category

Place = tuple[
    str, str
]  # a city as the reader calls it, and its zone as a chat keeps it: ("런던", "Europe/London")

_DIGEST_TIMES = (time(7), time(8), time(9), time(12), time(19), time(21))
_QUIET_HOURS = (Quiet(time(22), time(7)), Quiet(time(23), time(7)), Quiet(time(0), time(8)))
A_PAGE = 20  # of what is followed: Telegram takes a hundred buttons, a phone shows a dozen rows
_LABEL = 40  # UTF-16 units; two a row are cut off by phones far earlier


def onboarding(voice: Voice, categories: Sequence[Category], followed: Collection[str]) -> Keyboard:
    """Toggles, two a row, and Done."""
    toggles = category_toggles(voice, categories, followed, panel="onboarding")
    return (*toggles, (_button(voice.gettext("Done"), Done()),))


def category_toggles(
    voice: Voice, categories: Sequence[Category], followed: Collection[str], *, panel: Panel
) -> Keyboard:
    """One button a category, ✅ in place of its emoji where it is followed."""
    return _rows(
        _button(
            _marked(category.name(voice.language), category.emoji, on=category.slug in followed),
            Follow(category.slug, on=category.slug not in followed, panel=panel),
        )
        for category in categories
    )


def feeds_offered(offers: Sequence[tuple[str, str]]) -> Keyboard:
    """One button a feed, by its title; `offers` are titles and numbers."""
    return tuple((_button(shorten(title, _LABEL), AddFeed(number)),) for title, number in offers)


def zones(places: Sequence[Place], now: datetime, *, panel: Panel = "question") -> Keyboard:
    """Likely cities with the time it is there: "London 22:15"."""
    return _rows(
        _button(f"{city} {now.astimezone(zone_of(zone)):%H:%M}", SetZone(zone, panel))
        for city, zone in places
    )


def under_alert(voice: Voice, why: Why, *, group: bool = False) -> Keyboard:
    """Under every alert: fewer of them, or none, why this one, and what is like it.

    In a group it says that it is for all of it; what is related is no answer to everybody there.
    """
    fewer = voice.gettext("Fewer alerts here") if group else voice.gettext("Fewer alerts")
    none = voice.gettext("No alerts here") if group else voice.gettext("No alerts")
    asks = voice.gettext("Why is this here?") if group else voice.gettext("Why did I get this?")
    less = (_button(fewer, FewerAlerts()), _button(none, SetAlerts(Alerts.OFF, panel="alert")))
    if group:
        return (less, (_button(asks, why),))
    return (less, (_button(asks, why), _button(voice.gettext("Related"), Related(why.story))))


def did_you_mean(voice: Voice, categories: Sequence[Category]) -> Keyboard:
    """Categories a reader may have meant; a press follows."""
    return _rows(
        _button(
            _marked(category.name(voice.language), category.emoji, on=False),
            Follow(category.slug, on=True, panel="suggestion"),
        )
        for category in categories
    )


def what_is_followed(
    voice: Voice, interests: Sequence[tuple[Interest, str]], wish: Wish, page: int
) -> Keyboard:
    """One row each, by what it is called: a tap takes it away; beside a follow stands a bell, for alerts or none."""
    pages = max((len(interests) - 1) // A_PAGE, 0)
    page = min(page, pages)
    rows: list[tuple[Button, ...]] = []
    for interest, label in interests[page * A_PAGE : (page + 1) * A_PAGE]:
        gone = _button(f"✕ {label}", Drop(interest.id, page))
        if wish is Wish.FOLLOW:
            bell = voice.gettext("🔔 Alerts too") if interest.alerts else voice.gettext("🔕 Digest only")
            rows.append((gone, _button(bell, Ring(interest.id, not interest.alerts, page))))
        else:
            rows.append((gone,))
    turns = [_button("←", Leaf(wish, page - 1))] if page else []
    turns += [_button("→", Leaf(wish, page + 1))] if page < pages else []
    return (*rows, tuple(turns)) if turns else tuple(rows)


def wants(offered: Iterable[tuple[str, Want]]) -> Keyboard:
    """One button for each name that may be followed or muted; a row each."""
    return tuple((_button(label, want),) for label, want in offered)


def forget(voice: Voice) -> Keyboard:
    """The confirmation before everything is deleted; the harmless answer comes first."""
    keep = _button(voice.gettext("Keep everything"), Forget(sure=False))
    delete = _button(voice.gettext("Delete everything"), Forget(sure=True))
    return ((keep, delete),)


def languages(current: str, *, panel: Panel = "question") -> Keyboard:
    """Both languages, the one in use marked."""
    return (
        (
            _button(_ticked("English", on=current == "en"), SetLanguage("en", panel)),
            _button(_ticked("한국어", on=current == "ko"), SetLanguage("ko", panel)),
        ),
    )


def settings(
    voice: Voice,
    chat: Chat,
    page: str,
    *,
    categories: Sequence[Category] = (),
    followed: Collection[str] = (),
    places: Sequence[Place] = (),
    now: datetime,
) -> Keyboard:
    """One page of the settings panel; an unknown page is the main one."""
    back = (_button(voice.gettext("← Back"), Page("main")),)
    inner: Keyboard
    match page:
        case "categories":
            inner = category_toggles(voice, categories, followed, panel="settings")
        case "digest":
            inner = _digest_times(chat)
        case "alerts":
            inner = _alerts(voice, chat)
        case "quiet":
            inner = _quiet(voice, chat)
        case "zone":
            inner = zones(places, now, panel="settings")
        case "language":
            inner = languages(chat.language, panel="settings")
        case _:
            return _main(voice)
    return (*inner, back)


def _main(voice: Voice) -> Keyboard:
    pages = (
        _button(voice.gettext("Categories"), Page("categories")),
        _button(voice.gettext("Digest times"), Page("digest")),
        _button(voice.gettext("Alerts"), Page("alerts")),
        _button(voice.gettext("Quiet hours"), Page("quiet")),
        _button(voice.gettext("Time zone"), Page("zone")),
        _button(voice.gettext("Language"), Page("language")),
    )
    return (*_rows(pages), (_button(voice.gettext("Refresh"), Refresh()),))


def _digest_times(chat: Chat) -> Keyboard:
    offered = sorted({*_DIGEST_TIMES, *chat.digest_times})
    return _rows(
        (
            _button(
                _ticked(f"{at:%H:%M}", on=at in chat.digest_times), SetDigest(at, at not in chat.digest_times)
            )
            for at in offered
        ),
        width=3,
    )


def _alerts(voice: Voice, chat: Chat) -> Keyboard:
    words = {
        Alerts.ON: voice.gettext("With sound"),
        Alerts.FEW: voice.gettext("Only a few"),
        Alerts.SILENT: voice.gettext("Silent"),
        Alerts.OFF: voice.gettext("Off"),
    }
    return _rows(_button(_ticked(word, on=chat.alerts == how), SetAlerts(how)) for how, word in words.items())


def _quiet(voice: Voice, chat: Chat) -> Keyboard:
    """Hours to choose from, the chat's own among them; below, what happens inside them."""
    now = chat.quiet
    hold = now is not None and now.hold
    hours = [(quiet.start, quiet.end) for quiet in _QUIET_HOURS]
    if now is not None and (now.start, now.end) not in hours:
        hours.append((now.start, now.end))
    choices = [
        _button(
            _ticked(
                f"{start:%H:%M}–{end:%H:%M}", on=now is not None and (start, end) == (now.start, now.end)
            ),
            SetQuiet(Quiet(start, end, hold=hold)),
        )
        for start, end in hours
    ]
    choices.append(_button(_ticked(voice.gettext("No quiet hours"), on=now is None), SetQuiet(None)))
    if now is None:
        return _rows(choices)
    inside = (
        _button(_ticked(voice.gettext("Silent then"), on=not hold), SetQuiet(Quiet(now.start, now.end))),
        _button(
            _ticked(voice.gettext("Hold for digest"), on=hold), SetQuiet(Quiet(now.start, now.end, hold=True))
        ),
    )
    return (*_rows(choices), inside)


def _rows(buttons: Iterable[Button], width: int = 2) -> Keyboard:
    flat = tuple(buttons)
    return tuple(flat[start : start + width] for start in range(0, len(flat), width))


def _button(label: str, press: Press) -> Button:
    return Button(shorten(label, _LABEL), data=pack(press))


def _marked(name: str, emoji: str, *, on: bool) -> str:
    return f"{'✅' if on else emoji} {name}".strip()


def _ticked(label: str, *, on: bool) -> str:
    return f"✅ {label}" if on else label
