"""How well the newsroom judges labelled entries: `python -m benchmarks.newsroom FOLDER...`, a table.

A folder holds `feeds.toml` (categories and feeds, as an operator writes them) and `entries.jsonl`, whose lines have, besides
what `sosik backtest` reads, what a careful editor would say: `gold` with `story`, `categories`, `ring` and `why`, which begins
with a kind. Without a folder: those of tests/cases/newsroom.

`--stream 100000` judges so many invented entries, 3,333 a day (`--a-day`: another number), and prints speed and memory as it goes:
neither may change with what is past the window. `--rebuild 20000` has so many judged into a store, and reads them back.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import process_time
from typing import Any

from benchmarks.endurance import rebuild, stream
from bot.config import load
from digests.backtest import Backtest, Judged
from digests.stories.vocabulary import Vocabulary

SHIPPED = Path(__file__).parents[1] / "tests" / "cases" / "newsroom"
ANSWERED = timedelta(minutes=10)  # a ring may fall on a later telling of the story
OPINIONS = frozenset(
    [
        "opinion",
        "column",
        "editorial",
        "analysis",
        "interview",
        "review",
        "recap",
        "listicle",
        "sponsored",
        "schedule",
    ]
)


@dataclass(frozen=True, slots=True)
class Score:
    """Precision and recall, 0 to 1."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def __str__(self) -> str:
        return f"P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}"


@dataclass(frozen=True, slots=True)
class Measured:
    """What a set came to."""

    entries: int
    stories: Mapping[str, Score]  # "all", and each language alone
    categories: Mapping[str, Score]
    ring: Score
    opinions: int  # rings on pieces of opinion
    false: Mapping[str, int]  # rings that nobody wanted, by kind
    missed: Mapping[str, int]
    seconds: float  # of CPU

    @property
    def macro(self) -> float:
        return sum(score.f1 for score in self.categories.values()) / max(1, len(self.categories))


def measure(folder: Path, vocabulary: Vocabulary | None = None) -> Measured:
    """Judge a labelled set through the code that the bot runs; with other words than ours where some are given."""
    path = next(path for name in ("entries.jsonl", "dev.jsonl") if (path := folder / name).exists())
    entries = [json.loads(line) for line in path.read_text("utf-8").split("\n") if line.strip()]
    settings = load(folder / "feeds.toml").config.newsroom()
    vocabulary = vocabulary or Vocabulary.load()
    began = process_time()
    test = Backtest(settings, vocabulary)
    found = [test.judge(json.dumps({**entry, "gold": None})) for entry in entries]
    seconds = process_time() - began
    gold = [entry["gold"] for entry in entries]
    stories = [test.final(one.story) for one in found]
    named = [one["story"] for one in gold]
    by_language = {
        language: cubed(
            [one for one, entry in zip(named, entries, strict=True) if entry["language"] == language],
            [one for one, entry in zip(stories, entries, strict=True) if entry["language"] == language],
        )
        for language in ("en", "ko")
    }
    false, missed, ring = rings(entries, found)
    return Measured(
        entries=len(entries),
        stories={"all": cubed(named, stories)} | by_language,
        categories={
            category.slug: of_category(
                [category.slug in one["categories"] for one in gold],
                [category.slug in one.categories for one in found],
            )
            for category in settings.categories
        },
        ring=ring,
        opinions=sum(count for kind, count in false.items() if kind in OPINIONS),
        false=false,
        missed=missed,
        seconds=seconds,
    )


def cubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> Score:
    """B-cubed (Bagga and Baldwin, 1998): how much of an entry's story is right, and how much of it is there, on average."""
    if not gold:
        return Score(0.0, 0.0)
    together = Counter(zip(gold, found, strict=True))
    of_gold, of_found = Counter(gold), Counter(found)
    pairs = list(zip(gold, found, strict=True))
    return Score(
        sum(together[pair] / of_found[pair[1]] for pair in pairs) / len(pairs),
        sum(together[pair] / of_gold[pair[0]] for pair in pairs) / len(pairs),
    )


def of_category(gold: Sequence[bool], found: Sequence[bool]) -> Score:
    """Say how well one category was given."""
    right = sum(a and b for a, b in zip(gold, found, strict=True))
    return Score(right / max(1, sum(found)), right / max(1, sum(gold)))


def rings(
    entries: Sequence[Mapping[str, Any]], found: Sequence[Judged]
) -> tuple[Mapping[str, int], Mapping[str, int], Score]:
    """Match what rang to what should: the entry itself, else a telling of its story up to ten minutes later, each once."""
    open_: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    rang = {place for place, one in enumerate(found) if one.decision.rings}
    for place, entry in enumerate(entries):
        if entry["gold"]["ring"] and place not in rang:
            open_[entry["gold"]["story"]].append((datetime.fromisoformat(entry["seen"]), place))
    false: list[int] = []
    late = 0
    for place in sorted(rang):
        gold = entries[place]["gold"]
        if gold["ring"]:
            continue
        seen = datetime.fromisoformat(entries[place]["seen"])
        near = [one for one in open_[gold["story"]] if one[1] < place and seen - one[0] <= ANSWERED]
        if near:
            open_[gold["story"]].remove(near[-1])
            late += 1
        else:
            false.append(place)
    missed = [place for waiting in open_.values() for _, place in waiting]
    due = sum(entry["gold"]["ring"] for entry in entries)
    right = len(rang) - len(false)
    return (
        Counter(kind(entries[place]) for place in false),
        Counter(kind(entries[place]) for place in missed),
        Score(right / max(1, len(rang)), (due - len(missed)) / max(1, due)),
    )


def kind(entry: Mapping[str, Any]) -> str:
    """Give the kind that the label's reason begins with."""
    return str(entry["gold"]["why"]).partition(":")[0].strip()


def show(name: str, measured: Measured) -> None:
    print(
        f"{name}: {measured.entries} entries, {measured.entries / max(measured.seconds, 1e-9):.0f} a second of CPU"
    )
    for which, score in measured.stories.items():
        print(f"  stories, {which:4} {score}")
    for slug, score in measured.categories.items():
        print(f"  {slug:13} {score}")
    print(f"  categories    macro F1 {measured.macro:.3f}")
    print(f"  ring          {measured.ring}; opinions that rang: {measured.opinions}")
    print(f"  false rings   {_counts(measured.false)}")
    print(f"  missed rings  {_counts(measured.missed)}")


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in Counter(counts).most_common()) or "none"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    parser.add_argument("--stream", type=int, metavar="ENTRIES", help="measure speed and memory instead")
    parser.add_argument("--a-day", type=int, default=3_333, metavar="ENTRIES", help="of the stream")
    parser.add_argument(
        "--rebuild", type=int, metavar="ENTRIES", help="measure how fast a window is read back"
    )
    options = parser.parse_args()
    if options.stream:
        stream(options.stream, options.a_day)
        return
    if options.rebuild:
        rebuild(options.rebuild)
        return
    folders = options.folders or sorted(path for path in SHIPPED.iterdir() if path.is_dir())
    for folder in folders:
        show(folder.name, measure(folder))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
