"""Who is owed an alert, and when: the rule that decides each chat of an audience."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from digests.editions.timetable import in_quiet, quiet_ends
from digests.model import Alerts, Broadcast, Candidate, Owed, Priority, State, alert_key
from digests.settings import BreakingSettings

WORTH = timedelta(hours=6)  # how long an alert is worth sending after it was decided, or after it came due
HELD_WORTH = timedelta(days=7)  # a held alert waits for a digest; a bot that was down for days still tells it


@dataclass(frozen=True, slots=True)
class NotOwed:
    """Why a chat does not get an alert: `paused`, `alerts off`, `subscribed later`, `broke before`, `in its digest`, `expired`."""

    reason: str


def decide(
    candidate: Candidate,
    broadcast: Broadcast,
    *,
    rules: BreakingSettings,
    zone: tzinfo,
    now: datetime,
    turn: int = 1,
) -> Owed | NotOwed:
    """Decide one chat of a broadcast: now, silently, later, held for its digest, or not at all.

    `zone` is the chat's. Over a cap, or in quiet hours that hold, an alert is held for the next digest; where
    the chat has no digests it is due when the cap frees or the hours end, and not inside hours that hold.
    """
    refused = _refusal(candidate, broadcast, now)
    if refused:
        return NotOwed(refused)
    chat = candidate.chat
    due = free_at(candidate, rules, zone, now)
    held = due > now and bool(chat.digest_times)
    if held:
        due = chat.next_digest_at or now
    return Owed(
        chat=chat.id,
        key=alert_key(broadcast.story, turn),
        edition=broadcast.edition,
        priority=Priority.ALERT,
        state=State.HELD if held else State.OWED,
        due_at=due,
        expires_at=_expires(broadcast, due, now, held=held),
        silent=chat.alerts is Alerts.SILENT or in_quiet(chat.quiet, zone, due),
    )


def free_at(candidate: Candidate, rules: BreakingSettings, zone: tzinfo, now: datetime) -> datetime:
    """Give the first moment at which neither a cap nor holding quiet hours stand against it; `now` if none do."""
    due = now
    few = candidate.chat.alerts is Alerts.FEW
    if candidate.alerts_last_hour >= (
        min(rules.few_per_hour, rules.max_per_hour) if few else rules.max_per_hour
    ):
        due = max(due, candidate.hour_frees_at or now + timedelta(hours=1))
    if candidate.alerts_last_day >= (min(rules.few_per_day, rules.max_per_day) if few else rules.max_per_day):
        due = max(due, candidate.day_frees_at or now + timedelta(days=1))
    quiet = candidate.chat.quiet
    return quiet_ends(quiet, zone, due) if quiet and quiet.hold and in_quiet(quiet, zone, due) else due


def _refusal(candidate: Candidate, broadcast: Broadcast, now: datetime) -> str:
    if candidate.chat.paused_at is not None:
        return "paused"
    if candidate.chat.alerts is Alerts.OFF:
        return "alerts off"
    if candidate.subscribed_at > broadcast.decided_at:
        return "subscribed later"
    if candidate.had_chance:
        return "broke before"
    if _in_digest(candidate, broadcast):
        return "in its digest"
    return "expired" if broadcast.expires_at <= now else ""


def _in_digest(candidate: Candidate, broadcast: Broadcast) -> bool:
    """Whether a digest told the story as breaking while the broadcast was on its way to this chat."""
    chat = candidate.chat
    if chat.digested_at is None or chat.digested_seq is None or candidate.filed_seq is None:
        return False
    return chat.digested_at >= broadcast.decided_at and candidate.filed_seq <= chat.digested_seq


def _expires(broadcast: Broadcast, due: datetime, now: datetime, *, held: bool) -> datetime:
    if held:
        return due + HELD_WORTH
    return due + WORTH if due > now else broadcast.expires_at
