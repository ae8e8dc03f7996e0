"""The program itself, what its commands share, and the door at which errors become exit codes."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import structlog
import typer
from rich.console import Console

from digests.errors import SosikError

if TYPE_CHECKING:
    from bot.config import Loaded

P = ParamSpec("P")

BAD_CONFIGURATION = 2
FAILED = 1

program = typer.Typer(
    name="sosik",
    help="Sosik: a Telegram bot for K-pop and Korea news.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ConfigFile = Annotated[
    Path | None,
    typer.Option(
        "--config",
        "-c",
        metavar="FILE",
        help="The configuration. Without it: sosik.toml in this folder, else the shipped example.",
    ),
]


def err() -> Console:
    """Give the console for what is said beside a command's result."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


def door(command: Callable[P, None]) -> Callable[P, None]:
    """Turn what a command raises into a sentence and an exit code: 2 for the configuration, 1 for the rest."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        from bot.errors import ConfigError
        from bot.logs import scrub

        try:
            command(*args, **kwargs)
        except SosikError as error:
            err().print(scrub(str(error)), style="red", markup=False)
            raise typer.Exit(BAD_CONFIGURATION if isinstance(error, ConfigError) else FAILED) from None
        except KeyboardInterrupt:
            raise typer.Exit(130) from None
        except (typer.Exit, typer.Abort):
            raise
        except Exception as error:  # noqa: BLE001 - the command line's door
            structlog.get_logger().critical("failed", error=type(error).__name__, exc_info=True)
            err().print(f"Something unexpected went wrong ({type(error).__name__}); the log says more.")
            raise typer.Exit(FAILED) from None

    return guarded


def configured(path: Path | None, *, needs_token: bool) -> "Loaded":
    """Load the configuration, begin to log, and say where it came from if nobody wrote a file."""
    from bot import logs
    from bot.config import load
    from bot.errors import ConfigError

    loaded = load(path)
    logs.set_up(form=loaded.config.logging.form, level=loaded.config.logging.level)
    if loaded.is_example:
        err().print(f"No configuration file: using the shipped example, {loaded.path}.", markup=False)
    if needs_token and not loaded.config.telegram.token.get_secret_value():
        raise ConfigError(
            "telegram.token is empty.",
            hint="Ask @BotFather for one, and write it there or into SOSIK_TELEGRAM__TOKEN.",
        )
    return loaded


def until_told(main: Callable[[Callable[[Callable[[], None]], None]], Coroutine[Any, Any, None]]) -> None:
    """Run `main`, handing it a function that registers what SIGTERM and Ctrl-C shall call."""

    async def running() -> None:
        loop = asyncio.get_running_loop()

        def on_stop(stop: Callable[[], None]) -> None:
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, stop)

        await main(on_stop)

    asyncio.run(running())


def is_terminal() -> bool:
    """Whether somebody watches."""
    return sys.stderr.isatty()
