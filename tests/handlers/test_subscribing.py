"""/subscribe, /unsubscribe, /categories: what a chat follows."""

import pytest

from digests.store import chats, stories
from tests.handlers.hostile import HOSTILE
from tests.handlers.talking import Talking


async def test_a_subscription_is_confirmed_by_name_with_the_latest_stories(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe kpop")
    assert "You now follow K-pop." in reply.plain
    assert "Velvet Kites’ singer breaks leg in fall from stage" in reply.plain
    assert "Nova Lane announces a winter tour" in reply.plain
    assert "Drama of the year" not in reply.plain
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_the_confirmation_shows_two_stories_at_most(talking: Talking) -> None:
    await talking.publish("A third story of K-pop")
    said = await talking.hear(talking.ann, "/subscribe kpop")
    assert "A third story of K-pop" in said
    assert "Nova Lane announces a winter tour" not in said


@pytest.mark.parametrize(
    "text",
    [
        "구독 케이팝",
        "케이팝 구독",
        "/구독 케이팝",
        "/subscribe 케이팝",
        "/subscribe@SosikBot K-Pop",
        "rnehr zpdlvkq",
    ],
)
async def test_a_subscription_is_understood_in_many_ways(talking: Talking, text: str) -> None:
    said = await talking.hear(talking.min, text)
    assert "이제 케이팝 소식을 전해 드릴게요." in said
    assert await talking.followed(talking.min) == {"kpop"}


async def test_several_categories_at_once(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/subscribe kpop, Drama & Film and 시사")
    assert "K-pop, Drama & Film and Korea" in said
    assert await talking.followed(talking.ann) == {"kpop", "drama", "korea"}


async def test_all_of_them_at_once(talking: Talking) -> None:
    await talking.say(talking.min, "구독 전체")
    assert await talking.followed(talking.min) == {one.slug for one in talking.settings.categories}


async def test_saying_it_twice_is_harmless_and_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    said = await talking.hear(talking.ann, "/subscribe kpop")
    assert "You already follow K-pop" in said
    assert "Nova Lane" not in said
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_what_is_new_and_what_was_followed_are_told_apart(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    said = await talking.hear(talking.ann, "/subscribe kpop drama")
    assert "You now follow Drama & Film." in said
    assert "You already followed K-pop." in said
    assert "Nova Lane" not in said


async def test_an_unknown_category_is_answered_with_what_may_be_meant(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe drma")
    assert "“drma”" in reply.plain
    assert "Did you mean" in reply.plain
    assert reply.buttons == ["🎬 Drama & Film"]
    assert await talking.followed(talking.ann) == set()

    await talking.press(talking.ann, reply, "🎬 Drama & Film")
    assert await talking.followed(talking.ann) == {"drama"}
    assert "You now follow Drama & Film." in talking.telegram.messages(reply.chat)[-1].plain


async def test_a_suggestion_pressed_twice_says_that_it_is_followed(talking: Talking) -> None:
    (reply,) = await talking.say(talking.min, "구독 드라머")
    await talking.press(talking.min, reply, reply.buttons[0])
    count = len(talking.telegram.messages(reply.chat))
    answer = await talking.press(talking.min, reply, reply.buttons[0])
    assert answer.text == "드라마는 이미 받고 계세요."
    assert len(talking.telegram.messages(reply.chat)) == count


async def test_a_suggestion_of_a_category_that_is_gone_follows_nothing(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe drma")
    assert reply.reply_markup is not None
    reply.reply_markup["inline_keyboard"][0][0]["callback_data"] = "1:follow:suggestion:retired=on"
    answer = await talking.press(talking.ann, reply, reply.buttons[0])
    assert answer.text
    assert await talking.followed(talking.ann) == set()


async def test_a_word_like_no_category_is_answered_with_all_there_are(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe quantum")
    assert reply.buttons == ["🎤 K-pop", "🎬 Drama & Film", "💄 Beauty", "🍜 Food", "🇰🇷 Korea"]


async def test_what_is_known_is_followed_also_beside_what_is_not(talking: Talking) -> None:
    done, asked = await talking.say(talking.ann, "/subscribe kpop quantum")
    assert "You now follow K-pop." in done.plain
    assert "“quantum”" in asked.plain
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_without_a_name_the_categories_are_offered(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe food")
    for command in ("/subscribe", "/unsubscribe", "/categories", "카테고리"):
        (reply,) = await talking.say(talking.ann, command)
        assert "Food" in reply.plain
        assert "✅ Food" in reply.buttons
        assert "🎤 K-pop" in reply.buttons
    await talking.press(talking.ann, reply, "🎤 K-pop")
    await talking.press(talking.ann, reply, "✅ Food")
    assert await talking.followed(talking.ann) == {"kpop"}


async def test_a_category_is_left(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop drama")
    said = await talking.hear(talking.ann, "/unsubscribe K-pop")
    assert "You no longer follow K-pop." in said
    assert "Drama & Film" in said
    assert await talking.followed(talking.ann) == {"drama"}


async def test_leaving_twice_is_harmless_and_says_so(talking: Talking) -> None:
    await talking.say(talking.min, "구독 케이팝 드라마")
    await talking.say(talking.min, "구독 취소 케이팝")
    said = await talking.hear(talking.min, "케이팝 구독 취소")
    assert "케이팝은 받고 있지 않으세요" in said
    assert await talking.followed(talking.min) == {"drama"}


@pytest.mark.parametrize("text", ["/unsubscribe all", "/unsubscribe everything", "구독 취소 전체"])
async def test_all_is_left_at_once(talking: Talking, text: str) -> None:
    await talking.say(talking.ann, "/subscribe kpop drama")
    said = await talking.hear(talking.ann, text)
    assert "You no longer follow K-pop and Drama & Film." in said
    assert "/categories" in said
    assert await talking.followed(talking.ann) == set()
    assert "You follow nothing as it is." in await talking.hear(talking.ann, text)


async def test_leaving_what_is_no_category_offers_what_is_followed(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe food")
    (reply,) = await talking.say(talking.ann, "/unsubscribe quantum")
    assert reply.buttons == ["✅ Food"]
    assert await talking.followed(talking.ann) == {"food"}
    await talking.press(talking.ann, reply, "✅ Food")
    assert await talking.followed(talking.ann) == set()
    assert "nothing to leave" in await talking.hear(talking.ann, "/unsubscribe quantum")


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("command", ["/subscribe", "/unsubscribe", "구독"])
async def test_whatever_is_typed_after_it_is_answered_and_changes_nothing(
    talking: Talking, command: str, words: str
) -> None:
    await talking.say(talking.ann, "/subscribe food")
    replies = await talking.say(talking.ann, f"{command} {words}"[:4096])
    assert replies
    assert all(len(reply.plain) < 1000 for reply in replies)
    assert await talking.followed(talking.ann) == {"food"}


async def test_what_was_typed_is_shown_as_it_was_typed(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/subscribe <b>&amp;</b>")
    assert "“<b>&amp;</b>”" in said


async def test_a_topic_follows_for_itself(talking: Talking) -> None:
    forum = talking.telegram.group("Fans", owner=talking.ann, forum=True)
    talking.telegram.add_bot(forum, by=talking.ann)
    thread = talking.telegram.topic(forum, "Drama")
    await talking.say(talking.ann, "/subscribe@SosikBot drama", chat=forum, thread=thread)
    assert await talking.followed(forum, thread) == {"drama"}
    assert await talking.followed(forum) == set()
    assert talking.telegram.messages(forum)[-1].thread == thread


async def test_subscribing_wakes_a_chat_that_had_left(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    async with talking.store.writing() as tx:
        await chats.pause(tx, talking.ann.id, "left", talking.clock())
    await talking.say(talking.ann, "/subscribe drama")
    kept = await talking.kept(talking.ann)
    assert kept.paused_at is None
    assert kept.next_digest_at is not None
    assert kept.next_digest_at > talking.clock()


async def test_there_are_stories_to_show(talking: Talking) -> None:
    """The tests above look for stories by their titles."""
    async with talking.store.reading() as tx:
        assert len(await stories.latest(tx, ["kpop", "drama", "korea"], limit=10)) == 4
