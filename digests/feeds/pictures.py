"""An entry's lead picture: what the feed names as one, else the first in the text that is one."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from urllib.parse import urljoin, urlsplit

from digests.feeds.plain import Picture
from digests.feeds.raw import RawPicture

_KINDS = ("content", "enclosure", "thumbnail", "image")
_SMALLEST = 50  # pixels; what is smaller is an icon, a rule or a tracking pixel
_FILE = re.compile(r"\.(?:jpe?g|png|webp|gif|avif)(?:$|[?&/:])", re.IGNORECASE)
# Counters, buttons and stand-ins: hosts and paths under which no publisher has its pictures.
_NO_PICTURE = re.compile(
    r"//(?:[\w-]+\.)*(?:doubleclick|scorecardresearch|google-analytics|googletagmanager|quantserve|feedsportal|pixel\.wp"
    r"|stats\.wordpress|gravatar)\.\w|//feeds\.feedburner\.com/|//s\.w\.org/images/core/emoji/"
    r"|/(?:pixel|beacon|tracker|spacer|blank|transparent|1x1|clear|count(?:er)?|noimage|no_image)\.(?:gif|png)"
    r"|[/_-]emoji[/_-]|[?&]pixel=",
    re.IGNORECASE,
)


def lead_picture(named: Sequence[RawPicture], pictures: Iterable[Picture], base: str) -> str:
    """Choose a picture for an entry; "" for none.

    `named` are those that the feed names (Media RSS, enclosures), `pictures` those in its text, `base` what relative
    addresses rest on. Of several that the feed names the widest is taken, else the first of the best kind.
    """
    known = sorted(_real(named), key=lambda picture: -(picture.width or 0))
    for picture in chain(known, pictures):
        if address := _usable(picture, base):
            return address
    return ""


def _real(named: Sequence[RawPicture]) -> Iterator[Picture]:
    """Give what is named as a picture or looks like one, the kinds that are best first."""
    for one in sorted(named, key=lambda picture: _KINDS.index(picture.of)):
        kind = one.type.lower()
        unsaid = not kind and (one.of == "enclosure" or not one.medium)
        said = kind.startswith("image/") or (one.of == "content" and one.medium == "image")
        if one.of in ("thumbnail", "image") or said or (unsaid and _FILE.search(one.src)):
            yield Picture(_joined(one.base, one.src), _number(one.width), _number(one.height))


def _joined(base: str, src: str) -> str:
    try:
        return urljoin(base, "".join(src.split())) if src.strip() else ""
    except ValueError:
        return ""


def _number(value: str) -> int | None:
    text = value.removesuffix("px")
    return int(text) if text.isdecimal() and len(text) < 6 else None


def _usable(picture: Picture, base: str) -> str:
    if not picture.src.strip() or any(
        side is not None and side < _SMALLEST for side in (picture.width, picture.height)
    ):
        return ""
    try:
        address = urljoin(base, "".join(picture.src.split()))
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return ""
    return address if good and len(address) <= 2_000 and not _NO_PICTURE.search(address) else ""
