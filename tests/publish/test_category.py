import pytest

from aggregator.publish.category import all_of, path


@pytest.mark.parametrize(
    ("category", "names", "written"),
    [
        (None, (), ()),
        ("", (), ()),
        ("World", ("World",), ("World",)),
        ("News/Asia/台灣", ("News", "Asia", "台灣"), ("News", "News/Asia", "News/Asia/台灣")),
        (" /News / Asia//", ("News", "Asia"), ("News", "News/Asia")),
    ],
)
def test_a_category_lies_in_others(category, names, written):
    assert path(category) == names
    assert all_of(category) == written
