"""A desk in use, by chance: whatever moderators do, nothing is lost or doubled."""

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from support.base.errors import Declined
from support.moderation import actions, queries
from support.moderation.forms import HandOverForm, PauseForm, QueueFilter
from support.moderation.models import Decision, ReviewItem, Skip
from tests.desk_world import a_board, open_desk

STAFF = ("mo", "rae", "ada")
ITEMS = 4
who = st.sampled_from(STAFF)
which = st.integers(min_value=0, max_value=ITEMS - 1)
moves = st.one_of(
    st.tuples(st.just("claim"), who, which),
    st.tuples(st.just("release"), who, which),
    st.tuples(st.just("skip"), who, which),
    st.tuples(st.just("hand"), who, which, who),
    st.tuples(st.just("decide"), who, which),
    st.tuples(st.just("undo"), who, which),
    st.tuples(st.just("next"), who),
    st.tuples(st.just("pause"), who),
    st.tuples(st.just("wait"), st.sampled_from([5, 60, 200, 2000])),
)


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


class Evening:
    """One evening at the desk: what is done, and what must be true after each deed."""

    def __init__(self, desk):
        self.desk = desk
        self.authors = ["otto", "fern", "mo", "otto"][:ITEMS]
        self.items = [desk.held(author, "sourcing") for author in self.authors]
        self.skipped = set()

    def do(self, move):
        """Try one deed; a refusal is as good as a success, as long as the desk stays whole."""
        name, *words = move
        with suppress(Declined), self.desk.unit.session.begin_nested():
            getattr(self, name)(*words)
        self.desk.unit.session.flush()

    def claim(self, handle, at):
        actions.claim(self.desk.unit, self.desk.who(handle), self.items[at])

    def release(self, handle, at):
        actions.release(self.desk.unit, self.desk.who(handle), self.items[at])

    def skip(self, handle, at):
        actions.skip(self.desk.unit, self.desk.who(handle), self.items[at])
        self.skipped.add((handle, self.items[at]))

    def hand(self, handle, at, to):
        form = HandOverForm.parse({"to": to})
        actions.hand_over(self.desk.unit, self.desk.who(handle), self.items[at], form)

    def decide(self, handle, at):
        self.desk.decides(handle, self.items[at], "keep")

    def undo(self, handle, at):
        actions.undo(self.desk.unit, self.desk.who(handle), self.items[at])

    def next(self, handle):
        actions.take_next(self.desk.unit, self.desk.who(handle))

    def pause(self, handle):
        actions.pause(self.desk.unit, self.desk.who(handle), PauseForm(30))

    def wait(self, seconds):
        self.desk.unit.now += timedelta(seconds=seconds)

    # -- what must hold ---------------------------------------------------------

    def listed(self, handle, **query):
        page = queries.queue(self.desk.unit, self.desk.who(handle), QueueFilter.parse(query))
        return {line.id for line in page.lines}

    def check(self):
        session = self.desk.unit.session
        session.expire_all()
        rows = {row.id: row for row in session.scalars(select(ReviewItem))}
        assert set(rows) == set(self.items), "no entry is lost or doubled"
        standing = dict(
            session.execute(
                select(Decision.item_id, func.count())
                .where(Decision.undone_at.is_(None))
                .group_by(Decision.item_id)
            ).all()
        )
        for item_id, row in rows.items():
            assert standing.get(item_id, 0) == (row.state == "decided")
            assert not (row.state == "decided" and row.claimed_by)
        self._check_views(rows)

    def _check_views(self, rows):
        is_open = {item_id for item_id, row in rows.items() if row.state == "open"}
        numbers = {view.account_id: view for view in queries.waiting_by_staff(self.desk.unit)}
        seen = {handle: self.listed(handle) for handle in STAFF}
        for handle in STAFF:
            me = self.desk.who(handle)
            assert seen[handle] <= is_open
            assert numbers[me.id].waiting.open == len(seen[handle]), "the count is the list"
            assert self.listed(handle, show="mine") <= seen[handle]
            own = {one for one, author in zip(self.items, self.authors, strict=True)
                   if author == handle}  # fmt: skip
            assert not own & seen[handle], "nothing about oneself"
            if handle != "ada":
                passed = {item for by, item in self.skipped if by == handle}
                assert not passed & seen[handle], "what one passed on stays away"
        assert is_open == set().union(*seen.values()), "somebody sees each open entry"


@settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(evening=st.lists(moves, min_size=4, max_size=16))
def test_whatever_moderators_do_the_desk_stays_whole(desk, evening):
    undo = desk.unit.session.begin_nested()
    now = desk.unit.now
    try:
        tonight = Evening(desk)
        tonight.check()
        for move in evening:
            tonight.do(move)
        tonight.check()
    finally:
        undo.rollback()
        desk.unit.session.expire_all()
        desk.unit.now = now


def test_a_passed_on_entry_is_marked_once_however_often_it_is_tried(desk):
    tonight = Evening(desk)
    for _ in range(3):
        tonight.do(("skip", "mo", 0))
    assert desk.unit.session.scalar(select(func.count()).select_from(Skip)) == 1
    tonight.check()
