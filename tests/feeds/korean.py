"""Korean documents in every encoding that is met: what it is called, where that is said, and what has happened to it."""

from collections.abc import Iterator
from dataclasses import dataclass

NAMES = ("euc-kr", "EUC_KR", "ks_c_5601-1987", "ksc5601", "KSC_5601", "korean", "windows-949", "x-windows-949", "ms949",
         "uhc", "cp949")  # fmt: skip
# 뷁, 똠, 펲 and 햏 are syllables that EUC-KR has not and its superset CP949 has.
TITLES = (
    "달빛밴드, 새 음반 ‘밀물’ 발표",
    "뷁과 똠방각하: 펲시맨의 하루",
    "Moon Band — 2026 tour 일정 공개",
    "한강의 밤… 햏자들의 잔치",
)
HURT = "이 글은 전송 중에 다쳤다@@ 그래도 읽힌다"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of Korean document."""

    name: str
    body: bytes
    charset: str = ""  # what HTTP says


def document(declared: str, codec: str, *, damage: bytes = b"", letters: str = "rss") -> bytes:
    """Write a feed in `codec` that says it is in `declared`; `damage` stands in its third description."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>\n' if declared else ""
    items = "".join(
        f"<item><title>{title}</title><link>https://daily.example/news?no={number}&amp;from={letters}</link>"
        f"<description>{HURT if number == 2 else '기사 본문입니다. ' + title}</description></item>\n"
        for number, title in enumerate(TITLES)
    )
    text = f'{declaration}<rss version="2.0"><channel><title>소식일보</title>{items}</channel></rss>'
    return text.encode(codec, "xmlcharrefreplace").replace("@@".encode(codec.removesuffix("-sig")), damage)


def kinds() -> Iterator[Kind]:
    """Give all kinds: every name, wherever it is said; every wrong or missing name; each whole and damaged."""
    for hurt, damage in (
        ("", b""),
        (", a stray byte", b"\xc8"),
        (", a cut letter", "다".encode("cp949")[:1]),
    ):
        for name in NAMES:
            yield Kind(f"CP949, {name} declared{hurt}", document(name, "cp949", damage=damage))
            yield Kind(f"CP949, {name} by HTTP{hurt}", document("", "cp949", damage=damage), name)
            yield Kind(f"CP949, {name} by both{hurt}", document(name, "cp949", damage=damage), name)
        for declared, charset in (("", ""), ("utf-8", ""), ("utf-8", "euc-kr"), ("", "utf-8"), ("utf-8", "utf-8"),
                                  ("iso-8859-1", ""), ("", "iso-8859-1"), ("euc-kr", "iso-8859-1"), ("euc-kr", "utf-8"),
                                  ("us-ascii", ""), ("windows-1252", ""), ("utf-16", ""), ("nonsense", ""),
                                  ("shift_jis", "")):  # fmt: skip
            yield Kind(f"CP949, {declared or 'nothing'} declared, {charset or 'nothing'} by HTTP{hurt}",
                       document(declared, "cp949", damage=damage), charset)  # fmt: skip
    for hurt, damage in (
        ("", b""),
        (", a stray byte", b"\xed"),
        (", a cut letter", "다".encode()[:2]),
        (", a bad byte", b"\xff"),
    ):
        for declared, charset in (("utf-8", ""), ("", ""), ("euc-kr", ""), ("", "euc-kr"), ("utf-16", ""), ("euc-kr", "utf-8"),
                                  ("ks_c_5601-1987", "ms949"), ("iso-8859-1", ""), ("nonsense", "nonsense")):  # fmt: skip
            yield Kind(f"UTF-8, {declared or 'nothing'} declared, {charset or 'nothing'} by HTTP{hurt}",
                       document(declared, "utf-8", damage=damage), charset)  # fmt: skip
    for codec in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig"):
        for declared in ("", codec, "utf-8", "euc-kr"):
            yield Kind(f"{codec}, {declared or 'nothing'} declared", document(declared, codec))
    for codec, label in (("iso2022_kr", "iso-2022-kr"), ("johab", "johab")):
        yield Kind(f"{codec} declared", document(label, codec))
        yield Kind(f"{codec} by HTTP", document("", codec), label)
