"""`sosik explain`: a story as an operator sees it, from its first entry to the last edit."""

import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from digests.feeds.identity import link_key
from digests.model import (
    Address,
    AlertContent,
    Begins,
    Card,
    ChatKind,
    Decision,
    Entry,
    FeedId,
    Filed,
    Joins,
    NewChat,
    Owed,
    Priority,
    Reason,
    Revision,
    State,
    StoryId,
    Version,
)
from digests.settings import FeedSettings
from digests.store import chats, editions, entries, feeds, outbox, revisions, stories, tables
from digests.store.engine import Store
from digests.store.migrate import migrate
from tests.cli.terminal import sosik
from tests.cli.test_commands_without_telegram import configured

NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)  # in Seoul
FEEDS = tuple(
    FeedSettings(url=f"https://{name}.example/feed", name=name, categories=("kpop",))
    for name in ("magpie", "dalbit")
)
RINGS = Decision(
    rings=True,
    reasons=(Reason("marker", "[속보]"), Reason("raid", "raids"), Reason("question", "", "against")),
    score=6.25,
    turn=1,
)
QUIET = Decision(rings=False, reasons=(Reason("recap", "Recap:", "against"),), score=-2.0)


@dataclass
class Kept:
    """What a bot has kept: a story that rang and was edited, and one that did not ring."""

    config: str
    folder: Path
    rang: StoryId
    silent: StoryId


@pytest.fixture
async def kept(tmp_path: Path, database_url: str) -> Kept:
    store = Store.open(database_url)
    await migrate(store)
    rang = await told(
        store, "magpie", "[속보] Police raid a label", RINGS, link="https://magpie.example/raid"
    )
    joins = Joins(rang, "words", score=2.31)
    await told(store, "dalbit", "경찰, 소속사 압수수색", QUIET, joins=joins, after=timedelta(minutes=4))
    silent = await told(store, "magpie", "Recap: a \x1b[2Jquiet week", QUIET)
    await sent(store, rang)
    await store.close()
    return Kept(configured(tmp_path, database_url), tmp_path, rang, silent)


async def told(
    store: Store,
    feed: str,
    title: str,
    decision: Decision,
    *,
    joins: Joins | None = None,
    link: str = "",
    after: timedelta = timedelta(),
) -> StoryId:
    now = NOON + after
    entry = Entry(key=title, title=title, link=link)
    async with store.writing() as tx:
        await feeds.settle_with(tx, FEEDS, now)
        name = tables.feeds.c.name
        wanted = FeedId(await tx.value(select(tables.feeds.c.id).where(name == feed)))
        await entries.add(
            tx, wanted, [entries.Keyed(entry, 1, link_key(link), title)], seen_at=now, history=False
        )
        (unjudged,) = await entries.unjudged(tx, 1)
        filed = Filed(
            unjudged,
            joins or Begins(),
            frozenset({"kpop"}),
            now,
            "ko" if title[0] > "가" else "en",
            decision,
            why_categories=(Reason("section", "K-pop → kpop"),),
        )
        written = await stories.file(tx, filed, now)
        if decision.rings:
            await stories.alerted(tx, written.story, now, decision.turn)
    return written.story


async def sent(store: Store, story: StoryId) -> None:
    """The alert to three chats, of which one blocked the bot; then an edit."""
    content = AlertContent(
        Card(story, NOON, ("kpop",), {"en": Version("en", "Raid", "https://a.example", "A")})
    )
    async with store.writing() as tx:
        edition = await editions.add(tx, content, NOON, story=story)
        await editions.announce(
            tx, edition, story, ["kpop"], decided_at=NOON, expires_at=NOON + timedelta(hours=6)
        )
        for number, state in enumerate((State.SENT, State.SENT, State.GONE)):
            new = NewChat(ChatKind.PRIVATE, "en", "Asia/Seoul", None, (), None)
            chat = await chats.ensure(tx, Address(number + 1), new, NOON)
            (made,) = await outbox.owe(
                tx,
                [Owed(chat.id, f"alert:{story}:1", edition, Priority.ALERT, State.OWED, NOON, NOON)],
                NOON,
            )
            await outbox.settle(tx, [outbox.Settlement(made, state, message_id=number)], NOON)
        await tx.execute(update(tables.broadcasts).values(done_at=NOON))
        revision = Revision(1, 1, replace(content, also=("A", "B")), "language", frozenset({"ko"}))
        later = NOON + timedelta(minutes=5)
        await revisions.revise(tx, story, revision, decided_at=later, expires_at=later)


