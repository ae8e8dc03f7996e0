"""What may go wrong between the bot and Telegram, drawn from a seed's chance for each request."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random


class Trouble(StrEnum):
    """What becomes of one request."""

    NONE = "none"
    SLOW = "slow"  # taken, and answered seconds later
    REFUSED = "refused"  # no connection
    ERROR = "5xx"
    FLOOD = "429"  # this chat
    FLOOD_ALL = "429 all"
    LOST = "lost"  # written, never taken, never answered
    UNANSWERED = "unanswered"  # taken, never answered
    CUT = "cut"  # taken, and the connection closed before the answer
    MARKUP = "markup"  # the entities are refused; without them the message is taken
    FORBIDDEN = "poisoned"  # a message that is never taken


@dataclass(frozen=True)
class Weather:
    """How often each trouble comes, of 1."""

    odds: tuple[tuple[Trouble, float], ...] = ()

    def next(self, chance: Random) -> Trouble:
        drawn = chance.random()
        for trouble, odds in self.odds:
            drawn -= odds
            if drawn < 0:
                return trouble
        return Trouble.NONE


CALM = Weather()


def weather(chance: Random) -> Weather:
    """Some seeds are calm, some are stormy in one way, some in every way."""
    kind = chance.choice(["calm", "one", "one", "all", "all"])
    if kind == "calm":
        return CALM
    troubles = [one for one in Trouble if one not in (Trouble.NONE, Trouble.FORBIDDEN)]
    if kind == "one":
        return Weather(((chance.choice(troubles), chance.uniform(0.05, 0.5)),))
    each = chance.uniform(0.005, 0.05)
    return Weather(tuple((one, each) for one in troubles))
