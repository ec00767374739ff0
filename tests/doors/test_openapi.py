"""docs/openapi.yaml says what the server does: the same doors, the same audiences, no surprises."""

import re
from collections.abc import Callable, Mapping
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

from support.web.access import audience_of
from tests.databases import KIND
from tests.people import JSON, Browser

DESCRIPTION = yaml.safe_load(
    Path(__file__).resolve().parents[2].joinpath("docs/openapi.yaml").read_text(encoding="utf-8")
)
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
OPERATIONS = {
    operation.label: operation for operation in (each.ok() for each in SCHEMA.get_all_operations())
}
# PostgreSQL is asked less often: there it is only the types that could differ.
EXAMPLES = 4 if KIND == "postgres" else 12
WHO = ("nobody", "mina", "paul", "mo", "ada")
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
        response = ask(somebody(who), case)
        case.validate_response(response, checks=CHECKS)

    talk()


@pytest.fixture
def things(people) -> dict[str, list[str]]:
    """Real ids and names, so that doors are really gone through."""
    return {
        "account_id": list(people.values()),
        "handle": list(people),
        "country": ["PT", "US", "XX"],
        "slug": ["night-owls"],
    }
