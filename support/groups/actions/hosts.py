"""A group's hosts ask a mentor to host with them, who says yes or no; and a host can step down."""

from sqlalchemy import delete

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Invalid, NotFound
from support.db.insert import insert_new
from support.db.unit import Unit
from support.groups import queries
from support.groups.actions.facts import MemberLeft
from support.groups.actions.planning import check_host
from support.groups.forms import PersonForm
from support.groups.models import Circle, CircleHost, HostAsked, StandBy
from support.groups.rules.standing_by import MAY_LEAD
from support.groups.rules.words import Belonging
from support.notify import actions as notify

NO_MENTOR = "There is no mentor of this name who can be asked."


def ask_host(unit: Unit, actor: Actor, slug: str, form: PersonForm) -> None:
    """Ask a mentor to host this group too; asking twice is asking once."""
    group = queries.group_by_slug(unit, slug)
    check_host(unit, actor, group.id)
    person = accounts.by_handle(unit, form.handle)
    if person is None or person.role not in MAY_LEAD or not accounts.able_ids(unit, [person.id]):
        raise Invalid(NO_MENTOR, fields={"handle": NO_MENTOR})
    if queries.is_host(unit, person.id, group.id):
        return
    row = {"circle_id": group.id, "account_id": person.id, "by_id": actor.id, "at": unit.now}
    if not insert_new(unit, HostAsked, row):
        return
    audit.record(unit, actor.id, "groups.host_asked", f"group:{group.id}", person=person.id)
    _tell(unit, "host_asked", group.id, person.id, [person.id])


def answer_host(unit: Unit, actor: Actor, slug: str, *, yes: bool) -> None:
    """Who was asked says yes and hosts from now on, or no without a reason; hosts are told."""
    group = queries.group_by_slug(unit, slug)
    unit.session.get(Circle, group.id, with_for_update={"key_share": True})
    mine = (HostAsked.circle_id == group.id, HostAsked.account_id == actor.id)
    asked = unit.session.execute(delete(HostAsked).where(*mine).returning(HostAsked.by_id)).first()
    if asked is None:
        raise NotFound("You were not asked, or it was taken back.")
    if yes and actor.role not in MAY_LEAD:
        raise Conflict("Only mentors host groups.")
    if yes:
        _begin(unit, group.id, actor.id)
    hosts = [one for one in queries.host_ids(unit, group.id) if one != actor.id]
    audit.record(
        unit, actor.id, f"groups.host_{'came' if yes else 'declined'}", f"group:{group.id}"
    )
    _tell(unit, "host_yes" if yes else "host_no", group.id, actor.id, [*hosts, asked.by_id])


def take_back_ask(unit: Unit, actor: Actor, slug: str, form: PersonForm) -> None:
    """The hosts ask no more; taking back nothing is fine too."""
    group = queries.group_by_slug(unit, slug)
    check_host(unit, actor, group.id)
    person = accounts.by_handle(unit, form.handle)
    if person is None:
        return
    mine = (HostAsked.circle_id == group.id, HostAsked.account_id == person.id)
    unit.session.execute(delete(HostAsked).where(*mine))


def step_down(unit: Unit, actor: Actor, slug: str) -> None:
    """A host goes; the last one cannot, or nobody would be in the chair."""
    group = queries.group_by_slug(unit, slug)
    check_host(unit, actor, group.id)
    unit.session.get(Circle, group.id, with_for_update={"key_share": True})
    hosts = queries.host_ids(unit, group.id)
    if actor.id not in hosts:
        return
    if len(hosts) == 1:
        raise Conflict("You are the only host. Please ask another mentor to host first.")
    mine = (CircleHost.circle_id == group.id, CircleHost.account_id == actor.id)
    unit.session.execute(delete(CircleHost).where(*mine))
    audit.record(unit, actor.id, "groups.host_left", f"group:{group.id}")
    if queries.belonging(unit, actor.id, group.id) is not Belonging.MEMBER:
        unit.announce(MemberLeft(group.id, actor.id))


def _begin(unit: Unit, group_id: str, account_id: str) -> None:
    insert_new(unit, CircleHost, {"circle_id": group_id, "account_id": account_id})
    stood_by = (StandBy.circle_id == group_id, StandBy.account_id == account_id)
    unit.session.execute(delete(StandBy).where(*stood_by))


def _tell(unit: Unit, kind: str, group_id: str, person_id: str, people: list[str]) -> None:
    notify.put(
        unit,
        key=f"{kind}:{group_id}:{person_id}:{unit.now.isoformat()}",
        kind=kind,
        recipients=list(dict.fromkeys(people)),
        payload={"group": group_id},
    )
