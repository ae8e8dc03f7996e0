import asyncio
import gzip
import itertools
import socket
import ssl
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta

import brotli
import pytest
from aiohttp import web
from backports import zstd

from digests.errors import FeedError
from digests.feeds.addresses import RefusedAddressError, guard, is_public, shown
from digests.feeds.fetch import Fetched, Fetcher, Request, Unchanged
from digests.feeds.trouble import RestingError, TryLaterError
from digests.settings import PollingSettings
from tests.feeds.publisher import Handler, Publisher

FEED = b'<rss version="2.0"><channel><title>Daily</title></channel></rss>'
QUICK = PollingSettings(timeout=timedelta(seconds=0.5), allow_private_hosts=True)
RawServer = Callable[[bytes], Awaitable[str]]


def answering(body: bytes = FEED, status: int = 200, **headers: str) -> Handler:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(
            body=body, status=status, headers={name.replace("_", "-"): text for name, text in headers.items()}
        )

    return handler


def moving(to: str, status: int = 302) -> Handler:
    return answering(b"", status, Location=to)


async def fetched(fetcher: Fetcher, url: str) -> Fetched:
    answer = await fetcher.fetch(Request(url))
    assert isinstance(answer, Fetched)
    return answer


async def refusal(fetcher: Fetcher, url: str) -> FeedError:
    with pytest.raises(FeedError) as caught:
        await fetcher.fetch(Request(url))
    error = caught.value
    assert error.what.endswith((".", ")"))
    assert "Error" not in error.what
    return error


async def test_a_feed_is_fetched_with_what_the_server_says_about_it(
    publisher: Publisher, fetcher: Fetcher
) -> None:
    url = publisher.serve(
        "/feed",
        answering(
            Content_Type="Application/RSS+XML; Charset=EUC-KR",
            ETag='W/"1"',
            Last_Modified="Sat, 30 Jul 2022 00:04:28 GMT",
        ),
    )
    answer = await fetched(fetcher, url)
    assert answer == Fetched(
        url=url,
        status=200,
        body=FEED,
        content_type="application/rss+xml",
        charset="euc-kr",
        etag='W/"1"',
        last_modified="Sat, 30 Jul 2022 00:04:28 GMT",
        permanent_url=None,
    )
    asked = publisher.requests[0].headers
    assert asked["User-Agent"] == "Sosik/test"
    assert asked["Accept-Encoding"] == "gzip, deflate, br, zstd"
    assert "If-None-Match" not in asked


async def test_both_validators_are_sent_back_and_304_is_no_document(
    publisher: Publisher, fetcher: Fetcher
) -> None:
    async def handler(request: web.Request) -> web.Response:
        known = request.headers.get("If-None-Match") == '"1"' and "If-Modified-Since" in request.headers
        return web.Response(status=304, headers={"ETag": '"2"'}) if known else web.Response(status=500)

    url = publisher.serve("/feed", handler)
    since = "Sat, 30 Jul 2022 00:04:28 GMT"
    assert await fetcher.fetch(Request(url, '"1"', since)) == Unchanged('"2"', since)


async def test_304_without_having_asked_for_it_is_an_error(publisher: Publisher, fetcher: Fetcher) -> None:
    error = await refusal(fetcher, publisher.serve("/feed", answering(b"", 304)))
    assert error.status == 304


async def test_a_validator_that_cannot_be_sent_back_is_not_kept(
    raw_server: RawServer, fetcher: Fetcher
) -> None:
    url = await raw_server(b'HTTP/1.1 200 OK\r\nETag: "\xff\xfe"\r\nContent-Length: 3\r\n\r\n<a>')
    assert (await fetched(fetcher, url)).etag == ""


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("gzip", gzip.compress(FEED)),
        ("deflate", zlib.compress(FEED)),
        ("deflate", zlib.compress(FEED)[2:-4]),  # without the zlib header, as some servers mean "deflate"
        ("br", brotli.compress(FEED)),
        ("zstd", zstd.compress(FEED)),
    ],
    ids=["gzip", "zlib", "raw deflate", "brotli", "zstd"],
)
async def test_compressed_documents_are_unpacked(
    publisher: Publisher, fetcher: Fetcher, encoding: str, packed: bytes
) -> None:
    url = publisher.serve("/feed", answering(packed, Content_Encoding=encoding))
    assert (await fetched(fetcher, url)).body == FEED


async def test_a_document_that_says_it_is_compressed_and_is_not_is_an_error(
    publisher: Publisher, fetcher: Fetcher
) -> None:
    error = await refusal(fetcher, publisher.serve("/feed", answering(FEED, Content_Encoding="gzip")))
    assert "compressed" in error.what


