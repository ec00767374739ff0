"""What people send to the crisis desk, by whichever name their words come."""

import pytest

from support.base.errors import Invalid
from support.crisis.forms import CloseForm, HandOverForm, NoteForm


@pytest.mark.parametrize("name", ["body", "note", "text"])
def test_words_for_a_case_are_taken_by_any_of_their_names(name: str) -> None:
    assert NoteForm.parse({name: "we talk"}, "c").body == "we talk"
    assert HandOverForm.parse({name: "we talk", "to": "rae"}, "c").to == "rae"
    assert CloseForm.parse({name: "we talk", "outcome": "safe"}, "c").body == "we talk"


def test_two_names_at_once_are_one_too_many() -> None:
    with pytest.raises(Invalid):
        NoteForm.parse({"body": "we talk", "note": "and more"}, "c")


def test_a_note_without_words_is_refused() -> None:
    with pytest.raises(Invalid):
        NoteForm.parse({}, "c")
