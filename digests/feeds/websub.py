"""WebSub (W3C Recommendation, 23 January 2018): which hub tells of a feed, what is asked of it, whom it is believed.

Pure: time, chance and the key are arguments. `digests/subscribe.py` asks hubs, `digests/hear.py` listens to them.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from digests.model import HubState, HubSubscription, Offer

LEASE = timedelta(days=10)  # what we ask for; hubs give what they like
LONGEST_LEASE = timedelta(days=366)
SHORTEST_LEASE = timedelta(minutes=1)  # a shorter one is renewed no sooner, and lapses in between
FIRST_PAUSE = timedelta(minutes=1)  # after a request that came to nothing, doubled with each in a row
LONGEST_PAUSE = timedelta(days=1)
AFTER_DENIAL = timedelta(days=7)  # "the subscription is not possible anymore" (5.2): hubs change their mind
LONGEST_CHALLENGE = 2_000  # characters
_MOST_LINKS = 100
_LONGEST_ADDRESS = 2_000
_ALGORITHMS = frozenset({"sha1", "sha256", "sha384", "sha512"})  # 7.1.1
_CHALLENGE = re.compile(r"[!-~]+")  # the Recommendation allows fewer (5.3); hubs of old send more
_PART = re.compile(r'"(?:[^"\\]|\\.)*"?|[,;=]|[^",;=\s]+|\s+', re.DOTALL)


# -- discovery (4) --------------------------------------------------------------------------------------------


def offered(headers: Sequence[str], url: str, hubs: Sequence[str], selves: Sequence[str]) -> Offer:
    """Say which hub tells of a document, and by which name (topic) it knows it; Offer() where none does.

    `headers` are the answer's Link headers as they came, `url` is where the document was found, `hubs` and `selves`
    the links in it. Link headers are heard first, what stands in the document where they name no hub. Of several hubs
    the first that is asked over TLS. Where no `self` is said, the topic is the address itself.
    """
    said = [*links(headers, url)]
    named = [target for rel, target in said if rel == "hub"]
    own = [target for rel, target in said if rel == "self"]
    if not any(map(_is_address, named)):
        named, own = [*hubs], [*selves]
    named = [hub for hub in named if _is_address(hub)]
    if not named:
        return Offer()
    hub = next((hub for hub in named if hub.startswith("https:")), named[0])
    topic = next(filter(_is_address, (*own, *selves, url)), "")
    return Offer(hub, topic) if topic else Offer()


def links(headers: Iterable[str], base: str) -> Iterator[tuple[str, str]]:
    """Read Link headers (RFC 8288): each relation, in lower case, with its target, resolved against `base`.

    Targets about something else than the document (`anchor`) are left out. Linear in the headers' length.
    """
    left = _MOST_LINKS
    for value in headers:
        at = 0
        while left and (begin := value.find("<", at)) >= 0 and (end := value.find(">", begin)) >= 0:
            left -= 1
            parameters, at = _parameters(value, end + 1)
            target = _joined(base, value[begin + 1 : end].strip())
            if target and "anchor" not in parameters:
                yield from ((rel, target) for rel in parameters.get("rel", "").lower().split())


def _parameters(value: str, at: int) -> tuple[Mapping[str, str], int]:
    """Read `; name=value` up to the next link; of parameters that stand twice the first counts (RFC 8288, 3.3)."""
    found: dict[str, str] = {}
    name = said = ""
    after_equals = False
    while at < len(value):
        part = _PART.match(value, at)
        text = part[0] if part else value[at]
        at += len(text)
        if text in (",", ";"):
            if name:
                found.setdefault(name, said)
            name, said, after_equals = "", "", False
            if text == ",":
                return found, at
        elif text == "=" and not after_equals:
            after_equals = True
        elif after_equals:
            said = said or (_unquoted(text) if text[0] == '"' else text.strip())
        else:
            name = name or text.strip().lower()
    if name:
        found.setdefault(name, said)
    return found, at


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text.strip('"'), flags=re.DOTALL)


def in_page(html: str, url: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Give the hubs and the `self` addresses that a web page names by `<link>` in its head. Never raises."""
    reader = _Head(url)
    with suppress(AssertionError, ValueError):  # html.parser on markup that is none; what was found counts
        reader.feed(html)
    return tuple(reader.found["hub"]), tuple(reader.found["self"])


@dataclass
class _Head(HTMLParser):
    base: str
    found: dict[str, list[str]] = field(default_factory=lambda: {"hub": [], "self": []})
    over: bool = False  # what stands in the body anybody may have written who comments

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        href = said.get("href", "").strip()
        self.over = self.over or tag == "body"
        if self.over or not href:
            return
        if tag == "base":
            self.base = _joined(self.base, href) or self.base
        elif tag == "link":
            for rel in {"hub", "self"} & {*said.get("rel", "").lower().split()}:
                if len(self.found[rel]) < _MOST_LINKS and (target := _joined(self.base, href)):
                    self.found[rel].append(target)

    def handle_endtag(self, tag: str) -> None:
        self.over = self.over or tag == "head"


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        fine = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return False
    return fine and len(url) <= _LONGEST_ADDRESS and url.isprintable() and " " not in url


