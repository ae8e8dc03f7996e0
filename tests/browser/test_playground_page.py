"""A newcomer's first minutes, in a browser."""

from playwright.async_api import Locator, Page, expect

from bot.cli.playing import Playground
from tests.browser.conftest import Shoot

TITLE = "TIDEMARK leader Ok Taeo leaves the group"


def chat(page: Page, playground: Playground, which: str) -> Locator:
    return page.locator(f'[data-testid="chat"][data-chat-id="{getattr(playground, which).id}"]')


def messages(page: Page) -> Locator:
    return page.locator('[data-testid="message"][data-author="bot"]')


def key(page: Page, label: str) -> Locator:
    return messages(page).last.get_by_test_id("key").filter(has_text=label)


async def say(page: Page, text: str) -> None:
    await page.get_by_test_id("input").fill(text)
    await page.get_by_test_id("input").press("Escape")
    await page.get_by_test_id("send").click()


async def test_from_start_to_the_morning_digest(page: Page, playground: Playground, shoot: Shoot) -> None:
    await chat(page, playground, "english").click()
    await say(page, "/start")
    await expect(messages(page).last).to_contain_text("Sosik")
    await key(page, "K-pop").click()
    await expect(key(page, "✅").filter(has_text="K-pop")).to_be_visible()
    await key(page, "Drama").click()
    await expect(key(page, "✅").filter(has_text="Drama")).to_be_visible()
    await shoot(page, "start")
    await key(page, "Done").click()
    await expect(messages(page).last).to_contain_text("What time is it where you are?")
    await key(page, "London").click()
    await expect(messages(page).last).to_contain_text("London")

    await page.locator('[data-testid="publish"][data-sample-id="tidemark-leader-leaves"]').click()
    alert = messages(page).filter(has_text=TITLE).last
    await expect(alert).to_be_visible()
    await expect(alert.get_by_test_id("preview")).to_be_visible()
    await shoot(page, "alert")
    await alert.get_by_test_id("key").first.click()
    await expect(alert.get_by_test_id("key").first).not_to_have_attribute("aria-busy", "true")

    await page.locator('[data-testid="publish"][data-sample-id="song-without-a-chorus"]').click()
    await page.locator('[data-testid="jump"][data-jump="morning"]').click()
    digest = messages(page).filter(has_text="In defence of the song without a chorus").last
    await expect(digest).to_be_visible(timeout=30_000)
    await shoot(page, "digest")


async def test_a_korean_reader_on_a_phone(phone: Page, playground: Playground, shoot: Shoot) -> None:
    await chat(phone, playground, "korean").click()
    await say(phone, "/start")
    await expect(messages(phone).last).to_contain_text("소식")
    await key(phone, "케이팝").click()
    await expect(key(phone, "✅").filter(has_text="케이팝")).to_be_visible()
    await shoot(phone, "phone-start")
    await key(phone, "완료").click()
    await expect(messages(phone).last).to_be_visible()
    await shoot(phone, "phone-digest")


async def test_what_a_person_types_is_shown_as_typed(page: Page, playground: Playground) -> None:
    await chat(page, playground, "english").click()
    typed = "<b>bold</b> & <img src=x onerror=alert(1)> 안녕 👋"
    await say(page, typed)
    await expect(page.locator('[data-testid="message"][data-author="person"]').last).to_contain_text(typed)
    await expect(messages(page).last).to_be_visible()


async def test_in_the_group_an_ordinary_member_is_refused(page: Page, playground: Playground) -> None:
    await chat(page, playground, "group").click()
    await page.locator(f'[data-testid="speaker"][data-person-id="{playground.jimin.id}"]').click()
    await say(page, "/subscribe@SosikBot kpop")
    await expect(messages(page).last).to_contain_text("administrators")
