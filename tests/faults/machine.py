"""What a test does to the machine under a real `sosik run`: it moves its clock, and fills its disk.

The bot's process calls `begin` before anything else (see tests/cli/nursery.py), and looks into a file for how the machine
is now; the test writes it by `Machine`. The program itself is as it always is.
"""

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

NAME = "tests.faults.machine"  # as a World is told it
FILE = "machine.json"  # in the folder of the bot

ENDLESS = 1_073_741_823  # SQLite's own bound of max_page_count


@dataclass(frozen=True, slots=True)
class Mood:
    """How the machine is."""

    ahead: float = 0.0  # seconds by which its clock is ahead of ours
    full: bool = False  # no file grows any more
    patience: float = (
        0.0  # seconds that Telegram's answers are waited for, in place of the bot's own; 0: those
    )

    @classmethod
    def of(cls, folder: Path) -> "Mood":
        """Read it."""
        path = folder / FILE
        return cls(**json.loads(path.read_text())) if path.exists() else cls()


class Machine:
    """The test's side."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def be(self, **mood: Any) -> None:
        """Change how the machine is, at once; whoever reads meanwhile reads the old or the new."""
        new = self._folder / f"{FILE}.new"
        new.write_text(json.dumps(asdict(replace(Mood.of(self._folder), **mood))))
        new.replace(self._folder / FILE)


def begin(order: dict[str, Any]) -> None:
    """Let this process live on the machine."""
    folder = Path(order["cwd"])
    _move_clock(folder)
    _fill_disk(folder)
    if patience := Mood.of(folder).patience:
        _lose_patience(patience)


def _move_clock(folder: Path) -> None:
    """Move the time for all in this process that ask for it: the bot's clock, and APScheduler.

    The monotonic time stays as it is, as it does where an operator or NTP sets a machine's clock.
    """
    import apscheduler.executors.base
    import apscheduler.schedulers.base
    import apscheduler.triggers.interval

    import bot.clock

    class Moved(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=Mood.of(folder).ahead)

    for module in (
        bot.clock,
        apscheduler.schedulers.base,
        apscheduler.triggers.interval,
        apscheduler.executors.base,
    ):
        vars(module)["datetime"] = Moved


def _fill_disk(folder: Path) -> None:
    """Let SQLite find no room for another page as long as the disk is full: it answers as it does on a real one."""
    from sqlalchemy import event
    from sqlalchemy.engine import Engine

    def began(connection: Any) -> None:
        if connection.dialect.name == "sqlite":
            pages = 1 if Mood.of(folder).full else ENDLESS  # never less than there are
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    event.listen(Engine, "begin", began)


def _lose_patience(seconds: float) -> None:
    """Scale down how long Telegram's answers are waited for, so that a test need not wait as long."""
    from bot.sending.wire import Wire

    Wire.__init__.__kwdefaults__["read_timeout"] = seconds
