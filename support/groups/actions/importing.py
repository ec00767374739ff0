"""Bring our listings of other fellowships' meetings to what their feed says."""

from dataclasses import asdict

from sqlalchemy import ColumnElement, delete, insert, update

from support.audit import actions as audit
from support.base.ids import new_id
from support.base.text import fold
from support.db.unit import Unit
from support.groups.actions.upcoming import next_date
from support.groups.models import ImportedMeeting, ImportSource
from support.groups.rules.feeds_in import Feed, Listing, Plan

MOST_AT_ONCE = 500


def apply_plan(unit: Unit, feed: Feed, plan: Plan) -> None:
    """Write what is new, change what changed, drop what is gone: all of it or nothing."""
    for uri in sorted(feed.sources):
        source = unit.session.get(ImportSource, uri)
        if source is None:
            unit.session.add(ImportSource(uri=uri, kind=feed.kind, read_at=unit.now))
        else:
            source.kind, source.read_at = feed.kind, unit.now
    unit.session.flush()
    for start in range(0, len(plan.new), MOST_AT_ONCE):
        rows = [
            {"id": new_id(), "source_uri": each.source, "source_key": each.key,
             **_values(unit, each)}
            for each in plan.new[start : start + MOST_AT_ONCE]
        ]  # fmt: skip
        unit.session.execute(insert(ImportedMeeting), rows)
    for each in plan.changed:
        unit.session.execute(
            update(ImportedMeeting).where(*_is(each.source, each.key)).values(**_values(unit, each))
        )
    for source_uri, key in plan.gone:
        unit.session.execute(delete(ImportedMeeting).where(*_is(source_uri, key)))
    if plan.changes:
        audit.record(
            unit, None, "groups.meetings_imported", f"feed:{feed.kind}",
            new=len(plan.new), changed=len(plan.changed), gone=len(plan.gone),
        )  # fmt: skip


def _is(source_uri: str, key: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return ImportedMeeting.source_uri == source_uri, ImportedMeeting.source_key == key


def _values(unit: Unit, listing: Listing) -> dict[str, object]:
    values = asdict(listing)
    del values["source"], values["key"]
    next_at, next_ends_at = next_date(
        listing.weekday, listing.start, listing.timezone, listing.minutes, unit.now
    )
    return {
        **values,
        "fingerprint": listing.fingerprint,
        "search": fold(f"{listing.name} {listing.place}"),
        "next_at": next_at,
        "next_ends_at": next_ends_at,
    }
