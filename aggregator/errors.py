"""Every error this project raises on purpose.

::

    AggregatorError
    ├── ConfigError        feeds.yaml cannot be used: file, line, key, what to do
    ├── StoreError         the store cannot be opened, read or written
    │   └── StoreLocked    another run holds it
    ├── FeedError          one feed failed; the others go on
    │   ├── FetchError     no usable answer came
    │   └── ParseError     the answer is no feed that can be read
    ├── PublishError       the merged feed cannot be written
    ├── ServeError         the web server cannot start
    ├── DecisionError      what a person asks of stories cannot be
    └── NotFoundError      no such article, story, feed or decision

Foreign exceptions are translated at the edge that met them, with the original as ``__cause__``.
"""


class AggregatorError(Exception):
    """The root: the message says what happened and what to do about it."""


class ConfigError(AggregatorError):
    """The configuration cannot be used; each problem names file, line and key."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class StoreError(AggregatorError):
    """The store cannot be opened, read or written."""


class StoreLocked(StoreError):  # noqa: N818  a state that passes, not a defect
    """Another run holds the store."""


class FeedError(AggregatorError):
    """One feed failed; the others go on."""


class FetchError(FeedError):
    """No usable answer came from the feed's server."""


class ParseError(FeedError):
    """What came is no feed that can be read."""


class PublishError(AggregatorError):
    """The merged feed cannot be written."""


class ServeError(AggregatorError):
    """The web server cannot start."""


class DecisionError(AggregatorError):
    """What a person asks of stories cannot be."""


class NotFoundError(AggregatorError):
    """No article, story or feed answers to that name."""
