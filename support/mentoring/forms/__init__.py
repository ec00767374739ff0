"""What people send about mentoring, read and checked."""

from support.mentoring.forms.answers import HandleForm, SignForm, SwitchForm, VoiceForm, VoteForm
from support.mentoring.forms.offering import ApplyForm, HoursForm, LimitsForm, Offering, SearchForm
from support.mentoring.forms.shifts import LoungeShiftForm

__all__ = [
    "ApplyForm",
    "HandleForm",
    "HoursForm",
    "LimitsForm",
    "LoungeShiftForm",
    "Offering",
    "SearchForm",
    "SignForm",
    "SwitchForm",
    "VoiceForm",
    "VoteForm",
]
