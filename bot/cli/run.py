"""`sosik run`: the bot."""

from collections.abc import Callable

from bot.cli.doors import ConfigFile, configured, door, leave_when_told, program, until_told


@program.command()
@door
def run(config: ConfigFile = None) -> None:
    """Run the bot: poll the feeds, answer readers, send digests and alerts. Ends on SIGTERM or Ctrl-C."""
    leave_when_told()  # what follows takes its time
    loaded = configured(config, needs_token=True)

    from bot.app import App
    from bot.clock import SystemClock
    from bot.config import Watch
    from bot.loop import long_lived

    long_lived()

    async def main(on_stop: Callable[[Callable[[], None]], None]) -> None:
        app = App(loaded.config, SystemClock(), Watch(loaded.path))
        on_stop(app.stop)
        await app.run()

    until_told(main)
