"""What people send to the desk: what is read, what is refused."""

import pytest

from support.base.errors import Invalid
from support.base.fields import NothingForm
from support.moderation.forms import (
    DecideForm,
    QueueFilter,
    ReasonForm,
    ReportForm,
    SanctionForm,
    Showing,
)
from support.moderation.rules.desk import HouseRule, Reason, SanctionKind, Verdict

DECIDED = {"decision": "remove", "reason": "It sells pills.", "rule": "no_trading"}


def test_a_report_is_a_message_and_a_reason() -> None:
    form = ReportForm.parse({"message": "m1", "reason": "dosing"})
    assert form == ReportForm("m1", Reason.DOSING, "")


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"message": "m1"}, "reason"),
        ({"message": "m1", "reason": "because"}, "reason"),
        ({"message": "m1", "reason": ["spam"]}, "reason"),
        ({"reason": "spam"}, "message"),
        ({"message": {"id": 1}, "reason": "spam"}, "message"),
        ({"message": "m1", "reason": "spam", "details": "x" * 501}, "details"),
        ({"message": "m1", "reason": "spam", "details": 7}, "details"),
        ({"message": "m1", "reason": "spam", "severity": "critical"}, "severity"),
    ],
)
def test_a_report_that_cannot_be_read_names_the_field(sent: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refused:
        ReportForm.parse(sent)
    assert field in refused.value.fields


def test_a_decision_has_a_reason_and_a_rule() -> None:
    form = DecideForm.parse(DECIDED)
    assert form == DecideForm(Verdict.REMOVE, None, "It sells pills.", HouseRule.NO_TRADING)


@pytest.mark.parametrize("missing", ["decision", "reason", "rule"])
def test_a_decision_without_one_of_the_three_is_refused(missing: str) -> None:
    with pytest.raises(Invalid) as refused:
        DecideForm.parse({key: value for key, value in DECIDED.items() if key != missing})
    assert set(refused.value.fields) == {missing}


@pytest.mark.parametrize("minutes", [0, -1, "soon", 10**9, True])
def test_minutes_are_a_sensible_number(minutes: object) -> None:
    with pytest.raises(Invalid) as refused:
        DecideForm.parse({**DECIDED, "decision": "mute", "minutes": minutes})
    assert "minutes" in refused.value.fields


def test_a_removal_has_no_length() -> None:
    with pytest.raises(Invalid):
        DecideForm.parse({**DECIDED, "minutes": 10})


def test_a_sanction_may_name_a_group_and_a_length() -> None:
    form = SanctionForm.parse(
        {"kind": "mute", "minutes": "30", "reason": "Shouting.", "rule": "no_harassment"}
    )
    assert (form.kind, form.minutes, form.group) == (SanctionKind.MUTE, 30, "")


@pytest.mark.parametrize("kind", ["allow", "remove", "fire"])
def test_only_five_things_can_happen_to_a_person(kind: str) -> None:
    with pytest.raises(Invalid) as refused:
        SanctionForm.parse({"kind": kind, "reason": "x", "rule": "safety"})
    assert "kind" in refused.value.fields


def test_a_warning_has_no_length() -> None:
    with pytest.raises(Invalid):
        SanctionForm.parse({"kind": "warn", "minutes": 5, "reason": "x", "rule": "safety"})


def test_ending_early_takes_a_reason() -> None:
    assert ReasonForm.parse({"reason": "We spoke."}).reason == "We spoke."
    with pytest.raises(Invalid):
        ReasonForm.parse({"reason": "  "})


def test_the_queue_shows_what_waits_unless_asked() -> None:
    assert QueueFilter.parse({"utm": "x"}) == QueueFilter(Showing.WAITING, "", "")
    assert QueueFilter.parse({"show": "mine", "label": "sourcing"}).showing is Showing.MINE


def test_an_unknown_part_of_the_queue_is_refused() -> None:
    with pytest.raises(Invalid):
        QueueFilter.parse({"show": "everything"})


def test_a_form_of_nothing_takes_nothing() -> None:
    NothingForm.parse({})
    with pytest.raises(Invalid):
        NothingForm.parse({"all": True})
