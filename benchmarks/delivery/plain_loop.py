"""The loop that everybody writes first: python-telegram-bot as it comes, `AIORateLimiter`, one message after the other, or many at once.

Needs python-telegram-bot[rate-limiter] and nothing of ours. Prints JSON: seconds, and CPU seconds.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator

from telegram import LinkPreviewOptions
from telegram.ext import AIORateLimiter, ExtBot
from telegram.request import HTTPXRequest


async def send(bot: ExtBot, chats: Iterator[int], html: str) -> None:
    for chat in chats:
        await bot.send_message(
            chat, html, parse_mode="HTML", link_preview_options=LinkPreviewOptions(is_disabled=True)
        )


async def measure(url: str, rate: float, chats: int, at_once: int, html: str) -> dict[str, float]:
    bot = ExtBot(
        "1:" + "x" * 35,
        base_url=f"{url}/bot",
        request=HTTPXRequest(connection_pool_size=at_once, pool_timeout=60),
        rate_limiter=AIORateLimiter(overall_max_rate=rate, overall_time_period=1),
    )
    numbers = iter(range(1_000_001, 1_000_001 + chats))
    async with bot:
        began, cpu = time.perf_counter(), time.process_time()
        await asyncio.gather(*(send(bot, numbers, html) for _ in range(at_once)))
        return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - cpu}


if __name__ == "__main__":
    url, rate, chats, at_once = sys.argv[1:]
    print(json.dumps(asyncio.run(measure(url, float(rate), int(chats), int(at_once), sys.stdin.read()))))
