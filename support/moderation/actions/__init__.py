"""Report, find, claim, decide, sanction, sign: every write of the desk."""

from support.moderation.actions.answers import Answered, answer
from support.moderation.actions.appeal_reading import AppealReading, is_appeal, read_appeal
from support.moderation.actions.appeals import appeal, ask_again_about_late
from support.moderation.actions.bringing import bring
from support.moderation.actions.by_command import ban_by_operator, lift_by_operator
from support.moderation.actions.claims import claim, release, take_next
from support.moderation.actions.decisions import Decided, decide, undo
from support.moderation.actions.domains import drop_domain, list_domain
from support.moderation.actions.facts import ItemDecided, QueueChanged
from support.moderation.actions.findings import file_findings, show_repeated, withdrawn
from support.moderation.actions.forgetting import DeskMemory
from support.moderation.actions.hosted import (
    Hold,
    decide_hold,
    decided_lately,
    hidden_lately,
    hide_for_host,
    holds_in,
    room_of_hold,
    take_back_hold,
    unhide_for_host,
)
from support.moderation.actions.looking import adds_to, mark_looked, take_over_looks
from support.moderation.actions.reading import (
    PersonReading,
    Reading,
    Said,
    at_the_door,
    own_decisions,
    read_item,
    read_person,
)
from support.moderation.actions.reports import check_may_report, report
from support.moderation.actions.sanctions import Imposed, cosign, end, sanction
from support.moderation.actions.sealing import AT_ONCE as SEALS_AT_ONCE
from support.moderation.actions.sealing import expire, seal_older
from support.moderation.actions.sealing import seal_gone as seal
from support.moderation.actions.signing import (
    Unsealed,
    ask_about_item,
    ask_for_moderator,
    lapse_steps,
    open_seals,
    refuse_step,
    sign_step,
)
from support.moderation.actions.similar import Alike, domains_in, past, same_link, similar
from support.moderation.actions.team import (
    change_ready,
    drop_ready,
    forget_work,
    hand_over,
    keep_ready,
    leave_note,
    pause,
    skip,
)
from support.moderation.actions.time import AT_ONCE, end_sanctions, lapse_held

__all__ = [
    "AT_ONCE",
    "SEALS_AT_ONCE",
    "Alike",
    "Answered",
    "AppealReading",
    "Decided",
    "DeskMemory",
    "Hold",
    "Imposed",
    "ItemDecided",
    "PersonReading",
    "QueueChanged",
    "Reading",
    "Said",
    "Unsealed",
    "adds_to",
    "answer",
    "appeal",
    "ask_about_item",
    "ask_again_about_late",
    "ask_for_moderator",
    "at_the_door",
    "ban_by_operator",
    "bring",
    "change_ready",
    "check_may_report",
    "claim",
    "cosign",
    "decide",
    "decide_hold",
    "decided_lately",
    "domains_in",
    "drop_domain",
    "drop_ready",
    "end",
    "end_sanctions",
    "expire",
    "file_findings",
    "forget_work",
    "hand_over",
    "hidden_lately",
    "hide_for_host",
    "holds_in",
    "is_appeal",
    "keep_ready",
    "lapse_held",
    "lapse_steps",
    "leave_note",
    "lift_by_operator",
    "list_domain",
    "mark_looked",
    "open_seals",
    "own_decisions",
    "past",
    "pause",
    "read_appeal",
    "read_item",
    "read_person",
    "refuse_step",
    "release",
    "report",
    "room_of_hold",
    "same_link",
    "sanction",
    "seal",
    "seal_older",
    "show_repeated",
    "sign_step",
    "similar",
    "skip",
    "take_back_hold",
    "take_next",
    "take_over_looks",
    "undo",
    "unhide_for_host",
    "withdrawn",
]
