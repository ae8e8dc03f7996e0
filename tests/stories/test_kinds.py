"""Kinds of hard news, as what happened and what asks for restraint say."""

import tomllib
from importlib.resources import files

import pytest

from digests.stories.kinds import KINDS, kind_subject, kinds_of


@pytest.mark.parametrize(
    ("happened", "sensitive", "kinds"),
    [
        ({"death"}, ("death",), {"deaths"}),
        ({"death", "accident"}, ("death",), {"deaths", "accidents"}),
        ({"suicide"}, ("suicide",), {"deaths", "suicide"}),
        (set(), ("suicide",), {"deaths", "suicide"}),  # told as a rumour alone
        ({"arrest", "sexual"}, ("sexual",), {"crime", "sexual-crime"}),
        ({"minor", "arrest"}, (), {"crime"}),  # somebody young, to whom nothing was done
        ({"minor", "attack"}, ("minor",), {"crime", "children"}),
        ({"quake", "marker", "official"}, (), {"disasters"}),
        ({"comeback"}, (), set()),
    ],
)
def test_what_happened_is_of_kinds(happened: set[str], sensitive: tuple[str, ...], kinds: set[str]) -> None:
    assert kinds_of(happened, sensitive) == {kind_subject(kind) for kind in kinds}


def test_the_codes_of_kinds_are_those_of_the_words() -> None:
    text = files("digests.stories").joinpath("data/happenings.toml").read_text("utf-8")
    assert frozenset().union(*KINDS.values()) <= tomllib.loads(text).keys()
