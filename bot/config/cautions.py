"""What is allowed in a configuration and yet should be known, as sentences."""

from collections.abc import Iterator

# Messages a second: what Telegram takes of every bot (its FAQ, "My bot is hitting limits"), and what it takes of one that
# pays for what is above (Bot API, `allow_paid_broadcast`).
FREE_RATE = 30
PAID_RATE = 1_000
MESSAGES_A_STAR = 10


def of_rate(rate: float, stars: int | None) -> Iterator[str]:
    """Say what a rate, in messages a second, brings and costs; `stars` may be spent in a day, None: nothing is paid for."""
    key = f"sending.messages_per_second = {rate:g}"
    if stars is None:
        if rate > FREE_RATE:
            yield f"{key}: above {FREE_RATE} Telegram asks for paid broadcasts, and answers 429 without them."
        return
    paid = "sending.paid_broadcast = true"
    if rate <= FREE_RATE:
        yield f"{paid}: nothing is paid for at {rate:g} a second; {FREE_RATE} are free."
        return
    yield f"{paid}: what is above {FREE_RATE} costs {1 / MESSAGES_A_STAR:g} Stars each, up to sending.paid_stars_per_day = {stars}."
    if rate > PAID_RATE:
        yield f"{key}: above {PAID_RATE} Telegram answers 429, also to what is paid for."


def of_address(public_url: str) -> Iterator[str]:
    """Say what an address of ours without TLS means."""
    if public_url.startswith("http:"):
        words = "without TLS anybody on the way can read what hubs send; their signatures are checked."
        yield f"web.public_url begins with http: {words}"
