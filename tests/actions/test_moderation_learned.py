"""What a decision says of review, and what may be looked back on: hits, words, months."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from support.base.actor import Role
from support.base.errors import Forbidden, NotFound
from support.base.severity import Severity
from support.moderation import actions
from support.moderation.actions.learning import learn, unlearn
from support.moderation.models import FoundLabel, Report, ReviewItem, Sanction
from support.moderation.queries import learning, ruling
from support.moderation.queries.learning import AGREED, OVERTURNED, Tally
from support.moderation.queries.transparency import month
from support.moderation.rules.desk import Verdict
from support.moderation.rules.rulebook import HOLDING, LABELS
from tests.desk_world import a_board, open_desk
from tests.groups_world import found_group

DAY = timedelta(days=1)


@pytest.fixture
def desk(trial):
    with a_board() as board:
        yield open_desk(trial, board)


def item_of(desk, item_id):
    return desk.unit.session.get_one(ReviewItem, item_id)


def outcomes(desk, item_id):
    desk.unit.session.flush()
    rows = desk.unit.session.execute(
        select(FoundLabel.label, FoundLabel.outcome).where(FoundLabel.item_id == item_id)
    )
    return {label: outcome for label, outcome in rows}


# ------------------------------------------------------------------ what a decision says


def test_only_a_hold_is_judged_by_the_verdict_and_danger_is_not(desk):
    item = desk.held("otto", *LABELS)
    for verdict in Verdict:
        learn(desk.unit, item_of(desk, item), verdict, None)
        judged = OVERTURNED if verdict is Verdict.ALLOW else AGREED
        expected = {label: judged if label in HOLDING else None for label in LABELS}
        assert outcomes(desk, item) == expected, verdict


@pytest.mark.parametrize(("was_right", "outcome"), [(True, AGREED), (False, OVERTURNED)])
@pytest.mark.parametrize("verdict", [Verdict.ALLOW, Verdict.REMOVE])
def test_a_plain_word_of_the_moderator_goes_before_the_verdict(desk, was_right, outcome, verdict):
    item = desk.held("otto", "sourcing", "crisis_self_harm")
    learn(desk.unit, item_of(desk, item), verdict, was_right)
    assert outcomes(desk, item) == {"sourcing": outcome, "crisis_self_harm": outcome}


def test_a_decision_says_nothing_of_other_entries(desk):
    one, other = desk.held("otto", "sourcing"), desk.held("mina", "sourcing")
    desk.decides("mo", one)
    assert outcomes(desk, one) == {"sourcing": AGREED}
    assert outcomes(desk, other) == {"sourcing": None}


def test_a_decision_taken_back_unsays_all_it_said(desk):
    item = desk.held("otto", "sourcing", "harassment")
    learn(desk.unit, item_of(desk, item), Verdict.ALLOW, False)
    unlearn(desk.unit, item)
    assert outcomes(desk, item) == {"sourcing": None, "harassment": None}


def test_the_second_decision_counts_and_not_the_first(desk):
    item = desk.held("otto", "sourcing")
    desk.decides("mo", item, "allow")
    actions.undo(desk.unit, desk.who("mo"), item)
    desk.decides("mo", item, "keep")
    assert outcomes(desk, item) == {"sourcing": AGREED}


# ------------------------------------------------------------------ how often it was right


@pytest.mark.parametrize(
    ("tally", "judged", "share"),
    [
        (Tally(0, 0, 0), 0, None),
        (Tally(7, 0, 0), 0, None),
        (Tally(7, 3, 1), 4, 0.75),
        (Tally(2, 0, 2), 2, 0.0),
        (Tally(2, 2, 0), 2, 1.0),
    ],
)
def test_a_share_is_of_what_was_judged(tally, judged, share):
    assert (tally.judged, tally.precision) == (judged, share)


def sees(desk, label, *, ago=timedelta(), outcome=None, rule=None):
    item = desk.held("otto", label)
    row = desk.unit.session.scalars(select(FoundLabel).where(FoundLabel.item_id == item)).one()
    row.at, row.outcome, row.rule_id = desk.unit.now - ago, outcome, rule or row.rule_id
    desk.unit.session.flush()
    return item


def test_rules_are_counted_each_for_itself_and_one_alone_if_asked(desk):
    sees(desk, "sourcing", rule="a.1", outcome=AGREED)
    sees(desk, "sourcing", rule="a.1")
    sees(desk, "sourcing", rule="a.2", outcome=OVERTURNED)
    since = desk.unit.now - DAY
    assert learning.by_rule(desk.unit, since) == {"a.1": Tally(2, 1, 0), "a.2": Tally(1, 0, 1)}
    assert learning.by_rule(desk.unit, since, "a.2") == {"a.2": Tally(1, 0, 1)}
    assert learning.by_rule(desk.unit, since, "a") == {}


def test_what_was_found_before_the_time_asked_for_is_left_out(desk):
    sees(desk, "sourcing", rule="a.1", ago=2 * DAY)
    sees(desk, "sourcing", rule="a.1", ago=DAY)
    assert learning.by_rule(desk.unit, desk.unit.now - DAY)["a.1"].found == 1


@pytest.mark.parametrize(
    ("ago", "week"),
    [
        (timedelta(), 11),
        (7 * DAY - timedelta(seconds=1), 11),
        (7 * DAY, 10),
        (77 * DAY, 0),
        (84 * DAY - timedelta(seconds=1), 0),
        (84 * DAY, None),
    ],
)
def test_each_finding_is_in_one_week_or_too_old(desk, ago, week):
    sees(desk, "sourcing", ago=ago)
    weeks = learning.by_label(desk.unit, desk.unit.now).get("sourcing")
    if week is None:
        assert weeks is None
        return
    assert [at for at, one in enumerate(weeks) if one.found] == [week]


def test_labels_are_kept_apart(desk):
    sees(desk, "sourcing", outcome=AGREED)
    sees(desk, "harassment", outcome=OVERTURNED)
    found = learning.by_label(desk.unit, desk.unit.now)
    assert (found["sourcing"][-1], found["harassment"][-1]) == (Tally(1, 1, 0), Tally(1, 0, 1))


# ------------------------------------------------------------------ hits of one rule


def hits(desk, handle, rule="sourcing.1"):
    return [one.item_id for one in ruling.hits_of(desk.unit, desk.who(handle), rule)]


@pytest.mark.parametrize("handle", ["mina", "paul", "otto"])
def test_hits_are_for_the_desk(desk, handle):
    with pytest.raises(Forbidden):
        hits(desk, handle)


def test_a_hit_says_when_how_grave_by_which_rules_and_what_came_of_it(desk):
    item = desk.held("otto", "sourcing", severity=Severity.WATCH)
    desk.decides("mo", item, "remove")
    (hit,) = ruling.hits_of(desk.unit, desk.who("rae"), "sourcing.1")
    assert (hit.item_id, hit.at, hit.severity) == (item, desk.unit.now, "watch")
    assert (hit.version, hit.decision, hit.outcome) == ("v1", "remove", AGREED)


def test_a_hit_that_nobody_decided_on_is_told_as_undecided(desk):
    item = desk.held("otto", "sourcing")
    (hit,) = ruling.hits_of(desk.unit, desk.who("mo"), "sourcing.1")
    assert (hit.item_id, hit.decision) == (item, None)


def test_another_rules_hits_are_not_this_ones(desk):
    desk.decides("mo", desk.held("otto", "sourcing"))
    assert hits(desk, "rae", "sourcing.2") == hits(desk, "rae", "sourcing") == []


def test_the_newest_hit_comes_first_and_fifty_are_enough(desk, monkeypatch):
    monkeypatch.setattr(ruling, "MOST_HITS", 2)
    made = []
    for _ in range(3):
        made.append(desk.held("otto", "sourcing"))
        desk.decides("mo", made[-1])
        desk.unit.now += timedelta(seconds=1)
    assert hits(desk, "rae") == [made[2], made[1]]


# Each way to stand too close to a decided entry, and who then does not see it.


def about_rae(desk):
    return desk.held("rae", "sourcing")


def reported_by_rae(desk):
    note = desk.says("otto", state="held")
    desk.files(note, "sourcing")
    return desk.reports("rae", note)


def passed_on_by_rae(desk):
    item = desk.held("otto", "sourcing")
    actions.skip(desk.unit, desk.who("rae"), item)
    return item


def about_a_co_host_of_rae(desk):
    hosts = [desk.who("rae"), desk.who("fern")]
    found_group(desk.unit, hosts=hosts, slug="rae-fern", name="rae-fern")
    return desk.held("fern", "sourcing")


CLOSE = pytest.mark.parametrize(
    "way", [about_rae, reported_by_rae, passed_on_by_rae, about_a_co_host_of_rae]
)


def judged(desk, way):
    """The id of the entry, decided by Mo, and its target's."""
    way(desk)
    row = desk.unit.session.scalars(select(ReviewItem)).one()
    desk.decides("mo", row.id)
    return row.id, row.target_id


