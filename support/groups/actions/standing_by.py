"""Come on a stand-by list, and go from it."""

from sqlalchemy import delete

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Ended
from support.db.insert import insert_new
from support.db.unit import Unit
from support.groups import queries
from support.groups.forms import StandByForm
from support.groups.models import StandBy
from support.groups.rules.standing_by import check_may_stand_by


def stand_by(unit: Unit, actor: Actor, meeting_id: str, form: StandByForm) -> bool:
    """Stand by for one meeting, or for all of its group, or no longer; a second time is once."""
    meeting = queries.meeting_by_id(unit, meeting_id)
    scope = meeting.group_id if form.all_of_group else meeting.id
    if not form.on:
        unit.session.execute(
            delete(StandBy).where(StandBy.scope_id == scope, StandBy.account_id == actor.id)
        )
        audit.record(unit, actor.id, "groups.stand_by_left", f"meeting:{meeting.id}")
        return False
    group = queries.group_by_id(unit, meeting.group_id)
    check_may_stand_by(
        actor,
        group.policy,
        queries.belonging(unit, actor.id, group.id),
        is_host=queries.is_host(unit, actor.id, group.id),
    )
    if meeting.state.is_over and not form.all_of_group:
        raise Ended("This meeting is over.")
    row = {"scope_id": scope, "account_id": actor.id, "circle_id": group.id, "since": unit.now}
    if insert_new(unit, StandBy, row):
        audit.record(unit, actor.id, "groups.stand_by_joined", f"meeting:{meeting.id}")
    return True
