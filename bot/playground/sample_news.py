"""The invented papers and stories that come with the playground, read from the files in `samples/`."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

SAMPLES = Path(__file__).parent / "samples"
PICTURES = SAMPLES / "pictures"

Kind = Literal["ordinary", "breaking", "turn", "opinion"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A publisher: what an operator writes of its feed in the configuration, and what the feed says of itself.

    `path` is where the newsroom serves the feed, below its base address.
    """

    name: str
    title: str
    language: str
    path: str
    categories: tuple[str, ...]
    category_map: Mapping[str, str]
    breaking: bool = False
    site: str = "https://newsroom.example/"
    tagline: str = ""
    format: Literal["rss", "atom"] = "rss"


@dataclass(frozen=True, slots=True)
class Sample:
    """A story ready to be printed. `age` is counted back from the newsroom's opening, `picture` names a file.

    `event` is shared by stories that tell of one thing. `label` and `kind` are for whoever chooses what to publish.
    """

    id: str
    feed: str
    title: str
    summary: str
    author: str = ""
    tags: tuple[str, ...] = ()
    picture: str | None = None
    event: str | None = None
    age: timedelta = timedelta(0)
    label: str = ""
    kind: Kind = "ordinary"


@dataclass(frozen=True, slots=True)
class Samples:
    """All that is shipped: the papers, what they have printed already, and what they can print next."""

    papers: tuple[Paper, ...]
    printed: tuple[Sample, ...]
    fresh: tuple[Sample, ...]


def read_samples(folder: Path = SAMPLES) -> Samples:
    """Read `feeds.toml` and `news.toml` of a folder."""
    feeds = tomllib.loads((folder / "feeds.toml").read_text(encoding="utf-8"))["feeds"]
    news = tomllib.loads((folder / "news.toml").read_text(encoding="utf-8"))
    return Samples(
        papers=tuple(Paper(**{**each, "categories": tuple(each["categories"])}) for each in feeds),
        printed=tuple(_sample(each) for each in news["news"]),
        fresh=tuple(_sample(each) for each in news["fresh"]),
    )


def _sample(row: dict[str, object]) -> Sample:
    told = dict(row)
    told["tags"] = tuple(row.get("tags", ()))  # type: ignore[arg-type]  # rows of TOML are Any
    told["age"] = _age(str(row.get("age", "0m")))
    return Sample(**told)  # type: ignore[arg-type]  # as above


def _age(text: str) -> timedelta:
    found = re.fullmatch(r"(\d+)([mh])", text)
    if found is None:
        raise ValueError(f"an age is written as 20m or 3h, not {text!r}")
    count = int(found[1])
    return timedelta(minutes=count) if found[2] == "m" else timedelta(hours=count)
