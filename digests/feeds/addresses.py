"""Which addresses a feed may have, checked on the socket about to connect: names may resolve anew each time."""

import re
import socket
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohappyeyeballs import AddrInfoType, SocketFactoryType
from yarl import URL

from digests.errors import FeedError

_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
_PRIVATE_NAMES = (".localhost", ".local", ".internal", ".lan", ".home.arpa", ".localdomain")
_SECRET = re.compile(r"key|token|secret|pass|pwd|auth|sig|session", re.IGNORECASE)


class RefusedAddressError(OSError):
    """The socket would have led to an address that is not public."""

    def __init__(self) -> None:
        super().__init__("not a public address")  # always the same words: aiohappyeyeballs compares them


def is_public(host: str) -> bool:
    """Whether the address `host` (a literal, perhaps with a scope) may be met on the public internet.

    An IPv6 address that carries an IPv4 one (mapped, NAT64, 6to4, Teredo) leads there, so that one has to be public.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return all(
        one.is_global
        and not one.is_multicast
        and not one.is_reserved
        and not (isinstance(one, IPv6Address) and one.is_site_local)
        for one in _faces(address)
    )


def _faces(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            yield address.ipv4_mapped  # it alone decides: the outer one is never global
            return
        if address.sixtofour is not None:
            yield address.sixtofour
        if address.teredo is not None:
            yield from address.teredo
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFFFFFF)
            return
    yield address


def is_private_host(host: str) -> bool:
    """Whether `host`, as written in a URL, is this machine or one beside it, as far as the name alone tells.

    Names that stand for private networks by rule (RFC 6761, RFC 6762, RFC 8375) or by habit, names without a dot,
    and addresses that are not public.
    """
    host = host.strip("[]").rstrip(".").lower()
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)
    return not is_public(host)


def refuse_literal(url: URL) -> None:
    """Raise FeedError for an address that is written out and not public: all that can be seen behind a proxy."""
    if is_private_host(url.raw_host or ""):
        raise FeedError(
            f"{url.authority if not url.user else url.host} is not on the public internet, and is not asked.",
            url=shown(url),
            hint="polling.allow_private_hosts allows it for your own servers.",
            passing=False,
        )


def guard(*, allow_private: bool) -> SocketFactoryType:
    """Make the socket factory of a connector. Every address goes through it: resolved, cached or literal."""

    def make(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, address = info
        if not allow_private and not is_public(str(address[0])):
            raise RefusedAddressError
        return socket.socket(family, kind, protocol)

    return make


def shown(url: str | URL) -> str:
    """Give `url` as errors and logs may show it: without user, password, and values that look like keys."""
    try:
        parsed = url if isinstance(url, URL) else URL(url)
        query = [(name, "…" if _SECRET.search(name) else value) for name, value in parsed.query.items()]
        bare = parsed.with_user(None) if parsed.host else parsed
        return bare.with_query(query).human_repr() if query else bare.human_repr()
    except (ValueError, TypeError):
        return re.sub(r"//[^/?#\s]*@", "//", str(url))[:200]
