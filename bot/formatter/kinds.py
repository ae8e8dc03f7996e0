"""What the kinds of hard news that can be muted are called."""

from collections.abc import Mapping

from bot.texts import Voice


def _(words: str) -> str:
    """Mark words for the catalogue: they are translated as they are said."""
    return words


_CALLED: Mapping[str, str] = {
    "deaths": _("deaths"),
    "suicide": _("suicide"),
    "accidents": _("accidents"),
    "disasters": _("disasters"),
    "crime": _("crime"),
    "sexual-crime": _("sexual crime"),
    "children": _("children as victims"),
}


def called(voice: Voice, kind: str) -> str:
    """Call a kind of digests/stories/kinds.py in the voice's language."""
    return voice.gettext(_CALLED[kind]) if kind in _CALLED else kind
