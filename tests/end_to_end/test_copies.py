"""One text under several titles is one story, whichever run brings its copies."""

SENTENCES = (
    "The harbour authority closed the old swing bridge to all traffic on Friday evening.",
    "Inspectors had found cracks in two of the eleven bearings below the western span.",
    "Nobody was hurt, and the ferries will run every quarter of an hour until further notice.",
    "A spokeswoman said that engineers from the manufacturer were expected before the weekend.",
    "Shopkeepers on the island fear for their busiest weeks, which begin with the regatta.",
    "The council meets on Monday to decide whether a temporary crossing can be paid for.",
    "Its budget for repairs was spent in spring on the flood gates of the northern basin.",
    "An opposition member called the closure a disgrace that everybody had seen coming.",
)
CONFIG = """\
version: 1
store: sqlite:///aggregator.db
encoder: none
publish: {directory: public}
feeds:
"""


def publish(folder, name: str, title: str, text: str) -> None:
    """Write a feed of one item with its whole text."""
    (folder.path / f"{name}.xml").write_text(
        f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
        <title>{name}</title><link>https://{name}.example/</link><description/>
        <item><title>{title}</title><link>https://{name}.example/1</link>
        <pubDate>Fri, 17 Oct 2025 18:00:00 GMT</pubDate>
        <content:encoded>&lt;p&gt;{text}&lt;/p&gt;</content:encoded></item>
        </channel></rss>""",
        encoding="utf-8",
    )
    feeds = sorted(path.name for path in folder.path.glob("*.xml"))
    folder.configure(CONFIG + "".join(f"  - {{url: 'file:{feed}'}}\n" for feed in feeds))


def test_a_wire_story_is_known_under_any_title_after_a_restart_too(folder):
    whole = " ".join(SENTENCES)
    publish(folder, "wire", "Cracks found in bearings, harbour crossing shut", whole)
    folder.once()
    publish(folder, "gazette", "What islanders need to know now", f"By our staff. {whole}")
    assert folder.run_apart("--once").returncode == 0
    publish(folder, "other", "Regatta opens to record crowds", " ".join(SENTENCES[4:5] * 12))
    folder.once()

    told = {len(story["articles"]): story for story in folder.stories()}

    assert told.keys() == {1, 2}
    (copy,) = [article for article in told[2]["articles"] if article["level"]]
    assert copy["level"] == "copy"
    (first, *_) = copy["reasons"]
    assert first["template"] == "{percent} % of the wording is the same, under another title"
    assert first["values"].keys() == {"percent"}
    assert copy["reason"].startswith(first["text"])
