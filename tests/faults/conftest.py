"""What each fault came to, written down: a table at the end of `make faults`."""

from collections.abc import Callable

import pytest

from tests.faults.audience import Tally

PROPERTY = "fault"


@pytest.fixture
def held_to(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Hold a count to what is promised: nothing lost, and no more doubled than the bound."""

    def hold(tally: Tally, *, bound: int) -> None:
        told = (tally.owed, tally.lost, tally.doubled, bound)
        request.node.user_properties.append((PROPERTY, told))
        assert tally.owed, "nothing was owed"
        assert not tally.lost, tally
        assert tally.doubled <= bound, (tally, bound)

    return hold


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    rows = [
        (report.nodeid.rpartition("::")[2], *told)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for name, told in report.user_properties
        if name == PROPERTY
    ]
    if rows:
        terminalreporter.section("faults")
        for row in [("", "owed", "lost", "doubled", "bound"), *sorted(set(rows))]:
            terminalreporter.write_line(f"{row[0]:<100} {row[1]:>6} {row[2]:>6} {row[3]:>8} {row[4]:>6}")
