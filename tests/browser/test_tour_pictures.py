"""The messages of docs/tour.md, one bubble a picture: English in the light, Korean in the dark."""

import os
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Locator, Page, expect

from bot.cli.playing import Playground
from bot.playground.telegram import Fault
from tests.browser.conftest import opened_errors

PAPER = {"width": 420, "height": 2800}  # a phone's width; tall, so that every bubble is seen whole
MARGIN = 10  # of the chat's ground around a bubble
LARGEST = 300_000  # bytes of a picture; how long the digest is depends on the hour
ALONE = """one => {
    for (const other of one.parentElement.children) other.style.visibility = other === one ? "" : "hidden";
    one.querySelector(".beside")?.style.setProperty("visibility", "hidden");
}"""

Keep = Callable[[Locator, str], Awaitable[None]]


@dataclass(frozen=True)
class Reader:
    """Who reads, and by which words each message is known."""

    chat: str
    language: str
    scheme: str
    kpop: str
    drama: str
    done: str
    alert: str  # a sample story
    title: str
    welcome: str
    subscribed: str
    digest: str
    nothing: str
    error: str
    zone: str


READERS = (
    Reader(
        "english", "en", "light", "K-pop", "Drama", "Done", "tidemark-leader-leaves", "Ok Taeo leaves",
        "Hello, I’m Sosik", "You now follow", "Good morning", "Nothing new", "something went wrong", "Got it",
    ),
    Reader(
        "korean", "ko", "dark", "케이팝", "드라마", "완료", "tidemark-tteonanda", "옥태오",
        "안녕하세요", "전해 드릴게요", "좋은 아침", "새 소식이 없어요", "문제가 생겼어요", "서울",
    ),
)  # fmt: skip


@pytest.fixture
def keep() -> Keep:
    """Keep the picture of a message, where SOSIK_SCREENSHOTS names a folder."""
    folder = os.environ.get("SOSIK_SCREENSHOTS")

    async def keeping(message: Locator, name: str) -> None:
        if not folder:
            return
        page = message.page
        await message.evaluate(ALONE)
        await page.wait_for_timeout(400)
        box = await message.locator(".body").bounding_box()
        assert box, f"{name} is not to be seen"
        clip = {
            "x": max(box["x"] - MARGIN, 0),
            "y": max(box["y"] - MARGIN, 0),
            "width": box["width"] + 2 * MARGIN,
            "height": box["height"] + 2 * MARGIN,
        }
        path = Path(folder) / f"{name}.png"
        await page.screenshot(path=path, clip=clip)
        assert path.stat().st_size < LARGEST

    return keeping


@pytest.fixture
async def paper(
    request: pytest.FixtureRequest, browser: Browser, playground: Playground
) -> AsyncIterator[Page]:
    async with opened_errors(browser, playground, PAPER, request.param, sharpness=2) as page:
        yield page


def said(page: Page, words: str) -> Locator:
    """The last message of the bot that says so."""
    return page.locator('[data-testid="message"][data-author="bot"]').filter(has_text=words).last


async def open_chat(page: Page, playground: Playground, which: str) -> None:
    chat = getattr(playground, which).id
    back = page.get_by_test_id("back")
    if await back.is_visible():
        await back.click()
    await page.locator(f'[data-testid="chat"][data-chat-id="{chat}"]').click()


async def say(page: Page, text: str) -> None:
    await page.get_by_test_id("input").fill(text)
    await page.get_by_test_id("input").press("Escape")
    await page.get_by_test_id("send").click()


@pytest.mark.parametrize(
    ("reader", "paper"),
    [(reader, reader.scheme) for reader in READERS],
    indirect=["paper"],
    ids=[reader.language for reader in READERS],
)
async def test_the_six_messages(reader: Reader, paper: Page, playground: Playground, keep: Keep) -> None:
    async def seen(name: str, words: str) -> None:
        await expect(said(paper, words)).to_be_visible(timeout=30_000)
        await keep(said(paper, words), f"tour-{name}.{reader.language}")

    chat = getattr(playground, reader.chat)
    await open_chat(paper, playground, reader.chat)
    await say(paper, "/start")
    welcome = said(paper, reader.welcome)
    await welcome.get_by_test_id("key").filter(has_text=reader.kpop).click()
    await expect(welcome.get_by_test_id("key").filter(has_text=f"✅ {reader.kpop}")).to_be_visible()
    await seen("welcome", reader.welcome)

    await say(paper, "/subscribe drama")
    await seen("subscribed", reader.subscribed)

    playground.newsroom.publish(reader.alert)
    await seen("alert", reader.title)

    playground.telegram.fault(Fault.error(400, "as the tour wishes", method="sendMessage", chat=chat.id))
    await say(paper, "/help")
    await seen("error", reader.error)

    await say(paper, "/unsubscribe kpop")  # a short digest
    await say(paper, "/timezone Seoul")
    await expect(said(paper, reader.zone)).to_be_visible()
    morning = await playground.due(chat)
    assert morning is not None
    await playground.jump(morning)
    await seen("digest", reader.digest)

    await playground.jump(morning + timedelta(days=2, minutes=1))
    await say(paper, "/digest")
    await seen("nothing-new", reader.nothing)


@pytest.mark.parametrize("paper", ["light"], indirect=True)
async def test_the_alert_in_a_group(paper: Page, playground: Playground, keep: Keep) -> None:
    await open_chat(paper, playground, "group")
    await say(paper, "/subscribe@SosikBot korea")
    await expect(said(paper, "You now follow")).to_be_visible()
    playground.newsroom.publish("east-coast-quake")
    alert = said(paper, "No alerts here")
    await expect(alert.get_by_test_id("key")).to_have_count(3)
    await keep(alert, "tour-alert-in-a-group")
