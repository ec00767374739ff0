"""What moderators send about links, appeals and their own work: what is read, what is refused."""

import pytest

from support.base.errors import Invalid
from support.moderation.forms import (
    AnswerForm,
    AppealForm,
    DomainForm,
    DropDomainForm,
    HandOverForm,
    NoteForm,
    OutsideAppealForm,
    PauseForm,
    QueueFilter,
    ReadyForm,
    ReasonForm,
    Showing,
    UndoForm,
)
from support.moderation.rules.appeals import Outcome
from support.moderation.rules.desk import HouseRule
from support.moderation.rules.domains import DomainKind

READY = {"title": "No selling", "text": "We do not sell here.", "rule": "no_trading"}


@pytest.mark.parametrize(
    ("form", "sent", "read"),
    [
        (AppealForm, {"text": " Please look. "}, AppealForm("Please look.")),
        (OutsideAppealForm, {"token": "t", "text": "x"}, OutsideAppealForm("t", "x")),
        (AnswerForm, {"outcome": "keep", "reply": "x"}, AnswerForm(Outcome.KEEP, None, "x")),
        (
            AnswerForm,
            {"outcome": "shorten", "reply": "x", "minutes": "30"},
            AnswerForm(Outcome.SHORTEN, 30, "x"),
        ),
        (HandOverForm, {"to": "rae"}, HandOverForm("rae")),
        (PauseForm, {"minutes": "0"}, PauseForm(0)),
        (PauseForm, {"minutes": 2880}, PauseForm(2880)),
        (NoteForm, {"text": "Fern had a bad night."}, NoteForm("Fern had a bad night.")),
        (
            ReadyForm,
            READY,
            ReadyForm("No selling", "We do not sell here.", HouseRule.NO_TRADING),
        ),
        (UndoForm, {}, UndoForm("")),
        (UndoForm, {"reason": "I misread it."}, UndoForm("I misread it.")),
        (ReasonForm, {"reason": "He took it back."}, ReasonForm("He took it back.")),
        (
            DomainForm,
            {"domain": "https://Example.org/x", "kind": "block"},
            DomainForm("example.org", DomainKind.BLOCK, ""),
        ),
        (DropDomainForm, {"domain": "Example.org"}, DropDomainForm("example.org")),
    ],
)
def test_what_is_sent_is_read(form, sent, read):
    assert form.parse(sent) == read


@pytest.mark.parametrize(
    ("form", "sent", "field"),
    [
        (AppealForm, {"text": "   "}, "text"),
        (AppealForm, {"text": ["x"]}, "text"),
        (AppealForm, {"text": "x" * 1001}, "text"),
        (OutsideAppealForm, {"text": "x"}, "token"),
        (OutsideAppealForm, {"token": "t" * 401, "text": "x"}, "token"),
        (AnswerForm, {"outcome": "lift"}, "reply"),
        (AnswerForm, {"outcome": "forgive", "reply": "x"}, "outcome"),
        (AnswerForm, {"outcome": "shorten", "reply": "x", "minutes": "soon"}, "minutes"),
        (AnswerForm, {"outcome": "lift", "reply": "x", "minutes": 5}, "minutes"),
        (HandOverForm, {}, "to"),
        (HandOverForm, {"to": "x" * 61}, "to"),
        (PauseForm, {}, "minutes"),
        (PauseForm, {"minutes": -1}, "minutes"),
        (PauseForm, {"minutes": 2881}, "minutes"),
        (PauseForm, {"minutes": True}, "minutes"),
        (NoteForm, {"text": "x" * 1001}, "text"),
        (ReadyForm, {**READY, "title": "x" * 61}, "title"),
        (ReadyForm, {**READY, "text": ""}, "text"),
        (ReadyForm, {**READY, "rule": "be_nice"}, "rule"),
        (UndoForm, {"reason": "x" * 501}, "reason"),
        (ReasonForm, {}, "reason"),
        (DomainForm, {"domain": "example", "kind": "allow"}, "domain"),
        (DomainForm, {"domain": "example.org", "kind": "maybe"}, "kind"),
        (DomainForm, {"domain": "example.org", "kind": "allow", "why": "x" * 201}, "why"),
        (DropDomainForm, {"domain": "no domain"}, "domain"),
    ],
)
def test_what_is_wrong_is_named(form, sent, field):
    with pytest.raises(Invalid) as refusal:
        form.parse(sent)
    assert set(refusal.value.fields) == {field}


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        (AppealForm, {"text": "x"}),
        (OutsideAppealForm, {"token": "t", "text": "x"}),
        (AnswerForm, {"outcome": "keep", "reply": "x"}),
        (HandOverForm, {"to": "rae"}),
        (PauseForm, {"minutes": 30}),
        (NoteForm, {"text": "x"}),
        (ReadyForm, READY),
        (UndoForm, {}),
        (ReasonForm, {"reason": "x"}),
        (DomainForm, {"domain": "example.org", "kind": "allow"}),
        (DropDomainForm, {"domain": "example.org"}),
    ],
)
def test_a_field_nobody_knows_is_refused(form, sent):
    form.parse(sent)
    with pytest.raises(Invalid):
        form.parse({**sent, "role": "admin"})


def test_the_queue_can_be_asked_for_appeals_alone():
    assert QueueFilter.parse({"show": "appeals"}).showing is Showing.APPEALS
    assert QueueFilter.parse({}).showing is Showing.WAITING