@CLOSE
def test_who_stands_too_close_sees_no_hit_of_it_and_others_do(desk, way):
    item, _ = judged(desk, way)
    assert hits(desk, "rae") == []
    assert hits(desk, "mo") == hits(desk, "ada") == [item]


@CLOSE
def test_who_stands_too_close_does_not_try_rules_on_it(desk, way):
    item, note = judged(desk, way)
    known = {
        handle: ruling.seen_among(desk.unit, desk.who(handle), [item])
        for handle in ("rae", "mo", "ada")
    }
    seen = {item: (note, "remove")}
    assert known == {"rae": {}, "mo": seen, "ada": seen}


@CLOSE
def test_who_stands_too_close_does_not_look_back_on_it(desk, way):
    item, note = judged(desk, way)
    since = desk.unit.now - DAY
    assert ruling.decided_since(desk.unit, desk.who("rae"), since, 9) == {}
    found = ruling.decided_since(desk.unit, desk.who("mo"), since, 9)
    assert found == {item: (note, "remove")}


def test_whoever_decided_about_a_friend_then_may_still_see_what_they_did(desk):
    item = desk.held("fern", "sourcing")
    desk.decides("rae", item)
    hosts = [desk.who("rae"), desk.who("fern")]
    found_group(desk.unit, hosts=hosts, slug="later", name="later")
    assert hits(desk, "rae") == [item]


