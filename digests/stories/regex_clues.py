"""The clues of regular expressions: of as much of their language as word lists use; what is not understood has none."""

import re
from collections.abc import Iterable

from digests.stories.clues import ANY, Node, clues_of_nodes

_ATOM = re.compile(
    r"(?P<group>\((?:\?:)?(?!\?))|(?P<look>\(\?<?[=!])|(?P<class>\[\^?\]?(?:\\.|[^\]\\])*\])|"
    r"(?P<edge>\^|\$|\\b)|(?P<any>\.|\\[dDwWsS])|(?P<quoted>\\\W)|(?P<plain>[^\\()|\[\]^$.?*+{}])",
    re.DOTALL,
)
_TIMES = re.compile(r"(\?|\*|\+|\{(\d*)(?:,\d*)?\})\??")


class _UnknownError(ValueError):
    """Something that is not understood."""


def clues_of_regexes(lines: Iterable[str], *, korean: bool) -> frozenset[str] | None:
    """Give words one of which stands wherever one of the expressions is found; None: some expression tells of none.

    English ones are to stand for whole words, and in Korean ones `_` is where a word begins or ends.
    """
    found: set[str] = set()
    for line in lines:
        text = line.replace("_", r"\b") if korean else line
        try:
            nodes, end = _alternatives(text, 0)
        except _UnknownError:
            return None
        clues = clues_of_nodes([nodes], korean=korean) if end == len(text) else None
        if clues is None:
            return None
        found |= clues
    return frozenset(found)


def _alternatives(text: str, at: int) -> tuple[list[list[Node]], int]:
    """Read alternatives until a bracket closes, or the end; gives them and where that is."""
    found: list[list[Node]] = [[]]
    while at < len(text) and text[at] != ")":
        if text[at] == "|":
            found.append([])
            at += 1
            continue
        node, at = _atom(text, at)
        if times := _TIMES.match(text, at):
            at = times.end()
            found[-1] += _often(node, times)
        else:
            found[-1].append(node)
    return found, at


def _atom(text: str, at: int) -> tuple[Node, int]:
    """Read what one number of times is about; gives it and where it ends."""
    atom = _ATOM.match(text, at)
    if not atom:
        raise _UnknownError(text[at:])
    kind, at = atom.lastgroup, atom.end()
    if kind in {"group", "look"}:
        node, at = _alternatives(text, at)
        if at >= len(text):
            raise _UnknownError("a bracket that does not close")
        return node if kind == "group" else "", at + 1
    if kind in {"plain", "quoted"}:
        return atom[0][-1], at
    return "" if kind == "edge" else ANY, at


def _often(node: Node, times: re.Match[str]) -> list[Node]:
    """Say what an atom with a number of times may be."""
    if times[1] == "?":
        return [[[node], []]]
    if times[1] == "+":
        return [node, ANY]
    return [ANY]
