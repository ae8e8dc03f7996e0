"""What makes two entries the same: an entry's key within its feed, and two keys that reach across feeds.

A wrong "same" swallows news; a wrong "different" costs a repeated entry, which its link or title still joins to
its story. So every rule here errs towards "different".
"""

import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, unquote_to_bytes, urlencode, urlsplit

KEY_VERSION = 1  # raised whenever entry keys are made in another way, so that an upgrade can carry them over

# Parameters that tell where a click came from, never what is shown.
_TRACKING = re.compile(
    r"utm_.*|at_(?:medium|campaign|custom\d|format|link.*|bbc.*|ptr.*)|ns_(?:mchannel|source|campaign|linkname|fee)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|msclkid|yclid|twclid|ttclid|li_fat_id|igshid|igsh|mc_[ce]id|mkt_tok"
    r"|_ga|_gl|_hs(?:enc|mi)|hsctatracking|vero_(?:id|conv)|wt_?\.?mc|xtor|s_cid|cmpid|ncid|ocid|ito|sfnsn|spm"
    r"|ref_src|ref_url|feature|share_id|sr_share|traffic_source|trk|rss(?:id)?|cid_source",
    re.IGNORECASE,
)
_SENDER = frozenset({"ref", "source", "src", "from", "partner", "via", "input", "medium", "channel", "site"})
_FEEDS = re.compile(
    r"rss\d?|feeds?|rssfeed|atom|twitter|facebook|kakao(?:talk)?|google_?news|newsletter", re.IGNORECASE
)
_USUAL = re.compile(r"https?://([a-z0-9.-]+)((?:/[A-Za-z0-9_.~:@!$&'()*+,;=/-]*)?)")
_FRONT = re.compile(r"/?(?:(?:index|main|default|home)(?:\.[a-z]{3,5})?/?)?", re.IGNORECASE)

_MARKER = re.compile(
    r"\s*(?:[\[(<【〈《]\s*(?:\d보|긴급\s*속보|속보|긴급|단독|종합\d*보?|상보|"
    r"breaking(?:\s+news)?|exclusive|update[ds]?|urgent|just\s+in|(?:\d\w\w\s+)?(?:lead|ld))\s*[\])>】〉》]"
    r"|(?:긴급\s*속보|속보|단독|breaking(?:\s+news)?|exclusive|update[ds]?|urgent|just\s+in)\s*[:：|])\s*",
    re.IGNORECASE,
)
_MARKER_END = re.compile(r"\s*[\[(](?:종합\d*보?|상보|\d보|단독)[\])]\s*$")
_SEPARATOR = re.compile(r"\s+[-–—|·:»]\s+|\s*[|｜]\s*")
_LEAST = 12  # letters, where a Hangul syllable or a Chinese character counts for two

# Headings under which something else stands every day.
_GENERIC = frozenset(
    {
        "오늘의날씨", "오늘날씨", "내일날씨", "내일의날씨", "주말날씨", "날씨예보", "오늘의운세", "오늘운세", "띠별운세", "오늘의주요뉴스",
        "오늘의뉴스", "오늘의주요일정", "오늘의일정", "주요뉴스", "주요일정", "간추린뉴스", "이시각주요뉴스", "이시각헤드라인", "헤드라인뉴스",
        "오늘의사진", "오늘의신문", "조간브리핑", "아침신문", "부고모음", "알립니다바로잡습니다", "바로잡습니다", "newsinbrief",
        "todaysheadlines", "headlinesoftheday", "photooftheday", "photosoftheday",
        "pictureoftheday", "picturesoftheday", "morningbriefing", "eveningbriefing",
        "dailybriefing", "weatherforecast", "todaysweather", "dailyhoroscope", "letterstotheeditor",
        "todayinhistory", "newssummary", "dailynewssummary", "summaryofnews",
        "correctionsandclarifications", "editorialcartoon", "thisweekinpictures",
    }
)  # fmt: skip
_DATED = 9  # characters of a date that stand beside such a heading
_LONGEST = max(map(len, _GENERIC)) + _DATED


@dataclass(frozen=True, slots=True)
class Marks:
    """What an entry can be known by, as its feed gives it."""

    id: str
    link: str
    title: str
    text: str = ""


