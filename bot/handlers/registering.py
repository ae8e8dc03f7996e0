"""The handlers in their order: the first that takes an update is the only one."""

import importlib
from collections.abc import Awaitable, Callable
from typing import Any

from telegram import Update
from telegram.ext import CommandHandler, filters

from bot.handlers.context import Desk

_COMMANDS = {
    "subscribe": ("subscribing", "subscribe"),
    "unsubscribe": ("subscribing", "unsubscribe"),
    "categories": ("subscribing", "categories"),
    "digest": ("scheduling", "digest"),
    "timezone": ("scheduling", "timezone"),
    "alerts": ("scheduling", "alerts"),
    "quiet": ("scheduling", "quiet"),
    "language": ("scheduling", "language"),
    "latest": ("reading", "latest"),
    "breaking": ("reading", "breaking"),
}


def register(desk: Desk) -> None:
    """Provisional: whatever is there already."""
    for command, (module, name) in _COMMANDS.items():
        try:
            found = getattr(importlib.import_module(f"bot.handlers.{module}"), name)
        except (ImportError, AttributeError):
            continue
        desk.add_handler(CommandHandler(command, found, filters=filters.UpdateType.MESSAGE))


def handle(desk: Desk) -> Callable[[dict[str, Any]], Awaitable[None]]:
    async def handling(body: dict[str, Any]) -> None:
        await desk.process_update(Update.de_json(body, desk.bot))

    return handling
