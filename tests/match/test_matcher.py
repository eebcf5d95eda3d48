from dataclasses import replace

import pytest

from aggregator.match import Matcher
from aggregator.match.scoring import Features, shipped_models
from aggregator.model import Article, Level, Match, Part

REBUFF = "Trump rebuffs Zelensky on Tomahawks at White House meeting"
REBUFF_ZH = "川普白宮會澤倫斯基 拒絕提供戰斧飛彈"
LEAD = (
    "The president met his Ukrainian counterpart for more than two hours on Friday and said that "
    "both armies should stop where they are, without promising any of the long-range missiles."
)


def judged(*articles: Article) -> Match:
    matcher = Matcher()
    matcher.add(articles)
    return matcher.match(articles[0].id, articles[1].id)


def test_one_event_matches_within_a_language(make):
    match = judged(make(REBUFF), make("Zelensky leaves White House without Tomahawks from Trump"))
    assert match.level is Level.EVENT
    assert match.probability > 0.5
    assert any("tomahawk" in reason for reason in match.reasons)


def test_one_event_matches_across_languages(make):
    match = judged(make(REBUFF), make(REBUFF_ZH, languages=("zh-Hant",)))
    assert match.probability > 0.5


def test_traditional_and_simplified_chinese_are_one_language(make):
    match = judged(
        make(REBUFF_ZH, languages=("zh-Hant",)),
        make("特朗普白宫会泽连斯基 拒绝提供战斧导弹", languages=("zh-Hans",)),
    )
    assert match.probability > 0.5


def test_unrelated_articles_do_not_match(make):
    match = judged(make(REBUFF), make("Typhoon Co-may makes landfall near Shanghai"))
    assert match.probability < 0.3


def test_what_time_takes_off_grows_with_the_hours(make):
    articles = [make(REBUFF), make(REBUFF, hours=1), make(REBUFF, hours=20), make(REBUFF, hours=60)]
    matcher = Matcher()
    matcher.add(articles)
    first, *later = (article.id for article in articles)
    soon, next_day, last = matcher.fading(first, later)
    assert 0 >= soon > next_day > last


def test_of_time_all_models_tell_the_same():
    hours = Features._fields.index("hours")
    curves = [model.curves[hours] for model in shipped_models().values()]
    assert all(curve == curves[0] for curve in curves)


def test_one_address_is_one_item_whatever_the_text(make):
    url = "https://example.org/a"
    assert judged(make("One thing", url=url), make("Another", url=url)).level is Level.ITEM


def test_a_front_page_is_no_items_address(make):
    url = "https://example.org/"
    assert judged(make(REBUFF, url=url), make("Typhoon", url=url)).level is Level.EVENT


def test_a_syndicated_text_is_a_copy(make):
    match = judged(make(REBUFF, lead=LEAD), make("Trump lets Zelensky down", lead=LEAD))
    assert match.level is Level.COPY
    assert match.probability > 0.99


def test_a_lightly_edited_text_is_a_copy(make):
    edited = LEAD.replace("more than two hours", "over two hours")
    assert judged(make(REBUFF, lead=LEAD), make(REBUFF, lead=edited)).level is Level.COPY


def test_a_bilingual_article_matches_by_the_part_that_does(make):
    bilingual = make(REBUFF_ZH, REBUFF, languages=("zh-Hant", "en"))
    english = make("Trump rebuffs Zelensky on Tomahawks", languages=("en",))
    match = judged(bilingual, english)
    assert match.probability > 0.9


@pytest.mark.parametrize("title", ["Live updates", "Video", "早安", "", "🙂", "Morning briefing"])
def test_titles_that_say_nothing_match_nothing(make, title):
    match = judged(make(title, publisher="P"), make(title, publisher="P", hours=24))
    assert match.probability < 0.1


def test_a_rubric_is_not_one_item_every_day(make):
    title = "Your Friday briefing: the five things you need to know today"
    first = make(title, publisher="P", lead="Markets fell. A trial began in Lisbon.")
    second = make(title, publisher="P", lead="Rain in Rome. The king is well.", hours=24)
    assert judged(first, second).probability < 0.1


