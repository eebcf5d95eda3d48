from dataclasses import replace

import pytest
from starlette.routing import Route

from aggregator.web.application import application
from aggregator.web.guard import hostname
from aggregator.web.server import serving


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "", "127.0.0.1.evil.example"])
def test_a_name_that_was_not_configured_is_refused(site, host):
    answer = site.ask("/", Host=host)

    assert answer.status == 421
    assert "allowed_hosts" in answer.json["detail"]


@pytest.mark.parametrize("host", ["localhost:1", "127.0.0.1", "[::1]:80", "NEWS.example."])
def test_names_of_ours_are_answered_to(site, host):
    assert site.ask("/healthz", Host=host).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
def test_forms_of_other_sites_are_refused(site, origin):
    assert site.post("/owner/leave", Origin=origin).status == 403


def test_a_form_of_ours_is_taken(site):
    assert site.post("/owner/leave").status == 303


def test_a_script_without_a_page_needs_no_origin(site):
    assert site.ask("/owner/leave", "POST", Content_Length="0").status == 303


def test_a_large_body_is_refused_before_it_is_read(site):
    assert site.post("/owner", Content_Length="99999999").status == 413


def test_a_body_that_outgrows_what_it_said_ends_the_request(site):
    chunks = b"10000\r\n" + b"x" * 0x10000 + b"\r\n0\r\n\r\n"

    answer = site.ask("/owner", "POST", body=chunks, Transfer_Encoding="chunked")

    assert answer.status >= 400


def test_a_long_address_is_refused(site):
    assert site.ask(f"/search?q={'x' * 5000}").status == 414


@pytest.mark.parametrize("path", ["/", "/feeds", "/nothing", "/api/v1/feeds", "/static/style.css"])
def test_every_answer_forbids_what_no_page_needs(site, path):
    headers = site.ask(path).headers

    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert "script-src" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("a.example:80", "a.example"),
        ("A.Example.", "a.example"),
        ("[::1]:8", "[::1]"),
        ("a:b", "a:b"),
    ],
)
def test_a_host_is_known_by_its_name(host, name):
    assert hostname(host) == name


@pytest.mark.parametrize("origin", ["http://[", "//", "http://a@127.0.0.1"])
def test_an_origin_that_is_none_is_refused(site, origin):
    assert site.post("/owner/leave", Origin=origin).status == 403


def test_a_fault_of_ours_forbids_what_every_answer_forbids(site, aggregator):
    def broken(_request):
        raise ZeroDivisionError

    app = application(aggregator)
    app.router.routes.insert(0, Route("/broken", broken))
    with serving(app, host="127.0.0.1", port=0) as served:
        answer = replace(site, url=served.url).ask("/broken")

    assert answer.status == 500
    assert "fault of this server" in answer.json["detail"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
