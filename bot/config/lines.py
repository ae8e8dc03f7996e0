"""Where in the file a feed stands, for whoever is to edit it: TOML's reader does not say."""

import json
import re
from pathlib import Path

_HEADER = re.compile(r"\s*\[\[\s*feeds\s*\]\]")
_COMMENT = re.compile(r"\s*#")


def line_of(path: Path, url: str) -> int | None:
    """Give the line of a feed's block, else that of its address, from 1; None where it cannot be told."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    written = (json.dumps(url, ensure_ascii=False), json.dumps(url), f"'{url}'")
    header = None
    for number, line in enumerate(lines, start=1):
        if _HEADER.match(line):
            header = number
        elif line.lstrip().startswith("["):
            header = None
        elif not _COMMENT.match(line) and any(one in line for one in written):
            return header or number
    return None


def where(path: Path, url: str) -> str:
    """Say where a feed stands: "sosik.toml, line 12"."""
    line = line_of(path, url)
    return f"{path}, line {line}" if line else f"{path} (or the variable SOSIK_FEEDS)"
