"""A wall-clock time in a zone, on both nights the clocks change."""

from datetime import UTC, datetime, timedelta

import pytest

from support.base.zones import city, is_zone, to_local, to_utc, zone

# (zone, year, a time that does not exist, its instant, a time that exists twice, the first of them)
NIGHTS = [
    ("Europe/London", 2026, "03-29T01:30", "03-29T01:30", "10-25T01:30", "10-25T00:30"),
    ("Europe/London", 2027, "03-28T01:30", "03-28T01:30", "10-31T01:30", "10-31T00:30"),
    ("Europe/London", 2028, "03-26T01:30", "03-26T01:30", "10-29T01:30", "10-29T00:30"),
    ("America/New_York", 2026, "03-08T02:30", "03-08T07:30", "11-01T01:30", "11-01T05:30"),
    ("America/New_York", 2027, "03-14T02:30", "03-14T07:30", "11-07T01:30", "11-07T05:30"),
    ("America/New_York", 2028, "03-12T02:30", "03-12T07:30", "11-05T01:30", "11-05T05:30"),
    ("Australia/Sydney", 2026, "10-04T02:30", "10-03T16:30", "04-05T02:30", "04-04T15:30"),
    ("Australia/Sydney", 2027, "10-03T02:30", "10-02T16:30", "04-04T02:30", "04-03T15:30"),
    ("Australia/Sydney", 2028, "10-01T02:30", "09-30T16:30", "04-02T02:30", "04-01T15:30"),
]


def at(year: int, text: str) -> datetime:
    return datetime.fromisoformat(f"{year}-{text}")


@pytest.mark.parametrize("night", NIGHTS)
def test_a_time_that_does_not_exist_is_taken_later(night):
    name, year, gap, later, _, _ = night
    instant = to_utc(at(year, gap), name)
    assert instant == at(year, later).replace(tzinfo=UTC)
    assert to_local(instant, name) == at(year, gap) + timedelta(hours=1)


@pytest.mark.parametrize("night", NIGHTS)
def test_a_time_that_exists_twice_is_taken_first(night):
    name, year, _, _, fold, first = night
    instant = to_utc(at(year, fold), name)
    assert instant == at(year, first).replace(tzinfo=UTC)
    assert to_local(instant, name) == at(year, fold)
    assert to_local(instant + timedelta(hours=1), name) == at(year, fold)


@pytest.mark.parametrize(
    "name", ["Europe/Lisbon", "UTC", "Japan", "America/Argentina/Buenos_Aires"]
)
def test_places_and_utc_are_zones(name):
    assert is_zone(name)


@pytest.mark.parametrize(
    "name", ["BST", "EST", "CET", "MST7MDT", "", "Mars/Phobos", "../etc/passwd", "utc"]
)
def test_abbreviations_and_inventions_are_no_zones(name):
    assert not is_zone(name)
    with pytest.raises(ValueError, match="is not a time zone"):
        zone(name)


def test_a_zone_is_named_by_its_place():
    assert city("America/New_York") == "New York"
