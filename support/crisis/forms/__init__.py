"""What people send to the crisis desk, the same by form, by JSON and by socket."""

from support.crisis.forms.cases import (
    CaseForm,
    CloseForm,
    HandOverForm,
    HelpForm,
    MeetingForm,
    NoteForm,
    WordsForm,
    YesForm,
)
from support.crisis.forms.numbers import Decided, EditForm, NumberForm
from support.crisis.forms.rota import Answer, AnswerForm, LadderForm, ShiftForm, SpanForm

__all__ = [
    "Answer",
    "AnswerForm",
    "CaseForm",
    "CloseForm",
    "Decided",
    "EditForm",
    "HandOverForm",
    "HelpForm",
    "LadderForm",
    "MeetingForm",
    "NoteForm",
    "NumberForm",
    "ShiftForm",
    "SpanForm",
    "WordsForm",
    "YesForm",
]
