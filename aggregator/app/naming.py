"""What a name that somebody typed stands for: an article, or a story."""

from collections.abc import Sequence

from aggregator.errors import NotFoundError
from aggregator.model import Article, Story
from aggregator.normalize.url import canonical
from aggregator.storage import SqlStore

_LISTED = 5
"""Articles listed in a message about a name that several have."""


def articles_named(store: SqlStore, name: str) -> Sequence[Article]:
    """Return the articles with this id, beginning of an id, guid or url, the newest first."""
    return store.find_articles(name) or store.find_articles(canonical(name) or "")


def article_named(store: SqlStore, name: str) -> Article:
    """Return the article with this id, beginning of an id, guid or url.

    The earliest, where several feeds have one item. Raises NotFoundError where there is no such
    article, or several.
    """
    found = articles_named(store, name)
    if not found:
        raise NotFoundError(
            f"no article has the id (or 4 or more of its first digits), guid or url {name!r};"
            " aggregate show STORY lists those of a story"
        )
    is_one_item = found[0].url is not None and len({article.url for article in found}) == 1
    if len(found) > 1 and not is_one_item:
        listed = "\n".join(f"  {a.id}  {a.feed}: {a.title}" for a in found[:_LISTED])
        raise NotFoundError(f"{len(found)} articles answer to {name!r}; name one by id:\n{listed}")
    return found[-1]


def story_named(store: SqlStore, name: str) -> Story:
    """Return the story with this id or beginning of an id, or that an article so named stands in.

    The id of a withdrawn story names the one that it is part of now. Raises NotFoundError where
    there is no such story, or several.
    """
    told = store.stories_of(article.id for article in articles_named(store, name))
    found = {story.id: story for story in (*told, *store.find_stories(name))}
    if not found:
        raise NotFoundError(
            f"no story has the id {name!r} (or 4 or more of its first digits), and no article that"
            " id, guid or url; aggregate stories lists them"
        )
    if len(found) > 1:
        listed = "\n".join(f"  {s.id}  {s.title()}" for s in [*found.values()][:_LISTED])
        raise NotFoundError(f"{len(found)} stories answer to {name!r}; name one by id:\n{listed}")
    return found.popitem()[1]


def story_of(store: SqlStore, article: Article) -> Story:
    """Return the story that an article stands in; raise NotFoundError where it is in none."""
    story = store.story_of(article.id)
    if story is None:
        raise NotFoundError(f"the article {article.id} stands in no story")
    return story
