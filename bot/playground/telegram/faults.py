"""Trouble on demand: what a test asks the service to do wrong."""

from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase

from bot.playground.telegram.journal import Call
from bot.playground.telegram.refusals import Refused, too_many

BAD_GATEWAY = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body></body>\r\n</html>\r\n"


class Cut(StrEnum):
    """When the socket is closed."""

    BEFORE = "before"  # nothing happened
    AFTER = "after"  # the request was done, the bot never hears
    MIDDLE = "middle"  # the request was done, half of the answer goes out


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One kind of trouble and which requests meet it.

    `method` is a pattern ("sendMessage", "send*", "*"; case counts), `chat` a chat id, `times` how many requests meet
    it (None: all), `after` how many matching ones pass before. The makers below are shorter to write.
    """

    method: str = "send*"
    chat: int | None = None
    times: int | None = 1
    after: int = 0
    status: int | None = None  # answered instead of doing it
    description: str = ""
    retry_after: int | None = None  # seconds, with status 429
    lasts: float | None = None  # seconds from the first that meets it until it ends by itself
    hang: float = 0.0  # seconds before the answer; the request is done first
    hang_first: bool = False  # hang before doing it
    cut: Cut | None = None
    with_entities: bool = False  # only messages that carry markup or entities
    text: str = ""  # only messages whose text, as sent, contains this

    @classmethod
    def flood(
        cls,
        retry_after: int,
        *,
        chat: int | None = None,
        method: str = "*",
        times: int | None = 1,
        lasts: float | None = None,
    ) -> "Fault":
        """429, of one chat or of all; getUpdates stays free. With `lasts` and times=None the wait is enforced."""
        return cls(method=method, chat=chat, times=times, status=429, retry_after=retry_after, lasts=lasts)

    @classmethod
    def error(
        cls,
        status: int,
        description: str = "",
        *,
        method: str = "send*",
        chat: int | None = None,
        times: int | None = 1,
    ) -> "Fault":
        """500, 502 (as nginx says it: no JSON), 403 or 400 with a text of your own, without its prefix."""
        return cls(method=method, chat=chat, times=times, status=status, description=description)

    @classmethod
    def hangs(
        cls,
        seconds: float,
        *,
        method: str = "send*",
        chat: int | None = None,
        times: int | None = 1,
        first: bool = False,
    ) -> "Fault":
        """The answer comes late; with `first` the effect does, too."""
        return cls(method=method, chat=chat, times=times, hang=seconds, hang_first=first)

    @classmethod
    def cuts(
        cls, when: Cut, *, method: str = "send*", chat: int | None = None, times: int | None = 1
    ) -> "Fault":
        """The socket closes."""
        return cls(method=method, chat=chat, times=times, cut=when)

    @classmethod
    def refuses_entities(cls, *, chat: int | None = None, times: int | None = 1) -> "Fault":
        """A message with markup is refused; the same text without any is taken."""
        return cls(
            method="*Message*",
            chat=chat,
            times=times,
            status=400,
            with_entities=True,
            description="can't parse entities: refused on demand",
        )

    def refusal(self, elapsed: float) -> Refused | None:
        """What is answered instead of doing it."""
        if self.status is None:
            return None
        if self.status == 429:
            left = (self.retry_after or 1) - (int(elapsed) if self.lasts is not None else 0)
            return too_many(max(1, left))
        prefix = {
            400: "Bad Request",
            401: "Unauthorized",
            403: "Forbidden",
            404: "Not Found",
            409: "Conflict",
            500: "Internal Server Error",
            502: "Bad Gateway",
        }.get(self.status, "Error")
        return Refused(self.status, f"{prefix}: {self.description}" if self.description else prefix)


@dataclass(slots=True)
class _Armed:
    fault: Fault
    seen: int = 0
    met: int = 0
    since: float | None = None


class Faults:
    """The faults that are armed, in the order they were asked for; the first that matches is met."""

    def __init__(self) -> None:
        self._armed: list[_Armed] = []

    def arm(self, fault: Fault) -> None:
        """From now on."""
        self._armed.append(_Armed(fault))

    def clear(self) -> None:
        """No more trouble."""
        self._armed.clear()

    def meet(self, call: Call) -> tuple[Fault | None, Refused | None]:
        """The fault this request meets, counted, and its refusal; two Nones for none."""
        for armed in list(self._armed):
            fault = armed.fault
            if armed.since is not None and fault.lasts is not None and call.at - armed.since >= fault.lasts:
                self._armed.remove(armed)
                continue
            if not _matches(fault, call):
                continue
            armed.seen += 1
            if armed.seen <= fault.after:
                continue
            armed.met += 1
            armed.since = call.at if armed.since is None else armed.since
            if fault.times is not None and armed.met >= fault.times:
                self._armed.remove(armed)
            return fault, fault.refusal(call.at - armed.since)
        return None, None


def _matches(fault: Fault, call: Call) -> bool:
    if call.method == "getUpdates" and fault.method != "getUpdates":
        return False  # "*" means what the bot does, not how it listens
    if not fnmatchcase(call.method, fault.method):
        return False
    if fault.chat is not None and fault.chat != call.chat_id:
        return False
    text = str(call.parameters.get("text") or call.parameters.get("caption") or "")
    return fault.text in text and (not fault.with_entities or _marked(call, text))


def _marked(call: Call, text: str) -> bool:
    """Whether a message carries entities, or HTML with a tag or a character reference in it."""
    if call.parameters.get("entities"):
        return True
    return bool(call.parameters.get("parse_mode")) and any(mark in text for mark in "<&")
