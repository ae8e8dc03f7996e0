"""robots.txt as RFC 9309 has it: which paths of a host may be asked for by a program that looks around.

Pure. Polling a feed that somebody named is no looking around, and asks nobody; discovery does.
"""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

MOST_BYTES = 512_000  # at least 500 KiB have to be read (section 2.5); what is beyond is left out
_LONGEST_RULE = 2_000  # characters
_LINE = re.compile(r"\s*([A-Za-z-]+)\s*:\s*(.*)")
_KEPT = "%/?=&;:@!$'()*+,~#[]"


@dataclass(frozen=True, slots=True)
class Rule:
    """An allow or disallow line that is for us."""

    allows: bool
    path: str  # "*" stands for anything, a "$" at its end for the end


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host lets us ask for."""

    rules: tuple[Rule, ...] = ()

    def allows(self, url: str) -> bool:
        """Whether the address may be asked for: the longest rule that fits decides, of two alike the kinder.

        Section 2.2.2. Where no rule fits it may, and robots.txt itself always may.
        """
        parts = urlsplit(url)
        path = _written((parts.path or "/") + (f"?{parts.query}" if parts.query else ""))
        if path == "/robots.txt":
            return True
        fitting = [(len(rule.path), rule.allows) for rule in self.rules if _fits(rule.path, path)]
        return max(fitting)[1] if fitting else True


ALL = Robots()  # the host has no robots.txt (section 2.3.1.3)
NOTHING = Robots((Rule(allows=False, path="/"),))  # it could not be had (section 2.3.1.4)


def read(body: bytes, agent: str) -> Robots:
    """Read a robots.txt for `agent`, a product name such as "Sosik". Never raises.

    The groups that name us count, together; where none does those for "*" (section 2.2.1).
    """
    ours: list[Rule] = []
    anybody: list[Rule] = []
    named = False  # some group is for us
    heads: set[str] = set()  # of the group in hand
    in_rules = False
    for line in body[:MOST_BYTES].decode("utf-8-sig", "replace").splitlines():
        found = _LINE.match(line.partition("#")[0])
        if found is None:
            continue
        key, value = found[1].lower(), found[2].strip()
        if key == "user-agent":
            if in_rules:
                heads, in_rules = set(), False
            heads.add(value.lower())
            named = named or value.lower() == agent.lower()
        elif key in ("allow", "disallow"):
            in_rules = True
            if not value or len(value) > _LONGEST_RULE:
                continue  # an empty rule says nothing
            rule = Rule(key == "allow", _written(value))
            if agent.lower() in heads:
                ours.append(rule)
            if "*" in heads:
                anybody.append(rule)
    return Robots(tuple(ours if named else anybody))


def _written(path: str) -> str:
    """Give a path as both sides are compared: what is no ASCII in percent form, which is in capitals."""
    quoted = quote(path, safe=_KEPT)
    return re.sub(r"%[0-9a-fA-F]{2}", lambda found: found[0].upper(), quoted)


def _fits(rule: str, path: str) -> bool:
    """Whether a rule fits the beginning of a path. Each piece is looked for once: no rule is slow."""
    ends = rule.endswith("$")
    first, *others = rule.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = others.pop() if others else None
    for piece in others:
        at = path.find(piece, at)
        if at < 0:
            return False
        at += len(piece)
    if last is None:
        return not ends or at == len(path)
    if ends:
        return path.endswith(last) and len(path) - len(last) >= at
    return path.find(last, at) >= 0
