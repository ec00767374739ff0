"""Round a case, action by action: consent, the side door, figures, swaps, rest, and going away."""

from datetime import timedelta

import pytest
from itsdangerous import URLSafeSerializer
from sqlalchemy import select

from support.accounts import actions as accounts
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Ended, Invalid, NotFound
from support.base.severity import Severity
from support.crisis import actions, queries
from support.crisis.forms import (
    Answer,
    AnswerForm,
    CloseForm,
    Decided,
    EditForm,
    HandOverForm,
    NoteForm,
    NumberForm,
    ShiftForm,
    SpanForm,
    WordsForm,
)
from support.crisis.models import Case, PlanRequest, RotaChange, RotaSwap
from support.crisis.ports import joined
from support.crisis.queries import side_door
from support.crisis.rules import HOUSE_LADDER, Outcome
from support.journal import actions as journal
from support.journal.forms import LineForm
from support.journal.rules import Heading
from support.notify import queries as notify
from tests.people import actor

SOURCE = "https://example.org/numbers"
LINE = "pt-crisis-linha-nacional-de-preven-o-do-suic-dio"


@pytest.fixture
def mo_on_call(unit, people):
    actions.add_shift(unit, None, ShiftForm("mo", 0, "00:00", 7 * 1440, "UTC"))
    return people


def danger(unit, person_id, severity=Severity.URGENT, hosts=()):
    return actions.raise_signal(
        unit,
        person_id,
        severity=severity,
        labels=("abrupt_stop",),
        room_id=None,
        host_ids=list(hosts),
        source="chat",
    ).id


@pytest.fixture
def case_id(unit, mo_on_call):
    """Mina is in danger and Mo has taken her case."""
    found = danger(unit, mo_on_call["mina"])
    actions.acknowledge(unit, actor(unit, "mo"), found)
    return found


def facts(unit, case_id):
    return queries.facts_of(unit, unit.session.get_one(Case, case_id))


def told(unit, people, handle):
    return [one.kind for one in notify.notices_of(unit, people[handle])]


def closes(unit, case_id, handle="mo", outcome=Outcome.SAFE):
    actions.close(unit, actor(unit, handle), CloseForm(case_id, outcome, "", None))


# ------------------------------------------------------------------ the plan


@pytest.fixture
def plans(unit, people):
    """Mina has a plan."""
    journal.add_line(unit, actor(unit, "mina"), LineForm(Heading.HELPS, "Tea first."))


def shown(unit, case_id):
    """The words of the plan that the case's holder is shown."""
    plan = actions.plan_for(unit, facts(unit, case_id))
    return [line.text for line in plan.lines] if plan else None


def test_a_plan_is_nobodys_to_read_before_a_yes_and_after_a_no(unit, case_id, plans):
    mina = actor(unit, "mina")
    assert actions.plan_for(unit, facts(unit, case_id)) is None
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    assert actions.plan_for(unit, facts(unit, case_id)) is None
    for agrees, plan in ((True, ["Tea first."]), (False, None), (True, ["Tea first."])):
        actions.answer_for_plan(unit, mina, agrees=agrees)
        assert shown(unit, case_id) == plan


def test_where_there_is_no_plan_a_yes_shows_nothing(unit, case_id):
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    actions.answer_for_plan(unit, actor(unit, "mina"), agrees=True)
    assert actions.plan_for(unit, facts(unit, case_id)) is None


def test_consent_says_who_asked_when_and_what_was_answered(unit, case_id):
    assert queries.consent_of(unit, case_id) is None
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    asked = queries.consent_of(unit, case_id)
    assert (asked.asked_by, asked.answer, asked.answered_at) == ("mo", None, None)
    unit.now += timedelta(minutes=3)
    actions.answer_for_plan(unit, actor(unit, "mina"), agrees=False)
    answered = queries.consent_of(unit, case_id)
    assert (answered.answer, answered.answered_at - answered.asked_at) == (
        "no",
        timedelta(minutes=3),
    )


def test_nobody_asks_for_the_plan_of_a_case_they_do_not_hold(unit, people, mo_on_call):
    found = danger(unit, people["mina"])
    for handle in ("mo", "rae"):
        with pytest.raises(Conflict, match="Take the case first"):
            actions.ask_for_plan(unit, actor(unit, handle), found)
    with pytest.raises(NotFound):
        actions.ask_for_plan(unit, actor(unit, "otto"), found)
    assert unit.session.get(PlanRequest, found) is None