@pytest.mark.parametrize(
    ("encoding", "pack"), [("gzip", gzip.compress), ("br", brotli.compress), ("zstd", zstd.compress)]
)
async def test_a_bomb_is_stopped_by_what_it_unpacks_to(
    publisher: Publisher, fetcher: Fetcher, encoding: str, pack: Callable[[bytes], bytes]
) -> None:
    bomb = pack(bytes(50_000_000))
    assert len(bomb) < 300_000
    error = await refusal(fetcher, publisher.serve("/feed", answering(bomb, Content_Encoding=encoding)))
    assert error.what == "The document is larger than 0.3 MB."


async def test_a_document_without_end_is_stopped_at_the_limit(publisher: Publisher, fetcher: Fetcher) -> None:
    async def endless(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 10_000)

    error = await refusal(fetcher, publisher.serve("/feed", endless))
    assert "larger" in error.what


async def test_a_server_that_hangs_or_drips_is_left_when_the_time_is_over(publisher: Publisher) -> None:
    async def hanging(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def dripping(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(300):
            await response.write(b"x")
            await asyncio.sleep(0.1)
        return response

    started = asyncio.get_running_loop().time()
    async with Fetcher(QUICK) as fetcher:
        for path, handler in (("/hang", hanging), ("/drip", dripping)):
            error = await refusal(fetcher, publisher.serve(path, handler))
            assert error.what == "The server did not answer in full within 0.5 seconds."
            assert error.passing
    assert asyncio.get_running_loop().time() - started < 10


async def test_a_server_that_does_not_begin_to_answer_is_left_before_one_that_is_slow_to_end(
    publisher: Publisher,
) -> None:
    async def hanging(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    async def slow(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await asyncio.sleep(1)
        await response.write(FEED)
        return response

    short = timedelta(seconds=0.2)
    limits = PollingSettings(connect_timeout=short, first_byte_timeout=short, allow_private_hosts=True)
    async with Fetcher(limits) as fetcher:
        error = await refusal(fetcher, publisher.serve("/hang", hanging))
        assert error.what == "The server did not begin to answer within 0.2 seconds."
        assert (await fetched(fetcher, publisher.serve("/slow", slow))).body == FEED


async def test_a_feed_is_fetched_through_the_proxy_which_may_be_anywhere(publisher: Publisher) -> None:
    publisher.serve("/feed", answering())
    polling = PollingSettings(proxy=publisher.url("/"))
    async with Fetcher(polling) as fetcher:
        assert (await fetched(fetcher, "http://paper.example/feed")).body == FEED
        assert publisher.requests[0].headers["Host"] == "paper.example"
        for private in ("127.0.0.1", "localhost", "[::1]", "10.0.0.1", "paper.internal"):
            error = await refusal(fetcher, f"http://{private}/feed")
            assert "is not on the public internet" in error.what
        assert len(publisher.requests) == 1, "what is plainly private is not even asked for there"


async def test_a_server_with_outdated_tls_is_let_renegotiate_where_the_feed_says_so() -> None:
    fetcher = Fetcher(PollingSettings())
    legacy = fetcher._legacy_tls()
    assert legacy.options & 0x4
    assert (legacy.verify_mode, legacy.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert not ssl.create_default_context().options & 0x4
    assert fetcher._legacy_tls() is legacy


async def test_what_the_server_says_about_freshness_comes_with_the_answer(
    publisher: Publisher, fetcher: Fetcher
) -> None:
    async def handler(request: web.Request) -> web.Response:
        status = 304 if "If-None-Match" in request.headers else 200
        return web.Response(status=status, body=FEED, headers={"Cache-Control": "max-age=300", "ETag": '"1"'})

    url = publisher.serve("/feed", handler)
    assert (await fetched(fetcher, url)).fresh_for == timedelta(minutes=5)
    assert await fetcher.fetch(Request(url, '"1"')) == Unchanged('"1"', "", None, timedelta(minutes=5))


async def test_one_slow_server_delays_nobody_else(publisher: Publisher) -> None:
    async def hanging(_: web.Request) -> web.StreamResponse:
        await asyncio.sleep(30)
        return web.Response()

    slow = publisher.serve("/slow", hanging)
    quick = publisher.serve("/quick", answering())
    async with Fetcher(PollingSettings(allow_private_hosts=True)) as fetcher:
        waiting = asyncio.create_task(fetcher.fetch(Request(slow)))
        assert (await fetched(fetcher, quick)).body == FEED
        assert not waiting.done()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()


async def test_only_permanent_redirects_before_any_other_move_the_feed(
    publisher: Publisher, fetcher: Fetcher
) -> None:
    publisher.serve("/new", answering())
    publisher.serve("/newer", moving("/new", 308))
    assert (
        await fetched(fetcher, publisher.serve("/old", moving("newer", 301)))
    ).permanent_url == publisher.url("/new")
    for_now = await fetched(fetcher, publisher.serve("/today", moving("/newer", 302)))
    assert (for_now.url, for_now.permanent_url) == (publisher.url("/new"), None)
    both = await fetched(fetcher, publisher.serve("/both", moving("/today", 301)))
    assert both.permanent_url == publisher.url("/today")
    publisher.serve("/new", answering(b"", 304))
    still = await fetcher.fetch(Request(publisher.url("/newer"), '"1"'))
    assert isinstance(still, Unchanged)
    assert still.permanent_url == publisher.url("/new"), "also where nothing has changed"


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("/feed", "The server redirects in a circle."),
        ("ftp://files.example/feed", "The server redirects to what is no web address."),
        ("file:///etc/passwd", "The server redirects to what is no web address."),
        ("http://[::1", "The server redirects to what is no web address."),
    ],
)
async def test_redirects_that_lead_nowhere_are_errors(
    publisher: Publisher, fetcher: Fetcher, target: str, said: str
) -> None:
    error = await refusal(fetcher, publisher.serve("/feed", moving(target)))
    assert error.what == said


async def test_a_chain_of_redirects_ends_after_five(publisher: Publisher, fetcher: Fetcher) -> None:
    async def onwards(request: web.Request) -> web.Response:
        step = int(request.query.get("n", "0"))
        return web.Response(status=302, headers={"Location": f"/feed?n={step + 1}"})

    error = await refusal(fetcher, publisher.serve("/feed", onwards))
    assert error.what == "The server redirects more than 5 times."
    assert len(publisher.requests) == 6


@pytest.mark.parametrize(
    ("status", "said", "passing"),
    [
        (401, "password", False),
        (404, "no feed at this address", True),
        (410, "for good", False),
        (418, "does not give the feed (418)", True),
        (451, "legal", False),
        (500, "trouble of its own (500)", True),
        (502, "trouble of its own (502)", True),
    ],
)
async def test_what_a_status_means_is_said(
    publisher: Publisher, fetcher: Fetcher, status: int, said: str, passing: bool
) -> None:
    error = await refusal(fetcher, publisher.serve("/feed", answering(b"", status)))
    assert said in error.what
    assert (error.status, error.passing) == (status, passing)


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "120"}, timedelta(seconds=120)),
        (
            {"Retry-After": "Sat, 30 Jul 2022 00:10:00 GMT", "Date": "Sat, 30 Jul 2022 00:00:00 GMT"},
            timedelta(minutes=10),
        ),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_when_to_come_back_is_the_servers_word(
    publisher: Publisher, fetcher: Fetcher, status: int, headers: dict[str, str], wait: timedelta | None
) -> None:
    async def handler(_: web.Request) -> web.Response:
        return web.Response(status=status, headers=headers)

    error = await refusal(fetcher, publisher.serve("/feed", handler))
    assert isinstance(error, TryLaterError)
    assert error.retry_after == wait


async def test_a_document_that_breaks_off_is_an_error_not_half_a_feed(
    raw_server: RawServer, fetcher: Fetcher
) -> None:
    error = await refusal(fetcher, await raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n<rss>"))
    assert error.what == "The connection broke off in the middle of the document."


@pytest.mark.parametrize(
    "answer", [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 200 OK\r\nX: \0\r\n\r\n", b"\xff" * 99]
)
async def test_what_is_no_http_is_an_error(raw_server: RawServer, fetcher: Fetcher, answer: bytes) -> None:
    error = await refusal(fetcher, await raw_server(answer))
    assert error.what in (
        "The server closed the connection without an answer.",
        "The server's answer is not proper HTTP.",
        "The connection to the server broke off.",
    )


async def test_nobody_at_home_is_an_error(fetcher: Fetcher) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound, and never listening
        port = held.getsockname()[1]
        error = await refusal(fetcher, f"http://127.0.0.1:{port}/feed")
    assert error.what == f"127.0.0.1:{port} refuses connections."


async def test_an_unknown_name_and_a_plain_server_behind_https_are_errors(
    publisher: Publisher, fetcher: Fetcher
) -> None:
    error = await refusal(fetcher, "http://no-such-host.invalid/feed")
    assert error.what == "No server of the name no-such-host.invalid is known."
    error = await refusal(fetcher, publisher.url("/feed").replace("http://", "https://"))
    assert "No secure connection" in error.what


@pytest.mark.parametrize(
    "url",
    [
        "",
        "feed.xml",
        "ftp://daily.example/feed",
        "http://",
        "https://[::1",
        "http://a b/",
        "http://ex\0ample/",
    ],
)
async def test_what_is_no_web_address_is_refused(fetcher: Fetcher, url: str) -> None:
    error = await refusal(fetcher, url)
    assert not error.passing


async def test_a_private_address_is_refused_however_it_is_written(publisher: Publisher) -> None:
    publisher.serve("/feed", answering())
    port = publisher.server.port
    async with Fetcher(PollingSettings()) as fetcher:
        for host in (
            "127.0.0.1",
            "localhost",
            "[::1]",
            "[::ffff:127.0.0.1]",
            "127.1",
            "2130706433",
            "0.0.0.0",
        ):
            error = await refusal(fetcher, f"http://{host}:{port}/feed")
            assert error.what.endswith(
                ("is not on the public internet, and is not asked.", "a web address.")
            ), host
    assert publisher.requests == []


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("64:ff9b::8.8.8.8", True),
        ("127.0.0.1", False), ("10.1.2.3", False), ("172.16.0.1", False), ("192.168.1.1", False),
        ("169.254.169.254", False), ("100.64.0.1", False), ("0.0.0.0", False), ("224.0.1.1", False),
        ("255.255.255.255", False), ("240.0.0.1", False), ("198.18.0.1", False), ("192.0.2.1", False),
        ("::1", False), ("::", False), ("fe80::1", False), ("fe80::1%eth0", False), ("fc00::1", False),
        ("fec0::1", False), ("ff02::1", False), ("::ffff:10.0.0.1", False), ("2002:0a00:0001::1", False),
        ("64:ff9b::10.0.0.1", False), ("64:ff9b::169.254.169.254", False), ("localhost", False), ("", False),
    ],
)  # fmt: skip
def test_which_addresses_are_public(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_the_guard_stands_at_the_socket_whatever_the_name_resolved_to() -> None:
    info = (socket.AF_INET, socket.SOCK_STREAM, 0, "", ("10.0.0.1", 80))
    with pytest.raises(RefusedAddressError):
        guard(allow_private=False)(info)
    guard(allow_private=True)(info).close()


async def test_a_password_in_the_url_is_used_and_never_shown(publisher: Publisher, fetcher: Fetcher) -> None:
    url = publisher.serve("/feed", answering(b"", 404)).replace("http://", "http://me:hunter2@")
    error = await refusal(fetcher, url + "?token=abcdef&page=2")
    assert publisher.requests[0].headers["Authorization"].startswith("Basic ")
    assert "hunter2" not in f"{error} {error.url} {error!r}"
    assert "abcdef" not in error.url
    assert "page=2" in error.url
    publisher.serve("/feed", answering())
    assert "hunter2" not in (await fetched(fetcher, url)).url


@pytest.mark.parametrize(
    "url", ["http://me:hunter2@[::1", "//me:hunter2@host/", "http://me:hunter2@host:99999999/"]
)
def test_even_a_broken_url_shows_no_password(url: str) -> None:
    assert "hunter2" not in shown(url)


async def test_the_environments_proxy_is_not_used(
    publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with Fetcher(replace(QUICK, timeout=timedelta(seconds=20))) as fetcher:
        assert (await fetched(fetcher, publisher.serve("/feed", answering()))).body == FEED


# -- manners on the way -----------------------------------------------------------------------------------------


async def test_a_host_to_which_redirects_lead_is_owed_the_same_and_waiting_costs_no_time_limit(
    publisher: Publisher,
) -> None:
    asked: list[float] = []

    async def arrived(_: web.Request) -> web.Response:
        asked.append(asyncio.get_running_loop().time())
        return web.Response(body=FEED)

    publisher.serve("/new", arrived)
    target = publisher.url("/new").replace("127.0.0.1", "localhost")
    urls = [publisher.serve(f"/old/{number}", moving(target, 301)) for number in range(5)]
    polite = PollingSettings(
        timeout=timedelta(seconds=1),
        allow_private_hosts=True,
        private_manners=True,
        host_gap=timedelta(seconds=0.4),
        host_requests=1,
    )
    async with Fetcher(polite) as fetcher:
        await asyncio.gather(*(fetched(fetcher, url) for url in urls))
    assert len(asked) == 5
    assert all(later - earlier > 0.3 for earlier, later in itertools.pairwise(asked))


async def test_a_host_that_refuses_whom_others_sent_rests_and_they_do_not(publisher: Publisher) -> None:
    publisher.serve("/new", answering(b"", 429))
    publisher.serve("/own", answering())
    target = publisher.url("/new").replace("127.0.0.1", "localhost")
    first, second = (publisher.serve(path, moving(target)) for path in ("/first", "/second"))
    polite = PollingSettings(allow_private_hosts=True, private_manners=True, host_gap=timedelta(0))
    async with Fetcher(polite) as fetcher:
        refused = await refusal(fetcher, first)
        assert isinstance(refused, TryLaterError)
        assert (refused.host, refused.rest) == ("localhost", timedelta(minutes=1))
        assert isinstance(await refusal(fetcher, second), RestingError)
        assert [request.path for request in publisher.requests].count("/new") == 1
        assert (await fetched(fetcher, publisher.url("/own"))).body == FEED
