"""check: a table with a line for each thing, and an exit code for whoever scripts it."""

from datetime import UTC, datetime

from sqlalchemy import update

from bot.playground.newsroom import Behaviour
from bot.playground.telegram import Fault
from digests.store import tables
from digests.store.engine import Store
from digests.store.lock import hold
from tests.cli.terminal import Ended, sosik
from tests.process import TOKEN, World
from tests.store.conftest import Newsroom


def line_of(ended: Ended, what: str) -> str:
    """The line of the table that is about `what`."""
    (line,) = [line for line in ended.out.splitlines() if f" {what}" in line]
    return " ".join(line.split())


async def test_all_is_well(world: World) -> None:
    world.write_config()
    await sosik("migrate", cwd=world.folder)
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 0, ended.said
    lines = ended.out.splitlines()[1:]
    assert len(lines) == 3 + 1 + len(world.newsroom.feeds)  # one of them warns: this world sends fast
    assert [line for line in lines if line[0] not in "✓!"] == []
    assert line_of(ended, "telegram").startswith("✓ telegram @SosikBot")
    assert "revision" in line_of(ended, "database")
    assert line_of(ended, "han-river-post").endswith("entries")
    assert ended.err == ""


async def test_a_rate_that_must_be_paid_for_is_a_warning_and_no_failure(world: World) -> None:
    world.write_config()
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 0
    assert line_of(ended, "sending.messages_per_second").startswith("! configuration")
    assert "paid broadcasts" in ended.out

    world.rate = 30
    world.write_config()
    ended = await sosik("check", cwd=world.folder)
    assert "paid broadcasts" not in ended.said


async def test_it_says_what_the_pace_means_for_the_readers_there_are(world: World) -> None:
    world.rate = 0.5
    world.write_config()
    await sosik("migrate", cwd=world.folder)
    store = Store.open(world.database_url)
    async with store.writing() as tx:
        newsroom = Newsroom(datetime.now(UTC))
        for number in range(1, 201):
            await newsroom.chat(tx, number, "kpop")
    await store.close()
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 0, ended.said
    lines = [" ".join(line.split()) for line in ended.out.splitlines()]
    said = [line.removeprefix("✓ pace ") for line in lines if line.startswith("✓ pace ")]
    assert said[0] == "An alert in kpop to 200 chats takes 7 minutes at 0.5/s."
    assert said[1].endswith("digest to 200 chats takes 7 minutes.")
    assert said[2] == "Telegram takes 30/s for nothing: see sending.messages_per_second."


async def test_it_changes_nothing_and_takes_no_lock(world: World) -> None:
    world.write_config()
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 0
    assert "`run` brings it to" in line_of(ended, "database")
    assert not list(world.folder.glob("sosik.db*"))

    await sosik("migrate", cwd=world.folder)
    store = Store.open(world.database_url)
    async with hold(store):
        ended = await sosik("check", cwd=world.folder)
    await store.close()
    assert ended.code == 0, ended.said
    assert {call.method for call in world.telegram.calls} == {"getMe"}


async def test_a_token_that_telegram_does_not_know_fails(world: World) -> None:
    world.write_config()
    ended = await sosik("check", cwd=world.folder, env={"SOSIK_TELEGRAM__TOKEN": "1:" + TOKEN[::-1]})
    assert ended.code == 1
    assert line_of(ended, "telegram").startswith("✗ telegram Telegram does not know this bot token.")
    assert TOKEN[::-1] not in ended.said
    assert line_of(ended, "han-river-post").startswith("✓")  # the rest is looked at all the same


async def test_a_telegram_that_is_away_fails(world: World) -> None:
    world.write_config()
    ended = await sosik("check", cwd=world.folder, env={"SOSIK_TELEGRAM__BASE_URL": "http://127.0.0.1:9/bot"})
    assert ended.code == 1
    assert "✗ telegram Telegram cannot be asked" in line_of(ended, "telegram")
    assert TOKEN not in ended.said

    world.telegram.fault(Fault.error(502, method="getMe", times=None))
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 1
    assert "Bad Gateway" in line_of(ended, "telegram")


