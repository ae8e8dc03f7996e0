"""What leaves through the log: a line per thing done, in either form, and never a secret."""

import json
import logging
from collections.abc import Callable, Iterator

import httpx
import pytest
import structlog

from bot import logs

TOKEN = "600000001:AAhush-hush-hush-hush-hush-hush-hush"
PASSWORD = "pa/ss:word"
URL = f"postgresql://sosik:{PASSWORD}@db/sosik"


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave logging as it was found."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture(params=["text", "json"])
def written(request: pytest.FixtureRequest, capsys: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Log in each form; gives what came out."""
    logs.set_up(form=request.param, level="DEBUG", secrets=(TOKEN, PASSWORD))
    return lambda: capsys.readouterr().err


def _raise(words: str) -> None:
    secret_of_a_frame = words  # in the locals of a traceback
    raise RuntimeError(f"cannot reach {secret_of_a_frame}")


def test_a_value_is_scrubbed(written: Callable[[], str]) -> None:
    structlog.get_logger().info("asked", url=f"https://api.telegram.org/bot{TOKEN}/getMe", database=URL)
    out = written()
    assert "asked" in out
    assert TOKEN not in out
    assert PASSWORD not in out


def test_a_nested_value_is_scrubbed(written: Callable[[], str]) -> None:
    structlog.get_logger().info("asked", answers=[{"url": f"bot{TOKEN}"}, URL])
    out = written()
    assert TOKEN not in out
    assert PASSWORD not in out


@pytest.mark.parametrize("secret", [f"https://api.telegram.org/bot{TOKEN}/getMe", URL, PASSWORD])
def test_a_traceback_is_scrubbed_and_shows_no_variables(written: Callable[[], str], secret: str) -> None:
    try:
        _raise(secret)
    except RuntimeError:
        structlog.get_logger().exception("failed")
    out = written()
    assert "RuntimeError" in out
    assert "_raise" in out
    assert TOKEN not in out
    assert PASSWORD not in out
    assert "'secret_of_a_frame'" not in out
    assert '"secret_of_a_frame":' not in out


def test_what_a_library_logs_is_scrubbed_with_its_traceback(written: Callable[[], str]) -> None:
    try:
        _raise(f"https://api.telegram.org/bot{TOKEN}/getMe and {URL}")
    except RuntimeError:
        logging.getLogger("somebody").exception("failed at %s", URL)
    out = written()
    assert "RuntimeError" in out
    assert TOKEN not in out
    assert PASSWORD not in out


def test_json_is_one_object_a_line_also_for_what_a_library_logs(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(form="json", secrets=(TOKEN,))
    structlog.get_logger().info("polled", feed="달무리일보", new=3)
    logging.getLogger("somebody").warning("two\nlines")
    try:
        _raise(TOKEN)
    except RuntimeError:
        logging.getLogger("somebody").exception("failed")
        structlog.get_logger().exception("failed too")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == ["polled", "two\nlines", "failed", "failed too"]
    assert lines[0]["new"] == 3
    assert lines[0]["feed"] == "달무리일보"
    assert lines[0]["level"] == "info"
    assert all(line["timestamp"].endswith("Z") for line in lines)
    assert lines[2]["exception"]
    assert lines[3]["exception"]


async def test_the_urls_that_the_http_client_logs_do_not_leave_at_all(written: Callable[[], str]) -> None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(200))) as client:
        await client.get(f"https://api.telegram.org/bot{TOKEN}/getMe")
    assert written() == ""


def test_the_level_is_obeyed(capsys: pytest.CaptureFixture[str]) -> None:
    logs.set_up(level="WARNING")
    structlog.get_logger().info("quiet")
    structlog.get_logger().warning("loud")
    out = capsys.readouterr().err
    assert "loud" in out
    assert "quiet" not in out


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"bot{TOKEN}/x", "bot<token>/x"),
        ("postgresql://a:b@c/d", "postgresql://a:***@c/d"),
        ("postgresql://a@c/d?password=b&x=1", "postgresql://a@c/d?password=***&x=1"),
        ("https://example.org/?page=2", "https://example.org/?page=2"),
        ("at 12:30:45, 600000001:short", "at 12:30:45, 600000001:short"),
        ("속보: 서울", "속보: 서울"),
    ],
)
def test_what_looks_like_a_secret_goes_and_nothing_else(text: str, left: str) -> None:
    assert logs.scrub(text) == left


def test_a_secret_too_short_to_be_one_does_not_take_the_text_apart() -> None:
    assert logs.scrub("a database", ("a", "")) == "a database"


def test_a_line_that_cannot_be_written_stops_nobody_and_is_not_shown_otherwise(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.set_up()
    logging.getLogger("somebody").warning("%d of them", f"{TOKEN} {PASSWORD}")
    out = capsys.readouterr()
    assert "a line of the log cannot be shown (logger somebody)" in out.err
    assert PASSWORD not in out.err + out.out
    assert TOKEN not in out.err + out.out
