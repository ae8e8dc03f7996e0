"""sosik chats import and export: readers that come from another bot, or leave for one."""

import csv
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import select

from bot.cli.chats import BLOCK
from digests.model import Address, Begins, Chat, ChatKind, Decision, Entry, FeedId, Filed, NewChat
from digests.settings import FeedSettings
from digests.store import chats, entries, feeds, stories, subscriptions, tables
from digests.store.engine import Store
from digests.store.lock import hold
from digests.store.migrate import configuration, migrate, stand
from digests.store.moving import all_chats
from tests.cli.terminal import Ended, on_a_terminal, sosik
from tests.process import machine_now

HEAD = "chat_id,type,language,timezone,categories,alerts,digest_times"
CONFIG = """
[database]
url = "{url}"
[digest]
default_timezone = "Asia/Seoul"
default_times = ["07:30"]
[[categories]]
slug = "kpop"
name = "K-pop"
[[categories]]
slug = "drama"
name = "Drama"
[[feeds]]
url = "http://127.0.0.1:9/feed"
name = "magpie"
categories = ["kpop"]
"""


@dataclass
class Bot:
    """A bot that is to take readers in, or to give them away."""

    folder: Path
    url: str

    async def take(self, *rows: str, head: str = HEAD) -> Ended:
        return await self.take_file("\n".join([head, *rows]).encode())

    async def take_file(self, content: bytes) -> Ended:
        (self.folder / "readers.csv").write_bytes(content)
        return await self.run("import", "readers.csv")

    async def run(self, *arguments: str) -> Ended:
        (self.folder / "mine.toml").write_text(CONFIG.format(url=self.url), encoding="utf-8")
        return await sosik("chats", *arguments, "--config", "mine.toml", cwd=self.folder)

    async def readers(self) -> dict[Address, tuple[Chat, frozenset[str]]]:
        store = Store.open(self.url)
        async with store.reading() as tx:
            found = {one.address: (one, follows) async for block in all_chats(tx) for one, follows in block}
        await store.close()
        return found

    async def rows(self, statement: Any) -> list[tuple[Any, ...]]:
        store = Store.open(self.url)
        async with store.reading() as tx:
            found = [tuple(row) for row in await tx.rows(statement)]
        await store.close()
        return found


@pytest.fixture
def bot(tmp_path: Path, sqlite_url: str) -> Bot:
    return Bot(tmp_path, sqlite_url)


@pytest.fixture
def either_bot(tmp_path: Path, database_url: str) -> Bot:
    return Bot(tmp_path, database_url)


async def test_chats_come_in_with_what_they_chose(either_bot: Bot) -> None:
    ended = await either_bot.take(
        "1042,private,en,Europe/London,kpop drama,few,19:00 08:00",
        "-1002003004005/5,supergroup,ko,Asia/Seoul,drama,silent,off",
    )
    assert (ended.code, ended.err) == (0, "")
    assert "2 chats came in, 0 were known, 0 rows left out." in ended.out
    found = await either_bot.readers()
    reader, follows = found[Address(1042)]
    assert (reader.kind, reader.language, reader.zone, reader.zone_known, reader.alerts) == (
        ChatKind.PRIVATE,
        "en",
        "Europe/London",
        True,
        "few",
    )
    assert [f"{at:%H:%M}" for at in reader.digest_times] == ["08:00", "19:00"]
    assert reader.next_digest_at is not None
    assert reader.next_digest_at > machine_now()
    assert follows == {"kpop", "drama"}
    topic, follows = found[Address(-1002003004005, 5)]
    assert (topic.kind, topic.language, topic.alerts) == (ChatKind.SUPERGROUP, "ko", "silent")
    assert (topic.digest_times, topic.next_digest_at, follows) == ((), None, {"drama"})


async def test_what_a_row_does_not_say_is_as_for_anybody_new(bot: Bot) -> None:
    ended = await bot.take("1042", "-77", head="chat_id")
    assert ended.code == 0, ended.err
    found = await bot.readers()
    reader, follows = found[Address(1042)]
    assert (reader.kind, reader.language, reader.alerts, follows) == (ChatKind.PRIVATE, "en", "on", set())
    assert (reader.zone, reader.zone_known) == ("Asia/Seoul", False)
    assert [f"{at:%H:%M}" for at in reader.digest_times] == ["07:30"]
    assert reader.quiet is not None
    assert found[Address(-77)][0].kind is ChatKind.GROUP


