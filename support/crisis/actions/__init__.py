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
from support.crisis.actions.ladder import forget_ladder, rehearse, store_ladder
from support.crisis.actions.numbers import confirm_country, decide_number, publish
from support.crisis.actions.resting import end_rest
from support.crisis.actions.rota import add_shift, remove_shift
from support.crisis.actions.side_door import read, say
from support.crisis.actions.signals import ask_for_help, raise_signal
from support.crisis.actions.swaps import (
    add_change,
    answer_swap,
    ask_swap,
    remove_change,
    tell_of_gaps,
)

__all__ = [
    "CaseChanged",
    "CaseMemory",
    "CaseOpened",
    "RungReached",
    "acknowledge",
    "add_change",
    "add_shift",
    "answer_swap",
    "ask_for_help",
    "ask_swap",
    "climb_due",
    "close",
    "confirm_country",
    "decide_number",
    "end_rest",
    "forget_ladder",
    "hand_over",
    "lapse_due",
    "note",
    "publish",
    "raise_signal",
    "read",
    "rehearse",
    "remove_change",
    "remove_shift",
    "say",
    "still_here",
    "store_ladder",
    "tell_of_gaps",
    "tidy",
]
