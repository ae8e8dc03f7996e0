"""What the bot says, in every language it speaks."""

from bot.texts.catalogue import Texts
from bot.texts.voice import Voice

__all__ = ["Texts", "Voice"]
