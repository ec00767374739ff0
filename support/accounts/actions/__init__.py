"""Everything that changes people, their sessions and their standing."""

from support.accounts.actions.erasure import erase, export
from support.accounts.actions.people import (
    About,
    accept_rules,
    change_place,
    count_shown,
    create,
    hide,
    register,
    set_on_rota,
    set_role,
)
from support.accounts.actions.sessions import (
    SessionsEnded,
    StandingChanged,
    Stay,
    begin_session,
    end_other_sessions,
    end_session,
    end_sessions,
    forget_ended,
    touch,
)
from support.accounts.actions.signing import (
    WRONG,
    WRONG_CODE,
    change_passphrase,
    check_code,
    new_recovery_code,
    recover,
    sign_in,
)
from support.accounts.actions.standing import ban, lift, mute, suspend

__all__ = [
    "WRONG",
    "WRONG_CODE",
    "About",
    "SessionsEnded",
    "StandingChanged",
    "Stay",
    "accept_rules",
    "ban",
    "begin_session",
    "change_passphrase",
    "change_place",
    "check_code",
    "count_shown",
    "create",
    "end_other_sessions",
    "end_session",
    "end_sessions",
    "erase",
    "export",
    "forget_ended",
    "hide",
    "lift",
    "mute",
    "new_recovery_code",
    "recover",
    "register",
    "set_on_rota",
    "set_role",
    "sign_in",
    "suspend",
    "touch",
]
