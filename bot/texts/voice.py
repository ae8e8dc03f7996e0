"""One language as the bot speaks it: sentences from the catalogue, and the words for times, places and lists."""

import gettext
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from babel import Locale
from babel.dates import format_date, get_timezone_location
from babel.lists import format_list
from markupsafe import Markup, escape

from bot.texts.particles import particle
from digests.model import Language

# A particle stands right after a value, or after tags and closing signs that follow the value: <b>%(name)s</b>{을/를}
_PARTICLE = re.compile(r"(%\((\w+)\)[sd](?:</?\w+>|[\"'”’»」』)\]])*)\{([^{}/]+/[^{}/]+)\}")
_TAG = re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class Voice:
    """What `Texts.voice` gives: every word the bot says in one language."""

    language: Language
    locale: Locale
    catalogue: gettext.NullTranslations

    def gettext(self, msgid: str, **values: object) -> str:
        """Say the sentence as plain text, with the values as they are: for button labels and pop-ups."""
        return _filled(self.catalogue.gettext(msgid), values)

    def ngettext(self, singular: str, plural: str, n: int, **values: object) -> str:
        """Say the sentence for `n` things; `%(n)s` is the number."""
        return _filled(self.catalogue.ngettext(singular, plural, n), {"n": n, **values})

    def markup(self, msgid: str, **values: object) -> Markup:
        """Say the sentence as markup: tags of the catalogue stay, values are escaped."""
        return Markup(_filled(self.catalogue.gettext(msgid), _escaped(values)))  # noqa: S704 - the catalogue is ours, the values are escaped

    def nmarkup(self, singular: str, plural: str, n: int, **values: object) -> Markup:
        """Say the sentence for `n` things as markup; values are escaped."""
        sentence = self.catalogue.ngettext(singular, plural, n)
        return Markup(_filled(sentence, _escaped({"n": n, **values})))  # noqa: S704 - as above

    def join(self, items: Sequence[str]) -> str:
        """List things as one says them: "K-pop, Drama and Food", "케이팝, 드라마, 푸드", "K-pop과 드라마"."""
        if not items:
            return ""
        if self.language == "ko" and len(items) == 2:
            first, second = items
            joint = particle(_TAG.sub("", first), "과/와") + " "
            return first + joint + second
        if self.language == "ko":  # Babel's "및" belongs to paper
            return ", ".join(items)
        return format_list(list(items), locale=self.locale)

    def day(self, day: datetime) -> str:
        """Name a day in full: "Tuesday, 24 November", "11월 24일 화요일"."""
        return str(format_date(day, "EEEE, d MMMM" if self.language == "en" else "M월 d일 EEEE", self.locale))

    def clock(self, at: datetime, now: datetime, zone: tzinfo, *, full: bool = False) -> str:
        """Tell when something was: HH:MM; with the weekday within six days, else with the date.

        `full` is for sentences: "Monday 08:00", not "Mon 08:00". No "yesterday": a chat is scrolled back to.
        """
        local, today = at.astimezone(zone), now.astimezone(zone)
        days = (today.date() - local.date()).days
        if days == 0:
            return f"{local:%H:%M}"
        if 0 < days < 7:
            pattern = "EEEE" if full or self.language == "ko" else "EEE"
        elif self.language == "ko":
            pattern = "M월 d일" if local.year == today.year else "y년 M월 d일"
        else:
            pattern = "d MMM" if local.year == today.year else "d MMM y"
        return f"{format_date(local, pattern, self.locale)} {local:%H:%M}"

    def coming(self, at: datetime, now: datetime, zone: tzinfo) -> str:
        """Tell when something will be: "today at 19:00", "tomorrow at 08:00", "Friday at 08:00"."""
        local, today = at.astimezone(zone), now.astimezone(zone)
        clock = f"{local:%H:%M}"
        if local.date() == today.date():
            return self.gettext("today at %(clock)s", clock=clock)
        if local.date() == today.date() + timedelta(days=1):
            return self.gettext("tomorrow at %(clock)s", clock=clock)
        day = format_date(local, "EEEE", self.locale)
        return self.gettext("%(day)s at %(clock)s", day=day, clock=clock)

    def place(self, zone: str) -> str:
        """Name a zone by its city: "Seoul", "서울"; UTC+09:00 stays as it is."""
        try:
            return str(get_timezone_location(zone, self.locale, return_city=True))
        except (LookupError, ValueError):
            return zone


def _escaped(values: dict[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int) else escape(value) for name, value in values.items()}


def _filled(sentence: str, values: dict[str, object]) -> str:
    """Choose the particles by the values, then fill the values in (in this order: a value may hold braces)."""

    def chosen(found: re.Match[str]) -> str:
        value = values[found[2]]
        word = value.striptags() if isinstance(value, Markup) else str(value)
        return f"{found[1]}{particle(word, found[3])}"

    return _PARTICLE.sub(chosen, sentence) % values if values else sentence
