"""Every change to groups, meetings, seats and listings."""

from support.groups.actions.attending import rsvp
from support.groups.actions.calendar import new_calendar_secret
from support.groups.actions.dates import call_off, cancel, move, set_meeting_state
from support.groups.actions.facts import MeetingChanged, MemberJoined, MemberLeft, SeatGiven
from support.groups.actions.forgetting import GroupMemory
from support.groups.actions.founding import found, take_in
from support.groups.actions.hosts import answer_host, ask_host, step_down, take_back_ask
from support.groups.actions.importing import apply_plan
from support.groups.actions.joining import (
    answer,
    invite,
    join,
    leave,
    remove_member,
    restore_member,
)
from support.groups.actions.planning import (
    change_series,
    check_host,
    end_series,
    plan_series,
    read_plan,
)
from support.groups.actions.schedule import extend_due, plan
from support.groups.actions.seats import cancel_rsvp
from support.groups.actions.standing_by import stand_by
from support.groups.actions.upcoming import refresh_listings, refresh_next, refresh_passed

__all__ = [
    "GroupMemory", "MeetingChanged", "MemberJoined", "MemberLeft", "SeatGiven", "answer",
    "answer_host", "apply_plan", "ask_host", "call_off", "cancel", "cancel_rsvp", "change_series",
    "check_host", "end_series", "extend_due", "found", "invite", "join", "leave", "move",
    "new_calendar_secret", "plan", "plan_series", "read_plan", "refresh_listings", "refresh_next",
    "refresh_passed", "remove_member", "restore_member", "rsvp", "set_meeting_state", "stand_by",
    "step_down", "take_back_ask", "take_in",
]  # fmt: skip
