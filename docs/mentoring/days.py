"""Let the days pass over a made-up world: ask, answer, wait in line, walk together, part.

The decisions are the house's own (`propose`, `shared_out`); only people's delays are made up:
a mentor answers after 2 to 30 hours, says yes eight times in ten, pairs walk 45 days on average.
"""

import heapq
from dataclasses import dataclass, field
from itertools import count
from random import Random

from docs.mentoring.world import Member, Mentor, members, mentors
from support.mentoring.rules.caps import WAITED_TOO_LONG_HOURS
from support.mentoring.rules.matching import propose, shared_out

YES = 0.8
WALK_DAYS = 45


@dataclass(slots=True)
class Days:
    """A run: who there is, and what is still to happen, by the hour."""

    chance: Random
    mentors: dict[str, Mentor]
    members: dict[str, Member]
    last: float
    alarms: int = 0
    _coming: list[tuple[float, int, str, str, str]] = field(default_factory=list)
    _number: count = field(default_factory=count)  # type: ignore[type-arg]

    def later(self, at: float, what: str, member: str = "", mentor: str = "") -> None:
        """Something happens at that hour."""
        heapq.heappush(self._coming, (at, next(self._number), what, member, mentor))

    def run(self) -> None:
        """Until the last hour."""
        for one in self.members.values():
            self.later(one.since, "seek", one.seeker.id)
        for hour in range(1, int(self.last), 6):
            self.later(hour, "line")
        while self._coming and self._coming[0][0] <= self.last:
            at, _, what, member, mentor = heapq.heappop(self._coming)
            _DO[what](self, at, member, mentor)


def lived(seed: int, people: int, share: float, days: int) -> Days:
    """A world of so many people, this share of them mentors, after so many days."""
    chance = Random(seed)
    number = int(people * share)
    known = mentors(chance, number)
    others = {one.seeker.id: one for one in members(chance, people - number, days - 7)}
    run = Days(chance, known, others, days * 24.0)
    run.run()
    return run


def _seek(run: Days, at: float, member: str, _mentor: str) -> None:
    one = run.members[member]
    if one.found is not None or one.asked:
        return
    offers = [each.now() for each in run.mentors.values()]
    found = propose(one.seeker, offers, one.refused)
    if not found:
        one.in_line, one.told = one.in_line if one.in_line is not None else at, False
        return
    mentor = run.mentors[found[0].mentor_id]
    one.asked = mentor.offer.id
    mentor.waiting.add(member)
    mentor.asked += 1
    mentor.most_waiting = max(mentor.most_waiting, len(mentor.waiting))
    run.later(at + run.chance.uniform(2, 30), "answer", member, mentor.offer.id)


def _answer(run: Days, at: float, member: str, mentor_id: str) -> None:
    one, mentor = run.members[member], run.mentors[mentor_id]
    mentor.waiting.discard(member)
    one.asked = ""
    if mentor.mentees < mentor.offer.most and run.chance.random() < YES:
        mentor.mentees += 1
        mentor.taken += 1
        one.found, one.in_line = at, None
        run.later(at + run.chance.expovariate(1 / (WALK_DAYS * 24)), "part", member, mentor_id)
        return
    one.refused.add(mentor_id)
    run.later(at + run.chance.uniform(1, 12), "seek", member)


def _part(run: Days, _at: float, _member: str, mentor_id: str) -> None:
    run.mentors[mentor_id].mentees -= 1


def _line(run: Days, at: float, _member: str, _mentor: str) -> None:
    waiting = sorted(
        (one for one in run.members.values() if one.in_line is not None and not one.asked),
        key=lambda one: (one.in_line, one.seeker.id),
    )
    for one in waiting:
        if at - (one.in_line or at) > WAITED_TOO_LONG_HOURS and not one.alerted:
            one.alerted = True
            run.alarms += 1
    offers = [each.now() for each in run.mentors.values()]
    for told in shared_out([(one.seeker, one.refused) for one in waiting], offers):
        run.later(at + run.chance.uniform(0.2, 10), "seek", told)


_DO = {"seek": _seek, "answer": _answer, "part": _part, "line": _line}
