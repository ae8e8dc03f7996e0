"""How well stories are told apart, and how fast: python -m benchmarks.stories FILE.csv | FILE.jsonl | --stream N

FILE.csv has the columns `id,title,publisher,category,story,url,published_ms`, FILE.jsonl the form of a labelled newsroom
(`feed, id, link, title, summary, seen, language, gold`). Entries are offered one by one in the order of the file to the very
index the bot asks, merges included. Quality is B-cubed (Bagga and Baldwin 1998); the speed is of one core, by CPU
time, reading the titles included. --halves: both halves of the stories, each by itself, too.
--among N: offered amid N made-up titles of as many stories. --stream N: N made-up entries through a window of 72 hours.
The last line is of the form `P 0.835 R 0.769 F1 0.797 titles/s 12000`.
"""

import argparse
import csv
import json
import random
import resource
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from digests.feeds.identity import link_key, title_key
from digests.feeds.plain import plain
from digests.model import Entry, Joins, Language, StoryId
from digests.stories.index import Index
from digests.stories.names import Names
from digests.stories.terms import Reader

WINDOW = timedelta(hours=72)
ROUNDS = 3
OTHERS = "other"  # what the story of a made-up title begins with


@dataclass(frozen=True)
class Offered:
    """One entry with its true story."""

    entry: Entry
    feed: str
    language: Language
    seen_at: datetime
    story: str

    @property
    def old(self) -> bool:
        return self.entry.published is not None and self.seen_at - self.entry.published > WINDOW


def main(arguments: Sequence[str]) -> None:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.stories", description=__doc__.partition("\n")[0]
    )
    options.add_argument("file", nargs="?", type=Path)
    options.add_argument("--halves", action="store_true")
    options.add_argument("--among", type=int, default=0, metavar="N")
    options.add_argument("--stream", type=int, default=0, metavar="N")
    options.add_argument("--names", action="store_true", help="with the names that the newsroom knows")
    chosen = options.parse_args(arguments)
    if chosen.stream:
        stream(chosen.stream)
        return
    if chosen.file is None:
        options.error("a file of entries is missing")
    offered = read_csv(chosen.file) if chosen.file.suffix == ".csv" else read_jsonl(chosen.file)
    if not offered:
        sys.exit(f"There are no labelled entries in {chosen.file}.")
    names = Names.load() if chosen.names else None
    if chosen.halves:
        for which, half in enumerate(halves(offered), 1):
            print(f"half {which}   {told(half, place_all(half, names)[0])}")
    for language in ("en", "ko"):
        some = [one for one in offered if one.language == language]
        if 0 < len(some) < len(offered):
            found = place_all(offered, names)[0]
            picked = [story for one, story in zip(offered, found, strict=True) if one.language == language]
            print(f"{language}       {told(some, picked)}")
    if chosen.among:
        offered = among(offered, chosen.among)
    rounds = [place_all(offered, names) for _ in range(ROUNDS)]
    found, stories, _ = rounds[0]
    seconds = min(one[2] for one in rounds)
    gold = [one for one in offered if not one.story.startswith(OTHERS)]
    kept = [story for one, story in zip(offered, found, strict=True) if not one.story.startswith(OTHERS)]
    print(f"{len(gold)} entries, {len({one.story for one in gold})} stories; found {len(set(kept))}")
    if chosen.among:
        print(f"amid {len(offered) - len(gold)} others, {stories} stories in the window")
    print(f"{told(gold, kept)} titles/s {len(offered) / seconds:.0f}")


def place_all(offered: Sequence[Offered], names: Names | None = None) -> tuple[list[StoryId], int, float]:
    """Place entries one after the other. Gives their stories as they are at the end, how many there are, CPU seconds."""
    reader = Reader.load()
    index = Index(reader.lexicon)
    into: dict[StoryId, StoryId] = {}
    placed: list[StoryId] = []
    keys = [
        (link_key(one.entry.link), title_key(one.entry.title, one.feed)) for one in offered
    ]  # the poll's work
    began = time.process_time()
    for number, one in enumerate(offered):
        gist = reader.read(
            one.entry,
            one.language,
            one.seen_at,
            link_key=keys[number][0],
            title_key=keys[number][1],
            feed=one.feed,
            exact=one.old,
            names={found.id for found in names.found(one.entry.title, one.entry.summary)} if names else (),
        )
        placement = index.place(gist, one.seen_at)
        story = placement.story if isinstance(placement, Joins) else StoryId(number + 1)
        index.keep(gist, story)
        placed.append(story)
        for merge in index.merges(one.seen_at):
            index.carry(merge)
            into[merge.loser] = merge.winner
        if number % 500 == 0:
            index.forget(one.seen_at - WINDOW)
    seconds = time.process_time() - began

    def last(story: StoryId) -> StoryId:
        while story in into:
            story = into[story]
        return story

    return [last(story) for story in placed], len(index), seconds


def told(offered: Sequence[Offered], found: Sequence[StoryId]) -> str:
    precision, recall = b_cubed([one.story for one in offered], found)
    f1 = 2 * precision * recall / (precision + recall)
    return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


