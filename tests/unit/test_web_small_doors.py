"""Headers, ways back, comfort, readiness and the opening of a new site, each without a server."""

from types import SimpleNamespace

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from support.base.errors import Invalid, Unavailable
from support.web import health, opening
from support.web.comfort import Comfort, Motion, Size, Theme
from support.web.headers import ALWAYS, Headers
from support.web.opening import Opening
from support.web.ownpath import own_path

# ------------------------------------------------------------------ headers


def answered(path="/", given=(), *, is_https=False):
    """The headers of an answer, by name in small letters."""
    heard = {}

    def app(_environ, start):
        start("200 OK", list(given), "exc")
        return [b"body"]

    def start(status, headers, *rest):
        heard.update(status=status, headers=headers, rest=rest)

    assert Headers(app, is_https=is_https)({"PATH_INFO": path}, start) == [b"body"]
    assert (heard["status"], heard["rest"]) == ("200 OK", ("exc",))
    found = {name.lower(): value for name, value in heard["headers"]}
    assert len(found) == len(heard["headers"]), "one header twice"
    return found


def test_a_page_may_do_only_what_this_site_needs():
    rules = dict(part.split(" ", 1) for part in answered()["content-security-policy"].split("; "))
    assert rules.pop("default-src") == "'none'"
    assert (
        rules.pop("frame-ancestors") == rules.pop("font-src") == rules.pop("base-uri") == "'none'"
    )
    assert rules.pop("require-trusted-types-for") == "'script'"
    assert rules.pop("trusted-types") == "handrail"
    assert set(rules.values()) == {"'self'"}
    assert "unsafe" not in answered()["content-security-policy"]


@pytest.mark.parametrize(
    ("path", "frames"),
    [
        ("/", "'none'"),
        ("/embed/meetings", "*"),
        ("/embed/meetings/", "'none'"),
        ("/embed/meetings.json", "'none'"),
        ("/embed", "'none'"),
        ("/rooms/embed/", "'none'"),
        ("/EMBED/meetings", "'none'"),
    ],
)
def test_only_what_is_made_for_it_is_shown_in_frames_elsewhere(path, frames):
    assert answered(path)["content-security-policy"].endswith(f"frame-ancestors {frames}")


@pytest.mark.parametrize("name", [name for name, _ in ALWAYS])
def test_what_every_answer_says_an_answer_may_say_in_its_own_way(name):
    assert answered()[name.lower()] == dict(ALWAYS)[name]
    assert answered(given=[(name.upper(), "own")])[name.lower()] == "own"


def test_nothing_is_kept_unless_the_answer_says_so():
    assert answered()["cache-control"] == "no-store"
    assert answered(given=[("cache-control", "max-age=9")])["cache-control"] == "max-age=9"


def test_only_a_site_by_https_asks_to_be_called_so_for_ever():
    assert "strict-transport-security" not in answered()
    said = answered(is_https=True)["strict-transport-security"]
    assert said == "max-age=31536000; includeSubDomains"


def test_one_answer_teaches_the_next_nothing():
    answered("/embed/meetings", given=[("Referrer-Policy", "own")])
    assert answered()["referrer-policy"] == "same-origin"


# ------------------------------------------------------------------ where to go next


@pytest.mark.parametrize(
    "asked",
    ["/", "/rooms/abc", "/rooms/abc?before=9&limit=5", "/a-b_c.d/", "/a//b", "/groups?a=b=c"],
)
def test_a_path_of_ours_is_gone_to(asked):
    assert own_path(asked, "/home") == asked


@pytest.mark.parametrize(
    "asked",
    [
        None, 5, ["/a"], b"/a", "", "rooms", "//evil.example", "///evil", "/\\evil.example",
        "\\\\evil", "https://evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1", "/a\n",
        "/a b", "/a#b", "/%2f/evil", " /a", "/\t/evil", "/ü", "/@evil", "/a:b", "/a\x00",
    ],
    ids=repr,
)  # fmt: skip
def test_anything_else_leads_home(asked):
    assert own_path(asked, "/home") == "/home"


@settings(max_examples=40)
@given(st.text(max_size=20))
def test_no_text_at_all_leads_to_another_host_or_into_a_header(text):
    found = own_path("/" + text, "/home")
    assert found.startswith("/")
    assert not found.startswith("//")
    assert not set(found) & set("\\\r\n\t :@#%")


# ------------------------------------------------------------------ comfort


@pytest.mark.parametrize("theme", list(Theme))
@pytest.mark.parametrize("text", list(Size))
def test_a_choice_comes_back_from_its_cookie_as_it_was_made(theme, text):
    for motion in Motion:
        chosen = Comfort.parse({"theme": theme.value, "text": text.value, "motion": motion.value})
        cookie = ".".join((chosen.theme, chosen.text, chosen.motion))
        assert Comfort.read(cookie) == chosen == Comfort(theme, text, motion)


