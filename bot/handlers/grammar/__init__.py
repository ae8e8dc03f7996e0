"""What a person typed. Pure: every function gives a value, or one that says what is wrong; none raises."""

from bot.handlers.grammar.categories import Found, categories_in, suggestions
from bot.handlers.grammar.choices import (
    MOST_TIMES,
    Hours,
    Inside,
    NoLength,
    Switch,
    Times,
    TooMany,
    alerts_in,
    digest_in,
    language_in,
    quiet_in,
)
from bot.handlers.grammar.clocks import Unclear
from bot.handlers.grammar.commands import WORDS, Command, command_in, rest_of

__all__ = [
    "MOST_TIMES",
    "WORDS",
    "Command",
    "Found",
    "Hours",
    "Inside",
    "NoLength",
    "Switch",
    "Times",
    "TooMany",
    "Unclear",
    "alerts_in",
    "categories_in",
    "command_in",
    "digest_in",
    "language_in",
    "quiet_in",
    "rest_of",
    "suggestions",
]
