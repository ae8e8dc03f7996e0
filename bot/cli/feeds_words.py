"""How a feed fares, in words: pure."""

from datetime import datetime, timedelta

from digests.feeds.habits import spoken
from digests.feeds.manners import host_of
from digests.model import HubState
from digests.settings import FeedSettings
from digests.store.health import Health, Unnamed
from digests.store.told import Standing


def mark(feed: FeedSettings | None, health: Health | None) -> str:
    """What the eye finds first."""
    if feed is None:
        return "[dim]–[/]"
    if health is None or (health.polled_at is None and health.standing == "polled"):
        return "[dim]·[/]"
    if health.is_broken:
        return "[red]✗[/]"
    return "[yellow]![/]" if health.error or health.standing != "polled" else "[green]✓[/]"


def words(
    feed: FeedSettings | None, health: Health | None, now: datetime, hub: Standing | None = None
) -> str:
    """Say how a feed fares: what is wrong first, then what comes of it, then what is next."""
    if health is None:
        return "not polled yet"
    parts = [
        _standing(feed, health),
        health.error.rstrip(".") if health.error else "",
        f"last success {ago(health.succeeded_at, now)}" if health.succeeded_at else "never read yet",
        f"{_number(health.a_day)} entries a day" if health.entries else "",
        f"{_late(health.delay)} from publication to arrival" if health.delay is not None else "",
        f"moved to {health.address}" if health.address else "",
        "title only" if health.title_only else "",
        "" if health.origin == "file" else f"added by {health.origin}",
        hub_words(hub, now) if hub else "",
        _next(health, now),
    ]
    return "; ".join(part for part in parts if part)


def hub_words(hub: Standing, now: datetime) -> str:
    """Say how a feed stands with its hub (WebSub)."""
    name = host_of(hub.hub)
    match hub.state:
        case HubState.VERIFIED:
            last = f", last {ago(hub.told_at, now)}" if hub.told_at else ""
            forged = f", {hub.ignored} without its signature" if hub.ignored else ""
            return f"its hub {name} tells us of news{last}{forged}"
        case HubState.REFUSED:
            return f"its hub {name} cannot be subscribed to: {hub.error.rstrip('.')}"
        case HubState.DENIED:
            return f"its hub {name} will not tell us{f': {hub.error}' if hub.error else ''}"
        case HubState.PENDING:
            return f"its hub {name} was asked to tell us, and has not come back yet"
    return f"its hub {name} will be asked to tell us"


def ago(at: datetime, now: datetime) -> str:
    """Say how long ago something was."""
    past = now - at
    return "just now" if past < timedelta(seconds=5) else f"{spoken(past)} ago"


def unnamed(gone: Unnamed) -> tuple[tuple[str, str], ...]:
    """Say what the file names no more: each as what it is, and a sentence."""
    feeds = (
        (f"feed {name}", "The file names it no more: it is retired. Its stories stay.") for name in gone.feeds
    )
    categories = (
        (
            f"category {slug}",
            f"The file names it no more: it is retired. Its subscriptions are kept ({chats} chats).",
        )
        for slug, chats in gone.categories
    )
    return (*feeds, *categories)


def _standing(feed: FeedSettings | None, health: Health) -> str:
    if health.standing == "paused":
        return "paused"
    if health.standing == "gone":
        return "closed for good by its publisher (410)"
    if feed is not None:
        return ""
    return "retired: the configuration names it no more" if health.origin == "file" else "removed"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _late(delay: timedelta) -> str:
    return spoken(delay) if delay >= timedelta(seconds=1) else "under 1 s"


def _next(health: Health, now: datetime) -> str:
    if health.next_poll_at is None:
        return ""
    left = health.next_poll_at - now
    when = "now" if left <= timedelta(0) else f"in {spoken(left)}"
    return f"next poll {when}" + (f" ({health.next_poll_why})" if health.next_poll_why else "")
