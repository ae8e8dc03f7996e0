"""Logging: one line per thing done, as text for people or as JSON; never a secret."""

import logging
import re
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import Literal

import structlog
from structlog.tracebacks import ExceptionDictTransformer
from structlog.typing import EventDict, WrappedLogger

# httpx and python-telegram-bot print request URLs, which hold the token, from INFO on.
HELD_BACK = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite", "asyncio", "alembic")
TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^\s@]+@")
ASKED_PASSWORD = re.compile(r"(?<=[?&])((?:ssl)?password)=[^&\s\"']+")
SHORTEST_SECRET = 4  # characters; to take out shorter ones would take the text apart


def scrub(text: str, secrets: Iterable[str] = ()) -> str:
    """Take `secrets`, and whatever looks like a bot token or a password in a URL, out of a text."""
    for secret in secrets:
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "***")
    return ASKED_PASSWORD.sub(r"\1=***", PASSWORD.sub(r"\1:***@", TOKEN.sub("<token>", text)))


def _scrubbed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: scrub(value) if isinstance(value, str) else value for key, value in event.items()}


class _ScrubbingFormatter(structlog.stdlib.ProcessorFormatter):
    """The last gate: whatever was logged by whomever, tracebacks included, leaves without secrets."""

    secrets: tuple[str, ...] = ()

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record), self.secrets)


class _StandardError(logging.Handler):
    """Writes to what standard error is at the time.

    A line that cannot be written stops nobody, and is not shown in other words, as logging's own handlers do: it may
    hold a secret.
    """

    def emit(self, record: logging.LogRecord) -> None:
        try:
            line = self.format(record)
        except (TypeError, ValueError, KeyError):  # a library's message does not fit its arguments
            line = f"a line of the log cannot be shown (logger {record.name})"
        with suppress(OSError, ValueError):  # nobody reads any more, the disk is full, the stream is closed
            sys.stderr.write(f"{line}\n")
            sys.stderr.flush()


def set_up(
    *, form: Literal["text", "json"] = "text", level: str = "INFO", secrets: Iterable[str] = ()
) -> None:
    """Log to standard error from now on, `secrets` never."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _scrubbed,
    ]
    renderer: list[structlog.typing.Processor] = (
        [
            # Without the values of variables: secrets are among them.
            structlog.processors.ExceptionRenderer(ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if form == "json"
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(level),  # what nobody wants to read costs nothing
        cache_logger_on_first_use=False,
    )
    handler = _StandardError()
    formatter = _ScrubbingFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    )
    formatter.secrets = tuple(secrets)
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in HELD_BACK:
        logging.getLogger(name).setLevel(logging.WARNING)
