"""Report, find, claim, decide, sanction, sign: every write of the desk."""

from support.moderation.actions.claims import claim, release, take_next
from support.moderation.actions.decisions import Decided, decide, undo
from support.moderation.actions.facts import ItemDecided, QueueChanged
from support.moderation.actions.findings import file_findings, withdrawn
from support.moderation.actions.forgetting import DeskMemory
from support.moderation.actions.keeping import seal
from support.moderation.actions.reading import (
    PersonReading,
    Reading,
    Said,
    read_item,
    read_person,
)
from support.moderation.actions.reports import check_may_report, report
from support.moderation.actions.sanctions import Imposed, cosign, end, sanction
from support.moderation.actions.time import AT_ONCE, end_sanctions, lapse_held

__all__ = [
    "AT_ONCE",
    "Decided",
    "DeskMemory",
    "Imposed",
    "ItemDecided",
    "PersonReading",
    "QueueChanged",
    "Reading",
    "Said",
    "check_may_report",
    "claim",
    "cosign",
    "decide",
    "end",
    "end_sanctions",
    "file_findings",
    "lapse_held",
    "read_item",
    "read_person",
    "release",
    "report",
    "sanction",
    "seal",
    "take_next",
    "undo",
    "withdrawn",
]
