"""Reads the labels that editors put around a title: brackets and headings at its start, labels at its end."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from digests.stories import markers

_BRACKET = re.compile(
    r"\s*(?:\[([^\[\]]{1,40})\]|\(([^()]{1,40})\)|<([^<>]{1,40})>|【([^【】]{1,40})】|〈([^〈〉]{1,40})〉)"
)
_HEADING = re.compile(r"\s*([^:|\[\](]{1,40}?)\s*(:|\||\s[-–—](?=\s))")
_WIRE = re.compile(
    r"\s*([A-Z]{3,12}(?: [A-Z]{3,12})?(?: \d{1,2})?)-(?=[\w'\"‘“])"
)  # "UPDATE 2-…", "RPT-INTERVIEW-…"
_TAIL = re.compile(r"(?:[\[(]([^\[\]()]{1,40})[\])]|\| ?([^|]{1,40}))$")
_PARTS = re.compile(r"\s*[·\u119e‧・/,|+&]\s*")  # U+119E is what NFKC makes of ㆍ, the dot Korean desks type
_LEVELS = re.compile(r"\s*[>/|·]\s*|\s&\s")
# Where a word tells of two kinds, the first counts.
_KIND_OF = {word: kind for kind, words in reversed(tuple(markers.KINDS.items())) for word in words}
_MOST_HEADS = 6  # a bound on hostile titles, far above what desks pile up


@dataclass(frozen=True, slots=True)
class Label:
    """One label of a title, as written, and what it says: breaking, or a kind of piece, or neither."""

    written: str
    breaking: bool = False
    kind: str = ""
    passed: bool = False  # says nothing by itself and is none of the title: "LIVE:"


def plainly(text: str) -> str:
    """Fold a word for comparing: composed (NFKC, so full-width forms too), any case, single spaces."""
    return _composed(_composed(text).casefold())


def is_breaking_tag(tag: str) -> bool:
    """Whether a publisher's category as a whole means breaking: "Record-breaking" and "Breaking Bad" do not."""
    return plainly(tag) in markers.BREAKING_TAGS


def kind_of_tag(tag: str) -> str:
    """Give the kind of piece that a publisher's category tells of ("Opinion", "Opinion > Columns"), or ""."""
    word = plainly(tag)
    if word in markers.NOT_AS_TAGS:
        return ""
    return _kind(word) or next(filter(None, map(_kind, _LEVELS.split(word))), "")


def bare(title: str) -> str:
    """Give the title without the labels at its start: what it says."""
    text = _without_symbols(_composed(title))
    for label in _heads(text):
        text = text.strip()[len(label.written) :]
    return text.strip()


def heads(title: str) -> tuple[Label, ...]:
    """Read the labels at a title's start, in their order; what is none ends the reading.

    Brackets are passed over whatever they say ("[단독] [속보] …"), headings only when we know them.
    """
    return tuple(_heads(_without_symbols(_composed(title))))


def tails(title: str) -> tuple[Label, ...]:
    """Read the label at a title's end: "… | Opinion", "… (Review)". It may veto; it never rings."""
    found = _TAIL.search(_composed(title))
    if not found or not found.start():
        return ()
    return (Label(found[0].strip(), kind=_kind(plainly(found[1] or found[2]))),)


def _composed(text: str) -> str:
    """Compose a text and take what is not seen out of it: direction marks, zero-width spaces, spare spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
        if not text.isprintable():  # as everything of the category Cf
            text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return " ".join(text.split())


def _heads(text: str) -> Iterator[Label]:
    for _ in range(_MOST_HEADS):
        label: Label | None
        if found := _BRACKET.match(text):
            label = _read_bracket(found)
        elif found := _WIRE.match(text):
            label = _read_wire(found)
            if not label:
                return
        elif found := _HEADING.match(text):
            label = _read_heading(found)
            if not (label.breaking or label.kind or label.passed):
                return
        else:
            return
        yield label
        text = text[found.end() :]


def _read_bracket(found: re.Match[str]) -> Label:
    inner = next(group for group in found.groups() if group is not None)
    parts = {plainly(inner), *map(plainly, _PARTS.split(inner))}
    return Label(found[0].strip(), bool(parts & markers.BREAKING_BRACKETS), _kind_in_bracket(inner))


def _read_heading(found: re.Match[str]) -> Label:
    word = " ".join(found[1].split())
    if found[2] in {":", "|"}:
        rings = plainly(word) in markers.BREAKING_HEADINGS or word in markers.CAPITALS
    else:
        rings = word in markers.CAPITALS_DASHED
    return Label(found[0].strip(), rings, _kind(plainly(word)), passed=plainly(word) in markers.PASSED)


def _read_wire(found: re.Match[str]) -> Label | None:
    """Read a wire's heading, which stands before a hyphen without any space; None: a word with a hyphen in it."""
    word = found[1].rstrip("0123456789 ")
    if word not in markers.WIRE_HEADINGS:
        return None
    return Label(found[0].strip(), word in markers.CAPITALS_WIRE, _kind(plainly(word)))


def _kind(word: str) -> str:
    return _KIND_OF.get(word, "")


def _kind_in_bracket(inner: str) -> str:
    """Read a bracket's whole, its parts and its words, a number after them aside ("인터뷰①", "리뷰 2")."""
    whole = plainly(inner).rstrip("0123456789 .-")
    for word in (whole, *_PARTS.split(whole), *whole.split()):
        ending = next((end for end in markers.KIND_ENDINGS if word.endswith(end)), "")
        if ending and not word.endswith(markers.NOT_ENDINGS):
            return markers.KIND_ENDINGS[ending]
    return _kind(whole) or next(filter(None, map(_kind, _PARTS.split(whole))), "")


def _without_symbols(text: str) -> str:
    """Drop what decorates a title's start: sirens, bullets, variation selectors, spaces."""
    start = 0
    while start < len(text) and (
        unicodedata.category(text[start]) in {"So", "Sk", "Mn", "Cf", "Zs"} or text[start] in "*•"
    ):
        start += 1
    return text[start:]
