"""A request's body for aiohttp: parameters as JSON; with files as a form, the files as parts that are streamed."""

import asyncio
import io
import os
from typing import IO, Any

import aiohttp
from aiohttp.abc import AbstractStreamWriter
from telegram.request import RequestData

PIECE = 64 * 1024  # bytes of a file that are read, and written, at once


class Upload(aiohttp.Payload):
    """A file on its way, piece by piece; each is written within `timeout` seconds, or TimeoutError is raised.

    Unlike aiohttp's own it begins where the file stands, puts it back there and leaves it open: it is the caller's.
    """

    def __init__(self, file: IO[bytes], content_type: str, timeout: float | None) -> None:
        super().__init__(file, content_type=content_type)
        self._file = file
        self._timeout = timeout
        self._start = file.tell() if file.seekable() else None
        self._autoclose = True  # there is nothing for aiohttp to close

    @property
    def size(self) -> int | None:
        """How many bytes will be written; None: the file cannot tell, and is sent in chunks."""
        if self._start is None:
            return None
        end = self._file.seek(0, os.SEEK_END)
        self._file.seek(self._start)
        return end - self._start

    async def write(self, writer: AbstractStreamWriter) -> None:
        """Write all of it."""
        await self.write_with_length(writer, None)

    async def write_with_length(self, writer: AbstractStreamWriter, content_length: int | None) -> None:
        """Write it, at most `content_length` bytes."""
        left = content_length
        try:
            while left is None or left > 0:
                piece = await asyncio.to_thread(self._file.read, PIECE if left is None else min(PIECE, left))
                if not piece:
                    return
                left = None if left is None else left - len(piece)
                async with asyncio.timeout(self._timeout):
                    await writer.write(piece)
                    await writer.drain()
        finally:
            if self._start is not None and not self._file.closed:
                self._file.seek(self._start)

    def decode(self, encoding: str = "utf-8", errors: str = "strict") -> str:
        """Give what it holds as text, as aiohttp asks of every payload."""
        read = self._file.read()
        if self._start is not None:
            self._file.seek(self._start)
        return read.decode(encoding, errors)


def form(data: RequestData | None, timeout: float | None) -> Any:
    """Give a request's body as aiohttp takes it. `timeout`: seconds, for each piece of a file."""
    if data is None:
        return None
    files = data.multipart_data
    if not files:  # a form would name each letter of Korean by nine of its own
        return aiohttp.JsonPayload(data.parameters) if data.parameters else None
    # Names as they are, as browsers send them (RFC 7578, section 4.2): Telegram would show the percent signs.
    body = aiohttp.FormData(data.json_parameters, quote_fields=False)
    for name, (filename, content, kind) in files.items():
        file = io.BytesIO(content) if isinstance(content, bytes) else content
        body.add_field(name, Upload(file, kind, timeout), filename=filename, content_type=kind)
    return body
