"""The machine-readable Bot API, and requests checked against it."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Schema:
    """What the Bot API describes: methods and types with their fields."""

    version: str
    methods: Mapping[str, Mapping[str, Any]]
    types: Mapping[str, Mapping[str, Any]]

    @classmethod
    def load(cls, path: Path | str) -> Self:
        """Read `api.min.json` of github.com/PaulSonOfLars/telegram-bot-api-spec."""
        read = json.loads(Path(path).read_text(encoding="utf-8"))
        return cls(read["version"], read["methods"], read["types"])

    def problems(self, method: str, parameters: Mapping[str, object]) -> list[str]:
        """What is wrong with a request: unknown and missing parameters, wrong types, deep into objects."""
        described = self.methods.get(method)
        if described is None:
            return [f"{method} is no method of {self.version}"]
        return list(self._fields(described.get("fields", ()), parameters, method))

    def _fields(self, fields: Any, given: Mapping[str, object], place: str) -> Iterator[str]:
        known = {field["name"]: field for field in fields}
        for name in given:
            if name not in known:
                yield f'{place}: unknown parameter "{name}" ({self.version})'
        for name, field in known.items():
            if name not in given or given[name] is None:
                if field["required"]:
                    yield f'{place}: parameter "{name}" is required'
                continue
            yield from self._value(field["types"], given[name], f"{place}.{name}")

    def _value(self, types: list[str], value: object, place: str) -> Iterator[str]:
        """A value fits when one of its types finds nothing wrong; else the shortest complaint is told."""
        complaints = [list(self._typed(kind, value, place)) for kind in types]
        if all(complaints):
            yield from min(complaints, key=len)

    def _typed(self, kind: str, value: object, place: str) -> Iterator[str]:
        fits = _simple(kind, value)
        if fits is not None:
            if not fits:
                yield f"{place}: {kind} expected, got {value!r}"[:300]
            return
        value = decoded(value)
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{place}: {kind} expected, got {type(value).__name__}"
                return
            for number, item in enumerate(value):
                yield from self._value([kind.removeprefix("Array of ")], item, f"{place}[{number}]")
            return
        described = self.types.get(kind, {})
        if subtypes := described.get("subtypes"):
            yield from self._value(list(subtypes), value, place)
        elif not isinstance(value, dict):
            yield f"{place}: {kind} expected, got {type(value).__name__}"
        else:
            yield from self._fields(described.get("fields", ()), value, place)


def decoded(value: object) -> object:
    """A value as it was meant: forms carry objects and lists as JSON text."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _simple(kind: str, value: object) -> bool | None:
    """Whether a value fits a plain type; None: the type is not plain."""
    check = _PLAIN.get(kind)
    return None if check is None else check(value)


def _form(pattern: str, *kinds: type) -> Callable[[object], bool]:
    """A check: one of these kinds, or a text of this form, as forms carry everything as text."""
    form = re.compile(pattern)
    return lambda value: type(value) in kinds or (isinstance(value, str) and bool(form.fullmatch(value)))


_TRUTH = _form(r"[Tt]rue|[Ff]alse|0|1", bool)
_PLAIN: Mapping[str, Callable[[object], bool]] = {
    "String": lambda value: isinstance(value, str),
    "InputFile": lambda value: isinstance(value, str | bytes),
    "Integer": _form(r"-?\d+", int),
    "Float": _form(r"-?\d+(?:\.\d+)?", int, float),
    "Boolean": _TRUTH,
    "True": _TRUTH,
}
