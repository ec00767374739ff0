"""What people send to a room, read and checked, the same by socket and by page."""

from support.chat.forms.afterwards import DebriefForm, FeedbackForm
from support.chat.forms.chair import ChairForm
from support.chat.forms.hosting import (
    BackupForm,
    HeldForm,
    HideForm,
    HoldForm,
    MoveForm,
    ScriptForm,
    SettingsForm,
    SilenceForm,
    TurnForm,
    UndoForm,
)
from support.chat.forms.planning import PlanForm, ScriptChoice
from support.chat.forms.talking import (
    MOST_EVENTS,
    MOST_HISTORY,
    MOST_SEQ,
    SNAPSHOT,
    EditForm,
    HistoryForm,
    JoinForm,
    MessageForm,
    ReactForm,
    RoomForm,
    SeenForm,
    SendForm,
)

__all__ = [
    "MOST_EVENTS",
    "MOST_HISTORY",
    "MOST_SEQ",
    "SNAPSHOT",
    "BackupForm",
    "ChairForm",
    "DebriefForm",
    "EditForm",
    "FeedbackForm",
    "HeldForm",
    "HideForm",
    "HistoryForm",
    "HoldForm",
    "JoinForm",
    "MessageForm",
    "MoveForm",
    "PlanForm",
    "ReactForm",
    "RoomForm",
    "ScriptChoice",
    "ScriptForm",
    "SeenForm",
    "SendForm",
    "SettingsForm",
    "SilenceForm",
    "TurnForm",
    "UndoForm",
]
