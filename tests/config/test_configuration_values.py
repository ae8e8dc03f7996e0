"""What may stand in the file, and what is said of what may not: the key, the value, and what is allowed."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest

from bot.config import Config, build, load
from bot.errors import ConfigError
from digests.model import Quiet
from tests.config.saying import said_of

Load = Callable[[str], Config]


def test_a_small_file_is_enough(loaded: Load) -> None:
    settings = loaded("").newsroom()
    assert settings.categories[0].names == {"en": "K-pop"}
    feed = settings.feeds[0]
    assert (feed.name, feed.interval, feed.breaking) == ("example.org/feed", timedelta(minutes=5), False)
    assert settings.digest.times == (time(8),)
    assert settings.breaking.quiet == Quiet(time(23), time(7))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("10s", timedelta(seconds=10)),
        ("5m", timedelta(minutes=5)),
        (" 2 h ", timedelta(hours=2)),
        ("1d", timedelta(days=1)),
        ("365d", timedelta(days=365)),
    ],
)
def test_durations_are_read(loaded: Load, written: str, meant: timedelta) -> None:
    assert loaded(f'[polling]\ninterval = "{written}"').polling.interval == meant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ('"23:00-07:00"', Quiet(time(23), time(7))),
        ('"off"', None),
        ('"1:30 - 5:00"', Quiet(time(1, 30), time(5))),
    ],
)
def test_quiet_hours_are_read(loaded: Load, written: str, meant: Quiet | None) -> None:
    assert loaded(f"[breaking]\nquiet_hours = {written}").newsroom().breaking.quiet == meant


def test_default_times_come_in_order_and_once(loaded: Load) -> None:
    config = loaded('[digest]\ndefault_times = ["19:00", "07:30", 07:30:00]')
    assert config.newsroom().digest.times == (time(7, 30), time(19))


def test_a_new_chat_may_have_no_digest_of_its_own(loaded: Load) -> None:
    assert loaded("[digest]\ndefault_times = []").newsroom().digest.times == ()


def test_any_positive_rate_is_obeyed_and_a_fast_one_warned_of(loaded: Load) -> None:
    assert loaded("[sending]\nmessages_per_second = 0.25").sending.messages_per_second == 0.25
    assert loaded("[sending]\nmessages_per_second = 30").warnings == ()
    fast = loaded("[sending]\nmessages_per_second = 1000")
    assert fast.sending.messages_per_second == 1000
    (warning,) = fast.warnings
    assert "sending.messages_per_second = 1000" in warning
    assert "paid broadcasts" in warning


def test_paid_broadcasts_are_said_with_what_they_may_cost(loaded: Load) -> None:
    assert not loaded("").sending.paid_broadcast
    paid = loaded("[sending]\nmessages_per_second = 500\npaid_broadcast = true\npaid_stars_per_day = 250")
    (warning,) = paid.warnings
    assert "0.1 Stars each" in warning
    assert "paid_stars_per_day = 250" in warning
    assert "429" not in warning
    useless = loaded("[sending]\nmessages_per_second = 30\npaid_broadcast = true")
    assert "nothing is paid for" in useless.warnings[0]
    _, too_fast = loaded("[sending]\nmessages_per_second = 5000\npaid_broadcast = true").warnings
    assert "above 1000" in too_fast


def test_how_long_an_alert_is_worth_sending_reaches_the_newsroom(loaded: Load) -> None:
    assert loaded("").newsroom().breaking.worth == timedelta(hours=6)
    assert loaded('[breaking]\nworth = "45m"').newsroom().breaking.worth == timedelta(minutes=45)


@pytest.mark.parametrize("section", ["telegram", "polling"])
def test_the_password_of_a_proxy_is_a_secret(loaded: Load, section: str) -> None:
    config = loaded(f'[{section}]\nproxy = "http://me:hunter%202@proxy.example:3128"')
    assert {"hunter%202", "hunter 2"} <= set(config.secrets)
    assert "hunter2" not in said_of(lambda: loaded(f'[{section}]\nproxy = "me:hunter2@proxy.example"'))


WRONG = [
    # section, line, key and value as they are named, what is allowed
    ("polling", 'interval = "5 minutes"', "polling.interval = '5 minutes'", "5m"),
    ("polling", "interval = 300", "polling.interval = 300", "5m"),
    ("polling", 'interval = "0s"', "polling.interval = '0s'", "above zero"),
    ("polling", 'interval = "-5m"', "polling.interval = '-5m'", "5m"),
    ("polling", 'interval = "999999999d"', "polling.interval = '999999999d'", "365d"),
    ("polling", 'interval = "automatic"', "polling.interval = 'automatic'", '"1d", or "auto", is wanted'),
    ("polling", 'auto_min = "auto"', "polling.auto_min = 'auto'", "10s"),
    ("polling", "host_requests = 0", "polling.host_requests = 0", "from 1"),
    ("polling", 'shared_hosts = ["https://hub.example/"]', "shared_hosts[1]", "without http://"),
    ("polling", 'proxy = "me:hunter2@proxy.example"', "polling.proxy: ", "http://"),
    ("polling", "concurrency = 0", "polling.concurrency = 0", "from 1"),
    ("polling", "concurrency = 4000", "polling.concurrency = 4000", "up to 1000"),
    ("polling", "concurrency = true", "polling.concurrency = True", "number"),
    ("polling", "concurrency = 1.5", "polling.concurrency = 1.5", "whole number"),
    ("polling", 'concurrency = "many"', "polling.concurrency = 'many'", "whole number"),
    ("polling", 'timeout = ""', "polling.timeout = ''", "10s"),
    (
        "polling",
        'allow_private_hosts = "perhaps"',
        "polling.allow_private_hosts = 'perhaps'",
        "true or false",
    ),
    ("polling", 'contact = "a\\nX-Evil: b"', "polling.contact = 'a\\nX-Evil: b'", "one line"),
    ("digest", 'default_times = ["25:00"]', "digest.default_times[1] = '25:00'", "07:30"),
    ("digest", 'default_times = ["07:30", "8"]', "digest.default_times[2] = '8'", "07:30"),
    ("digest", 'default_times = "08:00"', "digest.default_times = '08:00'", "a list"),
    ("digest", 'default_timezone = "Seoul"', "digest.default_timezone = 'Seoul'", "Asia/Seoul"),
    ("digest", 'default_timezone = "../../etc/passwd"', "digest.default_timezone", "Asia/Seoul"),
    ("digest", "max_stories = 0", "digest.max_stories = 0", "from 1"),
    ("digest", "max_stories = 51", "digest.max_stories = 51", "up to 50"),
    ("digest", 'when_empty = "loudly"', "digest.when_empty = 'loudly'", "'skip' or 'say'"),
    ("breaking", 'quiet_hours = "23-7"', "breaking.quiet_hours = '23-7'", "07:30"),
    ("breaking", 'quiet_hours = "night"', "breaking.quiet_hours = 'night'", "23:00-07:00"),
    ("breaking", 'quiet_hours = "07:00-07:00"', "breaking.quiet_hours = '07:00-07:00'", "23:00-07:00"),
    ("breaking", "quiet_hours = true", "breaking.quiet_hours = True", "off"),
    ("breaking", 'max_age = "6"', "breaking.max_age = '6'", "2h"),
    ("breaking", "max_per_hour = 0", "breaking.max_per_hour = 0", "from 1"),
    ("breaking", "max_per_day = -3", "breaking.max_per_day = -3", "from 1"),
    ("sending", "messages_per_second = 0", "sending.messages_per_second = 0", "above 0"),
    ("sending", "messages_per_second = -0.5", "sending.messages_per_second = -0.5", "above 0"),
    ("sending", "messages_per_second = inf", "sending.messages_per_second = inf", "finite"),
    ("sending", "messages_per_second = nan", "sending.messages_per_second = nan", "number"),
    ("sending", 'paid_broadcast = "perhaps"', "sending.paid_broadcast = 'perhaps'", "true or false"),
    ("sending", "paid_stars_per_day = 0", "sending.paid_stars_per_day = 0", "from 1"),
    ("sending", "paid_stars_per_day = 0.5", "sending.paid_stars_per_day = 0.5", "whole number"),
    ("breaking", 'worth = "0h"', "breaking.worth = '0h'", "above zero"),
    ("telegram", 'proxy = "me:hunter2@proxy.example"', "telegram.proxy: ", "http://"),
    ("sending", "messages_per_second = true", "sending.messages_per_second = True", "number"),
    ("logging", 'form = "xml"', "logging.form = 'xml'", "'text' or 'json'"),
    ("logging", 'level = "LOUD"', "logging.level = 'LOUD'", "'DEBUG'"),
    ("telegram", 'admins = ["ann"]', "telegram.admins[1] = 'ann'", "whole number"),
    ("telegram", "admins = 5", "telegram.admins = 5", "a list"),
    ("telegram", "admins = [0]", "telegram.admins[1] = 0", "above 0"),
    (
        "telegram",
        'base_url = "api.telegram.org/bot"',
        "telegram.base_url = 'api.telegram.org/bot'",
        "https://",
    ),
    ("telegram", 'base_url = "http://"', "telegram.base_url = 'http://'", "https://"),
    ("database", 'url = "mysql://host/name"', "database.url", "postgresql://user@host/name"),
    ("database", 'url = "sosik.db"', "database.url", "sqlite:///sosik.db"),
    ("database", 'url = "postgresql://host:port/name"', "database.url", "postgresql://user@host/name"),
]


@pytest.mark.parametrize(("section", "line", "named", "allowed"), WRONG)
def test_a_wrong_value_is_named_with_its_key_and_what_is_allowed(
    loaded: Load, section: str, line: str, named: str, allowed: str
) -> None:
    said = said_of(lambda: loaded(f"[{section}]\n{line}"))
    assert named in said
    assert allowed in said
    assert "mine.toml" in said


WRONG_LISTS = [
    ({"categories": []}, "categories = []", "at least 1"),
    ({"feeds": []}, "feeds = []", "at least 1"),
    ({"categories": None}, "categories = None", "a list"),
    ({"categories": [{"slug": "K Pop", "name": "x"}]}, "categories[1].slug = 'K Pop'", "a-z"),
    ({"categories": [{"slug": "kpop\n", "name": "x"}]}, "categories[1].slug", "a-z"),
    ({"categories": [{"slug": "all", "name": "x"}]}, "categories[1].slug = 'all'", "another word"),
    ({"categories": [{"slug": "x" * 33, "name": "x"}]}, "categories[1].slug", "32"),
    ({"categories": [{"slug": "kpop"}]}, "categories[1].name", "missing"),
    ({"categories": [{"name": "K-pop"}]}, "categories[1].slug", "missing"),
    ({"categories": [{"slug": "kpop", "name": {}}]}, "categories[1].name = {}", "K-pop"),
    ({"categories": [{"slug": "kpop", "name": ""}]}, "categories[1].name = ''", "K-pop"),
    ({"categories": [{"slug": "kpop", "name": {"fr": "K-pop"}}]}, "'fr' is no language", "en, ko"),
    ({"categories": [{"slug": "kpop", "name": "a\nb"}]}, "categories[1].name", "one line"),
    (
        {"categories": [{"slug": "kpop", "name": "x", "aliases": "idol"}]},
        "categories[1].aliases = 'idol'",
        "a list",
    ),
    ({"categories": ["kpop"]}, "categories[1] = 'kpop'", "section"),
    ({"feeds": [{"categories": ["kpop"]}]}, "feeds[1].url", "missing"),
    ({"feeds": [{"url": "https://a.example/"}]}, "feeds[1].categories", "missing"),
    ({"feeds": [{"url": "https://a.example/", "categories": []}]}, "feeds[1].categories = []", "at least 1"),
    (
        {"feeds": [{"url": "https://a.example/", "categories": "kpop"}]},
        "feeds[1].categories = 'kpop'",
        "a list",
    ),
    (
        {"feeds": [{"url": "ftp://a.example/", "categories": ["kpop"]}]},
        "feeds[1].url = 'ftp://a.example/'",
        "http",
    ),
    ({"feeds": [{"url": "https://a.example:99999/", "categories": ["kpop"]}]}, "feeds[1].url", "http"),
    ({"feeds": [{"url": "https://a b.example/", "categories": ["kpop"]}]}, "feeds[1].url", "http"),
    ({"feeds": [{"url": "https://[::1/", "categories": ["kpop"]}]}, "feeds[1].url", "http"),
    (
        {"feeds": [{"url": "https://a.example/", "categories": ["kpop"], "language": "fr"}]},
        "feeds[1].language = 'fr'",
        "'en' or 'ko'",
    ),
    (
        {"feeds": [{"url": "https://a.example/", "categories": ["kpop"], "interval": "often"}]},
        "feeds[1].interval = 'often'",
        "5m",
    ),
    (
        {"feeds": [{"url": "https://a.example/", "categories": ["kpop"], "name": "n" * 81}]},
        "feeds[1].name",
        "at most 80",
    ),
    (
        {"feeds": [{"url": "https://a.example/", "categories": ["kpob"]}]},
        "'kpob', which there is not",
        "kpop",
    ),
    (
        {"feeds": [{"url": "https://a.example/", "categories": ["kpop"], "category_map": {"TV": "tv"}}]},
        "'tv', which there is not",
        "There are: kpop",
    ),
    (
        {"feeds": [{"url": "https://a.example/", "categories": ["kpop"], "category_map": ["TV"]}]},
        "feeds[1].category_map = ['TV']",
        "a table",
    ),
    (
        {"categories": [{"slug": "kpop", "name": "a"}, {"slug": "kpop", "name": "b"}]},
        "the slug 'kpop'",
        "twice",
    ),
    ({"feeds": [{"url": "https://a.example/", "categories": ["kpop"]}] * 2}, "'https://a.example/'", "twice"),
    (
        {
            "feeds": [
                {"url": "https://a.example/", "categories": ["kpop"], "name": "Daily"},
                {"url": "https://b.example/", "categories": ["kpop"], "name": "daily"},
            ]
        },
        "two are called 'daily'",
        "another `name`",
    ),
    (
        {
            "feeds": [
                {"url": "https://www.a.example/feed", "categories": ["kpop"]},
                {"url": "http://a.example/feed/", "categories": ["kpop"]},
            ]
        },
        "two are called 'a.example/feed'",
        "another `name`",
    ),
]


@pytest.mark.parametrize(("written", "named", "allowed"), WRONG_LISTS)
def test_a_wrong_category_or_feed_is_named(written: dict[str, object], named: str, allowed: str) -> None:
    right = {
        "categories": [{"slug": "kpop", "name": "K-pop"}],
        "feeds": [{"url": "https://example.org/feed/", "categories": ["kpop"]}],
    }
    said = said_of(lambda: build({**right, **written}, "it"))
    assert named in said
    assert allowed in said


@pytest.mark.parametrize(
    ("line", "key", "suggested"),
    [
        ("intervall = 1\n[telegram]", "intervall", ""),
        ("[telegramm]", "telegramm", "telegram"),
        ('[telegram]\ntokn = "secret"', "telegram.tokn", "token"),
        ("[sending]\nmessages_per_secound = 3", "sending.messages_per_secound", "messages_per_second"),
        ("[digest]\ndefault_time = []", "digest.default_time", "default_times"),
        (
            "[polling]\nxyzzy = 1",
            "polling.xyzzy",
            "allow_private_hosts, auto_max, auto_min, concurrency, contact, host_gap, host_requests, interval",
        ),
        ("_env_file = '.env'", "_env_file", ""),
        ("__pydantic_self__ = 1", "__pydantic_self__", ""),
        ("_cli_parse_args = true", "_cli_parse_args", ""),
    ],
)
def test_a_key_that_does_not_exist_is_named_with_the_one_probably_meant(
    loaded: Load, line: str, key: str, suggested: str
) -> None:
    said = said_of(lambda: loaded(line))
    assert f"{key}: there is no such key." in said
    assert suggested in said
    assert "secret" not in said


def test_a_key_that_does_not_exist_in_a_feed_or_a_category_is_named(write: Callable[[str], object]) -> None:
    text = """
    [[categories]]
    slug = "kpop"
    name = "K-pop"
    alias = ["idol"]
    [[feeds]]
    url = "https://example.org/"
    categories = ["kpop"]
    intervall = "1m"
    """
    said = said_of(lambda: load(write(text)))  # type: ignore[arg-type]
    assert "categories[1].alias: there is no such key. Did you mean aliases?" in said
    assert "feeds[1].intervall: there is no such key. Did you mean interval?" in said


def test_all_that_is_wrong_is_said_at_once(loaded: Load) -> None:
    said = said_of(
        lambda: loaded('[polling]\ninterval = "x"\n[digest]\nmax_stories = 0\n[sending]\nrate = 1')
    )
    assert len([line for line in said.splitlines() if line.startswith("  ")]) == 3


def test_a_huge_value_does_not_flood_the_terminal(loaded: Load) -> None:
    said = said_of(lambda: loaded(f'[polling]\ninterval = "{"x" * 10_000}"'))
    assert len(said) < 400


def test_a_feed_without_a_name_is_called_by_its_address_without_its_secrets() -> None:
    config = build(
        {
            "categories": [{"slug": "kpop", "name": "K-pop"}],
            "feeds": [{"url": "https://ann:s3cret@example.org/f?key=abcdef&page=2", "categories": ["kpop"]}],
        },
        "it",
        environment=False,
    )
    (feed,) = config.newsroom().feeds
    assert "s3cret" not in feed.name
    assert "abcdef" not in feed.name
    assert feed.name.startswith("example.org/f")
    assert "s3cret" in feed.url


def test_errors_are_of_the_configuration(loaded: Load) -> None:
    with pytest.raises(ConfigError):
        loaded("[nothing]")


def test_auto_is_an_interval_that_begins_with_the_plain_one(loaded: Load) -> None:
    feed = '[[feeds]]\nurl = "https://{}.example/"\ncategories = ["kpop"]\n'
    more = feed.format("a") + 'interval = "auto"\n' + feed.format("b")
    mine = loaded(f'[polling]\ninterval = "10m"\n{more}').newsroom()
    assert [(one.auto, one.interval) for one in mine.feeds] == [
        (True, timedelta(minutes=10)),
        (False, timedelta(minutes=10)),
        (False, timedelta(minutes=10)),
    ]
    every = loaded('[polling]\ninterval = "auto"\n').newsroom()
    assert [(one.auto, one.interval) for one in every.feeds] == [(True, timedelta(minutes=5))]


def test_the_bounds_of_auto_are_in_order(loaded: Load) -> None:
    said = said_of(lambda: loaded('[polling]\nauto_min = "2h"\nauto_max = "1h"'))
    assert "auto_min must not be longer than auto_max" in said
