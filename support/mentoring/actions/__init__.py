"""Apply, judge, set limits, look for somebody, ask, accept, part: every write of mentoring."""

from support.mentoring.actions.agreeing import agree_hours, propose_hours
from support.mentoring.actions.applying import apply, vote, withdraw
from support.mentoring.actions.handing import answer_hand_over, hand_over
from support.mentoring.actions.hosting import count_hosted
from support.mentoring.actions.leaving import MentorLeft
from support.mentoring.actions.limits import pause, set_limits
from support.mentoring.actions.memory import PairMemory
from support.mentoring.actions.nudging import nudge
from support.mentoring.actions.offers import own_offer
from support.mentoring.actions.pairing import accept, ask, decline, end, take_back
from support.mentoring.actions.renewing import remind, renew, rest
from support.mentoring.actions.searching import Found, look, proposals, seek
from support.mentoring.actions.shifts import (
    Offered,
    forget_old,
    give_back,
    give_up,
    hand_on,
    lay_out,
    sign_up,
    take,
)
from support.mentoring.actions.waiting import (
    alert_of_long_waits,
    stop_waiting,
    tell_who_fits,
    wait,
)

__all__ = [
    "Found",
    "MentorLeft",
    "Offered",
    "PairMemory",
    "accept",
    "agree_hours",
    "alert_of_long_waits",
    "answer_hand_over",
    "apply",
    "ask",
    "count_hosted",
    "decline",
    "end",
    "forget_old",
    "give_back",
    "give_up",
    "hand_on",
    "hand_over",
    "lay_out",
    "look",
    "nudge",
    "own_offer",
    "pause",
    "proposals",
    "propose_hours",
    "remind",
    "renew",
    "rest",
    "seek",
    "set_limits",
    "sign_up",
    "stop_waiting",
    "take",
    "take_back",
    "tell_who_fits",
    "vote",
    "wait",
    "withdraw",
]
