"""What `reader` is asked for: all feeds, once. A whole process: `with_reader.py DATABASE BASE FEEDS`."""

import sys

from reader import make_reader


def main() -> None:
    database, base, feeds = sys.argv[1:]
    with make_reader(database) as reader:
        if not reader.get_feed_counts().total:
            for feed in range(int(feeds)):
                reader.add_feed(f"{base}/feed/{feed}.xml")
        reader.update_feeds(workers=8, scheduled=False)
        counts = reader.get_feed_counts()
        print(counts.total, counts.broken, reader.get_entry_counts().total)


if __name__ == "__main__":
    main()
