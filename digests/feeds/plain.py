"""Markup to text for people, in one pass over its tags; and cutting text where it may be cut.

What a publisher wrote as text stays: `I <3 you & me` has no tag in it, and `<T>` is no element of HTML.
"""

import re
from dataclasses import dataclass
from html import unescape

_BLOCKS = frozenset(
    {
        "address", "article", "aside", "blockquote", "br", "caption", "center", "dd", "details",
        "dialog", "div", "dl", "dt", "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4",
        "h5", "h6", "header", "hr", "img", "li", "main", "nav", "ol", "option", "p", "pre",
        "section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "video",
        "audio",
    }
)  # fmt: skip
_SILENT = frozenset(
    {
        "script", "style", "template", "svg", "math", "iframe", "object", "noscript", "select",
        "textarea", "button", "figcaption",
    }
)  # fmt: skip
_INLINE = frozenset(
    {
        "a", "abbr", "acronym", "area", "b", "base", "bdi", "bdo", "big", "body", "cite", "code",
        "col", "colgroup", "data", "del", "dfn", "em", "embed", "font", "head", "html", "i",
        "input", "ins", "kbd", "label", "legend", "link", "map", "mark", "meta", "nobr", "optgroup",
        "param", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span",
        "strike", "strong", "sub", "sup", "tt", "time", "title", "track", "u", "var", "wbr",
    }
)  # fmt: skip

# A tag whose quotation marks are in order, or else one without "<" and ">" in it.
_TAG = re.compile(
    r"""<(/?)([a-zA-Z][^\s/<>]*)((?:[^<>"']++|"[^"]*+"|'[^']*+')*+)>|<(/?)([a-zA-Z][^\s/<>]*)([^<>]*+)>"""
)
_ATTRIBUTE = re.compile(r"""([^\s=/"'<>]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?""")
_ENDS = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style")}

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>|<![a-zA-Z][^<>]*>|<\?[^<>]*>", re.DOTALL)
# A tag of thousands of characters is a picture written out in it, or there to keep a parser busy.
_HUGE = re.compile(r"<[a-zA-Z/][^<>]{4000,}>|<(?=[a-zA-Z/][^<>]{4000})")
# An ampersand that begins no reference is text: `&copy=1` is no sign.
_BARE = re.compile(
    r"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|[a-zA-Z][a-zA-Z0-9]{1,31};|(?:amp|quot|nbsp|lt|gt)(?![\w=]))"
)
# What is left of text that was escaped once more than it should be.
_TWICE = re.compile(
    r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos|nbsp|[lr][sd]quo|hellip|middot|[mn]dash);"
    r"|</(?:p|b|i|u|a|em|strong|span|div|font|h[1-6]|li|td)>|<(?:br|img|p)\b[^<>]*>",
    re.IGNORECASE,
)

