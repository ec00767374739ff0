"""After a meeting: a debrief, a worry for the desk, and a guest's words for the hosts."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select, update

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.clock import wire
from support.base.ids import new_id
from support.base.severity import Severity, gravest
from support.chat.actions.course import course_of, take_course
from support.chat.actions.facts import AuthorNoticed
from support.chat.actions.review import DANGER
from support.chat.forms import DebriefForm, FeedbackForm
from support.chat.models import (
    Chair,
    ChairOffer,
    Comer,
    Debrief,
    HostLine,
    Room,
    SaidAside,
)
from support.chat.queries import afterwards as queries
from support.chat.rules.afterwards import (
    KEPT_DAYS,
    Aside,
    check_may_look_back,
    check_may_tell,
)
from support.chat.rules.meeting import debriefed
from support.chat.rules.places import Said
from support.chat.rules.words import notice_for
from support.crisis import actions as crisis
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation import actions as moderation
from support.moderation import queries as desk
from support.moderation.ports import TargetRef
from support.moderation.rules import Screening, screen
from support.notify import actions as notify

CONCERN = "third_party_concern"


@dataclass(frozen=True, slots=True)
class LookedBack:
    """The desk's entry about a worry, if there is one, and what the writer is told at once."""

    worry: str | None
    notice: dict[str, Any] | None


def look_back(unit: Unit, actor: Actor, meeting_id: str, form: DebriefForm) -> LookedBack:
    """Keep what somebody who led writes; a worry becomes an entry of the desk."""
    past = queries.past(unit, actor, meeting_id)
    room = past.room
    check_may_look_back(room.state, has_led=past.has_led)
    row = queries.debrief_of(unit, actor.id, room.id)
    if row is None:
        row = Debrief(room_id=room.id, account_id=actor.id)
        unit.session.add(row)
    row.answers, row.at = form.answers, unit.now
    course = course_of(room)
    if debriefed(course) is not course:
        take_course(unit, room, debriefed(course))
    audit.record(unit, actor.id, "chat.debriefed", f"room:{room.id}", worry=int(bool(form.worry)))
    own = _screened(unit, actor, "\n".join(form.answers.values()))
    notice = _answered(unit, actor, room.id, replace(own, holds=False))
    is_worried = bool(form.worry or form.danger)
    return LookedBack(_bring_worry(unit, actor, room, form) if is_worried else None, notice)


def _bring_worry(unit: Unit, actor: Actor, room: Room, form: DebriefForm) -> str:
    row = _aside(unit, actor, room, Aside.WORRY, form.worry)
    row.state = Said.VISIBLE
    unit.session.flush()
    screening = _screened(unit, actor, form.worry)
    labels = [label for label in screening.labels if label in DANGER]
    asked = Severity.URGENT if form.danger else Severity.WATCH
    severity = gravest((Severity(screening.severity), asked))
    target = _target(unit, actor, row, room)
    if form.danger:
        staff = [one for one in accounts.staff_ids(unit) if one != actor.id]
        key = f"worry:{row.id}:{unit.now.timestamp():.0f}"
        notify.put(unit, key=key, kind="host_worried", recipients=staff, payload={"room": room.id})
    return moderation.bring(unit, target, [*labels, CONCERN], severity)


def tell_hosts(unit: Unit, actor: Actor, meeting_id: str, form: FeedbackForm) -> SaidAside:
    """A guest tells the hosts how it was; review reads it first, and who is in danger gets help."""
    past = queries.past(unit, actor, meeting_id)
    over_at = past.chair.over_at if past.chair else None
    check_may_tell(past.room.state, over_at, unit.now, has_led=past.has_led)
    row = _aside(unit, actor, past.room, Aside.FEEDBACK, form.body)
    screening = _screened(unit, actor, form.body)
    row.state = Said.HELD if screening.holds else Said.VISIBLE
    unit.session.flush()
    target = _target(unit, actor, row, past.room)
    moderation.file_findings(unit, target, screening, screening.holds)
    row.notice = _answered(unit, actor, past.room.id, screening)
    audit.record(unit, None, "chat.feedback_given", f"room:{past.room.id}")
    return row


