import pytest

from aggregator.match.quarters import find
from aggregator.match.text import fold


@pytest.mark.parametrize(
    "text",
    [
        "台積電第三季獲利創高",
        "台积电第三季度净利润同比增长39%",
        "前三季度增5.2% 三季度增速放缓",
        "TSMC third-quarter profit surges 39%",
        "Tesla misses in the third quarter",
        "Profit up in the fiscal third quarter of 2025: fiscal third-quarter record",
        "Apple Q3 2025 earnings",
        "Alphabet 3Q25 results",
        "トヨタ、7-9月期の純利益",
        "トヨタ、7〜9月期の純利益",
        "トヨタ、第3四半期の純利益",
        "삼성전자 3분기 영업이익",
        "Siemens wächst im dritten Quartal",
        "Bilanz im 3. Quartal",
        "Le bénéfice de LVMH recule au troisième trimestre",
        "Banco Santander gana más en el tercer trimestre",
        "Lucro da Petrobras no terceiro trimestre",
        "Resultado do Itaú no 3T25",
        "Прибыль Сбербанка в третьем квартале",
        "ВВП в III квартале",
        "Winst van ASML in derde kwartaal",
    ],
)
def test_a_quarter_is_one_however_written(text):
    assert find(fold(text)) == {3}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Alcaraz into third quarterfinal of the year",
        "A quarter of all seats",
        "四季如春的昆明",
        "A third of quarters are empty",
        "Model 3 quarterly sales",
        "Iraq 2003",
        "米7月期待の新作",
    ],
)
def test_what_is_no_quarter_is_none(text):
    assert find(fold(text)) == frozenset()


def test_a_text_may_tell_two():
    assert find(fold("Second-quarter profit beats the first quarter")) == {1, 2}
