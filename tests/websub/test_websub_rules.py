"""WebSub's pure part: who tells of a feed, what is asked, and whom we believe."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds import websub
from digests.feeds.document import Document
from digests.feeds.pacing import RELAXED, after_success
from digests.feeds.parse import parse
from digests.feeds.websub import Confirmed, Denied, Disowned, Left, answer, in_page, is_signed, links, offered
from digests.model import FeedId, Habits, HubState, HubSubscription, Offer
from digests.settings import FeedSettings, PollingSettings

URL = "https://daily.example/feed"
HUB = "https://hub.example/"
NOW = datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def named(body: str, *headers: str, content_type: str = "") -> Offer:
    parsed = parse(Document(body.encode(), URL, content_type))
    return offered(headers, URL, parsed.links("hub"), parsed.links("self"))


def rss(inside: str) -> str:
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel><title>Daily</title>"
        f"{inside}<item><title>One</title></item></channel></rss>"
    )


# -- discovery ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        ((f'<{HUB}>; rel="hub"',), [("hub", HUB)]),
        ((f"<{HUB}>;rel=hub,<{URL}>;rel=self",), [("hub", HUB), ("self", URL)]),
        ((f'<{HUB}>; rel="hub"', f'<{URL}>; REL="Self"'), [("hub", HUB), ("self", URL)]),
        ((f'<{HUB}>; rel="preconnect hub"',), [("preconnect", HUB), ("hub", HUB)]),
        (("</hub>; rel=hub",), [("hub", "https://daily.example/hub")]),
        (('<https://hub.example/?a=1,2;b>; title="a, <b>; rel=\\"self\\""; rel=hub',),
         [("hub", "https://hub.example/?a=1,2;b")]),
        ((f"<{HUB}>; rel=hub; rel=self",), [("hub", HUB)]),
        ((f'<{HUB}>; rel=hub; anchor="https://other.example/"',), []),
        ((f"<{HUB}> ; rel = hub ; title = x",), [("hub", HUB)]),
        (("<https://[>; rel=hub", f"<{HUB}>; rel=hub"), [("hub", HUB)]),
        (("nothing", "<", "<>", "<x", ""), []),
    ],
)  # fmt: skip
def test_link_headers_are_read(headers: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    assert list(links(headers, URL)) == found


@given(st.lists(st.text(alphabet=st.sampled_from('<>;,="\\ relhubsf/:.x\t'), max_size=300), max_size=3))
def test_any_link_header_is_read_without_a_fault(headers: list[str]) -> None:
    assert all(isinstance(rel, str) and target for rel, target in links(headers, URL))


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"https://[a-z]{1,9}\.example/[a-z0-9=&,]{0,9}", fullmatch=True),
            st.sampled_from(["hub", "self", "next"]),
            st.text(alphabet=st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=20),
        ),
        max_size=5,
    )
)
def test_what_is_written_as_the_rfc_wants_it_is_read_back(said: list[tuple[str, str, str]]) -> None:
    quoted = [(target, rel, title.replace("\\", "\\\\").replace('"', '\\"')) for target, rel, title in said]
    header = ", ".join(f'<{target}>; title="{title}"; rel={rel}' for target, rel, title in quoted)
    assert list(links([header], URL)) == [(rel, target) for target, rel, _ in said]


def test_a_long_header_takes_no_longer_than_its_length() -> None:
    assert list(links(["<a>;" + " ;" * 200_000 + '"' * 200_001], URL)) == []
    assert len(list(links([",".join(["</h>;rel=hub"] * 50_000)], URL))) == 100


@pytest.mark.parametrize(
    ("body", "headers", "offer"),
    [
        (rss(f"<atom:link rel='hub' href='{HUB}'/><atom:link rel='self' href='{URL}?x'/>"), (), Offer(HUB, f"{URL}?x")),
        (rss(f"<atom:link rel='hub' href='{HUB}'/>"), (), Offer(HUB, URL)),
        (rss("<link>https://daily.example/</link>"), (), Offer()),
        (rss(f"<atom:link rel='hub' href='{HUB}'/>"), ("<https://other.example/>; rel=hub",), Offer("https://other.example/", URL)),
        (rss(f"<atom:link rel='self' href='{URL}?x'/>"), (f"<{HUB}>; rel=hub",), Offer(HUB, f"{URL}?x")),
        (rss(f"<atom:link rel='hub' href='{HUB}'/>"), ("<https://daily.example/>; rel=next",), Offer(HUB, URL)),
        (rss("<atom:link rel='hub' href='http://a.example/'/><atom:link rel='hub' href='https://b.example/'/>"), (), Offer("https://b.example/", URL)),
        (rss("<atom:link rel='hub' href='ftp://hub.example/'/>"), (), Offer()),
        (rss("<atom:link rel='hub' href='javascript:alert(1)'/>"), (), Offer()),
        (rss("<item><title>Two</title><atom:link rel='hub' href='https://evil.example/'/></item>"), (), Offer()),
        ((f"<feed xmlns='http://www.w3.org/2005/Atom'><title>Daily</title><link rel='hub' href='{HUB}'/>"
          "<link rel='self' href='/self'/><entry><title>One</title><id>1</id></entry></feed>"),
         (), Offer(HUB, "https://daily.example/self")),
        (json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "Daily", "items": [],
                     "feed_url": f"{URL}.json", "hubs": [{"type": "WebSub", "url": HUB}]}),
         (), Offer(HUB, f"{URL}.json")),
    ],
)  # fmt: skip
def test_a_feed_names_its_hub(body: str, headers: tuple[str, ...], offer: Offer) -> None:
    assert named(body, *headers) == offer


def test_feedparser_finds_the_same_hub_in_a_damaged_feed() -> None:
    damaged = rss(f"<atom:link rel='hub' href='{HUB}'/><atom:link rel='self' href='{URL}?x'/>")[:-20]
    parsed = parse(Document(damaged.encode(), URL))
    assert parsed.parser == "feedparser"
    assert offered((), URL, parsed.links("hub"), parsed.links("self")) == Offer(HUB, f"{URL}?x")


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (f"<head><link rel=hub href={HUB}><link rel='self' href='/feed'></head>", ((HUB,), (URL,))),
        (f"<html><link rel='HUB nofollow' href='{HUB}'>", ((HUB,), ())),
        (f"<head><base href='https://b.example/x/'><link rel=self href=y><link rel=hub href='{HUB}'>",
         ((HUB,), ("https://b.example/x/y",))),
        (f"<head></head><body><link rel=hub href='{HUB}'></body>", ((), ())),
        (f"<body><link rel=hub href='{HUB}'>", ((), ())),
        ("<head><link rel=hub><link href=x><![if", ((), ())),
    ],
)  # fmt: skip
def test_a_page_names_its_hub_in_its_head(page: str, found: tuple[tuple[str, ...], ...]) -> None:
    assert in_page(page, URL) == found


@given(st.text(alphabet=st.sampled_from("<>!-[]/='\" linkrelhubself?bodyhead&#;"), max_size=300))
def test_any_page_is_read_without_a_fault(page: str) -> None:
    in_page(page, URL)


# -- asking and answering -------------------------------------------------------------------------------------


def subscription(state: HubState = HubState.PENDING) -> HubSubscription:
    return HubSubscription(1, FeedId(1), HUB, URL, "t" * 43, state)


def test_the_request_is_what_the_recommendation_wants() -> None:
    key = websub.key_of("token")
    form = websub.request(subscription(), public_url="https://us.example/sosik/", key=key)
    assert form == {
        "hub.mode": "subscribe",
        "hub.topic": URL,
        "hub.callback": f"https://us.example/sosik/websub/{'t' * 43}",
        "hub.lease_seconds": "864000",
        "hub.secret": websub.secret_of(key, "t" * 43),
    }
    leaving = websub.request(subscription(HubState.LEAVING), public_url="https://us.example", key=key)
    assert leaving["hub.mode"] == "unsubscribe"
    assert "hub.secret" not in leaving


@given(st.text(min_size=1), st.text(min_size=1), st.text(min_size=1))
def test_secrets_are_told_apart_by_key_and_token(one: str, other: str, token: str) -> None:
    keys = [websub.key_of(word.encode("utf-8", "replace").decode()) for word in (one, other)]
    token = token.encode("utf-8", "replace").decode()
    secrets = [websub.secret_of(key, token) for key in keys]
    assert all(len(secret) == 64 for secret in secrets)
    assert (secrets[0] == secrets[1]) is (keys[0] == keys[1])
    assert websub.secret_of(keys[0], token) != websub.secret_of(keys[0], token + "x")


QUERY = {"hub.mode": "subscribe", "hub.topic": URL, "hub.challenge": "abc", "hub.lease_seconds": "3600"}


@pytest.mark.parametrize(
    ("state", "query", "kind"),
    [
        (HubState.PENDING, {}, Confirmed),
        (HubState.VERIFIED, {}, Confirmed),
        (HubState.REFUSED, {}, Confirmed),  # it came after all
        (HubState.WANTED, {}, Disowned),
        (HubState.LEAVING, {}, Disowned),
        (HubState.LEAVING, {"hub.mode": "unsubscribe"}, Left),
        (HubState.VERIFIED, {"hub.mode": "unsubscribe"}, Disowned),
        (HubState.PENDING, {"hub.mode": "denied"}, Denied),
        (HubState.VERIFIED, {"hub.mode": "denied"}, Denied),
        (HubState.PENDING, {"hub.mode": "denied", "hub.topic": "https://other.example/"}, Disowned),
        (HubState.PENDING, {"hub.mode": ""}, Disowned),
        (HubState.PENDING, {"hub.topic": URL + "/"}, Disowned),
        (HubState.PENDING, {"hub.challenge": ""}, Disowned),
        (HubState.PENDING, {"hub.challenge": "<script>" * 500}, Disowned),
    ],
)
def test_a_hubs_question_is_answered_only_if_we_asked(
    state: HubState, query: dict[str, str], kind: type
) -> None:
    assert isinstance(answer(subscription(state), QUERY | query, 0.5), kind)


@given(st.dictionaries(st.sampled_from([*QUERY, "hub.reason"]), st.text(max_size=20)))
def test_any_question_is_answered_without_a_fault(query: dict[str, str]) -> None:
    for state in HubState:
        answer(subscription(state), query, 0.5)


@given(st.integers(1, 10**9), st.floats(0, 1))
def test_a_lease_is_renewed_before_it_ends_and_never_without_a_pause(seconds: int, place: float) -> None:
    lease = websub.lease_of(str(seconds))
    renewal = websub.renewal(lease, place)
    assert renewal >= timedelta(seconds=30)
    if lease >= timedelta(minutes=1):
        assert lease - renewal >= min(lease / 10, timedelta(hours=1))


@given(st.integers(1, 60), st.floats(0, 1))
def test_a_hub_in_trouble_is_asked_ever_less_and_at_least_about_once_a_day(
    failures: int, place: float
) -> None:
    assert timedelta(seconds=50) < websub.pause(failures, place) < timedelta(hours=27)
    assert websub.pause(failures + 1, place) >= websub.pause(failures, place)


# -- believing ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
@pytest.mark.parametrize("form", ["{}={}", " {}={} ", "{}={}\t"])
def test_a_signature_by_each_of_the_methods_is_believed(method: str, form: str) -> None:
    made = hmac.new(b"secret", b"body", getattr(hashlib, method)).hexdigest()
    assert is_signed(form.format(method, made), "secret", b"body")
    assert is_signed(form.format(method.upper(), made.upper()), "secret", b"body")
    assert not is_signed(form.format(method, made), "secret", b"body ")
    assert not is_signed(form.format(method, made), "secret2", b"body")
    assert not is_signed(form.format(method, made[:-1]), "secret", b"body")


@pytest.mark.parametrize("method", ["md5", "sha224", "sha3_256", "shake_128", "", "none"])
def test_other_methods_are_not_believed(method: str) -> None:
    made = hmac.new(b"secret", b"body", "md5").hexdigest()
    assert not is_signed(f"{method}={made}", "secret", b"body")


@given(st.text(max_size=100), st.binary(max_size=20))
def test_no_signature_that_somebody_makes_up_is_believed_or_a_fault(header: str, body: bytes) -> None:
    assert not is_signed(header, "secret", body)


# -- the net --------------------------------------------------------------------------------------------------


def at(hub_until: datetime | None, place: float = 0.5, minutes: int = 5) -> tuple[timedelta, str]:
    feed = FeedSettings(URL, "daily", (), interval=timedelta(minutes=minutes))
    poll = after_success(
        feed, PollingSettings(), Habits(), now=NOW, place=place, fresh_for=None, hub_until=hub_until
    )
    return poll.at - NOW, poll.reason


def test_a_feed_whose_hub_tells_us_is_polled_each_hour() -> None:
    assert at(NOW + timedelta(days=9)) == (RELAXED / 2, "its hub tells us of news")


def test_a_lease_that_is_over_changes_nothing() -> None:
    assert (
        at(None)
        == at(NOW)
        == at(NOW - timedelta(days=1))
        == (timedelta(minutes=2, seconds=30), "on schedule")
    )


def test_the_net_is_below_when_the_lease_ends() -> None:
    assert at(NOW + timedelta(minutes=10))[0] == timedelta(minutes=10)


def test_a_feed_that_is_polled_less_often_than_that_stays_so() -> None:
    assert at(NOW + timedelta(days=9), minutes=240)[0] == timedelta(hours=2)
