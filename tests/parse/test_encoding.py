import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.encoding import to_utf8

DECLARED = {
    "utf-8": "utf-8",
    "big5": "big5hkscs",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc-jp": "euc_jp",
    "euc-kr": "cp949",
    "koi8-r": "koi8-r",
    "windows-1251": "cp1251",
    "windows-1252": "cp1252",
    "iso-8859-1": "cp1252",
    "iso-8859-2": "iso8859-2",
    "iso-8859-15": "iso8859-15",
    "tis-620": "cp874",
}
SENTENCES = {
    "utf-8": "漢字 Ünïcödé 🎉",
    "big5": "立法會三讀通過財政預算案，各界反應不一",
    "gb2312": "国务院发布新规定，朱镕基出席",
    "gbk": "国务院发布新规定，朱镕基出席",
    "shift_jis": "東京で大雪①の予報",
    "euc-jp": "東京で大雪の予報",
    "euc-kr": "서울에 큰 눈이 내렸다",
    "koi8-r": "Новости Москвы сегодня",
    "windows-1251": "Новости «Москвы» сегодня",
    "windows-1252": "“Smart” quotes — €",
    "iso-8859-1": "“Smart” quotes — €",
    "iso-8859-2": "Příliš žluťoučký kůň",
    "iso-8859-15": "Œuvre à 5 €",
    "tis-620": "ข่าวด่วนวันนี้",
}


def declare(label: str, text: str, codec: str) -> bytes:
    return f'<?xml version="1.0" encoding="{label}"?><rss>{text}</rss>'.encode(codec)


@pytest.mark.parametrize("label", DECLARED)
def test_declaration_means_what_browsers_take_it_for(label):
    decoded = to_utf8(declare(label, SENTENCES[label], DECLARED[label]))
    assert SENTENCES[label] in decoded.data.decode()
    assert decoded.problems == ()


@pytest.mark.parametrize("label", DECLARED)
def test_header_means_the_same(label):
    body = f"<rss>{SENTENCES[label]}</rss>".encode(DECLARED[label])
    decoded = to_utf8(body, f'text/xml; Charset="{label.upper()}"')
    assert SENTENCES[label] in decoded.data.decode()


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-be"])
def test_wide_encodings_show_by_themselves(codec):
    assert to_utf8("<rss>漢字</rss>".encode(codec)).data.decode() == "<rss>漢字</rss>"


def test_header_comes_before_the_declaration():
    body = declare("windows-1251", SENTENCES["koi8-r"], "koi8-r")
    assert SENTENCES["koi8-r"] in to_utf8(body, "text/xml; charset=koi8-r").data.decode()


def test_short_double_byte_text_that_is_valid_utf8_by_accident_keeps_its_label():
    body = "<t>聵</t>".encode("gb18030")
    assert body.decode("utf-8") != "<t>聵</t>"
    labelled = b'<?xml version="1.0" encoding="gbk"?>' + body
    assert "聵" in to_utf8(labelled).data.decode()


def test_default_header_is_no_proof_against_a_damaged_declaration():
    body = declare("big5", "立法會", "big5") + b"\xff"
    decoded = to_utf8(body, "text/xml; charset=iso-8859-1")
    assert "立法會" in decoded.data.decode()


def test_truncated_double_byte_text_loses_one_character():
    body = declare("big5", "立法會", "big5").replace(b"</rss>", b"")[:-1]
    decoded = to_utf8(body)
    assert decoded.data.decode().endswith("立法\ufffd")
    assert "Big5" in decoded.problems[0]


@pytest.mark.parametrize("label", ["utf-7", "punycode", "unicode_escape", "rot13", "hex", "idna"])
def test_pythons_own_codecs_are_no_encodings(label):
    decoded = to_utf8(declare(label, "+ADw-script+AD4- \\u003c", "ascii"))
    assert b"+ADw-script+AD4- \\u003c" in decoded.data
    assert label in decoded.problems[0]


@given(st.binary(max_size=200), st.sampled_from([*DECLARED, "utf-16", "iso-2022-jp", "nonsense"]))
def test_whatever_comes_utf8_leaves(body, label):
    labelled = f'<?xml version="1.0" encoding="{label}"?>'.encode() + body
    for data in (to_utf8(body).data, to_utf8(body, f"a/b; charset={label}").data):
        data.decode()
    to_utf8(labelled).data.decode()


@given(st.text(st.characters(codec="utf-8"), max_size=100), st.sampled_from([*DECLARED]))
def test_valid_utf8_is_believed_whatever_is_declared(text, label):
    body = declare(label, "漢字漢字漢字" + text, "utf-8")
    assert to_utf8(body).data == body