# Nothing to see: C0 and C1 controls, soft hyphens, zero-width spaces, byte order marks, stand-ins for objects, and
# the controls that would turn the direction of whatever stands around our text (embeddings, overrides, isolates).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u180e\u200b\u2060-\u2064\ufeff\ufffc\u202a-\u202e\u2066-\u206f]"
)
_BLANK = re.compile("[\\s\u115f\u1160\u3164\uffa0\u0085]+")
_JOINER = re.compile("[\u200c\u200d](?=[\x00-\x7f가-힣]|$)|(?:(?<=[\x00-\x7f가-힣])|^)[\u200c\u200d]")
_PILED = re.compile(
    "([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{3})[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)
# What is printable and yet unseen, wide, or piled up: where none of it stands, nothing is to be tidied but spaces.
_ODD = re.compile(
    "[\u115f\u1160\u3164\uffa0\ufffc\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]"
)
_MOST_PICTURES = 20  # of one text
_MOST = 20_000  # characters of markup that are looked at; what people are shown is far shorter


@dataclass(frozen=True, slots=True)
class Picture:
    """An `<img>` as it stands in the markup: sizes in pixels, None where they are not said."""

    src: str
    width: int | None
    height: int | None


def _picture(written: str) -> Picture:
    attributes = {
        found[1].lower(): unescape(found[2].strip("\"'") if found[2] else "")
        for found in _ATTRIBUTE.finditer(written[:4_000])
    }
    # Sites that load pictures late have a stand-in, or nothing, in `src`.
    late = attributes.get("data-src") or attributes.get("data-lazy-src") or attributes.get("data-original")
    return Picture(
        late or attributes.get("src") or "",
        _pixels(attributes.get("width")),
        _pixels(attributes.get("height")),
    )


def _pixels(text: str | None) -> int | None:
    found = re.match(r"\s*(\d{1,5})(?:px|\.\d+)?\s*$", text or "", re.ASCII)
    return int(found.group(1)) if found else None


def plain(markup: str, limit: int = 2_000) -> str:
    """Give the text of `markup` on one line, at most `limit` characters."""
    return read_markup(markup, limit)[0]


def read_markup(markup: str, limit: int = 2_000, most: int = _MOST) -> tuple[str, tuple[Picture, ...]]:
    """Give the text of `markup`, and the pictures in it. `most`: how many characters of it are looked at."""
    if not markup:
        return "", ()
    text, pictures = _once(markup[:most])
    for _ in range(2):
        if ("&" not in text and "<" not in text) or not _TWICE.search(text):
            break
        text, more = _once(text)
        pictures += more
    return excerpt(tidy(text), limit), pictures


def _once(markup: str) -> tuple[str, tuple[Picture, ...]]:
    if "<" not in markup:
        return _letters(markup), ()
    markup = _tags_alone(markup)
    taken = _Taken(markup)
    at, last = 0, markup.rfind(">") + 1  # after it no tag ends
    while found := _TAG.search(markup, at, last):
        taken.text(at, found.start())
        at = taken.tag(found)
    taken.text(at, len(markup))
    return _letters("".join(taken.pieces)), tuple(taken.pictures)


# Most texts have nothing of what these expressions look for; to look for a mark of it is far cheaper.


def _letters(text: str) -> str:
    return unescape(_BARE.sub("&amp;", text)) if "&" in text else text


def _tags_alone(markup: str) -> str:
    if "<!" in markup or "<?" in markup or "]]>" in markup:
        markup = _COMMENT.sub(" ", markup)
    return _HUGE.sub(" ", markup) if len(markup) > 4_000 else markup


class _Taken:
    """What has been taken from a markup: its text and its pictures."""

    def __init__(self, markup: str) -> None:
        self.pieces: list[str] = []
        self.pictures: list[Picture] = []
        self._markup = markup
        self._silent = ""  # the element that is open and whose inside nobody reads

    def text(self, begin: int, end: int) -> None:
        if not self._silent and begin < end:
            self.pieces.append(self._markup[begin:end])

    def tag(self, found: re.Match[str]) -> int:
        """Take a tag; gives where to go on."""
        closing, name = found[1] or found[4], (found[2] or found[5]).lower()
        if name in _BLOCKS:
            self.pieces.append(" ")
            if name == "img" and not closing and len(self.pictures) < _MOST_PICTURES:
                self.pictures.append(_picture(found[3] or found[6] or ""))
        elif closing:
            self._silent = "" if name == self._silent else self._silent
        elif name in _SILENT:
            if not (found[3] or found[6] or "").endswith("/"):
                self._silent = self._silent or name
                return _end_of_letters(self._markup, name, found.end())
        elif name not in _INLINE and ":" not in name and "-" not in name:
            self.text(found.start(), found.end())
        return found.end()


def _end_of_letters(markup: str, name: str, at: int) -> int:
    """Find where the inside of an element ends in which "<" begins no tag; `at` where it is no such element."""
    if name not in ("script", "style"):
        return at
    ends = _ENDS[name].search(markup, at)
    return ends.start() if ends else len(markup)


def tidy(text: str) -> str:
    """Drop what cannot be seen from text without markup, and make white space single spaces."""
    if text.isprintable() and "  " not in text and (text.isascii() or not _ODD.search(text)):
        return text.strip()
    return swept(text)


def swept(text: str) -> str:
    """Do what `tidy` does, to a text of which nothing is known."""
    text = _JOINER.sub("", _UNSEEN.sub("", _BLANK.sub(" ", text)))
    return _BLANK.sub(" ", _PILED.sub(r"\1", text)).strip()


_SENTENCE = re.compile(r"[.!?。！？…][\"'”’」』)\]]*(?=\s)")


def excerpt(text: str, limit: int = 160) -> str:
    """Cut text to `limit` characters: after a sentence where one ends late enough, else after a word, with "…"."""
    text = text.strip()
    if len(text) <= limit:
        return text
    head = text[: limit + 1]
    ends = [found.end() for found in _SENTENCE.finditer(head) if found.end() <= limit]
    if ends and ends[-1] * 10 >= limit * 6:
        return head[: ends[-1]]
    head = text[: max(0, limit - 1)]
    space = head.rfind(" ") if not text[limit - 1].isspace() else len(head)
    if space * 3 > limit:
        head = head[:space]
    # A mark that belongs to the letter before it, or joins two signs, is not left hanging.
    return head.rstrip(" \t,;:·-–—(\u200c\u200d\ufe0f") + "…"
