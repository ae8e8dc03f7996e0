"""robots.txt, by the examples and the rules of RFC 9309."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digests.feeds.robots import ALL, NOTHING, read

EVERYBODY = "User-agent: *\n"


@pytest.mark.parametrize(
    ("text", "path", "allowed"),
    [
        ("", "/feed", True),
        (EVERYBODY + "Disallow: /", "/feed", False),
        (EVERYBODY + "Disallow:", "/feed", True),
        (EVERYBODY + "Disallow: /feed", "/feeds.xml", False),
        (EVERYBODY + "Disallow: /\nAllow: /feed", "/feed", True),
        (EVERYBODY + "Allow: /feed\nDisallow: /feed", "/feed", True),  # of two alike the kinder
        (EVERYBODY + "Allow: /a\nDisallow: /a/b", "/a/b/c", False),  # the longest decides, wherever it stands
        (EVERYBODY + "Disallow: /*.xml$", "/a/feed.xml", False),
        (EVERYBODY + "Disallow: /*.xml$", "/a/feed.xml?x=1", True),
        (EVERYBODY + "Disallow: *private*", "/a/private/b", False),
        (EVERYBODY + "Disallow: /a*b*c", "/a-c-b", True),
        (EVERYBODY + "Disallow: /뉴스", "/%EB%89%B4%EC%8A%A4/1", False),
        (EVERYBODY + "Disallow: /%eb%89%b4", "/뉴스", False),
        (EVERYBODY + "Disallow: / # all of it", "/feed", False),
        ("user-agent: SOSIK\nDisallow: /\n\n" + EVERYBODY + "Allow: /", "/feed", False),
        (EVERYBODY + "Disallow: /\n\nUser-agent: sosik\nAllow: /", "/feed", True),
        (
            "User-agent: other\nUser-agent: sosik\nDisallow: /a\n\nUser-agent: sosik\nDisallow: /b",
            "/b",
            False,
        ),
        ("User-agent: other\nDisallow: /", "/feed", True),
        ("User-agent: sosik\n", "/feed", True),
        ("Disallow: /", "/feed", True),  # no group's
        (EVERYBODY + "Disallow: /", "/robots.txt", True),
    ],
)
def test_a_path_is_allowed_or_not(text: str, path: str, allowed: bool) -> None:
    assert read(text.encode(), "Sosik").allows(f"https://news.example{path}") is allowed


def test_without_a_file_all_is_allowed_and_where_it_cannot_be_had_nothing() -> None:
    assert ALL.allows("https://news.example/feed")
    assert not NOTHING.allows("https://news.example/feed")


def test_no_rule_is_slow() -> None:
    rules = read((EVERYBODY + f"Disallow: /{'*a' * 900}b$\n" * 200).encode(), "Sosik")
    began = time.monotonic()
    assert rules.allows("https://news.example/" + "a" * 5_000)
    assert time.monotonic() - began < 5


@given(st.binary(max_size=400), st.text(max_size=80))
def test_whatever_stands_there_is_an_answer(body: bytes, path: str) -> None:
    read(EVERYBODY.encode() + body, "Sosik").allows(
        "https://news.example/" + path.replace("[", "").replace("]", "")
    )
