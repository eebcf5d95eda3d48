"""Which encoding a document says that it is in.

A label means what browsers take it for (WHATWG Encoding Standard, section 4.2): ``gb2312`` is
GB18030, ``iso-8859-1`` is windows-1252.
"""

import codecs
import re

_CHARSET = re.compile(r";\s*charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_DECLARATION = re.compile(rb"<\?xml\s[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_HEAD = 4096
"""Bytes within which a declaration is looked for."""
_ALIASES = {
    "gb_2312-80": "gb18030",
    "csgb2312": "gb18030",
    "x-gbk": "gb18030",
    "x-x-big5": "big5hkscs",
    "windows-31j": "cp932",
    "x-sjis": "cp932",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "windows-874": "cp874",
    "iso-8859-8-i": "iso8859-8",
}
"""Labels that Python does not know."""
_SUPERSETS = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""Python's codecs for what is labelled, and for what is meant."""
_TEXT_CODEC = re.compile(
    r"utf-8|cp\d+|iso8859-\d+|koi8-\w|mac-\w+|gb18030|big5\w*|euc_\w+|johab|iso2022_\w+"
)
"""Codecs that a label may name: not Python's own (punycode, unicode_escape) and not UTF-7."""


def labels_of(body: bytes, content_type: str | None) -> tuple[str, ...]:
    """Return what the HTTP header and the XML declaration say, the weightier first."""
    header = _CHARSET.search(content_type or "")
    declaration = _DECLARATION.search(body, 0, _HEAD)
    labels = [header[1].lower()] if header else []
    if declaration:
        labels.append(declaration[1].decode("ascii", "replace").lower())
    if len(labels) > 1 and codec_of(labels[0]) == "cp1252":
        labels.reverse()  # a server's default, not somebody's statement
    return tuple(dict.fromkeys(labels))


def codec_of(label: str) -> str | None:
    """Return Python's name for what a label means, if it is an encoding for texts."""
    try:
        name = codecs.lookup(_ALIASES.get(label, label)).name
    except LookupError:
        return None
    meant = _SUPERSETS.get(name, name)
    return meant if _TEXT_CODEC.fullmatch(meant) else None
