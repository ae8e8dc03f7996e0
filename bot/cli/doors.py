"""The program itself, what its commands share, and the door at which errors become exit codes."""

import asyncio
import signal
import sys
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

from digests.errors import SosikError

if TYPE_CHECKING:
    from rich.console import Console

    from bot.config import Loaded

P = ParamSpec("P")

BAD_CONFIGURATION = 2
FAILED = 1
STOP_SECONDS = 9.0  # a graceful stop takes less; whoever started us waits 10 s

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


def err() -> "Console":
    """Give the console for what is said beside a command's result."""
    from rich.console import Console

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
        except (typer.Exit, typer.Abort, typer.BadParameter):
            raise
        except Exception as error:  # noqa: BLE001 - the command line's door
            import structlog

            structlog.get_logger().critical("failed", error=type(error).__name__, exc_info=True)
            err().print(f"Something unexpected went wrong ({type(error).__name__}); the log says more.")
            raise typer.Exit(FAILED) from None

    return guarded


def configured(path: Path | None, *, needs_token: bool) -> "Loaded":
    """Load the configuration, begin to log, and say where it came from if nobody wrote a file."""
    from bot import logs
    from bot.config import load
    from bot.errors import ConfigError

    logs.set_up()  # whatever goes wrong before it is known how the log is wanted
    loaded = load(path)
    logging = loaded.config.logging
    logs.set_up(form=logging.form, level=logging.level, secrets=loaded.config.secrets)
    if loaded.is_example:
        err().print(
            f"There is no sosik.toml in this folder: using the shipped example, {loaded.path}.", markup=False
        )
    if needs_token and not loaded.config.telegram.token.get_secret_value():
        raise ConfigError(
            "telegram.token is empty.",
            hint="Ask @BotFather for one, and write it there or into SOSIK_TELEGRAM__TOKEN.",
        )
    return loaded


def until_told(main: Callable[[Callable[[Callable[[], None]], None]], Coroutine[Any, Any, None]]) -> None:
    """Run `main`, handing it a function that registers what SIGTERM and Ctrl-C shall call.

    What has not stopped STOP_SECONDS later is cancelled: it waits for somebody who does not answer.
    """

    async def running() -> None:
        loop = asyncio.get_running_loop()
        told = asyncio.Event()

        def on_stop(stop: Callable[[], None]) -> None:
            def tell() -> None:
                if not told.is_set():
                    told.set()
                    loop.call_later(STOP_SECONDS, task.cancel)
                stop()

            for number in (signal.SIGTERM, signal.SIGINT):
                loop.add_signal_handler(number, tell)

        task = loop.create_task(main(on_stop), name="main")
        try:
            await task
        except asyncio.CancelledError:
            if not told.is_set():
                raise

    asyncio.run(running())


def leave_when_told() -> None:
    """End at once and well on SIGTERM and Ctrl-C, until `until_told` listens: nothing has begun yet."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, leave)


def is_terminal() -> bool:
    """Whether somebody watches."""
    return sys.stderr.isatty()
