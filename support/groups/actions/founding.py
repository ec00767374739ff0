"""Found a group, name its hosts, and take in many at once."""

from collections.abc import Collection

from sqlalchemy import insert

from support.audit import actions as audit
from support.base.errors import Conflict, Invalid
from support.base.ids import new_id
from support.base.text import fold
from support.db.unit import Unit
from support.groups import ports
from support.groups.forms import GroupForm
from support.groups.models import Circle, CircleHost, Membership
from support.groups.rules.words import Belonging


def found(unit: Unit, form: GroupForm, host_ids: Collection[str]) -> str:
    """A new group with its hosts and its lounge; its id."""
    if not host_ids:
        raise Invalid("A group needs a host.", fields={"hosts": "A group needs a host."})
    if unit.session.query(Circle.id).filter(Circle.slug == form.slug).first():
        raise Conflict("There is a group of this name.", fields={"slug": "This name is taken."})
    group_id = new_id()
    rooms = ports.rooms()
    unit.session.add(
        Circle(
            id=group_id,
            slug=form.slug,
            name=form.name,
            about=form.about,
            focus=f" {' '.join(form.focus)} ",
            stage=form.stage,
            language=form.language.lower(),
            format=form.format,
            policy=form.policy,
            newcomers=form.newcomers,
            listening=form.listening,
            search=fold(f"{form.name} {form.about} {' '.join(form.focus)} {form.slug}"),
            created_at=unit.now,
            changed_at=unit.now,
        )
    )
    unit.session.flush()
    if rooms is not None:
        circle = unit.session.get_one(Circle, group_id)
        circle.lounge_id = rooms.open_lounge(unit, group_id, form.name)
    name_hosts(unit, group_id, host_ids)
    audit.record(unit, None, "groups.group_founded", f"group:{group_id}")
    return group_id


def name_hosts(unit: Unit, group_id: str, host_ids: Collection[str]) -> None:
    """Put people in the chair of a new group."""
    rows = [{"circle_id": group_id, "account_id": each} for each in dict.fromkeys(host_ids)]
    unit.session.execute(insert(CircleHost), rows)


def take_in(unit: Unit, group_id: str, account_ids: Collection[str]) -> None:
    """Make people members of a new group in one go, as a loaded world does."""
    rows = [
        {"circle_id": group_id, "account_id": each, "state": Belonging.MEMBER, "since": unit.now}
        for each in dict.fromkeys(account_ids)
    ]
    if rows:
        unit.session.execute(insert(Membership), rows)
        unit.session.get_one(Circle, group_id).member_count += len(rows)
