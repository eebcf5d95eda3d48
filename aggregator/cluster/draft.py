"""A story while it changes: who is in it, and what became of the one that was told."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.model import Article, Match, Member, Related, Story


@dataclass(slots=True, eq=False)
class Draft:
    """A story that may still gain, lose and change members."""

    told: Story | None
    """As it was last told; None for one that is new."""
    members: dict[str, Member]
    """By article id, in the order in which they came."""
    id: str = ""
    """Empty until it is told."""
    related: list[Related] = field(default_factory=list)

    @classmethod
    def of(cls, story: Story) -> "Draft":
        """Take up a story that was told."""
        members = {member.article.id: member for member in story.members}
        return cls(story, members, story.id, list(story.related))

    @classmethod
    def founded_by(cls, article: Article) -> "Draft":
        """Begin a story."""
        return cls(None, {article.id: Member(article=article, match=None)})

    @property
    def articles(self) -> list[Article]:
        """Its members' articles."""
        return [member.article for member in self.members.values()]

    @property
    def first(self) -> datetime:
        """When the event was first reported."""
        return min(article.published for article in self.articles)

    @property
    def age(self) -> tuple[bool, datetime, datetime, str]:
        """Sorts the oldest first: what has been told before what is new."""
        founder = self.articles[0]
        created = self.told.created if self.told else founder.published
        return (self.told is None, created, founder.published, founder.id)

    def join(self, article: Article, match: Match) -> None:
        """Take an article in, for a match with a member."""
        self.members[article.id] = Member(article=article, match=match)

    def edit(self, article: Article) -> None:
        """Put a changed article in its older version's place."""
        self.members[article.id] = replace(self.members[article.id], article=article)

    def absorb(self, younger: "Draft", match: Match) -> None:
        """Take in another story's members, its founder for a match with one here."""
        founder, *rest = younger.members.values()
        for member in (replace(founder, match=match), *rest):
            self.members[member.article.id] = member
        self.related += younger.related

    @property
    def founder(self) -> str:
        """The member that came first: of a merged story, the older one's."""
        return next(iter(self.members))

    def part(self, going: AbstractSet[str], keeper: str) -> "Draft":
        """Part some members from the others, and return the part that is a new story.

        The part with ``keeper`` keeps the id. Members' matches are left as they are.
        """
        if keeper in going:
            going = self.members.keys() - going
        members, self.members = self.members, {}
        new = Draft(None, {})
        for name, member in members.items():
            (new if name in going else self).members[name] = member
        related, self.related = self.related, []
        for relation in related:
            (new if relation.match.a in going else self).related.append(relation)
        return new
