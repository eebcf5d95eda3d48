"""The JSON API under ``/api/v1``: what the pages know, for programs."""

from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request

from aggregator.app.monitor import feeds_health
from aggregator.model import Story
from aggregator.web import shapes
from aggregator.web.pages import CURSOR, cursor, place, story_id
from aggregator.web.site import Site

PREFIX = "/api/v1"
_ARTICLE = r"^[0-9a-f]{16}$"
_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {"model": shapes.ProblemShape, "content": {"application/problem+json": {}}}
    for status in (404, 422, 429, 503)
}

ArticleId = Annotated[str, Query(pattern=_ARTICLE, description="An article's id")]


class Api:
    """What each path answers."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._explaining = Lock()

    def stories(
        self,
        request: Request,
        q: Annotated[str, Query(max_length=200, description="Words that have to be there")] = "",
        after: Annotated[
            str | None, Query(pattern=CURSOR, description="`next` of the page before")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=100)] = 30,
    ) -> shapes.StoriesShape:
        """List stories, newest last first."""
        start = place(after)
        library = self._site.library
        if q:
            self._site.allow(request)
            found = library.search(q, after=start, limit=limit)
        else:
            found = library.page(after=start, limit=limit)
        return shapes.StoriesShape(
            stories=[self._shape(story) for story in found],
            next=cursor(found[-1]) if len(found) == limit else None,
        )

    def story(
        self, story: Annotated[str, Path(description="urn:uuid:… or the bare UUID")]
    ) -> shapes.StoryShape:
        """Tell one story."""
        return self._shape(self._site.library.story(story_id(story.removeprefix("urn:uuid:"))))

    def article(self, article: Annotated[str, Path(pattern=_ARTICLE)]) -> shapes.ArticleInStory:
        """Tell one article, with its story."""
        story = self._site.library.story_with(article)
        member = next(member for member in story.members if member.article.id == article)
        return shapes.ArticleInStory(article=shapes.member_shape(member), story=story.id)

    def feeds(self, request: Request) -> shapes.FeedsShape:
        """List the feeds, and how each is doing."""
        self._site.allow(request)
        return shapes.FeedsShape(
            feeds=[shapes.feed_shape(health) for health in feeds_health(self._site.aggregator)]
        )

    def explain(self, request: Request, a: ArticleId, b: ArticleId) -> shapes.ExplanationShape:
        """Tell why two articles are, or are not, one story."""
        for article in (a, b):
            self._site.library.story_with(article)  # others may see it
        self._site.allow(request)
        with self._explaining:
            explanation = self._site.aggregator.explain(a, b)
        return shapes.explanation_shape(explanation, self._site.aggregator.config.redact)

    def _shape(self, story: Story) -> shapes.StoryShape:
        return shapes.story_shape(story, self._site.library.categories(story))


def router(site: Site) -> APIRouter:
    """Return the API's routes."""
    api = Api(site)
    routes = APIRouter(prefix=PREFIX, responses=_PROBLEMS)
    for path, endpoint in (
        ("/stories", api.stories),
        ("/stories/{story}", api.story),
        ("/articles/{article}", api.article),
        ("/feeds", api.feeds),
        ("/explain", api.explain),
    ):
        routes.add_api_route(path, endpoint, methods=["GET"])
        routes.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
    return routes
