"""The moderators' lists of domains, and which of them count for one text."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from support.accounts import queries as accounts
from support.base.actor import Actor
from support.db.unit import Unit
from support.moderation.models import DomainRule
from support.moderation.rules.desk import check_is_staff
from support.moderation.rules.domains import DomainKind
from support.moderation.rules.live import live


@dataclass(frozen=True, slots=True)
class DomainLine:
    """One domain on a list, and who put it there."""

    domain: str
    kind: str
    why: str
    by: str
    at: datetime


def domains(unit: Unit, actor: Actor) -> tuple[DomainLine, ...]:
    """Every domain on the moderators' lists."""
    check_is_staff(actor)
    rows = unit.session.scalars(select(DomainRule).order_by(DomainRule.domain)).all()
    names = accounts.people(unit, {row.by_id for row in rows})
    return tuple(
        DomainLine(
            row.domain,
            row.kind,
            row.why,
            names[row.by_id].handle if row.by_id in names else "",
            row.at,
        )
        for row in rows
    )


def shipped_domains() -> tuple[str, ...]:
    """The domains that are shown without anybody having said so."""
    return tuple(sorted(live().spelling.links.public))


def allowed_domains(unit: Unit, words: str) -> frozenset[str] | None:
    """Whose links may be shown in this text; None where it has no link and nobody need look.

    One link to a blocked domain holds the whole text, whatever else is in it.
    """
    links = live().spelling.links
    found = links.unlisted(words, ()) if "." in words else []
    if not found:
        return None
    rows = unit.session.execute(select(DomainRule.domain, DomainRule.kind)).all()
    blocked = {domain for domain, kind in rows if kind == DomainKind.BLOCK}
    if blocked and len(links.unlisted(words, blocked)) < len(found):
        return frozenset()
    return (links.public | {domain for domain, _ in rows}) - blocked
