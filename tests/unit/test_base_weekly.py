"""A time every week: one way to read it and to tell it, for the crisis rota and the lounges."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from support.base.errors import Invalid
from support.base.fields import Fields
from support.base.rota import Span
from support.base.weekly import read_weekly, span_facts, weekly_facts
from support.crisis.forms import ShiftForm
from support.mentoring.forms import LoungeShiftForm

SENT = {"weekday": 6, "start": "22:30", "minutes": 90, "timezone": "Europe/Lisbon"}


@dataclass(frozen=True)
class Row:
    """A weekly time as a table keeps it."""

    id: str = "s1"
    weekday: int = 6
    start: str = "22:30"
    minutes: int = 90
    timezone: str = "Europe/Lisbon"


def read(least=30, most=360, own_zone="", **sent):
    fields = Fields({**SENT, **sent})
    found = read_weekly(fields, least, most, own_zone)
    fields.done()
    return found


def wrong(**sent):
    with pytest.raises(Invalid) as declined:
        read(**sent)
    return list(declined.value.fields)


def test_what_was_sent_is_what_is_read_and_told():
    assert read() == SENT
    assert weekly_facts(Row()) == {"id": "s1", **SENT}


def test_without_a_zone_it_stands_on_the_readers_own_wall_where_there_is_one():
    assert read(timezone="", own_zone="Asia/Kolkata")["timezone"] == "Asia/Kolkata"
    assert wrong(timezone="") == ["timezone"]


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"weekday": 7}, "weekday"),
        ({"weekday": -1}, "weekday"),
        ({"weekday": "soon"}, "weekday"),
        ({"start": "24:00"}, "start"),
        ({"start": "9:00"}, "start"),
        ({"start": ""}, "start"),
        ({"minutes": 29}, "minutes"),
        ({"minutes": 361}, "minutes"),
        ({"timezone": "BST"}, "timezone"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
    ],
)
def test_what_is_no_time_of_a_week_is_named_by_its_field(sent, field):
    assert wrong(**sent) == [field]


def test_both_rotas_read_the_same_time_and_refuse_the_same_nonsense():
    lounge = LoungeShiftForm.parse(SENT, "UTC")
    crisis = ShiftForm.parse({**SENT, "handle": "mo"})
    for name, value in SENT.items():
        assert getattr(lounge, name) == getattr(crisis, name) == value
    for nonsense in ({"start": "7 pm"}, {"timezone": "EST"}, {"weekday": 9}):
        for parse in (
            lambda sent: LoungeShiftForm.parse(sent, "UTC"),
            lambda sent: ShiftForm.parse({**sent, "handle": "mo"}),
        ):
            with pytest.raises(Invalid) as declined:
                parse({**SENT, **nonsense})
            assert list(declined.value.fields) == list(nonsense)


def test_a_stretch_is_told_in_utc():
    at = datetime(2026, 11, 23, 22, tzinfo=UTC)
    told = {"from": "2026-11-23T22:00:00.000Z", "to": "2026-11-23T23:30:00.000Z"}
    assert span_facts(Span(at, at + timedelta(minutes=90))) == told
