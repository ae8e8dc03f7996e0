"""Korean words that begin like another and are not about it: they are hidden before words are looked for inside words."""

import re
import tomllib
from importlib.resources import files


def misleading() -> re.Pattern[str]:
    """Make one pattern of data/misleading.toml: such a word at the beginning of a word."""
    text = files("digests.stories").joinpath("data/misleading.toml").read_text(encoding="utf-8")
    words = sorted(map(str, tomllib.loads(text)["words"]), key=len, reverse=True)
    return re.compile(rf"(?<![가-힣])(?:{'|'.join(map(re.escape, words))})")


def hidden(found: re.Match[str]) -> str:
    """Give what stands in the place of such a word: as long as it, and part of no other."""
    return "‖" * len(found[0])
