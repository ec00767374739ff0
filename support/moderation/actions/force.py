"""What a sanction does to the account and the groups, and how that is taken back."""

from support.accounts import actions as accounts
from support.db.unit import Unit
from support.groups import actions as groups
from support.moderation import queries
from support.moderation.models import Sanction
from support.moderation.rules.desk import SanctionKind, lasts


def take_hold(unit: Unit, sanction: Sanction) -> None:
    """Let the sanction take effect; open sockets hear of it after the commit."""
    kind = SanctionKind(sanction.kind)
    if kind is SanctionKind.REMOVE_FROM_GROUP and sanction.group_id:
        groups.remove_member(unit, sanction.group_id, sanction.account_id)
    elif lasts(kind):
        _settle(unit, sanction.account_id, kind)


def let_go(unit: Unit, sanction: Sanction) -> None:
    """Take the effect back; another sanction of the same kind goes on holding."""
    kind = SanctionKind(sanction.kind)
    if kind is SanctionKind.REMOVE_FROM_GROUP and sanction.group_id:
        groups.restore_member(unit, sanction.group_id, sanction.account_id)
    elif lasts(kind):
        _settle(unit, sanction.account_id, kind)


def _settle(unit: Unit, account_id: str, kind: SanctionKind) -> None:
    """The account follows whichever sanction of this kind lasts longest now."""
    unit.session.flush()
    holding = queries.in_force(unit, account_id, kind)
    if holding is None:
        accounts.lift(unit, account_id, kind.value)
    elif kind is SanctionKind.MUTE:
        accounts.mute(unit, account_id, holding.until, holding.reason, holding.rule)
    elif kind is SanctionKind.SUSPEND:
        accounts.suspend(unit, account_id, holding.until, holding.reason, holding.rule)
    else:
        accounts.ban(unit, account_id, holding.reason, holding.rule, holding.until)
