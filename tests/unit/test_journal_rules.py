"""What a plan is made of, and what may be sent for it."""

import pytest

from support.base.errors import Invalid
from support.base.fields import NothingForm
from support.journal.forms import LineForm, WordsForm
from support.journal.rules import LONGEST_LINE, Heading, Line, plan_of


def test_a_plan_has_all_its_headings_in_the_order_of_need_even_when_nothing_is_written():
    empty = plan_of([])
    assert empty.headings[0] is Heading.SIGNS
    assert empty.headings[-1] is Heading.SAFER
    assert [part["heading"] for part in empty.facts()["plan"]] == list(Heading)
    assert all(part["lines"] == [] for part in empty.facts()["plan"])


def test_lines_stand_under_their_heading_as_they_were_written():
    first, other, second = (
        Line("a", Heading.HELPS, "cold water"),
        Line("b", Heading.CALL, "Ana"),
        Line("c", Heading.HELPS, "a walk"),
    )
    plan = plan_of(iter([first, other, second]))
    assert plan.under(Heading.HELPS) == [first, second]
    assert plan.under(Heading.PLACES) == []
    assert {"heading": "call", "lines": [{"id": "b", "text": "Ana"}]} in plan.facts()["plan"]


def test_words_are_cleaned_at_their_ends_and_kept_as_they_are_between():
    form = LineForm.parse({"heading": "people", "text": "  my sister,\nand the dog  "})
    assert form == LineForm(Heading.PEOPLE, "my sister,\nand the dog")
    assert WordsForm.parse({"text": " Ana "}).text == "Ana"
    assert NothingForm.parse({}) == NothingForm()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"heading": "score", "text": "x"}, "heading"),
        ({"text": "x"}, "heading"),
        ({"heading": "helps"}, "text"),
        ({"heading": "helps", "text": "   "}, "text"),
        ({"heading": "helps", "text": "x" * (LONGEST_LINE + 1)}, "text"),
        ({"heading": "helps", "text": ["x"]}, "text"),
        ({"heading": "helps", "text": "x", "for": "mina"}, "for"),
    ],
)
def test_what_is_no_line_is_refused_with_its_field(sent, field):
    with pytest.raises(Invalid) as no:
        LineForm.parse(sent)
    assert field in no.value.fields


@pytest.mark.parametrize("sent", [{}, {"text": ""}, {"text": "x", "heading": "helps"}])
def test_other_words_are_words_and_nothing_else(sent):
    with pytest.raises(Invalid):
        WordsForm.parse(sent)


def test_a_button_carries_nothing():
    with pytest.raises(Invalid):
        NothingForm.parse({"text": "x"})
