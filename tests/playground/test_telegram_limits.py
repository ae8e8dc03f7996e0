"""How much the service takes, and how long it is in trouble."""

import pytest

from bot.playground.telegram import Call, Chat, Fault, Limits
from bot.playground.telegram.faults import Faults
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


def test_a_flood_lasts_as_long_as_it_says() -> None:
    faults = Faults()
    faults.arm(Fault.flood(5, chat=1, times=None, lasts=5))
    refusals = [
        faults.meet(Call("sendMessage", {"chat_id": 1}, at))[1] for at in (100.0, 103.5, 104.9, 105.0)
    ]
    assert [(r.parameters or {})["retry_after"] if r else 0 for r in refusals] == [5, 2, 1, 0]


def test_faults_are_met_in_the_order_they_were_asked_for() -> None:
    faults = Faults()
    faults.arm(Fault.error(500, method="sendMessage"))
    faults.arm(Fault.error(403, "bot was blocked by the user", times=2))
    met = [faults.meet(Call("sendMessage", {"chat_id": 1}, 0.0))[1] for _ in range(4)]
    assert [refusal.code if refusal else None for refusal in met] == [500, 403, 403, None]


def test_listening_is_troubled_only_when_named() -> None:
    faults = Faults()
    faults.arm(Fault.flood(5))
    assert faults.meet(Call("getUpdates", {}, 0.0))[1] is None
    faults.arm(Fault.error(502, method="getUpdates"))
    refusal = faults.meet(Call("getUpdates", {}, 0.0))[1]
    assert refusal is not None
    assert refusal.code == 502
