"""How the chairs of meetings stand now: who leads, who may, who is here, who can be asked."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import DateTime, bindparam, func, or_, select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.chat.models import Chair, ChairOffer, HostLine, Message, Room
from support.chat.queries.lately import number_at
from support.chat.rules.chair import PREPARED, Facts, Why, is_gone
from support.chat.rules.places import WRITES_LATELY, Kind, Said
from support.crisis import queries as crisis
from support.db.prepared import Prepared
from support.db.unit import Unit
from support.groups import queries as groups

ALIVE = ("planned", "lobby", "open", "paused", "closing")
BATCH = 200
_HELPS = select(ChairOffer.room_id).where(
    ChairOffer.room_id == bindparam("room"),
    ChairOffer.account_id == bindparam("person"),
    ChairOffer.helps_since.is_not(None),
    Chair.room_id == ChairOffer.room_id,
    Chair.over_at.is_(None),
)
_HELPS_SEEN = Prepared(_HELPS)
_ANY = Prepared(select(Chair.room_id).where(Chair.over_at.is_(None)).limit(1))
_WANTING = Prepared(
    select(Room.id)
    .outerjoin(Chair, Chair.room_id == Room.id)
    .where(
        Chair.room_id.is_(None),
        Room.kind == Kind.MEETING.value,
        Room.meeting_id.is_not(None),
        or_(*(Room.state == state for state in ALIVE)),
        Room.starts_at <= bindparam("soon", type_=DateTime()),
        or_(Room.ends_at > bindparam("now", type_=DateTime()), Room.state != "planned"),
    )
    .limit(BATCH)
)


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting with a chair, who may lead it, and until when each of them was here."""

    room: Room
    chair: Chair
    hosts: tuple[str, ...]
    helpers: tuple[str, ...]
    until: dict[str, datetime] = field(default_factory=dict)
    staff: frozenset[str] = frozenset()

    @property
    def leaders(self) -> set[str]:
        """Whoever may lead: hosts, who said yes, and who leads already."""
        return {*self.hosts, *self.helpers, *filter(None, [self.chair.holder_id])}

    def here(self, now: datetime) -> list[str]:
        """Who is here or was within the last seconds, hosts of the group first."""
        found = [one for one, until in self.until.items() if not is_gone(until, now)]
        order = {one: number for number, one in enumerate((*self.hosts, *self.helpers))}
        return sorted(found, key=lambda one: (order.get(one, len(order)), one))

    def facts(
        self,
        now: datetime,
        *,
        can_ask: bool = True,
        on_duty: bool = False,
        is_unguarded: bool = False,
    ) -> Facts:
        """The same as the rules want it."""
        chair, here, leaders = self.chair, self.here(now), self.leaders
        lost_at = self.until.get(chair.holder_id or "", chair.since)
        return Facts(
            state=self.room.state,
            starts_at=self.room.starts_at or chair.since,
            holder=chair.holder_id,
            lost_at=max(lost_at, chair.since),
            hosts_here=tuple(one for one in here if one in leaders),
            others_here=tuple(one for one in here if one in self.staff - leaders),
            on_duty=on_duty,
            is_unguarded=is_unguarded,
            can_ask=can_ask,
            host_asked_at=chair.host_asked_at,
            second_asked_at=chair.second_asked_at,
            offered_at=chair.offered_at,
            paused_at=chair.paused_at,
            holds_back=chair.holds_back or self.room.most_writers > 0,
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody is asked to lead a meeting, or to sit beside whoever leads it."""

    room_id: str
    meeting_id: str
    title: str
    why: Why
    starts_at: datetime
    at: datetime


def is_any(unit: Unit) -> bool:
    """Whether any meeting has a chair and is not wound up, by a quick look."""
    return bool(_ANY.rows(unit.session))


def wanting(unit: Unit) -> list[str]:
    """Rooms whose meeting begins soon or goes on, and that have no chair yet, by a quick look."""
    rows = _WANTING.rows(unit.session, soon=unit.now + PREPARED, now=unit.now)
    return [row[0] for row in rows]


def sittings(unit: Unit, room_ids: Collection[str] | None = None) -> list[Sitting]:
    """Every meeting that has a chair and is not wound up, in five statements however many."""
    wanted = select(Chair, Room).join(Room, Room.id == Chair.room_id).where(Chair.over_at.is_(None))
    if room_ids is not None:
        wanted = wanted.where(Chair.room_id.in_(room_ids))
    fresh = {"populate_existing": True}
    rows = unit.session.execute(wanted.order_by(Chair.room_id), execution_options=fresh).all()
    if not rows:
        return []
    ids = [row.Room.id for row in rows]
    hosts = groups.hosts_of(unit, {row.Room.group_id for row in rows if row.Room.group_id})
    helpers, lines = helpers_of(unit, ids), _lines(unit, ids)
    staff = frozenset(
        one.id
        for one in accounts.people(unit, {who for some in lines.values() for who in some}).values()
        if one.role in ("moderator", "admin")
    )
    return [
        Sitting(
            row.Room,
            row.Chair,
            tuple(hosts.get(row.Room.group_id or "", ())),
            tuple(helpers.get(row.Room.id, ())),
            lines.get(row.Room.id, {}),
            staff,
        )
        for row in rows
    ]


def helpers_of(unit: Unit, room_ids: Iterable[str]) -> dict[str, list[str]]:
    """Who has said yes to leading, or to sitting beside, in each of these rooms."""
    found: dict[str, list[str]] = {}
    rows = unit.session.execute(
        select(ChairOffer.room_id, ChairOffer.account_id)
        .where(ChairOffer.room_id.in_(room_ids), ChairOffer.helps_since.is_not(None))
        .order_by(ChairOffer.helps_since, ChairOffer.account_id)
    )
    for room_id, account_id in rows:
        found.setdefault(room_id, []).append(account_id)
    return found


def helps(unit: Unit, account_id: str, room_id: str) -> bool:
    """Whether this person has said yes and the meeting is not over."""
    asked = {"room": room_id, "person": account_id}
    if unit.is_bare:
        return bool(_HELPS_SEEN.rows(unit.session, **asked))
    return unit.session.execute(_HELPS, asked).first() is not None


def _lines(unit: Unit, room_ids: Collection[str]) -> dict[str, dict[str, datetime]]:
    found: dict[str, dict[str, datetime]] = {}
    rows = unit.session.execute(
        select(HostLine.room_id, HostLine.account_id, HostLine.until).where(
            HostLine.room_id.in_(room_ids)
        )
    )
    for room_id, account_id, until in rows:
        here = found.setdefault(room_id, {})
        here[account_id] = max(until, here.get(account_id, until))
    return found


def to_ask(unit: Unit, sitting: Sitting, why: Why) -> list[str]:
    """Who can be asked now: other hosts and the stand-by list, without whoever said no to this."""
    room, chair = sitting.room, sitting.chair
    listed = groups.stand_by_ids(unit, room.group_id or "", room.meeting_id or "")
    hosts = [] if why is Why.MISSING else list(sitting.hosts)
    no = unit.session.scalars(
        select(ChairOffer.account_id).where(
            ChairOffer.room_id == room.id,
            ChairOffer.term == chair.term,
            ChairOffer.state == "declined",
        )
    )
    out = {chair.holder_id, *no}
    return [one for one in dict.fromkeys([*hosts, *sitting.helpers, *listed]) if one not in out]


def writers_lately(unit: Unit, room: Room) -> list[str]:
    """Who has written in a room lately, the first first, without those who may lead it."""
    since = unit.now - WRITES_LATELY
    unseen_or_new = or_(Message.seq.is_(None), Message.seq > number_at(room.id, since))
    rows = unit.session.scalars(
        select(Message.author_id)
        .where(Message.room_id == room.id, unseen_or_new, Message.at > since)
        .where(Message.state.in_((Said.VISIBLE, Said.HELD)))
        .group_by(Message.author_id)
        .order_by(func.min(Message.at), Message.author_id)
    ).all()
    hosts = groups.host_ids(unit, room.group_id) if room.group_id else []
    leaders = {*hosts, *helpers_of(unit, [room.id]).get(room.id, [])}
    return [one for one in rows if one not in leaders]


def offer_of(unit: Unit, account_id: str, room_id: str) -> ChairOffer | None:
    """What this person was last asked in this room."""
    return unit.session.get(ChairOffer, (room_id, account_id), populate_existing=True)


def asked_of(unit: Unit, actor: Actor) -> list[Asked]:
    """What this person is asked now and can still say yes to."""
    rows = unit.session.execute(
        select(ChairOffer, Room)
        .join(Room, Room.id == ChairOffer.room_id)
        .join(Chair, Chair.room_id == ChairOffer.room_id)
        .where(
            ChairOffer.account_id == actor.id,
            ChairOffer.state == "open",
            ChairOffer.term == Chair.term,
            Chair.over_at.is_(None),
            Room.kind == Kind.MEETING,
        )
        .order_by(ChairOffer.at)
    )
    return [
        Asked(
            room.id,
            room.meeting_id or "",
            room.name,
            Why(offer.why),
            room.starts_at or offer.at,
            offer.at,
        )
        for offer, room in rows
    ]


def chair_of(unit: Unit, room_id: str) -> Chair | None:
    """The chair of a meeting's room."""
    return unit.session.get(Chair, room_id)


def is_moderator_on_duty(unit: Unit) -> bool:
    """Whether somebody of the team is on call now."""
    on_call = set(crisis.roster(unit).on_call)
    return bool(on_call & set(accounts.staff_ids(unit)))
