import pytest

from aggregator.publish.query import finder

ENGLISH = "Thieves raid the Louvre; police in Paris look for four men."
CHINESE = "川普會見澤連斯基，討論戰斧巡航導彈"


@pytest.mark.parametrize(
    "query",
    [
        "",
        "louvre",
        "LOUVRE paris",
        '"the louvre"',
        '"THE  Louvre"',
        "thie*",
        "louvre -berlin",
        '-"raid paris"',
        '"police in',
        "Ｌｏｕｖｒｅ",
    ],
)
def test_a_text_with_all_that_is_asked_for_is_found(query):
    assert finder(query).finds([ENGLISH])


@pytest.mark.parametrize(
    "query", ["berlin", "louvre berlin", "raids", "ieves", "hie*", "louvre -paris", '"raid paris"']
)
def test_a_text_that_lacks_a_word_or_has_an_unwanted_one_is_not(query):
    assert not finder(query).finds([ENGLISH])


@pytest.mark.parametrize("query", ["澤連斯基", "戰斧 川普", "-拜登", '"會見澤連斯基"'])
def test_scripts_without_spaces_are_searched_within_their_runs(query):
    assert finder(query).finds([CHINESE])


def test_the_words_may_stand_in_several_texts():
    assert finder("louvre 澤連斯基").finds([ENGLISH, CHINESE])


def test_a_phrase_may_not():
    assert not finder('"men 川普"').finds(["four men.", CHINESE])


@pytest.mark.parametrize("query", ["*", "(", "c++", "a.b", "[x"])
def test_signs_are_nothing_but_signs(query):
    assert finder(query).finds([f"say {query} aloud"])
    assert not finder(query).finds(["say aloud"])
