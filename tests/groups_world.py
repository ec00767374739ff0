"""Short ways to make people, groups and meetings for tests about groups."""

from datetime import timedelta

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.accounts.actions import About
from support.base.actor import Actor, Role
from support.base.zones import to_local
from support.db.unit import Unit
from support.groups import actions
from support.groups.forms import FilterForm, GroupForm, SeriesForm

ROLES = {"paul": Role.MENTOR, "mo": Role.MODERATOR, "rae": Role.MODERATOR, "ada": Role.ADMIN}


def person(unit: Unit, handle: str, zone: str = "Europe/Lisbon") -> Actor:
    """Somebody of this name as an actor, made if need be."""
    found = people.by_handle(unit, handle)
    role = ROLES.get(handle, Role.MEMBER)
    id_ = found.id if found else accounts.create(
        unit, handle, role, "no hash", About("PT", zone, settled=True)
    )  # fmt: skip
    unit.session.flush()
    actor = people.actor_by_id(unit, id_)
    assert actor is not None
    return actor


def found_group(unit: Unit, hosts: list[Actor], members: list[Actor] | None = None,
                **changes: object) -> str:  # fmt: skip
    """A group, "night-owls" unless said otherwise; its id."""
    form = GroupForm.parse(
        {
            "slug": "night-owls",
            "name": "Night owls",
            "focus": ["diazepam"],
            "stage": "tapering",
            "language": "en",
            "policy": "open",
            **changes,
        }
    )
    group_id = actions.found(unit, form, [each.id for each in hosts])
    actions.take_in(unit, group_id, [each.id for each in members or []])
    return group_id


def plan_meeting(unit: Unit, group_id: str, **changes: object) -> str:
    """A weekly meeting that starts in an hour, in Lisbon; the id of its first date."""
    return plan_all(unit, group_id, **changes)[0]


def plan_all(unit: Unit, group_id: str, **changes: object) -> list[str]:
    """The same, with all the dates that were written down."""
    zone = str(changes.get("timezone", "Europe/Lisbon"))
    start = to_local(unit.now + timedelta(hours=1), zone)
    form = SeriesForm.parse(
        {
            "title": "Slow taper",
            "start": f"{start:%Y-%m-%dT%H:%M}",
            "timezone": zone,
            "minutes": 60,
            "rrule": "FREQ=WEEKLY",
            "seats": 12,
            **changes,
        }
    )
    return actions.plan(unit, group_id, form)


def filters(**asked: str) -> FilterForm:
    """A query string, read."""
    return FilterForm.parse(asked)
