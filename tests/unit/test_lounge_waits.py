"""When somebody new has waited too long: what a nudge and the clock make of unanswered words."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from support.chat.rules.lounges import WAITS, Line, overdue

EIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)


def at(minute: int) -> datetime:
    return EIGHT + timedelta(minutes=minute)


def unanswered(*minutes: int) -> list[Line]:
    """What stands unanswered, by the minutes it was said in: the number of the line is its id."""
    return [Line(f"m{number}", at(minute)) for number, minute in enumerate(minutes)]


def late(lines: list[Line], minute: int, nudged: int | None = None) -> str | None:
    found = overdue(lines, None if nudged is None else at(nudged), at(minute))
    return found.id if found else None


def test_nobody_is_late_before_a_quarter_of_an_hour_is_over():
    assert late(unanswered(0), 14) is None
    assert late(unanswered(0), 15) == "m0"


def test_the_wait_counts_from_the_first_words_and_not_from_the_last():
    assert late(unanswered(0, 10, 14), 15) == "m0"


def test_who_was_told_of_is_told_of_again_only_for_what_came_later():
    assert late(unanswered(0, 2, 20), 34, nudged=15) is None
    assert late(unanswered(0, 2, 20), 35, nudged=15) == "m2"


def test_what_was_said_in_the_moment_of_the_nudge_was_told_of_with_it():
    assert late(unanswered(0, 15), 60, nudged=15) is None


def test_where_nothing_stands_unanswered_nobody_is_late():
    assert late([], 60) is None
    assert late([], 60, nudged=15) is None


@settings(max_examples=40, derandomize=True, deadline=None)
@given(st.lists(st.integers(0, 60), max_size=9).map(sorted), st.integers(60, 120))
def test_whoever_is_told_of_has_waited_and_once_told_of_not_at_once_again(minutes, minute):
    found = overdue(unanswered(*minutes), None, at(minute))
    if found is not None:
        assert found.at + WAITS <= at(minute)
        assert overdue(unanswered(*minutes), at(minute), at(minute)) is None
