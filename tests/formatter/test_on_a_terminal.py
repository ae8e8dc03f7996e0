import io

from rich.cells import cell_len
from rich.console import Console

from bot.formatter.message import Button, Message, Preview
from bot.formatter.terminal import show

MESSAGE = Message(
    '🚨 <b><a href="https://ggachi.example/1?a=1&amp;b=2">[속보] 해달 &amp; 밤하늘 [bold]</a></b>\n<i>까치신문 · 08:00</i>\n\n'
    + "골목에 그 냄새가 나면 겨울이다. " * 12,
    keyboard=((Button("알림 줄이기", "x"), Button("알림 끄기", "y")),),
    preview=Preview("https://ggachi.example/1.jpg"),
)


def printed(*, terminal: bool, width: int = 40) -> str:
    page = io.StringIO()
    show(
        MESSAGE,
        Console(file=page, force_terminal=terminal, width=width, color_system=None, legacy_windows=False),
    )
    return page.getvalue()


def test_in_a_pipe_links_are_written_out_and_no_line_is_broken() -> None:
    lines = printed(terminal=False).splitlines()
    assert lines[:3] == [
        "[https://ggachi.example/1.jpg]",
        "🚨 [속보] 해달 & 밤하늘 [bold] <https://ggachi.example/1?a=1&b=2>",
        "까치신문 · 08:00",
    ]
    assert lines[-1] == "[ 알림 줄이기 ]  [ 알림 끄기 ]"
    assert "\x1b" not in printed(terminal=False)


def test_on_a_terminal_lines_are_as_wide_as_they_look() -> None:
    seen = printed(terminal=True)
    assert "<https" not in seen
    text_lines = [line for line in seen.splitlines() if "\x1b" not in line]
    assert max(map(cell_len, text_lines)) <= 40
    assert len(text_lines) > 5
