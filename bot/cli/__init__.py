"""The command line: one file a command. Heavy imports are made inside the commands, so that --help is quick."""

from bot.cli.doors import program

from bot.cli import backtest, chats, check, explain, feeds, migrate, playground, poll, preview, run, status  # isort: skip
from bot.cli import feeds_list, feeds_manage, feeds_opml  # isort: skip

__all__ = [
    "backtest", "chats", "check", "explain", "feeds", "feeds_list", "feeds_manage", "feeds_opml", "migrate", "playground", "poll", "preview",
    "program", "run", "status",
]  # fmt: skip
