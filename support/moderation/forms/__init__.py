"""What people send to moderation, read and checked."""

from support.moderation.forms.appeals import AnswerForm, AppealForm, OutsideAppealForm
from support.moderation.forms.desk import (
    DETAILS,
    MOST_ENTRIES,
    REASON,
    DecideForm,
    LogFilter,
    NothingForm,
    QueueFilter,
    ReasonForm,
    ReportForm,
    SanctionForm,
    Showing,
)
from support.moderation.forms.ruling import RuleForm, VersionForm

__all__ = [
    "DETAILS",
    "MOST_ENTRIES",
    "REASON",
    "AnswerForm",
    "AppealForm",
    "DecideForm",
    "LogFilter",
    "NothingForm",
    "OutsideAppealForm",
    "QueueFilter",
    "ReasonForm",
    "ReportForm",
    "RuleForm",
    "SanctionForm",
    "Showing",
    "VersionForm",
]
