"""Come into a group, leave it, answer who asks, take somebody out."""

from support.accounts import queries as accounts
from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.groups import ports, queries
from support.groups.actions import seats
from support.groups.actions.facts import MemberJoined, MemberLeft
from support.groups.forms import PersonForm
from support.groups.models import Circle, Membership
from support.groups.rules import joining as rules
from support.groups.rules.words import Belonging, Policy
from support.notify import actions as notify


def join(unit: Unit, actor: Actor, slug: str) -> Belonging:
    """Come in, or ask to, by the group's policy; asking twice is asking once."""
    group = queries.group_by_slug(unit, slug)
    if queries.is_host(unit, actor.id, group.id):
        return Belonging.MEMBER
    circle = _locked(unit, group.id)
    before = queries.belonging(unit, actor.id, group.id)
    after = rules.after_asking(group.policy, before)
    if after is not before:
        _settle(unit, circle, actor.id, after)
        verb = "joined" if after is Belonging.MEMBER else "asked"
        audit.record(unit, actor.id, f"groups.member_{verb}", f"group:{group.id}")
    return after


def leave(unit: Unit, actor: Actor, slug: str) -> None:
    """Go, and free the seats one had; not being in it is fine too."""
    group = queries.group_by_slug(unit, slug)
    rules.check_may_leave(is_host=queries.is_host(unit, actor.id, group.id))
    before = queries.belonging(unit, actor.id, group.id)
    if before not in (Belonging.MEMBER, Belonging.REQUESTED, Belonging.INVITED):
        return
    _hand_down(unit, group.id, actor.id)
    seats.free_all(unit, group.id, actor.id)
    _settle(unit, _locked(unit, group.id), actor.id, None)
    audit.record(unit, actor.id, "groups.member_left", f"group:{group.id}")


def answer(unit: Unit, actor: Actor, slug: str, form: PersonForm, *, welcome: bool) -> None:
    """A host takes in a person who asked, or says no."""
    group = queries.group_by_slug(unit, slug)
    rules.check_may_decide(
        is_host=queries.is_host(unit, actor.id, group.id), is_staff=actor.is_staff
    )
    person = accounts.by_handle(unit, form.handle)
    if person is None:
        raise NotFound("Nobody of this name has asked.")
    circle = _locked(unit, group.id)
    before = queries.belonging(unit, person.id, group.id)
    if before is Belonging.MEMBER and welcome:
        return
    rules.check_is_waiting(before)
    _settle(unit, circle, person.id, Belonging.MEMBER if welcome else None)
    verb = "groups.request_accepted" if welcome else "groups.request_declined"
    audit.record(unit, actor.id, verb, f"group:{group.id}", person=person.id)
    notify.put(
        unit,
        key=f"{verb}:{group.id}:{person.id}:{unit.now.isoformat()}",
        kind="request_accepted" if welcome else "request_declined",
        recipients=[person.id],
        payload={"group": group.slug},
    )


def invite(unit: Unit, actor: Actor, slug: str, form: PersonForm) -> None:
    """A host opens the door for a person; the same answer whether or not there is such a person."""
    group = queries.group_by_slug(unit, slug)
    rules.check_may_decide(
        is_host=queries.is_host(unit, actor.id, group.id), is_staff=actor.is_staff
    )
    person = accounts.by_handle(unit, form.handle)
    if person is None or queries.is_host(unit, person.id, group.id):
        return
    circle = _locked(unit, group.id)
    before = queries.belonging(unit, person.id, group.id)
    if before in (Belonging.MEMBER, Belonging.INVITED):
        return
    after = Belonging.MEMBER if before is Belonging.REQUESTED else Belonging.INVITED
    _settle(unit, circle, person.id, after)
    audit.record(unit, actor.id, "groups.member_invited", f"group:{group.id}", person=person.id)


def remove_member(unit: Unit, group_id: str, account_id: str) -> None:
    """Take somebody out; they do not come in again by themselves. The caller audits why."""
    _hand_down(unit, group_id, account_id)
    seats.free_all(unit, group_id, account_id)
    _settle(unit, _locked(unit, group_id), account_id, Belonging.REMOVED)


def restore_member(unit: Unit, group_id: str, account_id: str) -> None:
    """Undo a removal."""
    if queries.belonging(unit, account_id, group_id) is Belonging.REMOVED:
        _settle(unit, _locked(unit, group_id), account_id, Belonging.MEMBER)


def forget_member(unit: Unit, group_id: str, account_id: str) -> None:
    """Nothing is kept of how an erased person stood to the group, not even that they were there."""
    _settle(unit, _locked(unit, group_id), account_id, None)


def join_by_sitting_down(unit: Unit, account_id: str, group_id: str) -> None:
    """Taking a seat in an open group, or one that invited you, is coming in."""
    circle = _locked(unit, group_id)
    before = queries.belonging(unit, account_id, group_id)
    if before is Belonging.MEMBER:
        return
    rules.check_may_take_part(Policy(circle.policy), before)
    _settle(unit, circle, account_id, Belonging.MEMBER)


def _hand_down(unit: Unit, group_id: str, account_id: str) -> None:
    """First the rooms, then the group: chat holds them in this order too."""
    rooms = ports.rooms()
    if rooms is not None:
        rooms.left(unit, group_id, account_id)


def _locked(unit: Unit, group_id: str) -> Circle:
    """The group's row, for this transaction alone: counts and members change together."""
    circle = unit.session.get(
        Circle, group_id, with_for_update={"key_share": True}, populate_existing=True
    )
    if circle is None:
        raise NotFound("There is no such group.")
    return circle


def _settle(unit: Unit, circle: Circle, account_id: str, after: Belonging | None) -> None:
    row = unit.session.get(Membership, (circle.id, account_id), populate_existing=True)
    before = Belonging(row.state) if row else None
    if after is None:
        if row is not None:
            unit.session.delete(row)
    elif row is None:
        unit.session.add(
            Membership(circle_id=circle.id, account_id=account_id, state=after, since=unit.now)
        )
    else:
        row.state, row.since = after, unit.now
    is_in, was_in = after is Belonging.MEMBER, before is Belonging.MEMBER
    circle.member_count += int(is_in) - int(was_in)
    unit.session.flush()
    if is_in and not was_in:
        unit.announce(MemberJoined(circle.id, account_id))
    if after in (None, Belonging.REMOVED):
        unit.announce(MemberLeft(circle.id, account_id))