def test_a_second_reader_asks_no_second_time(unit, people, case_id):
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    actions.hand_over(unit, actor(unit, "mo"), HandOverForm(case_id, "Please go on.", "rae"))
    actions.ask_for_plan(unit, actor(unit, "rae"), case_id)
    assert told(unit, people, "mina").count("plan_asked") == 1
    assert queries.consent_of(unit, case_id).asked_by == "mo"


def test_nobody_answers_what_nobody_asked_or_when_all_is_over(unit, case_id):
    with pytest.raises(NotFound, match="Nobody has asked"):
        actions.answer_for_plan(unit, actor(unit, "mina"), agrees=True)
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    with pytest.raises(NotFound):
        actions.answer_for_plan(unit, actor(unit, "otto"), agrees=True)
    closes(unit, case_id)
    with pytest.raises(NotFound):
        actions.answer_for_plan(unit, actor(unit, "mina"), agrees=True)


def test_the_log_has_the_answer_as_a_code(unit, case_id):
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    actions.answer_for_plan(unit, actor(unit, "mina"), agrees=True)
    entry = unit.session.scalars(select(Entry).where(Entry.verb == "crisis.plan_answered")).one()
    assert (entry.subject, entry.detail) == (f"case:{case_id}", {"agrees": 1})


# ------------------------------------------------------------------ the side door


@pytest.fixture
def signer(monkeypatch):
    own = URLSafeSerializer("key", salt=side_door.SALT)
    monkeypatch.setattr(side_door._Kept, "signer", own)
    return own


def token_of(path):
    assert path.startswith("/help/side-room/")
    return path.removeprefix("/help/side-room/")


def test_a_way_in_is_for_an_open_case_and_for_its_person(unit, people, case_id, signer):
    known = queries.read_pass(unit, token_of(queries.way_in(unit, people["mina"])))
    assert (known.case_id, known.person_id) == (case_id, people["mina"])
    assert queries.way_in(unit, people["otto"]) is None
    closes(unit, case_id)
    assert queries.way_in(unit, people["mina"]) is None


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (3599, True), (3600, False)])
def test_a_way_in_is_good_for_an_hour_to_the_second(unit, people, case_id, signer, seconds, good):
    token = token_of(queries.way_in(unit, people["mina"]))
    unit.now += timedelta(seconds=seconds)
    if good:
        assert queries.read_pass(unit, token).case_id == case_id
        return
    with pytest.raises(Invalid, match="too old"):
        queries.read_pass(unit, token)


@pytest.mark.parametrize(
    "payload",
    [
        None,
        7,
        "case",
        [],
        ["case", "mina"],
        ["case", "mina", "soon"],
        ["case", "mina", None],
        ["case", "mina", 9_999_999_999, "more"],
        {"case": "c", "person": "p", "until": 9_999_999_999},
    ],
)
def test_a_pass_of_another_shape_is_too_old_and_breaks_nothing(unit, case_id, signer, payload):
    with pytest.raises(Invalid, match="too old"):
        queries.read_pass(unit, signer.dumps(payload))


def test_a_pass_signed_with_another_key_or_for_another_purpose_is_none(
    unit, people, case_id, signer
):
    for other in (
        URLSafeSerializer("other", salt=side_door.SALT),
        URLSafeSerializer("key", salt="other"),
    ):
        with pytest.raises(Invalid):
            queries.read_pass(unit, other.dumps([case_id, people["mina"], 9_999_999_999]))
    with pytest.raises(Ended):
        queries.read_pass(unit, signer.dumps([case_id, people["otto"], 9_999_999_999]))


def test_a_house_without_a_key_has_no_side_door(unit, people, case_id, monkeypatch):
    monkeypatch.setattr(side_door._Kept, "signer", None)
    assert queries.way_in(unit, people["mina"]) is None
    with pytest.raises(Invalid):
        queries.read_pass(unit, "anything")


class SideRooms:
    """Side rooms that are only noted."""

    def __init__(self):
        self.opened, self.said = [], []

    def open(self, unit, case_id, person_id):
        self.opened.append((case_id, person_id))
        return "side-1"

    def say(self, unit, actor, room_id, body, client_id):
        self.said.append((actor.handle, room_id, body, client_id))
        return {"seq": len(self.said)}

    def read(self, unit, room_id, person_id):
        return [{"body": body} for _, _, body, _ in self.said]


