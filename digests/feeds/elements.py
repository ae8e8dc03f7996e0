"""The elements of a feed as expat meets them, one after the other, and what each of them says.

Nothing is repaired; what is not understood is noted as an oddity.
"""

import re
from html import escape
from urllib.parse import urljoin

from digests.feeds.raw import RawEntry, RawFeed, RawLink, RawPicture, RawText
from digests.feeds.vocabulary import (
    CLOSED,
    DUTIES,
    ENTRIES,
    LISTS_OF_TAGS,
    NAMED,
    OF_THE_FEED,
    PICTURES,
    REST,
    TELLING,
    TEXTS,
    VALUES,
    XML,
    short_name,
)  # fmt: skip

MOST_ENTRIES = 12_000
_DEEPEST = 500
_MOST_OF_A_KIND = 100  # pictures, or categories, of one entry
_MOST_NAMES = 2_000
_BASE, _LANG = f"{XML} base xml", f"{XML} lang xml"
_ABOUT = "http://www.w3.org/1999/02/22-rdf-syntax-ns# about rdf"
# In a link, what is escaped once too often: `&amp;` is an ampersand, `&b;` the parameter b.
_REFERENCE = re.compile(r"&(?:amp;)?(?:(\w+);)?", re.ASCII)
_HTML = frozenset({"html", "text/html"})
_XHTML = frozenset({"xhtml", "application/xhtml+xml"})
_PLAIN = frozenset({"", "text", "text/plain", "plain"})
_TAKEN = frozenset({"text", "value", "named", "tag"})


class TooMuchError(Exception):
    """The document has more in it than anybody reads; of what, is said."""


