"""Durations and sizes, as they are written."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_DURATION = r"^([0-9]+[smhdw])+$"
_SHIFTS = {"KiB": 10, "MiB": 20, "GiB": 30}
_SIZE = r"^([0-9]{1,9})(KiB|MiB|GiB)$"


def duration(text: object) -> timedelta:
    """Read ``30s``, ``15m``, ``1h30m``, ``7d`` or ``2w``; raise ValueError on anything else."""
    if isinstance(text, timedelta):
        return text
    if not isinstance(text, str) or not re.fullmatch(_DURATION, text):
        raise ValueError("write a duration such as 30s, 15m, 1h30m, 7d or 2w")
    seconds = sum(int(n) * _UNITS[unit] for n, unit in re.findall(r"([0-9]+)([smhdw])", text))
    try:
        return timedelta(seconds=seconds)
    except OverflowError:
        raise ValueError("this duration is longer than any calendar") from None


def size(text: object) -> int:
    """Read ``64KiB``, ``32MiB``, ``1GiB`` or bytes; raise ValueError on anything else."""
    if isinstance(text, int) and not isinstance(text, bool) and text > 0:
        return text
    if isinstance(text, str) and (found := re.fullmatch(_SIZE, text)) and int(found[1]):
        return int(found[1]) << _SHIFTS[found[2]]
    raise ValueError("write a size such as 64KiB, 32MiB or 1GiB")


def shown_size(number: int) -> str:
    """Write a number of bytes as ``size`` reads it."""
    for unit, shift in sorted(_SHIFTS.items(), key=lambda each: -each[1]):
        if number % (1 << shift) == 0:
            return f"{number >> shift}{unit}"
    return f"{number} bytes"


def written(length: timedelta) -> str:
    """Write a duration in its largest whole unit: what ``duration`` reads."""
    seconds = int(length.total_seconds())
    unit = next((unit for unit in "wdhm" if seconds and seconds % _UNITS[unit] == 0), "s")
    return f"{seconds // _UNITS[unit]}{unit}"


Duration = Annotated[
    timedelta,
    BeforeValidator(duration),
    WithJsonSchema({"type": "string", "pattern": _DURATION, "examples": ["30s", "1h", "7d"]}),
]
Patience = Annotated[Duration, Field(gt=timedelta())]
Size = Annotated[
    int,
    BeforeValidator(size),
    WithJsonSchema(
        {
            "anyOf": [{"type": "string", "pattern": _SIZE}, {"type": "integer", "minimum": 1}],
            "examples": ["64KiB", "32MiB"],
        }
    ),
]