def test_the_first_words_open_the_side_room_and_the_next_find_it(unit, people, monkeypatch):
    rooms = SideRooms()
    monkeypatch.setattr(joined, "side_rooms", rooms)
    found = danger(unit, people["mina"])
    known = queries.Pass(found, people["mina"])
    assert actions.read(unit, known) == []
    for number in (1, 2):
        assert actions.say(unit, known, WordsForm("hello", f"a{number}")) == {"seq": number}
    assert rooms.opened == [(found, people["mina"])]
    assert rooms.said == [("mina", "side-1", "hello", "a1"), ("mina", "side-1", "hello", "a2")]
    assert len(actions.read(unit, known)) == 2


def test_a_banned_person_writes_and_without_side_rooms_it_has_ended(unit, people, monkeypatch):
    rooms = SideRooms()
    monkeypatch.setattr(joined, "side_rooms", rooms)
    known = queries.Pass(danger(unit, people["mina"]), people["mina"])
    accounts.ban(unit, people["mina"], "gone", "safety")
    actions.say(unit, known, WordsForm("help", "a1"))
    assert rooms.said[0][0] == "mina"
    monkeypatch.setattr(joined, "side_rooms", None)
    assert actions.read(unit, known) == []
    with pytest.raises(Ended):
        actions.say(unit, known, WordsForm("help", "a2"))


# ------------------------------------------------------------------ figures


def test_figures_of_a_quiet_house_are_noughts_and_no_times(unit, people):
    found = queries.figures(unit)
    assert found.facts() == {
        "days": 30,
        "cases": 0,
        "acknowledged": 0,
        "without_responder": 0,
        "seconds_to_acknowledge": {"p50": None, "p95": None},
        "rungs": [],
        "open_now": 0,
        "waiting_now": 0,
    }


def test_figures_count_who_was_called_how_long_it_took_and_who_still_waits(unit, mo_on_call):
    begun = unit.now
    for number, seconds in enumerate((10, 20, 60), 1):
        person = accounts.create(unit, f"guest{number}", Role.MEMBER, "no log-in")
        unit.now = begun
        found = danger(unit, person)
        unit.now = begun + timedelta(seconds=seconds)
        actions.acknowledge(unit, actor(unit, "mo"), found)
    danger(unit, mo_on_call["mina"])
    danger(unit, mo_on_call["otto"], severity=Severity.WATCH)
    told_ = queries.figures(unit)
    assert (told_.opened, told_.taken, told_.unheard) == (4, 3, 1)
    assert (told_.p50_seconds, told_.p95_seconds) == (20.0, 60.0)
    assert (told_.open_now, told_.waiting_now) == (4, 1)
    assert told_.rungs == {0: 4}
    assert queries.at_the_desk(unit) == queries.Desk(waiting=1, held=3, unheard=1)


def test_figures_forget_what_is_older_than_thirty_days_but_not_who_waits(unit, mo_on_call):
    danger(unit, mo_on_call["mina"])
    unit.now += timedelta(days=30)
    assert queries.figures(unit).opened == 1
    unit.now += timedelta(seconds=1)
    late = queries.figures(unit)
    assert (late.opened, late.rungs, late.open_now, late.waiting_now) == (0, {}, 1, 1)
    assert queries.at_the_desk(unit) == queries.Desk(waiting=1, held=0, unheard=0)


def test_the_first_time_somebody_took_it_counts_and_a_second_round_does_not(unit, case_id):
    unit.now += timedelta(minutes=5)
    actions.hand_over(unit, actor(unit, "mo"), HandOverForm(case_id, "I must sleep.", ""))
    unit.now += timedelta(minutes=5)
    actions.acknowledge(unit, actor(unit, "rae"), case_id)
    assert queries.figures(unit).p50_seconds == 0.0
    assert queries.figures(unit).rungs[0] == 2


# ------------------------------------------------------------------ swaps and changes


def span(unit, start=1, hours=4, handle="", *, cover=False):
    starts_at = unit.now + timedelta(hours=start)
    return SpanForm(starts_at, starts_at + timedelta(hours=hours), handle, cover)


