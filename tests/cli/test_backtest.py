"""`sosik backtest`: a history, line by line, through the rules; what was made of each line, in the same order."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from tests.cli.terminal import sosik
from tests.headlines import WAITS

CONFIG = """
[[categories]]
slug = "kpop"
name = { en = "K-pop", ko = "케이팝" }

[[categories]]
slug = "korea"
name = { en = "Korea", ko = "한국" }

[[feeds]]
name = "daily"
url = "https://daily.example/rss"
categories = ["kpop"]
language = "en"

[[feeds]]
name = "post"
url = "https://post.example/rss"
categories = ["korea"]
language = "en"
"""


def line(number: int, title: str, feed: str = "post", **more: Any) -> str:
    minute = f"{number // 60:02}:{number % 60:02}"
    seen = f"2026-11-24T{minute}:00Z"
    said = {"feed": feed, "id": f"e{number}", "title": title, "link": f"https://{feed}.example/{number}"}
    return json.dumps(said | {"published": seen, "seen": seen} | more, ensure_ascii=False)


def folder(tmp_path: Path, *lines: str) -> Path:
    (tmp_path / "sosik.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "history.jsonl").write_text("".join(f"{one}\n" for one in lines), encoding="utf-8")
    return tmp_path


async def test_each_line_is_judged_and_told_in_its_order(tmp_path: Path) -> None:
    cwd = folder(
        tmp_path,
        line(1, "BREAKING: Singer Baek Haneul collapses on stage in Daegu", "daily"),
        line(2, "Library of Sejong lends kites to children"),
        line(3, "Singer Baek Haneul collapses on stage in Daegu", "https://post.example/rss"),
        line(95, "Singer Baek Haneul, who collapsed on stage in Daegu, dies at 31"),
    )
    ended = await sosik("backtest", "history.jsonl", cwd=cwd)
    assert ended.code == 0
    told = [json.loads(one) for one in ended.out.splitlines()]
    assert [set(one) for one in told] == [{"id", "story", "categories", "ring", "reasons"}] * 4
    assert [one["id"] for one in told] == ["e1", "e2", "e3", "e95"]
    assert [one["ring"] for one in told] == [True, False, False, True]
    assert [one["story"] == told[0]["story"] for one in told] == [True, False, True, True]
    assert [one["categories"] for one in told] == [["kpop"], ["korea"], ["kpop"], ["kpop"]]
    assert any(reason.startswith("+marker") for reason in told[0]["reasons"])
    assert "-told: 1" in told[2]["reasons"]
    assert any(reason.startswith("+turn") for reason in told[3]["reasons"])
    assert "4 entries, 2 stories; 2 ring, 1 of them as a turn; 0 lines not read." in ended.err


async def test_a_dash_is_the_standard_input(tmp_path: Path) -> None:
    cwd = folder(tmp_path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "backtest", "-"),
        cwd=cwd,
        env={"PYTHONPATH": str(Path(__file__).parents[2]), "SOSIK_CONFIG": str(cwd / "sosik.toml")},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    given = "\n".join([line(1, "걸그룹 은하수정원 해체", "daily"), "", line(2, "Busan opens a cycling lane")])
    out, err = await process.communicate(given.encode())
    assert process.returncode == 0, err.decode()
    assert [json.loads(one)["id"] for one in out.decode().splitlines()] == ["e1", "e2"]


async def test_lines_that_cannot_be_read_are_named_and_the_rest_is_told(tmp_path: Path) -> None:
    unseen = json.loads(line(4, "Snow on Halla")) | {"seen": None}
    cwd = folder(
        tmp_path,
        "{not JSON",
        line(2, "Rain in Mokpo", "a feed that was"),
        '["a", "list"]',
        json.dumps(unseen),
        line(5, "Wind in Gunsan", seen="at noon, about"),
        line(6, "Fog in Incheon", categories="one text"),
        line(7, "Sun in Jeju"),
    )
    ended = await sosik("backtest", "history.jsonl", cwd=cwd)
    assert ended.code == 1
    assert [json.loads(one)["id"] for one in ended.out.splitlines()] == ["e7"]
    for number, word in (
        (1, "JSON"),
        (2, "a feed that was"),
        (3, "object"),
        (4, "seen"),
        (5, "noon"),
        (6, "categories"),
    ):
        (said,) = (one for one in ended.err.splitlines() if one.startswith(f"Line {number}:"))
        assert word in said
    assert "6 lines not read" in ended.err


async def test_a_separator_within_a_text_ends_no_line(tmp_path: Path) -> None:
    cwd = folder(
        tmp_path, line(1, "Busan opens a cycling lane", summary="One.\u2028Two.\u0085Three.\u2029Four.")
    )
    ended = await sosik("backtest", "history.jsonl", cwd=cwd)
    assert (ended.code, len(ended.out.splitlines())) == (0, 1)


async def test_a_story_is_numbered_as_it_is_at_the_end(tmp_path: Path) -> None:
    titles = (
        "Ship in trouble near Heuksando",
        "Ferry Haneul runs aground with 41 aboard",
        "Ferry Haneul aground near Heuksando, ship in trouble with 41 aboard",
        "Tugs reach ferry Haneul near Heuksando, 41 aboard the ship",
        *WAITS["korea"][:12],
    )
    lines = [line(number, title, summary=f"{title}.") for number, title in enumerate(titles, 1)]
    ended = await sosik("backtest", "history.jsonl", cwd=folder(tmp_path, *lines))
    told = [json.loads(one)["story"] for one in ended.out.splitlines()]
    assert len(set(told[:4])) == 1, "the first began a story of its own, which another took in"
    assert len(set(told)) == 1 + 12


async def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    ended = await sosik("backtest", "nowhere.jsonl", cwd=folder(tmp_path))
    assert ended.code == 1
    assert "nowhere.jsonl cannot be read" in ended.err
