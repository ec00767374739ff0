"""Put a domain on a list or take it off: from the next message on it counts, in every process."""

from support.audit import actions as audit
from support.base.actor import Actor
from support.base.errors import NotFound
from support.db.unit import Unit
from support.moderation.forms import DomainForm
from support.moderation.models import DomainRule
from support.moderation.rules.desk import check_is_staff


def list_domain(unit: Unit, actor: Actor, form: DomainForm) -> None:
    """Let a domain's links be shown, or hold them all; the newest word about it counts."""
    check_is_staff(actor)
    row = unit.session.get(DomainRule, form.domain)
    if row is None:
        row = DomainRule(domain=form.domain)
        unit.session.add(row)
    row.kind, row.why, row.by_id, row.at = form.kind, form.why, actor.id, unit.now
    kind = form.kind.value
    audit.record(
        unit, actor.id, "moderation.domain_listed", f"domain:{form.domain}"[:96], kind=kind
    )


def drop_domain(unit: Unit, actor: Actor, domain: str) -> None:
    """Take a domain off its list: links to it are held as any that nobody knows."""
    check_is_staff(actor)
    row = unit.session.get(DomainRule, domain)
    if row is None:
        raise NotFound("This domain is on no list.")
    unit.session.delete(row)
    audit.record(unit, actor.id, "moderation.domain_dropped", f"domain:{domain}"[:96])
