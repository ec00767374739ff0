"""What people send to moderation, read and checked."""

from support.moderation.forms.appeals import AnswerForm, AppealForm, OutsideAppealForm
from support.moderation.forms.desk import (
    DETAILS,
    MOST_ENTRIES,
    REASON,
    DecideForm,
    LogFilter,
    QueueFilter,
    ReasonForm,
    ReportForm,
    SanctionForm,
    Showing,
)
from support.moderation.forms.domains import DomainForm, DropDomainForm
from support.moderation.forms.ruling import (
    DraftFilter,
    NamesFilter,
    RuleForm,
    VersionForm,
    WordsForm,
)
from support.moderation.forms.team import (
    HandOverForm,
    NoteForm,
    PauseForm,
    ReadyForm,
    UndoForm,
)

__all__ = [
    "DETAILS",
    "MOST_ENTRIES",
    "REASON",
    "AnswerForm",
    "AppealForm",
    "DecideForm",
    "DomainForm",
    "DraftFilter",
    "DropDomainForm",
    "HandOverForm",
    "LogFilter",
    "NamesFilter",
    "NoteForm",
    "OutsideAppealForm",
    "PauseForm",
    "QueueFilter",
    "ReadyForm",
    "ReasonForm",
    "ReportForm",
    "RuleForm",
    "SanctionForm",
    "Showing",
    "UndoForm",
    "VersionForm",
    "WordsForm",
]
