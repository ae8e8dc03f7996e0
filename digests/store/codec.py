"""Frozen dataclasses to JSON columns and back. A field added with a default reads old rows."""

import json
from collections.abc import Collection
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from digests.model import (
    AlertContent,
    Content,
    DigestContent,
    Edition,
    EditionId,
    Kind,
    NoticeContent,
    Quiet,
    Ranking,
    Reason,
    Share,
    Subject,
    What,
)

_ALERT: TypeAdapter[AlertContent] = TypeAdapter(AlertContent)
_DIGEST: TypeAdapter[DigestContent] = TypeAdapter(DigestContent)
_RANKING: TypeAdapter[Ranking] = TypeAdapter(Ranking)
_NOTICE: TypeAdapter[NoticeContent] = TypeAdapter(NoticeContent)
_REASONS: TypeAdapter[tuple[Reason, ...]] = TypeAdapter(tuple[Reason, ...])
_SHARE: TypeAdapter[Share] = TypeAdapter(Share)
_QUIET: TypeAdapter[Quiet] = TypeAdapter(Quiet)


def kind_of(content: Content) -> Kind:
    """Tell what kind of edition a content makes."""
    if isinstance(content, AlertContent):
        return Kind.ALERT
    return Kind.NOTICE if isinstance(content, NoticeContent) else Kind.DIGEST


def _adapter(kind: Kind, *, ranked: bool) -> TypeAdapter[Any]:
    if kind is Kind.DIGEST:
        return _RANKING if ranked else _DIGEST
    return _ALERT if kind is Kind.ALERT else _NOTICE


def content_to_json(content: Content) -> Any:
    """Give an edition's content as JSON values."""
    adapter = _adapter(kind_of(content), ranked=isinstance(content, Ranking))
    return adapter.dump_python(content, mode="json")


def edition(row: Any) -> Edition:
    """Read an edition's row."""
    return Edition(EditionId(row.id), Kind(row.kind), content(row.kind, row.content))


def content(kind: str, value: Any) -> Content:
    """Read what `content_to_json` wrote of an edition of this kind; digests were no rankings before."""
    read: Content = _adapter(Kind(kind), ranked="ranked" in value).validate_python(value)
    return read


def reasons_to_json(reasons: tuple[Reason, ...]) -> Any:
    """Give a decision's reasons as JSON values."""
    return _REASONS.dump_python(reasons, mode="json")


def reasons(value: Any) -> tuple[Reason, ...]:
    """Read what `reasons_to_json` wrote; what a version before it wrote is none."""
    return _REASONS.validate_python(value or ())


def share_to_json(share: Share) -> Any:
    """Give a chat's own part of a digest as JSON values, what is usual left out; None where all of it is."""
    return None if share == Share() else _SHARE.dump_python(share, mode="json", exclude_defaults=True)


def share_stored(share: Share) -> str | None:
    """Give a chat's own part of a digest as its column holds it."""
    value = share_to_json(share)
    return None if value is None else json.dumps(value)


def share(value: Any) -> Share:
    """Read what `share_to_json` wrote."""
    return Share() if value is None else _SHARE.validate_python(value)


def subjects_to_json(subjects: Collection[Subject]) -> list[list[str]]:
    """Give what is followed as pairs, in a stable order."""
    return [[one.what, one.value] for one in sorted(subjects)]


def subjects(value: list[list[str]] | None) -> frozenset[Subject]:
    """Read what `subjects_to_json` wrote; what a version before it wrote is none."""
    return frozenset(Subject(What(what), said) for what, said in value or ())


def quiet_to_json(quiet: Quiet | None) -> Any:
    """Give quiet hours as JSON values."""
    return None if quiet is None else _QUIET.dump_python(quiet, mode="json")


def quiet(value: Any) -> Quiet | None:
    """Read what `quiet_to_json` wrote."""
    return None if value is None else _QUIET.validate_python(value)


def times_to_json(times: tuple[time, ...]) -> list[str]:
    """Give local times as "HH:MM"."""
    return [f"{at:%H:%M}" for at in times]


def times(value: list[str]) -> tuple[time, ...]:
    """Read what `times_to_json` wrote."""
    return tuple(time.fromisoformat(at) for at in value)


@lru_cache(maxsize=1_024)
def moment_stored(value: str) -> datetime:
    """Read a moment as its column holds it; a million chats share a few."""
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def times_stored(value: str) -> tuple[time, ...]:
    """Read local times as their column holds them."""
    return times(json.loads(value))
