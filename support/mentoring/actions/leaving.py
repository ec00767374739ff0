"""A mentor who is none any more, or is banned: nobody goes on waiting for them."""

from sqlalchemy import select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.db.unit import Unit
from support.mentoring.models import MentorAsk, MentorOffer, Pairing
from support.mentoring.ports import joined
from support.notify import actions as notify


class MentorLeft:
    """What accounts tell mentoring: this person takes nobody and walks with nobody from now on."""

    def leave(self, unit: Unit, account_id: str) -> None:
        """Their pairings end, their open requests are closed, and each member hears it kindly."""
        _end_pairings(unit, account_id)
        _close_asks(unit, account_id)


def _end_pairings(unit: Unit, mentor_id: str) -> None:
    """As if they had ended each themselves: the room closes, the place is free, no reason given."""
    rows = unit.session.scalars(
        select(Pairing)
        .where(Pairing.mentor_id == mentor_id, Pairing.ended_at.is_(None))
        .order_by(Pairing.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.ended_at, row.ended_by = unit.now, mentor_id
        if joined.rooms and row.room_id:
            joined.rooms.close(unit, row.room_id)
        audit.record(unit, None, "mentoring.ended", f"pairing:{row.id}")
        _tell(unit, "mentor_ended", row.id, row.member_id)
    if rows:
        unit.session.execute(
            update(MentorOffer).where(MentorOffer.account_id == mentor_id).values(mentees=0)
        )


def _close_asks(unit: Unit, mentor_id: str) -> None:
    """Withdrawn, not declined: the mentor said no to nobody, and may be asked if they come back."""
    rows = unit.session.scalars(
        select(MentorAsk)
        .where(MentorAsk.mentor_id == mentor_id, MentorAsk.state == "open")
        .order_by(MentorAsk.id)
        .with_for_update()
    ).all()
    for row in rows:
        row.state, row.decided_at = "withdrawn", unit.now
        _tell(unit, "mentor_declined", row.id, row.member_id)


def _tell(unit: Unit, kind: str, about: str, member_id: str) -> None:
    able = accounts.able_ids(unit, [member_id])
    notify.put(unit, key=f"{kind}:{about}", kind=kind, recipients=sorted(able), payload={})
