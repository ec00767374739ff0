"""Two people who both agree: asked, accepted within the cap, and ended kindly by either."""

from sqlalchemy import func, select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, NotFound
from support.db.insert import insert_new
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.actions.offers import own_offer
from support.mentoring.actions.searching import proposals
from support.mentoring.actions.waiting import stop_waiting
from support.mentoring.models import HandOver, MentorAsk, MentorOffer, MentorSearch, Pairing
from support.mentoring.ports import joined
from support.mentoring.queries.offers import takes_somebody
from support.mentoring.rules.caps import MOST_ASKS, check_is_mentor
from support.mentoring.rules.matching import MOST_WAITING
from support.notify import actions as notify

NO_ASK = "There is no such request."


def ask(unit: Unit, actor: Actor, handle: str) -> str:
    """Ask one of the mentors who were proposed; three at a time at most."""
    search = unit.session.get(MentorSearch, actor.id, with_for_update=True)
    if search is None:
        raise Conflict("Please say first what you look for.")
    if queries.mentor_of(unit, actor) is not None:
        raise Conflict("You have a mentor.")
    if len(queries.asks_of(unit, actor)) >= MOST_ASKS:
        raise Conflict("You have asked three people. Please wait for one of them.")
    fitting = {one.handle: one.mentor_id for one in proposals(unit, actor, search)}
    if handle not in fitting:
        raise NotFound("This mentor cannot take you now.")
    values = {"member_id": actor.id, "mentor_id": fitting[handle], "at": unit.now}
    if not insert_new(unit, MentorAsk, values):
        raise Conflict("You have asked this mentor already.")
    row = unit.session.scalars(
        select(MentorAsk).filter_by(member_id=actor.id, mentor_id=fitting[handle], state="open")
    ).one()
    audit.record(unit, actor.id, "mentoring.asked", f"ask:{row.id}")
    _tell_mentor(unit, row)
    return row.id


def _tell_mentor(unit: Unit, row: MentorAsk) -> None:
    """Of the first few who wait a mentor is told each; the others are on their page, quietly."""
    waiting = select(func.count()).where(
        MentorAsk.mentor_id == row.mentor_id, MentorAsk.state == "open"
    )
    if (unit.session.scalar(waiting) or 0) <= MOST_WAITING:
        _tell(unit, "mentor_asked", row.id, [row.mentor_id])


def take_back(unit: Unit, actor: Actor, ask_id: str) -> None:
    """The member does not want this any more."""
    row = _open_ask(unit, ask_id)
    if row.member_id != actor.id:
        raise NotFound(NO_ASK)
    row.state, row.decided_at = "withdrawn", unit.now


def decline(unit: Unit, actor: Actor, ask_id: str) -> None:
    """The mentor says no, without a reason."""
    row = _ask_to(unit, actor, ask_id)
    row.state, row.decided_at = "declined", unit.now
    audit.record(unit, actor.id, "mentoring.declined", f"ask:{row.id}")
    _tell(unit, "mentor_declined", row.id, [row.member_id])


def accept(unit: Unit, actor: Actor, ask_id: str) -> Pairing:
    """The mentor says yes: of many at once, never more than the cap."""
    row = _ask_to(unit, actor, ask_id)
    own_offer(unit, actor)
    take_a_place(unit, actor.id)
    made = begin(unit, row.member_id, actor.id)
    row.state, row.decided_at = "accepted", unit.now
    unit.session.execute(
        update(MentorAsk)
        .where(MentorAsk.member_id == row.member_id, MentorAsk.state == "open")
        .values(state="withdrawn", decided_at=unit.now)
    )
    stop_waiting(unit, row.member_id)
    audit.record(unit, actor.id, "mentoring.accepted", f"pairing:{made.id}")
    _tell(unit, "mentor_accepted", row.id, [row.member_id])
    return made


def begin(unit: Unit, member_id: str, mentor_id: str) -> Pairing:
    """Two people walk together from now on, in a room of their own."""
    pairing = {"member_id": member_id, "mentor_id": mentor_id, "began_at": unit.now, "hours": []}
    if not insert_new(unit, Pairing, pairing):
        raise Conflict("They have a mentor meanwhile.")
    made = unit.session.scalars(
        select(Pairing).where(Pairing.member_id == member_id, Pairing.ended_at.is_(None))
    ).one()
    made.room_id = joined.rooms.open(unit) if joined.rooms else None
    return made


def close(unit: Unit, pairing: Pairing, by_id: str) -> None:
    """They walk together no more: the room closes, and what was asked about it is answered."""
    pairing.ended_at, pairing.ended_by = unit.now, by_id
    if joined.rooms and pairing.room_id:
        joined.rooms.close(unit, pairing.room_id, (pairing.member_id, pairing.mentor_id))
    unit.session.execute(
        update(HandOver)
        .where(HandOver.pairing_id == pairing.id, HandOver.state == "open")
        .values(state="withdrawn", decided_at=unit.now)
    )
    unit.session.flush()


def end(unit: Unit, actor: Actor, pairing_id: str) -> None:
    """Either may end it without a reason; the room closes for both, and the place is free."""
    pairing = queries.pairing_for(unit, actor, pairing_id)
    if pairing.ended_at is not None:
        raise Conflict("This has ended already.")
    close(unit, pairing, actor.id)
    free_a_place(unit, pairing.mentor_id)
    audit.record(unit, actor.id, "mentoring.ended", f"pairing:{pairing.id}")
    other = pairing.mentor_id if actor.id == pairing.member_id else pairing.member_id
    _tell(unit, "mentor_ended", pairing.id, [other])


def take_a_place(unit: Unit, mentor_id: str) -> None:
    """One conditional statement: full, paused, on probation and out of date are refused by it."""
    if mentor_id in joined.resting(unit):
        raise Conflict("You come out of a hard case. Rest a little first.")
    taken = unit.session.execute(
        update(MentorOffer)
        .where(MentorOffer.account_id == mentor_id, *takes_somebody(unit.now.date()))
        .values(mentees=MentorOffer.mentees + 1)
        .returning(MentorOffer.mentees)
        .execution_options(synchronize_session=False)
    ).first()
    if taken is None:
        raise Conflict(
            "You have as many people as you may now. Your limits, a break, the first five "
            "meetings or the yearly code say so."
        )


def free_a_place(unit: Unit, mentor_id: str) -> None:
    """They walk with one person less."""
    unit.session.execute(
        update(MentorOffer)
        .where(MentorOffer.account_id == mentor_id, MentorOffer.mentees > 0)
        .values(mentees=MentorOffer.mentees - 1)
    )


def _ask_to(unit: Unit, actor: Actor, ask_id: str) -> MentorAsk:
    check_is_mentor(actor)
    row = _open_ask(unit, ask_id)
    if row.mentor_id != actor.id:
        raise NotFound(NO_ASK)
    return row


def _open_ask(unit: Unit, ask_id: str) -> MentorAsk:
    row = unit.session.scalar(select(MentorAsk).where(MentorAsk.id == ask_id).with_for_update())
    if row is None or row.state != "open":
        raise NotFound(NO_ASK)
    return row


def _tell(unit: Unit, kind: str, about: str, recipients: list[str]) -> None:
    able = accounts.able_ids(unit, recipients)
    notify.put(unit, key=f"{kind}:{about}", kind=kind, recipients=sorted(able), payload={})
