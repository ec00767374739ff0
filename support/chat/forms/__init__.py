"""What people send to a room, read and checked, the same by socket and by page."""

from support.chat.forms.afterwards import DebriefForm, FeedbackForm
from support.chat.forms.chair import ChairForm
from support.chat.forms.hosting import (
    BackupForm,
    HoldForm,
    MoveForm,
    ScriptForm,
    SettingsForm,
    SilenceForm,
    TurnForm,
    UndoForm,
)
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
    "HistoryForm",
    "HoldForm",
    "JoinForm",
    "MessageForm",
    "MoveForm",
    "ReactForm",
    "RoomForm",
    "ScriptForm",
    "SeenForm",
    "SendForm",
    "SettingsForm",
    "SilenceForm",
    "TurnForm",
    "UndoForm",
]
