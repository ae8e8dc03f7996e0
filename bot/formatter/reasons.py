"""Why something rang, in words: the codes of a decision's reasons, as a reader may be told them."""

from collections.abc import Iterable, Mapping, Sequence

from bot.formatter.markup import shorten, units
from bot.formatter.wording import MOST_SOURCE, line
from bot.texts import Voice
from digests.model import AlertContent

POP_UP = 200  # characters (Bot API, answerCallbackQuery); counted as UTF-16 units, to be safe
_NAMED = 3  # sources that are named


def _(words: str) -> str:
    """Mark words for the catalogue: they are translated as they are said."""
    return words


# For every code of a reason that speaks for ringing. What else there are: `digests/stories/reasons.py`, in sentences, for the operator.
_PHRASES: Mapping[str, str] = {
    # of marks and turns
    "feed": _("a channel for bulletins"),
    "tag": _("filed under breaking"),
    "marker": _("marked as breaking"),
    "exclusive": _("an exclusive report"),
    "official": _("an official statement"),
    "authority": _("an office says so"),
    "burst": _("several papers within minutes"),
    "many": _("many people are concerned"),
    "turn": _("a new turn of a story that broke"),
    "turn_confirmed": _("it is confirmed now"),
    "toll": _("far more people than was known"),
    # of lives
    "death": _("a death"),
    "suicide": _("a death"),
    "critical": _("a life in danger"),
    "hurt": _("people hurt"),
    "missing": _("people missing"),
    "accident": _("an accident"),
    "fall": _("an accident"),
    "collapse": _("a collapse"),
    "fire": _("a fire"),
    "great_fire": _("a great fire"),
    "explosion": _("an explosion"),
    "leak": _("a leak of something dangerous"),
    "disaster": _("a natural disaster"),
    "quake": _("an earthquake"),
    "evacuation": _("an evacuation"),
    "evacuation_order": _("an evacuation"),
    "alarm": _("an alarm"),
    "false_alarm": _("a false alarm"),
    "attack": _("an attack"),
    "bomb": _("a bomb threat"),
    "recall": _("a recall"),
    "poisoning": _("food poisoning"),
    "epidemic": _("an outbreak"),
    "shots": _("shots fired"),
    # of the public
    "arrest": _("an arrest"),
    "warrant": _("an arrest warrant"),
    "raid": _("a raid"),
    "booked": _("a suspect"),
    "indict": _("an indictment"),
    "sentence": _("a verdict"),
    "lawsuit": _("a lawsuit"),
    "court_order": _("a court’s order"),
    "breach": _("a data breach"),
    "outage": _("an outage"),
    "blocked": _("a plan falls through"),
    "wide": _("the whole country is concerned"),
    "strike": _("a strike"),
    "strike_off": _("a strike called off"),
    "takeover": _("a takeover"),
    "bankrupt": _("a bankruptcy"),
    "market_halt": _("trading halted"),
    "rate": _("the key interest rate"),
    "fine": _("a large fine"),
    "decision": _("a decision of state"),
    "veto": _("a veto"),
    "upheaval": _("an upheaval of state"),
    "resign": _("a resignation"),
    "appoint": _("an appointment"),
    "missile": _("a missile"),
    "border": _("an incident at the border"),
    # of people
    "leaves": _("somebody leaves a group"),
    "dropped": _("a contract ends"),
    "disband": _("a group splits up"),
    "reunion": _("a reunion"),
    "enlist": _("an enlistment"),
    "marriage": _("a marriage"),
    "romance": _("a couple"),
    "breakup": _("a separation"),
    "birth": _("a birth"),
    "prize": _("a prize"),
    "great_prize": _("a prize"),
    "chart": _("the top of a chart"),
    "top": _("the top of a chart"),
    "first": _("a first"),
    "pulled": _("something is taken off the air"),
    "scandal": _("a scandal"),
    "confirmed": _("it is confirmed now"),
}


def phrases(voice: Voice) -> Mapping[str, str]:
    """Give the words for every code of a reason that speaks for ringing: of marks, of what happened, of turns."""
    return {code: voice.gettext(words) for code, words in _PHRASES.items()}


def why(voice: Voice, content: AlertContent, followed: Sequence[str], filed: Sequence[str]) -> str:
    """Say why an alert came, in two or three lines of plain text.

    `followed` names what the chat follows of what the story is about, `filed` the story's categories.
    """
    lines = []
    if followed:
        lines.append(voice.gettext("Followed here: %(what)s", what=_listed(voice, followed)))
    elif filed:
        lines.append(voice.gettext("Filed under: %(what)s", what=_listed(voice, filed)))
    lines.append(voice.gettext("It broke: %(reasons)s", reasons=", ".join(_known(voice, content))))
    sources = content.also or tuple(version.source for version in content.card.versions.values())
    named = [line(source, MOST_SOURCE) for source in dict.fromkeys(sources) if source][:_NAMED]
    if named:
        more = content.card.sources - len(named)
        told = voice.ngettext(
            "Sources: %(named)s and %(n)s more",
            "Sources: %(named)s and %(n)s more",
            more,
            named=", ".join(named),
        )
        lines.append(told if more > 0 else voice.gettext("Sources: %(named)s", named=", ".join(named)))
    return "\n".join(lines)


def for_a_pop_up(text: str) -> str:
    """Cut what is too long for one."""
    return shorten(text, POP_UP)


def fits_a_pop_up(text: str) -> bool:
    """Whether it can be told without a message."""
    return units(text) <= POP_UP


def _known(voice: Voice, content: AlertContent) -> Iterable[str]:
    """What the codes mean; one that is not known, of an older version or an operator's own words, is passed over."""
    known = phrases(voice)
    said = dict.fromkeys(known[code] for code in content.reasons if code in known)
    return said or [voice.gettext("judged important when it came")]


def _listed(voice: Voice, words: Sequence[str]) -> str:
    return voice.join([line(word, MOST_SOURCE) for word in words])
