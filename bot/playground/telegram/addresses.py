"""Which addresses Telegram takes for links and buttons."""

import re
from urllib.parse import urlsplit

_SCHEME = re.compile(r"^[A-Za-z][A-Za-z0-9+.\-]*:")
_HOST = re.compile(r"^[^\s/?#@\\<>\"']+$")
_MENTION = re.compile(r"^tg:(?://)?user\?id=(\d+)$", re.IGNORECASE)


def mentioned_user(address: str) -> int | None:
    """The user id of a `tg://user?id=…` link."""
    match = _MENTION.match(address.strip())
    return int(match.group(1)) if match and int(match.group(1)) > 0 else None


def normalised(address: str) -> str | None:
    """The address as Telegram keeps it, or None where it takes none.

    http, https, tg and ton are known, a missing scheme is http; a host needs a dot (so `localhost` is none); scheme
    and host come back in lower case and an empty path as "/".
    """
    address = address.strip()
    if not address or any(character.isspace() for character in address):
        return None
    if re.match(r"^(tg|ton|tonsite):", address, re.IGNORECASE):
        scheme, _, rest = address.partition(":")
        return f"{scheme.lower()}://{rest.lstrip('/')}" if rest.strip("/") else None
    if not re.match(r"^https?://", address, re.IGNORECASE):
        if _SCHEME.match(address) and not re.match(r"^[^:/]+:\d+(?:[/?#]|$)", address):
            return None
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError:
        return None
    host = (parts.hostname or "").lower()
    if not _valid_host(host):
        return None
    if ":" in host:
        host = f"[{host}]"
    return _joined(address, parts.scheme, host, port)


def _valid_host(host: str) -> bool:
    if ":" in host:  # IPv6
        return True
    return (
        bool(_HOST.match(host)) and "." in host.strip(".") and ".." not in host and not host.startswith(".")
    )


def _joined(address: str, scheme: str, host: str, port: int | None) -> str:
    rest = re.sub(r"^https?://[^/?#]*", "", address, count=1, flags=re.IGNORECASE)
    if not rest.startswith("/"):
        rest = f"/{rest}"
    default = {"http": 80, "https": 443}[scheme]
    place = host if port is None or port == default else f"{host}:{port}"
    return f"{scheme}://{place}{rest}"