def _joined(base: str, href: str) -> str:
    try:
        return urljoin(base, href)
    except ValueError:
        return ""


# -- what we ask (5.1) ----------------------------------------------------------------------------------------


def key_of(secret: str) -> bytes:
    """Make the key of all that is secret between hubs and us from a secret of the operator's, which it does not betray."""
    return hmac.new(secret.encode(), b"sosik websub", hashlib.sha256).digest()


def callback(public_url: str, token: str) -> str:
    """Give the address at which a hub tells us, one for each subscription; `token` cannot be guessed."""
    return f"{public_url.rstrip('/')}/websub/{token}"


def secret_of(key: bytes, token: str) -> str:
    """Make a subscription's `hub.secret` (at most 200 bytes): the key's owner can make it anew, nobody else."""
    return hmac.new(key, b"hub.secret " + token.encode(), hashlib.sha256).hexdigest()


def seal_of(key: bytes, public_url: str) -> str:
    """Give what tells this key and address from any others: what was asked under another is asked anew."""
    return hmac.new(key, b"seal " + public_url.encode(), hashlib.sha256).hexdigest()[:16]


def request(subscription: HubSubscription, *, public_url: str, key: bytes) -> dict[str, str]:
    """Write the form that is sent to a hub: to subscribe, or to leave."""
    leaves = subscription.state is HubState.LEAVING
    form = {
        "hub.mode": "unsubscribe" if leaves else "subscribe",
        "hub.topic": subscription.topic,
        "hub.callback": callback(public_url, subscription.token),
    }
    if not leaves:
        form["hub.lease_seconds"] = str(int(LEASE.total_seconds()))
        form["hub.secret"] = secret_of(key, subscription.token)
    return form


def pause(failures: int, place: float) -> timedelta:
    """Say how long to wait after `failures` requests in a row, the last included. `place`, 0 to 1, spreads them."""
    wait: timedelta = min(FIRST_PAUSE * 2 ** min(max(failures - 1, 0), 16), LONGEST_PAUSE)
    return wait * (0.9 + 0.2 * place)


# -- what a hub asks of us (5.2, 5.3) -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Confirmed:
    """We do want it: the challenge is echoed, and the hub tells us until the lease ends."""

    challenge: str
    lease: timedelta
    renew_after: timedelta


@dataclass(frozen=True, slots=True)
class Left:
    """We do want to leave: the challenge is echoed, and the subscription is over."""

    challenge: str


@dataclass(frozen=True, slots=True)
class Denied:
    """The hub will not tell us."""

    reason: str


@dataclass(frozen=True, slots=True)
class Disowned:
    """We want nothing of the kind."""

    why: str


def answer(
    subscription: HubSubscription, query: Mapping[str, str], place: float
) -> Confirmed | Left | Denied | Disowned:
    """Say what a hub's question means and what is answered: only what we asked for, by the name we asked for."""
    mode, challenge = query.get("hub.mode", ""), query.get("hub.challenge", "")
    if query.get("hub.topic") != subscription.topic:
        return Disowned("another topic")
    if mode == "denied":
        return Denied(" ".join(query.get("hub.reason", "").split())[:200])
    leaving = subscription.state is HubState.LEAVING
    if mode != ("unsubscribe" if leaving else "subscribe") or subscription.state is HubState.WANTED:
        return Disowned("nobody asked for it")
    if len(challenge) > LONGEST_CHALLENGE or not _CHALLENGE.fullmatch(challenge):
        return Disowned("a challenge that is none")
    if leaving:
        return Left(challenge)
    lease = lease_of(query.get("hub.lease_seconds", ""))
    return Confirmed(challenge, lease, renewal(lease, place))


def lease_of(said: str) -> timedelta:
    """Read `hub.lease_seconds`; what is none, as hubs of old leave it out, is what we asked for."""
    if not re.fullmatch(r"[0-9]{1,12}", said) or int(said) == 0:
        return LEASE
    return min(timedelta(seconds=int(said)), LONGEST_LEASE)


def renewal(lease: timedelta, place: float) -> timedelta:
    """Say how long after it was verified a lease is renewed: with a tenth of it left, and time to try again.

    The last hour is kept for trying, or half of a lease that is shorter than two. `place` spreads leases that began
    together.
    """
    kept = max(lease / 10, min(timedelta(hours=1), lease / 2))
    return max((lease - kept) * (0.95 + 0.05 * place), SHORTEST_LEASE / 2)


def holds(until: datetime | None, now: datetime) -> bool:
    """Whether a hub has promised to tell us now."""
    return until is not None and until > now


# -- what a hub tells (7.1) -----------------------------------------------------------------------------------


def is_signed(header: str, secret: str, body: bytes) -> bool:
    """Whether `X-Hub-Signature` (`method=hexadecimal`) is that of this body, by one of the four methods."""
    method, _, said = header.strip().partition("=")
    method = method.strip().lower()
    if method not in _ALGORITHMS:
        return False
    made = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(made.encode(), said.strip().lower().encode("utf-8", "replace"))
