"""What is wrong with a feed is English in the log, and the reader's language in the chat."""

import ast
import re
from datetime import timedelta
from pathlib import Path

import pytest

import digests.feeds
from bot.texts import Texts
from bot.texts.troubles import SENTENCES, said
from digests.feeds.habits import Bounds, next_auto_poll
from digests.feeds.rhythm import next_poll
from digests.feeds.trouble import of_the_status
from digests.model import Habits
from tests.emulated import Hands

KOREAN = Texts.load().voice("ko")
ENGLISH = Texts.load().voice("en")
ERRORS = {"FeedError", "PageError", "TryLaterError"}
ROOM = Path(digests.feeds.__file__).parent


def written(node: ast.AST) -> str | None:
    """A text as it stands in code, with a 7 for each value that is put into it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "7" for part in node.values)
        return "".join(map(str, parts))
    return None


def sentences() -> set[str]:
    """Every sentence that an error of the room may say: what is handed to one first, and what the tables hold."""
    found = set()
    for path in ROOM.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS and node.args:
                found.add(written(node.args[0]))
            if path.name in {"trouble.py", "parse.py"} and isinstance(
                node, (ast.Tuple, ast.Return, ast.Assign)
            ):
                first = (
                    node.elts[0]
                    if isinstance(node, ast.Tuple) and node.elts
                    else getattr(node, "value", None)
                )
                found.add(written(first) if first is not None else None)
    whole = (one for one in found if one and re.fullmatch(r"[A-Z7].* .*[.]", one))
    # A value that brings its own space is tried below; what a hub answers stays in the log.
    return {one for one in whole if not re.search("[a-z]7", one) and "The hub" not in one}


def test_every_sentence_of_an_error_is_said_in_korean() -> None:
    found = sentences()
    assert {"The document is no feed.", "The server redirects more than 7 times."} <= found
    assert len(found) > 25
    untold = [one for one in sorted(found) if not re.search("[가-힣]", said(one, KOREAN))]
    assert untold == []


@pytest.mark.parametrize(
    "status", [304, 400, 401, 402, 403, 404, 406, 410, 429, 451, 418, 399, 500, 503, 599]
)
def test_every_status_is_said_with_its_number(status: int) -> None:
    what = of_the_status(status, "https://daily.example/feed", None).what
    korean = said(what, KOREAN)
    assert f"({status})" in korean
    assert re.search("[가-힣]", korean)


@pytest.mark.parametrize("msgid", SENTENCES)
def test_a_sentence_is_found_again_with_its_values(msgid: str) -> None:
    values = dict.fromkeys(re.findall(r"%\((\w+)\)s", msgid), "7")
    assert said(msgid % values, KOREAN) == KOREAN.gettext(msgid, **values)
    assert said(msgid % values, ENGLISH) == msgid % values


@pytest.mark.parametrize(
    ("words", "korean"),
    [
        ("No server of the name 서울.example is known.", "서울.example이라는 서버를 찾을 수 없어요."),
        ("its host refused us: The server refuses us (403).", "서버가 거절함: 서버가 저희를 거절해요. (403)"),
        ("its publisher says to keep it for 3 h", "발행사가 3시간 동안 두라고 함"),
        ("its publisher rests on Monday (skipDays)", "발행사가 월요일에 쉼 (skipDays)"),
        (
            "The document is built to keep a parser busy (tens of thousands of comments).",
            "파서를 붙잡아 두려고 만든 문서예요. (수만 개의 주석)",
        ),
    ],
)
def test_values_are_said_in_the_readers_language_too(words: str, korean: str) -> None:
    assert said(words, KOREAN) == korean


@pytest.mark.parametrize("words", ["", "Something new.", "100 % {wrong} %(n)s", "404"])
def test_what_is_not_known_is_said_as_it_stands(words: str) -> None:
    assert said(words, KOREAN) == words


def test_every_reason_for_the_next_poll_is_said_in_korean() -> None:
    now, hour = Hands()(), timedelta(hours=1)
    reasons = {
        next_poll(interval=hour, now=now, place=0.5, failures=failures, retry_after=wait).reason
        for failures in (0, 1, 4)
        for wait in (None, timedelta(hours=20))
    }
    bounds = Bounds(timedelta(minutes=5), timedelta(hours=12), hour)
    hours = frozenset(range(24))
    reasons |= {
        next_auto_poll(habits, now=now, place=0.5, bounds=bounds, fresh_for=fresh).reason
        for habits in (
            Habits(),
            Habits(recent=40, since=now - 2 * hour),
            Habits(recent=2, since=now - 80 * hour),
            Habits(recent=3, since=now - 72 * hour),
            Habits(keep_for=5 * hour),
            Habits(skip_hours=hours - {3}),
        )
        for fresh in (None, 7 * hour)
    }
    assert len(reasons) > 6
    assert [one for one in sorted(reasons) if not re.search("[가-힣]", said(one, KOREAN))] == []
