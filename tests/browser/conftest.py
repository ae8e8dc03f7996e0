"""A playground and a headless Chromium in front of it."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from bot.cli.playing import Playground, playing
from tests.conftest import skip_or_fail

CHROMIUM = os.environ.get("SOSIK_CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}

Shoot = Callable[[Page, str], Awaitable[None]]


@pytest.fixture
async def playground(tmp_path: Path) -> AsyncIterator[Playground]:
    async with playing(tmp_path) as running:
        yield running


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not Path(CHROMIUM).is_file():
        skip_or_fail("chromium", f"there is no {CHROMIUM}")
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        await launched.close()


@pytest.fixture
async def page(browser: Browser, playground: Playground) -> AsyncIterator[Page]:
    """The page on a desktop, in the light; an error on its console fails the test."""
    async with opened_errors(browser, playground, DESKTOP, "light") as made:
        yield made


@pytest.fixture
async def phone(browser: Browser, playground: Playground) -> AsyncIterator[Page]:
    """The page on a phone, in the dark."""
    async with opened_errors(browser, playground, PHONE, "dark") as made:
        yield made


class opened_errors:  # noqa: N801 - used like a function
    def __init__(
        self,
        browser: Browser,
        playground: Playground,
        size: dict[str, int],
        scheme: str,
        *,
        sharpness: int = 1,
    ) -> None:
        self.browser, self.playground, self.size, self.scheme = browser, playground, size, scheme
        self.sharpness = sharpness
        self.errors: list[str] = []

    async def __aenter__(self) -> Page:
        self.context = await self.browser.new_context(
            viewport=self.size,
            color_scheme=self.scheme,
            reduced_motion="reduce",
            locale="en-GB",
            device_scale_factor=self.sharpness,
        )
        page = await self.context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        await page.goto(self.playground.url)
        await page.get_by_test_id("messenger").and_(page.locator("[data-ready]")).wait_for()
        return page

    async def __aexit__(self, *_: object) -> None:
        await self.context.close()
        assert self.errors == []


@pytest.fixture
def shoot() -> Shoot:
    """Keep a screenshot, where SOSIK_SCREENSHOTS names a folder."""
    folder = os.environ.get("SOSIK_SCREENSHOTS")

    async def keep(page: Page, name: str) -> None:
        if folder:
            await page.wait_for_timeout(400)
            await page.screenshot(path=Path(folder) / f"{name}.png")

    return keep
