"""Taking people in, giving roles, and hiding: who may, who may not, and what is written down."""

import pytest

from support.accounts import actions, queries, rules
from support.accounts.forms import PlaceForm, RegisterForm
from support.audit.models import Entry
from support.base.actor import Role
from support.base.errors import Conflict, Invalid, NotFound


def someone(unit, handle, role=Role.MEMBER):
    found = queries.by_handle(unit, handle)
    return found.id if found else actions.create(unit, handle, role, "hash-of-" + handle)


def form(handle="wren", **more):
    data = {
        "handle": handle,
        "password": "four plain words here",
        "country": "PT",
        "timezone": "Europe/Lisbon",
        "adult": "1",
        "agree": "1",
    }
    return RegisterForm.parse({**data, **more})


def verbs(unit):
    return [entry.verb for entry in unit.session.query(Entry).order_by(Entry.id)]


def test_a_stranger_becomes_a_member_who_has_agreed_to_the_rules(unit):
    id_ = actions.register(unit, form("Wren", email="w@example.org"), "hash")
    wren = queries.actor_by_id(unit, id_)
    assert (wren.handle, wren.role, wren.country, wren.timezone) == (
        "Wren",
        Role.MEMBER,
        "PT",
        "Europe/Lisbon",
    )
    assert wren.is_newcomer(unit.now)
    assert queries.profile(unit, id_).rules_version == rules.RULES_VERSION
    assert queries.person(unit, id_).email == "w@example.org"
    assert verbs(unit)[-1] == "accounts.registered"


@pytest.mark.parametrize("twin", ["wren", "WREN", "w-r-e-n", "vvren", "wrén"])
def test_nobody_registers_a_name_that_looks_like_one_that_is_there(unit, twin):
    someone(unit, "Wren")
    with pytest.raises(Invalid) as refusal:
        actions.register(unit, form(twin), "hash")
    assert refusal.value.fields == {"handle": rules.NOT_FREE}


def test_nobody_registers_a_look_alike_of_a_name_that_staff_gave(unit):
    someone(unit, "mod1")
    someone(unit, "modl")
    assert not queries.is_free(unit, "mod1")
    assert not queries.is_free(unit, "modl")


def test_staff_may_give_reserved_names_and_look_alikes_but_not_the_same_name_twice(unit):
    first = someone(unit, "mod1", Role.MODERATOR)
    second = actions.create(unit, "modl", Role.MEMBER, "hash")
    assert queries.by_handle(unit, "mod1").id == first
    assert queries.by_handle(unit, "MODL").id == second
    for handle in ("mod1", "Mod1", "modl"):
        with pytest.raises(Conflict):
            actions.create(unit, handle, Role.MEMBER, "hash")


@pytest.mark.parametrize("handle", ["", "  ", "x" * 61])
def test_an_empty_or_endless_name_is_no_name_even_from_staff(unit, handle):
    with pytest.raises(Invalid):
        actions.create(unit, handle, Role.MEMBER, "hash")


def test_a_settled_person_is_no_newcomer_and_has_accepted_the_rules(unit):
    id_ = actions.create(unit, "moss", Role.MEMBER, "hash", actions.About(settled=True))
    assert not queries.actor_by_id(unit, id_).is_newcomer(unit.now)
    assert queries.profile(unit, id_).rules_version == rules.RULES_VERSION


def test_free_offers_are_three_different_names_that_can_be_taken(unit):
    offers = queries.free_offers(unit)
    assert len(set(offers)) == 3
    for offer in offers:
        actions.register(unit, form(offer), "hash")


def test_a_role_that_is_lost_ends_every_session(unit):
    rae = someone(unit, "rae", Role.MODERATOR)
    actions.begin_session(unit, rae, actions.Stay())
    actions.set_role(unit, rae, Role.MENTOR)
    assert queries.sessions_of(unit, rae) == []
    assert queries.actor_by_id(unit, rae).role is Role.MENTOR
    reasons = {one.reason for one in queries.revocations_after(unit, 0)}
    assert reasons == {"role changed"}


def test_a_role_that_is_won_ends_no_session(unit):
    paul = someone(unit, "paul", Role.MENTOR)
    actions.begin_session(unit, paul, actions.Stay())
    before = len(queries.sessions_of(unit, paul))
    actions.set_role(unit, paul, Role.MODERATOR)
    assert len(queries.sessions_of(unit, paul)) == before
    assert actions.StandingChanged(paul) in unit.announced


