"""What an import would change: new, changed, gone; the same feed twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass

from support.groups.rules.feeds_in.listing import Feed, Listing


@dataclass(frozen=True, slots=True)
class Plan:
    """The difference between what is listed and what the feed says."""

    new: tuple[Listing, ...]
    changed: tuple[Listing, ...]
    gone: tuple[tuple[str, str], ...]
    same: int

    @property
    def changes(self) -> int:
        """How many rows applying it would touch."""
        return len(self.new) + len(self.changed) + len(self.gone)


def compare(feed: Feed, listed: Mapping[tuple[str, str], str]) -> Plan:
    """`listed` holds identity → fingerprint of the feed's own sources; an empty feed removes none.

    Servers answer a mistyped question with an empty list, so emptiness is no reason to delete.
    """
    new = tuple(each for each in feed.listings if each.identity not in listed)
    known = [each for each in feed.listings if each.identity in listed]
    changed = tuple(each for each in known if listed[each.identity] != each.fingerprint)
    present = {each.identity for each in feed.listings}
    gone = tuple(sorted(key for key in listed if key[0] in feed.sources and key not in present))
    return Plan(new, changed, gone, len(known) - len(changed))
