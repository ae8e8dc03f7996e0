"""Prints of texts: two that are alike tell that one is the other's copy, whatever their titles say."""

import re
from itertools import pairwise
from struct import Struct
from zlib import crc32

_SIZE = 8
_HASHES = Struct(f"{_SIZE}I")
_ALIKE = 4  # of _SIZE; texts of which about half the word pairs are the same
_WORD = re.compile(r"\w+")
_SALTS = tuple(crc32(bytes([salt])) for salt in range(_SIZE))
_FEWEST = 6  # words; what is shorter is alike by chance


def print_of(text: str) -> bytes:
    """Give the print of a text: the lowest hashes of its word pairs (Broder 1997), 4 bytes each; b"" of one that is too short."""
    words = _WORD.findall(text.casefold())
    if len(words) < _FEWEST:
        return b""
    hashes = [crc32(f"{one} {two}".encode()) for one, two in pairwise(words)]
    return _HASHES.pack(*(min(one ^ salt for one in hashes) for salt in _SALTS))


def alike(one: bytes, other: bytes) -> bool:
    """Whether two texts are one, copied or slightly rewritten."""
    if not one or not other:
        return False
    mine: tuple[int, ...] = _HASHES.unpack(one)
    theirs: tuple[int, ...] = _HASHES.unpack(other)
    return sum(a == b for a, b in zip(mine, theirs, strict=True)) >= _ALIKE