def test_other_days_told_speak_against(make):
    march = make("Trump and Xi talk by telephone", lead="They spoke on October 16.", hours=0)
    april = make("Trump and Xi talk by telephone", lead="They spoke on October 10.", hours=1)
    matcher = Matcher()
    matcher.add([march, april])
    against = matcher.explain(march.id, april.id).against
    assert any("2025-10-10" in words and "2025-10-16" in words for words in against)


def test_an_instant_that_all_bear_tells_little(make):
    one, other = make(REBUFF, hours=0), make("Trump tells Zelensky: no Tomahawks", hours=0)
    among_few, among_many = Matcher(), Matcher()
    among_few.add([one, other])
    among_many.add([one, other, *(make(f"Rain in town number {n}", hours=0) for n in range(99))])
    (few,), (many,) = (m.logits(one.id, [other.id]) for m in (among_few, among_many))
    assert many < few - 1
    against = among_many.explain(one.id, other.id).against
    assert "published at one instant, like much else" in against


def test_at_one_instant_days_are_compared_as_they_are_told(make):
    one, other, third = (
        make("Trump and Xi talk by telephone", lead=f"They spoke on {day}.", hours=0)
        for day in ("October 16", "February 28", "October 16")
    )
    matcher = Matcher()
    matcher.add([one, other, third])
    assert "they tell of different days" in matcher.explain(one.id, other.id).against
    assert "they tell of different days" not in matcher.explain(one.id, third.id).against


def test_scores_are_symmetric_and_need_no_order(make):
    articles = [make(REBUFF), make(REBUFF_ZH, languages=("zh",)), make("Tomahawks for Kyiv?")]
    forward, backward = Matcher(), Matcher()
    forward.add(articles)
    backward.add(reversed(articles))
    for a in articles:
        for b in articles:
            one = forward.logits(a.id, [b.id])
            assert one == pytest.approx(forward.logits(b.id, [a.id]))
            assert one == pytest.approx(backward.logits(a.id, [b.id]))


def test_a_changed_article_replaces_its_older_version(make):
    article, other = make("Nothing to see here at all"), make(REBUFF)
    matcher = Matcher()
    matcher.add([article, other])
    part = Part(language="en", title=REBUFF, lead="")
    matcher.add([replace(article, parts=(part,))])
    assert matcher.logits(article.id, [other.id])[0] > 0
    assert matcher.candidates([other.id]) == [{article.id}]


def test_what_is_forgotten_is_no_candidate(make):
    old, new = make(REBUFF), make(REBUFF, hours=48)
    matcher = Matcher()
    matcher.add([old, new])
    matcher.forget(new.published)
    assert old.id not in matcher
    assert matcher.candidates([new.id]) == [set()]


def test_candidates_lie_within_the_span_or_have_the_same_address(make):
    url = "https://example.org/a"
    new = make(REBUFF, url=url)
    near, far, same = make(REBUFF, hours=71), make(REBUFF, hours=73), make("X", hours=999, url=url)
    matcher = Matcher()
    matcher.add([new, near, far, same])
    assert matcher.candidates([new.id]) == [{near.id, same.id}]


def test_a_flood_of_alike_items_leaves_a_bounded_number_of_candidates(make):
    flood = [make(f"Deal number {n}: save big on kitchen knives") for n in range(300)]
    matcher = Matcher()
    matcher.add(flood)
    assert len(matcher.candidates([flood[0].id])[0]) <= 50


@pytest.mark.parametrize("year", [1970, 2099])
def test_absurd_dates_and_endless_titles_are_survived(make, year):
    odd = make("word " * 4000)
    odd = replace(odd, published=odd.published.replace(year=year))
    other = make(REBUFF)
    assert judged(odd, other).probability < 0.5


def test_reasons_name_whole_words_and_names_as_people_write_them(make):
    a = make("White House says Ukraine negotiations collapsed on Friday")
    b = make("Ukraine negotiations collapsed, the White House confirms")
    in_favour = " ".join(judged(a, b).reasons)
    assert "White House" in in_favour
    assert "UA" in in_favour
    assert "negotiations" in in_favour
