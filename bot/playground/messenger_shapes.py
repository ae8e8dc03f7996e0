"""Chats, messages and the newsroom as the messenger's page reads them: plain objects for JSON.

A moment is an ISO 8601 string in UTC. Pictures of the newsroom are given as paths on this host, since the page may load
nothing from elsewhere. Entities stay as the Bot API writes them, with offsets in UTF-16 units.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from bot.playground.newsfeed import Published
from bot.playground.newsroom import Newsroom
from bot.playground.sample_news import Sample
from bot.playground.telegram.model import Chat, Message, Person

Shape = dict[str, Any]

LONGEST_QUOTE = 140  # characters of a message that is replied to
ROLES = {"creator": "owner", "administrator": "admin", "member": "member"}


def moment(at: datetime) -> str:
    """A time for the page."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def speakers(chat: Chat) -> list[Person]:
    """Whom one can speak as here: the people, administrators first; the bot speaks for itself."""
    if chat.person is not None:
        return [chat.person]
    people = [person for person in chat.present() if not person.is_bot]
    return sorted(people, key=lambda person: not chat.administers(person))


def commands_for(
    registered: Mapping[tuple[str, str], Sequence[Shape]], chat: Chat, person: Person
) -> list[Shape]:
    """The commands a person is offered in a chat: the narrowest scope that has any, in their language or in none.

    Source: https://core.telegram.org/bots/api#determining-list-of-commands. `registered` is by scope and language code.
    """
    scopes = [f"chat:{chat.id}", "all_private_chats"]
    if chat.kind != "private":
        managed = [f"chat_administrators:{chat.id}"] if chat.administers(person) else []
        general = ["all_chat_administrators"] if managed else []
        member = f"chat_member:{chat.id}:{person.id}"
        scopes = [member, *managed, f"chat:{chat.id}", *general, "all_group_chats"]
    for scope in (*scopes, "default"):
        for language in (person.language_code or "", ""):
            if found := registered.get((scope, language)):
                return list(found)
    return []


def chat_shape(chat: Chat, shown_id: int, registered: Mapping[tuple[str, str], Sequence[Shape]]) -> Shape:
    """A chat without its messages. `shown_id` names it on the page, also after a group got another id."""
    people = speakers(chat)
    private = chat.person is not None
    language = (people[0].language_code if people else None) or "en"
    return {
        "id": shown_id,
        "telegram": chat.id,
        "kind": "private" if private else "group",
        "title": _name(people[0]) if private and people else chat.title,
        "about": f"bot · you are {_name(people[0])}" if private else f"{len(people)} people and the bot",
        "language": language,
        "speakers": [
            {
                "id": person.id,
                "name": _name(person),
                "role": "" if private else ROLES.get(chat.status(person), ""),
                "blocked": private and chat.blocked,
                "commands": commands_for(registered, chat, person),
            }
            for person in people
        ],
    }


def message_shape(message: Message, stories: Mapping[str, Published], papers: Mapping[str, str]) -> Shape:
    """A message. `stories` are the newsroom's by link, `papers` the titles of feeds by name: both for previews."""
    said = message.as_api()
    service = service_line(message)
    return {
        "id": message.id,
        "author": _author(message),
        "date": moment(message.date),
        "edited": moment(message.edit_date) if message.edit_date and _reworded(message) else None,
        "text": message.text,
        "entities": said.get("entities") or said.get("caption_entities") or [],
        "keyboard": [
            [{"text": b.label, "action": b.action, "value": b.value} for b in row] for row in message.rows
        ],
        "preview": _preview(message, stories, papers),
        "photo": _on_this_host(message.photo) if message.photo else None,
        "reply": _quoted(message.reply_to) if message.reply_to else None,
        "silent": message.silent,
        "service": service,
    }


