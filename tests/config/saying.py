"""What is said of a configuration that cannot be used."""

from collections.abc import Callable

import pytest

from bot.errors import ConfigError


def said_of(load: Callable[[], object]) -> str:
    """The sentences of the ConfigError that `load` raises."""
    with pytest.raises(ConfigError) as caught:
        load()
    return str(caught.value)
