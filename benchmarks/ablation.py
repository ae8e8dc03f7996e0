"""What each thing that an entry is judged by is worth: `python -m benchmarks.ablation FOLDER...`, a table.

Folders as benchmarks.newsroom takes them. Each is judged whole, and then without the list of names, without what the newsroom
knows of concepts in two languages, without the publishers' tags, and without what stands below the titles.
"""

import argparse
import json
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from benchmarks.newsroom import SHIPPED, Measured, measure
from digests.stories.names import Names
from digests.stories.names_file import Written
from digests.stories.vocabulary import Vocabulary

Entry = dict[str, Any]


def same(entry: Entry) -> Entry:
    return entry


def untagged(entry: Entry) -> Entry:
    return {**entry, "categories": []}


def titled(entry: Entry) -> Entry:
    return {**entry, "summary": ""}


def without_concepts(vocabulary: Vocabulary) -> Vocabulary:
    reader = vocabulary.reader
    bare = replace(reader.lexicon, english={}, korean={}, phrases={}, han={}, openers=frozenset())
    return replace(vocabulary, reader=type(reader)(bare))


CUTS: tuple[tuple[str, Callable[[Entry], Entry], Callable[[Vocabulary], Vocabulary]], ...] = (
    ("whole", same, lambda words: words),
    ("without the list of names", same, lambda words: replace(words, names=Names.of(Written((), {})))),
    ("without concepts", same, without_concepts),
    ("without the publishers' tags", untagged, lambda words: words),
    ("without summaries", titled, lambda words: words),
)


def cut(folder: Path, into: Path, change: Callable[[Entry], Entry]) -> Path:
    """Write a set anew, each entry changed."""
    path = next(path for name in ("entries.jsonl", "dev.jsonl") if (path := folder / name).exists())
    lines = [change(json.loads(line)) for line in path.read_text("utf-8").split("\n") if line.strip()]
    into.mkdir(parents=True, exist_ok=True)
    (into / "entries.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    (into / "feeds.toml").write_text((folder / "feeds.toml").read_text("utf-8"), "utf-8")
    return into


def row(measured: list[Measured]) -> str:
    """Give the means over the sets."""

    def mean(of: Callable[[Measured], float]) -> float:
        return sum(map(of, measured)) / len(measured)

    stories = " · ".join(
        f"{mean(lambda one, w=which: one.stories[w].f1):.2f}" for which in ("all", "en", "ko")
    )
    rings = f"{mean(lambda one: one.ring.precision):.2f} · {mean(lambda one: one.ring.recall):.2f}"
    return f"{stories} | {mean(lambda one: one.macro):.2f} | {rings}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER")
    folders = parser.parse_args().folders or sorted(path for path in SHIPPED.iterdir() if path.is_dir())
    vocabulary = Vocabulary.load()
    print("| | stories F1 all · en · ko | categories | rings |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as scratch:
        for at, (name, change, words) in enumerate(CUTS):
            sets = [cut(folder, Path(scratch) / str(at) / folder.name, change) for folder in folders]
            print(f"| {name} | {row([measure(one, words(vocabulary)) for one in sets])} |", flush=True)


if __name__ == "__main__":
    main()
