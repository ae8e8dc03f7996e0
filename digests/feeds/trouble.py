"""What went wrong on the wire, as sentences for people: one table for answers, one for connections."""

import ssl
from datetime import timedelta

import aiohttp
from yarl import URL

from digests.errors import FeedError
from digests.feeds.addresses import RefusedAddressError, shown
from digests.feeds.habits import spoken

_STATUS = {
    304: ("The server says that nothing changed, though nothing was there before (304).", "", True),
    400: ("The server does not understand the address (400).", "", True),
    401: ("The feed asks for a password (401).", "Write it into the feed's URL, if you have one.", False),
    402: ("The feed has to be paid for (402).", "", False),
    403: ("The server refuses us (403).", "Set polling.contact, so that the publisher sees who asks.", True),
    404: (
        "There is no feed at this address (404).",
        "Look for its new address on the publisher's site.",
        True,
    ),
    406: ("The server has nothing for a feed reader (406).", "", True),
    410: ("The publisher has closed this feed for good (410).", "Remove it from the settings.", False),
    429: ("The server says that we ask too often (429).", "Poll this feed less often.", True),
    451: ("The feed is withheld for legal reasons (451).", "", False),
    503: ("The server is overloaded or being worked on (503).", "", True),
}


class TryLaterError(FeedError):
    """The server cannot answer now; `retry_after` is how long it asks to wait, None where it does not say."""

    def __init__(
        self, what: str, *, url: str, hint: str = "", status: int, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(what, url=url, hint=hint, passing=True, status=status)
        self.retry_after = retry_after
        self.host = ""  # whose answer it is: of the address, or of where it led
        self.rest: timedelta | None = None  # how long that host rests for it as a whole


class RestingError(FeedError):
    """A host has refused us lately; it rests, and was not asked."""

    def __init__(self, rest: timedelta, *, url: str) -> None:
        super().__init__(
            f"Not asked: its host refused us, and rests for {spoken(rest)}.", url=url, passing=True
        )
        self.rest = rest


def of_the_status(status: int, url: str, retry_after: timedelta | None) -> FeedError:
    """Put an HTTP status that brings no document into words."""
    if status in _STATUS:
        what, hint, passing = _STATUS[status]
    elif status >= 500:
        what, hint, passing = f"The server has trouble of its own ({status}).", "", True
    elif 300 <= status < 400:
        what, hint, passing = f"The server redirects without saying where to ({status}).", "", True
    else:
        what, hint, passing = f"The server does not give the feed ({status}).", "", True
    if status in (403, 429, 503) or retry_after is not None:
        return TryLaterError(what, url=shown(url), hint=hint, status=status, retry_after=retry_after)
    return FeedError(what, url=shown(url), hint=hint, passing=passing, status=status)


def of_the_form(status: int, url: str, retry_after: timedelta | None) -> FeedError:
    """Put an HTTP status that a hub answers to a request (WebSub, 5.1.2) into words."""
    what = (
        f"The hub has trouble of its own ({status})." if status >= 500 else f"The hub refuses us ({status})."
    )
    if status in (403, 429, 503) or retry_after is not None:
        return TryLaterError(what, url=shown(url), status=status, retry_after=retry_after)
    return FeedError(what, url=shown(url), status=status)


def of_the_wire(error: Exception, url: str, limit: float) -> FeedError:
    """Put a failure to connect or to read into words. `limit` is the time a request may take, in seconds."""
    what, hint, passing = _words(error, limit)
    return FeedError(what, url=shown(url), hint=hint, passing=passing)


# The most special kinds first: aiohttp's errors are each other's kinds.
_WIRE: tuple[tuple[type[Exception] | tuple[type[Exception], ...], str, bool], ...] = (
    ((aiohttp.InvalidURL, UnicodeError), "This is not a web address.", False),
    (aiohttp.ServerDisconnectedError, "The server closed the connection without an answer.", True),
    (aiohttp.ClientPayloadError, "The connection broke off in the middle of the document.", True),
    (aiohttp.ClientResponseError, "The server's answer is not proper HTTP.", True),
)


def _words(error: Exception, limit: float) -> tuple[str, str, bool]:
    if isinstance(error, TimeoutError):
        return f"The server did not answer in full within {limit:g} seconds.", "", True
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return _certificate(error.certificate_error), "", True
    if isinstance(error, aiohttp.ClientConnectorError):
        return _connecting(error)
    if "content-encoding" in f"{error} {error.__cause__}".lower():
        return "The document is compressed in a way that cannot be undone.", "", True
    for kinds, what, passing in _WIRE:
        if isinstance(error, kinds):
            return what, "", passing
    return "The connection to the server broke off.", "", True


def _connecting(error: aiohttp.ClientConnectorError) -> tuple[str, str, bool]:
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"No server of the name {error.host} is known.", "Is the address spelled right?", True
    cause = error.os_error
    server = str(URL.build(scheme="http", host=error.host, port=error.port or 80).authority)
    if isinstance(cause, RefusedAddressError) or "not a public address" in str(cause):
        hint = "polling.allow_private_hosts allows it for your own servers."
        return f"{server} is not on the public internet, and is not asked.", hint, False
    if isinstance(cause, ssl.SSLError):
        if "LEGACY_RENEGOTIATION" in str(cause.reason or ""):
            hint = "legacy_tls = true allows it for this feed."
            return f"{server} only speaks an outdated kind of TLS (legacy renegotiation).", hint, True
        return f"No secure connection to {server} could be made (TLS).", "", True
    if isinstance(cause, ConnectionRefusedError):
        return f"{server} refuses connections.", "", True
    return f"{server} cannot be reached.", "", True


def _certificate(cause: Exception) -> str:
    why = getattr(cause, "verify_message", "")
    return f"The server's certificate is not valid{f' ({why})' if why else ''}."
