"""A person's record: what they read of what was decided, what the desk reads, who is left out."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from support.accounts import actions as people
from support.accounts import queries as accounts
from support.base.actor import Role
from support.base.errors import Forbidden, NotFound
from support.base.severity import Severity
from support.moderation import actions, queries
from support.moderation.forms import ReasonForm
from support.moderation.models import ReviewItem, Sanction
from support.moderation.queries.circumstances import facts_round
from support.moderation.rules.circumstances import Circumstance, Facts, circumstances
from support.moderation.rules.desk import SanctionKind, SanctionState
from tests.desk_world import a_board, open_desk
from tests.groups_world import found_group

DAY = timedelta(days=1)


@pytest.fixture
def desk(trial):
    with a_board() as board:
        yield open_desk(trial, board)


def told(desk, handle):
    desk.unit.session.flush()
    return queries.decisions_about(desk.unit, desk.who(handle))


# ------------------------------------------------------------------ what one reads of oneself


@pytest.mark.parametrize(
    ("decision", "reads"),
    [
        ("allow", []),
        ("reword", ["reword"]),
        ("keep", ["keep"]),
        ("remove", ["remove"]),
        ("warn", ["warn"]),
        ("mute", ["mute"]),
    ],
)
def test_each_decision_is_read_once_as_what_it_did(desk, decision, reads):
    desk.decides("mo", desk.held("otto", "sourcing"), decision)
    assert [one.what for one in told(desk, "otto")] == reads
    assert told(desk, "mina") == ()


def test_a_decision_about_words_says_which_words_why_and_by_which_rule(desk):
    item = desk.held("otto", "sourcing")
    desk.decides("mo", item, "keep", reason="It names a price.", rule="no_trading")
    (one,) = told(desk, "otto")
    note = desk.unit.session.get_one(ReviewItem, item).target_id
    assert (one.reason, one.rule, one.target) == (
        "It names a price.",
        "no_trading",
        ("message", note),
    )
    assert one.can_appeal


def test_a_sanction_says_until_when_and_whether_it_holds(desk):
    desk.sanctions("mo", "otto", "mute", minutes=30)
    (one,) = told(desk, "otto")
    assert (one.what, one.state) == ("mute", SanctionState.IN_FORCE)
    assert one.until == desk.unit.now + timedelta(minutes=30)
    assert one.target is None


def test_the_day_out_that_fills_the_wait_is_not_read_as_a_second_sanction(desk):
    desk.sanctions("mo", "fern", "suspend", minutes=20000)
    fern = accounts.anyone_by_id(desk.unit, desk.who_id("fern"))
    assert len(desk.unit.session.scalars(select(Sanction)).all()) == 2
    (one,) = queries.decisions_about(desk.unit, fern)
    assert (one.what, one.state) == ("suspend", SanctionState.PENDING)
    assert one.can_appeal


def test_what_was_taken_back_is_not_read_any_more(desk):
    item = desk.held("otto", "sourcing")
    desk.decides("mo", item, "mute", minutes=30)
    assert told(desk, "otto")
    actions.undo(desk.unit, desk.who("mo"), item)
    assert told(desk, "otto") == ()


def test_the_newest_is_read_first(desk):
    desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    desk.unit.now += timedelta(minutes=1)
    desk.sanctions("mo", "otto", "warn")
    desk.unit.now += timedelta(minutes=1)
    desk.decides("mo", desk.held("otto", "sourcing"), "reword")
    assert [one.what for one in told(desk, "otto")] == ["reword", "warn", "keep"]


@pytest.mark.parametrize(("days", "may"), [(0, True), (30, True), (31, False)])
def test_words_can_be_appealed_for_thirty_days(desk, days, may):
    desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    desk.unit.now += days * DAY
    (one,) = told(desk, "otto")
    assert one.can_appeal is may


def test_a_mute_that_still_holds_can_be_appealed_after_any_time(desk):
    desk.sanctions("mo", "otto", "mute")
    desk.unit.now += 90 * DAY
    (one,) = told(desk, "otto")
    assert one.can_appeal


def test_one_reads_twenty_and_not_a_life(desk, monkeypatch):
    monkeypatch.setattr("support.moderation.queries.people.RECENT", 2)
    for _ in range(3):
        desk.decides("mo", desk.held("otto", "sourcing"), "keep")
        desk.unit.now += timedelta(minutes=1)
    assert len(told(desk, "otto")) == 2


# ------------------------------------------------------------------ what a reporter reads


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ("allow", "no_action"),
        ("reword", "acted"),
        ("keep", "acted"),
        ("remove", "acted"),
        ("warn", "acted"),
        ("mute", "acted"),
    ],
)
def test_a_reporter_reads_the_class_of_action_and_not_which(desk, decision, outcome):
    note = desk.says("otto")
    desk.reports("mina", note)
    (waits,) = queries.own_reports(desk.unit, desk.who("mina"))
    assert waits.outcome == "waiting"
    item = desk.unit.session.scalars(select(ReviewItem.id)).one()
    desk.decides("mo", item, decision)
    (one,) = queries.own_reports(desk.unit, desk.who("mina"))
    assert (one.outcome, one.reason) == (outcome, "sourcing")


def test_a_matter_that_closed_by_itself_reads_as_closed(desk):
    note = desk.says("otto")
    desk.reports("mina", note)
    row = desk.unit.session.scalars(select(ReviewItem)).one()
    row.state, row.decision, row.decided_at = "decided", "withdrawn", desk.unit.now
    desk.unit.session.flush()
    assert queries.own_reports(desk.unit, desk.who("mina"))[0].outcome == "closed"


def test_reports_come_the_newest_first_and_only_ones_own(desk):
    for reason in ("spam", "privacy"):
        desk.reports("mina", desk.says("otto"), reason)
        desk.unit.now += timedelta(minutes=1)
    desk.reports("fern", desk.says("otto"), "harassment")
    found = queries.own_reports(desk.unit, desk.who("mina"))
    assert [one.reason for one in found] == ["privacy", "spam"]


# ------------------------------------------------------------------ what the desk reads


def test_a_record_counts_each_kind_of_decision_and_not_what_waits(desk):
    for decision in ("keep", "keep", "allow"):
        desk.decides("mo", desk.held("otto", "sourcing"), decision)
    desk.held("otto", "sourcing")
    desk.decides("mo", desk.held("fern", "sourcing"), "reword")
    record = queries.record_of(desk.unit, desk.who_id("otto"))
    assert record.verdicts == {"allow": 1, "keep": 2}
    assert record.sanctions == ()


def test_a_record_is_counted_no_farther_than_it_says(desk, monkeypatch):
    monkeypatch.setattr("support.moderation.queries.people.COUNTS_TO", 2)
    for _ in range(3):
        desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    assert queries.record_of(desk.unit, desk.who_id("otto")).verdicts == {"keep": 2}


def test_a_line_names_who_decided_about_whom_and_who_signed_second(desk):
    made = desk.sanctions("mo", "otto", "ban")
    actions.cosign(desk.unit, desk.who("rae"), made.id)
    lines = queries.record_of(desk.unit, desk.who_id("otto")).sanctions
    line = next(one for one in lines if one.id == made.id)
    assert (line.person, line.by, line.cosigned_by) == ("otto", "mo", "rae")
    assert (line.kind, line.state) == ("ban", SanctionState.IN_FORCE)
    assert [one.is_meanwhile for one in lines if one.id != made.id] == [True]


@pytest.mark.parametrize(("minutes", "after", "live"), [(30, 29, True), (30, 30, False)])
def test_what_has_run_out_is_not_in_force_although_nothing_ended_it(desk, minutes, after, live):
    desk.sanctions("mo", "otto", "mute", minutes=minutes)
    desk.unit.now += timedelta(minutes=after)
    found = queries.live_sanctions(desk.unit, desk.who("rae"))
    assert [one.kind for one in found] == (["mute"] if live else [])


def test_a_warning_is_never_in_force_and_a_ban_that_waits_comes_first(desk):
    desk.sanctions("mo", "mina", "warn")
    desk.sanctions("mo", "mina", "mute", minutes=30)
    desk.sanctions("mo", "otto", "ban")
    found = queries.live_sanctions(desk.unit, desk.who("rae"))
    assert (found[0].kind, found[0].state) == ("ban", "pending")
    assert sorted(one.kind for one in found[1:]) == ["mute", "suspend"]


def test_what_is_about_a_co_host_is_not_shown_to_them(desk):
    found_group(desk.unit, hosts=[desk.who("rae"), desk.who("fern")], slug="two", name="two")
    desk.sanctions("mo", "fern", "mute", minutes=30)
    assert queries.live_sanctions(desk.unit, desk.who("rae")) == ()
    assert len(queries.live_sanctions(desk.unit, desk.who("ada"))) == 1


@pytest.mark.parametrize("handle", ["mina", "paul"])
def test_the_list_and_one_of_it_are_for_the_desk(desk, handle):
    made = desk.sanctions("mo", "otto", "mute", minutes=5)
    with pytest.raises(Forbidden):
        queries.live_sanctions(desk.unit, desk.who(handle))
    with pytest.raises(Forbidden):
        queries.sanction_by_id(desk.unit, desk.who(handle), made.id)


def test_a_sanction_about_oneself_is_not_there_at_the_desk(desk):
    made = desk.sanctions("ada", "rae", "mute", minutes=5)
    with pytest.raises(NotFound):
        queries.sanction_by_id(desk.unit, desk.who("rae"), made.id)
    with pytest.raises(NotFound):
        actions.end(desk.unit, desk.who("rae"), made.id, ReasonForm("I am fine."))
    assert queries.sanction_by_id(desk.unit, desk.who("mo"), made.id).kind == "mute"


@pytest.mark.parametrize(
    ("lengths", "longest"), [([30], 30), ([30, 60], 60), ([60, 30], 60), ([30, None, 60], None)]
)
def test_of_several_the_longest_holds_and_endless_is_the_longest(desk, lengths, longest):
    for minutes in lengths:
        desk.sanctions("mo", "otto", "mute", **({"minutes": minutes} if minutes else {}))
    found = queries.in_force(desk.unit, desk.who_id("otto"), SanctionKind.MUTE)
    assert found.minutes == longest
    assert queries.in_force(desk.unit, desk.who_id("otto"), SanctionKind.BAN) is None


# ------------------------------------------------------------------ what stands beside an entry


def round_item(desk, item_id, body="plain words", rooms=1):
    desk.unit.session.flush()
    return facts_round(desk.unit, desk.unit.session.get_one(ReviewItem, item_id), body, rooms)


@pytest.mark.parametrize(
    ("body", "link"),
    [
        ("see https://a.example/x", True),
        ("see HTTP://a.b", True),
        ("www.something", True),
        ("my-shop.SHOP", True),
        ("a.info now", True),
        ("t.me/calmfriends", True),
        ("on discord.gg/abc", True),
        ("I slept.Come on", False),
        ("3.5 mg", False),
        ("3.5/day and/or none", False),
        ("well... com", False),
        ("", False),
    ],
)
def test_a_link_is_seen_in_any_dress_and_a_full_stop_is_none(desk, body, link):
    assert round_item(desk, desk.held("otto", "sourcing"), body).has_link is link


@pytest.mark.parametrize(
    ("decision", "counts"), [("keep", 1), ("remove", 1), ("reword", 1), ("allow", 0), ("warn", 0)]
)
def test_only_words_that_were_held_back_count_as_held(desk, decision, counts):
    desk.decides("mo", desk.held("otto", "sourcing"), decision)
    desk.decides("mo", desk.held("mina", "sourcing"), "keep")
    assert round_item(desk, desk.held("otto", "sourcing")).held_lately == counts


@pytest.mark.parametrize(("days", "counts"), [(0, 1), (7, 1), (8, 0)])
def test_a_week_is_looked_back_and_no_longer(desk, days, counts):
    desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    desk.unit.now += days * DAY
    assert round_item(desk, desk.held("otto", "sourcing")).held_lately == counts


def test_words_that_are_held_and_not_decided_yet_count_too(desk):
    desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    for _ in range(2):
        desk.held("otto", "sourcing")
    desk.held("mina", "sourcing")
    item = desk.held("otto", "sourcing")
    assert round_item(desk, item).held_lately == 3


def test_an_entry_is_not_counted_against_itself(desk):
    item = desk.held("otto", "sourcing")
    desk.decides("mo", item, "keep")
    assert round_item(desk, item).held_lately == 0


def test_somebody_settled_is_not_new_whoever_was_banned(desk):
    desk.sanctions("mo", "mina", "suspend", minutes=60)
    facts = round_item(desk, desk.held("otto", "sourcing"), "https://a.example", rooms=4)
    assert facts == Facts(0, 4, is_new=False, has_link=True, made_after_a_ban=0)


@pytest.mark.parametrize(
    ("kind", "minutes", "looks_after", "count"),
    [
        ("suspend", (60, 90, 119), 0, 3),
        ("ban", (1, 2), 0, 2),
        ("suspend", (120,), 0, 1),
        ("suspend", (60, 120), 20, 2),
        ("suspend", (60, 61), 24, 0),
        ("suspend", (100, 121), 0, 0),
        ("mute", (1, 2), 0, 0),
    ],
)
def test_a_burst_is_counted_of_accounts_made_within_two_hours_of_a_ban(
    desk, kind, minutes, looks_after, count
):
    desk.sanctions("mo", "mina", kind, minutes=60)
    banned_at = desk.unit.now
    for number, minute in enumerate(minutes):
        desk.unit.now = banned_at + timedelta(minutes=minute)
        newt = f"newt{number}" if number + 1 < len(minutes) else "newt"
        people.create(desk.unit, newt, Role.MEMBER, "hash", people.About("PT", "UTC"))
    desk.unit.now += timedelta(hours=looks_after)
    assert round_item(desk, desk.held("newt", "sourcing")).made_after_a_ban == count


def test_a_ban_after_somebody_came_says_nothing_of_them(desk):
    people.create(desk.unit, "newt", Role.MEMBER, "hash", people.About("PT", "UTC"))
    desk.unit.now += timedelta(hours=1)
    desk.sanctions("mo", "mina", "suspend", minutes=60)
    facts = round_item(desk, desk.held("newt", "sourcing"))
    assert facts.is_new
    assert facts.made_after_a_ban == 0


def test_severity_alone_hides_no_circumstance(desk):
    item = desk.held("otto", "sourcing", severity=Severity.WATCH)
    assert circumstances(round_item(desk, item, rooms=2), ["sourcing"]) == (
        Circumstance("same_words", 2),
    )
