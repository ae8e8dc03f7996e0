"""`sosik chats import` and `export`: readers that come from another bot, or leave for one."""

import asyncio
import csv
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import cache, partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO, TypeVar

import typer

from bot.cli.doors import FAILED, ConfigFile, configured, door, err, program
from bot.cli.feeds_store import beside
from bot.cli.progress import progress
from digests.editions.timetable import next_due, zone_of
from digests.errors import SosikError
from digests.model import LANGUAGES, Address, Alerts, Chat, ChatKind

if TYPE_CHECKING:
    from bot.config import Loaded
    from digests.settings import Settings
    from digests.store.moving import Arrival

Kind = TypeVar("Kind", ChatKind, Alerts)

chats = typer.Typer(help="Readers: move them in from another bot, or out.", no_args_is_help=True)
program.add_typer(chats, name="chats")

COLUMNS = ("chat_id", "type", "language", "timezone", "categories", "alerts", "digest_times")
OFF = "off"
BLOCK = 1_000  # chats of one transaction: a bot that runs meanwhile is not to feel it
_MOST_COMPLAINTS = 20  # that are told; the rest is counted
_ID = re.compile(r"(-?\d{1,18})(?:/(\d{1,18}))?$", re.ASCII)
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)$", re.ASCII)


class RowError(SosikError):
    """A row that cannot be taken."""


@dataclass(slots=True)
class _Done:
    new: int = 0
    known: int = 0
    bad: list[str] = field(default_factory=list)
    more_bad: int = 0

    def complain(self, line: int, error: RowError) -> None:
        if len(self.bad) < _MOST_COMPLAINTS:
            self.bad.append(f"Line {line}: {error}")
        else:
            self.more_bad += 1


@chats.command(name="import")
@door
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE.csv", help=f"With the columns {', '.join(COLUMNS)}.")],
    config: ConfigFile = None,
) -> None:
    """Take chats in from a CSV file. Who is known keeps what they chose; nobody gets anything older than the import.

    Lists are separated by spaces. alerts is on, few, silent or off. digest_times: empty for the defaults, off for none.
    A row that cannot be read is named by its line, and left out.
    """
    loaded = configured(config, needs_token=False)
    with _opened(file) as opened, progress("Importing", _lines(file)) as advance:
        done = asyncio.run(_import(loaded, opened, advance))
    for words in done.bad:
        err().print(words, style="yellow", markup=False)
    if done.more_bad:
        err().print(f"… and {done.more_bad} more.", style="yellow", markup=False)
    left = len(done.bad) + done.more_bad
    typer.echo(f"{done.new} chats came in, {done.known} were known, {left} rows left out.")
    if left and not done.new and not done.known:
        raise typer.Exit(FAILED)


async def _import(loaded: "Loaded", opened: TextIO, advance: Callable[[int], None]) -> _Done:
    from bot.clock import SystemClock
    from digests.store.moving import arrive

    now = SystemClock().now()
    reader = _Reader(loaded.config.newsroom(), now)
    done = _Done()
    rows = _rows(opened)
    async with beside(loaded) as store:
        while block := list(islice(rows, BLOCK)):
            arrivals: list[Arrival] = []
            for line, row in block:
                try:
                    arrivals.append(reader.read(row))
                except RowError as error:
                    done.complain(line, error)
            async with store.writing() as tx:
                new = await arrive(tx, arrivals, now)
            done.new += new
            done.known += len(arrivals) - new
            advance(len(block))
    return done


@chats.command()
@door
def export(
    file: Annotated[
        str, typer.Argument(metavar="FILE.csv", help="Where to write; - is the standard output.")
    ],
    config: ConfigFile = None,
) -> None:
    """Write all chats and what they chose to a CSV file, in the form that import reads."""
    loaded = configured(config, needs_token=False)
    try:
        with ExitStack() as stack:
            target = (
                sys.stdout
                if file == "-"
                else stack.enter_context(Path(file).open("w", encoding="utf-8", newline=""))
            )
            count = asyncio.run(_export(loaded, target))
    except OSError as error:
        raise SosikError(f"{file} cannot be written ({error.strerror or error}).") from None
    err().print(f"{count} chats written.", markup=False)


async def _export(loaded: "Loaded", target: TextIO) -> int:
    from digests.store.moving import all_chats

    count = 0
    written = csv.writer(target, lineterminator="\n")
    written.writerow(COLUMNS)
    async with beside(loaded) as store, store.reading() as tx:
        async for block in all_chats(tx):
            written.writerows(_row(chat, follows) for chat, follows in block)
            count += len(block)
    return count


