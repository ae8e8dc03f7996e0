"""/help, plain words, commands that nobody knows, and what Telegram shows before anybody writes."""

import pytest
from telegram.error import TelegramError

from bot.handlers.menu import description, group_commands, private_commands, short_description
from bot.handlers.registering import publish_commands
from bot.playground.telegram import Fault
from bot.texts import Texts
from digests.model import LANGUAGES
from tests.handlers.talking import Talking


async def test_help_names_every_command(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/help")
    commands = (
        *("/categories", "/subscribe", "/unsubscribe", "/latest", "/breaking", "/digest", "/timezone"),
        *("/alerts", "/quiet", "/language", "/settings", "/privacy", "/stop", "/forget"),
    )
    assert [command for command in commands if command not in said] == []


async def test_help_is_given_in_the_language_of_the_chat(talking: Talking) -> None:
    await talking.say(talking.ann, "/language ko")
    said = await talking.hear(talking.ann, "/help")
    assert "할 수 있는 일" in said
    assert "/subscribe 케이팝 드라마" in said


@pytest.mark.parametrize("words", ["도움말", "help", "Help!", "/도움말", "사용법 알려줘"])
async def test_help_is_understood_without_a_slash(talking: Talking, words: str) -> None:
    assert "할 수 있는 일" in await talking.hear(talking.min, words)


@pytest.mark.parametrize(
    ("words", "followed"),
    [
        ("구독 케이팝", {"kpop"}),
        ("케이팝 구독해줘", {"kpop"}),
        ("/구독 케이팝, 드라마", {"kpop", "drama"}),
        ("subscribe kpop", {"kpop"}),
        ("/follow food", {"food"}),
    ],
)
async def test_words_are_commands_too(talking: Talking, words: str, followed: set[str]) -> None:
    await talking.say(talking.min, words)
    assert await talking.followed(talking.min) == followed


@pytest.mark.parametrize("words", ["hello", "what is this?", "🙂🙂", "1", "…", "שלום"])
async def test_a_hint_answers_words_that_are_no_command(talking: Talking, words: str) -> None:
    (hint,) = await talking.say(talking.ann, words)
    assert "/help" in hint.plain


async def test_the_name_of_a_category_offers_it(talking: Talking) -> None:
    (hint,) = await talking.say(talking.ann, "K-pop")
    assert await talking.followed(talking.ann) == set()
    await talking.press(talking.ann, hint, "🎤 K-pop")
    assert await talking.followed(talking.ann) == {"kpop"}


@pytest.mark.parametrize("command", ["/weather", "/weather Seoul", "/subscribers", "/x@SosikBot", "/날씨"])
async def test_an_unknown_command_is_pointed_to_help(talking: Talking, command: str) -> None:
    (reply,) = await talking.say(talking.ann, command)
    assert "/help" in reply.plain


async def test_the_menus_are_published_in_both_languages(talking: Talking, texts: Texts) -> None:
    await publish_commands(talking.desk.bot, texts.voices)
    ask = talking.telegram.call
    private = {"scope": '{"type": "all_private_chats"}'}
    groups = {"scope": '{"type": "all_group_chats"}'}
    english = (await ask("getMyCommands", private))["result"]
    korean = (await ask("getMyCommands", {**private, "language_code": "ko"}))["result"]
    short = (await ask("getMyCommands", groups))["result"]
    assert [one["command"] for one in english] == [one["command"] for one in korean]
    assert english[0]["description"] != korean[0]["description"]
    assert len(short) < len(english)
    described = (await ask("getMyDescription", {"language_code": "ko"}))["result"]["description"]
    assert "속보" in described


async def test_every_command_of_the_menu_is_answered(talking: Talking, texts: Texts) -> None:
    voice = texts.voice("en")
    for command in {one.command for one in (*private_commands(voice), *group_commands(voice))}:
        replies = await talking.say(talking.ann, f"/{command}")
        assert replies, command
        assert "don’t know" not in replies[0].plain


@pytest.mark.parametrize("language", LANGUAGES)
async def test_menus_fit_what_telegram_takes(texts: Texts, language: str) -> None:
    voice = texts.voice(language)
    assert len(short_description(voice)) <= 120
    assert len(description(voice)) <= 512
    for command in (*private_commands(voice), *group_commands(voice)):
        assert 3 <= len(command.description) <= 100  # phones show about forty


async def test_a_telegram_that_refuses_the_menus_stops_nothing(talking: Talking, texts: Texts) -> None:
    talking.telegram.fault(Fault.error(400, "BOT_COMMAND_INVALID", method="setMy*", times=None))
    try:
        await publish_commands(talking.desk.bot, texts.voices)
    except TelegramError:
        pytest.fail("it must not be raised")
    assert await talking.hear(talking.ann, "/help")
