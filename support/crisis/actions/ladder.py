"""Change the ladder, and try it: a test page goes the very ways a real one goes."""

from sqlalchemy import delete, insert

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.ids import new_id
from support.crisis import queries, rules
from support.crisis.models import LadderStep
from support.db.unit import Unit
from support.notify import actions as notify


def store_ladder(unit: Unit, actor: Actor, ladder: rules.Ladder) -> None:
    """From the next rung on every case climbs this ladder."""
    rules.check_ladder(ladder)
    unit.session.execute(delete(LadderStep))
    rows = [
        {
            "position": position,
            "wait_seconds": step.wait_seconds,
            "target": step.target,
            "channels": [str(channel) for channel in step.channels],
        }
        for position, step in enumerate(ladder)
    ]
    unit.session.execute(insert(LadderStep), rows)
    waits = ",".join(str(step.wait_seconds) for step in ladder)
    audit.record(unit, actor.id, "crisis.ladder_stored", "ladder", steps=len(ladder), waits=waits)


def forget_ladder(unit: Unit, actor: Actor) -> None:
    """Back to the house's own ladder."""
    unit.session.execute(delete(LadderStep))
    audit.record(unit, actor.id, "crisis.ladder_forgotten", "ladder")


def rehearse(unit: Unit, actor: Actor) -> str:
    """Call as the ladder would, rung by rung, with words that say it is a test; its id."""
    test_id = new_id()
    on_duty = queries.roster(unit)
    messages = [
        notify.Message(
            key=f"test:{test_id}:{rung}",
            kind="test_page",
            recipients=on_duty.of(step.target) or [actor.id],
            payload={"rung": rung},
            channels=step.channels,
        )
        for rung, step in enumerate(on_duty.ladder)
    ]
    notify.put_all(unit, messages)
    audit.record(unit, actor.id, "crisis.ladder_tested", f"test:{test_id}", rungs=len(messages))
    return test_id
