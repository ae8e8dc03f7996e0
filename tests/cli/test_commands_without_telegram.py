"""migrate, poll --once and preview: what they print, how they end, and that Telegram never hears of them."""

from pathlib import Path

import pytest

from bot.playground.newsroom import Behaviour
from digests.store.engine import Store
from digests.store.lock import hold
from tests.cli.terminal import sosik, sosik_anew
from tests.process import World

CONFIG = """
[database]
url = "{url}"
[[categories]]
slug = "kpop"
name = "K-pop"
[[feeds]]
url = "http://127.0.0.1:9/feed"
categories = ["kpop"]
"""


def configured(folder: Path, url: str) -> str:
    path = folder / "mine.toml"
    path.write_text(CONFIG.format(url=url), encoding="utf-8")
    return str(path)


async def test_migrate_makes_the_tables_once(tmp_path: Path, sqlite_url: str) -> None:
    config = configured(tmp_path, sqlite_url)
    first = await sosik("migrate", "--config", config, cwd=tmp_path)
    again = await sosik("migrate", "--config", config, cwd=tmp_path)
    assert (first.code, again.code) == (0, 0)
    assert "was brought from nothing to revision" in first.out
    assert "already" in again.out


async def test_migrate_shows_no_password(tmp_path: Path) -> None:
    config = configured(tmp_path, "postgresql://sosik:pa55word@127.0.0.1:9/sosik")
    ended = await sosik("migrate", "--config", config, cwd=tmp_path)
    assert ended.code == 1
    assert "The database postgresql://sosik:***@127.0.0.1:9/sosik does not answer" in ended.err
    assert "pa55word" not in ended.said
    assert "Traceback" not in ended.said


@pytest.mark.parametrize("command", [("migrate",), ("poll", "--once")])
async def test_what_writes_waits_for_nobody_else(
    tmp_path: Path, database_url: str, command: tuple[str, ...]
) -> None:
    config = configured(tmp_path, database_url)
    store = Store.open(database_url)
    async with hold(store):
        ended = await sosik(*command, "--config", config, cwd=tmp_path)
    await store.close()
    assert ended.code == 1
    assert "Another process already works on" in ended.err
    assert "Traceback" not in ended.said


async def test_poll_once_prints_what_is_new_and_then_nothing(world: World) -> None:
    world.write_config()
    first = await sosik("poll", "--once", cwd=world.folder)
    assert first.code == 0, first.err
    for story in world.newsroom.stories[:5]:
        assert story.title.removeprefix("BREAKING: ") in first.out
    lines = [line for line in first.out.splitlines() if "[" in line]
    assert len(lines) == len(world.newsroom.stories)
    assert "0 that ring; 0 of 6 feeds failed." in first.out  # what a feed has at first is history

    again = await sosik("poll", "--once", cwd=world.folder)
    assert again.code == 0
    assert again.out.strip() == "0 new entries, 0 that ring; 0 of 6 feeds failed."
    assert world.telegram.calls == []


async def test_poll_once_shows_what_will_ring_and_needs_no_token(world: World) -> None:
    path = world.write_config()
    path.write_text(path.read_text(encoding="utf-8").replace("token =", "#"), encoding="utf-8")
    await sosik("poll", "--once", cwd=world.folder)
    sample = next(one for one in world.newsroom.fresh if one.id == "tidemark-leader-leaves")
    world.newsroom.publish(sample.id)
    ended = await sosik("poll", "--once", cwd=world.folder)
    assert ended.code == 0, ended.err
    (line,) = [line for line in ended.out.splitlines() if "🔔" in line]
    assert sample.title in line
    assert "kpop" in line
    assert "1 new entries, 1 that ring" in ended.out
    assert world.telegram.calls == []


async def test_poll_once_tells_of_a_broken_feed_and_reads_the_others(world: World) -> None:
    world.newsroom.misbehave("han-river-post", Behaviour(status=500))
    world.write_config()
    ended = await sosik("poll", "--once", cwd=world.folder)
    assert ended.code == 0
    assert "han-river-post: The server has trouble of its own (500)." in ended.err
    assert "1 of 6 feeds failed." in ended.out
    assert "달무리일보" in ended.out or len(ended.out.splitlines()) > 5


