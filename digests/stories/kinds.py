"""Kinds of hard news that a chat may mute: what happened, by the codes of data/happenings.toml, gathered under a word."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from digests.model import Subject, What

# Of each kind the codes of what happened. What `sensitive` calls by a kind's name counts as well, doubted or not.
KINDS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "deaths": frozenset({"death", "suicide"}),
        "suicide": frozenset({"suicide"}),
        "accidents": frozenset(
            {"accident", "fall", "collapse", "fire", "great_fire", "explosion", "leak", "critical"}
        ),
        "disasters": frozenset({"disaster", "quake", "evacuation", "evacuation_order", "alarm", "epidemic"}),
        "crime": frozenset(
            {
                "arrest",
                "warrant",
                "raid",
                "booked",
                "indict",
                "sentence",
                "attack",
                "bomb",
                "scandal",
                "sexual",
            }
        ),
        "sexual-crime": frozenset({"sexual"}),
        "children": frozenset({"minor"}),
    }
)
_SENSITIVE = {"death": "deaths", "suicide": "suicide", "sexual": "sexual-crime"}


def kind_subject(kind: str) -> Subject:
    """Give a kind of KINDS as what can be muted."""
    return Subject(What.KIND, kind)


def kinds_of(happened: Collection[str], sensitive: Collection[str]) -> frozenset[Subject]:
    """Say of which kinds something told is: by the codes of what happened, and by why it asks for restraint.

    The minor among the codes is anybody under age; of the kind are only those to whom something was done.
    """
    said = {kind for kind, codes in KINDS.items() if kind != "children" and not codes.isdisjoint(happened)}
    said |= {_SENSITIVE[one] for one in sensitive if one in _SENSITIVE}
    said |= {"deaths"} if "suicide" in said else set()
    said |= {"children"} if "minor" in sensitive else set()
    return frozenset(map(kind_subject, said))
