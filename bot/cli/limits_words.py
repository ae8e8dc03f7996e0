"""What the pace means for readers, in words: how long an alert and a digest take to reach all of them. Pure."""

from collections.abc import Iterator
from datetime import timedelta, tzinfo

from bot.cli.wording import count, length, number, rate
from bot.config.cautions import FREE_RATE, MESSAGES_A_STAR, PAID_RATE
from digests.store.audiences import Audiences

LONG = timedelta(minutes=5)  # from here on an operator may want to pay, or to know that one can


def limits(audiences: Audiences, per_second: float, zone: tzinfo, worth: timedelta) -> Iterator[str]:
    """Say how long an alert takes to the largest category and to all, and the busiest digest, at a pace.

    Nothing where there is nobody. `zone` is the one in which a digest's minute is named.
    """
    slug, largest = audiences.largest
    everybody = audiences.everybody
    at = f"at {rate(per_second)}"
    if largest:
        yield f"An alert in {slug} to {chats(largest)} takes {length(takes(largest, per_second))} {at}."
    if everybody > largest:
        yield f"One to all {chats(everybody)} takes {length(takes(everybody, per_second))}."
    if takes(everybody, per_second) > worth:
        yield f"Whoever it does not reach within {length(worth)} finds it in the next digest instead."
    rush = audiences.rush
    if rush:
        minute = f"{rush.at.astimezone(zone):%H:%M}"
        words = length(takes(rush.chats, per_second))
        yield f"The {minute} digest to {chats(rush.chats)} takes {words}{'' if largest else f' {at}'}."
    most = max(everybody, rush.chats if rush else 0)
    if per_second < FREE_RATE and takes(most, per_second) >= LONG:
        yield f"Telegram takes {rate(FREE_RATE)} for nothing: see sending.messages_per_second."
    if per_second < PAID_RATE and takes(most, max(per_second, FREE_RATE)) >= LONG:
        yield paying(most)


def paying(messages: int) -> str:
    """Say what paid broadcasts would make of it, and what they cost."""
    stars = round(messages / MESSAGES_A_STAR * (1 - FREE_RATE / PAID_RATE), -1 if messages > 1_000 else 0)
    return (
        f"Paid broadcasts would make that {length(takes(messages, PAID_RATE))} at {rate(PAID_RATE)}, "
        f"for about {number(round(stars))} Stars each time: see sending.paid_broadcast."
    )


def takes(messages: int, per_second: float) -> timedelta:
    """Give the time from the first of some messages to the last; years are the most that is said."""
    return timedelta(seconds=min(messages / per_second, 10 * 365 * 86_400))


def chats(number_: int) -> str:
    """Say a number of chats."""
    return count(number_, "chat")
