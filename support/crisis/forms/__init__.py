"""What people send to the crisis desk, the same by form, by JSON and by socket."""

from support.crisis.forms.cases import (
    CaseForm,
    CloseForm,
    HandOverForm,
    HelpForm,
    NoteForm,
    WordsForm,
)
from support.crisis.forms.numbers import Decided, NumberForm
from support.crisis.forms.rota import Answer, AnswerForm, LadderForm, ShiftForm, SpanForm

__all__ = [
    "Answer",
    "AnswerForm",
    "CaseForm",
    "CloseForm",
    "Decided",
    "HandOverForm",
    "HelpForm",
    "LadderForm",
    "NoteForm",
    "NumberForm",
    "ShiftForm",
    "SpanForm",
    "WordsForm",
]
