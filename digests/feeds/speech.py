"""How this process and the one for feedparser speak: each value as four bytes of length and a pickle."""

import pickle
from typing import IO, Any

READY = b"ready\n"


def send(stream: IO[bytes], value: object) -> None:
    """Write a value for the other side."""
    packed = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(len(packed).to_bytes(4, "big") + packed)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read a value of the other side. Raises EOFError where there is none any more."""
    length = stream.read(4)
    packed = stream.read(int.from_bytes(length, "big")) if len(length) == 4 else b""
    if len(length) < 4 or len(packed) < int.from_bytes(length, "big"):
        raise EOFError
    return pickle.loads(packed)  # noqa: S301 - the other side is this program
