"""The pages that people read."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator.app.library import Place
from aggregator.app.monitor import feed_health, feeds_health, overview
from aggregator.errors import NotFoundError
from aggregator.model import Story
from aggregator.web.site import Site, filtered, number, static

_STORIES = 30
"""On a page."""
_WORDS = 200
"""Characters of a search."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_IMMUTABLE = {"Cache-Control": "public, max-age=31536000, immutable"}
_STATIC = {"style.css": "text/css; charset=utf-8", "favicon.svg": "image/svg+xml"}


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes of a site's pages."""
    pages = Pages(site)
    return [
        Route("/", pages.front),
        Route("/search", pages.search),
        Route("/stories/{story}", pages.story),
        Route("/feeds", pages.feeds),
        Route("/feeds/{feed}", pages.feed),
        Route("/subscribe", pages.subscribe),
        Route("/status", pages.status),
        Route("/static/{name}", _file),
        Route("/favicon.svg", _file),
        Route("/favicon.ico", _favicon),
        Route("/robots.txt", _robots),
    ]


class Pages:
    """What each page tells."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def front(self, request: Request) -> Response:
        """Tell the stories that are on, the most worthwhile first."""
        asked = request.query_params
        language, category = asked.get("language"), asked.get("category")
        page = number(asked.get("page"))
        told = self._site.library.front(
            language=language,
            category=category,
            preferred=self._site.languages(request),
            start=(page - 1) * _STORIES,
            limit=_STORIES,
        )
        return self._site.page(
            request,
            "front.html",
            subject={"language": language, "category": category},
            front=told,
            language=language,
            category=category,
            earlier=filtered(language, category, page - 1) if page > 1 else None,
            later=filtered(language, category, page + 1) if told.found > page * _STORIES else None,
        )

    def search(self, request: Request) -> Response:
        """Find stories by words."""
        words = request.query_params.get("q", "")[:_WORDS].strip()
        if words:
            self._site.allow(request)
        after = place(request.query_params.get("after"))
        found = self._site.library.search(words, after=after, limit=_STORIES) if words else []
        later = None
        if len(found) == _STORIES:
            later = f"/search?{urlencode({'q': words, 'after': cursor(found[-1])})}"
        read = self._site.library.read(found, self._site.languages(request))
        return self._site.page(request, "search.html", words=words, found=read, later=later)

    def story(self, request: Request) -> Response:
        """Tell one story, with who reported it when, and why."""
        name = story_id(request.path_params["story"])
        try:
            told = self._site.library.story(name)
        except NotFoundError:
            survivor = self._site.library.survivor(name)
            if survivor is None:
                raise
            self._site.library.story(survivor)  # it, too, must be there for others
            return RedirectResponse(f"/stories/{survivor.removeprefix('urn:uuid:')}", 308)
        languages = self._site.languages(request)
        reasons = {related.story: related.match.reasons for related in told.related}
        others = self._site.library.read(self._site.library.stories(reasons), languages)
        return self._site.page(
            request,
            "story.html",
            subject={"story": told.id},
            story=self._site.library.read([told], languages)[0],
            decided="decided" in request.query_params,
            related=[(other, reasons[other.id]) for other in others],
        )

    def feeds(self, request: Request) -> Response:
        """Tell how each feed is doing."""
        self._site.allow(request)
        return self._site.page(request, "feeds.html", feeds=feeds_health(self._site.aggregator))

    def feed(self, request: Request) -> Response:
        """Tell how one feed is doing, and has been."""
        self._site.allow(request)
        name = request.path_params["feed"]
        health, polls = feed_health(self._site.aggregator, name)
        return self._site.page(
            request,
            "feed.html",
            subject={"feed": name},
            health=health,
            polls=polls,
            asked="asked" in request.query_params,
        )

    def subscribe(self, request: Request) -> Response:
        """Tell which feeds are published."""
        feeds = self._site.library.feeds

        def named(names: Iterable[str]) -> list[str]:
            return [feeds[name].name for name in names if name in feeds]

        return self._site.page(request, "subscribe.html", named=named)

    def status(self, request: Request) -> Response:
        """Tell how the whole is doing."""
        self._site.allow(request)
        return self._site.page(request, "status.html", all=overview(self._site.aggregator))


async def _file(request: Request) -> Response:
    name = request.path_params.get("name", "favicon.svg")
    if name not in _STATIC:
        raise NotFoundError(f"there is no {name}")
    return Response(static(name), media_type=_STATIC[name], headers=_IMMUTABLE)


async def _favicon(_request: Request) -> Response:
    return RedirectResponse("/favicon.svg", 308)


async def _robots(_request: Request) -> Response:
    return Response(_ROBOTS, media_type="text/plain")


CURSOR = r"^[0-9a-f]{1,13}-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
"""What a cursor looks like."""
_ROBOTS = "User-agent: *\nDisallow: /search\nDisallow: /owner\nDisallow: /api/\n"


def story_id(text: str) -> str:
    """Return the id of a story named in an address; raise NotFoundError where it names none."""
    try:
        return UUID(text).urn
    except ValueError:
        raise NotFoundError("no story has such an address") from None


def cursor(story: Story) -> str:
    """Write where the page after this story begins."""
    microseconds = (story.last - _EPOCH) // _MICROSECOND
    return f"{microseconds:x}-{story.id.removeprefix('urn:uuid:')}"


def place(text: str | None) -> Place | None:
    """Read what ``cursor`` wrote; None, the beginning, where it did not."""
    moment, _, story = (text or "").partition("-")
    try:
        return Place(_EPOCH + int(moment, 16) * _MICROSECOND, UUID(story).urn)
    except (ValueError, OverflowError):
        return None
