"""What bad feeds do to good ones: nothing."""

import sqlite3
from datetime import datetime
from pathlib import Path

from benchmarks.measuring import Run, Server, configure, poll_once, run

BAD = ("hang", "drip", "elsewhere/0", "bomb", "laughs")


def hostile(server: Server, feeds: int, folder: Path) -> None:
    """Poll healthy feeds alone, then behind every bad one."""
    server.mode("new")
    good = [f"{server.base}/feed/{number}.xml" for number in range(feeds)]
    bad = [f"{server.base}/{path}" for path in BAD]
    print(f"{feeds} healthy feeds; from the first of them to be stored to the last:")
    for name, urls in (("alone", good), ("behind five bad ones", [*bad, *good])):
        place = folder / name.split()[0]
        configure(place, urls)
        one: Run = run(poll_once(place), place)
        span, failures = stored(place / "sosik.db")
        print(f"  {name:22} {span:6.2f} s; the whole {one.seconds:.1f} s, at most {one.memory:.0f} MB")
        for url, error in failures:
            print(
                f"    {url.removeprefix(server.base):14} {error or 'read: what it defines is not unpacked'}"
            )


def stored(database: Path) -> tuple[float, list[tuple[str, str]]]:
    """Tell how long it took until the last healthy feed was stored, and what became of the others."""
    connection = sqlite3.connect(database)
    times = [
        datetime.fromisoformat(at)
        for (at,) in connection.execute(
            "SELECT polled_at FROM feeds WHERE url LIKE '%/feed/%' AND error = ''"
        )
    ]
    failures = connection.execute("SELECT url, error FROM feeds WHERE url NOT LIKE '%/feed/%'").fetchall()
    connection.close()
    return (max(times) - min(times)).total_seconds(), failures
