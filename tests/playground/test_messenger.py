"""The messenger over real HTTP: what its page is told, and what it may ask."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount

from bot.playground.messenger import STATIC, messenger
from bot.playground.messenger_questions import landing
from bot.playground.newsroom import Newsroom
from bot.playground.telegram import Chat, Person, Server, Telegram

START = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)  # 21:00 in Seoul
PATIENCE = 10  # seconds for what should take none


@dataclass
class Clock:
    at: datetime = START

    def now(self) -> datetime:
        return self.at

    async def jump(self, to: datetime) -> None:
        self.at = to


@dataclass
class Place:
    clock: Clock = field(default_factory=Clock)
    url: str = ""

    def __post_init__(self) -> None:
        self.telegram = Telegram(token="600000001:TEST", now=self.clock.now)
        self.newsroom = Newsroom(self.clock.now, lambda: self.url)
        self.ann = self.telegram.person("Ann", language_code="en")
        self.jimin = self.telegram.person("지민", language_code="ko")
        self.mina = self.telegram.person("Mina")
        self.joon = self.telegram.person("Joon", language_code="ko")
        self.english = self.telegram.private(self.ann)
        self.korean = self.telegram.private(self.jimin)
        self.group = self.telegram.group("Fans <b>", owner=self.mina, members=[self.joon], supergroup=False)
        self.telegram.add_bot(self.group, by=self.mina)
        self.app = Starlette(
            routes=[
                *messenger(
                    telegram=self.telegram,
                    newsroom=self.newsroom,
                    chats=[self.english, self.korean, self.group],
                    now=self.clock.now,
                    jump=self.clock.jump,
                ),
                Mount("/", self.newsroom.app),
            ]
        )

    async def tell(self, chat: Chat, text: str, **more: object) -> dict[str, Any]:
        """The bot sends a message."""
        answer = await self.telegram.call("sendMessage", {"chat_id": chat.id, "text": text, **more})
        assert answer["ok"], answer
        sent: dict[str, Any] = answer["result"]
        return sent


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    async with Server(made.app) as server:
        made.url = server.url
        yield made


@pytest.fixture
async def web(place: Place) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=place.url, timeout=PATIENCE, trust_env=False) as client:
        yield client


class Stream:
    """What a page hears."""

    def __init__(self, response: httpx.Response) -> None:
        self._lines = response.aiter_lines()

    async def next(self, wanted: str) -> Any:
        async with asyncio.timeout(PATIENCE):
            name = ""
            async for line in self._lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name == wanted:
                    return json.loads(line.removeprefix("data: "))
        raise AssertionError(f"the stream ended before {wanted}")


@pytest.fixture
async def stream(web: httpx.AsyncClient) -> AsyncIterator[Stream]:
    async with web.stream("GET", "/api/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield Stream(response)


async def state_of(web: httpx.AsyncClient) -> Any:
    return (await web.get("/api/state")).json()


async def messages_of(web: httpx.AsyncClient, chat: Chat) -> list[Any]:
    found = next(each for each in (await state_of(web))["chats"] if each["id"] == chat.id)
    messages: list[Any] = found["messages"]
    return messages


def spoken(chat: Chat, person: Person, **more: object) -> dict[str, object]:
    return {"chat": chat.id, "person": person.id, **more}


async def refused(web: httpx.AsyncClient, path: str, body: object, status: int) -> str:
    answer = await web.post(path, json=body)
    assert answer.status_code == status, answer.text
    sentence: str = answer.json()["error"]
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    return sentence


# ── the page ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_page_and_its_files_forbid_anything_from_elsewhere(web: httpx.AsyncClient) -> None:
    for path in ("/", "/static/messenger.js", "/static/messenger.css", "/api/state"):
        answer = await web.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_page_holds_no_script_or_style_of_its_own() -> None:
    page = (STATIC / "index.html").read_text()
    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", page)
    assert not re.search(r"<script(?![^>]*\ssrc=)", page)


def test_no_script_writes_markup_from_text() -> None:
    for script in STATIC.glob("*.js"):
        words = script.read_text()
        assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b", words), (
            script.name
        )


async def test_every_file_the_page_asks_for_is_there(web: httpx.AsyncClient) -> None:
    asked = set(re.findall(r'(?:src|href)="(/static/[^"]+)"', (STATIC / "index.html").read_text()))
    for script in STATIC.glob("*.js"):
        asked |= {f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', script.read_text())}
    assert len(asked) > 10
    for path in asked:
        assert (await web.get(path)).status_code == 200, path


async def test_no_file_outside_the_page_is_served(web: httpx.AsyncClient) -> None:
    for path in ("/static/../messenger.py", "/static/%2e%2e/messenger.py", "/static/..%2fmessenger.py"):
        assert (await web.get(path)).status_code == 404


# ── what is shown ────────────────────────────────────────────────────────────────────────────────────────────────


async def test_the_state_has_the_chats_with_whom_one_can_speak_as(web: httpx.AsyncClient) -> None:
    english, korean, group = (await state_of(web))["chats"]
    assert (english["kind"], english["title"], english["language"]) == ("private", "Ann", "en")
    assert (korean["title"], korean["language"]) == ("지민", "ko")
    assert (group["kind"], group["title"]) == ("group", "Fans <b>")
    assert [(each["name"], each["role"]) for each in group["speakers"]] == [
        ("Mina", "owner"),
        ("Joon", "member"),
    ]
    assert [each["service"] for each in group["messages"]] == ["Mina added Sosik"]


async def test_commands_are_offered_in_the_language_of_the_one_who_types(
    place: Place, web: httpx.AsyncClient
) -> None:
    async def register(words: str, **more: object) -> None:
        commands = [{"command": "start", "description": words}]
        assert (await place.telegram.call("setMyCommands", {"commands": commands, **more}))["ok"]

    await register("Begin")
    await register("시작하기", language_code="ko", scope={"type": "all_private_chats"})
    await register("For all", scope={"type": "all_group_chats"})
    await register("For those who may", scope={"type": "all_chat_administrators"})
    offered = {
        speaker["name"]: [each["description"] for each in speaker["commands"]]
        for chat in (await state_of(web))["chats"]
        for speaker in chat["speakers"]
    }
    assert offered == {
        "Ann": ["Begin"],
        "지민": ["시작하기"],
        "Mina": ["For those who may"],
        "Joon": ["For all"],
    }


async def test_a_message_is_shown_with_its_entities_keyboard_silence_and_what_it_answers(
    place: Place, web: httpx.AsyncClient
) -> None:
    question = place.telegram.say(place.english, place.ann, "what\n is  this?")
    keys = {
        "inline_keyboard": [
            [{"text": "On", "callback_data": "on"}, {"text": "Site", "url": "https://a.example/"}]
        ]
    }
    await place.tell(
        place.english,
        "👩‍👩‍👧 <b>bold</b> &lt;3",
        parse_mode="HTML",
        reply_markup=keys,
        disable_notification=True,
        reply_parameters={"message_id": question.id},
    )
    shown = (await messages_of(web, place.english))[-1]
    assert shown["text"] == "👩‍👩‍👧 bold <3"
    assert shown["entities"] == [{"type": "bold", "offset": 9, "length": 4}]
    assert shown["silent"]
    assert shown["reply"] == {"id": question.id, "author": "Ann", "text": "what is this?"}
    assert [[(key["text"], key["action"]) for key in row] for row in shown["keyboard"]] == [
        [("On", "callback_data"), ("Site", "url")]
    ]


async def test_only_changed_words_mark_a_message_as_edited(place: Place, web: httpx.AsyncClient) -> None:
    place.telegram.say(place.english, place.ann, "/start")
    sent = await place.tell(place.english, "one")
    where = {"chat_id": place.english.id, "message_id": sent["message_id"]}
    keys = {"inline_keyboard": [[{"text": "On", "callback_data": "on"}]]}
    assert (await place.telegram.call("editMessageReplyMarkup", {**where, "reply_markup": keys}))["ok"]
    assert (await messages_of(web, place.english))[-1]["edited"] is None
    assert (await place.telegram.call("editMessageText", {**where, "text": "two"}))["ok"]
    assert (await messages_of(web, place.english))[-1]["edited"] is not None


async def test_a_link_to_the_newsroom_gets_a_preview_as_the_options_ask(
    place: Place, web: httpx.AsyncClient
) -> None:
    place.telegram.say(place.english, place.ann, "/start")
    story = next(story for story in place.newsroom.stories if story.picture)
    options = {"url": story.link, "prefer_large_media": True, "show_above_text": True}
    await place.tell(place.english, "News", link_preview_options=options)
    preview = (await messages_of(web, place.english))[-1]["preview"]
    assert preview["title"] == story.title
    assert preview["site"] in {feed.title for feed in place.newsroom.feeds}
    assert preview["large"]
    assert preview["above"]
    assert preview["picture"].startswith("/pictures/")
    assert (await web.get(preview["picture"])).headers["content-type"].startswith("image/")

    await place.tell(place.english, "News", link_preview_options={"url": story.link, "is_disabled": True})
    assert (await messages_of(web, place.english))[-1]["preview"] is None
    await place.tell(place.english, "https://elsewhere.example/story")
    assert (await messages_of(web, place.english))[-1]["preview"] is None


async def test_a_group_that_became_a_supergroup_keeps_its_place_on_the_page(
    place: Place, web: httpx.AsyncClient, stream: Stream
) -> None:
    await stream.next("state")
    moved = place.telegram.migrate(place.group)
    chats = (await stream.next("state"))["chats"]
    assert [each["service"] for each in chats[2]["messages"]] == ["The group became a supergroup"]
    answer = await web.post("/api/say", json=spoken(place.group, place.mina, text="still here"))
    assert answer.status_code == 200
    heard = [await stream.next("message"), await stream.next("message")][-1]  # the first tells of the move
    assert (heard["chat"], heard["message"]["text"]) == (place.group.id, "still here")
    assert place.telegram.messages(moved)[-1].text == "still here"


# ── the stream ───────────────────────────────────────────────────────────────────────────────────────────────────


async def test_every_connection_begins_with_the_whole_state(place: Place, web: httpx.AsyncClient) -> None:
    for text in ("one", "two"):
        place.telegram.say(place.english, place.ann, text)
        async with web.stream("GET", "/api/events") as response:
            state = await Stream(response).next("state")
        assert state["chats"][0]["messages"][-1]["text"] == text


async def test_messages_edits_typing_and_deletions_are_told_as_they_happen(
    place: Place, stream: Stream
) -> None:
    await stream.next("state")
    place.telegram.say(place.english, place.ann, "/start")
    assert (await stream.next("message"))["message"]["text"] == "/start"
    where = {"chat_id": place.english.id}
    await place.telegram.call("sendChatAction", {**where, "action": "typing"})
    assert (await stream.next("action"))["chat"] == place.english.id
    sent = await place.tell(place.english, "one")
    assert (await stream.next("message"))["message"]["author"]["name"] == "Sosik"
    where["message_id"] = sent["message_id"]
    await place.telegram.call("editMessageText", {**where, "text": "two"})
    edited = (await stream.next("message"))["message"]
    assert (edited["id"], edited["text"]) == (sent["message_id"], "two")
    await place.telegram.call("deleteMessage", where)
    assert (await stream.next("gone"))["message"] == sent["message_id"]


async def test_commands_registered_late_and_a_moved_clock_are_told_within_a_heartbeat(
    place: Place, stream: Stream
) -> None:
    await stream.next("state")
    commands = [{"command": "help", "description": "Help"}]
    await place.telegram.call("setMyCommands", {"commands": commands})
    chat = await stream.next("chat")
    assert [each["command"] for each in chat["speakers"][0]["commands"]] == ["help"]
    assert "messages" not in chat
    await place.clock.jump(START + timedelta(hours=3))
    told = datetime.fromisoformat((await stream.next("clock"))["now"])
    while told < START + timedelta(hours=3):  # a beat just before the jump
        told = datetime.fromisoformat((await stream.next("clock"))["now"])


# ── what may be asked ────────────────────────────────────────────────────────────────────────────────────────────


async def test_what_is_said_reaches_the_bot(place: Place, web: httpx.AsyncClient) -> None:
    text = "안녕 <b>&amp; שלום 🎤"
    assert (await web.post("/api/say", json=spoken(place.korean, place.jimin, text=text))).status_code == 200
    heard = place.telegram.pending[-1]["message"]
    assert (heard["text"], heard["from"]["first_name"]) == (text, "지민")


async def test_a_pressed_button_is_answered_under_the_number_it_got(
    place: Place, web: httpx.AsyncClient, stream: Stream
) -> None:
    await stream.next("state")
    place.telegram.say(place.english, place.ann, "/start")
    keys = {
        "inline_keyboard": [
            [{"text": "On", "callback_data": "kpop=on"}, {"text": "Site", "url": "https://a.example"}]
        ]
    }
    sent = await place.tell(place.english, "Choose", reply_markup=keys)
    pressed = spoken(place.english, place.ann, message=sent["message_id"], data="kpop=on")
    query = (await web.post("/api/press", json=pressed)).json()["query"]
    assert place.telegram.pending[-1]["callback_query"]["id"] == query
    answer = {"callback_query_id": query, "text": "K-pop is on", "show_alert": True}
    assert (await place.telegram.call("answerCallbackQuery", answer))["ok"]
    told = await stream.next("answer")
    assert (told["query"], told["text"], told["alert"]) == (query, "K-pop is on", True)

    await refused(web, "/api/press", {**pressed, "data": "kpop=off"}, 409)
    await refused(web, "/api/press", {**pressed, "data": "https://a.example"}, 409)
    await refused(web, "/api/press", {**pressed, "message": 999_999}, 404)


async def test_a_blocked_bot_hears_nothing_until_it_is_let_in_again(
    place: Place, web: httpx.AsyncClient, stream: Stream
) -> None:
    await stream.next("state")
    await web.post("/api/say", json=spoken(place.english, place.ann, text="/start"))
    assert (
        await web.post("/api/block", json=spoken(place.english, place.ann, blocked=True))
    ).status_code == 200
    assert (await stream.next("chat"))["speakers"][0]["blocked"]
    assert "blocked" in await refused(web, "/api/say", spoken(place.english, place.ann, text="hello"), 409)
    await web.post("/api/block", json=spoken(place.english, place.ann, blocked=False))
    assert not (await state_of(web))["chats"][0]["speakers"][0]["blocked"]
    assert place.telegram.pending[-1]["message"]["text"] == "/start"
    await refused(web, "/api/block", spoken(place.group, place.mina, blocked=True), 409)


async def test_a_published_story_is_in_its_feed_and_goes_out_once(
    place: Place, web: httpx.AsyncClient
) -> None:
    fresh = next(each for each in place.newsroom.fresh if each.kind == "breaking")
    shelf = (await state_of(web))["samples"]
    assert {each["kind"] for each in shelf} == {"ordinary", "breaking", "opinion", "turn"}
    answer = await web.post("/api/publish", json={"sample": fresh.id})
    after = {each["id"]: each for each in answer.json()["samples"]}
    assert list(after) == [each["id"] for each in shelf]
    assert after[fresh.id]["published"] is not None
    feed = await web.get(next(each.url for each in place.newsroom.feeds if each.name == fresh.feed))
    assert f"/story/{fresh.id}" in feed.text
    assert "already" in await refused(web, "/api/publish", {"sample": fresh.id}, 409)
    await refused(web, "/api/publish", {"sample": "no-such-story"}, 404)


async def test_a_leap_of_the_clock_moves_it_and_says_where_it_landed(
    place: Place, web: httpx.AsyncClient
) -> None:
    answer = await web.post("/api/jump", json={"leap": "hour"})
    assert datetime.fromisoformat(answer.json()["now"]) == START + timedelta(hours=1) == place.clock.at
    await refused(web, "/api/jump", {"leap": "yesterday"}, 400)
    place.clock.at = datetime.max.replace(tzinfo=UTC)
    await refused(web, "/api/jump", {"leap": "hour"}, 409)


def test_a_morning_is_seconds_before_the_next_digest_where_that_is_known() -> None:
    now, due = datetime(2026, 11, 24, 12, tzinfo=UTC), datetime(2026, 11, 25, 8, tzinfo=UTC)
    assert landing(now, "morning", due) == due - timedelta(seconds=4)
    assert landing(due - timedelta(seconds=1), "morning", due) == due - timedelta(seconds=1)
    assert landing(due, "morning", due) > due


@pytest.mark.parametrize(
    ("now", "leap", "landed"),
    [
        ("2026-11-24T12:00:00+00:00", "morning", "2026-11-24T22:59:56+00:00"),
        ("2026-11-24T22:00:00+00:00", "morning", "2026-11-24T22:59:56+00:00"),
        ("2026-11-24T22:59:56+00:00", "morning", "2026-11-25T22:59:56+00:00"),
        ("2026-11-24T22:59:58+00:00", "morning", "2026-11-25T22:59:56+00:00"),
        ("2026-12-31T23:00:00+00:00", "morning", "2027-01-01T22:59:56+00:00"),
        ("2026-11-24T12:00:00+00:00", "ten-minutes", "2026-11-24T12:10:00+00:00"),
    ],
)
def test_a_morning_is_seconds_before_eight_in_seoul_and_always_ahead(
    now: str, leap: str, landed: str
) -> None:
    assert landing(datetime.fromisoformat(now), leap) == datetime.fromisoformat(landed)


# ── strangers and nonsense ───────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://127.0.0.1:1"},
        {"Origin": "http://[broken"},
    ],
)
async def test_another_site_may_ask_nothing(
    place: Place, web: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    body = spoken(place.english, place.ann, text="/stop")
    answer = await web.post("/api/say", json=body, headers=headers)
    assert answer.status_code == 403
    assert not place.telegram.messages(place.english)


async def test_the_page_itself_may_ask(place: Place, web: httpx.AsyncClient) -> None:
    body = spoken(place.english, place.ann, text="/start")
    headers = {"Origin": place.url, "Sec-Fetch-Site": "same-origin"}
    assert (await web.post("/api/say", json=body, headers=headers)).status_code == 200


@pytest.mark.parametrize(
    ("sent", "kind", "status"),
    [
        (b"", "application/json", 400),
        (b"{", "application/json", 400),
        (b"[]", "application/json", 400),
        (b"[" * 60_000, "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b'{"chat": ' + b"9" * 5_000 + b"}", "application/json", 400),
        (b"x" * 70_000, "application/json", 413),
        (b"chat=1&text=hello", "application/x-www-form-urlencoded", 415),
        (b"{}", "text/plain", 415),
    ],
)
async def test_a_body_that_is_no_question_is_refused_with_a_sentence(
    web: httpx.AsyncClient, sent: bytes, kind: str, status: int
) -> None:
    answer = await web.post("/api/say", content=sent, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["error"].endswith(".")


async def test_wrong_fields_are_refused_with_a_sentence(place: Place, web: httpx.AsyncClient) -> None:
    right = spoken(place.english, place.ann, text="hello")
    assert '"text"' in await refused(web, "/api/say", {**right, "text": ""}, 400)
    assert '"text"' in await refused(web, "/api/say", {**right, "text": " \n"}, 400)
    assert '"text"' in await refused(web, "/api/say", {**right, "text": ["a"]}, 400)
    assert "4096" in await refused(web, "/api/say", {**right, "text": "🎤" * 2049}, 400)
    assert '"chat"' in await refused(web, "/api/say", {**right, "chat": True}, 400)
    assert '"chat"' in await refused(web, "/api/say", {**right, "chat": str(place.english.id)}, 400)
    await refused(web, "/api/say", {**right, "chat": 5}, 404)
    await refused(web, "/api/say", {**right, "person": place.jimin.id}, 403)
    half = await web.post(
        "/api/say",
        content=json.dumps({**right, "text": "\ud83c"}),
        headers={"Content-Type": "application/json"},
    )
    assert half.status_code == 400


async def test_asking_with_the_wrong_method_is_refused(web: httpx.AsyncClient) -> None:
    assert (await web.get("/api/say")).is_client_error
    assert (await web.post("/api/state", json={})).is_client_error


async def asked(place: Place, path: str, body: str) -> httpx.Response:
    transport = httpx.ASGITransport(place.app)  # raises what the application raises
    async with httpx.AsyncClient(transport=transport, base_url=place.url) as client:
        return await client.post(path, content=body, headers={"Content-Type": "application/json"})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("chat", "person", "text", "message", "data", "blocked", "sample", "leap")


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    path=st.sampled_from(["say", "press", "block", "publish", "jump"]),
    fields=st.dictionaries(st.sampled_from(FIELDS), ANYTHING),
    known=st.booleans(),
)
def test_no_question_whatever_breaks_the_desk(path: str, fields: dict[str, Any], *, known: bool) -> None:
    place = Place(url="http://127.0.0.1:1")
    if known:
        fields = {"chat": place.english.id, "person": place.ann.id, **fields}
    answer = asyncio.run(asked(place, f"/api/{path}", json.dumps(fields)))
    assert answer.status_code in {200, 400, 403, 404, 409}
    assert isinstance(answer.json(), dict)
