"""/follow, /unfollow, /mute, /unmute: names, sources and words beside categories."""

import pytest

from bot.playground.telegram import Message
from digests.model import Interest, Wish
from digests.store import interests
from tests.handlers.hostile import HOSTILE
from tests.handlers.talking import Talking


async def kept(talking: Talking, person, wish: Wish | None = None) -> list[Interest]:
    chat = await talking.kept(person)
    async with talking.store.reading() as tx:
        return list(await interests.of(tx, chat.id, wish))


async def values(talking: Talking, person, wish: Wish | None = None) -> list[str]:
    return [f"{one.subject.what}:{one.subject.value}" for one in await kept(talking, person, wish)]


def shown(talking: Talking, message: Message) -> Message:
    return talking.telegram.messages(message.chat)[-1]


@pytest.mark.parametrize(
    "text",
    ["/follow aespa", "/follow 에스파", "/follow AESPA", "follow aespa", "/follow@SosikBot ａｅｓｐａ"],
)
async def test_a_name_is_followed_in_any_spelling(talking: Talking, text: str) -> None:
    (reply,) = await talking.say(talking.ann, text)
    assert "You now follow aespa." in reply.plain
    assert "whatever their category" in reply.plain
    assert await values(talking, talking.ann) == ["name:aespa"]
    assert not (await kept(talking, talking.ann))[0].alerts


@pytest.mark.parametrize("text", ["/follow 에스파", "팔로우 에스파", "에스파 팔로우", "/팔로우 aespa"])
async def test_korean_readers_follow_in_korean(talking: Talking, text: str) -> None:
    said = await talking.hear(talking.min, text)
    assert "에스파" in said
    assert "소식" in said
    assert await values(talking, talking.min) == ["name:aespa"]


@pytest.mark.parametrize("text", ["/follow aespa alerts", "/follow 에스파 알림", "/follow aespa with alerts"])
async def test_a_name_may_ring_if_the_reader_says_so(talking: Talking, text: str) -> None:
    (reply,) = await talking.say(talking.ann, text)
    assert "what breaks rings" in reply.plain
    assert (await kept(talking, talking.ann))[0].alerts


