"""Coming into a group and going again: each way in, each refusal, a count that is right."""

import random

import pytest
from sqlalchemy import func, select

from support.audit.models import Entry
from support.base.errors import Conflict, Declined, Forbidden, Invalid, NotFound
from support.groups import actions, queries
from support.groups.actions.facts import MemberJoined, MemberLeft
from support.groups.actions.forgetting import GroupMemory
from support.groups.actions.joining import forget_member
from support.groups.forms import GroupForm, PersonForm
from support.groups.models import Circle, Membership
from support.groups.rules.words import Belonging
from support.notify.models import Notice
from tests.groups_world import filters, found_group, person, plan_meeting

SLUG = "night-owls"
MEMBER, REQUESTED, INVITED = Belonging.MEMBER, Belonging.REQUESTED, Belonging.INVITED


@pytest.fixture
def owls(unit):
    """A group that one asks to join, hosted by Paul."""
    return found_group(unit, [person(unit, "paul")], policy="request")


def named(handle: str) -> PersonForm:
    return PersonForm.parse({"handle": handle})


def stands(unit, handle: str, group_id: str) -> Belonging | None:
    return queries.belonging(unit, person(unit, handle).id, group_id)


def answer(unit, by: str, handle: str, *, welcome: bool = True) -> None:
    actions.answer(unit, person(unit, by), SLUG, named(handle), welcome=welcome)


def told(unit, handle: str) -> list[str]:
    mine = select(Notice.kind).where(Notice.account_id == person(unit, handle).id)
    return list(unit.session.scalars(mine))


def verbs(unit) -> list[str]:
    wanted = select(Entry.verb).where(Entry.verb.startswith("groups.")).order_by(Entry.id)
    return list(unit.session.scalars(wanted))


def test_who_asks_waits_and_asking_twice_is_asking_once(unit, owls):
    mina = person(unit, "mina")
    assert actions.join(unit, mina, SLUG) is REQUESTED
    assert actions.join(unit, mina, SLUG) is REQUESTED
    assert verbs(unit).count("groups.member_asked") == 1
    assert queries.group_by_id(unit, owls).member_count == 0
    assert [each.handle for each in queries.asking(unit, owls)] == ["mina"]


def test_who_is_welcomed_is_in_and_is_told_and_the_rooms_hear_of_it(unit, owls):
    mina = person(unit, "mina")
    actions.join(unit, mina, SLUG)
    answer(unit, "paul", "mina")
    assert stands(unit, "mina", owls) is MEMBER
    assert told(unit, "mina") == ["request_accepted"]
    assert MemberJoined(owls, mina.id) in unit.announced
    assert queries.group_by_id(unit, owls).member_count == 1
    assert queries.asking(unit, owls) == []


def test_who_is_declined_is_told_kindly_and_may_ask_again(unit, owls):
    actions.join(unit, person(unit, "mina"), SLUG)
    answer(unit, "mo", "mina", welcome=False)
    assert stands(unit, "mina", owls) is None
    assert told(unit, "mina") == ["request_declined"]
    assert actions.join(unit, person(unit, "mina"), SLUG) is REQUESTED


def test_welcoming_twice_is_once_and_another_answer_comes_too_late(unit, owls):
    actions.join(unit, person(unit, "mina"), SLUG)
    answer(unit, "paul", "mina")
    answer(unit, "mo", "mina")
    with pytest.raises(Conflict, match="already answered"):
        answer(unit, "mo", "mina", welcome=False)
    assert told(unit, "mina") == ["request_accepted"]


@pytest.mark.parametrize("by", ["mina", "otto"])
def test_members_and_outsiders_answer_and_invite_nobody(unit, owls, by):
    actions.take_in(unit, owls, [person(unit, "mina").id])
    actions.join(unit, person(unit, "rue"), SLUG)
    for welcome in (True, False):
        with pytest.raises(Forbidden, match="Only the group's hosts"):
            answer(unit, by, "rue", welcome=welcome)
    with pytest.raises(Forbidden, match="Only the group's hosts"):
        actions.invite(unit, person(unit, by), SLUG, named("rue"))
    assert stands(unit, "rue", owls) is REQUESTED


