"""The checker: a wrong digit is found before a person in danger dials it."""

import hashlib
import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

import support.crisis
from support.crisis.rules import check

FOLDER = Path(support.crisis.__file__).parent / "data"
SHIPPED = json.loads((FOLDER / "crisis_resources.json").read_text("utf-8"))
TODAY = date(2026, 11, 23)
# Every number that ships, in one figure: whoever changes a number looks at it twice, then here.
NUMBERS = "d81fcf3733a5a2e2"


def service_of(data, name):
    for country in data["countries"]:
        for service in country["services"]:
            if service["id"] == name:
                return service
    raise LookupError(name)


def broken(name="pt-crisis-sos-voz-amiga", **changes):
    data = deepcopy(SHIPPED)
    service_of(data, name).update(changes)
    return check(data, TODAY).errors


def test_the_shipped_file_has_no_error():
    found = check(SHIPPED, TODAY)
    assert found.errors == ()
    assert (found.countries, found.services) == (244, 191)


def test_the_shipped_numbers_are_the_ones_that_were_looked_at():
    numbers = [
        (
            country["iso2"],
            country["emergency"]["show_first"],
            service and (service["id"], service["phone"], service["phone_e164"], service["sms"]),
        )
        for country in SHIPPED["countries"]
        for service in (country["services"] or [None])
    ]
    digest = hashlib.sha256(json.dumps(numbers, ensure_ascii=True).encode()).hexdigest()
    assert digest[:16] == NUMBERS


def test_the_readme_beside_the_data_names_source_and_licence():
    readme = (FOLDER / "README.md").read_text("utf-8")
    assert SHIPPED["licence_note"] in readme
    assert SHIPPED["generated_on"] in readme


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"phone": "213 544 546"}, "are two numbers"),
        ({"phone_e164": "+351213544546"}, "are two numbers"),
        ({"phone_e164": "213544545"}, "no international number"),
        ({"phone": "113 544 545", "phone_e164": "+351113544545"}, "is valid nowhere"),
        ({"phone": None, "phone_e164": None}, "no way to reach it"),
        ({"url": "javascript:alert(1)"}, "no web address"),
        ({"chat_url": "www.example.org"}, "no web address"),
        ({"id": "pt-crisis-voz-de-apoio"}, "the id is there twice"),
    ],
)
def test_a_spoilt_service_is_named(changes, said):
    assert any(said in error for error in broken(**changes)), broken(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"level": "E"}, "shown although nobody has verified it"),
        ({"level": "X"}, "level X is not known"),
        ({"lists": [], "pages": []}, "no source"),
        ({"reverify_by": "soon"}, "cannot be read"),
        ({"reverify_by": None}, "cannot be read"),
    ],
)
def test_a_spoilt_verification_is_named(changes, said):
    verified = service_of(SHIPPED, "pt-crisis-sos-voz-amiga")["verified"] | changes
    assert any(said in error for error in broken(verified=verified))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"show_first": "1i2"}, "is no number"),
        ({"show_first": "call 112"}, "is no number"),
        ({"also_show": ["+"]}, "is no number"),
        ({"verified": {"sources": [], "as_of": {}}}, "without a source"),
        ({"verified": None}, "cannot be read"),
    ],
)
def test_a_spoilt_emergency_number_is_named(changes, said):
    data = deepcopy(SHIPPED)
    portugal = next(country for country in data["countries"] if country["iso2"] == "PT")
    portugal["emergency"].update(changes)
    assert any(said in error for error in check(data, TODAY).errors)


@pytest.mark.parametrize("country", [None, 7, {}, {"iso2": "PT"}, {"iso2": "pt", "name": "x"}])
def test_a_country_that_cannot_be_read_is_named(country):
    assert check({**SHIPPED, "countries": [country]}, TODAY).errors


@pytest.mark.parametrize("data", [None, [], "x", {}, {"countries": 3}])
def test_a_file_that_is_no_directory_is_refused(data):
    assert check(data, TODAY).errors


def test_the_same_country_twice_is_named():
    data = deepcopy(SHIPPED)
    data["countries"].append(data["countries"][0])
    assert any("country is there twice" in error for error in check(data, TODAY).errors)


def test_a_missing_field_is_named_by_the_service_it_is_missing_in():
    data = deepcopy(SHIPPED)
    del service_of(data, "pt-crisis-sos-voz-amiga")["hours"]
    (error,) = check(data, TODAY).errors
    assert error.startswith("pt-crisis-sos-voz-amiga: cannot be read")


def test_what_falls_due_is_a_warning_and_keeps_nobody_from_help():
    found = check(SHIPPED, date(2027, 6, 1))
    assert found.errors == ()
    assert sum("re-verify date has passed" in warning for warning in found.warnings) == 191


def test_a_country_without_an_emergency_number_is_a_warning():
    data = deepcopy(SHIPPED)
    data["countries"][0]["emergency"].update(show_first=None, show_all_when_unsure=[], also_show=[])
    assert any("no emergency number" in warning for warning in check(data, TODAY).warnings)
