"""An edition's content, or a reply, made into messages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.formatter import keyboards, wording
from bot.formatter.keyboards import Place
from bot.formatter.measure import fitting, pack
from bot.formatter.message import Keyboard, Message, Preview
from bot.texts import Texts, Voice
from digests.model import LANGUAGES, AlertContent, Card, DigestContent, Language, NoticeContent
from digests.settings import Category
from digests.store.health import Health

_BLANK_LINES = re.compile(r"\n{3,}")
_EXCERPT = 110  # UTF-16 units: two to three lines on a phone


class Formatter:
    """Built once by the composition root; holds nothing that changes, so anyone may call it at any time."""

    def __init__(self, texts: Texts, categories: Sequence[Category]) -> None:
        """Take what the bot says, and the operator's categories in their order."""
        self._texts = texts
        self._categories = {category.slug: category for category in categories}
        self._pages: Mapping[str, Environment] = {
            language: self._environment(texts.voice(language)) for language in LANGUAGES
        }

    def voice(self, language: Language) -> Voice:
        """Give the words of a language, for what is no message: labels, pop-ups."""
        return self._texts.voice(language)

    def alert(
        self,
        content: AlertContent,
        *,
        language: Language,
        zone: tzinfo,
        group: bool = False,
        silent: bool = False,
    ) -> Message:
        """One story as it breaks. The same arguments give the same message, whenever it is sent."""
        card = content.card
        return Message(
            self._say("alert", language, card=card, zone=zone, now=card.at),
            keyboard=keyboards.under_alert(self.voice(language), group=group),
            preview=_picture(card, language),
            silent=silent,
        )

    def digest(
        self,
        content: DigestContent,
        *,
        language: Language,
        zone: tzinfo,
        now: datetime,
        also: Sequence[AlertContent] = (),
        ask_zone: Sequence[Place] = (),
    ) -> tuple[Message, ...]:
        """A digest in as many messages as it needs, cut between stories.

        `also` are alerts that were held for this chat; `ask_zone` are the cities to ask the time zone with. The
        lead's picture is on the first message, the keyboard on the last.
        """
        told = {card.story for section in content.sections for card in section.cards}
        held = [alert.card for alert in also if alert.card.story not in told]
        told |= {card.story for card in held}
        if not told:
            since = content.since
            return (self.empty_digest(language=language, zone=zone, now=now, since=since, ask_zone=ask_zone),)
        shown = {"zone": zone, "now": now, "more": content.more}
        blocks = [self._say("digest_head", language, stories=len(told), **shown)]
        for section in content.sections:
            category = self._categories.get(section.category)
            blocks += self._under("section", section.cards, language, category=category, **shown)
        blocks += self._under("also", held, language, **shown)
        blocks.append(self._say("digest_foot", language, **shown))
        if ask_zone:
            blocks.append(self._say("replies/zone_question", language))
        first = next(
            (card for section in content.sections for card in section.cards), held[0] if held else None
        )
        return _messages(
            blocks,
            preview=_picture(first, language) if first else None,
            keyboard=keyboards.zones(ask_zone, now) if ask_zone else (),
        )

    def empty_digest(
        self,
        *,
        language: Language,
        zone: tzinfo,
        now: datetime,
        since: datetime | None = None,
        ask_zone: Sequence[Place] = (),
    ) -> Message:
        """Nothing was new since `since`: said where the operator wants it, and to whoever asks for a digest."""
        blocks = [self._say("empty_digest", language, zone=zone, now=now, since=since)]
        if ask_zone:
            blocks.append(self._say("replies/zone_question", language))
        return _messages(blocks, keyboard=keyboards.zones(ask_zone, now) if ask_zone else ())[0]

    def notice(self, content: NoticeContent, *, language: Language) -> Message:
        """What administrators are told."""
        return Message(fitting(self._say("notice", language, feeds=content.feeds, more=content.more)))

    def feeds(
        self, every: Sequence[Health], *, language: Language, zone: tzinfo, now: datetime
    ) -> tuple[Message, ...]:
        """How feeds fare, for administrators: what is broken first."""
        ordered = sorted(every, key=lambda one: not one.is_broken)
        head = self._say(
            "heads/feeds", language, feeds=len(ordered), broken=sum(one.is_broken for one in ordered)
        )
        return _messages(
            [head, *(self._say("feed", language, feed=one, zone=zone, now=now) for one in ordered)]
        )

    def stories(
        self,
        cards: Sequence[Card],
        *,
        language: Language,
        zone: tzinfo,
        now: datetime,
        category: Category | None = None,
        breaking: bool = False,
    ) -> tuple[Message, ...]:
        """The latest stories, of one category or of all; `breaking`: those that rang. None: it says so."""
        kind = "breaking" if breaking else "latest"
        if not cards:
            return (self.reply(f"no_{kind}", language=language, category=category),)
        blocks = self._under(kind, cards, language, category=category, zone=zone, now=now)
        return _messages(blocks, preview=_picture(cards[0], language))

    def reply(
        self,
        name: str,
        *,
        language: Language,
        keyboard: Keyboard = (),
        preview: Preview | None = None,
        silent: bool = False,
        **values: object,
    ) -> Message:
        """Render templates/replies/<name>.j2. A value that the template asks for and that is not given is an error."""
        html = fitting(self._say(f"replies/{name}", language, **values))
        return Message(html, keyboard=keyboard, preview=preview, silent=silent)

    def _under(self, head: str, cards: Sequence[Card], language: Language, **values: object) -> list[str]:
        """Stories as blocks; the heading stays with the first."""
        blocks = [
            self._say("story", language, card=card, length=_EXCERPT if head == "section" else 0, **values)
            for card in cards
        ]
        if blocks:
            joint = "\n" if head in {"section", "also"} else "\n\n"
            blocks[0] = self._say(f"heads/{head}", language, **values) + joint + blocks[0]
        return blocks

    def _say(self, template: str, language: Language, **values: object) -> str:
        text = self._pages[language].get_template(f"{template}.j2").render(values)
        return _BLANK_LINES.sub("\n\n", text).strip()

    def _environment(self, voice: Voice) -> Environment:
        page = Environment(
            loader=PackageLoader("bot.formatter", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
        )
        page.globals.update(
            _=voice.markup, gettext=voice.markup, ngettext=voice.nmarkup, language=voice.language, voice=voice
        )
        page.filters.update(
            line=wording.line,
            address=wording.address,
            excerpt=wording.excerpt,
            clock=voice.clock,
            coming=voice.coming,
            place=lambda zone: voice.place(getattr(zone, "key", None) or str(zone)),
            day=lambda at, zone: voice.day(at.astimezone(zone)),
            names=lambda categories: _names(voice, categories),
            clocks=lambda times: voice.join([f"{at:%H:%M}" for at in times]),
            linked=_linked,
            filed=lambda slugs: ", ".join(
                category.name(voice.language) for slug in slugs if (category := self._categories.get(slug))
            ),
        )
        return page


def _names(voice: Voice, categories: Sequence[Category]) -> Markup:
    """Name categories as one says a list, each in bold."""
    return Markup(voice.join([Markup("<b>{}</b>").format(one.name(voice.language)) for one in categories]))  # noqa: S704 - joined of escaped parts


def _linked(title: str, link: str) -> str:
    return Markup('<a href="{}">{}</a>').format(link, title) if link else title


def _picture(card: Card, language: Language) -> Preview | None:
    """The picture of the version that is shown, else of any other: a picture has no language."""
    shown = card.version(language)
    images = (wording.address(version.image) for version in (shown, *card.versions.values()))
    return next((Preview(image) for image in images if image), None)


def _messages(
    blocks: Sequence[str], *, preview: Preview | None = None, keyboard: Keyboard = ()
) -> tuple[Message, ...]:
    parts = [Message(html) for html in pack([block for block in blocks if block])]
    parts[0] = replace(parts[0], preview=preview)
    parts[-1] = replace(parts[-1], keyboard=keyboard)
    return tuple(parts)