@pytest.mark.parametrize("act", ["join", "leave", "answer", "invite"])
def test_there_is_no_coming_into_a_group_that_is_not_there(unit, act):
    ways = {
        "join": lambda: actions.join(unit, person(unit, "mina"), "nowhere"),
        "leave": lambda: actions.leave(unit, person(unit, "mina"), "nowhere"),
        "invite": lambda: actions.invite(unit, person(unit, "mo"), "nowhere", named("mina")),
        "answer": lambda: actions.answer(
            unit, person(unit, "mo"), "nowhere", named("mina"), welcome=True
        ),
    }
    with pytest.raises(NotFound):
        ways[act]()


def test_nobody_and_somebody_who_did_not_ask_cannot_be_answered(unit, owls):
    person(unit, "otto")
    with pytest.raises(NotFound, match="Nobody of this name has asked"):
        answer(unit, "paul", "nobody-at-all")
    with pytest.raises(Conflict, match="already answered"):
        answer(unit, "paul", "otto")


def test_an_invitation_is_silent_about_who_exists_and_who_hosts(unit, owls):
    paul = person(unit, "paul")
    for handle in ("nobody-at-all", "paul"):
        assert actions.invite(unit, paul, SLUG, named(handle)) is None
    assert unit.session.scalar(select(func.count()).select_from(Membership)) == 0


@pytest.mark.parametrize(
    ("before", "after"),
    [(None, INVITED), (REQUESTED, MEMBER), (INVITED, INVITED), (MEMBER, MEMBER)],
)
def test_an_invitation_opens_the_door_and_answers_who_has_asked(unit, owls, before, after):
    mina, paul = person(unit, "mina"), person(unit, "paul")
    if before is REQUESTED:
        actions.join(unit, mina, SLUG)
    elif before is INVITED:
        actions.invite(unit, paul, SLUG, named("mina"))
    elif before is MEMBER:
        actions.take_in(unit, owls, [mina.id])
    actions.invite(unit, paul, SLUG, named("mina"))
    assert stands(unit, "mina", owls) is after
    assert actions.join(unit, mina, SLUG) is MEMBER


def test_who_was_taken_out_comes_in_by_no_door_until_it_is_undone(unit, owls):
    mina = person(unit, "mina")
    actions.take_in(unit, owls, [mina.id])
    actions.remove_member(unit, owls, mina.id)
    assert MemberLeft(owls, mina.id) in unit.announced
    with pytest.raises(Forbidden, match="You were taken out of this group"):
        actions.join(unit, mina, SLUG)
    actions.leave(unit, mina, SLUG)
    assert stands(unit, "mina", owls) is Belonging.REMOVED
    actions.restore_member(unit, owls, mina.id)
    assert stands(unit, "mina", owls) is MEMBER
    actions.restore_member(unit, owls, person(unit, "otto").id)
    assert stands(unit, "otto", owls) is None


def test_a_host_is_in_it_already_and_does_not_leave_the_chair_empty(unit, owls):
    paul = person(unit, "paul")
    assert actions.join(unit, paul, SLUG) is MEMBER
    assert queries.group_by_id(unit, owls).member_count == 0
    with pytest.raises(Conflict, match="Hand it to another host first"):
        actions.leave(unit, paul, SLUG)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_people_do_the_count_is_of_those_who_are_in(unit, owls, seed):
    dice = random.Random(seed)
    handles = ["mina", "otto", "rue"]
    paul = person(unit, "paul")
    ways = [
        lambda who: actions.join(unit, who, SLUG),
        lambda who: actions.leave(unit, who, SLUG),
        lambda who: actions.invite(unit, paul, SLUG, named(who.handle)),
        lambda who: answer(unit, "paul", who.handle),
        lambda who: answer(unit, "paul", who.handle, welcome=False),
        lambda who: actions.remove_member(unit, owls, who.id),
        lambda who: actions.restore_member(unit, owls, who.id),
        lambda who: forget_member(unit, owls, who.id),
    ]
    everybody = [person(unit, handle) for handle in handles]
    for _ in range(60):
        way, who = dice.choice(ways), dice.choice(everybody)
        try:
            way(who)
        except Declined as no:
            refused = no.message
        else:
            refused = None
        assert refused is None or refused.endswith(".")
        count = unit.session.get_one(Circle, owls).member_count
        assert count == len(queries.member_ids(unit, owls))
        assert count == sum(stands(unit, handle, owls) is MEMBER for handle in handles)


