"""sosik feeds list, add, remove, pause, resume, import, export, discover: by real processes, beside a running bot."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.playground.telegram import Server
from digests.model import Address, ChatKind, NewChat
from digests.settings import PollingSettings
from digests.store import added, chats, subscriptions
from digests.store.engine import Store
from digests.store.lock import hold
from tests.cli.terminal import Ended, sosik, started
from tests.process import TOKEN, World, machine_now

ITEM = "<item><guid>{key}</guid><title>{title}</title><link>https://paper.example/{key}</link></item>"
PAGE = "<html><head><title>Paper</title>{links}</head><body>Hello</body></html>"


def rss(*titles: str, name: str = "Lantern Post") -> str:
    items = "".join(ITEM.format(key=title.replace(" ", "-"), title=title) for title in titles)
    return f'<rss version="2.0"><channel><title>{name}</title>{items}</channel></rss>'


@dataclass
class Site:
    """A publisher's server: paths and what they answer."""

    pages: dict[str, tuple[int, str, str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    url: str = ""

    def feed(self, path: str, *titles: str, name: str = "Lantern Post") -> str:
        self.pages[path] = (200, "application/rss+xml", rss(*titles, name=name))
        return self.url + path

    def page(self, path: str, *links: str) -> str:
        named = "".join(f'<link rel="alternate" type="application/rss+xml" href="{one}">' for one in links)
        self.pages[path] = (200, "text/html", PAGE.format(links=named))
        return self.url + path

    async def answer(self, request: Request) -> Response:
        self.asked.append(request.url.path)
        status, kind, body = self.pages.get(request.url.path, (404, "text/plain", "no"))
        return Response(body, status, media_type=kind)


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    site = Site()
    app = Starlette(routes=[Route("/{path:path}", site.answer)])
    async with Server(app) as server:
        site.url = server.url
        yield site


@dataclass
class Place:
    """A folder with a configuration in it, whose one feed is the site's /own."""

    folder: Path
    site: Site

    async def feeds(self, *arguments: str) -> Ended:
        return await sosik("feeds", *arguments, cwd=self.folder)

    async def well(self, *arguments: str) -> str:
        ended = await self.feeds(*arguments)
        assert ended.code == 0, ended.said
        return ended.out

    async def listed(self) -> dict[str, dict]:
        lines = (await self.well("list", "--json")).splitlines()
        return {one["name"]: one for one in map(json.loads, lines)}

    async def poll(self) -> Ended:
        return await sosik("poll", "--once", cwd=self.folder)

    def configure(self, more: str = "", *, own: bool = True) -> None:
        kept = (
            f'name = "own"\nurl = "{self.site.url}/own"'
            if own
            else 'name = "else"\nurl = "http://127.0.0.1:9/"'
        )
        (self.folder / "sosik.toml").write_text(
            f"""
[telegram]
token = "{TOKEN}"
[polling]
interval = "300ms"
allow_private_hosts = true
[[categories]]
slug = "kpop"
name = "K-pop"
aliases = ["idol"]
[[categories]]
slug = "food"
name = "Food"
{more}
[[feeds]]
{kept}
categories = ["kpop"]
""",
            encoding="utf-8",
        )


@pytest.fixture
def place(tmp_path: Path, site: Site) -> Place:
    site.feed("/own", "One of our own")
    place = Place(tmp_path, site)
    place.configure()
    return place


async def test_an_added_feed_is_listed_polled_and_judged(place: Place) -> None:
    url = place.site.feed("/lantern", "A lantern festival")
    said = await place.well("add", url, "--category", "idol", "--name", "lantern", "--language", "en")
    assert "Added lantern, under kpop. It lists 1 entries." in said
    polled = await place.poll()
    assert "[kpop] A lantern festival (lantern)" in polled.out
    assert "of 2 feeds failed" in polled.out
    listed = await place.listed()
    assert listed["lantern"]["origin"] == "operator:cli"
    assert listed["lantern"]["categories"] == ["kpop"]
    assert listed["lantern"]["succeeded_at"]
    assert listed["own"]["origin"] == "file"
    shown = await place.well("list")
    assert "lantern" in shown
    assert "added by operator:cli" in shown
    assert "next poll" in shown


async def test_an_added_feed_has_all_that_one_of_the_file_may_have(place: Place) -> None:
    item = "<item><guid>1</guid><title>A song</title><category>Music</category><description>About a song.</description></item>"
    body = f'<rss version="2.0"><channel><title>Lantern Post</title>{item}</channel></rss>'
    url = place.site.url + "/lantern"
    place.site.pages["/lantern"] = (200, "application/rss+xml", body)
    await place.well(
        "add", url, "food", "--name", "lantern", "--map", "Music=idol", "--show", "title", "--legacy-tls"
    )
    assert "[kpop] A song (lantern)" in (await place.poll()).out
    assert "title only" in await place.well("list")
    store = Store.open(f"sqlite:///{place.folder}/sosik.db")
    async with store.reading() as tx:
        (feed,) = await added.in_force(tx, PollingSettings())
    await store.close()
    assert (dict(feed.category_map), feed.show, feed.legacy_tls) == ({"Music": "kpop"}, "title", True)


@pytest.mark.parametrize(
    ("option", "words"),
    [
        (["--map", "Music"], "--map 'Music' names no two categories."),
        (["--map", "Music=sport"], "There is no category 'sport'."),
        (["--show", "everything"], "show = 'everything'"),
    ],
)
async def test_what_an_added_feed_cannot_have_is_a_sentence(
    place: Place, option: list[str], words: str
) -> None:
    ended = await place.feeds("add", place.site.feed("/lantern", "A"), "kpop", *option)
    assert (ended.code, words in ended.err) == (2, True), ended.said


async def test_a_feed_of_the_file_is_changed_there_and_the_line_is_named(place: Place) -> None:
    await place.poll()
    lines = (place.folder / "sosik.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index("[[feeds]]") + 1
    for command in (["remove", "own"], ["pause", "OWN"], ["resume", "own"], ["remove", "own", "--purge"],
                    ["add", f"{place.site.url}/own", "food"]):  # fmt: skip
        ended = await place.feeds(*command)
        assert ended.code == 1, command
        assert f"sosik.toml, line {line}" in ended.err
    assert (await place.listed())["own"]["standing"] == "polled"


async def test_paused_removed_and_added_again(place: Place) -> None:
    url = place.site.feed("/lantern", "A lantern festival")
    await place.well("add", url, "kpop", "--name", "lantern")
    await place.poll()
    await place.well("pause", "lantern")
    assert (await place.listed())["lantern"]["standing"] == "paused"
    assert "of 1 feeds" in (await place.poll()).out
    await place.well("resume", url)
    assert (await place.listed())["lantern"]["standing"] == "polled"
    await place.well("remove", "lantern")
    assert (await place.listed())["lantern"]["standing"] == "retired"
    ended = await place.feeds("remove", "lantern")
    assert (ended.code, "removed already" in ended.err) == (1, True)
    await place.well("add", url, "food", "--name", "lantern")
    again = await place.poll()
    assert again.out.startswith("0 new entries")  # what it listed before is no news
    assert (await place.listed())["lantern"]["categories"] == ["food"]


async def test_what_cannot_be_added_is_a_sentence(place: Place) -> None:
    url = place.site.feed("/lantern", "A lantern festival")
    await place.well("add", url, "kpop", "--name", "lantern")
    for arguments, code, words in (
        ([url, "kpop"], 1, "is there already, as lantern"),
        ([place.site.feed("/b", "B"), "kpop", "--name", "Lantern"], 1, "Another feed is called Lantern"),
        ([place.site.feed("/b", "B"), "kpop", "--name", "own"], 1, "Another feed is called own"),
        ([url, "sport"], 2, "There is no category 'sport'. There are: kpop, food."),
        ([url], 2, "under which category"),
        ([place.site.url + "/nothing", "kpop"], 1, "There is no feed at this address (404)."),
        (["ftp://paper.example/", "kpop"], 2, "http://"),
        ([url, "kpop", "--interval", "often"], 2, '"auto"'),
        ([url, "kpop", "--language", "fr"], 2, "language"),
    ):
        ended = await place.feeds("add", *arguments)
        assert (ended.code, words in ended.err) == (code, True), ended.said
        assert "Traceback" not in ended.said
    ended = await place.feeds("remove", "lanturn")
    assert (ended.code, "Did you mean lantern?" in ended.err) == (1, True)


async def test_a_broken_feed_can_be_added_if_somebody_insists(place: Place) -> None:
    await place.well("add", place.site.url + "/later", "kpop", "--unchecked", "--name", "later")
    await place.poll()
    later = (await place.listed())["later"]
    assert later["error"] == "There is no feed at this address (404)."
    assert later["failures"] == 1


async def test_adding_a_site_adds_its_feed_or_offers_several(place: Place) -> None:
    place.site.feed("/news.xml", "News")
    place.site.feed("/music.xml", "Music", name="Lantern Music")
    page = place.site.page("/paper", "/news.xml")
    assert "Added" in await place.well("add", page, "kpop", "--name", "paper")
    assert (await place.listed())["paper"]["url"] == place.site.url + "/news.xml"
    page = place.site.page("/paper", "/news.xml", "music.xml")
    ended = await place.feeds("add", page, "kpop")
    assert ended.code == 1
    assert f"{place.site.url}/music.xml  Lantern Music" in ended.err


async def test_discovery_finds_what_a_page_names_and_the_usual_places(place: Place) -> None:
    place.site.feed("/news.xml", "News", "More news")
    said = await place.well("discover", place.site.page("/paper", "/news.xml", "/gone.xml"))
    assert said.splitlines() == [f"{place.site.url}/news.xml  Lantern Post (2 entries)"]
    place.site.feed("/rss.xml", "News")
    said = await place.well("discover", place.site.page("/bare"))
    assert said.startswith(f"{place.site.url}/rss.xml  Lantern Post")


async def test_discovery_honours_robots_txt(place: Place) -> None:
    place.site.feed("/private/news.xml", "News")
    page = place.site.page("/paper", "/private/news.xml")
    place.site.pages["/robots.txt"] = (200, "text/plain", "User-agent: *\nDisallow: /private\n")
    ended = await place.feeds("discover", page)
    assert ended.code == 1
    assert "robots.txt asks programs to stay away" in ended.err
    assert "/private/news.xml" not in place.site.asked
    place.site.pages["/robots.txt"] = (200, "text/plain", "User-agent: sosik\nDisallow: /\n")
    place.site.asked.clear()
    assert (await place.feeds("discover", page)).code == 1
    assert place.site.asked == ["/robots.txt"]
    place.site.pages["/robots.txt"] = (503, "text/plain", "")
    assert (await place.feeds("discover", page)).code == 1


async def test_a_private_address_is_not_looked_into(place: Place) -> None:
    path = place.folder / "sosik.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("allow_private_hosts = true", ""), encoding="utf-8"
    )
    for command in (["discover", place.site.url], ["add", place.site.url + "/own2", "kpop"]):
        ended = await place.feeds(*command)
        assert ended.code == 1
        assert "not on the public internet" in ended.err
    assert place.site.asked == []


async def test_purging_deletes_what_came_from_a_feed_and_keeps_the_rest(place: Place) -> None:
    url = place.site.feed("/lantern", "A lantern festival", "A second one")
    await place.well("add", url, "kpop", "--name", "lantern")
    await place.poll()
    said = await place.well("remove", "lantern", "--purge")
    assert "Removed lantern with 2 entries, 2 stories" in said
    listed = await place.listed()
    assert "lantern" not in listed
    assert listed["own"]["entries"] == 1


async def test_purging_waits_for_nobody_else_and_adding_needs_nobody_to_stop(place: Place) -> None:
    url = place.site.feed("/lantern", "A lantern festival")
    await sosik("migrate", cwd=place.folder)
    store = Store.open(f"sqlite:///{place.folder}/sosik.db")
    async with hold(store):
        await place.well("add", url, "kpop", "--name", "lantern")
        await place.well("pause", "lantern")
        ended = await place.feeds("remove", "lantern", "--purge")
    await store.close()
    assert ended.code == 1
    assert "Another process already works on" in ended.err


async def test_lists_go_out_and_come_in(place: Place) -> None:
    url = place.site.feed("/lantern", "A lantern festival")
    await place.well("add", url, "kpop", "food", "--name", "lantern & co <1>", "--language", "ko")
    said = await place.well("export")
    assert said.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<opml version="2.0">')
    other = Place(place.folder / "other", place.site)
    other.folder.mkdir()
    other.configure(own=False)
    (other.folder / "list.opml").write_text(said, encoding="utf-8")
    assert "2 added, 0 there already, 0 left out." in await other.well("import", "list.opml")
    listed = await other.listed()
    assert listed["lantern & co <1>"]["categories"] == ["kpop", "food"]
    assert listed["own"]["origin"] == "operator:cli"
    assert "0 added, 2 there already" in await other.well("import", "list.opml")


async def test_a_strange_list_is_imported_as_far_as_it_goes(place: Place) -> None:
    (place.folder / "list.opml").write_text(
        """<opml version="1.0"><body>
        <outline text="Idol"><outline text="A" xmlUrl="https://a.example/feed"/></outline>
        <outline text="Sport"><outline text="A" xmlUrl="https://b.example/feed"/></outline>
        <outline text="C" xmlUrl="javascript:alert(1)" category="/kpop"/>
        </body></opml>""",
        encoding="utf-8",
    )
    ended = await place.feeds("import", "list.opml")
    assert ended.code == 0
    assert "1 added, 0 there already, 2 left out." in ended.out
    assert "https://b.example/feed: no category" in ended.err
    assert "1 added, 1 there already, 1 left out." in await place.well(
        "import", "list.opml", "--category", "food"
    )
    listed = await place.listed()
    assert listed["A"]["categories"] == ["kpop"]
    assert listed["b.example/feed"]["categories"] == ["food"]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<opml><body>", "no well-formed XML"),
        ("<rss/>", "no OPML"),
        (
            '<!DOCTYPE a [<!ENTITY b "c">]><opml><body><outline text="&b;"/></body></opml>',
            "declares entities",
        ),
        ("", "no well-formed XML"),
    ],
)
async def test_a_list_that_cannot_be_read_is_a_sentence(place: Place, body: str, words: str) -> None:
    (place.folder / "list.opml").write_text(body, encoding="utf-8")
    ended = await place.feeds("import", "list.opml")
    assert ended.code == 1
    assert words in ended.err
    assert "Traceback" not in ended.said
    ended = await place.feeds("import", "nowhere.opml")
    assert (ended.code, "cannot be read" in ended.err) == (1, True)