def test_a_question_is_seen_by_whom_it_concerns_until_it_begins(unit, mo_on_call):
    mo = actor(unit, "mo")
    actions.ask_swap(unit, mo, span(unit, handle="rae"))
    actions.ask_swap(unit, mo, span(unit, start=10))

    def seen(handle):
        found = queries.open_swaps(unit, actor(unit, handle))
        return [(one.taker, one.is_own) for one in found]

    assert seen("mo") == [("rae", True), (None, True)]
    assert seen("rae") == [("rae", False), (None, False)]
    assert seen("ada") == [(None, False)]
    unit.now += timedelta(hours=1)
    assert seen("rae") == [(None, False)]


def test_a_swap_as_programs_read_it(unit, mo_on_call):
    swap_id = actions.ask_swap(unit, actor(unit, "mo"), span(unit, handle="rae"))
    (one,) = queries.open_swaps(unit, actor(unit, "rae"))
    assert one.facts() == {
        "id": swap_id,
        "asker": "mo",
        "to_person": "rae",
        "from": "2030-01-01T01:00:00.000Z",
        "to": "2030-01-01T05:00:00.000Z",
    }


@pytest.mark.parametrize(
    ("answer", "who", "state", "verb"),
    [
        (Answer.ACCEPT, "rae", "accepted", "crisis.swap_accepted"),
        (Answer.DECLINE, "rae", "declined", "crisis.swap_declined"),
        (Answer.WITHDRAW, "mo", "withdrawn", "crisis.swap_withdrawn"),
    ],
)
def test_each_answer_is_kept_with_its_moment_and_told_only_to_who_asked(
    unit, mo_on_call, answer, who, state, verb
):
    swap_id = actions.ask_swap(unit, actor(unit, "mo"), span(unit, handle="rae"))
    unit.now += timedelta(minutes=1)
    actions.answer_swap(unit, actor(unit, who), AnswerForm(swap_id, answer))
    unit.session.expire_all()
    row = unit.session.get_one(RotaSwap, swap_id)
    assert (row.state, row.answered_at, row.taker_id) == (state, unit.now, mo_on_call["rae"])
    assert ("swap_answered" in told(unit, mo_on_call, "mo")) is (who == "rae")
    assert unit.session.scalars(select(Entry.verb).order_by(Entry.id.desc())).first() == verb
    changes = unit.session.scalars(select(RotaChange.kind)).all()
    assert sorted(changes) == (["cover", "off"] if answer is Answer.ACCEPT else [])


def test_who_is_no_responder_any_more_is_not_asked(unit, mo_on_call):
    accounts.set_role(unit, mo_on_call["rae"], Role.MEMBER)
    with pytest.raises(Invalid, match="check what is marked"):
        actions.ask_swap(unit, actor(unit, "mo"), span(unit, handle="rae"))
    actions.ask_swap(unit, actor(unit, "mo"), span(unit))
    assert "swap_asked" not in told(unit, mo_on_call, "rae")
    assert "swap_asked" in told(unit, mo_on_call, "ada")


def test_changes_are_listed_while_they_last(unit, mo_on_call):
    change_id = actions.add_change(unit, actor(unit, "mo"), span(unit))
    (one,) = queries.changes_ahead(unit)
    assert one.facts() == {
        "id": change_id,
        "handle": "mo",
        "kind": "off",
        "from": "2030-01-01T01:00:00.000Z",
        "to": "2030-01-01T05:00:00.000Z",
    }
    unit.now += timedelta(hours=5)
    assert queries.changes_ahead(unit) == []


# ------------------------------------------------------------------ ladder, numbers, going away


def test_a_house_without_changes_climbs_its_own_ladder(unit, people):
    assert queries.ladder(unit) == HOUSE_LADDER
    assert queries.stored_ladder(unit) == ()
    actions.store_ladder(unit, actor(unit, "ada"), HOUSE_LADDER[1:])
    assert queries.ladder(unit) == HOUSE_LADDER[1:]
    entry = unit.session.scalars(select(Entry).where(Entry.verb == "crisis.ladder_stored")).one()
    assert entry.detail == {"steps": 2, "waits": "120,300"}


