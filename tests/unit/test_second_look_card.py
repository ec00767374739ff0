"""The card of the second look names the very file that ships, by its hash."""

import hashlib
import re
from pathlib import Path

import pytest

HOME = Path(__file__).resolve().parents[2]
CARD = HOME / "docs/review/second_look.md"
MODEL = HOME / "support/moderation/data/second_look.npz"
ROW = re.compile(r"^\| its SHA-256 \| `([0-9a-f]{64})` \|$", re.M)


def named(card):
    """The one hash that a card names."""
    (found,) = ROW.findall(card)
    return found


def test_the_card_names_the_hash_of_the_file_that_ships():
    assert named(CARD.read_text()) == hashlib.sha256(MODEL.read_bytes()).hexdigest()


@pytest.mark.parametrize("card", ["no row", "| its SHA-256 | `abc` |"])
def test_a_card_without_a_whole_hash_is_noticed(card):
    with pytest.raises(ValueError, match="not enough values"):
        named(card)
