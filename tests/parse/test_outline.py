import pytest

from aggregator.errors import ParseError
from aggregator.parse import outline as module
from aggregator.parse.outline import MalformedError, outline


def rss(inside: str, attributes: str = "") -> bytes:
    return f'<rss version="2.0"{attributes}><channel>{inside}</channel></rss>'.encode()


@pytest.mark.parametrize(
    "item",
    [
        "<item/>",
        "<item />",
        "<item></item>",
        "<item ></item >",
        "<item a='>'><title>x</title></item\n>",
        "<item><items/></item>",
        "<item><br/></item>",
    ],
)
def test_items_are_found_to_the_byte(item):
    data = rss(f"<title>é</title>{item}<item>next</item>")
    found = outline(data).items
    assert [data[one.start : one.end].decode() for one in found] == [item, "<item>next</item>"]


def test_items_within_items_belong_to_the_outer():
    data = rss("<item>a<item>b</item>c</item>")
    [item] = outline(data).items
    assert data[item.start : item.end] == b"<item>a<item>b</item>c</item>"


def test_items_of_another_namespace_are_none():
    data = rss('<x:item xmlns:x="urn:x"/><item/>')
    assert len(outline(data).items) == 1


@pytest.mark.parametrize(
    ("guid", "permalink"),
    [
        ("", False),
        ("<guid>x</guid>", True),
        ('<guid isPermaLink="true">x</guid>', True),
        ('<guid ispermalink=" False ">x</guid>', False),
        ("<guid isPermaLink='no'>x</guid>", False),
        ("<description><guid>x</guid></description>", False),
    ],
)
def test_permalinks(guid, permalink):
    [item] = outline(rss(f"<item>{guid}</item>")).items
    assert item.permalink is permalink


@pytest.mark.parametrize(
    ("document", "root", "kind"),
    [
        ("<rss/>", "rss", "rss"),
        ("<RSS/>", "rss", "rss"),
        ('<r:RDF xmlns:r="urn:r"/>', "rdf", "rdf"),
        ('<feed xmlns="http://www.w3.org/2005/Atom"/>', "feed", "feed"),
        ("<xml><rss/></xml>", "xml", "rss"),
        ("<a><b><c><d><rss/></d></c></b></a>", "a", None),
        ("<urlset/>", "urlset", None),
    ],
)
def test_kinds(document, root, kind):
    found = outline(document.encode())
    assert (found.root, found.kind) == (root, kind)


def test_context_is_what_items_inherit():
    plain = outline(rss("<item/>")).context
    assert outline(rss("<title>other</title><item/><ttl>5</ttl>")).context == plain
    assert outline(rss("<item/>", ' xml:lang="de"')).context != plain
    assert outline(rss("<item/>", ' xmlns:x="urn:x"')).context != plain


def test_items_in_two_places_have_no_common_context():
    assert outline(b"<rss><channel><item/></channel><item/></rss>").context is None


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (rss("<a>" * 300 + "</a>" * 300), "deep"),
        (rss("<a " + " ".join(f'a{i}="1"' for i in range(200)) + "/>"), "attributes"),
        (rss("<a " + " ".join(f'xmlns:a{i}="u{i}"' for i in range(300)) + "/>"), "namespaces"),
        (rss(f"<a xml:base='{'x/' * 1_100}'/>"), "xml:base of more than 2048"),
        (rss("<item/>" * 60_000), "items"),
        (rss("<p>" + "<a/>" * 1_000_000 + "</p>"), "1000000 elements"),
        (rss("<item>" + "<a/>" * 3000 + "</item>"), "elements or categories"),
        (rss("<item><g>" + "<category/>" * 3000 + "</g></item>"), "elements or categories"),
        (rss("<category/>" * 3000), "elements or categories"),
        (rss("<item><keywords>" + "a," * 3000 + "</keywords></item>"), "elements or categories"),
    ],
)
def test_limits(document, reason):
    with pytest.raises(ParseError, match=reason):
        outline(document)


def test_limits_leave_room_for_real_feeds():
    item = f"<item>{'<category>c</category>' * 100}</item>"
    assert len(outline(rss(item * 1000)).items) == 1000


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"<rss>",
        b"<rss></channel>",
        b"<rss/><rss/>",
        b"<rss>&nbsp;</rss>",
        b"<rss><dc:date/></rss>",
        b'<!DOCTYPE rss [<!ENTITY a "b">]><rss>&a;</rss>',
        b"<rss>\xff</rss>",
    ],
)
def test_malformed_documents_are_told_from_sound_ones(document):
    with pytest.raises(MalformedError):
        outline(document)


def test_errors_show_the_place():
    with pytest.raises(MalformedError, match=r"undefined entity near “.*<b>caf&eacute; au"):
        outline("<rss><title>日本</title><b>caf&eacute; au lait</b></rss>".encode())


def test_limits_are_stated_in_the_message():
    with pytest.raises(ParseError, match=str(module.MAX_DEPTH)):
        outline(rss("<a>" * 300 + "</a>" * 300))