def test_a_changed_number_is_listed_with_who_and_from_where(unit, people):
    edit = actions.change_number(unit, actor(unit, "ada"), EditForm("pt-emergency", "115", SOURCE))
    (one,) = queries.edits(unit, "PT")
    assert one.facts() == {
        "id": edit.id,
        "resource": "pt-emergency",
        "number": "115",
        "source": SOURCE,
        "state": "proposed",
        "by": "ada",
        "at": "2030-01-01T00:00:00.000Z",
        "second": None,
    }
    assert queries.edits(unit, "ES") == []
    assert queries.edits_in_force(unit) == {}
    actions.answer_change(unit, actor(unit, "ada"), edit.id, agrees=False)
    assert queries.edits(unit, "PT") == []


def test_taking_ones_own_proposal_back_has_no_second_name(unit, people):
    edit = actions.change_number(unit, actor(unit, "ada"), EditForm("pt-emergency", "115", SOURCE))
    row = actions.answer_change(unit, actor(unit, "ada"), edit.id, agrees=False)
    assert (row.state, row.second_id, row.second_at) == ("refused", None, unit.now)


def test_what_was_said_of_a_number_is_said_again_or_taken_back(unit, people):
    for state in (Decided.CONFIRMED, Decided.HIDDEN):
        actions.decide_number(unit, people["ada"], NumberForm(LINE, state))
        assert queries.decisions(unit)[LINE].state == state
    for _ in range(2):
        actions.decide_number(unit, people["ada"], NumberForm(LINE, Decided.UNDECIDED))
        assert LINE not in queries.decisions(unit)
    with pytest.raises(NotFound, match="no such number"):
        actions.decide_number(unit, people["ada"], NumberForm("pt-none", Decided.CONFIRMED))


def test_a_country_nobody_knows_is_not_confirmed(unit, people):
    with pytest.raises(NotFound, match="no numbers"):
        actions.confirm_country(unit, people["ada"], "XX")
    ids = actions.confirm_country(unit, people["ada"], "PT")
    assert ids[0] == "pt-emergency"
    assert set(queries.decisions(unit)) == set(ids)


def test_rest_is_over_by_itself(unit, people, case_id):
    actions.note(unit, actor(unit, "mo"), NoteForm(case_id, "We talked."))
    closes(unit, case_id)
    assert queries.resting(unit) == {people["mo"]: unit.now + timedelta(minutes=30)}
    unit.now += timedelta(minutes=30)
    assert queries.resting(unit) == {}


def test_an_export_has_ones_cases_and_no_words_of_the_team(unit, people, case_id):
    actions.note(unit, actor(unit, "mo"), NoteForm(case_id, "She sounds tired."))
    unit.now += timedelta(minutes=9)
    closes(unit, case_id, outcome=Outcome.LEFT)
    assert actions.CaseMemory().export(unit, people["mina"]) == [
        {
            "severity": "urgent",
            "state": "closed",
            "opened_at": "2030-01-01T00:00:00.000Z",
            "closed_at": "2030-01-01T00:09:00.000Z",
            "outcome": "left",
        }
    ]
    assert actions.CaseMemory().export(unit, people["otto"]) == []


def test_who_goes_empties_the_notes_of_closed_cases_and_not_of_an_open_one(unit, people, case_id):
    actions.note(unit, actor(unit, "mo"), NoteForm(case_id, "She sounds tired."))
    actions.CaseMemory().erase(unit, people["mina"])
    assert "She sounds tired." in [one.body for one in queries.notes_of(unit, case_id)]
    closes(unit, case_id)
    actions.CaseMemory().erase(unit, people["mina"])
    unit.session.expire_all()
    assert {one.body for one in queries.notes_of(unit, case_id)} == {""}


def test_a_responder_who_goes_leaves_no_shift_no_change_and_no_question(unit, mo_on_call):
    mo = actor(unit, "mo")
    actions.add_change(unit, mo, span(unit))
    actions.ask_swap(unit, mo, span(unit, start=20, handle="rae"))
    actions.CaseMemory().erase(unit, mo_on_call["mo"])
    assert queries.shifts(unit) == []
    assert queries.changes_ahead(unit) == []
    assert unit.session.scalars(select(RotaSwap)).all() == []


def test_a_plan_is_closed_with_the_case(unit, case_id, plans):
    actions.ask_for_plan(unit, actor(unit, "mo"), case_id)
    actions.answer_for_plan(unit, actor(unit, "mina"), agrees=True)
    closes(unit, case_id)
    assert actions.plan_for(unit, facts(unit, case_id)) is None