# ------------------------------------------------------------------ among and since


def test_among_none_is_none_and_what_was_not_asked_for_is_not_told(desk):
    one, other = desk.held("otto", "sourcing"), desk.held("otto", "sourcing")
    for item in (one, other):
        desk.decides("mo", item)
    mo = desk.who("mo")
    assert ruling.seen_among(desk.unit, mo, []) == {}
    assert set(ruling.seen_among(desk.unit, mo, [one, "no-such"])) == {one}


def test_an_open_entry_is_among_what_is_seen_and_has_no_decision(desk):
    item = desk.held("otto", "sourcing")
    [(_, decision)] = ruling.seen_among(desk.unit, desk.who("mo"), [item]).values()
    assert decision is None


@CLOSE
def test_who_stands_too_close_sees_it_no_sooner_while_it_is_open(desk, way):
    way(desk)
    item = desk.unit.session.scalars(select(ReviewItem)).one().id
    assert ruling.seen_among(desk.unit, desk.who("rae"), [item]) == {}
    assert hits(desk, "rae") == []


def test_looking_back_ends_at_the_time_and_at_so_many_the_newest_first(desk):
    made = []
    for _ in range(4):
        made.append(desk.held("otto", "sourcing"))
        desk.decides("mo", made[-1])
        desk.unit.now += timedelta(minutes=1)
    since = desk.unit.now - timedelta(minutes=3)
    rae = desk.who("rae")
    assert list(ruling.decided_since(desk.unit, rae, since, 9)) == [made[3], made[2], made[1]]
    assert list(ruling.decided_since(desk.unit, rae, since, 2)) == [made[3], made[2]]
    assert ruling.decided_since(desk.unit, rae, desk.unit.now, 9) == {}


