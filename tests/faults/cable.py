"""A TCP proxy before a database, which can be cut."""

import asyncio
import contextlib
from types import TracebackType
from typing import Self

from sqlalchemy.engine import make_url


class Cable:
    """`async with Cable(url) as cable:` leads to the database at `cable.url` while it is not cut."""

    def __init__(self, url: str) -> None:
        self._database = make_url(url)
        self._port = 0
        self._server: asyncio.Server | None = None
        self._near: set[asyncio.StreamWriter] = set()
        self._far_ends: set[asyncio.StreamWriter] = set()

    @property
    def url(self) -> str:
        """The database, by way of the cable."""
        near = self._database.set(host="127.0.0.1", port=self._port)
        return near.render_as_string(hide_password=False)

    async def mend(self) -> None:
        """Let everybody through again, at the same port."""
        self._server = await asyncio.start_server(self._through, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    def cut(self, *, silently: bool = False) -> None:
        """End all connections at once, as a server does that crashes, and refuse new ones.

        `silently`: the server is told nothing, as when a machine between the two fails, and keeps its ends open.
        """
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in [*self._near, *(() if silently else self._far_ends)]:
            writer.transport.abort()

    async def _through(self, near: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            far, forth = await asyncio.open_connection(self._database.host, self._database.port or 5432)
        except OSError:
            back.transport.abort()
            return
        self._near.add(back)
        self._far_ends.add(forth)
        if self._server is None:  # it was cut while we connected
            self.cut()
        await asyncio.gather(_carry(near, forth), _carry(far, back))

    async def __aenter__(self) -> Self:
        await self.mend()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry what comes until it ends; a connection that was cut off does not end, and stays open to the other side."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()
        writer.close()
