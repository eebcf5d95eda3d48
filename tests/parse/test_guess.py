import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.parse.guess import guess, strictly


@pytest.mark.parametrize(
    ("language", "codec", "text"),
    [
        ("zh-TW", "big5hkscs", "新聞快報"),
        ("zh-cn", "gb18030", "新闻快报"),
        ("ja", "cp932", "東京で大雪"),
        ("ko-KR", "cp949", "서울에 큰 눈"),
        ("ru", "cp1251", "Новости Москвы"),
        ("fr", "cp1252", "Déjà vu à l’école"),
    ],
)
def test_undeclared_text_is_read_as_its_language_was_written(language, codec, text):
    body = f"<language>{language}</language><title>{text}</title>".encode(codec)
    assert guess(body) == codec


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("gb18030", "中国的人口是世界上最多的，不在少数"),
        ("big5hkscs", "中國的人口是世界上最多的，不在少數"),
        ("cp932", "東京では大雪のため電車が止まり、人々は家にいる"),
        ("euc_jp", "東京では大雪のため電車が止まり、人々は家にいる"),
        ("cp949", "서울에는 큰 눈이 내려서 사람들은 집에 있다"),
        ("cp1251", "Новости Москвы: сегодня на станции метро состоялось открытие"),
        ("koi8-r", "Новости Москвы: сегодня на станции метро состоялось открытие"),
        ("cp1253", "Η κυβέρνηση ανακοίνωσε νέα μέτρα για την οικονομία"),
        ("cp1255", "ראש הממשלה אמר היום כי המשא ומתן יימשך גם מחר"),
        ("cp1256", "قال الرئيس اليوم إن المحادثات سوف تستمر في العاصمة"),
        ("cp874", "นายกรัฐมนตรีกล่าวว่าการประชุมจะดำเนินต่อไปในวันพรุ่งนี้"),
        ("cp1252", "L’été, les élèves préfèrent la mer à l’école"),
    ],
)
def test_text_that_says_nothing_of_itself_is_guessed(codec, text):
    assert guess(f"<title>{text}</title>".encode(codec)) == codec


def test_a_language_that_the_bytes_contradict_does_not_count():
    text = "東京では大雪のため電車が止まり、人々は家にいる。これはその記事である"
    assert guess(f"<language>ja</language>{text}".encode("euc_jp")) == "euc_jp"


def test_noise_is_no_text_of_any_encoding():
    assert guess(b"\xff\xfe\xfd\xfc" * 10) == "utf-8"


@given(st.binary().filter(lambda body: not body.isascii()))
def test_there_is_always_a_guess(body):
    "".encode(guess(body))


def test_strictly():
    assert strictly("é".encode(), "utf-8") == "é"
    assert strictly("é".encode("cp1252"), "utf-8") is None
