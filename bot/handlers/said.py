"""What was said with a command."""

from telegram import Update

from bot.handlers.grammar import rest_of


def said(update: Update) -> str:
    """Give what stands after the command, in whatever form that was written; "" for nothing."""
    message = update.effective_message
    return rest_of((message.text or message.caption or "") if message else "")
