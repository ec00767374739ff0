"""What people send to moderation, read and checked."""

from support.moderation.forms.desk import (
    DETAILS,
    MOST_ENTRIES,
    REASON,
    DecideForm,
    EndForm,
    LogFilter,
    NothingForm,
    QueueFilter,
    ReportForm,
    SanctionForm,
    Showing,
)

__all__ = [
    "DETAILS",
    "MOST_ENTRIES",
    "REASON",
    "DecideForm",
    "EndForm",
    "LogFilter",
    "NothingForm",
    "QueueFilter",
    "ReportForm",
    "SanctionForm",
    "Showing",
]
