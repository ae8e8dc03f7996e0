"""Errors of the chat side, in the newsroom's tree."""

from digests.errors import SosikError


class ConfigError(SosikError):
    """The configuration is wrong; says which key, which value, and what is allowed."""


class WebError(SosikError):
    """Our own server cannot be had at the address it is to listen at."""


class TelegramRefusedError(SosikError):
    """Telegram does not take our token, or cannot be reached at a start."""
