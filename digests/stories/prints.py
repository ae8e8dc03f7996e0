"""Prints of texts: two that are alike tell that one is the other's copy, whatever their titles say."""

import re
from itertools import pairwise
from zlib import crc32

_SIZE = 8
_ALIKE = 4  # of _SIZE; texts of which about half the word pairs are the same
_WORD = re.compile(r"\w+")
_SALTS = tuple(crc32(bytes([salt])) for salt in range(_SIZE))
_FEWEST = 6  # words; what is shorter is alike by chance


def print_of(text: str) -> tuple[int, ...]:
    """Give the print of a text: the lowest hashes of its word pairs (Broder 1997); () of one that is too short."""
    words = _WORD.findall(text.casefold())
    if len(words) < _FEWEST:
        return ()
    hashes = [crc32(f"{one} {two}".encode()) for one, two in pairwise(words)]
    return tuple(min(one ^ salt for one in hashes) for salt in _SALTS)


def alike(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
    """Whether two texts are one, copied or slightly rewritten."""
    return bool(one) and sum(a == b for a, b in zip(one, other, strict=False)) >= _ALIKE