def keys(entries: Sequence[Marks]) -> list[str]:
    """Give each entry of one document its key: by its id, else its link, else its content.

    Some publishers give all entries one id, or one link. An id that stands in this document for entries which
    differ in link and title both is not unique: there the link and title tell them apart. The same entry may then
    have another key in a later document; its link still joins it to its story.
    """
    named = [_named(marks) for marks in entries]
    if len(set(named)) == len(named):
        return [_bounded(name) for name in named]
    links: defaultdict[str, set[str]] = defaultdict(set)
    titles: defaultdict[str, set[str]] = defaultdict(set)
    for name, marks in zip(named, entries, strict=True):
        links[name].add(link_key(marks.link) or marks.link)
        titles[name].add(_letters(marks.title))
    return [
        _bounded(name)
        if len(titles[name]) < 2 or (len(links[name]) < 2 and not name.startswith("link:"))
        else _bounded(f"{name} {link_key(marks.link)} {_letters(marks.title)}")
        for name, marks in zip(named, entries, strict=True)
    ]


def _named(marks: Marks) -> str:
    if marks.id:
        return f"id:{marks.id}"
    if link := link_key(marks.link):
        return f"link:{link}"
    return "text:" + _digest(f"{marks.title}\n{marks.text}")


def _bounded(key: str) -> str:
    """Keep keys readable where they are short, and short always."""
    return key if len(key) <= 200 else f"{key[:100]}…{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def link_key(link: str) -> str:
    """Normalise a link for comparing (the entry keeps its link as published); "" if it identifies nothing.

    http and https are one; so are a host with and without `www.`, which no publisher uses for different sites.
    Mobile hosts (`m.`) are left alone: some serve other articles under the same path. The front page of a site is
    no identity: feeds exist that give it to every entry.
    """
    if usual := _USUAL.fullmatch(link):  # nothing in it is written in two ways
        host, path = usual[1].rstrip(".").removeprefix("www."), usual[2].rstrip("/")
        return "" if not host or _FRONT.fullmatch(path) else _bounded(f"{host}{path}")
    return normalised(link) if link else ""


def normalised(link: str) -> str:
    """Do what `link_key` does, to a link of which nothing is known."""
    try:
        parts = urlsplit("".join(link.split()).encode("utf-8", "replace").decode())
        host = (parts.hostname or "").rstrip(".").removeprefix("www.")
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    path = quote(unquote_to_bytes(parts.path), safe="/:@!$&'()*+,;=~").rstrip("/")
    query = urlencode(sorted(_telling(parts.query)), encoding="utf-8", errors="surrogateescape")
    fragment = f"#{parts.fragment}" if parts.fragment.startswith(("!", "/")) else ""  # single-page sites
    if _FRONT.fullmatch(path) and not query and not fragment:
        return ""
    where = host if port in (None, 80, 443) else f"{host}:{port}"
    return _bounded(f"{where}{path}{f'?{query}' if query else ''}{fragment}")


def _telling(query: str) -> list[tuple[str, str]]:
    """Keep the parameters that tell what is shown. Bytes of other encodings stay what they are."""
    try:
        pairs = parse_qsl(query, keep_blank_values=True, errors="surrogateescape", max_num_fields=200)
    except ValueError:
        return [(query, "")]
    return [
        (name, value)
        for name, value in pairs
        if not _TRACKING.fullmatch(name) and not (name.lower() in _SENDER and _FEEDS.fullmatch(value))
    ]


def title_key(title: str, source: str = "") -> str:
    """Normalise a title for comparing across feeds; "" if what remains is too short or too common to identify.

    `source` is the publisher's name: its own suffix (" - The Korea Herald") is dropped, no other. Newsroom markers
    ([속보], BREAKING:) go as well; numbers stay, being news.
    """
    title = unicodedata.normalize("NFKC", title)
    while found := _MARKER.match(title) or _MARKER_END.search(title):
        title = title[found.end() :] if found.start() == 0 else title[: found.start()]
    key = _letters(_without_suffix(title, _letters(source)))
    weight = sum(2 if character >= "\u1100" else 1 for character in key)
    return "" if weight < _LEAST or _is_generic(key) else _bounded(key)


def _is_generic(key: str) -> bool:
    """Whether the title is a standing heading, with or without its date."""
    bare = re.sub(r"\d+[년월일시분]?", "", key)
    return len(bare) <= _LONGEST and any(
        len(bare) <= len(heading) + _DATED and (bare.startswith(heading) or bare.endswith(heading))
        for heading in _GENERIC
    )


def _without_suffix(title: str, source: str) -> str:
    parts = list(_SEPARATOR.finditer(title))
    if not parts or not source:
        return title
    last = parts[-1]
    tail = _letters(title[last.end() :])
    short, long = sorted((tail.removeprefix("the"), source.removeprefix("the")), key=len)
    own = long.startswith(short) and len(short) >= 2 and len(short) * 2 >= len(long)
    return title[: last.start()] if own or (tail and source.startswith(tail) and len(tail) >= 4) else title


def _letters(text: str) -> str:
    """Fold case, and drop all but letters and digits: Korean writers differ in where they put spaces."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(filter(str.isalnum, folded))