async def test_columns_stand_in_any_order_and_more_of_them_do_no_harm(bot: Bot) -> None:
    ended = await bot.take("Mina,kpop,KO-kr,1042", head="\ufeffname,categories,Language,chat_id")
    assert ended.code == 0, ended.err
    reader, follows = (await bot.readers())[Address(1042)]
    assert (reader.language, follows) == ("ko", {"kpop"})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("mina,private,en,,kpop,on,", "'mina' is no chat_id"),
        ("0,private,en,,kpop,on,", "'0' is no chat_id"),
        ("1042,robot,en,,kpop,on,", "'robot' is no type. There are: private"),
        ("1042,private,fr,,kpop,on,", "there is no language 'fr'. There are: en, ko."),
        ("1042,private,en,Atlantis,kpop,on,", "'Atlantis' is no time zone"),
        ("1042,private,en,,kpop sumo,on,", "there is no category 'sumo'. There are: drama, kpop."),
        ("1042,private,en,,kpop,loud,", "'loud' is no alerts. There are: on, few, silent, off"),
        ("1042,private,en,,kpop,on,08:00 25:00", "'25:00' is no time of day"),
    ],
)
async def test_a_row_that_cannot_be_taken_is_named_by_its_line_and_the_others_come_in(
    bot: Bot, row: str, words: str
) -> None:
    ended = await bot.take("7,private,en,,kpop,on,", row, "8,private,en,,kpop,on,")
    assert ended.code == 0
    assert f"Line 3: {words}" in ended.err
    assert "2 chats came in, 0 were known, 1 rows left out." in ended.out
    assert set(await bot.readers()) == {Address(7), Address(8)}


async def test_of_many_bad_rows_the_first_are_named_and_it_failed_if_nothing_came_in(bot: Bot) -> None:
    ended = await bot.take(*["mina"] * 30)
    assert ended.code == 1
    assert "Line 21:" in ended.err
    assert "Line 22:" not in ended.err
    assert "… and 10 more." in ended.err
    assert "0 chats came in, 0 were known, 30 rows left out." in ended.out


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "The first line names no column chat_id. It should say: chat_id,type"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\xff\xfe", "names no column chat_id"),
        (b'{"chat_id": 7}', "names no column chat_id"),
        (b"chat_id,type\n7,private\n8," + b"x" * 200_000, "Line 3 is no CSV"),
    ],
    ids=["empty", "a picture", "json", "endless"],
)
async def test_a_file_that_is_no_csv_is_said(bot: Bot, content: bytes, words: str) -> None:
    ended = await bot.take_file(content)
    assert ended.code == 1
    assert words in ended.err
    assert "Traceback" not in ended.said
    assert not await bot.readers()


async def test_a_file_that_is_not_there_is_said(bot: Bot) -> None:
    ended = await bot.run("import", "nobody.csv")
    assert ended.code == 1
    assert "nobody.csv cannot be read" in ended.err


async def test_the_same_file_twice_changes_nothing(either_bot: Bot) -> None:
    rows = ["1042,private,en,Europe/London,kpop,on,08:00", "-1002003004005/5,supergroup,ko,,drama,off,off"]
    await either_bot.take(*rows)
    before = await either_bot.readers()
    ended = await either_bot.take(*rows)
    assert "0 chats came in, 2 were known, 0 rows left out." in ended.out
    assert ended.code == 0
    assert await either_bot.readers() == before


async def test_tables_of_an_older_version_are_brought_to_this_one_first(bot: Bot) -> None:
    store = Store.open(bot.url)
    async with store.writing() as tx:
        await tx.run_sync(lambda connection: command.upgrade(configuration(connection), "0005"))
    async with hold(store):  # whoever works on them keeps them as they are
        ended = await bot.take("1042,private,en,,kpop,on,")
        assert ended.code == 1
        assert "Another process already works on" in ended.err
    ended = await bot.take("1042,private,en,,kpop,on,")
    assert "1 chats came in" in ended.out
    before, head = await stand(store)
    assert before == head
    await store.close()


async def test_of_two_rows_of_one_chat_the_first_counts(either_bot: Bot) -> None:
    ended = await either_bot.take("1042,private,ko,,kpop,silent,08:00", "1042,private,en,,drama,on,off")
    assert "1 chats came in, 1 were known, 0 rows left out." in ended.out
    reader, follows = (await either_bot.readers())[Address(1042)]
    assert (reader.language, reader.alerts, follows) == ("ko", "silent", {"kpop"})


