"""From text to a well-formed document whose items are known."""

from dataclasses import dataclass

from aggregator.errors import ParseError
from aggregator.parse.cleaned import counted
from aggregator.parse.document import DECLARATION, isolate
from aggregator.parse.outline import MalformedError, Outline, outline
from aggregator.parse.repair import repair


@dataclass(frozen=True, slots=True)
class Sound:
    """A well-formed document in UTF-8 within limits, its outline, and what was mended."""

    data: bytes
    outline: Outline
    problems: tuple[str, ...]
    truncated: bool = False
    """Whether its end is missing."""


def make_sound(data: bytes) -> Sound:
    """Return the XML document in this UTF-8 text, repaired where it is broken.

    Raises ParseError where it exceeds a limit or is beyond repair.
    """
    document = isolate(data)
    try:
        return Sound(document.data, outline(document.data), document.problems)
    except MalformedError as error:
        problem = str(error)
    repaired = repair(document.data.removeprefix(DECLARATION).decode("utf-8", "replace"))
    mended = DECLARATION + repaired.text.encode()
    try:
        found = outline(mended)
    except MalformedError as error:
        raise ParseError(
            f"it is XML too broken to read ({problem}); its publisher has to mend it"
        ) from error
    told = (
        f"cut off after {counted(len(found.items), 'item')}"
        if repaired.truncated
        else f"repaired: {problem}"
    )
    return Sound(mended, found, (*document.problems, told), repaired.truncated)
