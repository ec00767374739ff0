"""The rules as moderators keep them: drafted by some, tried first, approved by somebody else."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select, update

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import Conflict, Forbidden
from support.db.insert import insert_new
from support.db.unit import Unit
from support.moderation.models import RuleEdit, RuleSet, RuleText
from support.moderation.ports import target
from support.moderation.queries import ruling as queries
from support.moderation.queries.conflicts import staff_now
from support.moderation.queries.ruling import DRAFT, DROPPED, LIVE, RETIRED
from support.moderation.rules.desk import check_is_staff
from support.moderation.rules.overlay import Documents, version_of
from support.moderation.rules.rehearsal import Past, Rehearsal
from support.moderation.rules.rulebook import shipped, shipped_documents
from support.moderation.rules.written import OFF

LOOK_BACK = timedelta(days=30)
MOST_DECIDED = 2_000
MOST_WAITING = 1_000
MOST_SHOWN = 1_000
_CHANGED = "Somebody changed the draft meanwhile. Please look again."
_MOVED_ON = (
    "Other rules are in force than those this draft was begun on."
    " Please move the draft onto them first; nothing in it is lost."
)


@dataclass(frozen=True, slots=True)
class RulesChanged:
    """Other rules are live."""

    version: str


def seed(unit: Unit, version: str, documents: Documents) -> None:
    """A new database: the shipped rules are live. Two processes at once: one of them does it."""
    _keep_text(unit, version, documents)
    row: dict[str, Any] = {
        "version": version,
        "state": LIVE,
        "base": version,
        "overlay": {},
        "made_at": unit.now,
    }
    insert_new(unit, RuleSet, {**row, "live_at": unit.now})


def offer(unit: Unit, version: str, documents: Documents) -> bool:
    """A new release: its rules under the local changes, as a draft; later while another is open."""
    live = queries.set_in(unit, LIVE)
    if live is None or queries.set_in(unit, DRAFT) is not None:
        return False
    _keep_text(unit, version, documents)
    row: dict[str, Any] = {"state": DRAFT, "base": version, "parent_id": live.id}
    row |= {"overlay": live.overlay}
    row |= {"version": version_of(version, live.overlay), "made_at": unit.now}
    if not insert_new(unit, RuleSet, row):
        return False
    audit.record(unit, None, "moderation.rules_offered", f"rules:{row['version']}")
    return True


def edit_rule(unit: Unit, actor: Actor, version: str, raw: Mapping[str, Any], note: str) -> str:
    """Put one rule, as it should be, into the draft; the first change begins one."""
    check_is_staff(actor)
    draft = queries.set_in(unit, DRAFT) or _begun(unit, actor)
    if version not in ("", draft.version):
        raise Conflict(_CHANGED)
    rule_id = str(raw["id"])
    draft.overlay = {**draft.overlay, rule_id: dict(raw)}
    draft.version = version_of(draft.base, draft.overlay)
    draft.rehearsal = draft.rehearsed_version = draft.rehearsed_at = draft.rehearsed_by = None
    values = {"set_id": draft.id, "rule_id": rule_id, "by_id": actor.id}
    if not insert_new(unit, RuleEdit, {**values, "at": unit.now, "note": note}):
        unit.session.execute(update(RuleEdit).filter_by(**values).values(at=unit.now, note=note))
    what = "switched_off" if raw.get(OFF) else "changed"
    audit.record(unit, actor.id, f"moderation.rule_{what}", f"rule:{rule_id}")
    return draft.version


def _begun(unit: Unit, actor: Actor) -> RuleSet:
    live = queries.set_in(unit, LIVE)
    if live is None:
        seed(unit, shipped().version, shipped_documents())
        live = unit.session.scalars(select(RuleSet).where(RuleSet.state == LIVE)).one()
    draft = RuleSet(
        version=live.version,
        state=DRAFT,
        base=live.base,
        parent_id=live.id,
        overlay=live.overlay,
        made_by=actor.id,
        made_at=unit.now,
    )
    unit.session.add(draft)
    unit.session.flush()
    return draft


def drop_draft(unit: Unit, actor: Actor) -> None:
    """Throw the draft away; it stays on record that there was one."""
    draft = queries.draft_for(unit, actor)
    draft.state = DROPPED
    audit.record(unit, actor.id, "moderation.rules_dropped", f"rules:{draft.version}")


def past_words(unit: Unit, actor: Actor) -> list[Past]:
    """What to try a draft on: words of thirty days, decided or waiting, and what was shown lately.

    What waits is tried too: held words that a draft would let go were judged by nobody yet.
    """
    messages = target("message")
    since = unit.now - LOOK_BACK
    decided = queries.decided_since(unit, actor, since, MOST_DECIDED)
    undecided = queries.waiting(unit, actor, since, MOST_WAITING)
    judged = {**{each: (said, "") for each, said in undecided.items()}, **decided}
    bodies = messages.bodies(unit, [message_id for message_id, _ in judged.values()])
    past = [
        Past(item_id, bodies[message_id], verdict)
        for item_id, (message_id, verdict) in judged.items()
        if message_id in bodies
    ]
    seen = {message_id for message_id, _ in judged.values()}
    shown = messages.shown_lately(unit, MOST_SHOWN)
    return past + [Past(f"shown:{each}", body) for each, body in shown.items() if each not in seen]


def check_on_live(unit: Unit, draft: RuleSet) -> None:
    """A draft on rules that are no longer in force would bring those back unseen."""
    if not queries.is_on_live(unit, draft):
        raise Conflict(_MOVED_ON)


def keep_rehearsal(unit: Unit, actor: Actor, version: str, outcome: Rehearsal) -> None:
    """What a rehearsal of this very draft showed; without one nobody can approve it."""
    draft = queries.draft_for(unit, actor)
    if draft.version != version:
        raise Conflict(_CHANGED)
    check_on_live(unit, draft)
    draft.rehearsed_version, draft.rehearsed_at, draft.rehearsed_by = version, unit.now, actor.id
    draft.rehearsal = {**asdict(outcome), "unchanged": outcome.unchanged}


def approve(unit: Unit, actor: Actor, version: str) -> str:
    """A second moderator agrees: the draft is live everywhere within seconds."""
    draft = queries.draft_for(unit, actor)
    if draft.version != version:
        raise Conflict(_CHANGED)
    queries.live_for_change(unit)
    check_on_live(unit, draft)
    if draft.rehearsed_version != draft.version:
        raise Conflict("Please try the draft on past words first.")
    if actor.id == draft.made_by or _has_edited(unit, draft.id, actor.id):
        raise Forbidden("Somebody who did not write this draft has to approve it.")
    if is_left_to_another(unit, actor, draft):
        raise Forbidden("You tried this draft. Somebody else has to approve it.")
    draft.approved_by = actor.id
    _put_in_force(unit, draft)
    audit.record(unit, actor.id, "moderation.rules_approved", f"rules:{draft.version}")
    return draft.version


def is_left_to_another(unit: Unit, actor: Actor, draft: RuleSet) -> bool:
    """A release's draft has no writer: who tried it is the first of two, if there are two."""
    is_written_here = draft.made_by is not None or bool(queries.edits_of(unit, draft.id))
    if is_written_here or draft.rehearsed_by != actor.id:
        return False
    return bool(staff_now(unit).ids - {actor.id})


def go_back(unit: Unit, actor: Actor, set_id: str) -> str:
    """Make an earlier version live again: one click, for the night a change does harm."""
    queries.live_for_change(unit)
    earlier = queries.set_for(unit, actor, set_id)
    if earlier.state != RETIRED:
        raise Conflict("Only a version that was live before can come back.")
    _put_in_force(unit, earlier)
    audit.record(unit, actor.id, "moderation.rules_went_back", f"rules:{earlier.version}")
    return earlier.version


def _put_in_force(unit: Unit, one: RuleSet) -> None:
    unit.session.execute(update(RuleSet).where(RuleSet.state == LIVE).values(state=RETIRED))
    one.state, one.live_at = LIVE, unit.now
    unit.session.flush()
    unit.announce(RulesChanged(one.version))


def _has_edited(unit: Unit, set_id: str, actor_id: str) -> bool:
    by_them = select(RuleEdit.id).where(RuleEdit.set_id == set_id, RuleEdit.by_id == actor_id)
    return unit.session.scalar(by_them.limit(1)) is not None


def _keep_text(unit: Unit, version: str, documents: Documents) -> None:
    text = json.dumps(documents, ensure_ascii=False)
    insert_new(unit, RuleText, {"version": version, "documents": text, "at": unit.now})
