"""How fast documents are read, and by what: python -m benchmarks.parsing [FOLDER]

Three rows: feedparser as everybody uses it, the fast reader alone (bytes to raw entries, with the rule of trust), and
the door that the bot goes through, fall-backs included; once as it is opened, and once with every entry cleaned.
Without a folder the documents are made up. All on one core; the best of some rounds.
"""

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import feedparser

from digests.errors import FeedError
from digests.feeds import fast, trust
from digests.feeds.charset import decode
from digests.feeds.document import Document
from digests.feeds.parse import parse

ROUNDS = 5
SENTENCE = (
    "달빛밴드가 새 음반 밀물을 발표했다 팬들은 밤새 기다렸다 The band is back with a tour of nine cities"
)


def main(arguments: Sequence[str]) -> None:
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.parsing", description=__doc__.partition("\n")[0]
    )
    options.add_argument("folder", nargs="?", type=Path, help="a folder of feed documents")
    folder = options.parse_args(arguments).folder
    documents = read_all(folder) if folder else made_up()
    if not documents:
        sys.exit(f"There are no documents in {folder}.")
    size = sum(map(len, documents)) / 1e6
    print(
        f"{len(documents)} documents, {size:.2f} MB{'' if folder else ', made up'}; {sys.version.split()[0]}, one core\n"
    )
    print(f"{'':34}{'MB/s':>8}{'documents/s':>13}{'× feedparser':>14}{'errors':>8}")
    reference = 0.0
    for name, way in WAYS.items():
        seconds, errors = timed(way, documents, 1 if way is by_feedparser else ROUNDS)
        reference = reference or seconds
        print(
            f"{name:34}{size / seconds:8.1f}{len(documents) / seconds:13.0f}{reference / seconds:14.1f}{errors:8}"
        )
    print("\nRead by")
    for (parser, why), count in reasons(documents).most_common(20):
        print(f"{count:8} {parser}{f': {why}' if why else ''}")


def by_feedparser(body: bytes) -> None:
    feedparser.parse(io.BytesIO(body))


def by_the_fast_reader(body: bytes) -> None:
    text = decode(body)
    trust.reasons(text, fast.read(text))


def by_the_door(body: bytes) -> None:
    parse(Document(body))


def with_entries(body: bytes) -> None:
    len(parse(Document(body)).entries)


WAYS: dict[str, Callable[[bytes], None]] = {
    "feedparser": by_feedparser,
    "fast reader and trust": by_the_fast_reader,
    "Sosik, raw entries": by_the_door,
    "Sosik, every entry cleaned": with_entries,
}


def timed(way: Callable[[bytes], None], documents: Sequence[bytes], rounds: int) -> tuple[float, int]:
    """Give the seconds of the best round, and how many documents were refused in it."""
    best, errors = float("inf"), 0
    for _ in range(rounds):
        errors = 0
        began = time.process_time()
        for body in documents:
            try:
                way(body)
            except FeedError:
                errors += 1
        best = min(best, time.process_time() - began)
    return best, errors


def reasons(documents: Sequence[bytes]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for body in documents:
        try:
            parsed = parse(Document(body))
            found[parsed.parser, "; ".join(parsed.why)] += 1
        except FeedError as error:
            found["nobody", error.what] += 1
    return found


def read_all(folder: Path) -> list[bytes]:
    kinds = {".xml", ".rss", ".atom", ".rdf", ".json", ".feed"}
    return [
        path.read_bytes() for path in sorted(folder.rglob("*")) if path.suffix in kinds and path.is_file()
    ]


def made_up(count: int = 60) -> list[bytes]:
    """Write documents as newspapers do: half of them Korean, two in three with whole articles, some in EUC-KR."""
    documents = []
    for number in range(count):
        items = "".join(item(number, place, paragraphs=8 if number % 3 else 0) for place in range(30))
        label = "euc-kr" if number % 5 == 0 else "utf-8"
        text = (
            f'<?xml version="1.0" encoding="{label}"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>소식일보</title><ttl>10</ttl>'
            f"{items}</channel></rss>"
        )
        # One in twenty has a loose ampersand, one in thirty is cut.
        text = text.replace("음반", "음반 & 굿즈", 1) if number % 20 == 7 else text
        documents.append(
            text.encode("cp949" if label == "euc-kr" else label)[: -200 if number % 30 == 11 else None]
        )
    return documents


def item(number: int, place: int, *, paragraphs: int) -> str:
    known = SENTENCE.split()
    words = [known[(number * 7 + place * 3 + step) % len(known)] for step in range(40)]
    article = "".join(
        f"&lt;p&gt;{' '.join(words)}&lt;/p&gt;&lt;img src=&quot;/{place}.jpg&quot;&gt;"
        for _ in range(paragraphs)
    )
    content = f"<content:encoded>{article}</content:encoded>" if article else ""
    return (
        f"<item><title>{' '.join(words[:8])}</title><link>https://daily.example/{number}/{place}?a=1&amp;b=2</link>"
        f"<guid>https://daily.example/{number}/{place}</guid><description><![CDATA[<p>{' '.join(words)}</p>]]></description>{content}"
        f"<dc:creator>김소식</dc:creator><category>K-pop</category><pubDate>Tue, 24 Nov 2026 {place % 24:02}:00:00 +0900</pubDate></item>\n"
    )


if __name__ == "__main__":
    main(sys.argv[1:])
