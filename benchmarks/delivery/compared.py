"""Side by side in one run: the bot's way, and a plain loop with python-telegram-bot and `AIORateLimiter`."""

import json
import subprocess
import sys
import time

from benchmarks.delivery.databases import SETTINGS, card, database, utc_now
from benchmarks.delivery.draining import WITHOUT, drain, prepare
from benchmarks.delivery.processes import busiest, emulated, sending
from benchmarks.measuring import ROOT
from bot.formatter.render import Formatter
from bot.texts import Texts
from digests.editions.timetable import zone_of
from digests.model import AlertContent, StoryId

SCALED = 300.0  # messages a second: ten times the usual limit, in a tenth of the time
MISSING = (
    "python-telegram-bot[rate-limiter] is not installed there, so Sosik is measured alone. To compare, in a virtual "
    "environment: pip install 'python-telegram-bot[rate-limiter]', then --python PATH/bin/python."
)


def compare(messages: int, python: str) -> None:
    """Print both, without a limit that matters and with one."""
    there = not subprocess.run(
        [python, "-c", "import telegram, aiolimiter"], capture_output=True, check=False
    ).returncode
    if not there:
        print(MISSING)
    print(
        "| the same messages, to as many chats | messages/s | CPU µs each | of the limit | most in a second |"
    )
    print("|---|---|---|---|---|")
    if there:
        for at_once in (1, 32):
            print(_theirs(python, WITHOUT, messages, at_once), flush=True)
    one = drain(messages, "", born=True)
    print(
        f"| Sosik, SQLite, no limit | {one.messages / one.seconds:.0f} | {one.cpu / one.messages * 1e6:.0f} | | |",
        flush=True,
    )
    few = round(SCALED * 20)
    if there:
        print(_theirs(python, SCALED, few, 32), flush=True)
    print(_ours(SCALED, few), flush=True)


def _theirs(python: str, rate: float, messages: int, at_once: int) -> str:
    formatter = Formatter(Texts.load(), SETTINGS.categories)
    content = AlertContent(card(StoryId(1), utc_now()))
    said = formatter.alert(content, language="ko", zone=zone_of("Asia/Seoul"), group=False, silent=False)
    with emulated() as telegram:
        script = str(ROOT / "benchmarks" / "delivery" / "plain_loop.py")
        command = [python, script, telegram.url, str(rate), str(messages), str(at_once)]
        done = subprocess.run(command, input=said.html.encode(), stdout=subprocess.PIPE, check=True)
        used = json.loads(done.stdout)
        stamps = telegram.stamps()
    words = f"plain loop, {at_once} at once" if at_once > 1 else "plain loop, one after the other"
    return _line(words, rate, messages / (stamps[-1] - stamps[0]), used["cpu"] / messages, busiest(stamps))


def _ours(rate: float, messages: int) -> str:
    with database() as url, emulated() as telegram:
        prepare(url, messages, born=True)
        with sending(url, telegram, rate) as sender:
            cpu = sender.cpu()
            sender.ask("announce", categories=["kpop", "drama"])
            telegram.until(messages, still=sender.runs)
            time.sleep(0.1)
            cpu = sender.cpu() - cpu
        stamps = telegram.stamps()
    return _line("Sosik, SQLite", rate, messages / (stamps[-1] - stamps[0]), cpu / messages, busiest(stamps))


def _line(words: str, rate: float, found: float, cpu: float, most: int) -> str:
    limited = f"{found / rate:.3f} | {most} ({most / rate:.0%})" if rate < WITHOUT else "|"
    at = f"{rate:.0f}/s" if rate < WITHOUT else "no limit"
    return f"| {words}, {at} | {found:.0f} | {cpu * 1e6:.0f} | {limited} |"


if __name__ == "__main__":
    compare(10_000, sys.executable)