async def test_preview_shows_the_digest_of_a_category(world: World) -> None:
    world.write_config()
    before = await sosik("preview", "--category", "kpop", cwd=world.folder)
    assert before.code == 1
    assert "`sosik migrate`" in before.err
    assert not (world.folder / "sosik.db").exists()  # looking changes nothing

    await sosik("poll", "--once", cwd=world.folder)
    store = Store.open(world.database_url)
    async with hold(store):  # a run is no hindrance
        for language, name in (("en", "K-pop"), ("ko", "케이팝")):
            shown = await sosik("preview", "--category", "kpop", "--language", language, cwd=world.folder)
            assert shown.code == 0, shown.err
            assert name in shown.out
            assert "http://127.0.0.1" in shown.out or len(shown.out.splitlines()) > 5
    await store.close()
    assert world.telegram.calls == []


async def test_preview_of_what_is_not_there_says_what_is(world: World) -> None:
    world.write_config()
    ended = await sosik("preview", "--category", "kpob", cwd=world.folder)
    assert ended.code == 2
    assert "There is no category 'kpob'. There are: kpop, drama, beauty, food, korea." in ended.err
    ended = await sosik("preview", "--category", "kpop", "--language", "fr", cwd=world.folder)
    assert ended.code == 2
    assert "en, ko" in ended.err


@pytest.mark.parametrize(
    "command", [("migrate",), ("poll", "--once"), ("preview", "--category", "kpop"), ("check",), ("run",)]
)
async def test_a_wrong_configuration_exits_2_and_names_the_key(
    tmp_path: Path, command: tuple[str, ...]
) -> None:
    (tmp_path / "sosik.toml").write_text('[polling]\ninterval = "often"\n', encoding="utf-8")
    ended = await sosik(*command, cwd=tmp_path)
    assert ended.code == 2
    assert "polling.interval = 'often': a duration such as" in ended.err
    assert "categories: is missing." in ended.err
    assert ended.out == ""


@pytest.mark.parametrize("command", ["check", "run"])
async def test_only_run_and_check_need_a_token(tmp_path: Path, command: str) -> None:
    ended = await sosik(command, cwd=tmp_path)
    assert ended.code == 2
    assert "telegram.token is empty." in ended.err
    assert "SOSIK_TELEGRAM__TOKEN" in ended.err


async def test_without_a_file_the_shipped_example_serves_which_is_said(tmp_path: Path) -> None:
    ended = await sosik("migrate", cwd=tmp_path)
    assert ended.code == 0
    assert "using the shipped example" in ended.err
    assert "config.example.toml" in ended.err
    (tmp_path / "sosik.toml").write_text(CONFIG.format(url="sqlite:///other.db"), encoding="utf-8")
    ended = await sosik("migrate", cwd=tmp_path)
    assert "example" not in ended.err
    assert (tmp_path / "other.db").exists()


async def test_a_full_disk_is_a_sentence(tmp_path: Path, sqlite_url: str) -> None:
    config = configured(tmp_path, sqlite_url)
    ended = await sosik_anew("migrate", "--config", config, cwd=tmp_path, before="ulimit -f 0")
    assert ended.code == 1
    assert "The database sqlite:///" in ended.err
    assert "Traceback" not in ended.said


async def test_a_lock_that_cannot_be_made_is_a_sentence(tmp_path: Path, sqlite_url: str) -> None:
    (tmp_path / "sosik.db.lock").mkdir()  # stands for a folder that is read-only: root may write to any other
    ended = await sosik("migrate", "--config", configured(tmp_path, sqlite_url), cwd=tmp_path)
    assert ended.code == 1
    assert "cannot be locked" in ended.err
    assert "must be writable" in ended.err
    assert "Traceback" not in ended.said


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("sqlite:////nowhere/at/all/sosik.db", "folder /nowhere/at/all does not exist"),
        ("sqlite:///:memory:", "in a file"),
        ("postgresql://nobody@127.0.0.1:9/nothing", "does not answer"),
    ],
)
async def test_a_database_that_cannot_be_had_is_a_sentence(tmp_path: Path, url: str, words: str) -> None:
    ended = await sosik("poll", "--once", "--config", configured(tmp_path, url), cwd=tmp_path)
    assert ended.code == 1
    assert words in ended.err
    assert "Traceback" not in ended.said


async def test_a_file_that_is_no_database_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("not a database, " * 100, encoding="utf-8")
    ended = await sosik("migrate", "--config", configured(tmp_path, "sqlite:///notes.txt"), cwd=tmp_path)
    assert ended.code == 1
    assert "not a database" in ended.err
    assert "Traceback" not in ended.said
