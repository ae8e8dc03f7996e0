"""/latest, /breaking, and /digest said now: what there is to read."""

import pytest

from tests.handlers.hostile import HOSTILE
from tests.handlers.talking import Talking


async def test_the_latest_of_what_is_followed(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe drama")
    said = await talking.hear(talking.ann, "/latest")
    assert "Drama of the year begins shooting" in said
    assert "Nova Lane" not in said


async def test_who_follows_nothing_is_shown_the_latest_of_all(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/latest")
    assert "Drama of the year" in said
    assert "Nova Lane’s singer is ill" in said
    assert "눈이 많이 와요" in said


@pytest.mark.parametrize(
    "text", ["/latest kpop", "/latest@SosikBot 케이팝", "latest K-Pop", "최신 zpdlvkq", "케이팝 최신"]
)
async def test_the_latest_of_a_category_followed_or_not(talking: Talking, text: str) -> None:
    said = await talking.hear(talking.ann, text)
    assert "The latest in K-pop" in said
    assert said.index("singer is ill") < said.index("winter tour")
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
    for number in range(12):
        talking.clock.forward(minutes=1)
        await talking.publish(f"Story number {number} of the day")
    said = await talking.hear(talking.ann, "/latest kpop")
    assert "Story number 11" in said
    assert "Story number 4 " in said
    assert "Story number 3 " not in said


async def test_breaking_lists_only_what_rang(talking: Talking) -> None:
    said = await talking.hear(talking.ann, "/breaking")
    assert "Breaking news" in said
    assert "Nova Lane’s singer is ill" in said
    assert "winter tour" not in said
    assert "케이팝 속보" in await talking.hear(talking.min, "속보 케이팝")


async def test_where_nothing_broke_it_says_so(talking: Talking) -> None:
    assert "No breaking news in Drama & Film" in await talking.hear(talking.ann, "/breaking drama")
    await talking.say(talking.min, "구독 시사")
    assert "최근 속보는 없었어요" in await talking.hear(talking.min, "속보")


@pytest.mark.parametrize("command", ["latest", "breaking"])
async def test_an_unknown_category_is_answered_with_a_command_to_try(talking: Talking, command: str) -> None:
    said = await talking.hear(talking.ann, f"/{command} drma")
    assert "“drma”" in said
    assert f"/{command} drama" in said


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("command", ["/latest", "/breaking", "최신"])
async def test_whatever_is_typed_after_it_is_answered(talking: Talking, command: str, words: str) -> None:
    (reply,) = await talking.say(talking.ann, f"{command} {words}"[:4096])
    assert "wrong" not in reply.plain
    assert len(reply.plain) < 1000


async def test_the_digest_now_is_that_of_the_last_day(talking: Talking) -> None:
    await talking.say(talking.ann, "/subscribe kpop drama")
    said = await talking.hear(talking.ann, "/digest")
    assert "3 stories" in said
    assert "Nova Lane’s singer is ill" in said
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
    assert "Nova Lane" in await talking.hear(talking.ann, text)
    assert (await talking.kept(talking.ann)).paused_at is not None
