"""The process in which feedparser works, so that it can be stopped: `python -m digests.feeds.aside`.

A document comes in on its standard input, what was found goes out on its standard output, one after the other, each
as four bytes of length and a pickle. It ends when its input does: with whoever started it, however that ended.
"""

import resource
import signal
import sys

from digests.errors import FeedError
from digests.feeds import reference
from digests.feeds.speech import READY, receive, send

_MEMORY = 400 * 1024 * 1024  # bytes of address space, of which feedparser itself is a third


def main() -> None:
    """Work until there is nothing more to do."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started us
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    sink.write(READY)
    sink.flush()
    while True:
        try:
            text, url, seconds = receive(source)
        except EOFError:
            return
        # Should whoever asks be gone, nobody stops us: the alarm ends this process.
        signal.setitimer(signal.ITIMER_REAL, seconds + 1)
        try:
            answer: object = reference.ask(text, url)
        except FeedError as error:
            answer = (error.what, error.hint)
        except MemoryError:
            answer = ("The document is built to fill a parser's memory.", "")
        signal.setitimer(signal.ITIMER_REAL, 0)
        del text
        send(sink, answer)


if __name__ == "__main__":
    main()
