"""An edition's content, or a reply, made into messages."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from bot.formatter import keyboards, wording
from bot.formatter.buttons import Why
from bot.formatter.keyboards import Place
from bot.formatter.measure import fitting, pack
from bot.formatter.message import Keyboard, Message, Preview
from bot.texts import Texts, Voice, troubles
from digests.editions.restraint import restrained, restrained_card
from digests.model import FOLLOWED, LANGUAGES, AlertContent, Card, DigestContent, Language, NoticeContent
from digests.settings import Category
from digests.store.health import Health

_BLANK_LINES = re.compile(r"\n{3,}")
# UTF-16 units of a summary under each head: two to three lines on a phone, and all of it for the lead.
_LENGTHS = {"section": 110, "hot": 280}
_OTHERS = 3  # other sources that an edited alert names


ListKind = Literal["latest", "breaking", "trending", "related"]


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
        """One story as it breaks, a turn of it, or a denial. The same arguments give the same message, whenever it is sent."""
        content = restrained(content, plainly=self._plainly(language))
        card = content.card
        others = [source for source in content.also if source != card.version(language).source]
        voice = self.voice(language)
        return Message(
            self._say(
                "alert",
                language,
                card=replace(card, sources=1) if others else card,
                zone=zone,
                now=card.at,
                turn=content.turn,
                denial=content.denial,
                sensitive=content.sensitive,
                others=others[:_OTHERS],
                sources=card.sources,
            ),
            keyboard=()
            if content.denial
            else keyboards.under_alert(voice, Why(card.story, content.turn), group=group),
            preview=self._picture(card, language),
            silent=silent,
        )

    def _plainly(self, language: Language) -> str:
        return self.voice(language).gettext("A death has been reported")

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
        plainly = self._plainly(language)
        told = {card.story for card in content.cards} - {card.story for card in content.missed}
        last = {alert.card.story: restrained(alert, plainly=plainly).card for alert in also}
        held = [card for story, card in last.items() if story not in told]
        told |= set(last)
        if not told:
            since = content.since
            return (self.empty_digest(language=language, zone=zone, now=now, since=since, ask_zone=ask_zone),)
        shown = {"zone": zone, "now": now, "more": content.more}
        blocks = [self._say("digest_head", language, stories=len(told), **shown)]
        if content.lead:
            blocks += self._under("hot", [content.lead], language, **shown)
        for section in content.sections:
            category = self._categories.get(section.category)
            followed = section.category == FOLLOWED
            blocks += self._under(
                "section", section.cards, language, category=category, followed=followed, **shown
            )
        blocks += self._under("also", held, language, **shown)
        if missed := [card for card in content.missed if card.story not in last]:
            blocks.append(self._say("missed", language, cards=missed))
        blocks.append(self._say("digest_foot", language, **shown))
        if ask_zone:
            blocks.append(self._say("replies/zone_question", language))
        first = next((card for card in (*content.cards, *held) if card.story in told), None)
        return _messages(
            blocks,
            preview=self._picture(first, language) if first else None,
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
        if content.stars:
            return Message(fitting(self._say("stars", language, short=content.stars)))
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
        kind: ListKind = "latest",
    ) -> tuple[Message, ...]:
        """A list of stories, of one category or of all, under the head of its kind. None: it says so."""
        if not cards:
            return (self.reply(f"no_{kind}", language=language, category=category),)
        blocks = self._under(kind, cards, language, category=category, zone=zone, now=now)
        return _messages(blocks, preview=self._picture(cards[0], language))

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
        length = _LENGTHS.get(head, 0)
        filed = head == "hot"
        blocks = [
            self._say("story", language, card=card, length=length, categories=filed, **values)
            for card in cards
        ]
        if blocks:
            joint = "\n" if head in {"hot", "section", "also"} else "\n\n"
            sober = any(card.sensitive for card in cards)
            blocks[0] = self._say(f"heads/{head}", language, sober=sober, **values) + joint + blocks[0]
        return blocks

    def _picture(self, card: Card, language: Language) -> Preview | None:
        """The picture of the version that is shown, else of any other: a picture has no language."""
        card = restrained_card(card, plainly=self._plainly(language))
        shown = card.version(language)
        images = (wording.address(version.image) for version in (shown, *card.versions.values()))
        return next((Preview(image) for image in images if image), None)

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
            restrained=lambda card: restrained_card(card, plainly=self._plainly(voice.language)),
            listed=lambda words: voice.join([wording.line(word, wording.MOST_SOURCE) for word in words]),
            told=lambda words: troubles.said(words, voice),
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


def _messages(
    blocks: Sequence[str], *, preview: Preview | None = None, keyboard: Keyboard = ()
) -> tuple[Message, ...]:
    parts = [Message(html) for html in pack([block for block in blocks if block])]
    parts[0] = replace(parts[0], preview=preview)
    parts[-1] = replace(parts[-1], keyboard=keyboard)
    return tuple(parts)
