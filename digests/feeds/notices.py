"""A publisher's notice against showing more than its titles, found in the bytes of its feed."""

import codecs
import re

_MOST = 50_000  # bytes of a head
_MOST_READ = 1_000_000  # bytes; a notice that stands under each text stands under the first ones
_MOST_MARKS = 1_000
_HEAD = re.compile(r"<(?:\w+:)?(?:item|entry)\b", re.IGNORECASE)
_MARK = "무단"
# "무단 전재·재배포 금지", "무단전재 및 재배포를 금합니다", "무단 복제·전재 금지": what Korean papers write under their texts.
_KOREAN = re.compile(rf"{_MARK}\s?(?:전재|복제|배포|이용|사용).{{0,40}}?(?:금지|금합|금한|불허)", re.DOTALL)
_ENGLISH = re.compile(
    r"(?:redistribution|republication|reproduction|unauthori[sz]ed use)\b[^.<]{0,60}\b(?:prohibited|forbidden|not allowed)"
    r"|may not be (?:published|reproduced|copied|redistributed|rewritten)",
    re.IGNORECASE,
)


def forbids_copying(body: bytes) -> bool:
    """Whether the feed bears a notice against redistribution: in Korean anywhere, in English in its head.

    In Korean it stands under the texts themselves; an English sentence of the kind in a text may be news about it.
    Whatever encoding the document declares, both that papers use are tried: half a megabyte takes a millisecond.
    """
    body = body[:_MOST_READ]
    if body[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        text = body.decode("utf-16", "replace")
        return bool(_KOREAN.search(text) or _ENGLISH.search(_head(text)))
    for encoding in ("utf-8", "cp949"):
        mark = _MARK.encode(encoding)
        start = body.find(mark)
        for _ in range(_MOST_MARKS):
            if start < 0:
                break
            if _KOREAN.match(body[start : start + 240].decode(encoding, "replace")):
                return True
            start = body.find(mark, start + 1)
    return bool(_ENGLISH.search(_head(body[:_MOST].decode("utf-8", "replace"))))


def _head(text: str) -> str:
    first = _HEAD.search(text, 0, _MOST)
    return text[: first.start() if first else _MOST]
