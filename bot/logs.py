"""Logging: one line per thing done, as text for people or as JSON; never a secret."""

import logging
import re
import sys
from typing import Literal

import structlog
from structlog.typing import EventDict, WrappedLogger

# httpx and python-telegram-bot print request URLs, which hold the token, from INFO on.
HELD_BACK = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite", "asyncio", "alembic")
TOKEN = re.compile(r"\d{5,}:[A-Za-z0-9_-]{20,}")
PASSWORD = re.compile(r"(?<=://)([^/\s:@]*):[^/\s@]+@")


def scrub(text: str) -> str:
    """Take bot tokens and passwords in URLs out of a text."""
    return PASSWORD.sub(r"\1:***@", TOKEN.sub("<token>", text))


def _scrubbed(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    return {key: scrub(value) if isinstance(value, str) else value for key, value in event.items()}


class _ScrubbingFormatter(structlog.stdlib.ProcessorFormatter):
    """The last gate: whatever was logged by whomever, tracebacks included, leaves without secrets."""

    def format(self, record: logging.LogRecord) -> str:
        return scrub(super().format(record))


def set_up(*, form: Literal["text", "json"] = "text", level: str = "INFO") -> None:
    """Log to standard error from now on."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _scrubbed,
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.dict_tracebacks, structlog.processors.JSONRenderer(ensure_ascii=False)]
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
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        _ScrubbingFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in HELD_BACK:
        logging.getLogger(name).setLevel(logging.WARNING)