async def run(kept: Kept, *arguments: str) -> Any:
    return await sosik("explain", *arguments, "--config", kept.config, cwd=kept.folder)


async def test_a_story_is_told_from_its_first_entry_to_its_last_edit(kept: Kept) -> None:
    ended = await run(kept, str(kept.rang))
    assert ended.code == 0, ended.err
    for words in (
        f"Story {kept.rang} of 2026-11-24 12:00:00 · kpop · 2 entries of 2 feeds (en ko) · rang 2026-11-24 12:00:00",
        "[속보] Police raid a label",
        "magpie, en; begins the story",
        "filed: section K-pop → kpop",
        "rings, score 6.2: +marker “[속보]” +raid “raids” -question",
        "2026-11-24 12:04:00  경찰, 소속사 압수수색",
        "dalbit, ko; joins by its words, 2.3",
        "rings nobody, score -2.0: -recap “Recap:”",
        "marker: The title is marked as breaking.",
        "recap: It sums up what was told before.",
        "alert to kpop: gone 1, sent 2",
        "2026-11-24 12:05:00  edit 1 of turn 1 (language for ko): nobody so far",
    ):
        assert words in ended.out


async def test_a_story_that_did_not_ring_is_explained_as_well(kept: Kept) -> None:
    ended = await run(kept, str(kept.silent))
    assert "rings nobody, score -2.0: -recap" in ended.out
    assert "nothing was sent of it" in ended.out
    assert "\x1b" not in ended.out


@pytest.mark.parametrize(
    "link",
    ["https://magpie.example/raid", "http://www.magpie.example/raid/?utm_source=rss", "magpie.example"],
)
async def test_a_link_finds_the_story_that_it_tells(kept: Kept, link: str) -> None:
    ended = await run(kept, link)
    if link == "magpie.example":
        assert ended.code == 1
        assert "There is no story 'magpie.example'." in ended.err
        assert "--last 20" in ended.err
    else:
        assert f"Story {kept.rang} " in ended.out


async def test_programs_get_the_same_as_json(kept: Kept) -> None:
    ended = await run(kept, f"#{kept.rang}", "--json")
    found = json.loads(ended.out)
    assert (found["story"], found["turn"], found["categories"]) == (kept.rang, 1, ["kpop"])
    assert [(one["placed"], one["fit"]) for one in found["entries"]] == [("begins", None), ("words", 2.31)]
    assert found["entries"][0]["reasons"][0] == {"code": "marker", "evidence": "[속보]", "speaks": "for"}
    assert found["entries"][0]["filed"] == [{"code": "section", "evidence": "K-pop → kpop", "speaks": "for"}]
    assert [(one["sends"], one["chats"]) for one in found["sent"]] == [
        ("alert", {"gone": 1, "sent": 2}),
        ("edit", {}),
    ]


async def test_the_last_decisions_stand_in_a_line_each(kept: Kept) -> None:
    ended = await run(kept, "--last", "2")
    first, second = ended.out.splitlines()
    assert f"story {kept.silent} " in first
    assert f"story {kept.rang} " in second
    assert "-recap" in first
    assert len((await run(kept, "--last", "20", "--json")).out.splitlines()) == 3


@pytest.mark.parametrize("arguments", [(), ("1", "--last", "2"), ("--last", "0")])
async def test_one_of_both_is_asked_for(tmp_path: Path, sqlite_url: str, arguments: tuple[str, ...]) -> None:
    ended = await sosik("explain", *arguments, "--config", configured(tmp_path, sqlite_url), cwd=tmp_path)
    assert ended.code == 2


@pytest.mark.parametrize("number", ["99", "9" * 40, "０"])
async def test_what_is_not_there_is_said(kept: Kept, number: str) -> None:
    ended = await run(kept, number)
    assert ended.code == 1
    assert "There is no story" in ended.err
    assert "Traceback" not in ended.said


async def test_a_database_that_nobody_made_is_said(tmp_path: Path, sqlite_url: str) -> None:
    ended = await sosik("explain", "--last", "5", "--config", configured(tmp_path, sqlite_url), cwd=tmp_path)
    assert ended.code == 1
    assert "sosik migrate" in ended.err
