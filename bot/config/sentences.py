"""What is wrong with a configuration, as sentences: which key, which value, and what is allowed."""

import re
from collections.abc import Collection
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from bot.config.model import Config
from bot.logs import scrub
from digests.feeds.addresses import shown

LONGEST_VALUE = 80  # characters of a value that are shown
PREFIX = "SOSIK_"

# By pydantic's names of errors. Whatever is not here is said in pydantic's words.
_WANTED = {
    "tuple_type": 'a list such as ["…"] is wanted',
    "string_type": "text in quotes is wanted",
    "int_type": "a whole number is wanted",
    "int_parsing": "a whole number is wanted",
    "int_from_float": "a whole number is wanted",
    "int_parsing_size": "a smaller whole number is wanted",
    "float_type": "a number is wanted",
    "float_parsing": "a number is wanted",
    "finite_number": "a finite number is wanted",
    "bool_type": "true or false is wanted",
    "bool_parsing": "true or false is wanted",
    "dict_type": "a table such as {{ … }} is wanted",
    "model_type": "a section of keys is wanted",
    "model_attributes_type": "a section of keys is wanted",
    "greater_than": "a number above {gt} is wanted",
    "greater_than_equal": "a number from {ge} on is wanted",
    "less_than": "a number below {lt} is wanted",
    "less_than_equal": "a number up to {le} is wanted",
    "too_short": "at least {min_length} is wanted",
    "string_too_long": "at most {max_length} characters are wanted",
    "literal_error": "{expected} is wanted",
}
# Never shown: a slip of the pen may have put the secret anywhere in them.
_SECRET = frozenset(
    {"telegram", "telegram.token", "database", "database.url", "polling.proxy", "telegram.proxy"}
)


def sentence(detail: ErrorDetails, variables: Collection[str] = ()) -> str:
    """Say one of pydantic's errors. `variables`: the names that were set in the environment."""
    loc = detail["loc"]
    variable = PREFIX + "__".join(str(part) for part in loc).upper()
    key = _key(loc)
    named = f"{key} ({variable})" if variable in variables else key
    match detail["type"]:
        case "extra_forbidden":
            return f"{named}: there is no such key.{_meant(loc)}"
        case "missing":
            return f"{named}: is missing."
        case "value_error":
            wanted = detail["msg"].removeprefix("Value error, ")
        case kind:
            wanted = _WANTED[kind].format(**detail.get("ctx", {})) if kind in _WANTED else detail["msg"]
    if not key:
        return wanted
    if key in _SECRET:
        return f"{named}: {wanted}."
    return f"{named} = {_value(key, detail['input'])}: {wanted}."


def closest(word: str, allowed: Collection[str]) -> str:
    """Suggest what was probably meant, else all that is allowed."""
    return _likely(word, sorted(allowed)) or f" Allowed here: {', '.join(sorted(allowed))}."


def _likely(word: str, allowed: Collection[str]) -> str:
    from rapidfuzz import process  # noqa: PLC0415 - most configurations are right, and need not wait for it

    best = process.extractOne(word, allowed, score_cutoff=60)
    return f" Did you mean {best[0]}?" if best else ""


def _key(loc: tuple[int | str, ...]) -> str:
    key = ""
    for part in loc:
        if isinstance(part, int):
            key += f"[{part + 1}]"
        else:
            key += f"{'.' if key else ''}{part if part.isprintable() else repr(part)}"
    return scrub(_short(key))


def _value(key: str, value: object) -> str:
    if key.endswith("url") and isinstance(value, str):
        value = shown(value)
    return scrub(_short(repr(value)))


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _meant(loc: tuple[int | str, ...]) -> str:
    section = _section(loc[:-1])
    return closest(str(loc[-1]), section.model_fields) if section else ""


def _section(loc: tuple[int | str, ...]) -> type[BaseModel] | None:
    """Find the model that a key stands in."""
    section: type[BaseModel] = Config
    for part in loc:
        if not isinstance(part, str):
            continue
        found: Any = section.model_fields[part].annotation if part in section.model_fields else None
        kinds = [kind for kind in (found, *get_args(found)) if isinstance(kind, type)]
        inner = next((kind for kind in kinds if issubclass(kind, BaseModel)), None)
        if inner is None:
            return None
        section = inner
    return section


def variables_of(model: type[BaseModel] = Config) -> list[str]:
    """Name every variable of the environment that is read: whole sections and single keys."""
    names = []
    for section, field in model.model_fields.items():
        names.append(f"{PREFIX}{section}".upper())
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names += [f"{PREFIX}{section}__{key}".upper() for key in kind.model_fields]
    return names


def stray(name: str) -> str | None:
    """Say what is wrong with a variable of the environment that was surely meant for us; None: nothing is.

    Variables such as SOSIK_TEST_DATA belong to others. One with a double underscore, or one that only lacks it
    (SOSIK_TELEGRAM_TOKEN), is a slip of the pen that would otherwise go unnoticed.
    """
    wanted = re.fullmatch(rf"{PREFIX}(\w+?)(__?)(\w+)", name.upper())
    if wanted is None:
        return None
    sections = {section.upper() for section in Config.model_fields}
    known = wanted[1] in sections
    if (wanted[2] == "__" and not known) or (wanted[2] == "_" and (known or "__" in wanted[3])):
        return f"{name}: there is no such variable.{_likely(name.upper(), variables_of())}"
    return None