def test_appeals_are_no_words_to_try_rules_on(desk):
    item = desk.held("otto", "sourcing")
    desk.decides("mo", item)
    item_of(desk, item).target_kind = "appeal"
    desk.unit.session.flush()
    assert ruling.decided_since(desk.unit, desk.who("rae"), desk.unit.now - DAY, 9) == {}


# ------------------------------------------------------------------ versions of the rules


@pytest.mark.parametrize("look", [ruling.draft_for, lambda u, a: ruling.set_for(u, a, "x")])
def test_drafts_and_versions_are_for_the_desk_and_may_not_be_there(desk, look):
    with pytest.raises(Forbidden):
        look(desk.unit, desk.who("mina"))
    with pytest.raises(NotFound):
        look(desk.unit, replace(desk.who("otto"), role=Role.MODERATOR))


def test_a_release_nobody_knows_has_no_documents(desk):
    assert ruling.documents(desk.unit, "v0") == {}


# ------------------------------------------------------------------ a month for everybody

START, END = datetime(2030, 1, 1, tzinfo=UTC), datetime(2030, 2, 1, tzinfo=UTC)


def counts(desk):
    desk.unit.session.flush()
    return month(desk.unit, "2030-01", START, END).counts


def told(desk):
    """Only the counts that are not nought."""
    return {code: count for code, count in counts(desk).items() if count != 0}


def times(desk, count, deed):
    for _ in range(count):
        deed()


def test_an_empty_month_is_noughts_and_says_so_for_each_thing(desk):
    found = counts(desk)
    assert set(found.values()) == {0}
    assert {"reports", "words_allow", "person_ban", "appeal_lift"} <= set(found)
    assert not [code for code in found if code in ("words_ban", "words_lapsed", "person_keep")]


@pytest.mark.parametrize(("count", "shown"), [(1, None), (4, None), (5, 5), (6, 6)])
def test_what_could_point_at_somebody_is_not_told(desk, count, shown):
    times(desk, count, lambda: desk.decides("mo", desk.held("otto", "sourcing"), "keep"))
    assert told(desk) == {"words_keep": shown}


@pytest.mark.parametrize(
    ("at", "counted"),
    [
        (START, True),
        (END - timedelta(microseconds=1), True),
        (END, False),
        (START - timedelta(microseconds=1), False),
    ],
)
def test_a_month_has_its_first_moment_and_not_the_next_ones(desk, at, counted):
    desk.unit.now = at
    times(desk, 5, lambda: desk.decides("mo", desk.held("otto", "sourcing"), "reword"))
    times(desk, 5, lambda: desk.reports("mina", desk.says("otto")))
    assert told(desk) == ({"words_reword": 5, "reports": 5} if counted else {})


def test_what_holds_only_meanwhile_is_not_counted_beside_what_it_waits_for(desk):
    for at in range(5):
        person = f"wren{at}"
        desk.who(person)
        desk.sanctions("mo", person, "ban")
    assert told(desk) == {"person_ban": 5}
    rows = desk.unit.session.scalars(select(Sanction.kind)).all()
    assert rows.count("suspend") == 5


def test_an_answer_to_an_appeal_is_no_decision_about_words(desk):
    times(desk, 5, lambda: desk.decides("mo", desk.held("otto", "sourcing"), "keep"))
    for row in desk.unit.session.scalars(select(ReviewItem)):
        row.target_kind = "appeal"
    assert told(desk) == {}


def test_a_decision_taken_back_is_none(desk):
    made = [desk.held("otto", "sourcing") for _ in range(5)]
    for item in made:
        desk.decides("mo", item, "keep")
    actions.undo(desk.unit, desk.who("mo"), made[0])
    assert told(desk) == {"words_keep": None}


def test_reports_are_counted_when_they_were_made_whatever_came_of_them(desk):
    note = desk.says("otto")
    for handle in ("mina", "paul", "fern", "rae", "ada"):
        desk.reports(handle, note)
    assert told(desk) == {"reports": 5}
    assert len(desk.unit.session.scalars(select(Report)).all()) == 5
