"""Marks in the words: every letter once, in order, whatever the spans."""

from hypothesis import given
from hypothesis import strategies as st

from support.moderation.rules.marking import pieces

SPANS = st.lists(st.tuples(st.integers(-5, 60), st.integers(-5, 60)), max_size=6)


def drawn(body, *spans):
    return "".join(f"[{one.text}]" if one.is_marked else one.text for one in pieces(body, spans))


def test_a_match_is_marked_where_it_stands():
    assert drawn("cheap pills, dm me", (6, 11)) == "cheap [pills], dm me"


def test_matches_at_the_ends_and_beside_each_other():
    assert drawn("ab", (0, 1), (1, 2)) == "[a][b]"


def test_overlapping_matches_run_together():
    assert drawn("cheap pills", (0, 5), (3, 11)) == "[cheap][ pills]"
    assert drawn("cheap pills", (0, 11), (3, 5)) == "[cheap pills]"


def test_no_match_marks_nothing_and_no_words_are_no_pieces():
    assert drawn("hello") == "hello"
    assert pieces("", [(0, 3)]) == ()


@given(st.text(max_size=50), SPANS)
def test_no_letter_is_lost_or_doubled(body, spans):
    assert "".join(one.text for one in pieces(body, spans)) == body
    assert all(one.text for one in pieces(body, spans))
