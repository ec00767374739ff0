"""Seals: whatever was said comes back word for word, and nothing else ever opens."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.base.sealing import CannotOpen, sealer_for

SEALER = sealer_for("a secret of the house", "tests")
house = settings(max_examples=60, deadline=None, derandomize=True, database=None)


@house
@given(st.text(max_size=2000), st.text(max_size=60))
def test_words_come_back_as_they_were(words, bound):
    try:
        words.encode()
        bound.encode()
    except UnicodeEncodeError:
        return
    assert SEALER.open(SEALER.seal(words, bound), bound) == words


@house
@given(st.binary(max_size=80))
def test_no_other_bytes_open(sealed):
    with pytest.raises(CannotOpen):
        SEALER.open(sealed, "place")


@house
@given(st.integers(min_value=0, max_value=43), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_is_noticed(at, change):
    sealed = bytearray(SEALER.seal("sixteen letters.", "place"))
    sealed[at] ^= change
    with pytest.raises(CannotOpen):
        SEALER.open(bytes(sealed), "place")


def test_the_same_words_are_never_sealed_alike():
    assert SEALER.seal("plain", "place") != SEALER.seal("plain", "place")


def test_a_key_is_never_written_where_somebody_may_read_it():
    assert "key" not in repr(SEALER).lower() or SEALER.key.hex() not in repr(SEALER)
    assert SEALER.key.hex()[:12] != SEALER.id