def test_giving_the_same_role_again_changes_and_writes_nothing(unit):
    paul = someone(unit, "paul", Role.MENTOR)
    written = len(verbs(unit))
    actions.set_role(unit, paul, queries.person(unit, paul).role)
    assert len(verbs(unit)) == written


def test_the_last_admin_keeps_the_role_and_stays(unit):
    ada = someone(unit, "ada", Role.ADMIN)
    for deed in (
        lambda: actions.set_role(unit, ada, Role.MODERATOR),
        lambda: actions.ban(unit, ada, "reason", "safety"),
        lambda: actions.suspend(unit, ada, None, "reason", "safety"),
        lambda: actions.erase(unit, queries.actor_by_id(unit, ada)),
    ):
        with pytest.raises(Conflict):
            deed()
    someone(unit, "eve", Role.ADMIN)
    actions.set_role(unit, ada, Role.MODERATOR)
    assert queries.admin_ids(unit) == [queries.by_handle(unit, "eve").id]


def test_who_leaves_the_rota_is_cut_off_from_cases_but_stays_signed_in(unit):
    paul = someone(unit, "paul", Role.MENTOR)
    actions.begin_session(unit, paul, actions.Stay())
    actions.set_on_rota(unit, paul, True)
    assert queries.actor_by_id(unit, paul).is_responder
    assert paul in queries.rota_mentor_ids(unit)
    actions.set_on_rota(unit, paul, False)
    actions.set_on_rota(unit, paul, False)
    assert not queries.actor_by_id(unit, paul).is_responder
    assert queries.sessions_of(unit, paul)
    assert actions.SessionsEnded(paul, None, "role changed") in unit.announced


def test_a_person_moves(unit):
    mina = queries.actor_by_id(unit, someone(unit, "mina"))
    place = {"country": "de", "timezone": "Europe/Berlin", "email": "m@example.org"}
    actions.change_place(unit, mina, PlaceForm.parse(place))
    assert queries.person(unit, mina.id).country == "DE"
    assert queries.person(unit, mina.id).timezone == "Europe/Berlin"
    assert queries.person(unit, mina.id).email == "m@example.org"


def test_rules_are_accepted_once_a_version(unit):
    mina = queries.actor_by_id(unit, someone(unit, "newmina"))
    assert queries.profile(unit, mina.id).rules_version == 0
    actions.accept_rules(unit, mina)
    actions.accept_rules(unit, mina)
    assert queries.profile(unit, mina.id).rules_version == rules.RULES_VERSION
    assert verbs(unit).count("accounts.rules_accepted") == 1


def test_shown_messages_are_counted_up_to_five_and_no_further(unit):
    otto = someone(unit, "newotto")
    for _ in range(7):
        actions.count_shown(unit, otto)
    unit.session.expire_all()
    assert queries.actor_by_id(unit, otto).shown_messages == 5


def test_hiding_a_person_can_be_said_twice_and_taken_back(unit):
    mina = queries.actor_by_id(unit, someone(unit, "mina"))
    otto = someone(unit, "otto")
    for on, expected in ((True, {otto}), (True, {otto}), (False, set()), (False, set())):
        actions.hide(unit, mina, otto, on)
        unit.session.flush()
        assert queries.hidden_by(unit, mina.id) == expected
        assert queries.hides(unit, mina.id, otto) == bool(expected)
    assert queries.hidden_by(unit, otto) == frozenset()


def test_nobody_hides_themselves_or_a_person_who_is_not_there(unit):
    mina = queries.actor_by_id(unit, someone(unit, "mina"))
    with pytest.raises(Conflict):
        actions.hide(unit, mina, mina.id, True)
    with pytest.raises(NotFound):
        actions.hide(unit, mina, "nobody", True)


def test_people_who_are_not_there_cannot_be_changed(unit):
    for deed in (
        lambda: actions.set_role(unit, "nobody", Role.ADMIN),
        lambda: actions.set_on_rota(unit, "nobody", True),
        lambda: actions.mute(unit, "nobody", None, "reason", "safety"),
        lambda: queries.person(unit, "nobody"),
    ):
        with pytest.raises(NotFound):
            deed()
    assert queries.people(unit, []) == {}
    assert queries.people(unit, ["nobody"]) == {}
    assert queries.actor_by_id(unit, "nobody") is None
    assert queries.by_handle(unit, "nobody-at-all") is None
