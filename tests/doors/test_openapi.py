"""docs/openapi.yaml says what the server does: the same doors, the same audiences, no surprises."""

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import schemathesis
import yaml
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core import NotSet
from schemathesis.specs.openapi import checks
from werkzeug.test import TestResponse

from support.accounts import actions as accounts
from support.base.actor import Role
from support.crisis import queries as crisis
from support.db.unit import Database
from support.groups import queries as groups
from support.moderation.jobs import refresh_rules
from support.moderation.rules.rulebook import shipped
from support.settings import Settings
from support.web.access import audience_of
from support.web.work import workshop
from tests.databases import KIND, fresh_database
from tests.groups_world import plan_meeting
from tests.house import settings_of, signed_in
from tests.lines import Cast, gather
from tests.people import CHEAP, JSON, PASSPHRASE, Browser, make_people
from tests.unit.test_mentoring_rules import APPLICATION
from tests.worlds import house_while_filled

DESCRIPTION = yaml.load(
    Path(__file__).resolve().parents[2].joinpath("docs/openapi.yaml").read_text(encoding="utf-8"),
    yaml.CSafeLoader,
)
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = {
    operation.label: operation for operation in (each.ok() for each in SCHEMA.get_all_operations())
}
# PostgreSQL is asked less often: there it is only the types that could differ.
EXAMPLES = 3 if KIND == "postgres" else 8
WHO = ("nobody", "mina", "paul", "mo", "ada")
# Words that chance alone would never find.
GOOD = {
    "adult": "1",
    "agree": "1",
    "country": "PT",
    "current": PASSPHRASE,
    "handle": "mina",
    "id": "pt-emergency",
    "password": PASSPHRASE,
    "start": "2030-01-05T22:00",
    "timezone": "Europe/Lisbon",
}
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
bounded = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


def registered(app: Flask) -> dict[tuple[str, str], str]:
    """Every door of the server as the description would write it, with its endpoint."""
    return {
        (method, re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)): rule.endpoint
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        if rule.endpoint != "static"
    }


def described() -> dict[tuple[str, str], Mapping[str, Any]]:
    return {
        (method.upper(), path): operation
        for path, methods in DESCRIPTION["paths"].items()
        for method, operation in methods.items()
    }


def test_every_door_is_described_and_every_description_is_a_door(app):
    doors, words = set(registered(app)), set(described())
    assert doors - words == set(), "not in docs/openapi.yaml"
    assert words - doors == set(), "not in the server"


def test_the_description_says_who_a_door_is_open_to(app):
    with app.app_context():
        found = {door: audience_of(endpoint) for door, endpoint in registered(app).items()}
    wrong = {
        door: (operation["x-audience"], str(found[door]))
        for door, operation in described().items()
        if door in found and operation["x-audience"] != found[door]
    }
    assert wrong == {}


def test_every_door_has_a_name_and_a_sentence_of_its_own():
    names = [operation["operationId"] for operation in described().values()]
    assert len(names) == len(set(names))
    assert all(operation["summary"].endswith(".") for operation in described().values())


def ask(client: Browser, case: Case) -> TestResponse:
    body: dict[str, Any] = {}
    if isinstance(case.body, bytes):
        body = {"data": case.body, "content_type": "application/json"}
    elif not isinstance(case.body, NotSet):
        body = {"json": case.body}
    return client.open(
        case.formatted_path,
        method=case.method,
        query_string=dict(case.query or {}),
        headers={**JSON, "X-CSRFToken": client.csrf},
        **body,
    )


@pytest.fixture
def somebody(browser, stranger) -> Callable[[str], Browser]:
    """One browser a person, opened when it is first needed."""
    open_ones = {"nobody": stranger}

    def sit(name: str) -> Browser:
        if name not in open_ones:
            open_ones[name] = browser(name)
        return open_ones[name]

    return sit


@pytest.mark.parametrize("label", sorted(OPERATIONS))
def test_whatever_is_sent_the_answer_is_one_that_is_described(label, somebody, things):
    operation = OPERATIONS[label]
    sent = st.one_of(
        operation.as_strategy(GenerationMode.POSITIVE),
        operation.as_strategy(GenerationMode.NEGATIVE),
    )

    @bounded
    @given(case=sent, who=st.sampled_from(WHO), picks=st.data())
    def talk(case: Case, who: str, picks: Any) -> None:
        for name in case.path_parameters:
            known = things.get(name, [])
            case.path_parameters[name] = picks.draw(
                st.sampled_from([*known, *known, case.path_parameters[name]])
            )
        if isinstance(case.body, dict):
            for name in case.body.keys() & GOOD.keys():
                case.body[name] = picks.draw(st.sampled_from([GOOD[name], case.body[name]]))
        response = ask(somebody(who), case)
        case.validate_response(response, checks=CHECKS)

    talk()


class LivedIn:
    """A world made once, of which each test has a copy: it costs more than most tests do."""

    people: dict[str, str]
    things: dict[str, list[str]]

    def __call__(self, url: str) -> None:
        with house_while_filled(url) as app:
            database = workshop(app).database
            with database.unit() as unit:
                self.people = make_people(unit)
            sit = functools.cache(lambda handle: signed_in(app, self.people[handle]))
            self.things = make_things(database, gather(database, self.people), sit)


LIVED_IN = LivedIn()


