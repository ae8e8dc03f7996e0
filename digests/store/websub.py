"""What was agreed with hubs: one row for each hub and topic of a feed. What they tell is in `told`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, case, delete, or_, select, update

from digests.model import FeedId, HubState, HubSubscription, Offer
from digests.store.engine import Reading, Writing
from digests.store.feeds import DUE, DueFeed, due_of
from digests.store.inserting import insert_new
from digests.store.tables import HAS_HUB, feeds, websub

MOST = 500  # rows that are changed in one transaction

MATCHES = and_(websub.c.hub == feeds.c.hub, websub.c.topic == feeds.c.hub_topic)
IS_LEFT = websub.c.state == HubState.LEAVING.value


@dataclass(frozen=True, slots=True)
class Called:
    """The subscription that a hub calls on, with its feed as it stands."""

    subscription: HubSubscription
    feed: DueFeed
    polled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What no longer agrees with the feeds' own words, or is over. Values, before anything is written."""

    begin: tuple[tuple[FeedId, Offer], ...] = ()  # feeds whose hub nobody has asked
    leave: tuple[int, ...] = ()  # the feed rests, or names another hub now
    drop: tuple[int, ...] = ()  # the same, where the hub knows nothing of us; or it was left long enough
    anew: tuple[int, ...] = ()  # the lease has ended, or it rests on another key or address of ours
    due: bool = False  # somebody is to be asked

    @property
    def none(self) -> bool:
        """Whether there is nothing to do."""
        return self == Changes()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request to a hub came to."""

    id: int
    claimed_until: datetime  # as `claim` was told: what a hub has verified meanwhile is not undone
    next_try_at: datetime
    failures: int
    error: str = ""  # in words; "" where it took the request
    gone: bool = False  # left, as well as can be


async def offered(tx: Writing, offers: Sequence[tuple[FeedId, Offer]]) -> None:
    """Note which hub feeds name now. Who is asked follows from it: see `changes`."""
    await tx.execute(
        update(feeds)
        .where(feeds.c.id == bindparam("feed"))
        .values(
            hub=bindparam("said_hub", type_=feeds.c.hub.type),
            hub_topic=bindparam("said_topic", type_=feeds.c.hub_topic.type),
        ),
        [{"feed": feed, "said_hub": offer.hub, "said_topic": offer.topic} for feed, offer in offers],
    )


async def changes(tx: Reading, seal: str, now: datetime) -> Changes:
    """Compare what was agreed with what feeds name now, whether they are polled, and the time."""
    current = select(websub.c.id).where(websub.c.feed_id == feeds.c.id, MATCHES, ~IS_LEFT).exists()
    begin = select(feeds.c.id, feeds.c.hub, feeds.c.hub_topic).where(
        HAS_HUB, feeds.c.next_poll_at.is_not(None), ~current
    )
    over = and_(~IS_LEFT, or_(feeds.c.next_poll_at.is_(None), ~MATCHES))
    past = and_(IS_LEFT, or_(websub.c.lease_until <= now, websub.c.lease_until.is_(None)))
    leased = and_(websub.c.lease_until.is_not(None), websub.c.lease_until > now)
    stale = and_(websub.c.sealed_by != "", websub.c.sealed_by != seal)
    lapsed = and_(websub.c.state == HubState.VERIFIED.value, websub.c.lease_until <= now)
    rows = await tx.rows(
        select(websub.c.id, websub.c.state, over.label("over"), stale.label("stale"), leased.label("leased"))
        .join(feeds, feeds.c.id == websub.c.feed_id)
        .where(or_(over, past, stale, lapsed))
        .limit(MOST)
    )
    leave = [row.id for row in rows if row.over and row.leased and not row.stale]
    drop = [row.id for row in rows if row.state == HubState.LEAVING or (row.over and row.id not in leave)]
    known = {*leave, *drop}
    due = await tx.value(select(websub.c.id).where(websub.c.next_try_at <= now).limit(1))
    return Changes(
        tuple(
            (FeedId(row.id), Offer(row.hub, row.hub_topic))
            for row in await tx.rows(begin.order_by(feeds.c.id).limit(MOST))
        ),
        tuple(leave),
        tuple(drop),
        tuple(row.id for row in rows if row.id not in known),
        due is not None,
    )


async def change(tx: Writing, made: Changes, now: datetime) -> None:
    """Write what `changes` found. Feeds that no hub tells of any more are polled as ever."""
    rows = [
        {"feed_id": feed, "hub": offer.hub, "topic": offer.topic, "state": HubState.WANTED.value}
        for feed, offer in made.begin
    ]
    await insert_new(tx, websub, [row | {"next_try_at": now} for row in rows], websub.c.id)
    await rely_no_more(tx, (*made.leave, *made.drop, *made.anew), now)
    if made.leave:
        await tx.execute(
            update(websub)
            .where(websub.c.id.in_(made.leave))
            .values(state=HubState.LEAVING.value, failures=0, next_try_at=now)
        )
    if made.anew:
        anew = {"state": HubState.WANTED.value, "token": None, "sealed_by": "", "lease_until": None}
        await tx.execute(
            update(websub).where(websub.c.id.in_(made.anew)).values(**anew, failures=0, next_try_at=now)
        )
    if made.drop:
        await tx.execute(delete(websub).where(websub.c.id.in_(made.drop)))


async def claim(
    tx: Writing, seal: str, now: datetime, *, until: datetime, limit: int, token: Callable[[], str]
) -> tuple[tuple[HubSubscription, str], ...]:
    """Take subscriptions that are due, each with its feed's name; they are due again at `until`, should we die.

    Who was never asked gets a token. All this is committed before a hub is asked: it may verify before it answers.
    """
    rows = await tx.rows(
        select(websub, feeds.c.name)
        .join(feeds, feeds.c.id == websub.c.feed_id)
        .where(websub.c.next_try_at <= now)
        .order_by(websub.c.next_try_at, websub.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=websub)
    )
    stay = (HubState.LEAVING.value, HubState.VERIFIED.value)
    taken = [
        {
            "subscription": row.id,
            "said_token": row.token or token(),
            "said_state": row.state if row.state in stay else HubState.PENDING.value,
        }
        for row in rows
    ]
    if taken:
        await tx.execute(
            update(websub)
            .where(websub.c.id == bindparam("subscription"))
            .values(
                token=bindparam("said_token"),
                state=bindparam("said_state"),
                sealed_by=seal,
                next_try_at=until,
            ),
            taken,
        )
    return tuple(
        (
            HubSubscription(
                row.id,
                FeedId(row.feed_id),
                row.hub,
                row.topic,
                said["said_token"],
                HubState(said["said_state"]),
                row.failures,
                row.lease_until,
            ),
            row.name,
        )
        for row, said in zip(rows, taken, strict=True)
    )


async def asked(tx: Writing, answers: Sequence[Asked]) -> None:
    """Write what requests came to, unless the hub has called meanwhile: then its word counts."""
    for one in answers:
        mine = and_(websub.c.id == one.id, websub.c.next_try_at == one.claimed_until)
        if one.gone:
            await tx.execute(delete(websub).where(mine, IS_LEFT))
            continue
        pending = websub.c.state == HubState.PENDING.value
        values: dict[str, Any] = {
            "next_try_at": one.next_try_at,
            "failures": one.failures,
            "error": one.error,
        }
        if one.error:
            values["state"] = case((pending, HubState.REFUSED.value), else_=websub.c.state)
        await tx.execute(update(websub).where(mine).values(**values))


async def called(tx: Reading, token: str) -> Called | None:
    """Find the subscription that a hub calls on, by what only the hub can know."""
    row = await tx.row(select(websub).where(websub.c.token == token))
    if row is None:
        return None
    feed = await tx.row(select(*DUE, feeds.c.polled_at).where(feeds.c.id == row.feed_id))
    if feed is None:
        return None
    subscription = HubSubscription(
        row.id,
        FeedId(row.feed_id),
        row.hub,
        row.topic,
        row.token,
        HubState(row.state),
        row.failures,
        row.lease_until,
    )
    return Called(subscription, due_of(feed), feed.polled_at)


async def verified(
    tx: Writing, subscription: HubSubscription, *, lease_until: datetime, renew_at: datetime
) -> None:
    """Note that the hub tells us until then; it is relied on."""
    await tx.execute(
        update(websub)
        .where(websub.c.id == subscription.id, ~IS_LEFT)
        .values(
            state=HubState.VERIFIED.value,
            lease_until=lease_until,
            next_try_at=renew_at,
            failures=0,
            error="",
        )
    )
    await rely(tx, subscription.feed, lease_until)


async def denied(
    tx: Writing, subscription: HubSubscription, reason: str, *, again_at: datetime, now: datetime
) -> None:
    """Note that the hub will not tell us."""
    await rely_no_more(tx, [subscription.id], now)
    await tx.execute(
        update(websub)
        .where(websub.c.id == subscription.id)
        .values(state=HubState.DENIED.value, error=reason, lease_until=None, next_try_at=again_at)
    )


async def left(tx: Writing, subscription: HubSubscription) -> None:
    """Forget a subscription that is over."""
    await tx.execute(delete(websub).where(websub.c.id == subscription.id, IS_LEFT))


async def silence(tx: Writing, now: datetime) -> None:
    """Forget what was agreed, since nobody listens to hubs any more. Which hubs there are is kept."""
    rows = await tx.rows(select(websub.c.id))
    for start in range(0, len(rows), MOST):
        some = [row.id for row in rows[start : start + MOST]]
        await rely_no_more(tx, some, now)
        await tx.execute(delete(websub).where(websub.c.id.in_(some)))


async def rely(tx: Writing, feed: FeedId, until: datetime) -> None:
    """Poll a feed less often until then: its hub tells us."""
    await tx.execute(
        update(feeds).where(feeds.c.id == feed, feeds.c.next_poll_at.is_not(None)).values(hub_until=until)
    )


async def rely_no_more(tx: Writing, ids: Sequence[int], now: datetime) -> None:
    """Let feeds be polled as if they had no hub: at once where that had been put off."""
    if not ids:
        return
    relying = and_(
        feeds.c.id.in_(select(websub.c.feed_id).where(websub.c.id.in_(list(ids)))),
        feeds.c.hub_until.is_not(None),
    )
    await tx.execute(
        update(feeds)
        .where(relying, feeds.c.next_poll_at > now)
        .values(next_poll_at=now, next_poll_why="its hub tells us no more")
    )
    await tx.execute(update(feeds).where(relying).values(hub_until=None))
