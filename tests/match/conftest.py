from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count

import pytest

from aggregator.model import Article, Part, PublishedSource

NOON = datetime(2025, 10, 18, 12, tzinfo=UTC)


@pytest.fixture
def make() -> Callable[..., Article]:
    """Make an article of titles: one, or one for each language; ids count up."""
    numbers = count()

    def article(
        *titles: str,
        lead: str = "",
        languages: tuple[str | None, ...] = ("en",),
        hours: float = 0,
        publisher: str = "",
        url: str | None = None,
        guid: str | None = None,
    ) -> Article:
        published = NOON + timedelta(hours=hours)
        number = next(numbers)
        return Article(
            id=f"{number:016x}",
            feed=publisher or f"feed-{number}",
            guid=guid,
            url=url,
            title=titles[0],
            language=languages[0],
            parts=tuple(
                Part(language=language, title=title, lead=lead)
                for title, language in zip(titles, languages, strict=True)
            ),
            publisher=publisher or f"Publisher {number}",
            published=published,
            published_source=PublishedSource.FEED,
            first_seen=published,
            content_hash=sha256(repr((titles, lead)).encode()).hexdigest(),
        )

    return article
