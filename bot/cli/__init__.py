"""The command line: one file a command. Heavy imports are made inside the commands, so that --help is quick."""

from bot.cli.doors import program

from bot.cli import check, migrate, playground, poll, preview, run  # isort: skip

__all__ = ["check", "migrate", "playground", "poll", "preview", "program", "run"]
