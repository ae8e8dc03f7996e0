"""An entry's lead picture: what the feed names as one, else the first in the text that is one."""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

from digests.feeds.plain import Picture

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


def lead_picture(item: Mapping[str, Any], pictures: Iterable[Picture], base: str) -> str:
    """Choose a picture for an entry; "" for none.

    `item` is the entry as feedparser reads it (Media RSS, enclosures), `pictures` those in its text, `base` what
    relative addresses rest on. Of several the feed names the widest is taken, else the first.
    """
    named = sorted(_named(item), key=lambda picture: -(picture.width or 0))
    for picture in (*named, *pictures):
        if address := _usable(picture, base):
            return address
    return ""


def _named(item: Mapping[str, Any]) -> Iterable[Picture]:
    for content in _maps(item.get("media_content")):
        kind, medium = str(content.get("type") or ""), str(content.get("medium") or "")
        src = str(content.get("url") or "")
        if medium == "image" or kind.startswith("image/") or (not medium and not kind and _FILE.search(src)):
            yield Picture(src, _number(content.get("width")), _number(content.get("height")))
    for link in _maps(item.get("links")):
        src = str(link.get("href") or "")
        kind = str(link.get("type") or "")
        if link.get("rel") == "enclosure" and (kind.startswith("image/") or (not kind and _FILE.search(src))):
            yield Picture(src, None, None)
    for thumbnail in _maps(item.get("media_thumbnail")):
        width, height = _number(thumbnail.get("width")), _number(thumbnail.get("height"))
        yield Picture(str(thumbnail.get("url") or ""), width, height)
    image = item.get("image")
    if isinstance(image, Mapping):
        yield Picture(str(image.get("href") or ""), None, None)


def _maps(value: object) -> Iterable[Mapping[str, Any]]:
    return (one for one in value if isinstance(one, Mapping)) if isinstance(value, list) else ()


def _number(value: object) -> int | None:
    text = str(value or "").removesuffix("px")
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
