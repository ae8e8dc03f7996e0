"""Handlers: what a person says to the bot, and what the bot does about it. `register` lists them in order."""
