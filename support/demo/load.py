"""Write a world into the database: all of it, or nothing."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from gevent import get_hub

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.base.errors import Declined, Invalid
from support.base.hashing import PasswordHasher
from support.crisis import actions as crisis
from support.db.unit import Database, Unit
from support.demo.world import GroupEntry, MentorEntry, World, detail
from support.groups import actions as groups
from support.groups import queries as group_queries
from support.mentoring import actions as mentoring
from support.mentoring.forms import LoungeShiftForm


def load(database: Database, world: World, hasher: PasswordHasher) -> dict[str, Any]:
    """Make everything in the world; the ids, as `handrail load` prints them."""
    hashes = _hashes({person.password for person in world.people}, hasher)
    with database.unit() as unit:
        made = _people(unit, world, hashes)
        ids = _Ids(unit, made)
        found = {}
        for number, entry in enumerate(world.groups):
            with _at(f"groups[{number}]"):
                found[entry.form.slug] = _group(unit, entry, ids)
        for some in batched([each["id"] for each in found.values()]):
            groups.refresh_next(unit, some)
        for number, shift in enumerate(world.rota):
            with _at(f"rota[{number}]"):
                crisis.add_shift(unit, None, shift)
        for number, mentor in enumerate(world.mentors):
            with _at(f"mentors[{number}]"):
                _offer(unit, mentor, ids)
    return {"people": made, "groups": found}


def batched(ids: list[str], size: int = 500) -> list[list[str]]:
    """In pieces that one statement can name."""
    return [ids[start : start + size] for start in range(0, len(ids), size)]


class _at:  # noqa: N801 - reads as a word in a with statement
    """Say at which entry of the file something was refused."""

    def __init__(self, where: str) -> None:
        self._where = where

    def __enter__(self) -> None:
        """Nothing yet."""

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, Declined):
            wrong = Invalid(error.message, fields=error.fields, **_params(error))
            raise Invalid(self._where + detail(wrong)) from None


def _params(error: Declined) -> dict[str, Any]:
    return dict(error.params)


class _Ids:
    """Ids by handle: of this file's people, else of those who are there already."""

    def __init__(self, unit: Unit, made: Mapping[str, str]) -> None:
        self._unit = unit
        self._known = dict(made)

    def of(self, handles: Iterable[str]) -> list[str]:
        """The ids of these people, in order."""
        return [self._one(handle) for handle in handles]

    def _one(self, handle: str) -> str:
        if handle not in self._known:
            person = people.by_handle(self._unit, handle)
            if person is None:
                raise Invalid(f"nobody is called {handle[:60]}")
            self._known[handle] = person.id
        return self._known[handle]


def _hashes(passwords: Collection[str], hasher: PasswordHasher) -> dict[str, str]:
    """One hash a passphrase, made in threads: a world of a thousand with one takes no longer.

    People of one file who share a passphrase share its hash. Whoever reads the file knows that
    already, and a person's next passphrase is salted alone.
    """
    known = list(passwords)
    return dict(zip(known, get_hub().threadpool.map(hasher.hash, known), strict=True))


def _people(unit: Unit, world: World, hashes: Mapping[str, str]) -> dict[str, str]:
    made: dict[str, str] = {}
    for number, person in enumerate(world.people):
        with _at(f"people[{number}]"):
            made[person.handle] = accounts.create(
                unit, person.handle, person.role, hashes[person.password], person.about
            )
    unit.session.flush()
    return made


def _offer(unit: Unit, entry: MentorEntry, ids: _Ids) -> None:
    """A mentor's limits, and their weekly times in the lounges, by the clock of their own zone."""
    actor = people.actor_by_id(unit, ids.of([entry.handle])[0])
    if actor is None:
        raise Invalid(f"nobody is called {entry.handle[:60]}")
    mentoring.set_limits(unit, actor, entry.limits)
    for shift in entry.shifts:
        mentoring.sign_up(unit, actor, LoungeShiftForm.parse(shift, actor.timezone))


def _group(unit: Unit, entry: GroupEntry, ids: _Ids) -> dict[str, Any]:
    host_ids = ids.of(entry.hosts)
    group_id = groups.found(unit, entry.form, host_ids)
    groups.take_in(unit, group_id, [each for each in ids.of(entry.members) if each not in host_ids])
    meetings = []
    for form in entry.meetings:
        first = groups.plan(unit, group_id, form, alone=False)[0]
        room = group_queries.meeting_by_id(unit, first).room_id
        meetings.append({"id": first, "room": room})
    lounge = group_queries.group_by_id(unit, group_id).lounge_id
    return {"id": group_id, "lounge": lounge, "meetings": meetings}
