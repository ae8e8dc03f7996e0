"""Inside a start tag: attributes and character references, as the real server reads them."""

import re

from bot.playground.telegram.refusals import unparsable

BLANK = " \t\r\n\v\0"
_NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_REFERENCE = re.compile(r"&(?:#x([0-9A-Fa-f]*)|#([0-9]*)|([A-Za-z]*));?")


class Attributes:
    """Reads the attributes of one start tag, from behind its name to its ">"."""

    def __init__(self, html: str, at: int, tag: str, begin: int) -> None:
        self.html = html
        self.at = at
        self.tag = tag
        self.begin = begin  # where the tag begins, in bytes

    def read(self) -> dict[str, str]:
        """The attributes by name; one without a value is empty. `at` then stands at the ">". Raises Refused."""
        given: dict[str, str] = {}
        while True:
            self._skip()
            if self._here() == ">":
                return given
            if self._here() == "":
                raise unparsable(f'Unclosed start tag "{self.tag}" at byte offset {self.begin}')
            start = self.at
            while self._here() not in ("", "=", ">", "/", '"', "'") and self._here() not in BLANK:
                self.at += 1
            name = self.html[start : self.at]
            if not name:
                raise unparsable(f'Empty attribute name in the tag "{self.tag}" at byte offset {self.begin}')
            self._skip()
            given[name] = self._value() if self._here() == "=" else ""

    def _here(self) -> str:
        return self.html[self.at] if self.at < len(self.html) else ""

    def _skip(self) -> None:
        while self._here() and self._here() in BLANK:
            self.at += 1

    def _value(self) -> str:
        self.at += 1
        self._skip()
        quote = self._here()
        if quote == "":
            raise unparsable(f'Unclosed start tag "{self.tag}" at byte offset {self.begin}')
        if quote not in ("'", '"'):
            return self._token()
        self.at += 1
        value: list[str] = []
        while self._here() not in ("", quote):
            if self._here() == "&":
                character, self.at = reference(self.html, self.at)
                value.append(character)
            else:
                value.append(self._here())
                self.at += 1
        self.at += 1
        if self._here() == "":
            raise unparsable(f"Unclosed start tag at byte offset {self.begin}")
        return "".join(value)

    def _token(self) -> str:
        start = self.at
        while self._here() and ((self._here().isascii() and self._here().isalnum()) or self._here() in ".-"):
            self.at += 1
        if self._here() == "" or (self._here() not in BLANK and self._here() != ">"):
            offset = len(self.html[:start].encode("utf-8", "surrogatepass"))
            raise unparsable(f"Unexpected end of name token at byte offset {offset}")
        return self.html[start : self.at].lower()


def reference(html: str, at: int) -> tuple[str, int]:
    """The character an "&" stands for and where it ends. What the server does not know stays as it is written."""
    match = _REFERENCE.match(html, at)
    if match is None:
        return "&", at + 1
    hexadecimal, decimal, name = match.groups()
    end = match.end() - 1 if match.group().endswith(";") else match.end()
    if name is not None:
        character = _NAMED.get(name)
        return (character, match.end()) if character else ("&", at + 1)
    code = int(hexadecimal or "0", 16) if hexadecimal is not None else int((decimal or "0")[:20])
    if code == 0 or code >= 0x10FFFF or end - at >= 10:
        return "&", at + 1
    return chr(code), match.end()
