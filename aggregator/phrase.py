"""What is said to people, kept so that it can be said in their own language. Pure."""

from collections.abc import Callable, Mapping
from typing import Self, TypeAlias

Value: TypeAlias = "str | int | float | Phrase"
"""What a field of a template is filled with; a phrase is said in the language of the whole."""


class Phrase(str):
    """A sentence in English that remembers what it was made of.

    It is a string, for all who only show or compare it. Written with a literal template, so that
    gettext's tools find it: ``Phrase("fresh for {time}", time="2 h")``.
    """

    __slots__ = ("template", "values")

    template: str
    """The msgid (gettext), its fields named (str.format); the text itself where it has none."""
    values: Mapping[str, Value]

    def __new__(cls, template: str, /, **values: Value) -> Self:
        """Fill a template; without values it is taken literally, braces and all."""
        phrase = super().__new__(cls, template.format(**values) if values else template)
        phrase.template, phrase.values = template, values
        return phrase

    @classmethod
    def of(cls, text: str) -> Self:
        """Return a text as a phrase: one that is none yet has only itself for a template."""
        return text if isinstance(text, cls) else cls(text)

    def told(self, translate: Callable[[str], str]) -> str:
        """Return it in the language of a catalogue: ``translate`` is its gettext."""
        if not self.template:  # whose translation is the catalogue's own header
            return ""
        template = translate(self.template)
        told = {
            name: value.told(translate) if isinstance(value, Phrase) else value
            for name, value in self.values.items()
        }
        return template.format(**told) if told else template

    def mapped(self, change: Callable[[str], str]) -> Self:
        """Return it with every text in it that is not ours changed: a secret left out, say."""
        if not self.values:
            return type(self)(change(self.template))
        changed = {name: _changed(value, change) for name, value in self.values.items()}
        return type(self)(self.template, **changed)


def _changed(value: Value, change: Callable[[str], str]) -> Value:
    if isinstance(value, Phrase):
        return value.mapped(change)
    return change(value) if isinstance(value, str) else value
