"""A document's bytes as text. Korean encodings above all; never a failure, and never a guess where it is plain.

The order: a byte order mark or the zero bytes of UTF-16; then UTF-8 if the bytes are valid UTF-8 (hardly any other
text is, whatever its label says); then the labels of HTTP and of the XML declaration; then whatever fits best.
Bytes that do not fit are replaced: one cut character must not turn the whole document into another language.
"""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_ZEROS = (
    (re.compile(rb"(?:[\t\n\r ]\x00)*<\x00[^\x00]\x00"), "utf-16-le"),
    (re.compile(rb"(?:\x00[\t\n\r ])*\x00<\x00[^\x00]"), "utf-16-be"),
    (re.compile(rb"<\x00\x00\x00"), "utf-32-le"),
    (re.compile(rb"\x00\x00\x00<"), "utf-32-be"),
)
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]{0,200}?\bencoding\s*=\s*["']\s*([A-Za-z0-9._:\-]{1,40})""")
_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]{0,500}\?>")
_HANGUL = re.compile("[가-힣]")

# Labels that publishers use for less than they send: each is read as the superset that was meant.
_SUPERSETS = {
    **dict.fromkeys(
        (
            "euckr", "xeuckr", "cseuckr", "ksc5601", "ksc56011987", "ksc56011989", "csksc56011987", "ksx1001",
            "korean", "isoir149", "windows949", "xwindows949", "ms949", "xms949", "uhc", "cp949", "949", "ibm949",
            "xmackorean",
        ),
        "cp949",
    ),
    "johab": "johab", "xjohab": "johab", "ms1361": "johab", "ksc5601johab": "johab",
    "iso2022kr": "iso2022_kr",
    "gb2312": "gb18030", "gbk": "gb18030",
    "shiftjis": "cp932", "xsjis": "cp932", "sjis": "cp932",
    "iso88591": "cp1252", "latin1": "cp1252", "usascii": "cp1252", "ascii": "cp1252",
    "iso88599": "cp1254", "tis620": "cp874",
}  # fmt: skip
_REFUSED = frozenset(
    {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
)
_MULTI = frozenset({"utf-8", "cp949", "johab", "gb18030", "big5", "big5hkscs", "cp950", "cp932", "euc_jp"})
_ASCII = bytes(range(0x20, 0x7F))


def decode(body: bytes, charset: str = "") -> str:
    """Decode a document, dropping its mark and its XML declaration, which speaks of the bytes. Never raises."""
    text = _by_mark(body)
    if text is None:
        text = _by_label(body, charset)
    return _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1)


def _by_mark(body: bytes) -> str | None:
    for mark, codec in _MARKS:
        if body.startswith(mark) and not (codec == "utf-16-le" and body[2:4] == b"\0\0"):
            return body[len(mark) :].decode(codec, "replace")
    for zeros, codec in _ZEROS:
        if zeros.match(body):
            return body.decode(codec, "replace")
    return None


def _by_label(body: bytes, charset: str) -> str:
    declared = _DECLARED.match(body)
    labels = (charset, declared.group(1).decode("ascii") if declared else "")
    codecs_named = [codec for label in labels if (codec := codec_of(label))]
    if body.isascii():
        # ISO-2022 is the one kind whose Korean letters are ASCII bytes.
        seven = next((codec for codec in codecs_named if codec.startswith("iso2022")), "ascii")
        return body.decode(seven, "replace")
    korean = next((codec for codec in codecs_named if codec in ("cp949", "johab")), "")
    strict = _strictly(body, "utf-8")
    if strict is not None:
        other = _strictly(body, korean) if korean else None
        # A few Korean words alone may be valid UTF-8 by chance, as letters that nobody writes.
        return other if other is not None and _hangul(other) > 0 == _hangul(strict) else strict
    # Labels of one byte a letter fit any bytes: they prove nothing, and come last.
    for codec in sorted(codecs_named, key=_is_single):
        if not _is_single(codec) and (text := _strictly(body, codec)) is not None:
            return text
    return _best(body, codecs_named)


def _best(body: bytes, named: list[str]) -> str:
    """Choose the reading with the fewest damaged places."""
    utf8 = body.decode("utf-8", "replace")
    damaged = utf8.count("\ufffd")
    if sum(character > "\x7f" for character in utf8) > 4 * damaged:
        return utf8  # mostly right: bytes were cut or lost
    multi = [codec for codec in (*named, "cp949") if not _is_single(codec) and codec != "utf-8"]
    readings = [body.decode(codec, "replace") for codec in multi]
    text = min(readings, key=lambda reading: reading.count("\ufffd"))
    if _hangul(text) * 2 >= sum(character > "\x7f" for character in text) and text.count(
        "\ufffd"
    ) * 10 < _hangul(text):
        return text
    single = next((codec for codec in named if _is_single(codec)), "")
    if single or not named or named == ["utf-8"]:
        return body.decode(single or "cp1252", "replace")
    return text if named and named[0] != "utf-8" else utf8


def codec_of(label: str) -> str:
    """Name Python's codec for a label; "" for none, an unknown one, and one that is no encoding of ASCII's kind."""
    bare = re.sub(r"[^a-z0-9]", "", label.lower())
    if bare in _SUPERSETS:
        return _SUPERSETS[bare]
    try:
        codec = codecs.lookup(label).name if label.isascii() and label else ""
        usual = codec and codec not in _REFUSED and _ASCII.decode(codec) == _ASCII.decode("ascii")
    except (LookupError, ValueError):
        return ""
    return codec if usual else ""


def _is_single(codec: str) -> bool:
    """Whether the codec has one byte for each letter."""
    return codec not in _MULTI and not codec.startswith(("iso2022", "shift_jis", "euc_jis"))


def _strictly(body: bytes, codec: str) -> str | None:
    try:
        return body.decode(codec)
    except ValueError:
        return None


def _hangul(text: str) -> int:
    return len(_HANGUL.findall(text[:200_000]))
