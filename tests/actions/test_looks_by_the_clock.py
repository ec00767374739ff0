"""What each process looks for every few seconds is found by an index, however much is kept."""

import pytest
from sqlalchemy import event, text

from support.chat.queries import chair
from support.crisis import queries as crisis
from support.crisis.queries import cases
from support.notify import queries as notify
from support.notify.actions import carrying
from support.notify.models import Outbox
from tests.databases import KIND


def asks(prepared, **values):
    """The same statement, sent in the ordinary way."""
    return lambda unit: unit.session.execute(prepared._statement, {"now": unit.now, **values})


LOOKS = {
    "whether a meeting has a chair": (asks(chair._ANY), {"ix_chair_not_over"}),
    "who leads them": (chair.sittings, {"ix_chair_not_over"}),
    "what waits for a way outside": (notify.backlog, {"ix_outbox_waiting", "ix_outbox_dead"}),
    "whether anything is due by mail": (
        asks(carrying._WAITING, way="email"),
        {"ix_outbox_waiting"},
    ),
    "who waits at the desk": (
        crisis.at_the_desk,
        {"ix_crisis_case_state_due", "ix_crisis_case_unheard"},
    ),
    "whose rung is due": (asks(cases._ANY_DUE), {"ix_crisis_case_state_due"}),
}


def steps(unit, look):
    """How the database goes about the statements of a look, in its own words."""
    sent = []

    def note(_line, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    engine, line = unit.session.get_bind(), unit.session.connection()
    event.listen(engine, "before_cursor_execute", note)
    look(unit)
    event.remove(engine, "before_cursor_execute", note)
    if KIND == "postgres":  # an empty table is read whole, whatever there is
        unit.session.execute(text("SET LOCAL enable_seqscan = off"))
    how = "EXPLAIN QUERY PLAN " if KIND == "sqlite" else "EXPLAIN "
    return [
        str(row[-1])
        for statement, parameters in sent
        for row in line.exec_driver_sql(how + statement, parameters)
    ]


@pytest.mark.parametrize("named", LOOKS)
def test_a_look_goes_along_an_index(trial, named):
    look, indexes = LOOKS[named]
    found = steps(trial, look)
    assert {index for index in indexes if any(index in step for step in found)} == indexes, found
    tables = ("SCAN chair", "SCAN outbox", "SCAN crisis_case", "Seq Scan")
    walked = [step for step in found if step.startswith(tables) and "USING" not in step]
    assert walked == []


def test_the_backlog_tells_what_waits_from_what_was_given_up(trial):
    rows = (("email", 0, None), ("email", 2, None), ("email", 9, trial.now), ("push", 9, trial.now))
    for number, (channel, attempts, dead_at) in enumerate(rows):
        kept = {"key": f"k{number}", "about": "a", "kind": "report", "payload": {}}
        when = {"created_at": trial.now, "due_at": trial.now, "dead_at": dead_at}
        trial.session.add(Outbox(**kept, **when, channel=channel, attempts=attempts))
    trial.session.flush()
    assert notify.backlog(trial) == {
        "email": notify.Backlog(waiting=2, failing=1, dead=1),
        "push": notify.Backlog(waiting=0, failing=0, dead=1),
    }
