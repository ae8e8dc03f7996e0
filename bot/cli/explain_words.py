"""A story's dossier in words, for a terminal: pure."""

from collections.abc import Iterator
from datetime import datetime, tzinfo
from typing import Any

from bot.cli.wording import count, utc
from bot.logs import scrub
from digests.model import Reason, Sends, StoryId
from digests.store.dossiers import Dispatch, Dossier, Judgment
from digests.stories.reasons import REASONS

MOST_TITLE = 100  # characters of a title on a line
_UNRUNG = "rings nobody"


def lines(story: Dossier, zone: tzinfo) -> Iterator[str]:
    """Tell a story: what it is, its entries in order with every decision, and what was sent of it to how many."""
    yield _head(story, zone)
    if story.merged_into:
        yield f"  merged into story {story.merged_into}, which tells of the same event"
    if story.linked_to:
        yield f"  linked to story {story.linked_to}: the same event, and both rang"
    if story.absorbed:
        yield f"  took in {_numbers(story.absorbed)}"
    if story.subjects:
        yield f"  tells of {', '.join(f'{one.what.value} {one.value}' for one in story.subjects)}"
    yield ""
    for judgment in story.judgments:
        yield from _entry(judgment, zone)
    yield ""
    yield from _meanings(story)
    yield from (f"  {_dispatch(one, zone)}" for one in story.dispatches)
    if not story.dispatches:
        yield "  nothing was sent of it as an alert"
    if story.digests:
        yield f"  it stands in {count(story.digests, 'digest edition')}"


def line(judgment: Judgment, zone: tzinfo) -> str:
    """Tell one decision in a line: when, the story, whether it rings, its score, the title, the reasons."""
    ring = f"turn {judgment.turn}" if judgment.turn > 1 else "rings" if judgment.rings else "–"
    said = " ".join(map(_sign, judgment.reasons)) or "no reason"
    return (
        f"{_at(judgment.decided_at, zone)}  story {judgment.story:<6} {ring:<6} {judgment.score:>5.1f}  "
        f"{_title(judgment)} ({_plain(judgment.feed)}): {said}"
    )


def told(story: Dossier) -> dict[str, Any]:
    """Give a dossier as JSON values."""
    return {
        "story": story.story,
        "at": utc(story.at),
        "alerted_at": utc(story.alerted_at),
        "turn": story.turn,
        "merged_into": story.merged_into,
        "linked_to": story.linked_to,
        "absorbed": list(story.absorbed),
        "categories": list(story.categories),
        "subjects": [{"what": one.what.value, "value": one.value} for one in story.subjects],
        "digests": story.digests,
        "entries": [told_of(judgment) for judgment in story.judgments],
        "sent": [
            {
                "sends": one.sends.value,
                "turn": one.turn,
                "revision": one.revision,
                "why": one.why,
                "languages": list(one.languages),
                "categories": list(one.categories),
                "silent": one.silent,
                "decided_at": utc(one.decided_at),
                "done": one.done,
                "chats": {state.value: many for state, many in sorted(one.chats.items())},
            }
            for one in story.dispatches
        ],
    }


def told_of(judgment: Judgment) -> dict[str, Any]:
    """Give one decision as JSON values."""
    return {
        "entry": judgment.entry,
        "story": judgment.story,
        "feed": judgment.feed,
        "title": judgment.title,
        "link": judgment.link,
        "language": judgment.language,
        "published": utc(judgment.published),
        "seen": utc(judgment.seen_at),
        "history": judgment.history,
        "decided_at": utc(judgment.decided_at),
        "placed": judgment.placed,
        "fit": judgment.fit,
        "ring": judgment.rings,
        "turn": judgment.turn,
        "score": round(judgment.score, 3),
        "reasons": [_reason(one) for one in judgment.reasons],
        "filed": [_reason(one) for one in judgment.filed],
    }


def _head(story: Dossier, zone: tzinfo) -> str:
    sources = len({one.feed for one in story.judgments})
    spoken = " ".join(sorted({one.language for one in story.judgments}))
    rang = f"rang {_at(story.alerted_at, zone)}" if story.alerted_at else _UNRUNG
    turns = f", turn {story.turn}" if story.turn > 1 else ""
    return (
        f"Story {story.story} of {_at(story.at, zone)} · {', '.join(story.categories) or 'no category'} · "
        f"{count(len(story.judgments), 'entry', 'entries')} of {count(sources, 'feed')} ({spoken}) · {rang}{turns}"
    )


def _entry(judgment: Judgment, zone: tzinfo) -> Iterator[str]:
    fit = "" if judgment.fit is None else f", {judgment.fit:.1f}"
    placed = "begins the story" if judgment.placed == "begins" else f"joins by its {judgment.placed}{fit}"
    history = ", of its feed’s history" if judgment.history else ""
    yield f"  {_at(judgment.seen_at, zone)}  {_title(judgment)}"
    yield f"      {_plain(judgment.feed)}, {judgment.language}{history}; {placed}"
    if judgment.filed:
        yield f"      filed: {'; '.join(f'{one.code} {_plain(one.evidence)}'.strip() for one in judgment.filed)}"
    ring = f"rings as turn {judgment.turn}" if judgment.turn > 1 else "rings" if judgment.rings else _UNRUNG
    yield f"      {ring}, score {judgment.score:.1f}{': ' if judgment.reasons else ''}{' '.join(map(_said, judgment.reasons))}"


def _meanings(story: Dossier) -> Iterator[str]:
    """Say once what each reason means; an operator's own kinds of happenings are known to the operator."""
    codes = dict.fromkeys(reason.code for judgment in story.judgments for reason in judgment.reasons)
    known = [code for code in codes if code in REASONS]
    yield from (f"  {code}: {REASONS[code]}" for code in known)
    if known:
        yield ""


def _dispatch(one: Dispatch, zone: tzinfo) -> str:
    match one.sends:
        case Sends.EDIT:
            readers = f" for {' '.join(one.languages)}" if one.languages else ""
            what = f"edit {one.revision} of turn {one.turn} ({one.why}{readers})"
        case Sends.DENIAL:
            what = "denial"
        case _:
            what = "alert" if one.turn == 1 else f"turn {one.turn}"
            what += f" to {', '.join(one.categories)}" if one.categories else ""
            what += ", silently" if one.silent else ""
    chats = ", ".join(f"{state.value} {many}" for state, many in sorted(one.chats.items())) or "nobody"
    return f"{_at(one.decided_at, zone)}  {what}: {chats}{'' if one.done else ' so far'}"


def _said(reason: Reason) -> str:
    return f"{_sign(reason)} “{_plain(reason.evidence)}”" if reason.evidence else _sign(reason)


def _sign(reason: Reason) -> str:
    return f"{'+' if reason.speaks == 'for' else '-'}{reason.code}"


def _title(judgment: Judgment) -> str:
    title = _plain(judgment.title) or "(no title)"
    return title if len(title) <= MOST_TITLE else title[: MOST_TITLE - 1] + "…"


def _plain(text: str) -> str:
    """Give a publisher's words as a terminal may show them: without what moves its cursor, and on one line."""
    return " ".join(scrub("".join(one if one.isprintable() else " " for one in text)).split())


def _reason(reason: Reason) -> dict[str, str]:
    return {"code": reason.code, "evidence": reason.evidence, "speaks": reason.speaks}


def _at(moment: datetime, zone: tzinfo) -> str:
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def _numbers(stories: tuple[StoryId, ...]) -> str:
    return ("story " if len(stories) == 1 else "stories ") + ", ".join(map(str, stories))
