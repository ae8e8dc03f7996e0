"""A strict local Telegram for one bot: the Bot API over HTTP on one side, people as methods on the other.

    from datetime import UTC, datetime
    from bot.playground.telegram import Server, Telegram

    telegram = Telegram(token="600000001:TEST", now=lambda: datetime(2026, 11, 24, 9, tzinfo=UTC))
    async with Server(telegram.app()) as server:
        base_url = f"{server.url}/bot"              # as python-telegram-bot takes it
        ...                                         # start the bot, here or in another process
        ann = telegram.person("Ann", language_code="en")
        chat = telegram.private(ann)
        telegram.say(chat, ann, "/subscribe kpop")  # or telegram.start(ann, "kpop")
        message = await telegram.wait_for(chat, lambda m: "K-pop" in m.plain)
        message.plain, message.buttons, message.silent, message.html, message.link_preview_options
        answer = await telegram.press(chat, ann, message.id, message.buttons[0])
        answer.text

        group = telegram.group("Fans", owner=ann, forum=True)
        telegram.add_bot(group, by=ann)
        thread = telegram.topic(group, "News")
        telegram.say(group, ann, "/subscribe@SosikBot kpop", thread=thread)

        telegram.fault(Fault.flood(3, chat=chat.id))             # one 429 for this chat
        telegram.fault(Fault.cuts(Cut.AFTER, method="sendMessage"))  # done, but the bot never hears
        telegram.block(ann)                                      # 403 from now on
        telegram.calls_of("sendMessage", chat)                   # what the bot asked, and the answers

Strict: what the real server refuses is refused in its words. With `schema=Schema.load(path)` every request is checked
against the machine-readable Bot API too; `telegram.violations` should then stay empty.
"""

from bot.playground.telegram.entities import Entity
from bot.playground.telegram.faults import Cut, Fault
from bot.playground.telegram.journal import Answer, Call, Event
from bot.playground.telegram.limits import Limits
from bot.playground.telegram.model import Button, Chat, Message, Person, Version
from bot.playground.telegram.schema import Schema
from bot.playground.telegram.server import Server
from bot.playground.telegram.telegram import Telegram

__all__ = [
    "Answer",
    "Button",
    "Call",
    "Chat",
    "Cut",
    "Entity",
    "Event",
    "Fault",
    "Limits",
    "Message",
    "Person",
    "Schema",
    "Server",
    "Telegram",
    "Version",
]
