"""What rings in a labelled newsroom, and what should: `python -m benchmarks.ring FOLDER [--all] [--placed FILE]`.

FOLDER holds `dev.jsonl` or `entries.jsonl` and `feeds.toml`. Stories are the gold's unless --placed gives a file of
JSON lines {"id", "story"} in the same order, as `sosik backtest` prints them. A ring counts when it falls on an entry
that is due, or on another of the same gold story no more than ten minutes later. --quiet prints the figures alone.
"""

import argparse
import html
import json
import tomllib
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from digests.feeds.plain import plain
from digests.model import Decision, Entry
from digests.settings import BreakingSettings, FeedSettings
from digests.stories.breaking import decide
from digests.stories.freshness import FeedClock
from digests.stories.language import language_of
from digests.stories.newswords import NewsWords
from digests.stories.reading import read
from digests.stories.so_far import SoFar, kept

TOLERANCE = timedelta(minutes=10)
OPINION = {
    "opinion", "column", "editorial", "analysis", "interview", "review", "recap", "listicle", "sponsored", "schedule",
}  # fmt: skip


def instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def entry_of(row: dict[str, Any]) -> Entry:
    return Entry(
        row["id"],
        plain(html.unescape(row["title"] or "")),
        link=row.get("link") or "",
        summary=plain(row.get("summary") or ""),
        author=row.get("author") or "",
        published=instant(row.get("published")),
        tags=tuple(row.get("categories") or ()),
        language=row.get("language") or "",
    )


def rows_of(folder: Path) -> list[dict[str, Any]]:
    file = next(path for name in ("dev.jsonl", "entries.jsonl") if (path := folder / name).exists())
    return [json.loads(line) for line in file.read_text("utf-8").split("\n") if line.strip()]


def feeds_of(folder: Path) -> dict[str, FeedSettings]:
    said = tomllib.loads((folder / "feeds.toml").read_text("utf-8"))["feeds"]
    return {
        one["name"]: FeedSettings(
            url=one["url"],
            name=one["name"],
            categories=tuple(one["categories"]),
            category_map=one.get("category_map", {}),
            language=one.get("language", ""),
            breaking=one.get("breaking", False),
        )
        for one in said
    }


def run(rows: list[dict[str, Any]], feeds: dict[str, FeedSettings], stories: list[str]) -> list[Decision]:
    words, rules = NewsWords.load(), BreakingSettings()
    told_of: dict[str, SoFar] = defaultdict(SoFar)
    clocks: dict[str, FeedClock] = defaultdict(FeedClock)
    decisions = []
    for row, story in zip(rows, stories, strict=True):
        entry, feed, seen_at = entry_of(row), feeds[row["feed"]], instant(row["seen"])
        assert seen_at is not None
        told = read(entry, feed, words, seen_at=seen_at, language=language_of(entry, feed))
        decision = decide(told, told_of[story], clocks[feed.name], rules, seen_at, words=words)
        told_of[story] = kept(told_of[story], told, words, turn=decision.turn, rumour=decision.rumour)
        clocks[feed.name] = clocks[feed.name].seen(entry.published, seen_at)
        decisions.append(decision)
    return decisions


def matched(rows: list[dict[str, Any]], rings: list[bool]) -> tuple[dict[int, int], list[int], list[int]]:
    """Rings that answer a due one, false rings, missed ones; as places."""
    due = [place for place, row in enumerate(rows) if row["gold"]["ring"]]
    rung = [place for place, rings_here in enumerate(rings) if rings_here]
    answers = {place: place for place in rung if rows[place]["gold"]["ring"]}
    answered = set(answers)
    for place in rung:
        if place in answers:
            continue
        near = [
            other
            for other in due
            if other not in answered
            and other < place
            and rows[other]["gold"]["story"] == rows[place]["gold"]["story"]
            and instant(rows[place]["seen"]) - instant(rows[other]["seen"]) <= TOLERANCE  # type: ignore[operator]
        ]
        if near:
            answers[place] = near[-1]
            answered.add(near[-1])
    return answers, [place for place in rung if place not in answers], [p for p in due if p not in answered]


def kinds(rows: list[dict[str, Any]], places: list[int]) -> str:
    counted = Counter(rows[place]["gold"]["why"].split(":")[0] for place in places)
    return ", ".join(f"{kind} {number}" for kind, number in counted.most_common()) or "none"


def show(row: dict[str, Any], decision: Decision, *, head: str) -> None:
    said = " ".join(
        f"{'+' if r.speaks == 'for' else '-'}{r.code}({r.evidence[:24]})" for r in decision.reasons
    )
    print(f"{head} {row['feed']} {row['seen'][8:16]} {html.unescape(row['title'])[:90]!r}")
    print(f"      gold: {row['gold']['story']} · {row['gold']['why']}\n      {decision.score} {said}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--placed", type=Path)
    parser.add_argument("--quiet", action="store_true")
    told = parser.parse_args()
    rows = rows_of(told.folder)
    stories = [row["gold"]["story"] for row in rows]
    if told.placed:
        lines = told.placed.read_text("utf-8").split("\n")
        stories = [str(json.loads(line)["story"]) for line in lines if line.strip()]
    begun = process_time()
    decisions = run(rows, feeds_of(told.folder), stories)
    spent = process_time() - begun
    answers, false, missed = matched(rows, [decision.rings for decision in decisions])
    if not told.quiet:
        for place in missed:
            show(rows[place], decisions[place], head="MISSED")
        for place in false:
            show(rows[place], decisions[place], head="FALSE ")
    opinions = sum(rows[place]["gold"]["why"].split(":")[0] in OPINION for place in false)
    print(f"missed: {kinds(rows, missed)}\nfalse:  {kinds(rows, false)}\nopinion-type rings: {opinions}")
    due, rung = len(answers) + len(missed), len(answers) + len(false)
    print(f"{len(rows)} entries, {due} due, {rung} rung, {1000 * spent / len(rows):.2f} ms each")
    print(f"ring P {len(answers) / max(1, rung):.3f} R {len(answers) / max(1, due):.3f}")


if __name__ == "__main__":
    main()
