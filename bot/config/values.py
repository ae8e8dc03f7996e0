"""What may stand in the file: how each kind of value is written, and what is said of one that cannot be used."""

import re
from datetime import time, timedelta
from typing import Annotated, Literal, cast
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from digests.editions.timetable import zone_of
from digests.model import LANGUAGES, Quiet

_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}
_LONGEST = timedelta(days=365)
# As SQLAlchemy reads it: whatever stands before the @ may have any characters.
_DATABASE = re.compile(
    r"sqlite(\+\w+)?:///.+|postgresql(\+\w+)?://([^@\n]*@)?(\[[^\]\n]*\]|[^:/?\n]*)(:[0-9]+)?([/?].*)?"
)
_RESERVED = frozenset({"all", "off", "on"})  # words of commands: `/unsubscribe all`


def _duration(value: object) -> object:
    """Read "500ms", "10s", "5m", "2h" or "1d"."""
    if isinstance(value, timedelta):
        return value
    found = re.fullmatch(r"([0-9]{1,9})\s*(ms|s|m|h|d)", value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError('a duration such as "500ms", "10s", "5m", "2h" or "1d" is wanted')
    result = int(found[1]) * _UNITS[found[2]]
    if not timedelta() < result <= _LONGEST:
        raise ValueError("a duration above zero and up to 365d is wanted")
    return result


def _interval(value: object) -> object:
    """Read a duration, or "auto"."""
    if value == "auto":
        return value
    try:
        return _duration(value)
    except ValueError as error:
        raise ValueError(str(error).replace(" is wanted", ', or "auto", is wanted')) from None


def _local_time(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"([01]?[0-9]|2[0-3]):[0-5][0-9]", value.strip()):
        hour, minute = value.strip().split(":")
        return time(int(hour), int(minute))
    if isinstance(value, time):  # TOML has times of its own, without quotes
        return value.replace(second=0, microsecond=0)
    raise ValueError('a local time such as "07:30" is wanted')


def _quiet(value: object) -> object:
    """Read "23:00-07:00" or "off"."""
    if value is None or isinstance(value, Quiet):
        return value
    if isinstance(value, str):
        if value.strip().lower() == "off":
            return None
        start, dash, end = value.partition("-")
        if dash and start.strip() != end.strip():
            return Quiet(cast("time", _local_time(start)), cast("time", _local_time(end)))
    raise ValueError('quiet hours such as "23:00-07:00", or "off", are wanted')


def _zone(value: str) -> str:
    try:
        zone_of(value)
    except ValueError:
        raise ValueError('an IANA time zone such as "Asia/Seoul" is wanted') from None
    return value


def _http(value: str) -> str:
    try:
        parts = urlsplit(value)
        fine = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:  # a port that is no number, an IPv6 address without its end
        fine = False
    if not fine or re.search(r"\s", value) or not value.isprintable():
        raise ValueError("an address that begins with http:// or https:// is wanted")
    return value


def _proxy(value: str) -> str:
    return _http(value) if value else value


def _listen(value: str) -> str:
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]@]+):([0-9]{1,5})", value)
    if found is None or not 0 < int(found[2]) < 65_536:
        raise ValueError('an address and a port such as "127.0.0.1:8085" are wanted')
    return value


def _public_url(value: str) -> str:
    if value and (re.search(r"[?#]|//[^/]*@", _http(value)) or len(value) > 200):
        raise ValueError(
            'an address such as "https://news.example.org" is wanted, without ?, # and passwords'
        )
    return value.rstrip("/")


def _host(value: str) -> str:
    name = value.strip().rstrip(".").lower()
    if not re.fullmatch(r"[^\s/:@]+|\[?[0-9a-f:]+\]?", name):
        raise ValueError('a name of a server such as "feeds.example.org" is wanted, without http://')
    return name.strip("[]")


def _database(value: str) -> str:
    if not _DATABASE.fullmatch(value):
        raise ValueError('"sqlite:///sosik.db" or "postgresql://user@host/name" is wanted')
    return value


def _token(value: SecretStr) -> SecretStr:
    token = value.get_secret_value().strip()
    if token and not re.fullmatch(
        r"[!-.0-~]+", token
    ):  # it becomes part of a path: printable ASCII, no slash
        raise ValueError("a token as @BotFather gives it is wanted, such as 123456:ABC-DEF")
    return SecretStr(token)


def _slug(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,31}", value):
        raise ValueError("up to 32 of a-z, 0-9, - and _ are wanted, a letter or a digit first")
    if value in _RESERVED:
        raise ValueError("another word is wanted: commands use this one")
    return value


def _line(value: str) -> str:
    if not value.isprintable():
        raise ValueError("one line of text is wanted")
    return value.strip()


def _names(value: object) -> object:
    return {"en": value} if isinstance(value, str) else value


def _languages(value: dict[str, str]) -> dict[str, str]:
    if unknown := sorted(set(value) - set(LANGUAGES)):
        raise ValueError(f"{unknown[0]!r} is no language here; there are: {', '.join(LANGUAGES)}")
    if not value or not all(value.values()):
        raise ValueError('a name such as "K-pop" or { en = "K-pop", ko = "케이팝" } is wanted')
    return value


def _no_truth(value: object) -> object:
    """Refuse what Python takes for 0 and 1."""
    if isinstance(value, bool):
        raise ValueError("a number is wanted")  # noqa: TRY004 - pydantic collects ValueErrors
    return value


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Interval = Annotated[timedelta | Literal["auto"], BeforeValidator(_interval)]
LocalTime = Annotated[time, BeforeValidator(_local_time)]
QuietHours = Annotated[Quiet | None, BeforeValidator(_quiet)]
Zone = Annotated[str, AfterValidator(_zone)]
Url = Annotated[str, AfterValidator(_http)]
Proxy = Annotated[str, AfterValidator(_proxy)]
Listen = Annotated[str, AfterValidator(_listen)]
PublicUrl = Annotated[str, AfterValidator(_public_url)]
Host = Annotated[str, AfterValidator(_host)]
DatabaseUrl = Annotated[str, AfterValidator(_database)]
Token = Annotated[SecretStr, AfterValidator(_token)]
Slug = Annotated[str, AfterValidator(_slug)]
Line = Annotated[str, AfterValidator(_line)]
Names = Annotated[dict[str, Line], BeforeValidator(_names), AfterValidator(_languages)]
WholeNumber = Annotated[int, BeforeValidator(_no_truth)]
Number = Annotated[float, BeforeValidator(_no_truth), Field(allow_inf_nan=False)]
UserId = Annotated[int, BeforeValidator(_no_truth), Field(gt=0, lt=2**53)]
