"""Erasing oneself reaches every area, and so does asking for what is one's own."""

import json

import pytest
from sqlalchemy import inspect, text

from support.accounts import actions, queries
from support.audit import queries as audit
from support.base.actor import Role
from support.base.severity import Severity
from support.crisis.actions import CaseMemory, add_shift, raise_signal
from support.crisis.forms import ShiftForm
from support.crisis.models import Case, CaseNote, RotaShift
from support.groups import actions as groups
from support.groups import queries as group_queries
from support.groups.models import CircleHost, Membership, Seat
from support.notify import actions as notify
from support.notify.models import Notice, Outbox
from tests.groups_world import found_group, person, plan_meeting
from tests.people import PASSPHRASE

KEPT_BY_ID = {
    "audit_entry",
    "account",
    "revocation",
    "fact",
    "crisis_case",
    "case_note",
    "case_rung",
}


@pytest.fixture
def evening(app, database, people):
    """Mina belongs to Night owls, has a seat, a calendar address, a notice and a closed case."""
    with database.unit() as unit:
        mina, paul, otto = (person(unit, handle) for handle in ("mina", "paul", "otto"))
        group = found_group(unit, [paul], [mina])
        meeting = plan_meeting(unit, group, seats=1)
        groups.rsvp(unit, mina, meeting)
        groups.rsvp(unit, otto, meeting)
        groups.new_calendar_secret(unit, mina)
        actions.begin_session(unit, mina.id, actions.Stay(device="Firefox, Android"))
        case = raise_signal(
            unit,
            mina.id,
            severity=Severity.URGENT,
            labels=("crisis_self_harm",),
            room_id=None,
            host_ids=[paul.id],
            source="button",
        )
        unit.session.add(
            CaseNote(case_id=case.id, kind="note", at=unit.now, body="she is calm now")
        )
        shift = {"handle": "paul", "weekday": 0, "start": "00:00", "minutes": 60, "timezone": "UTC"}
        add_shift(unit, None, ShiftForm.parse(shift))
        return {"meeting": meeting, "group": group, "case": case.id}


def erase(database, handle):
    with database.unit() as unit:
        actions.erase(unit, person(unit, handle))


def rows_with(database, account_id):
    """Every table that still knows this id."""
    found = set()
    with database.read() as unit:
        tables = inspect(unit.session.get_bind()).get_table_names()
        for table in tables:
            for row in unit.session.execute(text(f'SELECT * FROM "{table}"')):
                if any(account_id in str(value) for value in row):
                    found.add(table)
    return found


def test_an_erased_member_leaves_nothing_but_what_must_stay(database, people, evening):
    erase(database, "mina")
    assert rows_with(database, people["mina"]) - {"outbox"} <= KEPT_BY_ID
    with database.read() as unit:
        assert unit.session.query(Membership).filter_by(account_id=people["mina"]).count() == 0
        assert group_queries.group_by_id(unit, evening["group"]).member_count == 1
        waiting = unit.session.query(Outbox).filter_by(recipient_id=people["mina"], done_at=None)
        assert waiting.count() == 0
        assert audit.verify(unit).broken_at is None


def test_the_seat_of_an_erased_member_goes_to_the_first_who_waits(database, people, evening):
    erase(database, "mina")
    with database.read() as unit:
        assert group_queries.seated_ids(unit, evening["meeting"]) == [people["otto"]]
        assert unit.session.query(Seat).count() == 1


def test_an_open_case_outlasts_its_person_with_its_notes(database, people, evening):
    erase(database, "mina")
    with database.read() as unit:
        assert unit.session.get(Case, evening["case"]).state == "open"
        assert unit.session.query(CaseNote).filter_by(kind="note").one().body == "she is calm now"


def test_the_notes_of_a_closed_case_go_with_its_person(database, people, evening):
    with database.unit() as unit:
        unit.session.get(Case, evening["case"]).state = "closed"
    erase(database, "mina")
    with database.read() as unit:
        assert unit.session.query(CaseNote).filter_by(kind="note").one().body == ""


def test_an_erased_host_is_off_the_rota_and_hosts_nothing(database, people, evening):
    with database.read() as unit:
        assert unit.session.query(RotaShift).count() == 1
    erase(database, "paul")
    with database.read() as unit:
        assert unit.session.query(RotaShift).count() == 0
        assert unit.session.query(CircleHost).count() == 0
        assert group_queries.groups_hosted_by(unit, people["paul"]) == []
        assert queries.person(unit, people["paul"]).role is Role.MEMBER


def test_mina_gets_what_every_area_keeps_of_her(browser, evening):
    given = json.loads(browser("mina").get("/account/export").text)
    assert given["account"]["handle"] == "mina"
    assert given["groups"]["groups"][0]["slug"] == "night-owls"
    assert given["groups"]["meetings"][0]["state"] == "seat"
    assert given["cases"][0]["severity"] == "urgent"
    assert "she is calm now" not in json.dumps(given)
    assert {"messages", "moderation", "notices"} <= set(given)


def test_a_host_gets_the_groups_they_host(browser, evening):
    given = json.loads(browser("paul").get("/account/export").text)
    assert given["groups"]["hosting"] == ["night-owls"]


def test_notices_are_handed_out_and_forgotten(database, people):
    memory = notify.NoticeMemory()
    with database.unit() as unit:
        unit.session.add(
            Notice(
                account_id=people["mina"], kind="held", label="sourcing", params={},
                created_at=unit.now,
            )
        )  # fmt: skip
    with database.read() as unit:
        assert [one["kind"] for one in memory.export(unit, people["mina"])] == ["held"]
        assert memory.export(unit, people["otto"]) == []
    erase(database, "mina")
    with database.read() as unit:
        assert memory.export(unit, people["mina"]) == []


def test_nobody_gets_another_s_cases(database, people, evening):
    with database.read() as unit:
        assert CaseMemory().export(unit, people["otto"]) == []


def test_erasing_by_the_page_goes_the_same_way(browser, database, people, evening):
    assert browser("mina").send("/account/delete", password=PASSPHRASE).status_code == 200
    assert rows_with(database, people["mina"]) - {"outbox"} <= KEPT_BY_ID
