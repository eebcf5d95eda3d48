import pytest

from aggregator.parse.labels import codec_of, labels_of

DECLARED = b"<?xml version='1.0' encoding='%s'?>"


@pytest.mark.parametrize(
    ("content_type", "declared", "labels"),
    [
        (None, None, ()),
        ("text/xml", None, ()),
        ("text/xml; charset=UTF-8", None, ("utf-8",)),
        ('text/xml;x=y; Charset = "big5"', None, ("big5",)),
        (None, "GB2312", ("gb2312",)),
        ("text/xml; charset=koi8-r", "windows-1251", ("koi8-r", "windows-1251")),
        ("text/xml; charset=utf-8", "UTF-8", ("utf-8",)),
        ("text/xml; charset=iso-8859-1", "big5", ("big5", "iso-8859-1")),
        ("text/xml; charset=", "utf-8", ("utf-8",)),
    ],
)
def test_labels(content_type, declared, labels):
    body = DECLARED % declared.encode() if declared else b"<rss/>"
    assert labels_of(body, content_type) == labels


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("iso-8859-1", "cp1252"),
        ("iso8859-1", "cp1252"),
        ("us-ascii", "cp1252"),
        ("gb_2312-80", "gb18030"),
        ("gbk", "gb18030"),
        ("big5", "big5hkscs"),
        ("shift_jis", "cp932"),
        ("ks_c_5601-1987", "cp949"),
        ("utf8", "utf-8"),
        ("windows-1251", "cp1251"),
        ("utf-7", None),
        ("utf-16", None),
        ("punycode", None),
        ("rot13", None),
        ("x-made-up", None),
        ("", None),
    ],
)
def test_codecs(label, codec):
    assert codec_of(label) == codec
