"""When somebody new has waited too long: what counts as an answer, and what does not."""

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from support.chat.rules.lounges import WAITS, Line, overdue, unanswered

EIGHT = datetime(2026, 11, 24, 20, tzinfo=UTC)


def said(*told: tuple[str, int] | tuple[str, int, str]) -> list[Line]:
    """Who said something in which minute, perhaps to what: the number of the line is its id."""
    return [
        Line(f"m{number}", one[0], number, EIGHT + timedelta(minutes=one[1]), *one[2:])
        for number, one in enumerate(told)
    ]


def late(lines: list[Line], minute: int, nudged: int | None = None) -> str | None:
    nudged_at = None if nudged is None else EIGHT + timedelta(minutes=nudged)
    found = overdue(lines, "fern", nudged_at, EIGHT + timedelta(minutes=minute))
    return found.id if found else None


def test_nobody_is_late_before_a_quarter_of_an_hour_is_over():
    lines = said(("fern", 0))
    assert late(lines, 14) is None
    assert late(lines, 15) == "m0"


def test_an_answer_to_nobody_in_particular_is_one():
    assert late(said(("fern", 0), ("paul", 3)), 60) is None


def test_an_answer_to_the_newcomer_is_one():
    assert late(said(("fern", 0), ("paul", 3, "m0")), 60) is None


def test_what_others_say_to_each_other_is_no_answer():
    lines = said(("mina", 0), ("fern", 1), ("paul", 3, "m0"), ("mina", 4, "m2"))
    assert late(lines, 16) == "m1"


def test_what_was_said_before_is_no_answer():
    assert late(said(("paul", 0), ("fern", 1)), 16) == "m1"


def test_the_wait_counts_from_the_first_words_and_not_from_the_last():
    lines = said(("fern", 0), ("fern", 10), ("fern", 14))
    assert late(lines, 15) == "m0"


def test_after_an_answer_the_next_words_wait_anew():
    lines = said(("fern", 0), ("paul", 5), ("fern", 10))
    assert late(lines, 24) is None
    assert late(lines, 25) == "m2"


def test_who_was_told_of_is_told_of_again_only_for_what_came_later():
    lines = said(("fern", 0), ("fern", 2), ("fern", 20))
    assert late(lines, 34, nudged=15) is None
    assert late(lines, 35, nudged=15) == "m2"


def test_of_somebody_else_nothing_is_asked():
    assert late(said(("mina", 0)), 60) is None
    assert late([], 60) is None


LINES = st.lists(
    st.tuples(st.sampled_from(["fern", "mina", "paul"]), st.integers(0, 60), st.integers(-1, 8)),
    max_size=9,
).map(
    lambda told: [
        Line(f"m{n}", who, n, EIGHT + timedelta(minutes=minute), f"m{to}" if 0 <= to < n else None)
        for n, (who, minute, to) in enumerate(told)
    ]
)


@settings(max_examples=40, derandomize=True, deadline=None)
@given(LINES, st.randoms(use_true_random=False))
def test_words_wait_until_somebody_answers_them_or_everybody_in_whatever_order_they_are_read(
    lines, chance
):
    by = {line.id: line.author_id for line in lines}
    waits = [
        line
        for line in lines
        if line.author_id == "fern"
        and not any(
            other.seq > line.seq
            and other.author_id != "fern"
            and (other.reply_to is None or by[other.reply_to] == "fern")
            for other in lines
        )
    ]
    mixed = list(lines)
    chance.shuffle(mixed)
    assert unanswered(mixed, "fern") == waits


@settings(max_examples=40, derandomize=True, deadline=None)
@given(LINES, st.integers(0, 120))
def test_whoever_is_told_of_has_waited_and_once_told_of_not_at_once_again(lines, minute):
    now = EIGHT + timedelta(minutes=minute)
    found = overdue(lines, "fern", None, now)
    if found is not None:
        assert found.at + WAITS <= now
        assert overdue([one for one in lines if one.at <= now], "fern", now, now) is None