@pytest.mark.parametrize(
    "cookie",
    ["", ".", "..", "....", "loud", "loud.9.maybe", "NIGHT", "night ", "None.None.None", "\x00"],
)
def test_whatever_is_odd_in_a_cookie_is_calm(cookie):
    assert Comfort.read(cookie) == Comfort()


@pytest.mark.parametrize(
    ("cookie", "found"),
    [
        ("night", Comfort(theme=Theme.NIGHT)),
        ("loud.3", Comfort(text=Size.LARGE)),
        ("night.9.on", Comfort(theme=Theme.NIGHT, motion=Motion.ON)),
        ("dim.2.on.more.and.more", Comfort(Theme.DIM, Size.LARGER, Motion.ON)),
    ],
)
def test_the_good_part_of_a_cookie_is_kept(cookie, found):
    assert Comfort.read(cookie) == found


@given(st.text(max_size=30))
def test_no_cookie_breaks_a_page(cookie):
    found = Comfort.read(cookie)
    assert (found.theme in Theme, found.text in Size, found.motion in Motion) == (True,) * 3


def test_what_is_not_sent_is_calm_and_motion_is_off_unless_it_is_wanted():
    assert Comfort.parse({}) == Comfort(Theme.AUTO, Size.NORMAL, Motion.OFF)
    assert Comfort.parse({"theme": "", "next": "/rooms"}) == Comfort()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"theme": "loud"}, "theme"),
        ({"text": "5"}, "text"),
        ({"text": "1.0"}, "text"),
        ({"motion": "yes"}, "motion"),
        ({"next": "x" * 301}, "next"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_choice_that_is_none_is_said_beside_its_field(sent, field):
    with pytest.raises(Invalid) as refused:
        Comfort.parse(sent)
    assert set(refused.value.fields) == {field}


# ------------------------------------------------------------------ readiness


@pytest.fixture
def ready(monkeypatch):
    """Ask /readyz of a house whose parts are what the test says."""
    app = Flask(__name__)

    def ask(*, database=True, checks=None, notes=None, spare=None):
        monkeypatch.setattr(health, "database_is_well", lambda: database)
        monkeypatch.setattr(health, "CHECKS", {})
        monkeypatch.setattr(health, "NOTES", {})
        monkeypatch.setattr(health, "SPARE", {})
        for name, is_well in (checks or {}).items():
            health.check(name, lambda is_well=is_well: is_well)
        for name, is_well in (notes or {}).items():
            health.note(name, is_well)
        for name, state in (spare or {}).items():
            health.spare(name, lambda state=state: state)
        with app.test_request_context("/readyz"):
            answer, status = health.ready()
            return answer.get_json(), status

    return ask


def test_a_house_in_which_all_is_well_is_ready(ready):
    told, status = ready(checks={"open": True}, notes={"mail": True}, spare={"second_look": "ok"})
    assert status == 200
    assert told == {
        "status": "ready", "database": "ok", "open": "ok", "mail": "ok", "second_look": "ok",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("parts", "status", "code"),
    [
        ({"database": False}, "unready", 503),
        ({"checks": {"open": False}}, "unready", 503),
        ({"checks": {"open": True, "jobs": False}}, "unready", 503),
        ({"notes": {"mail": False}}, "ready", 200),
        ({"spare": {"second_look": "off"}}, "degraded", 200),
        ({"spare": {"second_look": "off"}, "checks": {"open": False}}, "unready", 503),
        ({"spare": {"a": "ok", "b": "late"}}, "degraded", 200),
    ],
    ids=str,
)
def test_what_must_be_well_is_told_from_what_the_site_can_do_without(ready, parts, status, code):
    told, found = ready(**parts)
    assert (told["status"], found) == (status, code)


def test_each_part_is_called_by_its_name(ready):
    told, _ = ready(database=False, checks={"open": False}, notes={"mail": False})
    assert (told["database"], told["open"], told["mail"]) == ("failing", "failing", "late")


def test_what_was_noted_last_counts(ready):
    ready()
    health.note("mail", is_well=False)
    health.note("mail", is_well=True)
    assert health.NOTES == {"mail": True}


@pytest.mark.parametrize("answer", [1, None, OperationalError("away", {}, Exception())])
def test_a_database_is_well_where_it_answers_and_else_not(monkeypatch, answer):
    class Looking:
        session = property(lambda self: self)

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def execute(self, _statement):
            if isinstance(answer, Exception):
                raise answer
            return SimpleNamespace(scalar=lambda: answer)

    monkeypatch.setattr(health, "reading", Looking)
    assert health.database_is_well() is (answer == 1)


TOKEN = "a long token"


@pytest.mark.parametrize(
    ("address", "header", "forwarded", "may"),
    [
        ("127.0.0.1", None, None, True),
        ("::1", None, None, True),
        ("127.0.0.1", None, "192.0.2.1", False),
        ("192.0.2.1", None, None, False),
        ("192.0.2.1", f"Bearer {TOKEN}", None, True),
        ("127.0.0.1", f"Bearer {TOKEN}", "192.0.2.1", True),
        ("192.0.2.1", "Bearer a long toke", None, False),
        ("192.0.2.1", "Bearer ", None, False),
        ("192.0.2.1", "Bearer ü", None, False),
    ],
)
def test_figures_are_for_this_machine_or_whoever_has_the_token(
    monkeypatch, address, header, forwarded, may
):
    monkeypatch.setattr(health, "settings", lambda: SimpleNamespace(metrics_token=TOKEN))
    monkeypatch.setattr(health.figures, "text", lambda: "figures 1\n")
    headers = {"Authorization": header, "X-Forwarded-For": forwarded}
    sent = {name: value for name, value in headers.items() if value is not None}
    asked = {"headers": sent, "environ_base": {"REMOTE_ADDR": address}}
    with Flask(__name__).test_request_context("/metrics", **asked):
        if may:
            assert health.metrics().get_data(as_text=True) == "figures 1\n"
        else:
            with pytest.raises(health.Forbidden, match="need the token"):
                health.metrics()


def test_where_no_token_is_set_none_fits_and_an_empty_one_least(monkeypatch):
    monkeypatch.setattr(health, "settings", lambda: SimpleNamespace(metrics_token=None))
    for header in ("Bearer ", "", "Bearer None"):
        asked = {"headers": {"Authorization": header}, "environ_base": {"REMOTE_ADDR": "192.0.2.1"}}
        with (
            Flask(__name__).test_request_context("/metrics", **asked),
            pytest.raises(health.Forbidden),
        ):
            health.metrics()


# ------------------------------------------------------------------ a new site


class Site:
    """A new site, what it still misses, and who asks for a page."""

    def __init__(self, patch):
        self.time, self.missing, self.looks, self.viewer = 0.0, ["numbers"], 0, None
        self.is_away = False
        patch.setattr(opening.time, "monotonic", lambda: self.time)
        patch.setattr(opening, "reading", lambda: self)
        patch.setattr(opening, "known_viewer", lambda: self.viewer)
        self.opening = Opening(lambda _unit: self.missing)

    def __enter__(self):
        self.looks += 1
        if self.is_away:
            raise OperationalError("away", {}, Exception())
        return self

    def __exit__(self, *_):
        return None

    def asks(self, path, endpoint=None):
        """Whether a page is given."""
        request = SimpleNamespace(path=path, endpoint=endpoint)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(opening, "request", request)
            try:
                self.opening.guard()
            except Unavailable:
                return False
        return True


@pytest.fixture
def site(monkeypatch):
    return Site(monkeypatch)


@pytest.mark.parametrize(
    ("path", "endpoint"),
    [
        ("/help", "crisis_help.page"),
        ("/help/PT", None),
        ("/login", "accounts.login"),
        ("/leave", None),
        ("/login/code", None),
        ("/help/", None),
        ("/recover", None),
        ("/rules", None),
        ("/static/x.css", "static"),
        ("/readyz", "health.ready"),
        ("/comfort", "comfort.form"),
    ],
)
def test_help_the_way_in_and_the_way_out_are_never_closed(site, path, endpoint):
    assert site.asks(path, endpoint)
    assert site.looks == 0


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/register",
        "/rooms/abc",
        "/moderation",
        "/nowhere",
        "/helpers",
        "/rules-of-others",
        "/login2",
    ],
)
def test_everything_else_waits_until_help_can_be_given(site, path):
    assert not site.asks(path)
    assert "/help" in opening.WORDS


@pytest.mark.parametrize(("is_staff", "may"), [(True, True), (False, False)])
def test_staff_set_it_up_and_members_wait(site, is_staff, may):
    site.viewer = SimpleNamespace(is_staff=is_staff)
    assert site.asks("/moderation") is may


def test_it_looks_at_most_every_two_seconds_and_once_open_never_again(site):
    for moment in (0.0, 1.0, 2.0):
        site.time = moment
        assert not site.asks("/")
    assert site.looks == 1
    site.missing = []
    site.time = 2.1
    assert site.asks("/")
    assert site.looks == 2
    site.time, site.missing = 99.0, ["numbers"]
    assert site.asks("/")
    assert site.looks == 2


def test_a_database_that_is_away_opens_nothing_and_is_asked_again_later(site):
    site.is_away, site.missing = True, []
    assert not site.asks("/")
    site.is_away = False
    assert not site.asks("/")
    site.time = 2.5
    assert site.asks("/")


def test_a_path_that_only_begins_like_an_open_one_with_another_name_is_looked_at(site):
    assert not site.asks("/l")
    assert not site.asks("/rooms/help")
