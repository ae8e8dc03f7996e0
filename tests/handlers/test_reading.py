"""/latest, /breaking, /trending, what is related, and /digest said now: what there is to read."""

import pytest
from sqlalchemy import select

from bot.formatter import keyboards
from bot.formatter.buttons import Why
from bot.formatter.message import Message as Rendered
from bot.formatter.request import to_send
from bot.texts import Texts
from digests.model import Address
from digests.store import tables
from tests.handlers.hostile import HOSTILE
from tests.handlers.talking import Talking
from tests.headlines import WAITS


async def test_the_latest_of_what_is_followed(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe drama")
    said = await talking.hear(talking.ann, "/latest")
    assert "Drama of the year begins shooting" in said
    assert "Nova Lane" not in said


async def test_who_follows_nothing_is_shown_the_latest_of_all(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/latest")
    assert "Drama of the year" in said
    assert "Velvet Kites’ singer breaks leg in fall from stage" in said
    assert "눈이 많이 와요" in said


@pytest.mark.parametrize(
    "text", ["/latest kpop", "/latest@SosikBot 케이팝", "latest K-Pop", "최신 zpdlvkq", "케이팝 최신"]
)
async def test_the_latest_of_a_category_followed_or_not(talking: Talking, text: str) -> None:
    said = await talking.hear(talking.ann, text)
    assert "The latest in K-pop" in said
    assert said.index("singer breaks leg") < said.index("winter tour")
    assert "Drama of the year" not in said
    assert await talking.followed(talking.ann) == set()


async def test_the_latest_of_several_categories(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/latest drama korea")
    assert "Drama of the year" in said
    assert "[KO] 눈이 많이 와요" in said
    assert "Nova Lane" not in said


async def test_a_category_without_stories_says_so(talking: Talking) -> None:
    assert "No stories in Food" in await talking.hear(talking.ann, "/latest food")
    assert "푸드" in await talking.hear(talking.min, "최신 푸드")


async def test_only_the_newest_are_shown(talking: Talking) -> None:
    titles = WAITS["kpop"][:12]
    for title in titles:
        talking.clock.forward(minutes=1)
        await talking.publish(title)
    said = await talking.hear(talking.ann, "/latest kpop")
    assert [title in said for title in titles] == [False] * 4 + [True] * 8


async def test_breaking_lists_only_what_rang(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/breaking")
    assert "Breaking news" in said
    assert "Velvet Kites’ singer breaks leg in fall from stage" in said
    assert "winter tour" not in said
    assert "케이팝 속보" in await talking.hear(talking.min, "속보 케이팝")


async def test_where_nothing_broke_it_says_so(talking: Talking) -> None:
    assert "No breaking news in Drama & Film" in await talking.hear(talking.ann, "/breaking drama")
    await talking.say(talking.min, "구독 시사")
    assert "최근 속보는 없었어요" in await talking.hear(talking.min, "속보")


FLOOD = "Flood warning for the lower Naru, two villages cleared overnight"


async def test_what_several_papers_took_up_is_trending(talking: Talking) -> None:
    for feed in ("seoul-daily", "hanguk"):
        await talking.publish(FLOOD, feed=feed, source=feed, tags=("Politics",))
        talking.clock.forward(minutes=20)
    said = await talking.hear(talking.ann, "/trending")
    assert "Trending now" in said
    assert FLOOD in said
    assert "and 1 other" in said
    assert "Drama of the year" not in said
    assert "Trending in Korea" in await talking.hear(talking.ann, "trending korea")
    assert "지금 뜨는 시사 소식" in await talking.hear(talking.min, "시사 트렌딩")
    talking.clock.forward(hours=7)
    assert FLOOD not in await talking.hear(talking.ann, "/trending")


async def test_where_nothing_grows_it_says_so(talking: Talking) -> None:
    assert "No story is growing right now" in await talking.hear(talking.ann, "/trending")
    assert "No story in Food" in await talking.hear(talking.ann, "/trending food")
    assert "지금 뜨는 소식은 없어요" in await talking.hear(talking.min, "급상승")


async def story_of(talking: Talking, title: str) -> int:
    async with talking.store.reading() as tx:
        (row,) = await tx.rows(select(tables.entries.c.story_id).where(tables.entries.c.title == title))
    return int(row.story_id)


async def related(talking: Talking, texts: Texts, story: int) -> str:
    """What ann is shown who presses *Related* under an alert of the story."""
    alert = Rendered("It broke", keyboard=keyboards.under_alert(texts.voice("en"), Why(story, 1)))
    chat = talking.telegram.private(talking.ann)
    await talking.desk.bot.do_api_request("sendMessage", api_kwargs=to_send(alert, Address(chat.id)))
    await talking.press(talking.ann, talking.telegram.messages(chat)[-1], "Related")
    return talking.telegram.messages(chat)[-1].plain


async def test_related_shows_what_is_most_like_the_story(talking: Talking, texts: Texts) -> None:
    await talking.say(talking.ann, "/start")
    await talking.publish("Ferry contract: minister Han Doyun steps down", tags=("Politics",))
    await talking.publish("Snow closes the pass at Misty Ridge", tags=("Politics",))
    talking.clock.forward(days=4)  # what comes so much later is a story of its own
    await talking.publish(
        "Islanders wait a third winter for the ferry that Han Doyun promised", tags=("Politics",)
    )
    story = await story_of(talking, "Ferry contract: minister Han Doyun steps down")
    shown = await related(talking, texts, story)
    assert shown.startswith("🔗 Related stories")
    assert "Islanders wait" in shown
    assert "steps down" not in shown
    assert "Misty Ridge" not in shown


async def test_a_story_like_no_other_and_one_that_is_gone_have_nothing_related(
    talking: Talking, texts: Texts
) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "/stop")
    snow = await story_of(talking, "눈이 많이 와요")
    for story in (snow, 99_999):
        assert "no story like this one" in await related(talking, texts, story)
    assert (await talking.kept(talking.ann)).paused_at is not None, "who left may read"


@pytest.mark.parametrize("command", ["latest", "breaking", "trending"])
async def test_an_unknown_category_is_answered_with_a_command_to_try(talking: Talking, command: str) -> None:
    said = await talking.hear(talking.ann, f"/{command} drma")
    assert "“drma”" in said
    assert f"/{command} drama" in said


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("command", ["/latest", "/breaking", "/trending", "최신"])
async def test_whatever_is_typed_after_it_is_answered(talking: Talking, command: str, words: str) -> None:
    (reply,) = await talking.say(talking.ann, f"{command} {words}"[:4096])
    assert "wrong" not in reply.plain
    assert len(reply.plain) < 1000


async def test_the_digest_now_is_that_of_the_last_day(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop drama")
    said = await talking.hear(talking.ann, "/digest")
    assert "3 stories" in said
    assert "Velvet Kites’ singer breaks leg in fall from stage" in said
    assert "Drama of the year" in said
    assert "눈이 많이 와요" not in said
    assert "소식 3건" not in said
    assert said == await talking.hear(talking.ann, "/digest")


async def test_the_digest_now_moves_nothing(talking: Talking) -> None:
    await talking.say(talking.min, "구독 케이팝")
    before = await talking.kept(talking.min)
    assert "소식 2건" in await talking.hear(talking.min, "요약")
    assert await talking.kept(talking.min) == before


async def test_the_digest_now_of_a_quiet_day_says_so(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    talking.clock.forward(days=2)
    assert "Nothing new since" in await talking.hear(talking.ann, "/digest")


async def test_without_a_category_there_is_no_digest_but_a_choice(talking: Talking) -> None:
    (reply,) = await talking.say(talking.ann, "/digest")
    assert "follow nothing" in reply.plain
    assert reply.buttons[0] == "🎤 K-pop"
    assert reply.buttons[-1] == "Done"


@pytest.mark.parametrize("text", ["/latest", "/breaking", "/digest"])
async def test_who_left_may_read_and_is_not_woken_by_it(talking: Talking, text: str) -> None:
    await talking.say(talking.ann, "/subscribe kpop")
    await talking.say(talking.ann, "/stop")
    assert "Velvet Kites" in await talking.hear(talking.ann, text)
    assert (await talking.kept(talking.ann)).paused_at is not None