class Elements:
    """expat's handlers, and where in the document they are."""

    def __init__(self, url: str) -> None:
        self.feed = RawFeed()
        self.root = ""
        self.oddities: dict[str, None] = {}
        self.pieces: list[str] = []  # the characters since the last tag, or since the taken element began
        self._names: dict[
            str, tuple[str, str]
        ] = {}  # as the document writes it: as we do, and what it is for
        self._depth = self._channel = 0
        self._base, self._language = url, ""
        self._scopes: list[tuple[int, str, str]] = []  # what holds again when the element at that depth ends
        self._entry = RawEntry()
        self._level = 0  # where the elements of the open entry stand; 0: none is open
        self._transparent: list[int] = []  # depths of open elements whose children are the entry's own
        self._closed, self._known = (
            0,
            False,
        )  # the depth of an element whose inside is passed over; of a known kind?
        self._other: dict[str, RawText] = {}  # what counts if there is nothing better
        # The element whose text is being taken.
        self._taken, self._duty, self._at = "", "", 0
        self._attrs: dict[str, str] = {}
        self._written: list[str] | None = (
            None  # its markup up to here, where tags inside it belong to its text
        )
        self._name = ""  # its child that counts

    # -- expat calls these ------------------------------------------------------------------------------------

    def start(self, name: str, attrs: dict[str, str]) -> None:
        """Meet the begin of an element. `name` and the attributes' as `short_name` takes them."""
        self._depth = depth = self._depth + 1
        short, duty = self._names.get(name) or self._named(name)
        if attrs and (_BASE in attrs or _LANG in attrs or "base" in attrs):
            self._scope(attrs)
        if self._taken:
            self._inside(short, attrs)
            return
        self.pieces.clear()
        if self._closed:
            self._passed_over(short)
        elif depth == self._level or (self._transparent and depth == self._transparent[-1] + 1):
            if duty in _TAKEN:
                self._taken, self._duty, self._at, self._attrs = short, duty, depth, attrs
                if attrs and duty == "text":
                    self._kind_of_text(short, attrs)
            else:
                self._in_entry(short, duty, attrs)
        elif self._level:
            self.oddities[f"<{short}> at an unusual place"] = None
        elif short in ENTRIES:
            self._begin(attrs)
        else:
            self._in_feed(short, attrs)

    def end(self, name: str) -> None:
        """Meet the end of an element."""
        depth = self._depth
        self._depth = depth - 1
        if self._taken:
            if depth == self._at:
                self._take()
            else:
                self._inside_ends(self._names[name][0], depth)
        elif depth == self._closed:
            self._closed = 0
        elif self._transparent and depth == self._transparent[-1]:
            self._transparent.pop()
        elif depth == self._level - 1:
            self._finish(self._entry)
        if self._scopes and self._scopes[-1][0] == depth:
            _, self._base, self._language = self._scopes.pop()

    def entity(self, _: str, of_declarations: bool, value: str | None, *__: object) -> None:  # noqa: FBT001 - expat's
        """Meet the declaration of an entity."""
        if of_declarations or value is None:  # a file of letters' names that nobody fetches: see `skipped`
            return
        self.oddities["entities of its own"] = None

    def skipped(self, *_: object) -> None:
        """Meet a reference that means nothing."""
        self.oddities["references without a meaning"] = None

    # -- where we are -----------------------------------------------------------------------------------------

    def _named(self, name: str) -> tuple[str, str]:
        if len(self._names) > _MOST_NAMES:
            raise TooMuchError(f"more than {_MOST_NAMES:,} kinds of elements")
        short = short_name(name)
        self._names[name] = short, DUTIES.get(short, "")
        self.root = self.root or short
        return self._names[name]

    def _scope(self, attrs: dict[str, str]) -> None:
        """Note what holds until the element ends: what links rest on, and the language."""
        if self._depth > _DEEPEST:
            raise TooMuchError(f"elements {_DEEPEST} deep")
        self._scopes.append((self._depth, self._base, self._language))
        self._language = attrs.get(_LANG, self._language)
        if self._depth == 1:
            self.feed.language = self._language
        try:
            self._base = urljoin(self._base, attrs.get(_BASE) or attrs.get("base") or "")[:2_000]
        except ValueError:
            self.oddities["a base that is no address"] = None

    def _passed_over(self, short: str) -> None:
        if short in ENTRIES:
            self.oddities["an entry inside something else"] = None
        elif not self._known and short in TELLING:
            self.oddities[f"<{short}> inside an element that is not known"] = None

    def _begin(self, attrs: dict[str, str]) -> None:
        self._entry = RawEntry(language=self._language)
        self._level = self._depth + 1
        self._other.clear()
        if about := attrs.get(_ABOUT):
            self._entry.id, self._entry.id_base = about, None
        if "href" in attrs or "lastmod" in attrs:
            self.oddities["an entry as CDF has it"] = None

    def _finish(self, entry: RawEntry) -> None:
        entry.title = entry.title or self._other.get("other title")
        entry.summary = entry.summary or self._other.get("other summary")
        if len(self.feed.entries) == MOST_ENTRIES:
            raise TooMuchError(f"more than {MOST_ENTRIES:,} entries")
        self.feed.entries.append(entry)
        self._level = 0

    # -- what an element says ---------------------------------------------------------------------------------

    def _in_feed(self, short: str, attrs: dict[str, str]) -> None:
        if short in ("channel", "feed"):
            self._channel = self._depth
        elif self._depth == self._channel + 1:
            if short == "link":
                self._link(attrs, self.feed.links)
            elif short == "title":
                self._begin_to_take(short, "text", attrs)
            elif short in OF_THE_FEED:
                self._begin_to_take(short, "of the feed", attrs)
        elif self._channel and short in REST:
            self._begin_to_take(short, "rest", attrs)

    def _in_entry(self, short: str, duty: str, attrs: dict[str, str]) -> None:
        if not duty:
            if short in ENTRIES:
                self.oddities["an entry inside an entry"] = None
            self._closed, self._known = self._depth, short in CLOSED
        elif duty == "link":
            self._link(attrs, self._entry.links)
        elif duty == "picture":
            self._picture(short, attrs)
        else:
            self._transparent.append(self._depth)

    def _link(self, attrs: dict[str, str], links: list[RawLink]) -> None:
        href = attrs.get("href") or attrs.get("url") or attrs.get("uri")
        if href is None:
            self._begin_to_take("link", "link", attrs)
            return
        rel, kind = attrs.get("rel", "alternate").lower(), attrs.get("type", "").lower()
        if rel == "enclosure":
            self._entry.pictures.append(RawPicture("enclosure", href, self._base, kind))
        else:
            links.append(RawLink(href, self._base, rel, kind))

    def _picture(self, short: str, attrs: dict[str, str]) -> None:
        src = attrs.get("url") or attrs.get("href") or ""
        get = attrs.get
        if len(self._entry.pictures) > _MOST_OF_A_KIND:
            self._closed, self._known = self._depth, True
            return
        self._entry.pictures.append(
            RawPicture(
                PICTURES[short],
                src,
                self._base,
                get("type", ""),
                get("medium", ""),
                get("width", ""),
                get("height", ""),
            )
        )
        if short == "media:content":
            self._transparent.append(self._depth)
        else:
            self._closed, self._known = self._depth, True

    # -- text -------------------------------------------------------------------------------------------------

    def _begin_to_take(self, short: str, duty: str, attrs: dict[str, str]) -> None:
        self._taken, self._duty, self._at, self._attrs = short, duty, self._depth, attrs
        if duty == "text":
            self._kind_of_text(short, attrs)

    def _kind_of_text(self, short: str, attrs: dict[str, str]) -> None:
        kind, mode = attrs.get("type", "").lower(), attrs.get("mode", "")
        if mode == "base64" or not (kind in _HTML or kind in _PLAIN or kind in _XHTML):
            self.oddities[f"a <{short}> of another kind ({kind or mode})"] = None
        if kind in _XHTML and mode != "escaped":
            self._written = []

    def _inside(self, short: str, attrs: dict[str, str]) -> None:
        """Go on inside the element that is being taken."""
        if self._written is not None:
            said = "".join(
                f' {key.split(" ")[1 if key.count(" ") else 0]}="{escape(text)}"'
                for key, text in attrs.items()
            )
            self._written += (escape("".join(self.pieces)), f"<{short.rpartition(':')[2]}{said}>")
            self.pieces.clear()
        elif self._duty == "named":
            self.pieces.clear()
        else:
            self.oddities[f"an element inside <{self._taken}>"] = None

    def _inside_ends(self, short: str, depth: int) -> None:
        if self._written is not None:
            self._written += (escape("".join(self.pieces)), f"</{short.rpartition(':')[2]}>")
            self.pieces.clear()
        elif (
            self._duty == "named" and depth == self._at + 1 and short.rpartition(":")[2] == NAMED[self._taken]
        ):
            self._name = "".join(self.pieces).strip()

    def _take(self) -> None:
        """Put the text of the element that ends where it belongs."""
        value = "".join(self.pieces)
        if self._written is not None:
            value = "".join((*self._written, escape(value)))
            self._written = None
        value = value.strip()
        short, duty, self._taken = self._taken, self._duty, ""
        entry = self._entry
        if not self._level:
            self._take_for_feed(short, duty, value)
        elif duty == "text":
            self._take_text(entry, short, value)
        elif duty == "value":
            self._take_value(entry, short, value)
        elif duty == "link":
            entry.links.append(RawLink(_REFERENCE.sub(r"&\1", value), self._base))
        elif duty == "named":
            value, self._name = self._name or value, ""
            if short == "source":
                entry.source = value
            elif value:
                entry.authors.append(value)
        else:
            self._take_tags(entry, short, value)

    def _take_text(self, entry: RawEntry, short: str, value: str) -> None:
        if not value:
            return
        where, markup = TEXTS[short]
        kind = self._attrs.get("type", "").lower()
        plain = self.root == "feed" and not markup and kind in _PLAIN
        text = RawText(value, plain, self._base)
        if where == "title":
            entry.title = entry.title or text
            entry.language = self._language or entry.language
        elif where == "summary" and entry.summary is None:
            entry.summary = text
        elif where in ("content", "summary"):
            entry.contents.append(text)
        else:
            self._other.setdefault(where, text)

    def _take_value(self, entry: RawEntry, short: str, value: str) -> None:
        if not value:
            return
        if (where := VALUES[short]) == "id":
            entry.guid_is_link = (
                next((said for key, said in self._attrs.items() if key.lower() == "ispermalink"), "true")
                == "true"
            )
            entry.id_base = self._base if entry.guid_is_link else None
        setattr(entry, where, value)

    def _take_tags(self, entry: RawEntry, short: str, value: str) -> None:
        if len(entry.tags) > _MOST_OF_A_KIND:
            return
        said = (self._attrs.get("term") or self._attrs.get("text") or "", self._attrs.get("label") or "")
        entry.tags += filter(None, said)
        entry.tags += (
            filter(None, (one.strip() for one in value.split(",")))
            if short in LISTS_OF_TAGS
            else [value] * bool(value)
        )

    def _take_for_feed(self, short: str, duty: str, value: str) -> None:
        feed = self.feed
        if duty == "text":
            feed.title = feed.title or RawText(
                value, self.root == "feed" and self._attrs.get("type", "text") in _PLAIN
            )
        elif duty == "link":
            feed.links.append(RawLink(value, self._base))
        elif duty == "rest":
            getattr(feed, REST[short]).append(value)
        elif value:
            setattr(feed, OF_THE_FEED[short], value)
