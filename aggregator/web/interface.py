"""The languages that the pages themselves speak, and how each writes dates and numbers."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, format_skeleton, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations
from babel.units import format_unit
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape

from aggregator.negotiation import negotiate
from aggregator.publish.language import autonym, direction
from aggregator.web import charts
from aggregator.web.header import qualities
from aggregator.web.sentences import recognised

LANGUAGES = ("en", "zh-Hant")
_LONG = 60
"""Seconds from which tenths mean nothing."""
_LOCALES = {"en": "en_GB", "zh-Hant": "zh_Hant_TW"}


@dataclass(frozen=True, slots=True)
class Interface:
    """One of the languages, ready to write pages in."""

    language: str
    _templates: Environment

    def render(self, template: str, **values: Any) -> str:
        """Write a page."""
        return self._templates.get_template(template).render(ui=self.language, **values)

    def said(self, text: str) -> Markup:
        """Say what the program says, in this language; what has no translation shows as English."""
        phrase = recognised(text)
        gettext = translations(self.language).gettext
        told = escape(phrase.told(gettext))
        if self.language == LANGUAGES[0] or gettext(phrase.template) != phrase.template:
            return told
        return Markup('<span lang="en" dir="ltr">{}</span>').format(told)


def choose(accept_language: str | None, chosen: str | None) -> str:
    """Return the language to speak: the one the reader chose, or the nearest to a wish."""
    if chosen in LANGUAGES:
        return str(chosen)
    return negotiate(preferred(accept_language), LANGUAGES) or LANGUAGES[0]


def preferred(accept_language: str | None) -> list[str]:
    """Return the languages of an Accept-Language field, best first (RFC 9110 section 12.5.4)."""
    wishes = qualities(accept_language or "")
    tags = [tag for tag, quality in wishes.items() if quality > 0 and tag != "*"]
    return sorted(tags, key=lambda tag: -wishes[tag])


@cache
def interface(language: str) -> Interface:
    """Return an interface."""
    locale = Locale.parse(_LOCALES[language])
    templates = Environment(
        loader=FunctionLoader(_template),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    extended: Any = templates  # by the extension
    extended.install_gettext_translations(translations(language), newstyle=True)

    def clock(moment: datetime, now: datetime) -> str:
        """Write a time: the day only where it is not today's."""
        if moment.date() == now.date():
            return format_time(moment, "HH:mm", tzinfo=UTC, locale=locale)
        skeleton = "MMMd" if moment.year == now.year else "yMMMd"
        day = format_skeleton(skeleton, moment, tzinfo=UTC, locale=locale)
        return f"{day} {format_time(moment, 'HH:mm', tzinfo=UTC, locale=locale)}"

    def span(length: timedelta) -> str:
        """Write a length of time, short ones in tenths of a second."""
        seconds = length.total_seconds()
        if seconds < _LONG:
            written = format_unit(
                round(seconds, 1), "duration-second", length="short", locale=locale
            )
            return str(written)
        return format_timedelta(length, format="short", locale=locale)

    def ago(moment: datetime, now: datetime) -> str:
        return format_timedelta(moment - now, add_direction=True, locale=locale)

    templates.filters.update(
        ago=ago,
        autonym=autonym,
        clock=clock,
        day=lambda day: format_date(day, "long", locale=locale),
        dir=direction,
        iso=lambda moment: moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        moment=lambda moment: format_datetime(moment, "long", tzinfo=UTC, locale=locale),
        number=lambda number: format_decimal(number, locale=locale),
        percent=lambda share: format_percent(share, locale=locale),
        span=span,
        slug=lambda story: story.removeprefix("urn:uuid:"),
    )
    templates.globals.update(charts=charts, interfaces=[(tag, autonym(tag)) for tag in LANGUAGES])
    made = Interface(language, templates)
    templates.filters["said"] = made.said
    return made


@cache
def translations(language: str) -> NullTranslations:
    """Read what the interface says in a language; English is what the templates are written in."""
    if language == LANGUAGES[0]:
        return NullTranslations()
    text = files(__package__).joinpath("locale", f"{language}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=_LOCALES[language]))
    compiled.seek(0)
    return Translations(compiled)


def _template(name: str) -> str:
    return files(__package__).joinpath("templates", name).read_text("utf-8")
