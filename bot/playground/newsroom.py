"""Publishers on this machine: feeds, the pages they lead to and their pictures.

The playground and the tests let the bot poll these as it polls the world. They keep the manners of good feeds
(validators, 304) and can be told to forget them. Time comes from `now`; chance plays no part.
"""

import asyncio
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.playground.newsfeed import Published, document, speakable
from bot.playground.sample_news import PICTURES, SAMPLES, Paper, Sample, Samples, read_samples

CONTENT_TYPES = {"rss": "application/rss+xml; charset=utf-8", "atom": "application/atom+xml; charset=utf-8"}


class NewsroomError(ValueError):
    """The newsroom was asked for what it does not have: a feed or a sample of that name."""


@dataclass(frozen=True, slots=True)
class FeedFacts:
    """What a configuration says of one of the newsroom's feeds. `url` is whole."""

    name: str
    title: str
    url: str
    language: str
    categories: tuple[str, ...]
    category_map: Mapping[str, str]
    breaking: bool


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How a feed answers: the status, the seconds it lets one wait, whether it knows validators, more headers.

    Another status than 200 is answered without a feed. `body`, when given, is sent in the feed's place.
    """

    status: int = 200
    delay: float = 0.0
    validators: bool = True
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """One request for a feed, as it was answered."""

    feed: str
    status: int
    conditional: bool


class Newsroom:
    """The local publishers. `app` serves them; what is published is in the feed at the next request.

    `base_url` is where `app` can be reached, without a slash at the end; a callable is asked each time, for a server
    that learns its port late. `stocked=False` begins with empty feeds. Ages of the samples are counted from the moment
    of construction, so a clock that jumps leaves them where they were.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        base_url: str | Callable[[], str],
        *,
        samples: Samples | None = None,
        stocked: bool = True,
    ) -> None:
        """Open the newsroom; nothing is served before `app` is."""
        shipped = samples or read_samples()
        self._now = now
        self._base_url = base_url
        self._papers = {paper.name: paper for paper in shipped.papers}
        self._fresh = {sample.id: sample for sample in shipped.fresh}
        self._behaviours: dict[str, Behaviour] = {}
        self._stories: list[Published] = []
        opened = now().astimezone(UTC)
        self._changed = dict.fromkeys(self._papers, opened)
        if stocked:
            self._stories = [self._of(sample, opened - sample.age) for sample in shipped.printed]
        self.asked: list[Asked] = []
        self._pages = Environment(
            loader=FileSystemLoader(SAMPLES), autoescape=True, undefined=StrictUndefined
        )
        self.app = Starlette(
            routes=[
                Route("/feeds/{name}.xml", self._serve_feed),
                Route("/story/{slug}", self._serve_story),
                Mount("/pictures", StaticFiles(directory=PICTURES)),
            ]
        )

    @property
    def feeds(self) -> tuple[FeedFacts, ...]:
        """Every feed as it would stand in a configuration file."""
        return tuple(
            FeedFacts(
                name=paper.name,
                title=paper.title,
                url=self._at(paper.path),
                language=paper.language,
                categories=paper.categories,
                category_map=paper.category_map,
                breaking=paper.breaking,
            )
            for paper in self._papers.values()
        )

    @property
    def fresh(self) -> tuple[Sample, ...]:
        """The samples that can still be published, in the order of the file; see `label`, `kind` and `feed`."""
        return tuple(self._fresh.values())

    @property
    def stories(self) -> tuple[Published, ...]:
        """What has been published so far, in no particular order."""
        return tuple(self._located(story) for story in self._stories)

    def publish(self, sample_id: str) -> Published:
        """Print a sample now. Each can be printed once; `NewsroomError` if it is not among the fresh ones."""
        sample = self._fresh.pop(sample_id, None)
        if sample is None:
            left = ", ".join(self._fresh) or "none"
            raise NewsroomError(f"no fresh sample is called {sample_id!r}; there are: {left}")
        return self._print(self._of(sample, self._moment()))

    def publish_text(
        self,
        feed: str,
        title: str,
        summary: str = "",
        *,
        tags: Sequence[str] = (),
        author: str = "",
        picture: str | None = None,
        at: datetime | None = None,
        slug: str | None = None,
    ) -> Published:
        """Print a story of one's own, now or as if `at` that time. A slug used before gives an entry of the same id.

        `picture` is the name of a file among the newsroom's pictures. `NewsroomError` if there is no such feed.
        """
        self._paper(feed)
        moment = self._moment() if at is None else at.astimezone(UTC)
        sample = Sample(
            id=slug or f"story-{len(self._stories) + 1}",
            feed=feed,
            title=title,
            summary=summary,
            author=author,
            tags=tuple(tags),
            picture=picture,
        )
        return self._print(self._of(sample, moment))

    def misbehave(self, feed: str, behaviour: Behaviour) -> None:
        """From now on answer for this feed in this way; `Behaviour()` is good behaviour again."""
        self._paper(feed)
        self._behaviours[feed] = behaviour

    # ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _print(self, story: Published) -> Published:
        self._stories.append(story)
        self._changed[story.feed] = self._moment()
        return self._located(story)

    def _of(self, sample: Sample, at: datetime) -> Published:
        """A sample as a story; its addresses stay relative until someone asks, since the port may come late."""
        return Published(
            id=sample.id,
            feed=sample.feed,
            title=speakable(sample.title),
            link=f"/story/{sample.id}",
            at=at.replace(microsecond=0),
            summary=speakable(sample.summary),
            author=speakable(sample.author),
            tags=tuple(speakable(tag) for tag in sample.tags),
            picture=f"/pictures/{sample.picture}" if sample.picture else None,
        )

    def _located(self, story: Published) -> Published:
        picture = self._at(story.picture) if story.picture else None
        return replace(story, link=self._at(story.link), picture=picture)

    def _at(self, path: str) -> str:
        base = self._base_url if isinstance(self._base_url, str) else self._base_url()
        return base.rstrip("/") + path

    def _moment(self) -> datetime:
        return self._now().astimezone(UTC).replace(microsecond=0)

    def _paper(self, name: str) -> Paper:
        if name not in self._papers:
            raise NewsroomError(f"no feed is called {name!r}; there are: {', '.join(self._papers)}")
        return self._papers[name]

    async def _serve_feed(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in self._papers:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        behaviour = self._behaviours.get(name, Behaviour())
        if behaviour.delay:
            await asyncio.sleep(behaviour.delay)
        answer = self._answer(self._papers[name], behaviour, request)
        conditional = "if-none-match" in request.headers or "if-modified-since" in request.headers
        self.asked.append(Asked(name, answer.status_code, conditional))
        return answer

    def _answer(self, paper: Paper, behaviour: Behaviour, request: Request) -> Response:
        headers = dict(behaviour.headers)
        if behaviour.status != HTTPStatus.OK:
            return Response(behaviour.body or b"", behaviour.status, headers, "text/plain; charset=utf-8")
        changed = self._changed[paper.name]
        if behaviour.body is None:
            printed = [self._located(story) for story in self._stories if story.feed == paper.name]
            body = document(paper, printed, self._at(paper.path), changed)
        else:
            body = behaviour.body
        if behaviour.validators:
            headers["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:20]}"'
            headers["Last-Modified"] = format_datetime(changed, usegmt=True)
            if _unchanged(request, headers["ETag"], changed):
                return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
        return Response(body, HTTPStatus.OK, headers, CONTENT_TYPES[paper.format])

    async def _serve_story(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        story = next((each for each in reversed(self._stories) if each.id == slug), None)
        if story is None:
            raise HTTPException(HTTPStatus.NOT_FOUND)
        related = [each for each in self._stories if each.feed == story.feed and each.id != slug]
        page = self._pages.get_template("story.html").render(
            story=self._located(story),
            paper=self._papers[story.feed],
            related=[self._located(each) for each in sorted(related, key=lambda each: each.at)[-3:]],
        )
        return HTMLResponse(page)


def _unchanged(request: Request, etag: str, changed: datetime) -> bool:
    """Whether the one who asks has this already. If-Modified-Since counts only without an ETag (RFC 9110, 13.1.3)."""
    tags = request.headers.get("if-none-match")
    if tags is not None:
        known = [tag.strip().removeprefix("W/") for tag in tags.split(",")]
        return "*" in known or etag in known
    try:
        since = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return changed.replace(microsecond=0) <= since.replace(tzinfo=since.tzinfo or UTC)
