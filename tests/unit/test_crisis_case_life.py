"""The life of a case under any order of events: what must hold whatever happens."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from support.base.errors import Conflict, Ended
from support.base.severity import Severity
from support.crisis.rules import (
    Standing,
    State,
    Step,
    after_signal,
    calls,
    check_may_acknowledge,
    check_may_close,
    check_may_hand_over,
    check_may_note,
)

PEOPLE = st.sampled_from(["mo", "rae", "ada"])
GRAVE = st.sampled_from([Severity.WATCH, Severity.URGENT, Severity.CRITICAL])


class Life(RuleBasedStateMachine):
    """One case as the actions move it, with the rules as the only judge."""

    def __init__(self):
        super().__init__()
        self.state, self.severity, self.holder = State.OPEN, Severity.WATCH, None
        self.climbs = False
        self.gravest = Severity.WATCH
        self.rounds = 0

    @property
    def case(self):
        return Standing(self.state, self.severity, self.holder)

    def call(self):
        self.state, self.holder, self.climbs = State.OPEN, None, True
        self.rounds += 1

    @precondition(lambda self: self.state is not State.CLOSED)
    @rule(severity=GRAVE)
    def signal(self, severity):
        was_held = self.holder is not None
        before = self.severity
        step, self.severity = after_signal(self.case, severity)
        self.gravest = max(self.gravest, severity, key=lambda each: each.rank)
        if step is Step.CALL:
            assert calls(self.severity)
            assert severity.rank > before.rank
            self.call()
        elif was_held:
            assert severity.rank <= before.rank or not calls(severity)

    @rule(person=PEOPLE)
    def acknowledge(self, person):
        try:
            is_new = check_may_acknowledge(self.case, person)
        except Ended:
            assert self.state is State.CLOSED
        except Conflict:
            assert self.holder not in (None, person)
        else:
            assert is_new is (self.holder is None)
            self.state, self.holder, self.climbs = State.ACKNOWLEDGED, person, False

    @precondition(lambda self: self.state is State.ACKNOWLEDGED)
    @rule()
    def fall_silent(self):
        self.call()

    @rule(person=PEOPLE)
    def hand_over(self, person):
        try:
            check_may_hand_over(self.case, person)
        except (Ended, Conflict):
            assert self.state is State.CLOSED or self.holder != person
        else:
            self.call()

    @rule(person=PEOPLE)
    def note(self, person):
        try:
            check_may_note(self.case)
        except Ended:
            assert self.state is State.CLOSED

    @rule(person=PEOPLE)
    def close(self, person):
        try:
            check_may_close(self.case, person)
        except (Ended, Conflict):
            assert self.state is State.CLOSED or self.holder != person
        else:
            self.state, self.holder, self.climbs = State.CLOSED, None, False

    @invariant()
    def somebody_holds_exactly_the_acknowledged(self):
        assert (self.state is State.ACKNOWLEDGED) is (self.holder is not None)

    @invariant()
    def severity_never_falls(self):
        assert self.severity is self.gravest

    @invariant()
    def an_open_grave_case_always_climbs(self):
        if self.state is State.OPEN and calls(self.severity):
            assert self.climbs


Life.TestCase.settings = settings(max_examples=80, stateful_step_count=30, deadline=None)
TestLife = Life.TestCase
