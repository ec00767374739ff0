"""The windows that watch the journeys see what may never happen, and are able to say so."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.browsers import PHONE

POLICY = "default-src 'none'; img-src http:; require-trusted-types-for 'script'; trusted-types none"
PAGES = {
    "/good": "<main><h1>Good</h1><p>Calm words.</p></main>",
    "/nameless": "<h1>Form</h1><main><input></main>",
    "/wide": "<h1>Wide</h1><main><pre>" + "wide " * 200 + "</pre></main>",
    "/stranger": '<h1>Far</h1><main><img alt="" src="http://elsewhere.example/x.png"></main>',
    "/script": "<h1>Script</h1><main><script>document.title = 'inline'</script></main>",
}


class Site(BaseHTTPRequestHandler):
    """A few pages under the strictest policy."""

    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        head = "<!doctype html><html lang=en><title>Page</title><meta name=viewport content='width"
        self.wfile.write(f"{head}=device-width'>{body or '<h1>Not here</h1>'}".encode())

    def log_message(self, *words: object) -> None:
        """Keep the test's output quiet."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_a_good_page_has_no_violation_and_no_wrongs(window, site):
    here = window(site)
    here.open("/good")
    assert here.axe() == []
    assert here.sideways() == 0
    assert here.wrongs() == []


def test_a_field_without_a_name_is_found_under_the_strictest_policy(window, site):
    here = window(site)
    here.open("/nameless")
    assert any(line.startswith("label at input") for line in here.axe())


def test_a_page_wider_than_a_phone_is_seen(window, site):
    here = window(site, PHONE)
    here.open("/wide")
    assert here.sideways() > 0


def test_a_request_to_another_host_is_a_wrong(window, site):
    here = window(site)
    here.open("/stranger")
    assert any("another host: http://elsewhere.example/x.png" in wrong for wrong in here.wrongs())
    here.forgive("elsewhere|ERR_NAME_NOT_RESOLVED")


def test_an_inline_script_is_stopped_by_the_policy_and_is_a_wrong(window, site):
    here = window(site)
    here.open("/script")
    assert here.page.title() == "Page"
    assert any("Content Security Policy" in wrong for wrong in here.wrongs())
    here.forgive("Content Security Policy")


def test_a_refused_page_is_no_wrong_but_a_missing_asset_is(window, site):
    here = window(site)
    here.open("/secret")
    assert not [wrong for wrong in here.wrongs() if "favicon" not in wrong]
    here.open("/static/1/missing.css")
    assert any("404 for" in wrong for wrong in here.wrongs())
    here.forgive("404 for")