def b_cubed(gold: Sequence[object], found: Sequence[object]) -> tuple[float, float]:
    """Precision and recall: of each entry's found story, the share that is of its true one, and the other way round."""
    both, of_gold, of_found = Counter(zip(gold, found, strict=True)), Counter(gold), Counter(found)
    precision = sum(count * count / of_found[story] for (_, story), count in both.items())
    recall = sum(count * count / of_gold[story] for (story, _), count in both.items())
    return precision / len(gold), recall / len(gold)


def halves(offered: Sequence[Offered]) -> tuple[list[Offered], list[Offered]]:
    """Part the entries by story, at random but the same every time."""
    stories = sorted({one.story for one in offered})
    random.Random(5).shuffle(stories)
    first = set(stories[: len(stories) // 2])
    return [one for one in offered if one.story in first], [one for one in offered if one.story not in first]


def read_csv(path: Path) -> list[Offered]:
    rows, clock = [], 0.0
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            clock = max(clock, int(row["published_ms"]) / 1000)  # as a poller sees them: time never runs back
            entry = Entry(row["id"], row["title"], link=row["url"])
            rows.append(
                Offered(entry, row["publisher"], "en", datetime.fromtimestamp(clock, UTC), row["story"])
            )
    return rows


def read_jsonl(path: Path) -> list[Offered]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n") if line.strip()]
    return [
        Offered(
            Entry(
                row["id"],
                plain(row["title"]),
                link=row["link"],
                summary=plain(row["summary"]),
                published=_instant(row["published"]) if row.get("published") else None,
                tags=tuple(row.get("categories", ())),
            ),
            row["feed"],
            row["language"],
            _instant(row["seen"]),
            row["gold"]["story"],
        )
        for row in rows
        if "gold" in row
    ]


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


# -- made up ------------------------------------------------------------------------------------------------------


def among(offered: Sequence[Offered], others: int) -> list[Offered]:
    """Mix made-up titles of other stories into the entries, at the same times, without changing their order."""
    chance = random.Random(11)
    begins, ends = offered[0].seen_at, offered[-1].seen_at
    made = made_up(others, begins, (ends - begins) / max(1, others))
    slots = sorted(chance.randrange(len(offered) + 1) for _ in range(others))
    mixed: list[Offered] = []
    at = 0
    for slot, other in zip(slots, made, strict=True):
        mixed += offered[at:slot]
        at = max(at, slot)
        seen_at = mixed[-1].seen_at if mixed else begins
        mixed.append(Offered(other.entry, other.feed, other.language, seen_at, other.story))
    return [*mixed, *offered[at:]]


def made_up(count: int, begins: datetime, pace: timedelta) -> Iterator[Offered]:
    """Make up titles as unlike as news is: each story some words of everyday, some of its own, told one to six times."""
    chance = random.Random(3)
    lexicon = Reader.load().lexicon
    everyday = [word for word in lexicon.english if len(word) > 3]
    korean = [word for word in lexicon.korean if len(word) > 1]
    open_stories: list[tuple[int, list[str], Language]] = []
    for number in range(count):
        if not open_stories or chance.random() < 0.4:
            language: Language = "ko" if chance.random() < 0.5 else "en"
            own = [_name(chance, language) for _ in range(3)]
            words = own + chance.sample(korean if language == "ko" else everyday, 6)
            open_stories.append((number, words, language))
            del open_stories[:-400]
        story, words, language = chance.choice(open_stories[-60:])
        title = " ".join(chance.sample(words, 6))
        entry = Entry(str(number), title.capitalize(), link=f"https://paper.example/{number}")
        yield Offered(entry, f"paper-{number % 300}", language, begins + number * pace, f"{OTHERS}-{story}")


def _name(chance: random.Random, language: Language) -> str:
    if language == "ko":
        return "".join(chr(0xAC00 + chance.randrange(11172)) for _ in range(chance.choice((2, 3, 4))))
    syllables = [chance.choice("bdfgklmnprstvz") + chance.choice("aeiou") for _ in range(3)]
    return "".join(syllables).capitalize()


def stream(count: int) -> None:
    """Stream made-up entries, ten thousand a day, through the window, and tell how memory and speed behave."""
    reader = Reader.load()
    index = Index(reader.lexicon)
    begins = datetime(2026, 3, 1, tzinfo=UTC)
    pace = timedelta(days=1) / 10_000
    print(f"{'entries':>9}{'stories':>9}{'RSS MB':>9}{'entries/s':>11}")
    began, done = time.process_time(), 0
    for number, one in enumerate(made_up(count, begins, pace), 1):
        gist = reader.read(
            one.entry,
            one.language,
            one.seen_at,
            link_key=link_key(one.entry.link),
            title_key=title_key(one.entry.title),
            feed=one.feed,
        )
        placement = index.place(gist, one.seen_at)
        index.keep(gist, placement.story if isinstance(placement, Joins) else StoryId(number))
        for merge in index.merges(one.seen_at):
            index.carry(merge)
        if number % 500 == 0:
            index.forget(one.seen_at - WINDOW)
        if number % max(1, count // 10) == 0:
            seconds = time.process_time() - began
            print(
                f"{number:>9}{len(index):>9}{_memory():>9.0f}{(number - done) / seconds:>11.0f}", flush=True
            )
            began, done = time.process_time(), number
    print(f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000:.0f} MB")


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


if __name__ == "__main__":
    main(sys.argv[1:])
