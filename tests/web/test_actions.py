import pytest

TALKS = "/stories/00000000-0000-4000-8000-000000000001"
TOKEN = "a token that nobody guesses"
OWNER = f"Bearer {TOKEN}"


def enter(site, token: str = TOKEN):
    return site.post("/owner", f"token={token.replace(' ', '+')}")


def test_who_knows_the_token_has_a_session(site):
    entered = enter(site)

    cookie = entered.headers["set-cookie"]
    assert entered.status == 303
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Split the chosen" in site.ask(TALKS, Cookie=cookie.partition(";")[0]).text


def test_who_does_not_has_none(site):
    refused = enter(site, "a token that somebody guesses")

    assert refused.status == 403
    assert "set-cookie" not in refused.headers


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer wrong"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Cookie": "aggregator-owner=99999999999.00"},
        {"Cookie": "aggregator-owner=x"},
    ],
)
@pytest.mark.parametrize("action", ["split", "merge"])
def test_nobody_else_changes_a_story(site, headers, action):
    assert site.post(f"{TALKS}/{action}", "other=x&article=1", **headers).status == 401


def test_the_token_itself_serves_scripts(site):
    answer = site.post(f"{TALKS}/split", "", Authorization=f"Bearer {TOKEN}")

    assert answer.status == 409
    assert "choose the articles" in answer.json["detail"]


@pytest.mark.parametrize("action", ["split", "merge"])
def test_a_form_of_too_many_fields_is_refused(site, action):
    answer = site.post(f"{TALKS}/{action}", "&".join(["a=1"] * 501), Authorization=OWNER)

    assert answer.status == 413


@pytest.mark.parametrize("other", ["http://[::/x", "%00", ""])
def test_a_story_that_is_none_is_not_merged(site, other):
    answer = site.post(f"{TALKS}/merge", f"other={other}", Authorization=OWNER)

    assert answer.status == 404


def test_a_session_of_another_time_has_ended(site):
    cookie = enter(site).headers["set-cookie"].partition(";")[0]
    name, _, value = cookie.partition("=")
    forged = f"{name}=1.{value.partition('.')[2]}"

    assert "Split the chosen" not in site.ask(TALKS, Cookie=forged).text


def test_what_the_owner_splits_and_merges_is_so(own_site):
    cookie = enter(own_site).headers["set-cookie"].partition(";")[0]

    split = own_site.post(f"{TALKS}/split", "article=0000000000000002", Cookie=cookie)

    told = {s["id"]: s for s in own_site.ask("/api/v1/stories").json["stories"]}
    (other,) = (s for s in told.values() if s["languages"] == ["zh-Hant"])
    assert (split.status, split.headers["location"]) == (303, TALKS)
    assert len(told) == 3

    address = f"{own_site.url}stories/{other['id'].removeprefix('urn:uuid:')}"
    merged = own_site.post(f"{TALKS}/merge", f"other={address}", Cookie=cookie)

    assert merged.status == 303
    assert len(own_site.ask("/api/v1/stories").json["stories"]) == 2


@pytest.mark.parametrize("path", ["/decisions", "/feeds/paid/poll", "/feeds/paid/resume"])
def test_nobody_else_sees_decisions_or_hurries_a_feed(site, path):
    ask = site.ask if path == "/decisions" else site.post

    assert ask(path).status == 401


def test_the_owner_undoes_a_decision(own_site):
    own_site.post(f"{TALKS}/split", "article=0000000000000002", Authorization=OWNER)
    listed = own_site.ask("/decisions", Authorization=OWNER).text

    undone = own_site.post("/decisions/1/undo", Authorization=OWNER)

    assert "Undo decision 1" in listed
    assert "川普拒絕提供戰斧巡航導彈" in listed
    assert "an article that is not shown" in listed
    assert "letterbox" not in listed
    assert (undone.status, undone.headers["location"]) == (303, "/decisions")
    assert len(own_site.ask("/api/v1/stories").json["stories"]) == 2
    assert own_site.post("/decisions/1/undo", Authorization=OWNER).status == 404
    assert "undone" in own_site.ask("/decisions", Authorization=OWNER).text


def test_the_owner_has_a_feed_polled_now(own_site):
    hurried = own_site.post("/feeds/harbour/poll", Authorization=OWNER)

    assert (hurried.status, hurried.headers["location"]) == (303, "/feeds/harbour?asked=1")
    page = own_site.ask("/feeds/harbour?asked=1", Authorization=OWNER).text
    assert "It is due now" in page
    assert "asked for by you" in page


def test_the_owner_has_a_feed_resumed(own_site):
    own_site.post("/feeds/paid/resume", Authorization=OWNER)

    assert 'class="error"' not in own_site.ask("/feeds/paid").text


@pytest.mark.parametrize("name", ["secret", "nothing"])
@pytest.mark.parametrize("action", ["poll", "resume"])
def test_a_feed_that_is_not_shown_is_not_there(site, name, action):
    assert site.post(f"/feeds/{name}/{action}", Authorization=OWNER).status == 404
