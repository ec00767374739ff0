"""The arithmetic of the chain: every fact of an entry counts, and so does its place."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.audit.rules import START, link

AT = datetime(2030, 1, 1, 3, 0, tzinfo=UTC)
DEED = ("mo", "desk.decided", "item:1")
DETAIL = {"rule": "no_trading", "minutes": 30}


def hashed(before=START, number=1, at=AT, deed=DEED, detail=DETAIL):
    return link(before, number, at, deed, detail)


@pytest.mark.parametrize(
    "other",
    [
        {"before": "1" * 64},
        {"number": 2},
        {"at": AT + timedelta(microseconds=1)},
        {"deed": ("rae", "desk.decided", "item:1")},
        {"deed": (None, "desk.decided", "item:1")},
        {"deed": ("mo", "desk.decided_", "item:1")},
        {"deed": ("mo", "desk.decided", "item:11")},
        {"deed": ("mo", "desk.decide", "ditem:1")},
        {"deed": ("None", "desk.decided", "item:1")},
        {"detail": {}},
        {"detail": {"rule": "no_trading"}},
        {"detail": {"rule": "no_trading", "minutes": "30"}},
        {"detail": {"rule": "no_trading", "minutes": 31}},
        {"detail": {"rules": "no_trading", "minutes": 30}},
    ],
)
def test_each_fact_counts(other):
    assert hashed(**other) != hashed()


def test_nobody_and_a_person_called_none_are_two():
    assert hashed(deed=(None, "v", "s")) != hashed(deed=("None", "v", "s"))
    assert hashed(deed=(None, "v", "s")) != hashed(deed=("", "v", "s"))


def test_the_hash_is_as_it_was_when_logs_were_first_written():
    """A change here breaks the check of every log that people keep."""
    facts = '["' + "0" * 64 + '",1,"2030-01-01T03:00:00+00:00","mo","desk.decided","item:1",'
    facts += '{"minutes":30,"rule":"no_trading"}]'
    assert hashed() == hashlib.sha256(facts.encode()).hexdigest()


def test_letters_of_any_script_are_hashed_the_same_on_every_machine():
    one = hashed(detail={"words": "grüße"})
    assert one == hashed(detail={"words": "gr\u00fc\u00dfe"})
    assert one != hashed(detail={"words": "grusse"})


NAMES = st.text(st.characters(codec="utf-8"), max_size=12)
VALUES = st.one_of(NAMES, st.integers(-(10**6), 10**6))
DETAILS = st.dictionaries(NAMES, VALUES, max_size=5)
DEEDS = st.tuples(st.one_of(st.none(), NAMES), NAMES, NAMES)


@given(st.integers(1, 10**9), DEEDS, DETAILS)
def test_a_hash_is_sixty_four_small_letters_and_the_same_twice(number, deed, detail):
    made = link(START, number, AT, deed, detail)
    assert len(made) == 64
    assert set(made) <= set("0123456789abcdef")
    assert made == link(START, number, AT, deed, dict(reversed(detail.items())))


@given(DEEDS, DETAILS, DEEDS, DETAILS)
def test_two_deeds_share_a_hash_only_if_they_are_the_same(one, said, other, added):
    same = (one, said) == (other, added)
    assert (link(START, 1, AT, one, said) == link(START, 1, AT, other, added)) == same


@given(st.lists(st.tuples(DEEDS, DETAILS), min_size=2, max_size=6), st.data())
def test_a_chain_tells_that_one_link_of_it_was_another(deeds, data):
    at = data.draw(st.integers(0, len(deeds) - 1))
    changed = [*deeds]
    deed, detail = changed[at]
    changed[at] = (deed, {**detail, "more": len(detail) + 10**7})

    def end_of(chain):
        before = START
        for number, (what, said) in enumerate(chain, 1):
            before = link(before, number, AT, what, said)
        return before

    assert end_of(deeds) != end_of(changed)


@given(st.lists(st.tuples(DEEDS, DETAILS), min_size=2, max_size=6, unique_by=repr))
def test_the_order_of_deeds_counts(deeds):
    def end_of(chain):
        before = START
        for number, (what, said) in enumerate(chain, 1):
            before = link(before, number, AT, what, said)
        return before

    assert end_of(deeds) != end_of([*reversed(deeds)])
