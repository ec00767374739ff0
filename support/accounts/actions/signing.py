"""Let people in and back in; the slow comparing was done before, outside of any transaction."""

from dataclasses import replace

from support.accounts import queries, rules
from support.accounts.actions.people import get
from support.accounts.actions.sessions import (
    Stay,
    begin_session,
    end_other_sessions,
    end_sessions,
)
from support.audit import actions as audit
from support.base.actor import Actor, Role
from support.base.errors import Invalid, SignInNeeded
from support.base.hashing import code_digest, digest, new_code, same
from support.db.unit import Unit

WRONG = "The name or the passphrase does not fit. Please try again."
WRONG_CODE = "The name or the code does not fit. Please try again."
_NO_CODE = digest("no code was ever made")


def sign_in(unit: Unit, known: queries.Credentials, stay: Stay, renewed: str | None = None) -> str:
    """Begin a session for somebody whose passphrase fitted; raises KeptOut for one kept out.

    `renewed` is the same passphrase hashed at today's cost: hashes of two costs would tell by
    their time who has an account.
    """
    account = get(unit, known.id)
    if account.password_hash != known.password_hash:
        raise SignInNeeded(WRONG)
    rules.check_may_sign_in(queries.standing(unit, known.id))
    account.password_hash = renewed or account.password_hash
    if not rules.may_stay_long(Role(account.role)):
        stay = replace(stay, remember=False)
    return begin_session(unit, known.id, stay)


def new_recovery_code(unit: Unit, account_id: str) -> str:
    """Make the one code that opens the account without the passphrase; an older one is void."""
    code = new_code()
    get(unit, account_id).recovery_hash = code_digest(code)
    audit.record(unit, account_id, "accounts.code_made", f"account:{account_id}")
    return code


def check_code(known: queries.Credentials | None, code: str) -> queries.Credentials:
    """Raise unless this is the person's code; for nobody the same is computed and said."""
    kept = (known.recovery_hash if known else None) or _NO_CODE
    if not same(code_digest(code), kept) or known is None:
        raise Invalid(WRONG_CODE)
    return known


def recover(unit: Unit, known: queries.Credentials, password_hash: str) -> None:
    """Set a new passphrase for somebody whose code fitted; the code has worked for once."""
    account = get(unit, known.id)
    if account.recovery_hash is None or account.recovery_hash != known.recovery_hash:
        raise Invalid(WRONG_CODE)
    rules.check_may_sign_in(queries.standing(unit, known.id))
    account.password_hash, account.recovery_hash = password_hash, None
    end_sessions(unit, known.id, "password changed")
    audit.record(unit, known.id, "accounts.recovered", f"account:{known.id}")


def change_passphrase(unit: Unit, actor: Actor, password_hash: str) -> None:
    """Set a new passphrase and end every other session, which may be a stranger's."""
    get(unit, actor.id).password_hash = password_hash
    end_other_sessions(unit, actor.id, actor.session_id, "password changed")
    audit.record(unit, actor.id, "accounts.passphrase_changed", f"account:{actor.id}")
