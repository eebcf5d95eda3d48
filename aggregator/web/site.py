"""What all pages share: who asks, in which language, and how an answer leaves."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qs, urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from aggregator.app import Aggregator
from aggregator.app.library import Library
from aggregator.web.interface import LANGUAGES, choose, interface, preferred
from aggregator.web.limits import Allowance
from aggregator.web.offers import FORMATS, Offer, about, offers
from aggregator.web.owner import Owner

_COOKIE = "aggregator-language"
_YEAR = 365 * 24 * 3600
_FORM_FIELDS = 500
_GUESS = timedelta(seconds=6)


@dataclass(frozen=True, slots=True)
class Look:
    """What every page says of the whole."""

    title: str
    style: str
    offers: tuple[Offer, ...]
    formats: tuple[tuple[str, str, str], ...]
    has_owner: bool


class Site:
    """An aggregator's pages: what their routes are handed."""

    def __init__(self, aggregator: Aggregator, library: Library, owner: Owner) -> None:
        self.aggregator = aggregator
        self.library = library
        self.owner = owner
        self.queries = Allowance(now=aggregator.clock)
        """For what costs much to answer."""
        self.guesses = Allowance(now=aggregator.clock, at_once=10, every=_GUESS)
        """For tokens tried, by everybody together."""
        self._look = Look(
            title=aggregator.config.publish.title,
            style=f"/static/style.css?{_digest('style.css')}",
            offers=offers(aggregator.config.publish),
            formats=FORMATS,
            has_owner=owner.is_possible,
        )

    def page(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        subject: Mapping[str, str | None] | None = None,
        **values: Any,
    ) -> Response:
        """Write a page in the language that suits who asks.

        ``subject`` says what it is about (``offers.about``), so that it offers the feeds of that.
        """
        chosen = request.query_params.get("ui", request.cookies.get(_COOKIE))
        language = choose(request.headers.get("accept-language"), chosen)
        text = interface(language).render(
            template,
            site=self._look,
            offered=about(self._look.offers, **(subject or {})),
            here=request.url.path,
            owner=self.owner.is_here(request),
            now=self.now(),
            switch=lambda tag: _with(request, ui=tag),
            filtered=filtered,
            status=status,
            **values,
        )
        response = HTMLResponse(text, status, headers=_HEADERS | {"Content-Language": language})
        if request.query_params.get("ui") in LANGUAGES:
            response.set_cookie(_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
        return response

    def allow(self, request: Request) -> None:
        """Let a client ask for what costs much; raise HTTPException where it asked too often."""
        if not self.queries.take(request.client.host if request.client else ""):
            raise HTTPException(429, "that was a lot: wait a moment", {"Retry-After": "5"})

    def now(self) -> datetime:
        """Tell the time."""
        return self.aggregator.clock()

    def languages(self, request: Request) -> tuple[str, ...]:
        """Return the languages that who asks prefers to read stories in, best first.

        What the interface was switched to counts first, since it says what somebody reads.
        """
        chosen = request.query_params.get("ui", request.cookies.get(_COOKIE))
        wishes = preferred(request.headers.get("accept-language"))
        return (chosen, *wishes) if chosen in LANGUAGES else tuple(wishes)


_HEADERS = {
    "Cache-Control": "private, no-cache",
    "Vary": "Accept-Language, Cookie",
}


def filtered(language: str | None, category: str | None, page: int = 1) -> str:
    """Return the address of the front page through filters."""
    asked = {"language": language, "category": category, "page": page if page > 1 else None}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"/?{query}" if query else "/"


async def form(request: Request) -> dict[str, list[str]]:
    """Read a form as browsers send it; the guard has bounded its size."""
    body = await request.body()
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=_FORM_FIELDS)
    except ValueError as error:
        raise HTTPException(413, f"send at most {_FORM_FIELDS} fields") from error


def number(text: str | None) -> int:
    """Read a page's number; 1 where it is none."""
    return min(max(int(text), 1), 1000) if text and text.isascii() and text.isdecimal() else 1


def static(name: str) -> bytes:
    """Return a file of ours."""
    return files(__package__).joinpath("static", name).read_bytes()


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(static(name)).hexdigest()[:12]


def _with(request: Request, **values: str) -> str:
    query = urlencode({**request.query_params, **values})
    return f"{request.url.path}?{query}"
