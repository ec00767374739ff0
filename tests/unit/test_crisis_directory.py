"""Which numbers somebody sees: trusted ones, the emergency number first (guard rule G8)."""

import json
from copy import deepcopy
from datetime import date
from pathlib import Path

import pytest

import support.crisis
from support.crisis.rules import (
    chosen_country,
    help_card,
    read,
    region_of_browser,
    with_confirmations,
)
from support.crisis.rules.directory import dialled

SHIPPED = json.loads(
    (Path(support.crisis.__file__).parent / "data" / "crisis_resources.json").read_text("utf-8")
)
TODAY = date(2026, 11, 23)


AS_SHIPPED = read(SHIPPED, TODAY)


def card(code, data=SHIPPED, today=TODAY):
    as_shipped = data is SHIPPED and today == TODAY
    return help_card(AS_SHIPPED if as_shipped else read(data, today), code)


def confirmed(name, contact, state="confirmed", day="2026-11-23"):
    return with_confirmations(SHIPPED, {name: (state, day, contact)})


def every_resource():
    return [resource for country in AS_SHIPPED.countries.values() for resource in country.services]


def test_in_portugal_112_comes_first_then_the_suicide_line():
    shown = card("PT")
    assert shown.emergency_tels[0] == ("112", "112")
    assert [resource["number"] for resource in shown.facts()["resources"][:2]] == ["112", "1411"]


def test_levels_d_and_e_are_hidden_in_every_country():
    for code in AS_SHIPPED.countries:
        assert all(resource.level in "ABC" for resource in card(code).resources)


def test_what_the_data_set_itself_doubts_is_hidden_although_its_level_is_c():
    assert card("EG").resources == ()


def test_every_number_that_is_shown_without_the_teams_word_has_a_level_and_a_next_check():
    for resource in every_resource():
        assert resource.level
        assert resource.reverify_by


def test_a_line_of_level_e_is_shown_once_the_team_has_confirmed_it():
    assert "1414" not in [resource.number for resource in card("PT").resources]
    (line,) = card("PT", confirmed("pt-drug-linha-vida", "1414")).of("drug")
    assert (line.number, line.confirmed_on) == ("1414", TODAY)


def test_a_confirmation_counts_for_that_number_alone():
    data = confirmed("pt-drug-linha-vida", "1415")
    assert card("PT", data).of("drug") == []


def test_the_team_can_hide_a_trusted_number():
    data = confirmed("pt-crisis-sos-voz-amiga", "213 544 545", state="hidden")
    assert "SOS Voz Amiga" not in [resource.name for resource in card("PT", data).resources]


def test_a_number_past_its_date_is_flagged_not_dropped():
    late = card("PT", today=date(2027, 6, 1))
    assert late.resources
    assert all(resource.overdue for resource in late.resources)
    assert not any(resource.overdue for resource in card("PT").resources)


def test_a_confirmation_holds_for_ninety_days():
    data = confirmed("pt-crisis-sos-voz-amiga", "213 544 545", day="2026-11-01")
    friend = {resource.name: resource for resource in card("PT", data).resources}["SOS Voz Amiga"]
    assert friend.reverify_by == date(2027, 1, 30)


def test_the_emergency_number_can_be_confirmed_too():
    assert card("PT", confirmed("pt-emergency", "112")).emergency.confirmed_on == TODAY
    assert card("PT", confirmed("pt-emergency", "999")).emergency.confirmed_on is None


def test_where_sources_differ_all_numbers_are_shown_the_agreed_one_first():
    emergency = card("AF").emergency
    assert emergency.unsure
    assert emergency.number == "112"
    assert set(emergency.also) == {"119", "102", "100", "020112"}


def test_numbers_that_other_lists_give_come_after_the_one_to_try_first():
    emergency = card("ZA").emergency
    assert (emergency.number, emergency.also, emergency.unsure) == ("112", ("10177",), False)


def test_every_country_has_an_emergency_number_to_call():
    for code in AS_SHIPPED.countries:
        assert card(code).emergency_tels, code


def test_a_country_without_a_crisis_line_gets_links_that_help_find_one():
    assert ("Find A Helpline", "https://findahelpline.com") in card("AD").fallback
    assert card("PT").fallback == ()


@pytest.mark.parametrize("code", [None, "", "ZZ", "pt", "<b>"])
def test_an_unknown_country_gets_112_and_911_and_is_asked(code):
    unknown = card(code)
    assert unknown.country is None
    assert [number for number, _ in unknown.emergency_tels] == ["112", "911"]
    assert unknown.fallback


def test_hours_and_cost_are_told_only_where_a_provider_page_was_seen():
    calm = next(resource for resource in card("GB").resources if resource.name == "CALM")
    samaritans = next(r for r in card("GB").resources if r.name == "Samaritans")
    assert (calm.hours, calm.cost) == (None, None)
    assert (samaritans.hours, samaritans.cost) == ("24/7", "free")


def test_notes_written_for_operators_never_reach_members():
    facts = json.dumps([card(code).facts() for code in AS_SHIPPED.countries])
    assert "people died" not in facts
    assert "memory" not in facts
    assert "copy)" not in facts


@pytest.mark.parametrize(
    ("written", "tel"),
    [
        ("213 544 545", "213544545"),
        ("988 then 1", "988"),
        ("*4141", "*4141"),
        ("+351 213 544 545", "+351213544545"),
        ("(02) 123-456", "02123456"),
        ("ask at the desk", None),
        (None, None),
    ],
)
def test_what_is_written_becomes_what_a_telephone_dials(written, tel):
    assert dialled(written) == tel


def test_every_shown_phone_number_can_be_dialled():
    for resource in every_resource():
        if resource.is_shown and resource.number:
            assert resource.tel, resource.id
            assert set(resource.tel) <= set("+*0123456789")


def test_facts_are_plain_json_with_dates_as_text():
    facts = json.loads(json.dumps(card("PT").facts()))
    assert facts["country"] == "PT"
    assert facts["emergency"]["number"] == "112"
    assert facts["resources"][1]["last_seen"] == "2025-09-10"


def test_confirming_leaves_the_shipped_data_as_it_was():
    before = deepcopy(SHIPPED)
    confirmed("pt-drug-linha-vida", "1414")
    assert before == SHIPPED


KNOWN = set(AS_SHIPPED.countries)


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("pt-PT,pt;q=0.9,en;q=0.5", "PT"),
        ("en;q=0.5,pt-BR;q=0.8", "BR"),
        ("en,fi;q=0.5", "FI"),
        ("zh-Hant-TW", "TW"),
        ("pt", None),
        ("en", None),
        ("es-419,es;q=0.9", None),
        ("fr-XX", None),
        ("de-DE;q=0", None),
        ("de-DE;q=huge", None),
        ("", None),
        (None, None),
        ("-;;,,,=\x00" * 90, None),
    ],
)
def test_the_browser_names_a_country_only_where_its_language_does(header, code):
    assert region_of_browser(header, KNOWN) == code


@pytest.mark.parametrize(
    ("text", "code"), [("PT", "PT"), (" pt ", "PT"), ("ZZ", None), ("", None), (None, None)]
)
def test_a_chosen_country_must_be_one_we_know(text, code):
    assert chosen_country(text, KNOWN) == code