async def test_more_rows_than_one_transaction_takes_come_in_whole(either_bot: Bot) -> None:
    rows = [f"{number},private,en,,kpop,on," for number in range(1, 2 * BLOCK + 2)]
    rows[BLOCK] = "nobody,private,en,,kpop,on,"
    ended = await either_bot.take(*rows)
    assert f"{2 * BLOCK} chats came in, 0 were known, 1 rows left out." in ended.out
    assert f"Line {BLOCK + 2}: 'nobody' is no chat_id" in ended.err
    assert len(await either_bot.rows(select(tables.subscriptions.c.chat_id))) == 2 * BLOCK


async def test_whoever_watches_sees_how_far_it_is(bot: Bot) -> None:
    (bot.folder / "readers.csv").write_text(
        "\n".join(["chat_id", *map(str, range(1, 2_001))]), encoding="utf-8"
    )
    (bot.folder / "mine.toml").write_text(CONFIG.format(url=bot.url), encoding="utf-8")
    async with on_a_terminal(
        "chats", "import", "readers.csv", "--config", "mine.toml", cwd=bot.folder
    ) as run:
        await run.says("2000/2000")
        assert await run.ended() == 0


async def test_who_is_known_here_keeps_what_they_chose(bot: Bot) -> None:
    store = Store.open(bot.url)
    await migrate(store)
    async with store.writing() as tx:
        mine = NewChat(ChatKind.PRIVATE, "ko", "Asia/Seoul", None, (), None)
        chat = await chats.ensure(tx, Address(1042), mine, machine_now())
        await subscriptions.add(tx, chat.id, ["drama"], machine_now())
    await store.close()
    before = await bot.readers()
    ended = await bot.take("1042,private,en,Europe/London,kpop,silent,08:00", "7,private,en,,kpop,on,")
    assert "1 chats came in, 1 were known" in ended.out
    assert (await bot.readers())[Address(1042)] == before[Address(1042)]


async def test_nobody_who_comes_in_is_sent_what_is_older(either_bot: Bot) -> None:
    store = Store.open(either_bot.url)
    await migrate(store)
    began = machine_now()
    async with store.writing() as tx:
        await feeds.settle_with(
            tx, [FeedSettings(url="http://127.0.0.1:9/feed", name="magpie", categories=("kpop",))], began
        )
        feed = FeedId(await tx.value(select(tables.feeds.c.id)))
        keyed = entries.Keyed(Entry(key="old", title="Old news"), 1, "", "old news")
        await entries.add(tx, feed, [keyed], seen_at=began - timedelta(minutes=5), history=False)
        (unjudged,) = await entries.unjudged(tx, 1)
        filed = Filed(
            unjudged, Begins(), frozenset({"kpop"}), unjudged.seen_at, "en", Decision(rings=False, reasons=())
        )
        await stories.file(tx, filed, began)
        covered = await stories.last_filing(tx)
    await store.close()
    await either_bot.take("1042,private,en,,kpop,on,08:00")
    reader, _ = (await either_bot.readers())[Address(1042)]
    assert covered > 0
    assert reader.digested_seq == covered
    assert reader.digested_at is not None
    assert reader.digested_at >= began
    ((since,),) = await either_bot.rows(select(tables.subscriptions.c.since))
    assert since >= began, "an alert that was decided before is not theirs"


async def test_what_one_bot_writes_another_takes_in_the_same(either_bot: Bot, tmp_path: Path) -> None:
    await either_bot.take(
        "1042,private,en,Europe/London,kpop drama,few,19:00 08:00",
        "1043,private,ko,,kpop,on,",
        "1044,channel,en,UTC+09:00,,off,off",
        "-1002003004005/5,supergroup,ko,Asia/Seoul,drama,silent,off",
        "-1002003004005,supergroup,ko,Asia/Seoul,kpop,on,06:05",
    )
    written = await either_bot.run("export", "out.csv")
    assert (written.code, written.out) == (0, "")
    assert "5 chats written." in written.err
    printed = await either_bot.run("export", "-")
    page = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert printed.out == page
    assert page.splitlines()[0] == HEAD
    assert list(csv.reader(StringIO(page)))[1] == [
        *("1042", "private", "en", "Europe/London", "drama kpop", "few", "08:00 19:00")
    ]
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    other = Bot(elsewhere, f"sqlite:///{elsewhere}/sosik.db")
    ended = await other.take_file(page.encode())
    assert "5 chats came in, 0 were known, 0 rows left out." in ended.out
    assert (await other.run("export", "-")).out == page


async def test_a_place_that_cannot_be_written_is_said(bot: Bot) -> None:
    ended = await bot.run("export", "nowhere/out.csv")
    assert ended.code == 1
    assert "nowhere/out.csv cannot be written" in ended.err
    assert "Traceback" not in ended.said
