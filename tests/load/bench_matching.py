"""How long one search for a mentor takes among 5,000 members and 500 mentors.

Run from the repository root: `python -m tests.load.bench_matching`. It fills a database of its own
and prints processor time, so that a busy machine changes the figures little, and the load it had.
The promise is 200 ms a search.
"""

import os
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median

from docs.mentoring import world as made_up
from support.accounts import actions as accounts
from support.accounts import queries as people
from support.base.actor import Role
from support.db.unit import Database, Unit
from support.mentoring import actions, queries
from support.mentoring.models import MentorAsk, MentorOffer, MentorSearch
from support.web.work import workshop
from tests.clocks import FrozenClock
from tests.databases import fresh_database
from tests.house import make_app, settings_of
from tests.people import CHEAP

MEMBERS, MENTORS, SEARCHES, PROMISE = 5_000, 500, 60, 200.0
ZONES = made_up.ZONES
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def fill(unit: Unit, chance: Random) -> list[str]:
    """The made-up world as accounts, offers, searches and requests that wait."""
    kept, ids = CHEAP.hash("x" * 12), []
    for number in range(MENTORS + MEMBERS):
        role = Role.MENTOR if number < MENTORS else Role.MEMBER
        about = accounts.About("PT", chance.choice(ZONES), settled=True)
        ids.append(accounts.create(unit, f"person{number}", role, kept, about))
    unit.session.flush()
    for mentor in ids[:MENTORS]:
        unit.session.add(_offer(unit, chance, mentor))
    for member in ids[MENTORS:]:
        seeks = {**_words(chance), "stage": chance.choice(made_up.STAGES), "topics": []}
        unit.session.add(MentorSearch(account_id=member, seeks=seeks, made_at=unit.now))
    unit.session.flush()
    for number in range(MENTORS):
        member = ids[MENTORS + number]
        unit.session.add(MentorAsk(member_id=member, mentor_id=ids[number], at=unit.now))
    return ids[MENTORS:]


def _offer(unit: Unit, chance: Random, mentor: str) -> MentorOffer:
    stages = chance.sample(made_up.STAGES, 2)
    return MentorOffer(
        account_id=mentor,
        offer={**_words(chance), "stages": stages, "not_taken": []},
        most=3,
        mentees=chance.randint(0, 2),
        probation=0,
        since=unit.now,
        renew_on=(unit.now + timedelta(days=300)).date(),
    )


def _words(chance: Random) -> dict[str, list[str]]:
    hours = [f"{day} {chance.randint(8, 20):02}:00-22:00" for day in chance.sample(DAYS, 3)]
    return {
        "substances": chance.sample(made_up.MEDICINES, 2),
        "languages": ["en"],
        "experience": chance.sample(made_up.LIVES, 2),
        "hours": hours,
    }


def searches(database: Database, members: list[str]) -> list[float]:
    """Milliseconds of processor time for each of some searches, the first ones cold."""
    taken = []
    for member in members:
        with database.read() as unit:
            actor = people.actor_by_id(unit, member)
            search = queries.search_of(unit, member)
            assert actor is not None
            assert search is not None
            started = time.process_time()
            found = actions.proposals(unit, actor, search)
            taken.append((time.process_time() - started) * 1000)
            assert found
    return taken


def main() -> int:
    """Print the figures; 1 where the promise is not kept."""
    chance = Random(7)
    with tempfile.TemporaryDirectory() as folder, fresh_database(Path(folder)) as url:
        database = workshop(make_app(settings_of(Path(folder), url), FrozenClock())).database
        with database.unit() as unit:
            members = fill(unit, chance)
        taken = searches(database, chance.sample(members, SEARCHES))
        database.dispose()
    warm = sorted(taken[1:])
    print(
        f"{MEMBERS} members, {MENTORS} mentors, {SEARCHES} searches, load {os.getloadavg()[0]:.1f}"
    )
    print(f"first search {taken[0]:.0f} ms, median {median(warm):.0f} ms, worst {warm[-1]:.0f} ms")
    return 0 if max(taken) <= PROMISE else 1


if __name__ == "__main__":
    sys.exit(main())
