"""When a feed that says it has moved for good is believed. Pure."""

from datetime import datetime, timedelta

from digests.model import Move

PROOF = timedelta(days=1)  # so long it has to say the same thing: a broken server redirects for an afternoon
POLLS = 3


def told(known: Move | None, said: str | None, now: datetime) -> Move | None:
    """Note what a poll was told: `said` is where 301s and 308s lead (RFC 9110, 15.4), None where nowhere.

    Another target, or none, begins anew.
    """
    if not said:
        return None
    if known is None or known.target != said:
        return Move(said, now, 1)
    return Move(said, known.since, known.polls + 1)


def settled(
    known: Move | None, address: str, said: str | None, now: datetime, *, url: str
) -> tuple[Move | None, str]:
    """Give what is noted of a move after a poll, and the address to fetch from: "" for the feed's own `url`."""
    move = told(known, said, now)
    if move is None or not is_proved(move, now):
        return move, address
    return None, "" if move.target == url else move.target


def is_proved(move: Move | None, now: datetime) -> bool:
    """Whether the move has been told in several polls over a day."""
    return move is not None and move.polls >= POLLS and now - move.since >= PROOF
