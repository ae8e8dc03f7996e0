"""What was said with a command."""

from telegram import Update

from bot.handlers.grammar import command_in, rest_of

ASK = "ask-"  # before the name of a command in a link t.me/<bot>?start=…: it asks what was asked in a group


def said(update: Update) -> str:
    """Give what stands after the command, in whatever form that was written; "" for nothing, and for what a link asks."""
    rest = rest_of(_text(update))
    return "" if rest.startswith(ASK) else rest


def asked(update: Update) -> str:
    """Give the command that a link into a private chat asks, `/start ask-latest`; "" for none."""
    rest = rest_of(_text(update))
    return rest.removeprefix(ASK) if rest.startswith(ASK) else ""


def command_of(update: Update) -> str:
    """Give the name of the command; "" for none."""
    command = command_in(_text(update))
    return command.name if command else ""


def _text(update: Update) -> str:
    message = update.effective_message
    return (message.text or message.caption or "") if message else ""
