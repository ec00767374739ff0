"""Pure decisions about danger: cases, the ladder, the rota, and which numbers may be shown."""

from support.crisis.rules.cases import (
    ACKNOWLEDGED_FOR,
    Outcome,
    Standing,
    State,
    Step,
    acknowledgement_ends,
    after_signal,
    calls,
    check_may_acknowledge,
    check_may_close,
    check_may_hand_over,
    check_may_note,
)
from support.crisis.rules.checker import Checked, check
from support.crisis.rules.directory import (
    UNSURE_NUMBERS,
    Directory,
    Emergency,
    HelpCard,
    Resource,
    emergency_id,
    help_card,
    read,
    with_confirmations,
)
from support.crisis.rules.ladder import Target, due_at, next_due, target_of
from support.crisis.rules.region import chosen_country, region_of_browser
from support.crisis.rules.rota import Shift, gaps, on_call, spans

__all__ = [
    "ACKNOWLEDGED_FOR",
    "UNSURE_NUMBERS",
    "Checked",
    "Directory",
    "Emergency",
    "HelpCard",
    "Outcome",
    "Resource",
    "Shift",
    "Standing",
    "State",
    "Step",
    "Target",
    "acknowledgement_ends",
    "after_signal",
    "calls",
    "check",
    "check_may_acknowledge",
    "check_may_close",
    "check_may_hand_over",
    "check_may_note",
    "chosen_country",
    "due_at",
    "emergency_id",
    "gaps",
    "help_card",
    "next_due",
    "on_call",
    "read",
    "region_of_browser",
    "spans",
    "target_of",
    "with_confirmations",
]