async def test_alerts_are_offered_with_a_button(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/follow aespa")
    await talking.press(talking.ann, reply, "🔔 Alerts of aespa too")
    assert "what breaks rings" in shown(talking, reply).plain
    assert [one.alerts for one in await kept(talking, talking.ann)] == [True]


async def test_with_a_member_the_group_is_offered(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/follow 카리나")
    assert "You now follow KARINA." in reply.plain
    await talking.press(talking.ann, reply, "+ aespa")
    assert await values(talking, talking.ann) == ["name:aespa.karina", "name:aespa"]


async def test_a_name_of_several_is_followed_and_the_others_are_offered(talking: Talking) -> None:
    (reply,) = await talking.say(talking.min, "/follow 박진영")
    assert len(await values(talking, talking.min)) == 1
    (other,) = [label for label in reply.buttons if label.startswith("+ 박진영")]
    await talking.press(talking.min, reply, other)
    assert set(await values(talking, talking.min)) == {"name:jy-park", "name:park-jin-young-got7"}


async def test_a_beginning_is_taken_as_a_word_and_the_name_is_offered(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/follow blackpi")
    assert "“blackpi”" in reply.plain
    assert await values(talking, talking.ann) == ["words:blackpi"]
    assert "+ BLACKPINK" in reply.buttons


async def test_plain_words_and_sources_are_followed(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/follow Fan Meeting, Seoul-Daily; source: hanguk, “red velvet”")
    assert "the whole word" in said
    assert await values(talking, talking.ann) == [
        "words:fan meeting",
        "source:seouldaily",
        "source:hanguk",
        "words:red velvet",
    ]


async def test_a_category_is_subscribed_to_as_ever(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/follow kpop")
    assert "You now follow K-pop." in said
    assert await talking.followed(talking.ann) == {"kpop"}
    assert await values(talking, talking.ann) == []
    said = await talking.hear(talking.ann, "/unfollow kpop")
    assert "You no longer follow K-pop." in said


async def test_subscribing_to_a_name_offers_to_follow_it(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe aespa")
    assert "no category" in reply.plain
    assert reply.buttons == ["+ aespa"]
    await talking.press(talking.ann, reply, "+ aespa")
    assert "You now follow aespa." in shown(talking, reply).plain
    assert await values(talking, talking.ann) == ["name:aespa"]
    assert await talking.followed(talking.ann) == set()


async def test_subscribing_to_a_name_of_two_words_offers_it_too(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe red velvet")
    assert "+ Red Velvet" in reply.buttons


async def test_subscribing_to_nobody_tells_of_words(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/subscribe zebras")
    assert "/follow word" in said


async def test_saying_it_twice_is_harmless_and_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow aespa")
    assert "You already follow aespa." in await talking.hear(talking.ann, "/follow 에스파")
    assert await values(talking, talking.ann) == ["name:aespa"]


@pytest.mark.parametrize("text", ["/mute spoiler", "mute spoiler", "/mute “Spoiler”"])
async def test_words_are_muted(talking: Talking, text: str) -> None:
    said = await talking.hear(talking.ann, text)
    assert "Muted: " in said
    assert "none of them rings" in said
    assert await values(talking, talking.ann, Wish.MUTE) == ["words:spoiler"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("/mute deaths", "deaths"),
        ("/mute death", "deaths"),
        ("/mute 부고", "deaths"),
        ("/mute accidents", "accidents"),
        ("mute sexual crime", "sexual-crime"),
        ("/mute 범죄", "crime"),
    ],
)
async def test_a_kind_of_news_is_muted(talking: Talking, text: str, kind: str) -> None:
    assert "Muted: " in await talking.hear(talking.ann, text)
    assert await values(talking, talking.ann, Wish.MUTE) == [f"kind:{kind}"]


@pytest.mark.parametrize("text", ["/mute “crime”", "/mute words: crime"])
async def test_in_quotes_a_kind_is_a_word(talking: Talking, text: str) -> None:
    await talking.say(talking.ann, text)
    assert await values(talking, talking.ann, Wish.MUTE) == ["words:crime"]


async def test_a_kind_cannot_be_followed(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow accidents")
    assert await values(talking, talking.ann) == ["words:accidents"]


async def test_kinds_are_listed_and_taken_away_by_word_and_by_tap(talking: Talking) -> None:
    await talking.say(talking.ann, "/mute deaths, crime, spoiler")
    (panel,) = await talking.say(talking.ann, "/mute")
    assert "Kinds of news: deaths and crime" in panel.plain
    assert "Words: spoiler" in panel.plain
    await talking.press(talking.ann, panel, "✕ crime")
    assert panel.buttons == ["✕ deaths", "✕ spoiler"]
    await talking.say(talking.ann, "/unmute deaths")
    assert await values(talking, talking.ann, Wish.MUTE) == ["words:spoiler"]


async def test_korean_readers_mute_kinds_in_korean(talking: Talking) -> None:
    assert "사망 소식" in await talking.hear(talking.min, "/mute 사망")
    said = await talking.hear(talking.min, "/mute")
    assert "소식 종류: 사망 소식" in said


async def test_muting_what_is_followed_ends_that(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow aespa")
    await talking.say(talking.ann, "/mute aespa")
    assert await values(talking, talking.ann, Wish.FOLLOW) == []
    assert await values(talking, talking.ann, Wish.MUTE) == ["name:aespa"]


async def test_the_list_takes_away_and_rings_with_taps(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow aespa, comeback stage, source: hanguk")
    (panel,) = await talking.say(talking.ann, "/follow")
    for words in ("Names: aespa", "Words: comeback stage", "Sources: "):
        assert words in panel.plain
    await talking.press(talking.ann, panel, "🔕 Digest only")
    assert [one.alerts for one in await kept(talking, talking.ann)] == [True, False, False]
    assert panel.buttons[:2] == ["✕ aespa", "🔔 Alerts too"]
    await talking.press(talking.ann, panel, "✕ aespa")
    assert "aespa" not in panel.plain.split("\n\n")[1]
    assert await values(talking, talking.ann) == ["words:comeback stage", "source:hanguk"]


async def test_the_list_of_mutes_takes_away_with_taps(talking: Talking) -> None:
    (empty,) = await talking.say(talking.ann, "/mute")
    assert "Nothing yet." in empty.plain
    await talking.say(talking.ann, "/mute spoiler, aespa")
    (panel,) = await talking.say(talking.ann, "/mute")
    assert panel.buttons == ["✕ spoiler", "✕ aespa"]
    await talking.press(talking.ann, panel, "✕ spoiler")
    assert panel.buttons == ["✕ aespa"]
    assert await values(talking, talking.ann) == ["name:aespa"]


async def test_a_long_list_is_turned_like_a_book(talking: Talking) -> None:
    for start in range(0, 30, 10):
        await talking.say(talking.ann, "/mute " + ", ".join(f"word{start + n}" for n in range(10)))
    (panel,) = await talking.say(talking.ann, "/mute")
    assert panel.buttons[0] == "✕ word0"
    assert panel.buttons[-1] == "→"
    await talking.press(talking.ann, panel, "→")
    assert panel.buttons[0] == "✕ word20"
    assert panel.buttons[-1] == "←"
    await talking.press(talking.ann, panel, "✕ word20")
    assert panel.buttons[0] == "✕ word21"


async def test_a_button_pressed_twice_does_no_harm(talking: Talking) -> None:
    await talking.say(talking.ann, "/mute spoiler, aespa")
    (panel,) = await talking.say(talking.ann, "/mute")
    data = panel.reply_markup["inline_keyboard"][0][0]["callback_data"]
    await talking.press(talking.ann, panel, data)
    panel.reply_markup["inline_keyboard"][0][0]["callback_data"] = data
    await talking.press(talking.ann, panel, data)
    assert await values(talking, talking.ann) == ["name:aespa"]


async def test_what_is_followed_is_left_by_name_and_all_at_once(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow aespa, IVE, comeback")
    said = await talking.hear(talking.ann, "/unfollow 에스파, comeback")
    assert "You no longer follow aespa and comeback." in said
    assert await values(talking, talking.ann) == ["name:ive"]
    assert "You no longer follow IVE." in await talking.hear(talking.ann, "/unfollow all")
    assert await values(talking, talking.ann) == []
    assert "nothing to take away" in await talking.hear(talking.ann, "/unfollow all")


async def test_leaving_what_is_not_followed_says_so_and_shows_what_is(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow aespa")
    (reply,) = await talking.say(talking.ann, "/unfollow IVE")
    assert "You do not follow “IVE”." in reply.plain
    assert "✕ aespa" in reply.buttons
    (reply,) = await talking.say(talking.ann, "/unmute IVE")
    assert "“IVE” is not muted." in reply.plain


async def test_what_is_muted_can_be_heard_again(talking: Talking) -> None:
    await talking.say(talking.min, "/mute 스포일러")
    assert "스포일러" in await talking.hear(talking.min, "/unmute 스포일러")
    assert await values(talking, talking.min) == []


@pytest.mark.parametrize("word", ["x", "길" * 61, "!?", "🎤"])
async def test_what_cannot_be_looked_for_is_told(talking: Talking, word: str) -> None:
    said = await talking.hear(talking.ann, f"/mute {word}")
    assert "2 to 60 characters" in said
    assert await values(talking, talking.ann) == []


async def test_a_name_of_one_letter_is_a_name(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow V")
    assert await values(talking, talking.ann) == ["name:v-bts"]


async def test_a_hundred_are_the_most_and_the_next_is_told_so(talking: Talking) -> None:
    for start in range(0, 100, 10):
        await talking.say(talking.ann, "/follow " + ", ".join(f"word{start + n}" for n in range(10)))
    said = await talking.hear(talking.ann, "/follow aespa")
    assert "You follow 100 things" in said
    assert len(await kept(talking, talking.ann)) == 100


async def test_ten_at_once_are_the_most(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/follow " + ", ".join(f"word{n}" for n in range(14)))
    assert "Ten at once are the most." in said
    assert len(await kept(talking, talking.ann)) == 10


@pytest.mark.parametrize("command", ["/follow", "/mute", "/unfollow", "/unmute"])
@pytest.mark.parametrize("words", HOSTILE)
async def test_whatever_is_typed_is_answered(talking: Talking, command: str, words: str) -> None:
    (reply,) = await talking.say(talking.ann, f"{command} {words}")
    assert reply.plain
    (listed,) = await talking.say(talking.ann, command)
    assert listed.plain


async def test_a_button_of_a_name_that_is_gone_follows_nothing(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/subscribe aespa")
    reply.reply_markup["inline_keyboard"][0][0]["callback_data"] = "1:want::f=nobody"
    answer = await talking.press(talking.ann, reply, "1:want::f=nobody")
    assert "any more" in answer.text
    assert await values(talking, talking.ann) == []


async def test_in_groups_administrators_alone_follow_and_mute(talking: Talking) -> None:
    member = talking.telegram.person("Bo")
    group = talking.telegram.group("Fans", owner=talking.ann, members=[member])
    talking.telegram.add_bot(group, by=talking.ann)
    await talking.quiet()
    (reply,) = await talking.say(member, "/follow aespa", chat=group)
    assert "Only administrators" in reply.plain
    for command in ("/mute aespa", "/unfollow aespa", "/unmute aespa", "/follow"):
        assert await talking.say(member, command, chat=group) == [], "it was said just now"
    assert await kept(talking, group) == []
    (reply,) = await talking.say(talking.ann, "/follow aespa", chat=group)
    answer = await talking.press(member, reply, "🔔 Alerts of aespa too", chat=group)
    assert "Only administrators" in answer.text
    assert [one.alerts for one in await kept(talking, group)] == [False]


async def test_who_is_forgotten_follows_and_mutes_nothing(talking: Talking) -> None:
    await talking.say(talking.ann, "/follow aespa")
    await talking.say(talking.ann, "/mute spoiler")
    (question,) = await talking.say(talking.ann, "/forget")
    await talking.press(talking.ann, question, "Delete everything")
    await talking.say(talking.ann, "/start")
    assert await values(talking, talking.ann) == []
