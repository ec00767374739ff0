"""Everything that changes a case, the rota, or the team's word on a number."""

from support.crisis.actions.calling import (
    CaseChanged,
    CaseOpened,
    CaseTaken,
    RungReached,
    climb_due,
    lapse_due,
)
from support.crisis.actions.desk import acknowledge, close, hand_over, note, still_here
from support.crisis.actions.edits import answer_change, change_number
from support.crisis.actions.forgetting import CaseMemory, tidy
from support.crisis.actions.helping import (
    answer_for_plan,
    ask_for_plan,
    ask_for_substitute,
    plan_for,
    words_before,
)
from support.crisis.actions.ladder import forget_ladder, rehearse, store_ladder
from support.crisis.actions.numbers import (
    confirm_country,
    decide_number,
    publish,
    tell_of_numbers,
)
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
    "CaseTaken",
    "RungReached",
    "acknowledge",
    "add_change",
    "add_shift",
    "answer_change",
    "answer_for_plan",
    "answer_swap",
    "ask_for_help",
    "ask_for_plan",
    "ask_for_substitute",
    "ask_swap",
    "change_number",
    "climb_due",
    "close",
    "confirm_country",
    "decide_number",
    "end_rest",
    "forget_ladder",
    "hand_over",
    "lapse_due",
    "note",
    "plan_for",
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
    "tell_of_numbers",
    "tidy",
    "words_before",
]
