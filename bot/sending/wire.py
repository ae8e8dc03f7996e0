"""python-telegram-bot's requests over aiohttp: about a fifth of httpx's work for each, at any number at once.

    bot = ExtBot(token, request=Wire(64), get_updates_request=Wire(1))

It is a `telegram.request.BaseRequest` and knows nothing of Sosik. What it adds to that contract:

- errors tell whether the request may have arrived (`Unwritten`, `Unheard`), which decides whether it may be made again;
- no error, and none behind it, names an address: an address of the Bot API holds the token, one of a proxy a password;
- a refusal counts as Telegram's only if it is written as Telegram writes: a middlebox's page is trouble on the way;
- files are streamed from where they stand, and left open there, so that a request can be made again.
"""

import json
from http import HTTPStatus
from ssl import SSLContext
from typing import Any
from urllib.request import getproxies, proxy_bypass

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

from bot.sending.uploads import form

KEEP_ALIVE = 30.0  # seconds that an idle connection is kept; Telegram's side keeps it for longer


class Unwritten:
    """Of an error: there was no connection yet. Nobody has seen the request, and it may be made again."""

    __slots__ = ()


class Unheard:
    """Of an error: the request was written, wholly or in part, and no answer was understood. It may have arrived."""

    __slots__ = ()


class NotConnectedError(Unwritten, NetworkError):
    """No connection came about: nobody listens, the name is unknown, TLS or a proxy refused."""


class ConnectingTimedOutError(Unwritten, TimedOut):
    """The same, for no connection was free, or none was made, in time."""


class NotAnsweredError(Unheard, NetworkError):
    """The connection broke before the answer was whole, or the answer is no HTTP, or no JSON."""


class AnswerTimedOutError(Unheard, TimedOut):
    """The request could not be written, or no answer came, in time."""


# What aiohttp raises before anything is written. A closed session raises RuntimeError.
_BEFORE = (
    aiohttp.ClientConnectorError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
    RuntimeError,
)


class Wire(BaseRequest):
    """HTTP to the Bot API. Times are in seconds, and None is without end, as for `telegram.request.HTTPXRequest`.

    At most `connections` are open; a request waits `pool_timeout` for one, then `connect_timeout` for it to be made. The
    `read_timeout` begins when the request is written, and again with each piece of the answer; the `write_timeout`
    holds for each piece of a file.

    `proxy` is an HTTP proxy, `http://user:password@host:port`; without one the environment's (HTTPS_PROXY, NO_PROXY) is
    taken. `ssl` says whom to trust; without it, whom this machine trusts.

    Raises TimedOut and NetworkError, each of them also `Unwritten` or `Unheard`.
    """

    def __init__(
        self,
        connections: int,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 20.0,
        write_timeout: float = 20.0,
        pool_timeout: float = 30.0,
        proxy: str = "",
        ssl: SSLContext | None = None,
    ) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._write_timeout = write_timeout
        self._pool_timeout = pool_timeout
        self._proxy = proxy or None
        self._environment: dict[str, str | None] = {}  # by scheme and host: the proxy that it names
        self._ssl = ssl
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer is waited for, unless a request says otherwise."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Get ready to connect; harmless when that was done, and good after a shutdown."""
        if self._session is None or self._session.closed:
            connector = aiohttp.TCPConnector(
                limit=self._connections,
                keepalive_timeout=KEEP_ALIVE,
                ssl=True if self._ssl is None else self._ssl,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                proxy=self._proxy,
            )

    async def shutdown(self) -> None:
        """Close all connections; requests under way fail."""
        if self._session is not None:
            await self._session.close()

    async def do_request(  # noqa: PLR0917 - python-telegram-bot's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make one request: the status and the body of the answer."""
        if self._session is None:
            raise RuntimeError("the wire is not initialized")
        connecting = _told(connect_timeout, self._connect_timeout)
        queueing = _told(pool_timeout, self._pool_timeout)
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=None if connecting is None or queueing is None else connecting + queueing,
            sock_connect=connecting,
            sock_read=_told(read_timeout, self._read_timeout),
        )
        body = form(request_data, _told(write_timeout, self._write_timeout))
        try:
            async with self._session.request(
                method, url, data=body, timeout=timeout, allow_redirects=False, proxy=self._proxy_of(url)
            ) as response:
                status, answer = response.status, await response.read()
        # `from None`: aiohttp's texts may hold the whole address.
        except aiohttp.ConnectionTimeoutError:
            raise ConnectingTimedOutError("no connection in time") from None
        except TimeoutError:
            raise AnswerTimedOutError("no answer in time") from None
        except _BEFORE as error:
            raise NotConnectedError(_word(error)) from None
        except (aiohttp.ClientError, OSError) as error:
            raise NotAnsweredError(_word(error)) from None
        if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES and not _is_telegrams(answer):
            raise NetworkError(f"{_phrase(status)}, not in Telegram's words")
        return status, answer

    def _proxy_of(self, url: str) -> str | None:
        """Give the proxy for an address: ours, or the environment's.

        aiohttp's `trust_env` asks for it before each request, in a thread: three fifths of all the work of one.
        """
        if self._proxy:
            return self._proxy
        scheme, _, rest = url.partition("://")
        host = rest.partition("/")[0]
        key = f"{scheme}://{host}"
        if key not in self._environment:
            named = None if proxy_bypass(host) else getproxies().get(scheme)
            self._environment[key] = named if named and named.startswith("http://") else None
        return self._environment[key]

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Read an answer. One that cannot be read is no answer, though the request may well have arrived."""
        try:
            read = json.loads(payload.decode(errors="replace"))
        except ValueError:
            read = None
        if not isinstance(read, dict):
            raise NotAnsweredError("an answer that is no JSON")
        return read


def _is_telegrams(answer: bytes) -> bool:
    """Whether a refusal is one of the Bot API: a JSON object with `ok` (Bot API, "Making requests")."""
    try:
        read = json.loads(answer)
    except ValueError:
        return False
    return isinstance(read, dict) and "ok" in read


def _phrase(status: int) -> str:
    return f"{HTTPStatus(status).phrase} ({status})" if status in set(HTTPStatus) else f"HTTP {status}"


def _told(value: ODVInput[float], otherwise: float) -> float | None:
    return otherwise if isinstance(value, DefaultValue) else value


def _word(error: Any) -> str:
    """Say what broke without any of aiohttp's words: its class, and what the system calls it."""
    number = getattr(error, "errno", None)
    status = getattr(error, "status", None)
    known = f" ({number})" if isinstance(number, int) else f" ({status})" if isinstance(status, int) else ""
    return f"{type(error).__name__}{known}"