async def test_a_running_bot_takes_up_and_leaves_feeds_at_its_next_tick(world: World) -> None:
    site = Site()
    async with Server(Starlette(routes=[Route("/{path:path}", site.answer)])) as server:
        site.url = server.url
        url = site.feed("/lantern", "A lantern festival")
        world.write_config()
        async with started("run", cwd=world.folder) as bot:
            await bot.says("connected")
            ended = await sosik("feeds", "add", url, "kpop", "--name", "lantern", cwd=world.folder)
            assert ended.code == 0, ended.said
            await bot.says("feed=lantern")
            site.feed("/lantern", "A lantern festival", "A second one")
            await bot.says("categories=['kpop']")  # what came since is news, and judged as the feed's
            await sosik("feeds", "pause", "lantern", cwd=world.folder)
            asked = 0
            while asked != len(site.asked):  # what is under way may end
                asked = len(site.asked)
                await asyncio.sleep(2)
            await sosik("feeds", "resume", "lantern", cwd=world.folder)
            await bot.until(lambda: len(site.asked) > asked + 1, "polled again")


async def test_a_running_bot_takes_up_the_feeds_of_an_edited_file(world: World) -> None:
    site = Site()
    async with Server(Starlette(routes=[Route("/{path:path}", site.answer)])) as server:
        site.url = server.url
        url = site.feed("/lantern", "A lantern festival")
        path = world.write_config()
        async with started("run", cwd=world.folder) as bot:
            await bot.says("connected")
            before = path.read_text(encoding="utf-8")
            path.write_text(before + "\n[[feeds]]\nbroken", encoding="utf-8")
            await bot.says("configuration not taken")
            block = f'\n[[feeds]]\nurl = "{url}"\nname = "lantern"\ncategories = ["kpop"]\n'
            path.write_text(before + block, encoding="utf-8")
            await bot.says("feed=lantern")
            path.write_text(before, encoding="utf-8")
            await bot.says("configuration taken", times=2)
            ended = await sosik("feeds", "list", "--json", cwd=world.folder)
            standings = {one["name"]: one["standing"] for one in map(json.loads, ended.out.splitlines())}
            assert standings["lantern"] == "retired"


async def test_check_says_what_the_file_names_no_more(place: Place) -> None:
    await place.poll()
    store = Store.open(f"sqlite:///{place.folder}/sosik.db")
    async with store.writing() as tx:
        new = NewChat(ChatKind.PRIVATE, "en", "Asia/Seoul", None, (), None)
        chat = await chats.ensure(tx, Address(7), new, machine_now())
        await subscriptions.add(tx, chat.id, ["kpop", "sport"], machine_now())
    await store.close()
    place.configure(own=False)
    said = [" ".join(line.split()) for line in (await sosik("check", cwd=place.folder)).out.splitlines()]
    assert "! feed own The file names it no more: it is retired. Its stories stay." in said
    assert (
        "! category sport The file names it no more: it is retired. Its subscriptions are kept (1 chats)."
        in said
    )
    assert not [line for line in said if "category kpop" in line]
    assert (await place.listed())["own"]["standing"] == "polled"  # until a run reads the file
    await place.poll()
    assert (await place.listed())["own"]["standing"] == "retired"
