import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digests.errors import FeedError
from digests.feeds.document import Document
from digests.feeds.parse import parse
from digests.feeds.workshop import Workshop
from tests.feeds import hostile, korean

URL = "https://daily.example/feed"
DAMAGED = Document(
    b"<rss><channel><title>x</title><item><title>a <b>c</b></title><link>https://a.example/</link></item>",
    URL,
)
PROBE = """
import resource, sys
from digests.errors import FeedError
from digests.feeds.document import Document
from digests.feeds.workshop import Workshop
workshop = Workshop(places=1)
try:
    len(workshop.parse(Document(sys.stdin.buffer.read(), "https://daily.example/feed")).entries)
except FeedError as error:
    print(error.what)
workshop.close()
# ru_maxrss of a process counts what forked it before it was Python; VmHWM does not.
(ours,) = (line for line in open("/proc/self/status") if line.startswith("VmHWM"))
used = resource.getrusage(resource.RUSAGE_SELF)
print(used.ru_utime + used.ru_stime, int(ours.split()[1]) // 1024)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(used.ru_utime + used.ru_stime, used.ru_maxrss // 1024)
"""


@pytest.fixture
def workshop() -> Iterator[Workshop]:
    workshop = Workshop(places=1, seconds=1.6)
    yield workshop
    workshop.close()


@pytest.mark.parametrize("name", hostile.DOCUMENTS)
def test_a_fifth_of_a_document_is_read_in_a_fifth_of_the_time(name: str) -> None:
    """What grows with the square of its size, and takes half a minute at full size, takes too long here too."""
    document = Document(hostile.DOCUMENTS[name](hostile.Size(0.2)).encode(), URL)
    workshop = Workshop(places=1, seconds=0.5)
    began = time.process_time()
    with suppress(FeedError):
        list(workshop.parse(document).entries)
    assert time.process_time() - began < 1
    workshop.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", hostile.DOCUMENTS)
def test_no_document_takes_long_or_much_memory(name: str) -> None:
    _within_bounds(name)


@pytest.mark.parametrize("name", ["small items", "names", "tags to feedparser", "a long entity", "numbers"])
def test_no_document_of_the_heaviest_kinds_takes_long_or_much_memory(name: str) -> None:
    _within_bounds(name)


def _within_bounds(name: str) -> None:
    body = hostile.DOCUMENTS[name](hostile.Size()).encode()
    assert len(body) <= 10_000_000
    ran = subprocess.run(
        [sys.executable, "-c", PROBE], input=body, capture_output=True, timeout=60, check=True
    )
    ours, theirs = (line.split() for line in ran.stdout.decode().splitlines()[-2:])
    # Seconds of work, so that a busy machine makes no difference, the start of Python among them; megabytes.
    assert float(ours[0]) < 2.5
    assert float(theirs[0]) < 2.5
    assert int(ours[1]) < 250
    assert int(theirs[1]) < 250


def test_a_document_that_keeps_feedparser_busy_is_given_up_and_the_next_is_read() -> None:
    workshop = Workshop(places=1, seconds=0.3)
    assert workshop.parse(DAMAGED).entries[0].title == "a c"
    slow = ("<rss><channel><item><title>q</title>" + "<zz><yy>a</yy></zz>" * 24_000).encode()
    with pytest.raises(FeedError, match="kept feedparser busy"):
        workshop.parse(Document(slow, URL))
    assert workshop.parse(DAMAGED).parser == "feedparser"
    workshop.close()


def test_a_process_that_was_killed_is_replaced(workshop: Workshop) -> None:
    assert workshop.parse(DAMAGED).entries
    (first,) = workshop.processes
    os.kill(first, signal.SIGKILL)
    time.sleep(0.2)
    assert workshop.parse(DAMAGED).entries
    (second,) = workshop.processes
    assert second != first


