"""What sockets are sent of a fact, who is put out of a room, and who is here after any evening."""

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.chat import broadcast as module
from support.chat.actions.facts import AuthorNoticed, PersonOut, RoomEventLogged, RoomGrew, Typing
from support.chat.actions.speaking import Posted
from support.chat.broadcast import presence as presence_module
from support.chat.broadcast.presence import PeopleMoved, Presence, RollCall
from support.chat.rules.words import notice_for
from support.db.crossing import CROSSINGS
from support.groups.actions import MemberLeft

MINA, LOUNGE = "id-mina", "lounge"


class Told:
    """Everything that left for sockets, and who sits where."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent: list[tuple[str, str, dict[str, Any]]] = []
        self.out: list[tuple[str, str]] = []
        self.sids = {f"account:{MINA}": ["phone", "laptop"]}
        patch.setattr(module, "tell", lambda *given: self.sent.append(given))
        patch.setattr(module, "take_out", lambda *given: self.out.append(given))
        patch.setattr(module, "sids", lambda channel: self.sids.get(channel, []))
        patch.setattr(module, "speaking", nullcontext)
        patch.setattr(module, "gettext", lambda text: text)
        patch.setattr(presence_module, "tell", lambda *_: None)
        patch.setattr(presence_module.gevent, "spawn_later", lambda *_: None)
        self.presence = Presence()
        patch.setattr(module, "PRESENCE", self.presence)
        patch.setattr(module, "STREAM", SimpleNamespace(times_out=0))
        card = SimpleNamespace(facts=lambda: {"resources": ["112"], "country": "PT"})
        self.asked: list[str] = []
        patch.setattr(
            module.crisis, "help_for", lambda country, _now: self.asked.append(country) or card
        )


@pytest.fixture
def told(monkeypatch) -> Told:
    return Told(monkeypatch)


def noticed(notice: dict[str, Any], room: str = LOUNGE, message: str = "m1") -> AuthorNoticed:
    return AuthorNoticed(MINA, "PT", room, message, notice)


def test_a_notice_goes_to_its_author_alone_and_says_what_it_is_about(told):
    module.noticed(noticed({"label": "room_hold", "text": "It waits."}))
    (sent,) = told.sent
    assert sent[:2] == (f"account:{MINA}", "notice")
    assert sent[2] == {"room": LOUNGE, "message": "m1", "label": "room_hold", "text": "It waits."}
    assert told.asked == []


def test_what_is_about_no_message_has_none(told):
    module.noticed(noticed({"label": "mute", "text": "A rest."}, message=""))
    assert told.sent[0][2] == {"room": LOUNGE, "label": "mute", "text": "A rest."}


def test_danger_brings_the_numbers_of_ones_own_country_and_the_case(told):
    notice = {"label": "crisis_self_harm", "text": "Are you safe?", "help": True, "case": "c1"}
    found = module.dressed(notice, "PT")
    assert (found["resources"], found["case"], told.asked) == (["112"], "c1", ["PT"])
    assert "help" not in found


@pytest.mark.parametrize("notice", [{"help": False}, {}, {"help": True}], ids=str)
def test_numbers_are_shown_only_where_the_notice_says_so(told, notice):
    found = module.dressed({"label": "x", "text": "y", **notice}, "PT")
    assert ("resources" in found) is bool(notice.get("help"))


def test_a_reason_is_put_into_its_sentence_and_never_read_as_one(told):
    params = {"minutes": 5, "reason": "100% %(minutes)s tired"}
    notice = {"label": "mute", "text": "%(minutes)s minutes. Why: %(reason)s", "params": params}
    assert module.dressed(notice, "PT")["text"] == "5 minutes. Why: 100% %(minutes)s tired"


def test_a_sentence_without_parts_may_hold_a_percent_sign(told):
    assert module.dressed({"label": "x", "text": "100% yours"}, "PT")["text"] == "100% yours"


def test_the_answer_to_a_message_has_a_notice_only_where_there_is_one(told):
    actor = SimpleNamespace(country="PT")
    assert module.answer_of(Posted({"id": "m1"}, None), actor) == {"message": {"id": "m1"}}
    words = notice_for({"crisis_self_harm"}, None, waits=False)
    notice = {"label": words.label, "text": words.text, "help": words.shows_help}
    found = module.answer_of(Posted({"id": "m1"}, notice), actor)
    assert found["notice"]["resources"] == ["112"]


def sits(told: Told, sid: str, *rooms: tuple[str, str | None]) -> None:
    for room, group in rooms:
        told.presence.joined(sid, room, {"id": MINA, "handle": "mina"}, group)


def test_who_is_taken_out_is_out_with_every_telephone_and_of_this_room_only(told):
    sits(told, "phone", (LOUNGE, "owls"), ("kitchen", "owls"))
    sits(told, "laptop", (LOUNGE, "owls"))
    module.person_out(PersonOut(LOUNGE, MINA, "removed"))
    assert told.out == [(f"account:{MINA}", f"room:{LOUNGE}")]
    assert told.presence.people(LOUNGE) == []
    assert told.presence.rooms_of("phone") == ["kitchen"]
    assert module.STREAM.times_out == 1


def test_who_leaves_a_group_hears_none_of_its_rooms_and_all_others(told):
    sits(told, "phone", (LOUNGE, "owls"), ("meeting", "owls"), ("pair", None), ("larks", "larks"))
    module.member_left(SimpleNamespace(account_id=MINA, group_id="owls"))
    assert sorted(told.out) == [
        (f"account:{MINA}", f"room:{LOUNGE}"),
        (f"account:{MINA}", "room:meeting"),
    ]
    assert sorted(told.presence.rooms_of("phone")) == ["larks", "pair"]


def test_a_fact_about_somebody_without_a_line_puts_nobody_out(told):
    sits(told, "phone", (LOUNGE, "owls"))
    told.sids = {}
    module.member_left(SimpleNamespace(account_id=MINA, group_id="owls"))
    assert told.out == []
    assert module.STREAM.times_out == 1


def test_typing_names_a_handle_once_in_three_seconds(told):
    for _ in range(3):
        module.typing(Typing(LOUNGE, MINA, "mina"))
    module.typing(Typing(LOUNGE, "id-paul", "paul"))
    assert told.sent == [
        (f"room:{LOUNGE}", "room:typing", {"room": LOUNGE, "handle": "mina"}),
        (f"room:{LOUNGE}", "room:typing", {"room": LOUNGE, "handle": "paul"}),
    ]


@pytest.mark.parametrize(
    "fact", [RoomEventLogged, RoomGrew, PeopleMoved, RollCall, AuthorNoticed, PersonOut, Typing,
             MemberLeft], ids=lambda fact: fact.__name__,
)  # fmt: skip
def test_every_fact_of_a_room_has_somebody_who_tells_it(fact):
    assert len(module.LISTENERS[fact]) == 1


def test_words_on_the_queue_are_whole_where_they_fit_and_else_a_number():
    crossing = CROSSINGS[RoomEventLogged]
    fact = RoomEventLogged(LOUNGE, {"seq": 7, "kind": "message"})
    assert crossing.unpack(None, crossing.pack(fact)) == fact
    assert crossing.unpack(None, crossing.small(fact)) == RoomGrew(LOUNGE, 7)
    assert crossing.kept is False


# ------------------------------------------------------------------ who is here, by law

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["come", "go", "end", "roll", "die"]),
        st.integers(0, 1),
        st.integers(0, 3),
        st.sampled_from(["mina", "paul", "rae"]),
        st.sampled_from([LOUNGE, "kitchen"]),
    ),
    max_size=40,
)


@settings(deadline=None, max_examples=80)
@given(STEPS)
def test_after_any_evening_both_processes_name_exactly_who_holds_a_line(steps):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(presence_module, "tell", lambda *_: None)
        due: list[tuple[Any, str]] = []
        patch.setattr(
            presence_module.gevent, "spawn_later", lambda _s, deed, room: due.append((deed, room))
        )
        both = [Presence(), Presence()]
        for number, one in enumerate(both):
            one.origin, other = str(number), both[1 - number]
            one.tell_others = lambda fact, other=other: (
                other.moved(fact) if isinstance(fact, PeopleMoved) else other.called(fact)
            )
        held: dict[tuple[int, str, str], str] = {}
        for what, place, number, handle, room in steps:
            one, sid = both[place], f"s{place}{number}"
            owner = next((who for (p, s, _), who in held.items() if (p, s) == (place, sid)), handle)
            if what == "come":
                one.joined(sid, room, {"id": owner, "handle": owner}, None)
                held[place, sid, room] = owner
            elif what == "go":
                one.left(sid, room)
                held.pop((place, sid, room), None)
            elif what == "end":
                one.gone(sid, owner)
                held = {key: who for key, who in held.items() if key[:2] != (place, sid)}
            elif what == "roll":
                one.tell_all()
            else:
                both[1 - place].lost(one.origin)
                one.tell_all()
            while due:
                deed, told_room = due.pop()
                deed(told_room)
        for each in (LOUNGE, "kitchen"):
            here = sorted({who for (_, _, room), who in held.items() if room == each})
            for one in both:
                assert [person["handle"] for person in one.people(each)] == here
        if not held:
            assert both[0]._rooms == both[1]._rooms == {}