def _aside(unit: Unit, actor: Actor, room: Room, kind: Aside, body: str) -> SaidAside:
    """One a meeting and person; said again it is the same one with new words."""
    row = queries.aside_of(unit, actor.id, room.id, kind)
    if row is None:
        row = SaidAside(id=new_id(), room_id=room.id, author_id=actor.id, kind=kind)
    row.body, row.at = body, unit.now
    row.state = Said.HELD
    unit.session.add(row)
    return row


def _screened(unit: Unit, actor: Actor, text: str) -> Screening:
    return screen(
        text,
        author_is_newcomer=actor.is_newcomer(unit.now),
        allowed_domains=desk.allowed_domains(unit, text),
    )


def _target(unit: Unit, actor: Actor, row: SaidAside, room: Room) -> TargetRef:
    hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
    return TargetRef(row.kind, row.id, actor.id, room.id, tuple(hosts), room.group_id)


def _answered(
    unit: Unit, actor: Actor, room_id: str, screening: Screening
) -> dict[str, Any] | None:
    """What the author is told at once; danger in their words calls somebody, as in a room."""
    words = notice_for(screening.labels, screening.hold_label, waits=screening.holds)
    if words is None:
        return None
    notice: dict[str, Any] = {"label": words.label, "text": words.text, "help": words.shows_help}
    labels = tuple(label for label in screening.labels if label in DANGER)
    graves = [found.severity for found in screening.findings if found.label in DANGER]
    severity = gravest(graves) if graves else Severity.NONE
    if labels and severity.rank >= Severity.URGENT.rank:
        case = crisis.raise_signal(
            unit,
            actor.id,
            severity=severity,
            labels=labels,
            room_id=room_id,
            host_ids=[],
            source=f"afterwards:{room_id}",
        )
        notice["case"] = case.id
    unit.announce(AuthorNoticed(actor.id, actor.country, room_id, "", notice))
    return notice


def forget_old(unit: Unit) -> int:
    """Debriefs, feedback and worries that were decided go after thirty days; how many went."""
    before = unit.now - timedelta(days=KEPT_DAYS)
    open_ones = desk.open_target_ids(unit, (Aside.FEEDBACK, Aside.WORRY))
    old = [
        one
        for one in unit.session.scalars(select(SaidAside.id).where(SaidAside.at < before))
        if one not in open_ones
    ]
    unit.session.execute(delete(SaidAside).where(SaidAside.id.in_(old)))
    gone = unit.session.scalars(
        delete(Debrief).where(Debrief.at < before).returning(Debrief.room_id)
    ).all()
    return len(old) + len(gone)


class AfterMemory:
    """What accounts ask about meetings that are over: forget a person, and hand out their words."""

    name = "after_meetings"

    def erase(self, unit: Unit, account_id: str) -> None:
        """Nothing they wrote about meetings, and nowhere that they led or came."""
        for table, column in (
            (Debrief, Debrief.account_id),
            (SaidAside, SaidAside.author_id),
            (ChairOffer, ChairOffer.account_id),
            (HostLine, HostLine.account_id),
            (Comer, Comer.account_id),
        ):
            unit.session.execute(delete(table).where(column == account_id))
        for seat in (Chair.holder_id, Chair.first_id, Chair.second_id):
            unit.session.execute(update(Chair).where(seat == account_id).values({seat: None}))

    def export(self, unit: Unit, account_id: str) -> dict[str, Any]:
        """Their debriefs, and what they told hosts and moderators."""
        looked = unit.session.scalars(select(Debrief).where(Debrief.account_id == account_id))
        asides = unit.session.scalars(select(SaidAside).where(SaidAside.author_id == account_id))
        return {
            "debriefs": [{"at": wire(one.at), **one.answers} for one in looked],
            "said": [{"at": wire(one.at), "to": one.kind, "body": one.body} for one in asides],
        }
