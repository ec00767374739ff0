"""What takes two people and is no sanction, in time and out of it; and what lies in a seal."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.accounts import actions as accounts
from support.accounts import queries as people
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Forbidden, NotFound
from support.moderation import actions
from support.moderation.actions import sealing
from support.moderation.actions.signing import lapse_steps
from support.moderation.models import Evidence, EvidenceLine, ReviewItem, Signing
from support.moderation.rules.evidence import Step, StepState
from tests.desk_world import a_board, open_desk

HOUR = timedelta(hours=1)
WHY = "We need to know what was said."


@pytest.fixture
def desk(trial):
    with a_board() as board:
        yield open_desk(trial, board)


@pytest.fixture
def item(desk):
    """Otto sold, Mina and Fern spoke before and after, and Fern reported it."""
    desk.says("mina", "Good evening.")
    note = desk.says("otto", "Pills for sale.")
    desk.says("fern", "Please do not.")
    desk.reports("fern", note)
    return desk.unit.session.scalars(select(ReviewItem.id)).one()


def asks(desk, item, handle="mo", step=Step.UNSEAL):
    return actions.ask_about_item(desk.unit, desk.who(handle), item, step, WHY)


def signs(desk, step, handle="rae"):
    return actions.sign_step(desk.unit, desk.who(handle), step)


def wants(desk, person="fern", handle="mo"):
    return actions.ask_for_moderator(desk.unit, desk.who(handle), person, WHY)


def role(desk, handle):
    desk.unit.session.flush()
    return people.person(desk.unit, desk.who_id(handle)).role


def verbs(desk):
    rows = desk.unit.session.scalars(select(Entry.verb).order_by(Entry.id))
    return [one for one in rows if one.startswith("moderation.step")]


# ------------------------------------------------------------------ in time and out of it


@pytest.mark.parametrize(("hours", "counts"), [(0, True), (23, True), (24, False), (48, False)])
def test_a_second_signature_counts_for_a_day(desk, item, hours, counts):
    step = asks(desk, item)
    desk.unit.now += hours * HOUR
    if counts:
        assert signs(desk, step).state == StepState.AGREED
        return
    with pytest.raises(Conflict, match="does not wait"):
        signs(desk, step)
    with pytest.raises(Conflict, match="does not wait"):
        actions.refuse_step(desk.unit, desk.who("rae"), step)


@pytest.mark.parametrize(("hours", "reads"), [(0, True), (23, True), (24, False)])
def test_what_two_opened_is_open_for_a_day(desk, item, hours, reads):
    signs(desk, asks(desk, item))
    desk.unit.now += hours * HOUR
    if reads:
        assert len(actions.open_seals(desk.unit, desk.who("mo"), item)) == 3
        return
    with pytest.raises(Forbidden, match="Two moderators"):
        actions.open_seals(desk.unit, desk.who("mo"), item)


def test_what_lapsed_is_said_once_and_can_be_asked_for_again(desk, item):
    asks(desk, item)
    desk.unit.now += 23 * HOUR
    assert lapse_steps(desk.unit) == 0
    desk.unit.now += HOUR
    assert lapse_steps(desk.unit) == 1
    assert lapse_steps(desk.unit) == 0
    assert verbs(desk) == ["moderation.step_asked", "moderation.step_lapsed"]
    assert signs(desk, asks(desk, item, "rae"), "mo").state == StepState.AGREED


def test_what_was_settled_lapses_no_more(desk, item):
    signs(desk, asks(desk, item))
    desk.unit.now += 48 * HOUR
    assert lapse_steps(desk.unit) == 0


@pytest.mark.parametrize("handle", ["mo", "rae"])
def test_a_no_is_for_either_and_ends_it(desk, item, handle):
    step = asks(desk, item)
    actions.refuse_step(desk.unit, desk.who(handle), step)
    with pytest.raises(Conflict):
        signs(desk, step)
    with pytest.raises(Forbidden):
        actions.open_seals(desk.unit, desk.who("mo"), item)
    assert desk.unit.session.get_one(Signing, step).cosigned_by is None


@pytest.mark.parametrize("handle", ["mina", "paul"])
def test_nobody_outside_the_desk_asks_signs_or_refuses(desk, item, handle):
    step = asks(desk, item)
    for deed in (
        lambda: asks(desk, item, handle),
        lambda: signs(desk, step, handle),
        lambda: actions.refuse_step(desk.unit, desk.who(handle), step),
        lambda: actions.open_seals(desk.unit, desk.who(handle), item),
        lambda: wants(desk, handle=handle),
    ):
        with pytest.raises((Forbidden, NotFound)):
            deed()
    assert desk.unit.session.get_one(Signing, step).state == StepState.PENDING


def test_who_signed_first_does_not_sign_second(desk, item):
    with pytest.raises(Forbidden, match="signed this already"):
        signs(desk, asks(desk, item), "mo")


def test_an_unsealing_and_a_destruction_are_two_askings(desk, item):
    asks(desk, item)
    asks(desk, item, step=Step.ERASE)
    with pytest.raises(Conflict, match="waits for a second"):
        asks(desk, item, "rae")


def test_a_third_moderator_did_not_sign_and_does_not_read(desk, item):
    signs(desk, asks(desk, item))
    with pytest.raises(Forbidden):
        actions.open_seals(desk.unit, desk.who("ada"), item)


# ------------------------------------------------------------------ a new moderator


@pytest.mark.parametrize(
    ("first", "second", "may"),
    [("mo", "ada", True), ("ada", "mo", True), ("mo", "rae", False)],
)
def test_one_of_the_two_is_an_admin(desk, first, second, may):
    step = wants(desk, handle=first)
    if not may:
        with pytest.raises(Forbidden, match="has to be an admin"):
            signs(desk, step, second)
    else:
        signs(desk, step, second)
    assert role(desk, "fern") is (Role.MODERATOR if may else Role.MEMBER)


def test_an_admin_who_asked_and_is_none_any_more_does_not_count_as_one(desk):
    accounts.set_role(desk.unit, desk.who_id("rae"), Role.ADMIN)
    step = wants(desk, handle="rae")
    accounts.set_role(desk.unit, desk.who_id("rae"), Role.MODERATOR)
    with pytest.raises(Forbidden, match="has to be an admin"):
        signs(desk, step, "mo")


@pytest.mark.parametrize("person", ["mo", "ada"])
def test_who_is_on_the_team_is_not_asked_for(desk, person):
    with pytest.raises((Conflict, Forbidden)):
        wants(desk, person, "rae")


def test_nobody_asks_for_themselves_or_for_a_name_nobody_has(desk):
    with pytest.raises(Forbidden):
        wants(desk, "mo", "mo")
    with pytest.raises(NotFound, match="nobody of this name"):
        wants(desk, "nobody-here")


@pytest.mark.parametrize("measure", ["ban", "suspend"])
def test_who_is_kept_out_by_then_becomes_no_moderator(desk, measure):
    step, fern = wants(desk), desk.who_id("fern")
    if measure == "ban":
        accounts.ban(desk.unit, fern, "why", "safety")
    else:
        accounts.suspend(desk.unit, fern, None, "why", "safety")
    desk.unit.session.flush()
    with pytest.raises(Conflict, match="cannot come in"):
        signs(desk, step, "ada")
    assert role(desk, "fern") is Role.MEMBER
    accounts.lift(desk.unit, fern, measure)
    desk.unit.session.flush()
    signs(desk, step, "ada")
    assert role(desk, "fern") is Role.MODERATOR


def test_who_became_a_moderator_otherwise_is_not_made_one_again(desk):
    step = wants(desk)
    accounts.set_role(desk.unit, desk.who_id("fern"), Role.MODERATOR)
    desk.unit.session.flush()
    with pytest.raises(Conflict, match="moderator already"):
        signs(desk, step, "ada")


def test_every_step_is_in_the_log_without_its_reason(desk):
    signs(desk, wants(desk), "ada")
    assert verbs(desk) == ["moderation.step_asked", "moderation.step_agreed"]
    assert WHY not in str(desk.unit.session.execute(select(Entry.detail)).all())


# ------------------------------------------------------------------ what lies in a seal


def seals(desk):
    desk.unit.session.flush()
    return list(desk.unit.session.scalars(select(Evidence)))


def test_the_words_are_at_nought_those_before_below_and_those_after_above(desk, item):
    signs(desk, asks(desk, item))
    read = actions.open_seals(desk.unit, desk.who("rae"), item)
    assert [(one.place, one.author, one.body) for one in read] == [
        (-1, "mina", "Good evening."),
        (0, "otto", "Pills for sale."),
        (1, "fern", "Please do not."),
    ]
    assert all(one.was_shown for one in read)


def test_words_that_nobody_saw_are_marked_so(desk):
    held = desk.says("otto", "Held words.", state="held")
    item = desk.files(held, "sourcing")
    desk.decides("mo", item, "remove")
    signs(desk, asks(desk, item))
    (read,) = actions.open_seals(desk.unit, desk.who("rae"), item)
    assert (read.body, read.was_shown) == ("Held words.", False)


def test_the_same_words_are_sealed_once_and_other_words_again(desk, item):
    assert len(seals(desk)) == 1
    desk.decides("mo", item, "remove")
    assert len(seals(desk)) == 1


def test_letting_words_through_seals_nothing(desk):
    desk.decides("mo", desk.held("otto", "sourcing"), "allow")
    assert seals(desk) == []


def test_words_that_go_by_the_clock_are_sealed_only_while_a_matter_is_open(desk, item):
    said = ("Other words.", "visible", desk.unit.now)
    sealing.seal_gone(desk.unit, "message", "no-such-note", said)
    assert len(seals(desk)) == 1
    note = desk.unit.session.get_one(ReviewItem, item).target_id
    sealing.seal_gone(desk.unit, "message", note, said)
    assert len(seals(desk)) == 2
    desk.decides("mo", item, "remove")
    before = len(seals(desk))
    sealing.seal_gone(desk.unit, "message", note, ("More words.", "visible", desk.unit.now))
    assert len(seals(desk)) == before


def test_no_words_are_no_seal(desk, item):
    row = desk.unit.session.get_one(ReviewItem, item)
    empty = ("", "visible", desk.unit.now)
    sealing.seal_gone(desk.unit, "message", row.target_id, empty)
    assert len(seals(desk)) == 1


def test_two_people_destroy_all_of_it_and_the_log_says_who_and_why(desk, item):
    signs(desk, asks(desk, item, step=Step.ERASE))
    assert seals(desk) == []
    assert desk.unit.session.scalars(select(EvidenceLine)).all() == []
    gone = desk.unit.session.scalars(
        select(Entry).where(Entry.verb == "moderation.evidence_gone")
    ).one()
    assert (gone.actor_id, gone.detail) == (desk.who("rae").id, {"why": "two people"})
    with pytest.raises(NotFound, match="Nothing is sealed"):
        asks(desk, item)


def test_destroying_nothing_says_nothing(desk):
    before = len(desk.unit.session.scalars(select(Entry.id)).all())
    sealing.destroy(desk.unit, [], "expired")
    assert len(desk.unit.session.scalars(select(Entry.id)).all()) == before
    assert sealing.expire(desk.unit) == 0


def test_every_look_into_a_seal_is_written_down(desk, item):
    signs(desk, asks(desk, item))
    for handle in ("mo", "rae", "mo"):
        actions.open_seals(desk.unit, desk.who(handle), item)
    rows = desk.unit.session.scalars(
        select(Entry.actor_id).where(Entry.verb == "moderation.evidence_read").order_by(Entry.id)
    )
    assert list(rows) == [desk.who(one).id for one in ("mo", "rae", "mo")]


def test_a_line_whose_author_has_gone_reads_as_gone_and_hides_no_other(desk, item):
    line = desk.unit.session.scalars(select(EvidenceLine).where(EvidenceLine.place == -1)).one()
    line.sealed = None
    signs(desk, asks(desk, item))
    read = actions.open_seals(desk.unit, desk.who("mo"), item)
    assert [one.body for one in read] == [None, "Pills for sale.", "Please do not."]
    assert not read[0].was_shown


def test_a_line_that_was_altered_is_not_read_as_if_it_were_true(desk, item):
    line = desk.unit.session.scalars(select(EvidenceLine).where(EvidenceLine.place == 0)).one()
    line.sealed = line.sealed[:-1] + bytes([line.sealed[-1] ^ 1])
    signs(desk, asks(desk, item))
    with pytest.raises(Conflict, match="altered"):
        actions.open_seals(desk.unit, desk.who("mo"), item)
