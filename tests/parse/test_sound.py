import pytest

from aggregator.errors import ParseError
from aggregator.parse.sound import make_sound

WHOLE = b"<rss><channel><item>1</item><item>2</item></channel></rss>"


def test_sound_documents_stay_as_they_are():
    sound = make_sound(WHOLE)
    assert sound.data.endswith(WHOLE)
    assert sound.problems == ()
    assert not sound.truncated


@pytest.mark.parametrize(
    ("cut", "told"),
    [
        (WHOLE[:-3], "cut off after 2 items"),
        (WHOLE[:40], "cut off after 1 item"),
        (WHOLE[:20], "cut off after 0 items"),
    ],
)
def test_cuts_are_told(cut, told):
    sound = make_sound(cut)
    assert sound.problems == (told,)
    assert sound.truncated


def test_repairs_are_told_with_their_place():
    sound = make_sound(WHOLE.replace(b"1", b"R&D"))
    assert sound.problems[0].startswith("repaired: ")
    assert "R&D" in sound.problems[0]
    assert not sound.truncated


def test_what_is_beyond_repair_is_refused():
    with pytest.raises(ParseError, match="too broken to read"):
        make_sound(b'<rss version="2.0></rss>')