async def test_each_broken_feed_is_a_sentence_with_its_address(world: World) -> None:
    world.newsroom.misbehave("han-river-post", Behaviour(status=404))
    world.newsroom.misbehave("naru-push", Behaviour(body=b"<html><p>Welcome</p></html>"))
    world.newsroom.misbehave("oneul-hansul", Behaviour(delay=30))
    path = world.write_config()
    path.write_text(
        path.read_text(encoding="utf-8").replace(
            'interval = "300ms"', 'interval = "300ms"\ntimeout = "1s"', 1
        ),
        encoding="utf-8",
    )
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 1
    assert "There is no feed at this address (404)." in line_of(ended, "han-river-post")
    assert "/feeds/han-river-post.xml" in line_of(ended, "han-river-post")
    assert "within 1 seconds" in line_of(ended, "oneul-hansul")
    assert line_of(ended, "feed naru-push").startswith("✗")
    assert line_of(ended, "lightstick-weekly").startswith("✓")
    assert "Traceback" not in ended.said


async def test_a_database_that_is_away_fails_without_its_password(world: World) -> None:
    world.write_config()
    ended = await sosik(
        "check",
        cwd=world.folder,
        env={"SOSIK_DATABASE__URL": "postgresql://sosik:pa55word@127.0.0.1:9/sosik"},
    )
    assert ended.code == 1
    assert "✗ database The database postgresql://sosik:***@127.0.0.1:9/sosik does not answer" in line_of(
        ended, "database"
    )
    assert "pa55word" not in ended.said


async def test_a_database_of_a_newer_version_fails(world: World) -> None:
    world.write_config()
    await sosik("migrate", cwd=world.folder)
    store = Store.open(world.database_url)
    async with store.writer.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await store.close()
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 1
    assert "newer version" in line_of(ended, "database")
    ended = await sosik("run", cwd=world.folder)
    assert ended.code == 1
    assert "newer version" in ended.err
    assert "Traceback" not in ended.said


async def test_what_polls_have_learned_of_a_feed_is_told(world: World) -> None:
    world.write_config()
    await sosik("migrate", cwd=world.folder)
    ended = await sosik("poll", "--once", cwd=world.folder)
    assert ended.code == 0, ended.said
    store = Store.open(world.database_url)
    async with store.writing() as tx:
        await tx.execute(
            update(tables.feeds)
            .where(tables.feeds.c.name == "han-river-post")
            .values(
                address="https://key:secret@new.example/feed",
                reissued_at=datetime(2026, 11, 3, tzinfo=UTC),
                forbids=True,
            )
        )
    await store.close()
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 0, "none of it keeps the bot from working"
    lines = [" ".join(line.split()) for line in ended.out.splitlines() if line.startswith("!")]
    told = [line for line in lines if "han-river-post" in line]
    assert [line.partition("post ")[2].partition(",")[0] for line in told] == [
        "It has moved",
        "On 3 November 2026 it listed known entries under new ids; they were recognised.",
        "It bears a notice against redistribution",
    ]
    assert "secret" not in ended.said


async def test_an_operators_list_of_names_is_looked_at(world: World) -> None:
    world.extra = '[names]\nfile = "names.toml"'
    world.write_config()
    file = world.folder / "names.toml"
    file.write_text('[name.nova-lane]\nkind = "group"\nen = "Nova Lane"\nko = "노바레인"\n', "utf-8")
    ended = await sosik("check", cwd=world.folder)
    assert ended.code == 0, ended.said
    assert line_of(ended, "names") == "✓ names names.toml: 1 names are new to ours."
    file.write_text('[name.nova-lane]\nkind = "group"\nen = "Nova Lane"\n', "utf-8")
    ended = await sosik("check", cwd=world.folder)
    assert ended.code != 0
    assert "name.nova-lane.ko: is missing" in ended.out