@pytest.mark.parametrize(
    ("hosts", "slug", "kind", "field"),
    [([], "new-owls", Invalid, "hosts"), (["paul"], SLUG, Conflict, "slug")],
)
def test_a_group_without_a_host_or_with_anothers_name_is_not_founded(
    unit, owls, hosts, slug, kind, field
):
    form = GroupForm.parse({"slug": slug, "name": "Other owls"})
    with pytest.raises(kind) as wrong:
        actions.found(unit, form, [person(unit, handle).id for handle in hosts])
    assert set(wrong.value.fields) == {field}
    assert unit.session.scalar(select(func.count()).select_from(Circle)) == 1


def test_the_same_person_named_twice_hosts_once_and_is_taken_in_once(unit):
    paul, mina = person(unit, "paul"), person(unit, "mina")
    group_id = found_group(unit, [paul, paul], [mina, mina])
    assert queries.host_ids(unit, group_id) == [paul.id]
    assert queries.group_by_id(unit, group_id).member_count == 1


def test_who_goes_for_good_leaves_nothing_behind_and_their_seat_is_free(unit):
    mina = person(unit, "mina")
    group_id = found_group(unit, [person(unit, "paul")], [mina])
    evening = plan_meeting(unit, group_id, seats=1)
    actions.rsvp(unit, mina, evening)
    exported = GroupMemory().export(unit, mina.id)
    assert [each["slug"] for each in exported["groups"]] == [SLUG]
    assert [each["title"] for each in exported["meetings"]] == ["Slow taper"]
    assert exported["hosting"] == []
    GroupMemory().erase(unit, mina.id)
    unit.session.flush()
    unit.session.expire_all()
    left = GroupMemory().export(unit, mina.id)
    assert left == {"groups": [], "hosting": [], "meetings": [], "standing_by": 0}
    assert queries.meeting_by_id(unit, evening).taken == 0
    assert queries.group_by_id(unit, group_id).member_count == 0


def test_an_export_of_a_host_says_what_they_host(unit, owls):
    assert GroupMemory().export(unit, person(unit, "paul").id)["hosting"] == [SLUG]


FOUND = [
    {},
    {"q": "NIGHT"},
    {"focus": "Diazepam"},
    {"language": "pt"},
    {"language": "pt-br"},
    {"format": "text"},
    {"listening": "1"},
]
NOT_FOUND = [
    {"q": "n_ght"},
    {"q": "%"},
    {"focus": "diaze"},
    {"language": "p"},
    {"stage": "holding"},
    {"newcomers": "1"},
    {"day": "tonight"},
]
NO_PAGES = ["x", "1_", "_a", "-1_a", "1_a b", "99999999999999_a", "1.5_a"]


def test_a_group_is_found_by_what_it_is_and_by_no_sign_of_the_database(unit):
    found_group(unit, [person(unit, "paul")], language="pt-BR")

    def finds(asked: dict[str, str]) -> bool:
        page = queries.list_groups(unit, filters(**asked), "UTC")
        return [group.slug for group in page.groups] == [SLUG]

    assert [asked for asked in FOUND if not finds(asked)] == []
    assert [asked for asked in NOT_FOUND if finds(asked)] == []


def test_a_page_that_nobody_gave_out_is_refused(unit):
    for page in NO_PAGES:
        with pytest.raises(Invalid) as wrong:
            queries.list_groups(unit, filters(page=page), "UTC")
        assert set(wrong.value.fields) == {"page"}, page
