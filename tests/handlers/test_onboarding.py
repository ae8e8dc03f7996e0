"""The first minute with the bot: from /start to the first digest and the right clock."""

from datetime import UTC, datetime, time

import pytest

from bot.playground.telegram import Message, Person
from digests.store import stories
from tests.handlers.talking import Talking


async def greeted(talking: Talking, person: Person) -> Message:
    (greeting,) = await talking.say(person, "/start")
    return greeting


async def done(talking: Talking, person: Person, *toggles: str) -> list[Message]:
    """Start, tap, Done; gives what came then."""
    greeting = await greeted(talking, person)
    for toggle in toggles:
        await talking.press(person, greeting, toggle)
    await talking.press(person, greeting, greeting.buttons[-1])
    return talking.telegram.received(talking.telegram.private(person))[1:]


async def test_a_greeting_offers_the_categories_and_done(talking: Talking) -> None:
    greeting = await greeted(talking, talking.ann)
    assert "Hello" in greeting.plain
    assert "08:00" in greeting.plain
    assert greeting.buttons == ["🎤 K-pop", "🎬 Drama & Film", "💄 Beauty", "🍜 Food", "🇰🇷 Korea", "Done"]


async def test_a_korean_telegram_is_greeted_in_korean(talking: Talking) -> None:
    greeting = await greeted(talking, talking.min)
    assert "안녕하세요" in greeting.plain
    assert greeting.buttons[0] == "🎤 케이팝"
    assert greeting.buttons[-1] == "완료"
    assert (await talking.kept(talking.min)).language == "ko"


async def test_three_taps_lead_from_start_to_subscribed(talking: Talking) -> None:
    greeting = await greeted(talking, talking.ann)  # the first tap
    answer = await talking.press(talking.ann, greeting, "🎤 K-pop")
    assert await talking.followed(talking.ann) == {"kpop"}
    assert answer.text == "Following K-pop"
    await talking.press(talking.ann, greeting, "Done")
    assert len(talking.telegram.received(talking.telegram.private(talking.ann))) == 3


async def test_a_toggle_shows_in_the_keyboard_and_leaves_the_words(talking: Talking) -> None:
    greeting = await greeted(talking, talking.ann)
    words = greeting.plain
    await talking.press(talking.ann, greeting, "🎤 K-pop")
    assert greeting.buttons[0] == "✅ K-pop"
    await talking.press(talking.ann, greeting, "✅ K-pop")
    assert greeting.buttons[0] == "🎤 K-pop"
    assert greeting.plain == words
    assert await talking.followed(talking.ann) == set()


async def test_a_toggle_pressed_twice_wishes_the_same_twice(talking: Talking) -> None:
    greeting = await greeted(talking, talking.ann)
    await talking.press(talking.ann, greeting, "🎬 Drama & Film")
    # The same button again, as a phone shows it that has not heard of the edit yet.
    stale = greeting.history[0].reply_markup
    greeting.reply_markup, shown = stale, greeting.reply_markup
    await talking.press(talking.ann, greeting, "🎬 Drama & Film")
    assert await talking.followed(talking.ann) == {"drama"}
    assert greeting.reply_markup == shown


async def test_done_brings_todays_digest_and_says_when_the_next_comes(talking: Talking) -> None:
    digest, what_comes = await done(talking, talking.ann, "🎤 K-pop")
    assert "Nova Lane announces a winter tour" in digest.plain
    assert "Drama of the year" not in digest.plain
    assert "tomorrow at 08:00" in what_comes.plain
    assert "What time is it where you are?" in what_comes.plain
    assert any(button.startswith("London 09:00") for button in what_comes.buttons)


async def test_done_counts_as_the_first_digest(talking: Talking) -> None:
    await done(talking, talking.ann, "🎤 K-pop")
    chat = await talking.kept(talking.ann)
    async with talking.store.reading() as tx:
        assert chat.digested_seq == await stories.last_filing(tx)
    assert chat.digested_at == talking.clock()
    assert chat.zone_asks == 1


async def test_done_pressed_again_shows_the_day_again_and_moves_nothing(talking: Talking) -> None:
    greeting = await greeted(talking, talking.ann)
    await talking.press(talking.ann, greeting, "🎤 K-pop")
    await talking.press(talking.ann, greeting, "Done")
    first = await talking.kept(talking.ann)
    talking.clock.forward(minutes=5)
    await talking.publish("A lullaby for choir by Snowpea")
    await talking.press(talking.ann, greeting, "Done")
    assert await talking.kept(talking.ann) == first
    digest = talking.telegram.received(talking.telegram.private(talking.ann))[-2]
    assert "A lullaby for choir" in digest.plain


async def test_done_without_a_category_says_so_and_counts_as_nothing(talking: Talking) -> None:
    (sentence,) = await done(talking, talking.ann)
    assert "You follow nothing yet" in sentence.plain
    assert (await talking.kept(talking.ann)).digested_at is None


async def test_done_on_a_day_without_news_still_says_when_the_next_comes(talking: Talking) -> None:
    empty, what_comes = await done(talking, talking.ann, "🍜 Food")
    assert "Nothing new" in empty.plain
    assert "tomorrow at 08:00" in what_comes.plain


