"""What the owner alone may do: for stories, for feeds, and to take a decision back."""

import re
from collections.abc import Callable
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from aggregator.app import Aggregator, decisions, feeds
from aggregator.app.decisions import Decided
from aggregator.errors import DecisionError, NotFoundError
from aggregator.web.pages import story_id
from aggregator.web.problem import Problem, problem
from aggregator.web.site import Site, form

_SEE_OTHER = 303


class Actions:
    """The owner's forms and what comes of them."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def door(self, request: Request) -> Response:
        """Ask for the token."""
        self._expect_owner()
        return self._site.page(request, "owner.html", wrong=False)

    async def enter(self, request: Request) -> Response:
        """Begin a session where the token is right."""
        self._expect_owner()
        given = (await form(request)).get("token", [""])[0]
        if not self._site.guesses.take("anybody"):
            return problem(Problem(429, "too many tokens were tried: wait a minute"))
        if not self._site.owner.knows(given):
            return self._site.page(request, "owner.html", status=403, wrong=True)
        response = RedirectResponse("/", _SEE_OTHER)
        self._site.owner.welcome(response)
        return response

    async def leave(self, _request: Request) -> Response:
        """End it."""
        response = RedirectResponse("/", _SEE_OTHER)
        self._site.owner.farewell(response)
        return response

    async def split(self, request: Request) -> Response:
        """Make the chosen articles of a story one of their own."""
        self._expect_owner_here(request)
        story = story_id(request.path_params["story"])
        chosen = (await form(request)).get("article", [])
        if not chosen:
            raise DecisionError("choose the articles that are to be split off")
        made = await run_in_threadpool(decisions.split, self._site.aggregator, chosen)
        return _back(story, made)

    async def merge(self, request: Request) -> Response:
        """Make two stories one."""
        self._expect_owner_here(request)
        story = story_id(request.path_params["story"])
        other = _named((await form(request)).get("other", [""])[0])
        made = await run_in_threadpool(decisions.merge, self._site.aggregator, story, other)
        return _back(story, made)

    def decided(self, request: Request) -> Response:
        """List what was merged and split by hand."""
        self._expect_owner_here(request)
        made = self._site.aggregator.store.decisions.all()
        named = {name for decision in made for name in (*decision.articles, *decision.others)}
        titles = self._site.library.titles(named)
        return self._site.page(request, "decisions.html", made=made[::-1], titles=titles)

    async def undo(self, request: Request) -> Response:
        """Take a decision back."""
        self._expect_owner_here(request)
        number = request.path_params["number"]
        await run_in_threadpool(decisions.undo, self._site.aggregator, number)
        return RedirectResponse("/decisions", _SEE_OTHER)

    async def poll(self, request: Request) -> Response:
        """Have a feed polled before its time."""
        return await self._for_feed(request, feeds.hurry)

    async def resume(self, request: Request) -> Response:
        """Have a feed polled that is gone or backs off."""
        return await self._for_feed(request, feeds.resume)

    async def _for_feed(
        self, request: Request, act: Callable[[Aggregator, str], object]
    ) -> Response:
        self._expect_owner_here(request)
        name = request.path_params["feed"]
        if name not in self._site.library.feeds:  # the owner, too, may be looked over the shoulder
            raise NotFoundError(f"there is no feed {name}")
        await run_in_threadpool(act, self._site.aggregator, name)
        return RedirectResponse(f"/feeds/{quote(name)}?asked=1", _SEE_OTHER)

    def _expect_owner_here(self, request: Request) -> None:
        if not self._site.owner.is_here(request):
            advice = "this is the owner's: enter the token at /owner first"
            raise HTTPException(401, advice, {"WWW-Authenticate": "Bearer"})

    def _expect_owner(self) -> None:
        if not self._site.owner.is_possible:
            raise NotFoundError("nobody is owner here: set serve.token, and the variable it names")


def routes(site: Site) -> list[BaseRoute]:
    """Return the routes of what the owner may do."""
    actions = Actions(site)
    return [
        Route("/owner", actions.door, methods=["GET"]),
        Route("/owner", actions.enter, methods=["POST"]),
        Route("/owner/leave", actions.leave, methods=["POST"]),
        Route("/stories/{story}/split", actions.split, methods=["POST"]),
        Route("/stories/{story}/merge", actions.merge, methods=["POST"]),
        Route("/decisions", actions.decided, methods=["GET"]),
        Route("/decisions/{number:int}/undo", actions.undo, methods=["POST"]),
        Route("/feeds/{feed}/poll", actions.poll, methods=["POST"]),
        Route("/feeds/{feed}/resume", actions.resume, methods=["POST"]),
    ]


def _named(text: str) -> str:
    """Read a story's id, or its page's address."""
    path = re.split("[?#]", text.strip())[0]
    return story_id(path.rstrip("/").rpartition("/")[2].removeprefix("urn:uuid:"))


def _back(story: str, made: Decided) -> Response:
    """Lead back to a story, and say where what was decided is yet to be done."""
    path = f"/stories/{story.removeprefix('urn:uuid:')}"
    return RedirectResponse(f"{path}?decided=1" if made.held_by else path, _SEE_OTHER)
