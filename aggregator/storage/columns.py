"""Column types: how the model's values lie in a database, alike in every one of them."""

import json
import zlib
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, Dialect, LargeBinary, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from aggregator.phrase import Phrase

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().raw_decode
_Function = Callable[[Any], Any]


class Packed(TypeDecorator[Any]):
    """A type of the database's, and how a value of ours goes into it and comes out."""

    impl = Text
    cache_ok = True

    def __init__(self, plain: TypeEngine[Any], pack: _Function, unpack: _Function) -> None:
        super().__init__()
        self.plain, self.pack, self.unpack = plain, pack, unpack

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return the database's own type."""
        return dialect.type_descriptor(self.plain)

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002  alike in all
        """Pack."""
        return None if value is None else self.pack(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:  # noqa: ARG002  alike in all
        """Unpack."""
        return None if value is None else self.unpack(value)


def storable(text: str) -> str:
    """Return text that every database takes: U+FFFD stands for NUL and for lone surrogates."""
    if "\0" in text:
        text = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


# Sorted by code point, as SQLite does, whatever language the server of a database speaks.
_PLAIN_TEXT = Text().with_variant(Text(collation="C"), "postgresql")

TEXT = Packed(_PLAIN_TEXT, storable, str)

MOMENT = Packed(
    BigInteger(),
    lambda moment: (moment - _EPOCH) // _MICROSECOND,
    lambda number: _EPOCH + timedelta(microseconds=number),
)
"""An instant, as microseconds since 1970 in UTC: exact, and sorted alike everywhere."""

SPAN = Packed(
    BigInteger(),
    lambda span: span // _MICROSECOND,
    lambda number: timedelta(microseconds=number),
)
"""A length of time, in microseconds."""

STRINGS = Packed(
    _PLAIN_TEXT,
    lambda strings: storable(_encode(strings)),
    lambda text: tuple(_decode(text)[0]),
)
"""A tuple of strings, as a JSON array."""

MOMENTS = Packed(
    _PLAIN_TEXT,
    lambda moments: _encode([(moment - _EPOCH) // _MICROSECOND for moment in moments]),
    lambda text: tuple(_EPOCH + timedelta(microseconds=n) for n in _decode(text)[0]),
)
"""A tuple of instants, as a JSON array of numbers."""

NUMBERS = Packed(
    _PLAIN_TEXT,
    lambda numbers: _encode(sorted(numbers)),
    lambda text: frozenset(_decode(text)[0]),
)
"""A set of numbers, as a JSON array."""

ZIPPED = Packed(LargeBinary(), zlib.compress, zlib.decompress)
"""Bytes that say much alike."""


def choice(kind: type[StrEnum]) -> Packed:
    """Return the type of one of an enumeration's values."""
    return Packed(_PLAIN_TEXT, lambda member: member.value, kind)


def records(kind: type[Any]) -> Packed:
    """Return the type of a tuple of flat dataclasses, as a JSON array of objects."""
    names = tuple(field.name for field in fields(kind))
    values = attrgetter(*names)

    def pack(items: tuple[Any, ...]) -> str:
        return storable(_encode([dict(zip(names, values(item), strict=True)) for item in items]))

    return Packed(_PLAIN_TEXT, pack, lambda text: tuple(kind(**item) for item in _decode(text)[0]))


def _pack_phrase(text: str) -> list[Any]:
    """Return what JSON has of a phrase: its template, and its values by name."""
    phrase = Phrase.of(text).mapped(storable)
    values = {
        name: _pack_phrase(value) if isinstance(value, Phrase) else value
        for name, value in phrase.values.items()
    }
    return [phrase.template, values]


def _unpack_phrase(packed: list[Any] | str) -> Phrase:
    """Return the phrase; what was stored before phrases were is a text."""
    if isinstance(packed, str):
        return Phrase(packed)
    template, values = packed
    unpacked = {
        name: _unpack_phrase(value) if isinstance(value, list) else value
        for name, value in values.items()
    }
    return Phrase(template, **unpacked)


PHRASE = Packed(
    _PLAIN_TEXT,
    lambda text: _encode(_pack_phrase(text)),
    lambda text: _unpack_phrase(_decode(text)[0] if text.startswith("[") else text),
)
"""What is said to people, as a JSON array; a text as it was stored before phrases were, too."""

PHRASES = Packed(
    _PLAIN_TEXT,
    lambda texts: _encode(list(map(_pack_phrase, texts))),
    lambda text: tuple(map(_unpack_phrase, _decode(text)[0])),
)
"""A tuple of them."""