def _row(chat: Chat, follows: frozenset[str]) -> tuple[str, ...]:
    place = chat.address
    return (
        f"{place.telegram_id}/{place.thread_id}" if place.thread_id else str(place.telegram_id),
        chat.kind,
        chat.language,
        chat.zone if chat.zone_known else "",
        " ".join(sorted(follows)),
        chat.alerts,
        " ".join(f"{at:%H:%M}" for at in chat.digest_times) or OFF,
    )


class _Reader:
    """Reads rows. What many of them share (a zone with its times) is worked out once."""

    def __init__(self, settings: "Settings", now: datetime) -> None:
        self._settings = settings
        self._known = frozenset(category.slug for category in settings.categories)
        self._due = cache(lambda times, zone: next_due(times, zone_of(zone), now))
        self._zone = cache(_zone)
        self._times = cache(_times)

    def read(self, row: dict[str, str]) -> "Arrival":
        """Read one row. Raises RowError."""
        from digests.store.moving import Arrival

        found = _ID.match(row["chat_id"])
        if not found or not int(found[1]):
            raise RowError(
                f"{row['chat_id'][:40]!r} is no chat_id: a number, or number/topic for a topic of a forum."
            )
        zone = self._zone(row["timezone"])
        times = self._times(row["digest_times"])
        if times is None:
            times = self._settings.digest.times
        slugs = tuple(dict.fromkeys(row["categories"].split()))
        if unknown := [slug for slug in slugs if slug not in self._known]:
            raise RowError(
                f"there is no category {unknown[0][:40]!r}.",
                hint=f"There are: {', '.join(sorted(self._known))}.",
            )
        here = zone or self._settings.digest.zone
        return Arrival(
            address=Address(int(found[1]), int(found[2] or 0)),
            kind=_one_of(
                ChatKind, row["type"], "type", ChatKind.PRIVATE if int(found[1]) > 0 else ChatKind.GROUP
            ),
            language="ko" if _language(row["language"]) == "ko" else "en",
            zone=here,
            zone_known=bool(zone),
            alerts=_one_of(Alerts, row["alerts"], "alerts", Alerts.ON),
            quiet=self._settings.breaking.quiet,
            digest_times=times,
            next_digest_at=self._due(times, here),
            categories=slugs,
        )


def _language(text: str) -> str:
    said = text.strip().lower()
    short = re.split(r"[-_]", said)[0]
    if short and short not in LANGUAGES:
        raise RowError(f"there is no language {text[:40]!r}.", hint=f"There are: {', '.join(LANGUAGES)}.")
    return short or LANGUAGES[0]


def _zone(text: str) -> str:
    name = text.strip()
    if name:
        try:
            zone_of(name)
        except ValueError:
            raise RowError(f"{name[:40]!r} is no time zone: an IANA name such as Asia/Seoul.") from None
    return name


def _times(text: str) -> tuple[time, ...] | None:
    """Read times of day; None for the defaults."""
    said = text.strip().lower()
    if not said:
        return None
    if said == OFF:
        return ()
    times: set[time] = set()
    for word in said.split():
        found = _TIME.match(word)
        if not found:
            raise RowError(f"{word[:40]!r} is no time of day, such as 08:00; off is for none.")
        times.add(time(int(found[1]), int(found[2])))
    return tuple(sorted(times))


def _one_of(kinds: type[Kind], text: str, name: str, usual: Kind) -> Kind:
    said = text.strip().lower()
    if not said:
        return usual
    try:
        return kinds(said)
    except ValueError:
        known = ", ".join(kinds)
        raise RowError(f"{text[:40]!r} is no {name}.", hint=f"There are: {known}.") from None


@contextmanager
def _opened(file: Path) -> Iterator[TextIO]:
    try:
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as opened:
            yield opened
    except OSError as error:
        raise SosikError(f"{file} cannot be read ({error.strerror or error}).") from None


def _lines(file: Path) -> int:
    """Count a file's lines, to know how far one is; not more than about so many are rows."""
    lines, end = 0, b"\n"
    with file.open("rb") as opened:
        for part in iter(partial(opened.read, 1 << 20), b""):
            lines, end = lines + part.count(b"\n"), part[-1:]
    return max(0, lines - (end == b"\n"))  # the first one names the columns; the last may lack its end


def _rows(opened: TextIO) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the rows by the names of their columns, with the line that each ends at. Raises SosikError."""
    reader = csv.reader(opened)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if "chat_id" not in header:
            raise SosikError(
                "The first line names no column chat_id.", hint=f"It should say: {','.join(COLUMNS)}"
            )
        places = {name: header.index(name) for name in COLUMNS if name in header}
        for row in reader:
            if any(row):
                yield (
                    reader.line_num,
                    {
                        name: row[at] if (at := places.get(name, -1)) in range(len(row)) else ""
                        for name in COLUMNS
                    },
                )
    except csv.Error as error:
        raise SosikError(f"Line {reader.line_num} is no CSV ({error}).") from None
