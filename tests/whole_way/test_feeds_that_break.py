"""A real `sosik run`: a feed that breaks is told to the bot's administrator, once, and to no reader."""

import asyncio
import json
from pathlib import Path

from bot.playground.newsroom import Behaviour
from tests.cli.terminal import started
from tests.process import outside


async def test_the_administrator_is_told_once_and_readers_never(tmp_path: Path, sqlite_url: str) -> None:
    async with outside(tmp_path, sqlite_url) as world:
        telegram = world.telegram
        admin, reader = telegram.person("Ada"), telegram.person("Ria")
        world.newsroom.misbehave("han-river-post", Behaviour(status=500))
        world.write_config()
        env = {"SOSIK_TELEGRAM__ADMINS": json.dumps([admin.id])}
        async with started("run", cwd=world.folder, env=env) as bot:
            await bot.says("connected")
            for person in (admin, reader):
                await world.ask(person, "/start")
            await bot.says("feeds reported")
            mailbox = telegram.private(admin)
            await telegram.until(lambda: world.times_received(mailbox, "A feed is broken") == 1, timeout=30)
            (notice,) = [one.plain for one in telegram.received(mailbox) if "broken" in one.plain]
            assert "han-river-post" in notice
            assert "(500)" in notice
            assert "han-river-post" in await world.ask(admin, "/feeds")
            assert "know" in await world.ask(reader, "/feeds")
            await asyncio.sleep(16)  # another round of reports, while it stays broken
            assert world.times_received(mailbox, "A feed is broken") == 1
            assert world.times_received(telegram.private(reader), "broken") == 0
            assert bot.said.count("feeds reported") == 1
