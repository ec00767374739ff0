"""Who mentors no more, or is banned: nobody waits for them, and they take up nobody's place."""

from sqlalchemy import ColumnElement, select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.db.unit import Unit
from support.mentoring.actions import shifts
from support.mentoring.actions.pairing import close, free_a_place
from support.mentoring.actions.waiting import stop_waiting
from support.mentoring.models import HandOver, MentorAsk, MentorOffer, Pairing
from support.mentoring.queries import shifts as queries
from support.notify import actions as notify


class MentorLeft:
    """What accounts tell mentoring: this person takes nobody and walks with nobody from now on."""

    def leave(self, unit: Unit, account_id: str) -> None:
        """Their pairings end, their open requests are closed, and each member hears it kindly."""
        _end_pairings(unit, account_id)
        _close_asks(unit, account_id)
        _drop_hand_overs(unit, account_id)
        shifts.drop_weekly(unit, queries.weekly(unit, account_id))
        shifts.hand_on(unit, account_id, queries.coming_of(unit, account_id))

    def kept_out(self, unit: Unit, account_id: str) -> None:
        """A banned member takes up no place: with a mentor, in the line, among those who ask."""
        _end_as_member(unit, account_id)
        _take_asks_back(unit, account_id)
        stop_waiting(unit, account_id)


def _end_pairings(unit: Unit, mentor_id: str) -> None:
    """As if they had ended each themselves: the room closes, the place is free, no reason given."""
    rows = _walking(unit, Pairing.mentor_id == mentor_id)
    for row in rows:
        _end(unit, row, mentor_id)
        _tell(unit, "mentor_ended", row.id, row.member_id)
    if rows:
        unit.session.execute(
            update(MentorOffer).where(MentorOffer.account_id == mentor_id).values(mentees=0)
        )


def _end_as_member(unit: Unit, member_id: str) -> None:
    """Their mentor's place is free again, and the mentor hears that it has ended, not why."""
    for row in _walking(unit, Pairing.member_id == member_id):
        _end(unit, row, member_id)
        _tell(unit, "mentor_ended", row.id, row.mentor_id)
        free_a_place(unit, row.mentor_id)


def _walking(unit: Unit, condition: ColumnElement[bool]) -> list[Pairing]:
    rows = unit.session.scalars(
        select(Pairing)
        .where(condition, Pairing.ended_at.is_(None))
        .order_by(Pairing.id)
        .with_for_update()
    )
    return list(rows)


def _end(unit: Unit, row: Pairing, by_id: str) -> None:
    close(unit, row, by_id)
    audit.record(unit, None, "mentoring.ended", f"pairing:{row.id}")


def _take_asks_back(unit: Unit, member_id: str) -> None:
    unit.session.execute(
        update(MentorAsk)
        .where(MentorAsk.member_id == member_id, MentorAsk.state == "open")
        .values(state="withdrawn", decided_at=unit.now)
    )


def _drop_hand_overs(unit: Unit, mentor_id: str) -> None:
    """Nobody is handed over to them any more."""
    unit.session.execute(
        update(HandOver)
        .where(HandOver.taker_id == mentor_id, HandOver.state == "open")
        .values(state="withdrawn", decided_at=unit.now)
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