async def test_the_time_tapped_becomes_the_clock_of_the_chat(talking: Talking) -> None:
    *_, question = await done(talking, talking.ann, "🎤 K-pop")
    (new_york,) = [button for button in question.buttons if button.startswith("New York")]
    await talking.press(talking.ann, question, new_york)
    chat = await talking.kept(talking.ann)
    assert (chat.zone, chat.zone_known) == ("America/New_York", True)
    assert chat.next_digest_at == datetime(2026, 11, 24, 13, 0, tzinfo=UTC)  # 08:00 there, still today
    assert "New York, where it is 04:00 now" in question.plain
    assert "today at 08:00" in question.plain
    assert not question.buttons
    assert talking.woken


async def test_an_answer_under_a_digest_leaves_the_digest(talking: Talking) -> None:
    from bot.formatter import keyboards
    from bot.formatter.request import to_send
    from digests import compose
    from digests.editions.timetable import zone_of

    await done(talking, talking.ann, "🎤 K-pop")
    chat = await talking.kept(talking.ann)
    async with talking.store.reading() as tx:
        content = await compose.for_chat(tx, chat, talking.settings, talking.clock())
    assert content is not None
    places: list[keyboards.Place] = [("London", "Europe/London")]
    (digest,) = talking.desk.parts.formatter.digest(
        content, language="en", zone=zone_of(chat.zone), now=talking.clock(), ask_zone=places
    )
    await talking.desk.bot.do_api_request("sendMessage", api_kwargs=to_send(digest, chat.address))
    sent = talking.telegram.received(talking.telegram.private(talking.ann))[-1]
    await talking.press(talking.ann, sent, "London 09:00")
    confirmation = talking.telegram.received(talking.telegram.private(talking.ann))[-1]
    assert "Nova Lane announces" in sent.plain
    assert not sent.buttons
    assert "London, where it is 09:00 now" in confirmation.plain
    assert (await talking.kept(talking.ann)).zone == "Europe/London"


@pytest.mark.parametrize("zone", ["Middle/Earth", "America", "UTC+99:99", "..", "Asia/Seoul/x"])
async def test_a_forged_zone_changes_nothing(talking: Talking, zone: str) -> None:
    *_, question = await done(talking, talking.ann, "🎤 K-pop")
    assert question.reply_markup is not None
    question.reply_markup["inline_keyboard"][0][0]["callback_data"] = f"1:zone:question:{zone}"
    answer = await talking.press(talking.ann, question, question.buttons[0])
    assert "too old" in answer.text
    assert not (await talking.kept(talking.ann)).zone_known


async def test_a_deep_link_subscribes_and_confirms(talking: Talking) -> None:
    telegram = talking.telegram
    telegram.start(talking.ann, "kpop")
    (confirmation,) = await talking.new(telegram.private(talking.ann))
    assert await talking.followed(talking.ann) == {"kpop"}
    assert "You now follow K-pop" in confirmation.plain
    assert "Nova Lane" in confirmation.plain


async def test_a_deep_link_followed_twice_is_harmless_and_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/start kpop")
    assert "already follow K-pop" in await talking.hear(talking.ann, "/start kpop")
    assert await talking.followed(talking.ann) == {"kpop"}


@pytest.mark.parametrize("payload", ["nothing-like-it", "__", "0", "x" * 64, "<b>kpop", "kpop-and-what"])
async def test_a_deep_link_to_nothing_greets(talking: Talking, payload: str) -> None:
    assert "Hello" in await talking.hear(talking.ann, f"/start {payload}")
    assert await talking.followed(talking.ann) == set()


async def test_who_starts_again_sees_what_is_followed(talking: Talking) -> None:
    await talking.say(talking.ann, "/start kpop")
    (again,) = await talking.say(talking.ann, "/start")
    assert "You follow K-pop" in again.plain
    assert again.buttons[0] == "✅ K-pop"


async def test_who_has_no_digest_is_not_promised_one(talking: Talking) -> None:
    await talking.say(talking.ann, "/digest off")
    what_comes = (await done(talking, talking.ann, "🎤 K-pop"))[-1]
    assert "next digest" not in what_comes.plain
    assert not what_comes.buttons
    assert (await talking.kept(talking.ann)).digest_times == ()


async def test_a_minute_ahead_still_comes_today_and_the_minute_that_runs_comes_tomorrow(
    talking: Talking,
) -> None:
    *_, question = await done(talking, talking.ann, "🎤 K-pop")
    for now, due in (
        (datetime(2026, 11, 24, 7, 59, 57, tzinfo=UTC), 24),
        (datetime(2026, 11, 24, 8, 0, 3, tzinfo=UTC), 25),
    ):
        talking.clock.time = now
        question.reply_markup = {
            "inline_keyboard": [[{"text": "London", "callback_data": "1:zone:question:Europe/London"}]]
        }
        await talking.press(talking.ann, question, "London")
        chat = await talking.kept(talking.ann)
        assert chat.digest_times == (time(8),)
        assert chat.next_digest_at == datetime(2026, 11, due, 8, 0, tzinfo=UTC)
