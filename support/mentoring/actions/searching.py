"""Looking for a mentor: what one seeks, who would fit and why."""

from dataclasses import dataclass

from support.accounts import queries as accounts
from support.base.actor import Actor, Role
from support.base.errors import Forbidden
from support.db.unit import Unit
from support.mentoring import queries
from support.mentoring.actions.waiting import apart_from
from support.mentoring.forms import SearchForm
from support.mentoring.models import MentorSearch
from support.mentoring.ports import joined
from support.mentoring.queries import Tie
from support.mentoring.queries.candidates import candidates, seeker, seekers
from support.mentoring.queries.offers import offers_with_room
from support.mentoring.rules.matching import Proposal, fits, propose


@dataclass(frozen=True, slots=True)
class Found:
    """All that a member sees of their search."""

    search: MentorSearch | None
    proposals: list[Proposal]
    asked: list[Tie]
    mentor: Tie | None
    place: int | None


def look(unit: Unit, actor: Actor) -> Found:
    """The search as it stands: a mentor, or whom one asked, or who would fit, or one's place."""
    search, mentor = queries.search_of(unit, actor.id), queries.mentor_of(unit, actor)
    found = [] if search is None or mentor is not None else proposals(unit, actor, search)
    place = queries.place_in_line(unit, search) if search else None
    return Found(search, found, queries.asks_of(unit, actor), mentor, place)


def seek(unit: Unit, actor: Actor, form: SearchForm) -> None:
    """Keep what a member looks for; it is shown to nobody and weighed by the rules alone."""
    if actor.role is Role.MENTOR:
        raise Forbidden("This page is for people who look for a mentor.")
    known = queries.search_of(unit, actor.id)
    if known is None:
        unit.session.add(MentorSearch(account_id=actor.id, seeks=form.kept(), made_at=unit.now))
    else:
        known.seeks, known.made_at = form.kept(), unit.now


def proposals(unit: Unit, actor: Actor, search: MentorSearch) -> list[Proposal]:
    """At most five mentors who would fit, and nobody who is to be kept apart from them."""
    member = seeker(actor.id, search.seeks, actor.timezone, unit.now.date())
    return propose(member, candidates(unit), apart_from(unit, actor.id))


def may_walk_with(unit: Unit, member_id: str, mentor_id: str) -> bool:
    """Whether the hard limits let these two walk together, now that a mentor hands somebody on."""
    search = queries.search_of(unit, member_id)
    rows = [one for one in offers_with_room(unit) if one.account_id == mentor_id]
    if mentor_id in accounts.hidden_either_way(unit, member_id) | joined.conflicts(unit, member_id):
        return False
    found = candidates(unit, rows)
    if search is None:
        return bool(found)
    known = seekers(unit, [search])[member_id]
    return any(fits(known, offer) for offer in found)
