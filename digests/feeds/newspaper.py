"""What newspapers put around their text: datelines, reporters' names and mail, notices against copying."""

import re

_OPEN, _SHUT, _INSIDE = r"[(\[【〔<]", r"[)\]】〕>]", r"[^()\[\]【】〔〕<>=]{1,30}"
_REPORTER = r"(?:인턴\s?기자|선임기자|전문기자|기자|특파원|통신원|논설위원|객원기자|리포터)"
_NAMES = r"(?:[가-힣]{2,4}[\s,·]{1,2}){0,3}[가-힣]{2,4}\s?"

_DATELINE = re.compile(
    rf"\s*(?:"
    rf"{_OPEN}\s*{_INSIDE}=\s*{_INSIDE}\s*{_SHUT}\s*(?:{_NAMES}{_REPORTER}\s*=\s*|=\s*)?"  # (서울=연합뉴스) 김 기자 =
    rf"|{_OPEN}[^()\[\]【】〔〕<>]{{0,25}}{_REPORTER}\s*{_SHUT}\s*=?\s*"  # [스타일보 김소식 기자]
    rf"|{_NAMES}{_REPORTER}\s*=\s*"  # 김소식 기자 =
    rf"|[A-Z][A-Z .'’/-]{{2,30}},\s+(?:[A-Z][a-z]{{2,8}}\.?\s+\d{{1,2}}\s+)?\([A-Z][\w .]{{1,25}}\)\s*(?:--|[—–-])\s*"
    rf")"
)
_NOTICE = re.compile(
    r"\s*(?:[<\[(■▶◎※-]\s*)?(?:(?:저작권자|저작권|copyrights?|ⓒ|©|\(c\))[^.!?。]{0,80}?)?"
    r"무단\s*(?:전재|복제|배포|도용)",
    re.IGNORECASE,
)
_MAIL = re.compile(
    rf"[\s/|·,(\[<=]*(?:{_NAMES}{_REPORTER}?)?[\s/|·,(\[<=]*[A-Za-z0-9._+-]{{1,64}}@[A-Za-z0-9-]{{1,63}}(?:\.[A-Za-z0-9-]{{2,20}}){{1,3}}[\s)\]>]*$"
)
_SIGNED = re.compile(rf"(?<=[.!?”\"’'])\s*[/<(\[=]?\s*{_NAMES}{_REPORTER}[\s)\]>]*$")
_TAIL = 400  # a notice stands in the last characters of a text
_WIRE = re.compile(r"\s*[A-Z][A-Z .'’/-]{2}")  # how "SEOUL, Nov. 24 (Wire) --" begins


def clean(text: str) -> str:
    """Take a newspaper's frame from the text of an article; a text that is nothing else stays as it is."""
    # To look for the letters without which there is no frame is cheap; to look for its shapes is not.
    if text.isascii() and not ("=" in text or "@" in text or _WIRE.match(text)):
        return text.strip(" \t/|·") or text
    return unframed(text)


def unframed(text: str) -> str:
    """Do what `clean` does, to a text of which nothing is known."""
    cleaned = text
    for _ in range(2):  # "[앵커] …" and "(서울=…)" may stand one after the other
        if found := _DATELINE.match(cleaned):
            cleaned = cleaned[found.end() :]
    start = max(0, len(cleaned) - _TAIL)
    if "무단" in cleaned and (found := _NOTICE.search(cleaned, start)):
        cleaned = cleaned[: found.start()]
    for shape, marks in ((_MAIL, "@"), (_SIGNED, ("기자", "특파원", "통신원", "논설위원", "리포터"))):
        if not any(mark in cleaned for mark in marks):
            continue
        start = max(0, len(cleaned) - _TAIL)
        if found := shape.search(cleaned, start):
            cleaned = cleaned[: found.start()]
    return cleaned.strip(" \t/|·") or text