@pytest.fixture(name="settings")
def _settings(tmp_path: Path) -> Iterator[Settings]:
    with fresh_database(tmp_path, LIVED_IN) as url:
        yield settings_of(tmp_path, url)


@pytest.fixture
def people(settings: Settings) -> dict[str, str]:
    return LIVED_IN.people


@pytest.fixture
def things(settings: Settings) -> dict[str, list[str]]:
    return LIVED_IN.things


def hands_over(database: Database, cast: Cast, somebody: Callable[[str], Browser]) -> str:
    """Nora, a mentor, comes, and Paul asks whether she would go on with Rae; the request."""
    about = accounts.About("PT", "Europe/Lisbon", settled=True)
    with database.unit() as unit:
        kept = CHEAP.hash(PASSPHRASE)
        cast.ids["nora"] = accounts.create(unit, "nora", Role.MENTOR, kept, about)
    somebody("nora").send("/mentors/limits", languages="en", most=3)
    [pair] = somebody("paul").ask("/mentors/pair").json["pairs"]
    path = f"/mentors/pairings/{pair['id']}/hand-over"
    return str(somebody("paul").send(path, handle="nora").json["hand_over"])


EVENING = {"weekday": 1, "start": "20:00", "minutes": 60, "once": True}


def make_things(
    database: Database, cast: Cast, somebody: Callable[[str], Browser]
) -> dict[str, list[str]]:
    """Real ids and names of a lived-in world, so that doors are really gone through."""
    with database.unit() as unit:
        meeting = plan_meeting(unit, cast.group)
        room = groups.meeting_by_id(unit, meeting).room_id or ""
        series = groups.meeting_by_id(unit, meeting).series_id
    mina, mo, ada = somebody("mina"), somebody("mo"), somebody("ada")
    said = [
        mina.send(f"/rooms/{cast.lounge}/messages", body=body, client_id=f"c{number}").json
        for number, body in enumerate(("A quiet night.", "You should drop to 2 mg tomorrow."))
    ]
    refresh_rules(database)
    case_id = mina.send("/help/now", note="I am scared.").json["case"]
    with database.read() as unit:
        way_in = str(crisis.way_in(unit, cast["mina"]))
    somebody("paul").send(f"/rooms/{cast.lounge}/backup", note="Please look.")
    wren = {"languages": "en", "most": 3}
    somebody("paul").send("/mentors/limits", **wren)
    mina.send("/mentors/search", languages="en")
    rae = somebody("rae")
    rae.send("/mentors/search", languages="en")
    other = rae.send("/mentors/paul/ask").json["ask"]
    pairing = somebody("paul").send(f"/mentors/asks/{other}/accept").json["pairing"]
    applied = somebody("otto").send("/mentors/apply", **APPLICATION).json["application"]
    shift = {"handle": "mo", "weekday": 0, "start": "00:00", "minutes": 600, "timezone": "UTC"}
    number = {"id": "pt-emergency", "number": "112", "source": "https://example.org/numbers"}
    away = {"starts_at": "2030-01-05T00:00", "ends_at": "2030-01-05T02:00"}
    warning = {"kind": "warn", "reason": "Please be kind.", "rule": "no_harassment"}
    return {
        "account_id": [cast["otto"]],
        "application_id": [applied],
        "ask_id": [mina.send("/mentors/paul/ask").json["ask"]],
        "action_id": [mo.send("/moderation/people/otto/sanction", **warning).json["sanction"]],
        "call_id": [mo.ask("/backup").json["calls"][0]["id"]],
        "case_id": [case_id],
        "change_id": [mo.send("/crisis/rota/changes", **away, cover="1").json["change"]],
        "country": ["PT", "US", "XX"],
        "edit_id": [ada.send("/crisis/numbers/changes", **number).json["change"]],
        "handle": ["otto", "paul"],
        "line_id": [mina.send("/journal/plan", heading="helps", text="Tea.").json["line"]],
        "item_id": [each["id"] for each in mo.ask("/moderation").json["items"]],
        "meeting_id": [meeting],
        "message_id": [each["message"]["id"] for each in said],
        "pairing_id": [pairing],
        "room_id": [cast.lounge, room],
        "rule_id": [shipped().rules[0].id],
        "sanction_id": [mo.send("/moderation/people/otto/sanction", **warning).json["sanction"]],
        "set_id": [each["id"] for each in mo.ask("/moderation/rules").json["versions"]],
        "secret": [mina.send("/account/calendar").json["calendar"].split("/")[-1][:-4]],
        "series_id": [series],
        "session_id": [each["id"] for each in mina.ask("/account/sessions").json["sessions"]],
        "shift_id": [ada.send("/crisis/rota", **shift).json["shift"]],
        "hand_over_id": [hands_over(database, cast, somebody)],
        "watch_id": [somebody("paul").send("/mentors/shifts", **EVENING).json["shift"]],
        "slug": [cast.slug],
        "words_id": [
            mo.send("/moderation/words", title="Be kind", text="Please.", rule="safety").json["id"]
        ],
        "step_id": [ada.send("/moderation/people/paul/promote", reason="Kind.").json["id"]],
        "swap_id": [mo.send("/crisis/rota/swaps", **away).json["swap"]],
        "token": [way_in.rsplit("/", 1)[1]],
    }


def test_the_lived_in_world_has_something_for_every_name_in_a_path(things):
    names = {name for _, path in described() for name in re.findall(r"{(\w+)}", path)}
    assert {name for name, known in things.items() if known} == names
