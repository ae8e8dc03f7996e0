"""Who is owed an alert, and when: the rule that decides each chat of an audience."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo

from digests.editions.filters import About, muted_by
from digests.editions.timetable import in_quiet, quiet_ends
from digests.model import Alerts, Broadcast, Candidate, Owed, Priority, State, alert_key
from digests.settings import BreakingSettings

HELD_WORTH = timedelta(days=7)  # a held alert waits for a digest; a bot that was down for days still tells it


@dataclass(frozen=True, slots=True)
class NotOwed:
    """Why a chat does not get an alert: `paused`, `alerts off`, `subscribed later`, `muted`, `broke before`, `in its digest`, `expired`."""

    reason: str


def decide(
    candidate: Candidate,
    broadcast: Broadcast,
    *,
    rules: BreakingSettings,
    zone: tzinfo,
    now: datetime,
    about: About | None = None,
) -> Owed | NotOwed:
    """Decide one chat of a broadcast: now, silently, later, held for its digest, or not at all.

    `about` is what the story is about of that which chats mute; None: nobody here mutes anything.

    `zone` is the chat's. Over a cap, in quiet hours that hold, or when it is late by its worth, an alert is held for the
    next digest; where the chat has no digests it is due when the cap frees or the hours end, and not at all when late.
    """
    refused = _refusal(candidate, broadcast, about)
    if refused:
        return NotOwed(refused)
    chat = candidate.chat
    threshold = min(
        (rules.thresholds.get(slug, rules.threshold) for slug in broadcast.categories),
        default=rules.threshold,
    )
    due = free_at(candidate, rules, zone, now, score=broadcast.score, threshold=threshold)
    late = broadcast.expires_at <= now  # the bot, or Telegram, was away for longer than an alert is worth
    if late and not chat.digest_times:
        return NotOwed("expired")
    held = late or (due > now and bool(chat.digest_times))
    if held:
        due = chat.next_digest_at or now
    return Owed(
        chat=chat.id,
        key=alert_key(broadcast.story, broadcast.turn),
        edition=broadcast.edition,
        priority=Priority.ALERT,
        state=State.HELD if held else State.OWED,
        due_at=due,
        expires_at=_expires(broadcast, due, rules, now, held=held),
        silent=broadcast.silent or chat.alerts is Alerts.SILENT or in_quiet(chat.quiet, zone, due),
        answers=alert_key(broadcast.story, broadcast.turn - 1) if broadcast.turn > 1 else "",
    )


def free_at(
    candidate: Candidate,
    rules: BreakingSettings,
    zone: tzinfo,
    now: datetime,
    *,
    score: float | None = None,
    threshold: float = 0.0,
) -> datetime:
    """Give the first moment at which neither a cap nor holding quiet hours stand against it; `now` if none do.

    As a cap is used up, what is left of it is for news of a higher `score`; None passes as long as anything is left.
    """
    due = now
    few = candidate.chat.alerts is Alerts.FEW
    in_hour = min(rules.few_per_hour, rules.max_per_hour) if few else rules.max_per_hour
    in_day = min(rules.few_per_day, rules.max_per_day) if few else rules.max_per_day
    worth = (
        float("inf") if score is None else max(score, threshold)
    )  # what rings is worth the plain threshold
    for used, allowed, window, frees_at in (
        (candidate.alerts_last_hour, in_hour, timedelta(hours=1), candidate.hour_frees_at),
        (candidate.alerts_last_day, in_day, timedelta(days=1), candidate.day_frees_at),
    ):
        if raised(threshold, used, allowed) > worth or used >= allowed:
            left = _left(candidate, threshold, allowed, worth, window)
            due = max(due, left or frees_at or now + window)
    quiet = candidate.chat.quiet
    return quiet_ends(quiet, zone, due) if quiet and quiet.hold and in_quiet(quiet, zone, due) else due


def free_ats(
    candidate: Candidate, rules: BreakingSettings, zone: tzinfo, now: datetime, many: int
) -> list[datetime]:
    """Give when `many` alerts that were held may be sent to a chat without digests, ascending.

    Each counts for those after it; and none comes in quiet hours, since what was held keeps no word of whether it rings.
    """
    ats: list[datetime] = []
    for _ in range(many):
        at = quiet_ends(candidate.chat.quiet, zone, free_at(candidate, rules, zone, now))
        ats.append(at)
        candidate = replace(
            candidate,
            alerts_last_hour=candidate.alerts_last_hour + 1,
            alerts_last_day=candidate.alerts_last_day + 1,
            dues=tuple(sorted((*candidate.dues, at), reverse=True)),
        )
    return ats


def _left(
    candidate: Candidate, threshold: float, allowed: int, worth: float, window: timedelta
) -> datetime | None:
    """Give when so few alerts are left in the window that there is room; those that wait for room count as well."""
    room = sum(raised(threshold, used, allowed) <= worth for used in range(allowed))
    return candidate.dues[room - 1] + window if 0 < room <= len(candidate.dues) else None


def raised(threshold: float, used: int, allowed: int) -> float:
    """Raise a threshold as a chat's cap is used up, so that what is left of it goes to the better news.

    Nothing while less than half of it is used, then evenly up to twice the threshold for the last one; infinite
    where none is left.
    """
    if used >= allowed:
        return float("inf")
    part = used / max(1, allowed - 1) if allowed > 1 else 0.0
    return threshold * (1 + max(0.0, part - 0.5) * 2)


def _refusal(candidate: Candidate, broadcast: Broadcast, about: About | None) -> str:
    if candidate.chat.paused_at is not None:
        return "paused"
    if candidate.chat.alerts is Alerts.OFF:
        return "alerts off"
    if candidate.subscribed_at > broadcast.decided_at:
        return "subscribed later"
    if about is not None and muted_by(about, candidate.mutes):
        return "muted"
    if candidate.had_chance:
        return "broke before"
    return "in its digest" if _in_digest(candidate, broadcast) else ""


def _in_digest(candidate: Candidate, broadcast: Broadcast) -> bool:
    """Whether a digest told the story as breaking while the broadcast was on its way to this chat."""
    chat = candidate.chat
    if chat.digested_at is None or chat.digested_at < broadcast.decided_at:
        return False
    return _covers(chat.digested_seq, candidate.filed_seq) or _covers(chat.named_seq, candidate.named_seq)


def _covers(upto: int | None, seq: int | None) -> bool:
    return upto is not None and seq is not None and seq <= upto


def _expires(
    broadcast: Broadcast, due: datetime, rules: BreakingSettings, now: datetime, *, held: bool
) -> datetime:
    if held:
        return due + HELD_WORTH
    return due + rules.worth if due > now else broadcast.expires_at
