"""How much the service takes."""

import pytest

from bot.playground.telegram import Chat, Limits
from bot.playground.telegram.limits import Gauge

READER = Chat(1, "private")
OTHER = Chat(2, "private")
GROUP = Chat(-3, "supergroup")


def waits(limits: Limits, taken: list[tuple[Chat, float]]) -> list[int]:
    """The wait each is told; 0: it is taken."""
    gauge = Gauge(limits)
    refusals = [gauge.take(chat, at) for chat, at in taken]
    return [(r.parameters or {})["retry_after"] if r else 0 for r in refusals]


@pytest.mark.parametrize(
    ("limits", "taken", "told"),
    [
        (Limits(), [(READER, 0.0)] * 50, [0] * 50),
        (Limits(per_second=2), [(READER, 0.0), (OTHER, 0.5), (READER, 0.9), (READER, 1.1)], [0, 0, 1, 0]),
        (Limits(per_chat=1), [(READER, 0.0), (READER, 0.5), (OTHER, 0.5), (READER, 1.0)], [0, 1, 0, 0]),
        (Limits(per_chat=1, burst=3), [(READER, 0.0)] * 4 + [(READER, 1.0)] * 2, [0, 0, 0, 1, 0, 1]),
        (Limits(per_chat=0.25), [(READER, 0.0), (READER, 1.0)], [0, 3]),
        (
            Limits(per_group_minute=2),
            [(GROUP, 0.0), (GROUP, 10.0), (GROUP, 20.0), (GROUP, 60.5)],
            [0, 0, 40, 0],
        ),
        (Limits(per_group_minute=1), [(READER, 0.0)] * 3, [0, 0, 0]),
    ],
)
def test_what_is_too_much_is_told_when_to_come_again(
    limits: Limits, taken: list[tuple[Chat, float]], told: list[int]
) -> None:
    assert waits(limits, taken) == told


def test_telegrams_own_limits() -> None:
    assert waits(Limits.telegrams(), [(GROUP, float(n)) for n in range(21)])[-1] == 40