def test_processes_start_when_needed_and_are_kept(workshop: Workshop) -> None:
    assert (
        workshop.parse(Document(hostile.rss("<item><title>A</title></item>").encode(), URL)).parser == "fast"
    )
    assert workshop.processes == ()
    workshop.parse(DAMAGED)
    before = workshop.processes
    workshop.parse(DAMAGED)
    assert workshop.processes == before
    assert len(before) == 1


def test_processes_end_with_whoever_started_them() -> None:
    code = (
        "import os, time\nfrom digests.feeds.workshop import Workshop\nfrom tests.feeds.test_hostile_documents import DAMAGED\n"
        "workshop = Workshop()\nworkshop.parse(DAMAGED)\nprint(*workshop.processes, flush=True)\nos.kill(os.getpid(), 9)"
    )
    ran = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, timeout=60)
    (pid,) = ran.stdout.split()
    for _ in range(100):
        if not _runs(int(pid)):
            return
        time.sleep(0.1)
    pytest.fail("the process is still there")


def _runs(pid: int) -> bool:
    try:
        with Path(f"/proc/{pid}/stat").open() as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def test_one_slow_document_holds_up_no_other() -> None:
    workshop = Workshop(places=1, seconds=1.0)
    slow = ("<rss><channel><item><title>q</title>" + "<zz><yy>a</yy></zz>" * 24_000).encode()
    waiting = asyncio.create_task(workshop.read(Document(slow, URL)))
    await asyncio.sleep(0)
    quick = await workshop.read(Document(hostile.rss("<item><title>A</title></item>").encode(), URL))
    assert quick.entries[0].title == "A"
    assert not waiting.done()
    await asyncio.gather(waiting, return_exceptions=True)
    workshop.close()


SEEDS = [
    *(kind.body for kind in list(korean.kinds())[::40]),
    b'{"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "title": "A", "content_html": "<p>x"}]}',
    (b"<feed xmlns='http://www.w3.org/2005/Atom' xml:base='/x/'><entry><title type='xhtml'><div>A <b>b</b></div></title>"
    b"<link rel='enclosure' href='a.jpg'/><author><name>L</name></author><updated>2026-11-24</updated></entry></feed>"),
    (b"<rss xmlns:media='http://search.yahoo.com/mrss/'><channel><ttl>5</ttl><item><media:group><media:content url='x'/></media:group>"
    b"<guid>1</guid><category>a</category><source url='u'>S</source><pubDate>Sat, 30 Jul 2022</pubDate></item></channel></rss>"),
]  # fmt: skip
PIECES = [b"<", b">", b"&", b"]]>", b"<![CDATA[", b"<!--", b"&#xD800;", b"</item>", b"<item>", b"\0", b'"', b"<!", b"<?", b"xmlns:a='",
          b"type='xhtml'", b"<!ENTITY", b"http://[", b"&#;", b"xml:base='http://['", b"<b>", b"\xff\xfe", b"{", b"]", b"\xc8"]  # fmt: skip


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.sampled_from(SEEDS),
    st.lists(
        st.tuples(st.integers(0, 900), st.integers(0, 40), st.binary(max_size=6) | st.sampled_from(PIECES)),
        max_size=6,
    ),
    st.sampled_from(["", "euc-kr", "utf-16", "utf-8", "punycode", "x"]),
)
def test_a_mutated_document_is_entries_or_our_error_in_no_time(
    seed: bytes, changes: list[tuple[int, int, bytes]], charset: str
) -> None:
    body = bytearray(seed)
    for place, length, piece in changes:
        body[place : place + length] = piece
    began = time.process_time()
    try:
        entries = parse(Document(bytes(body), URL, charset=charset)).entries
    except FeedError:
        entries = ()
    assert time.process_time() - began < 2
    for entry in entries:
        assert entry.key
        for text in (
            entry.key,
            entry.id,
            entry.title,
            entry.link,
            entry.summary,
            entry.content,
            entry.author,
            *entry.tags,
        ):
            text.encode()
            assert "\0" not in text