def service_line(message: Message) -> str | None:
    """What a message without a text tells of the chat, as a sentence; None for an ordinary message."""
    who = _name(message.sender) if message.sender else "Somebody"
    sender = message.sender.id if message.sender else None
    match message.service:
        case {"new_chat_members": [{"id": new}]} if new == sender:
            line = f"{who} joined the group"
        case {"new_chat_members": new}:
            line = f"{who} added {', '.join(each['first_name'] for each in new)}"
        case {"left_chat_member": {"id": left}} if left == sender:
            line = f"{who} left the group"
        case {"left_chat_member": {"first_name": left}}:
            line = f"{who} removed {left}"
        case {"migrate_to_chat_id": _} | {"migrate_from_chat_id": _}:
            line = "The group became a supergroup"
        case {"new_chat_title": title}:
            line = f"{who} named the group “{title}”"
        case {"forum_topic_created": {"name": topic}}:
            line = f"{who} began the topic “{topic}”"
        case _:
            line = ", ".join(message.service).replace("_", " ")
    return line or None


def sample_shape(sample: Sample, paper: str, language: str, published: datetime | None) -> Shape:
    """A story of the panel; `published` is when it went out, None while it can still be published."""
    return {
        "id": sample.id,
        "title": sample.title,
        "label": sample.label,
        "kind": sample.kind,
        "source": paper,
        "language": language,
        "picture": f"/pictures/{sample.picture}" if sample.picture else None,
        "published": moment(published) if published else None,
    }


def stories_by_link(newsroom: Newsroom) -> dict[str, Published]:
    """What the newsroom has published, by address."""
    return {story.link: story for story in newsroom.stories}


def paper_titles(newsroom: Newsroom) -> dict[str, str]:
    """The titles of the newsroom's papers by the name of their feed."""
    return {feed.name: feed.title for feed in newsroom.feeds}


def _reworded(message: Message) -> bool:
    """Whether an edit changed the words: Telegram's apps mark no message whose buttons alone changed."""
    return any((old.text, old.entities) != (message.text, message.entities) for old in message.history)


def _name(person: Person) -> str:
    return f"{person.first_name} {person.last_name}".strip()


def _author(message: Message) -> Shape:
    if message.sender_chat is not None:
        return {"id": message.sender_chat.id, "name": message.sender_chat.title}
    if message.sender is None:
        return {"id": message.chat.id, "name": message.chat.title}
    return {"id": message.sender.id, "name": _name(message.sender)}


def _quoted(message: Message) -> Shape:
    text = " ".join(message.text.split())
    return {
        "id": message.id,
        "author": _author(message)["name"],
        "text": text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE].rstrip()}…",
    }


def _preview(message: Message, stories: Mapping[str, Published], papers: Mapping[str, str]) -> Shape | None:
    """The preview under the rules of LinkPreviewOptions: the named address, else the first link of the text.

    Only the newsroom's own stories and pictures have one: there is no network to fetch others from. A picture by
    itself has no words, as in Telegram.
    """
    options = message.link_preview_options or {}
    if options.get("is_disabled") or message.photo:
        return None
    address = options.get("url") or next(_addresses(message), None)
    if address and address in {story.picture for story in stories.values()}:
        return {
            "address": address,
            "picture": _on_this_host(address),
            "large": bool(options.get("prefer_large_media")),
            "above": bool(options.get("show_above_text")),
        }
    story = stories.get(address or "")
    if story is None:
        return None
    return {
        "address": story.link,
        "site": papers.get(story.feed, story.feed),
        "title": story.title,
        "description": story.summary,
        "picture": _on_this_host(story.picture) if story.picture else None,
        "large": bool(options.get("prefer_large_media")) and story.picture is not None,
        "above": bool(options.get("show_above_text")),
    }


def _addresses(message: Message) -> Iterator[str]:
    units = message.text.encode("utf-16-le", "surrogatepass")
    for entity in message.entities:
        if entity.kind == "text_link":
            yield entity.argument
        elif entity.kind == "url":
            yield units[2 * entity.start : 2 * entity.end].decode("utf-16-le", "replace")


def _on_this_host(address: str) -> str:
    return urlsplit(address).path
