"""The desk's rules: order, conflicts, limits. No database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.actor import Actor, Role
from support.base.errors import Conflict, Forbidden, Invalid
from support.base.severity import Severity
from support.moderation.rules import desk
from support.moderation.rules.desk import HouseRule, Reason, SanctionKind, Ties, Verdict

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def person(name: str, role: Role = Role.MODERATOR) -> Actor:
    return Actor(
        id=name, handle=name, role=role, country="PT", timezone="Europe/Lisbon", created_at=NOON
    )


MO, RAE, ADA = person("mo"), person("rae"), person("ada", Role.ADMIN)
PAUL, MINA = person("paul", Role.MENTOR), person("mina", Role.MEMBER)
STAFF = desk.Staff(frozenset({"mo", "rae", "ada"}), frozenset({"ada"}))

# ------------------------------------------------------------------ what comes first


def test_danger_comes_before_selling_and_selling_before_spam() -> None:
    in_the_queue = [
        desk.rank({"dosing_advice"}, Severity.CRITICAL),
        desk.rank({"self_promo"}, Severity.URGENT),
        desk.rank({"crisis_self_harm"}, Severity.WATCH),
        desk.rank({"abrupt_stop"}, Severity.WATCH),
        desk.rank({"sourcing"}, Severity.NONE),
        desk.rank({"dosing_advice"}, Severity.NONE),
        desk.rank({"harassment"}, Severity.WATCH),
        desk.rank({"self_promo"}, Severity.NONE),
        desk.rank(set(), Severity.WATCH),
    ]
    assert in_the_queue == sorted(in_the_queue)
    assert len(set(in_the_queue)) == len(in_the_queue)


def test_the_gravest_of_several_labels_counts() -> None:
    both = desk.rank({"self_promo", "sourcing"}, Severity.NONE)
    assert both == desk.rank({"sourcing"}, Severity.NONE)


def test_a_report_for_another_reason_still_has_a_place() -> None:
    assert desk.rank([], Severity.NONE) == desk.rank(["never_heard_of"], Severity.WATCH) == 90


def test_labels_are_told_once_and_the_gravest_first() -> None:
    told = desk.in_order(["self_promo", "sourcing", "self_promo", "crisis_self_harm"])
    assert told == ["crisis_self_harm", "sourcing", "self_promo"]


@pytest.mark.parametrize(
    ("severity", "wait"),
    [
        (Severity.CRITICAL, timedelta(minutes=10)),
        (Severity.URGENT, timedelta(minutes=30)),
        (Severity.WATCH, timedelta(hours=24)),
        (Severity.NONE, timedelta(hours=24)),
    ],
)
def test_the_graver_the_sooner_somebody_should_decide(severity: Severity, wait: timedelta) -> None:
    assert desk.due_at(severity, NOON) == NOON + wait


def test_held_words_and_grave_words_reach_the_desk_and_nothing_else() -> None:
    assert desk.wants_a_look(Severity.NONE, held=True)
    assert desk.wants_a_look(Severity.WATCH, held=False)
    assert not desk.wants_a_look(Severity.NONE, held=False)


def test_every_reason_but_other_has_a_label_of_the_queue() -> None:
    assert set(desk.LABEL_OF) == set(Reason) - {Reason.OTHER}
    assert set(desk.LABEL_OF.values()) <= set(desk.LABELS)


# ------------------------------------------------------------------ who may take it


def test_nobody_handles_an_item_about_themselves_not_even_the_last_admin() -> None:
    assert not desk.may_handle("mo", Ties("mo"), STAFF)
    alone = desk.Staff(frozenset({"ada"}), frozenset({"ada"}))
    assert not desk.may_handle("ada", Ties("ada"), alone)


def test_a_reporter_and_a_co_host_leave_it_to_others() -> None:
    ties = Ties("paul", near=frozenset({"mo"}), reporters=frozenset({"rae"}))
    assert not desk.may_handle("mo", ties, STAFF)
    assert not desk.may_handle("rae", ties, STAFF)
    assert desk.may_handle("ada", ties, STAFF)


def test_with_nobody_left_it_goes_to_the_admin() -> None:
    ties = Ties("paul", near=frozenset({"ada", "mo"}), reporters=frozenset({"rae"}))
    assert desk.may_handle("ada", ties, STAFF)
    assert not desk.may_handle("mo", ties, STAFF)
    assert not desk.may_handle("rae", ties, STAFF)


def test_an_admin_who_is_tied_waits_while_somebody_free_is_left() -> None:
    ties = Ties("paul", near=frozenset({"ada"}))
    assert not desk.may_handle("ada", ties, STAFF)


def test_a_report_about_the_last_free_moderator_goes_to_the_admin_who_made_it() -> None:
    ties = Ties("mo", reporters=frozenset({"ada"}))
    two = desk.Staff(frozenset({"mo", "ada"}), frozenset({"ada"}))
    assert desk.may_handle("ada", ties, two)


@pytest.mark.parametrize("outsider", [MINA, PAUL])
def test_the_desk_is_for_staff(outsider: Actor) -> None:
    with pytest.raises(Forbidden):
        desk.check_is_staff(outsider)


def test_moderators_and_admins_are_staff() -> None:
    desk.check_is_staff(MO)
    desk.check_is_staff(ADA)


def test_a_live_claim_of_somebody_else_is_respected() -> None:
    with pytest.raises(Conflict):
        desk.check_is_free("rae", "mo", NOON + timedelta(seconds=1), NOON)


def test_an_own_a_lapsed_or_no_claim_stops_nobody() -> None:
    desk.check_is_free("mo", "mo", NOON + desk.LEASE, NOON)
    desk.check_is_free("rae", "mo", NOON, NOON)
    desk.check_is_free("rae", None, None, NOON)


def test_an_own_decision_can_be_undone_for_ten_seconds() -> None:
    desk.check_may_undo("mo", "mo", NOON, NOON + timedelta(seconds=10))
    with pytest.raises(Conflict):
        desk.check_may_undo("mo", "mo", NOON, NOON + timedelta(seconds=10.1))
    with pytest.raises(Forbidden):
        desk.check_may_undo("rae", "mo", NOON, NOON)


# ------------------------------------------------------------------ what may be decided


def test_what_a_decision_does_to_the_person() -> None:
    about_words = {Verdict.ALLOW, Verdict.REWORD, Verdict.KEEP, Verdict.REMOVE}
    assert {v for v in Verdict if desk.sanction_in(v) is None} == about_words
    assert desk.sanction_in(Verdict.MUTE) is SanctionKind.MUTE


def test_letting_through_and_warning_leave_the_words_where_they_are() -> None:
    assert {v for v in Verdict if not desk.takes_words_away(v)} == {Verdict.ALLOW, Verdict.WARN}


@pytest.mark.parametrize("verdict", [v for v in Verdict if desk.sanction_in(v)])
def test_someone_in_danger_is_never_punished(verdict: Verdict) -> None:
    with pytest.raises(Invalid):
        desk.check_may_punish(verdict, {"crisis_self_harm", "abrupt_stop"})


def test_someone_in_danger_who_also_sells_can_be_stopped() -> None:
    desk.check_may_punish(Verdict.MUTE, {"crisis_self_harm", "sourcing"})
    desk.check_may_punish(Verdict.MUTE, set())


def test_the_words_of_someone_in_danger_can_be_judged() -> None:
    desk.check_may_punish(Verdict.REMOVE, {"crisis_self_harm"})


@pytest.mark.parametrize("kind", ["mute", "suspend", "ban"])
def test_what_lasts_takes_a_length(kind: str) -> None:
    desk.check_minutes(kind, 10)
    desk.check_minutes(kind, None)


@pytest.mark.parametrize("kind", ["allow", "reword", "remove", "warn", "remove_from_group"])
def test_what_does_not_last_takes_none(kind: str) -> None:
    desk.check_minutes(kind, None)
    with pytest.raises(Invalid) as refused:
        desk.check_minutes(kind, 10)
    assert "minutes" in refused.value.fields


@pytest.mark.parametrize(
    ("kind", "minutes", "second"),
    [
        (SanctionKind.BAN, None, True),
        (SanctionKind.SUSPEND, None, True),
        (SanctionKind.BAN, 7 * 24 * 60 + 1, True),
        (SanctionKind.BAN, 7 * 24 * 60, False),
        (SanctionKind.SUSPEND, 60, False),
        (SanctionKind.MUTE, None, False),
        (SanctionKind.MUTE, 30 * 24 * 60, False),
        (SanctionKind.WARN, None, False),
        (SanctionKind.REMOVE_FROM_GROUP, None, False),
    ],
)
def test_what_is_grave_takes_two(kind: SanctionKind, minutes: int | None, second: bool) -> None:
    assert desk.needs_second(kind, minutes) is second


def test_a_sanction_ends_when_its_minutes_are_over() -> None:
    assert desk.ends_at(SanctionKind.MUTE, 10, NOON) == NOON + timedelta(minutes=10)
    assert desk.ends_at(SanctionKind.BAN, None, NOON) is None
    assert desk.ends_at(SanctionKind.WARN, None, NOON) is None


def test_only_mutes_suspensions_and_bans_last() -> None:
    lasting = {SanctionKind.MUTE, SanctionKind.SUSPEND, SanctionKind.BAN}
    assert {kind for kind in SanctionKind if desk.lasts(kind)} == lasting


def test_nobody_sanctions_themselves() -> None:
    with pytest.raises(Forbidden):
        desk.check_may_sanction(MO, "mo", person_is_admin=False, near=False)


def test_a_co_host_leaves_the_sanction_to_somebody_else() -> None:
    with pytest.raises(Forbidden):
        desk.check_may_sanction(MO, "paul", person_is_admin=False, near=True)


def test_only_an_admin_sanctions_an_admin() -> None:
    with pytest.raises(Forbidden):
        desk.check_may_sanction(MO, "ada", person_is_admin=True, near=False)
    desk.check_may_sanction(ADA, "bea", person_is_admin=True, near=False)


def test_nobody_signs_alone_or_about_themselves() -> None:
    with pytest.raises(Forbidden):
        desk.check_may_cosign(MO, "otto", signed_by="mo")
    with pytest.raises(Forbidden):
        desk.check_may_cosign(RAE, "rae", signed_by="mo")
    desk.check_may_cosign(RAE, "otto", signed_by="mo")


def test_the_house_rules_are_the_contracts() -> None:
    named = "no_dosing no_trading no_harassment no_promotion privacy safety"
    assert [rule.value for rule in HouseRule] == named.split()


# ------------------------------------------------------------------ any cast

PEOPLE = st.sampled_from([f"person{number}" for number in range(8)])
SOME = st.frozensets(PEOPLE, max_size=6)


@given(author=PEOPLE, near=SOME, reporters=SOME, staff=SOME, admins=SOME)
def test_conflicts_hold_for_any_cast(author, near, reporters, staff, admins) -> None:
    team = desk.Staff(staff | admins, admins)
    ties = Ties(author, near, reporters)
    tied = near | reporters | {author}
    able = {person for person in team.ids if desk.may_handle(person, ties, team)}
    free = team.ids - tied
    assert author not in able
    assert free <= able
    if free:
        assert able == free
    else:
        assert able == admins - {author}


@given(
    kind=st.sampled_from(SanctionKind),
    minutes=st.none() | st.integers(1, desk.LONGEST),
    labels=st.frozensets(st.sampled_from(desk.LABELS)),
    severity=st.sampled_from(Severity),
)
def test_limits_hold_for_any_order(kind, minutes, labels, severity) -> None:
    puts_out = kind in (SanctionKind.SUSPEND, SanctionKind.BAN)
    assert desk.needs_second(kind, minutes) == (puts_out and (minutes or 10**9) > 7 * 24 * 60)
    more = desk.rank(labels | {"sourcing"}, severity)
    assert more <= desk.rank(labels, severity)
    assert 10 <= more <= 90
