"""M9, Q7: a second look, once, by somebody else; kept, shortened or lifted, with a reply."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from support.accounts import queries as accounts
from support.audit.models import Entry
from support.base.errors import Conflict, Forbidden, Invalid, NotFound
from support.moderation import actions, queries
from support.moderation.forms import AnswerForm, AppealForm, OutsideAppealForm, QueueFilter
from support.moderation.models import Appeal, ReviewItem, Sanction
from support.notify.models import Notice
from tests.desk_world import a_board, open_desk

WHY = "I was joking with a friend, who knows me."


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def later(desk, clock, **span):
    clock.forward(**span)
    desk.unit.now = clock.now()


def appeals(desk, handle, action_id, text=WHY):
    return actions.appeal(desk.unit, desk.who_id(handle), action_id, text)


def entry(desk):
    return desk.unit.session.scalars(select(Appeal.item_id)).one()


def answers(desk, handle, outcome="keep", reply="I read it all.", **more):
    sent = {"outcome": outcome, "reply": reply, **more}
    return actions.answer(desk.unit, desk.who(handle), entry(desk), AnswerForm.parse(sent))


def listed(desk, handle, **query):
    page = queries.queue(desk.unit, desk.who(handle), QueueFilter.parse(query))
    return [line.id for line in page.lines]


def standing(desk, handle):
    return accounts.standing(desk.unit, desk.who_id(handle))


def muted(desk, minutes=1440, who="mo"):
    return desk.sanctions(who, "otto", "mute", minutes=minutes).id


def row(desk, sanction_id):
    desk.unit.session.expire_all()
    return desk.unit.session.get(Sanction, sanction_id)


# ------------------------------------------------------------------ asking


def test_an_appeal_is_an_entry_of_the_same_queue_with_a_deadline(desk):
    due = appeals(desk, "otto", muted(desk))
    assert due - desk.unit.now == timedelta(hours=12), "half of the day that is left"
    assert listed(desk, "rae") == listed(desk, "rae", show="appeals") == [entry(desk)]
    found = actions.read_appeal(desk.unit, desk.who("rae"), entry(desk))
    assert (found.text, found.what, found.by, found.line.due_at) == (WHY, "mute", "mo", due)


@pytest.mark.parametrize(("minutes", "hours"), [(60, 1), (10080, 72), (None, 72)])
def test_an_answer_is_due_before_it_is_of_no_use(desk, minutes, hours):
    due = appeals(desk, "otto", muted(desk, minutes))
    assert due - desk.unit.now == timedelta(hours=hours)


def test_each_action_is_appealed_once(desk):
    sanction = muted(desk)
    appeals(desk, "otto", sanction)
    with pytest.raises(Conflict, match="already"):
        appeals(desk, "otto", sanction)
    answers(desk, "rae")
    with pytest.raises(Conflict, match="already"):
        appeals(desk, "otto", sanction)
    assert appeals(desk, "otto", muted(desk)), "another action can be appealed"


def test_one_appeals_only_what_is_about_oneself(desk):
    with pytest.raises(NotFound):
        appeals(desk, "fern", muted(desk))
    with pytest.raises(NotFound):
        appeals(desk, "otto", "nothing")


def test_what_the_house_did_by_the_clock_or_what_was_taken_back_is_not_appealed(desk, clock):
    item = desk.held("otto", "sourcing")
    later(desk, clock, hours=24)
    actions.lapse_held(desk.unit)
    decision = queries.standing_decision(desk.unit, item)
    with pytest.raises(NotFound):
        appeals(desk, "otto", decision.id)
    other = desk.held("otto", "sourcing")
    made = desk.decides("mo", other, "mute", minutes=60)
    actions.undo(desk.unit, desk.who("mo"), other)
    with pytest.raises(NotFound, match="taken back"):
        appeals(desk, "otto", made.imposed.id)


def test_what_is_long_over_is_not_appealed(desk, clock):
    sanction = muted(desk, 60)
    later(desk, clock, days=31)
    actions.end_sanctions(desk.unit)
    desk.unit.session.expire_all()
    with pytest.raises(Conflict, match="too late"):
        appeals(desk, "otto", sanction)


def test_a_mute_without_end_can_be_appealed_however_old_it_is(desk, clock):
    sanction = muted(desk, None)
    later(desk, clock, days=400)
    assert appeals(desk, "otto", sanction)


# ------------------------------------------------------------------ somebody else


def test_who_decided_never_sees_the_appeal(desk):
    appeals(desk, "otto", muted(desk))
    assert listed(desk, "mo") == []
    assert queries.waiting_for(desk.unit, desk.who("mo")).open == 0
    assert queries.next_free(desk.unit, desk.who("mo")) is None
    for deed in (actions.claim, actions.read_appeal, actions.read_item):
        with pytest.raises(NotFound):
            deed(desk.unit, desk.who("mo"), entry(desk))
    with pytest.raises(NotFound):
        answers(desk, "mo")
    answers(desk, "rae")
    assert entry(desk) not in listed(desk, "mo", show="decided")
    assert entry(desk) in listed(desk, "ada", show="decided")


def test_neither_does_who_signed_second(desk):
    made = desk.sanctions("mo", "otto", "ban")
    actions.cosign(desk.unit, desk.who("rae"), made.id)
    appeals(desk, "otto", made.id)
    assert listed(desk, "mo") == listed(desk, "rae") == []
    assert listed(desk, "ada") == [entry(desk)]


def test_an_admin_who_decided_does_not_get_it_even_with_nobody_left(desk):
    sanction = muted(desk, who="ada")
    for handle in ("mo", "rae"):
        desk.sanctions("ada", handle, "suspend", minutes=60)
    appeals(desk, "otto", sanction)
    assert listed(desk, "ada") == []


@pytest.mark.parametrize("column", ["against_id", "second_id", "account_id"])
def test_the_database_itself_refuses_the_same_person(desk, column):
    made = desk.sanctions("mo", "otto", "ban")
    actions.cosign(desk.unit, desk.who("rae"), made.id)
    appeals(desk, "otto", made.id)
    found = desk.unit.session.scalars(select(Appeal)).one()
    values = {"outcome": "keep", "reply": "No.", "answered_at": desk.unit.now}
    forced = update(Appeal).values(**values, answered_by=getattr(found, column))
    with pytest.raises(IntegrityError), desk.unit.session.begin_nested():
        desk.unit.session.execute(forced)


def test_the_database_itself_refuses_half_an_answer(desk):
    appeals(desk, "otto", muted(desk))
    with pytest.raises(IntegrityError), desk.unit.session.begin_nested():
        desk.unit.session.execute(update(Appeal).values(outcome="lift"))


def test_an_appeal_is_answered_not_judged(desk):
    appeals(desk, "otto", muted(desk))
    with pytest.raises(Invalid, match="answered"):
        desk.decides("rae", entry(desk), "allow")


def test_of_two_answers_one_counts(desk):
    appeals(desk, "otto", muted(desk))
    answers(desk, "rae")
    with pytest.raises(Conflict):
        answers(desk, "ada", "lift")


def test_a_claim_is_respected(desk):
    appeals(desk, "otto", muted(desk))
    actions.claim(desk.unit, desk.who("rae"), entry(desk))
    with pytest.raises(Conflict, match="on this right now"):
        answers(desk, "ada")
    answers(desk, "rae")


# ------------------------------------------------------------------ the answers


def test_kept_it_stays_and_the_person_reads_why(desk):
    sanction = muted(desk)
    appeals(desk, "otto", sanction)
    assert answers(desk, "rae", reply="We read it again.").until == row(desk, sanction).until
    (told,) = actions.own_decisions(desk.unit, desk.who("otto"))
    assert (told.appeal.outcome, told.appeal.reply) == ("keep", "We read it again.")
    assert not told.can_appeal
    desk.unit.session.flush()
    kinds = desk.unit.session.scalars(
        select(Notice.kind).where(Notice.account_id == desk.who_id("otto"))
    )
    assert "appeal_answered" in set(kinds)


def test_shortened_it_ends_sooner(desk):
    sanction = muted(desk)
    appeals(desk, "otto", sanction)
    answered = answers(desk, "rae", "shorten", minutes=30)
    assert answered.until - desk.unit.now == timedelta(minutes=30)
    assert desk.who("otto").muted_until == answered.until
    assert row(desk, sanction).state == "in_force"


@pytest.mark.parametrize("minutes", [None, 1440, 5000])
def test_not_shorter_is_refused_and_nothing_changes(desk, minutes):
    sanction = muted(desk)
    appeals(desk, "otto", sanction)
    before = row(desk, sanction).until
    more = {"minutes": minutes} if minutes else {}
    with pytest.raises(Invalid), desk.unit.session.begin_nested():
        answers(desk, "rae", "shorten", **more)
    assert row(desk, sanction).until == before
    assert desk.unit.session.get(ReviewItem, entry(desk)).state == "open"


def test_a_ban_that_waits_and_gets_shorter_than_a_week_needs_no_second_any_more(desk):
    made = desk.sanctions("mo", "otto", "ban")
    appeals(desk, "otto", made.id)
    answers(desk, "rae", "shorten", minutes=3 * 1440)
    found = row(desk, made.id)
    assert (found.state, found.needs_second, found.cosigned_by) == ("in_force", False, None)
    now = standing(desk, "otto")
    assert (now.kind, now.until) == ("ban", found.until)


def test_a_ban_that_waits_and_stays_longer_than_a_week_still_waits(desk):
    made = desk.sanctions("mo", "otto", "ban")
    appeals(desk, "otto", made.id)
    answers(desk, "rae", "shorten", minutes=30 * 1440)
    found = row(desk, made.id)
    assert (found.state, found.needs_second) == ("pending", True)
    assert standing(desk, "otto").kind == "suspend"


@pytest.mark.parametrize("kind", ["mute", "suspend", "ban"])
def test_lifted_the_person_is_free(desk, kind):
    made = desk.sanctions("mo", "otto", kind, minutes=600)
    appeals(desk, "otto", made.id)
    answers(desk, "rae", "lift", "You were right.")
    assert standing(desk, "otto").kind is None
    assert desk.who("otto").muted_until is None
    assert row(desk, made.id).end_reason == "You were right."


def test_a_warning_has_no_end_that_could_come_sooner_but_can_be_lifted(desk):
    made = desk.sanctions("mo", "otto", "warn")
    appeals(desk, "otto", made.id)
    with pytest.raises(Invalid), desk.unit.session.begin_nested():
        answers(desk, "rae", "shorten", minutes=5)
    answers(desk, "rae", "lift")
    assert row(desk, made.id).state == "ended"


@pytest.mark.parametrize("verdict", ["remove", "keep"])
def test_lifted_words_come_back(desk, verdict):
    note = desk.says("otto")
    desk.reports("fern", note)
    item = desk.unit.session.scalars(select(ReviewItem.id)).one()
    desk.decides("mo", item, verdict)
    (told,) = actions.own_decisions(desk.unit, desk.who("otto"))
    appeals(desk, "otto", told.id)
    with pytest.raises(Invalid), desk.unit.session.begin_nested():
        answers(desk, "rae", "shorten", minutes=5)
    answers(desk, "rae", "lift")
    assert desk.state_of(note) == "visible"
    assert desk.unit.session.get(ReviewItem, item).decision == "allow"
    assert actions.own_decisions(desk.unit, desk.who("otto")) == ()


def test_words_that_are_gone_for_good_do_not_stop_an_answer(desk):
    note = desk.says("otto")
    desk.reports("fern", note)
    item = desk.unit.session.scalars(select(ReviewItem.id)).one()
    desk.decides("mo", item, "remove")
    (told,) = actions.own_decisions(desk.unit, desk.who("otto"))
    appeals(desk, "otto", told.id)
    desk.board.notes.pop(note)
    assert actions.read_appeal(desk.unit, desk.who("rae"), entry(desk)).words is None
    assert answers(desk, "rae", "lift").outcome == "lift"


def test_answers_are_counted_by_rule_and_for_the_team_and_nobody_is_named(desk):
    for outcome, more in (("keep", {}), ("lift", {}), ("shorten", {"minutes": 5})):
        appeals(desk, "otto", muted(desk))
        sent = {"outcome": outcome, "reply": "Read.", **more}
        open_ones = listed(desk, "rae", show="appeals")
        actions.answer(desk.unit, desk.who("rae"), open_ones[0], AnswerForm.parse(sent))
    counted = queries.overturns_lately(desk.unit)
    assert counted == {"no_trading": {"keep": 1, "lift": 1, "shorten": 1}}


def test_an_appeal_is_no_mark_in_the_persons_record(desk):
    appeals(desk, "otto", muted(desk))
    answers(desk, "rae")
    assert queries.record_of(desk.unit, desk.who_id("otto")).verdicts == {}


def test_the_log_has_the_appeal_and_the_answer_and_no_words(desk):
    appeals(desk, "otto", muted(desk))
    answers(desk, "rae", reply="A plain reply.")
    entries = desk.unit.session.scalars(select(Entry)).all()
    verbs = [one.verb for one in entries]
    assert {"moderation.appealed", "moderation.appeal_answered"} <= set(verbs)
    assert "joking" not in str([one.detail for one in entries])
    assert "plain reply" not in str([one.detail for one in entries])


def test_who_goes_takes_the_words_of_answered_appeals_along(desk):
    appeals(desk, "otto", muted(desk))
    answers(desk, "rae")
    exported = actions.DeskMemory().export(desk.unit, desk.who_id("otto"))
    assert [one["text"] for one in exported["appeals"]] == [WHY]
    actions.DeskMemory().erase(desk.unit, desk.who_id("otto"))
    desk.unit.session.expire_all()
    found = desk.unit.session.scalars(select(Appeal)).one()
    assert (found.text, found.reply) == ("", "")


# ------------------------------------------------------------------ forms


@pytest.mark.parametrize(
    ("form", "sent"),
    [
        (AppealForm, {}),
        (AppealForm, {"text": "x" * 1001}),
        (AppealForm, {"text": "x", "more": 1}),
        (OutsideAppealForm, {"text": "x"}),
        (AnswerForm, {"outcome": "keep"}),
        (AnswerForm, {"outcome": "forget", "reply": "x"}),
        (AnswerForm, {"outcome": "keep", "reply": "x", "minutes": 5}),
        (AnswerForm, {"outcome": "shorten", "reply": "x", "minutes": 0}),
    ],
)
def test_what_cannot_be_read_is_refused(form, sent):
    with pytest.raises(Invalid):
        form.parse(sent)


def test_nobody_outside_the_desk_answers(desk):
    appeals(desk, "otto", muted(desk))
    with pytest.raises(Forbidden):
        answers(desk, "fern")
