"""Everything that changes a case, the rota, or the team's word on a number."""

from support.crisis.actions.calling import (
    CaseChanged,
    CaseOpened,
    RungReached,
    climb_due,
    lapse_due,
)
from support.crisis.actions.desk import acknowledge, close, hand_over, note, still_here
from support.crisis.actions.forgetting import CaseMemory, tidy
from support.crisis.actions.numbers import confirm_country, decide_number, publish
from support.crisis.actions.rota import add_shift, remove_shift
from support.crisis.actions.signals import ask_for_help, raise_signal

__all__ = [
    "CaseChanged",
    "CaseMemory",
    "CaseOpened",
    "RungReached",
    "acknowledge",
    "add_shift",
    "ask_for_help",
    "climb_due",
    "close",
    "confirm_country",
    "decide_number",
    "hand_over",
    "lapse_due",
    "note",
    "publish",
    "raise_signal",
    "remove_shift",
    "still_here",
    "tidy",
]
