"""What moderators say about domains, read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from support.base.fields import Fields
from support.moderation.rules.domains import DomainKind, as_domain


@dataclass(frozen=True, slots=True)
class DomainForm:
    """A domain, whether its links are shown or held, and why."""

    domain: str
    kind: DomainKind
    why: str
    item: str = ""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{domain, kind, why?, item?}`; the item is where one goes back to."""
        fields = Fields(data)
        written = fields.text("domain", longest=253)
        kind = fields.choice("kind", DomainKind)
        why = fields.text("why", longest=200, required=False)
        item = fields.text("item", longest=64, required=False)
        fields.done()
        return cls(as_domain(written), kind, why, item)


@dataclass(frozen=True, slots=True)
class DropDomainForm:
    """A domain that shall be on no list."""

    domain: str

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """Read `{domain}`."""
        fields = Fields(data)
        written = fields.text("domain", longest=253)
        fields.done()
        return cls(as_domain(written))
