"""Who may pass which door: every route and every socket event, for every role, from one table."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from werkzeug.routing import Rule

from support.accounts import actions as accounts
from support.base.actor import Role
from support.db.unit import Database
from support.groups.queries import series_of
from support.settings import Settings
from support.web.access import Audience
from support.web.sockets import EVENTS, SPACE, socketio
from tests.groups_world import found_group, person, plan_meeting
from tests.lines import Cast, Line
from tests.people import CHEAP, JSON, Browser

Sit = Callable[[str], Browser]
NOBODY = "0" * 20
ROLES = ("stranger", "otto", "mina", "paul", "wren", "mo", "ada")

# A new door without a line here fails, and so does a line without a door.
ROUTES = {
    "everyone": """
        static health.alive health.ready health.metrics pages.favicon pages.offline
        pages.service_worker comfort.form comfort.save
        accounts.blank accounts.house_rules accounts.leave accounts.log_in accounts.log_out
        accounts.login_form accounts.recover accounts.recover_form accounts.register
        accounts.register_form accounts.who_am_i
        groups.all_dates groups.embedded groups.group_dates groups.guide groups.home groups.listing
        groups.meeting groups.meetings groups.my_dates groups.page
        moderation.appeal_outside moderation.transparency
        help.help_here help.help_in help.own_case side_door.say
        side_door.talk""",
    "members": """
        accounts.accept_rules accounts.account accounts.change_passphrase accounts.change_place
        accounts.delete accounts.delete_form accounts.end_one accounts.end_others accounts.export
        accounts.hide accounts.list_sessions accounts.recovery_code accounts.renew_recovery_code
        around.answer_for_plan around.ask_for_plan around.ask_for_substitute
        crisis.acknowledge crisis.calling crisis.case_page crisis.close crisis.hand_over crisis.note
        groups.accept groups.cancel groups.cancel_rsvp groups.decline groups.invite groups.join
        afterwards.debrief afterwards.debrief_form afterwards.feedback afterwards.feedback_form
        chair.asked chair.set_chair groups.stand_by
        groups.leave groups.move groups.move_form groups.new_calendar groups.requests groups.rsvp
        mentors.find mentors.search mentors.ask mentors.take_back mentors.wait mentors.stop_waiting
        mentors.pair mentors.propose_hours mentors.agree_hours mentors.answer_hand_over
        mentors.end mentors.apply_form mentors.apply mentors.withdraw
        help.ask hosting.backup hosting.move hosting.mute hosting.set_room hosting.take_out
        journal.journal journal.plan journal.add journal.change journal.remove
        hosting.undo messages.edit messages.react messages.withdraw moderation.appeal_inside
        moderation.own_decisions
        moderation.own_reports moderation.report moderation.report_form notify.notices notify.seen
        groups.ask_host groups.answer_host groups.take_back_ask groups.step_down
        planning.plans planning.new_form planning.plan planning.change_form planning.change
        planning.end hosting.hide hosting.unhide tools.take_back
        tools.waiting tools.decide course.turn course.script_form course.set_script
        rooms.page rooms.send""",
    "mentors": """
        mentors.home mentors.limits mentors.pause mentors.accept mentors.decline
        mentors.shifts mentors.sign_up mentors.give_up mentors.take mentors.give_back
        mentors.hand_over mentors.guide mentors.code mentors.renew
        mentors.resting mentors.setback""",
    "responders": """
        around.figures
        crisis.cases ladder.ladder notify.let_me_sleep notify.wake_me rota.add_change
        rota.answer_swap rota.ask_swap rota.end_rest rota.remove_change rota.rota""",
    "staff": """
        tools.calls tools.call
        moderation.domains moderation.list_domain moderation.drop_domain moderation.similar
        moderation.log_as_csv moderation.log_as_jsonl
        moderation.answer moderation.shift moderation.leave_note moderation.pause moderation.skip
        moderation.hand_over moderation.ready_words moderation.keep_ready moderation.change_ready
        moderation.drop_ready moderation.preview
        moderation.agree moderation.ask_erase moderation.ask_unseal moderation.promote
        moderation.refuse moderation.sealed moderation.signing
        moderation.claim moderation.cosign moderation.decide moderation.end moderation.item
        moderation.log moderation.person moderation.queue moderation.release moderation.sanction
        moderation.sanctions moderation.take_next moderation.undo
        moderation.ask_rules moderation.explain moderation.rule_names
        moderation.rules moderation.new_rule moderation.rule moderation.save_rule moderation.draft
        moderation.try_draft moderation.approve_draft moderation.drop_draft moderation.go_back
        moderation.move_draft
        mentors.applications mentors.vote""",
    "admins": """keeping.preview keeping.run ladder.forget ladder.rehearse ladder.store
        notify.outbox notify.retry numbers.answer numbers.change
        numbers.decide numbers.numbers rota.add rota.remove""",
}
SOCKETS = {
    "members": """
        room:join room:leave room:history room:seen message:send message:edit message:withdraw
        message:react message:report person:hide typing help:now meeting:move turn:set host:set
        host:mute host:remove host:undo host:backup case:ack""",
    "responders": "queue:watch",
}
ADMITS = {
    "everyone": set(ROLES),
    "members": set(ROLES) - {"stranger"},
    "mentors": {"paul", "wren", "mo", "ada"},
    "responders": {"wren", "mo", "ada"},
    "staff": {"mo", "ada"},
    "admins": {"ada"},
}
# What a well-formed event looks like, naming things that are not there.
OBJECTS: dict[str, dict[str, Any]] = {
    "room:join": {"room": NOBODY},
    "room:leave": {"room": NOBODY},
    "room:history": {"room": NOBODY, "before": 1, "limit": 1},
    "room:seen": {"room": NOBODY, "seq": 1},
    "message:send": {"room": NOBODY, "body": "x", "client_id": "a"},
    "message:edit": {"message": NOBODY, "body": "x"},
    "message:withdraw": {"message": NOBODY},
    "message:react": {"message": NOBODY, "reaction": "thanks", "on": True},
    "message:report": {"message": NOBODY, "reason": "spam"},
    "person:hide": {"person": NOBODY, "on": True},
    "typing": {"room": NOBODY},
    "help:now": {},
    "meeting:move": {"room": NOBODY, "to": "open"},
    "turn:set": {"room": NOBODY, "do": "raise"},
    "host:set": {"room": NOBODY, "locked": True},
    "host:mute": {"room": NOBODY, "person": NOBODY, "reason": "x"},
    "host:remove": {"room": NOBODY, "person": NOBODY, "reason": "x"},
    "host:undo": {"undo": NOBODY},
    "host:backup": {"room": NOBODY},
    "case:ack": {"case": NOBODY},
    "queue:watch": {},
}
NOTHING_THERE = {"help:now": None, "queue:watch": None, "room:leave": None}


def expected(table: dict[str, str]) -> dict[str, str]:
    """The table turned round: the audience of each door."""
    return {door: audience for audience, doors in table.items() for door in doors.split()}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """Nobody is stopped by a limit here: it is the roles that are tried."""
    return replace(settings, rates=False)


@pytest.fixture
def sit(app: Flask, database: Database, people: dict[str, str], browser: Sit) -> Sit:
    """Everybody of the cast, Wren (a mentor on the crisis rota), and a stranger."""
    with database.unit() as unit:
        about = accounts.About("PT", "Europe/Lisbon", settled=True)
        people["wren"] = accounts.create(unit, "wren", Role.MENTOR, CHEAP.hash("x" * 12), about)
        unit.session.flush()
        accounts.set_on_rota(unit, people["wren"], True)

    def sit_down(handle: str) -> Browser:
        if handle != "stranger":
            return browser(handle)
        client = app.test_client()
        assert isinstance(client, Browser)
        return client

    return sit_down


def rules(app: Flask) -> list[tuple[str, Rule]]:
    """Every method of every route."""
    return [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    ]


def address(rule: Rule) -> str:
    """The route with names of things that are not there."""
    known = {"country": "PT", "filename": "css/base.css", "slug": "no-such", "handle": "no-such"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found[1], NOBODY), rule.rule)


# -- the tables are whole -----------------------------------------------------


def test_every_route_says_who_may_pass_as_the_table_does(app: Flask) -> None:
    found = {
        rule.endpoint: getattr(app.view_functions[rule.endpoint], "audience", None)
        for rule in app.url_map.iter_rules()
    }
    found["static"] = Audience.EVERYONE
    assert found == expected(ROUTES)


def test_every_event_says_who_may_pass_as_the_table_does() -> None:
    assert {event: door.audience for event, door in EVENTS.items()} == expected(SOCKETS)
    assert set(OBJECTS) == set(EVENTS)


def test_no_handler_stands_beside_the_one_door(app: Flask) -> None:
    server = socketio.server
    assert set(server.handlers) == {SPACE}
    assert set(server.handlers[SPACE]) == {*EVENTS, "connect", "disconnect", "*"}
    assert not server.namespace_handlers
    assert socketio.exception_handlers == {}
    assert socketio.default_exception_handler is None


def test_no_other_event_is_answered_with_anything_but_a_refusal(sit: Sit, app: Flask) -> None:
    line = Line(app, sit("ada"))
    for event in ("message", "json", "login", "room:delete", "__class__", "connect_error", ""):
        answer = line.ask(event, room=NOBODY)
        assert answer["error"]["code"] == "bad_request", event


# -- each role at each door ---------------------------------------------------


@pytest.mark.parametrize("who", ROLES)
def test_each_role_passes_exactly_the_routes_of_its_audiences(
    who: str, app: Flask, sit: Sit
) -> None:
    wrong = []
    for method, rule in rules(app):
        client = sit(who)
        headers = {**JSON, "X-CSRFToken": client.csrf}
        body = {} if method == "GET" else {"json": {}}
        answer = client.open(address(rule), method=method, headers=headers, **body)
        may_pass = who in ADMITS[expected(ROUTES)[rule.endpoint]]
        refusals = {401} if who == "stranger" else {403}
        is_refused = answer.status_code in refusals
        if who == "stranger" and rule.endpoint in {"accounts.who_am_i", "help.own_case"}:
            may_pass = not is_refused  # open to all, and says so itself when there is nobody
        if is_refused == may_pass or answer.status_code >= 500:
            wrong.append(f"{method} {rule.rule}: {answer.status_code} for {who}")
    assert wrong == []


def test_a_stranger_at_a_closed_page_is_shown_the_way_in_and_back(app: Flask, sit: Sit) -> None:
    for method, rule in rules(app):
        if method != "GET" or "stranger" in ADMITS[expected(ROUTES)[rule.endpoint]]:
            continue
        answer = sit("stranger").get(address(rule))
        assert answer.status_code == 302, rule.rule
        assert answer.headers["Location"] == f"/login?next={address(rule)}"


def test_a_page_for_another_role_says_so_kindly(app: Flask, sit: Sit) -> None:
    mina = sit("mina")
    for method, rule in rules(app):
        if method == "GET" and "mina" not in ADMITS[expected(ROUTES)[rule.endpoint]]:
            answer = mina.get(address(rule))
            assert answer.status_code == 403, rule.rule
            assert "This page is not for your role." in answer.text


def test_no_form_is_taken_without_the_token_of_its_page(app: Flask, sit: Sit) -> None:
    for method, rule in rules(app):
        if method == "GET":
            continue
        for body in ({"data": {"handle": "mina"}}, {"json": {"handle": "mina"}}):
            answer = sit("ada").open(address(rule), method=method, headers=JSON, **body)
            assert answer.status_code == 400, rule.rule
            assert "too old" in answer.json["error"]["message"], rule.rule
        foreign = {**JSON, "X-CSRFToken": sit("mina").csrf}
        answer = sit("ada").open(address(rule), method=method, headers=foreign, json={})
        assert answer.status_code == 400, f"{rule.rule} takes another session's token"


@pytest.mark.parametrize("who", [who for who in ROLES if who != "stranger"])
def test_each_role_passes_exactly_the_events_of_its_audiences(
    who: str, app: Flask, sit: Sit
) -> None:
    line = Line(app, sit(who))
    for event, data in OBJECTS.items():
        answer = line.ask(event, **data)
        if who not in ADMITS[expected(SOCKETS)[event]]:
            assert answer["error"]["code"] == "forbidden", (event, answer)
        elif event in NOTHING_THERE:
            assert answer["ok"], (event, answer)
        else:
            assert answer["error"]["code"] == "not_found", (event, answer)


def test_a_stranger_has_no_line_at_all(app: Flask, sit: Sit) -> None:
    assert not Line(app, sit("stranger")).is_connected


# -- each role at each thing --------------------------------------------------

# Who is shown a thing that is there; to everybody else it is as if it were not.
SHOWN = {
    "/rooms/{lounge}": "mina paul mo ada",
    "/rooms/{lounge}?after=0": "mina paul mo ada",
    "/rooms/{lounge}?before=9": "mina paul mo ada",
    "/messages/{message}/report": "paul mo ada",
    "/rooms/{lounge}/holds": "paul",
    "/backup/{call}": "mo ada",
    "/groups/asking/requests": "paul mo ada",
    "/groups/asking/calendar.ics": "stranger otto mina paul wren mo ada",
    "/meetings/{meeting}/move": "paul mo ada",
    "/groups/asking/series": "paul mo ada",
    "/groups/asking/series/new": "paul mo ada",
    "/series/{series}": "paul mo ada",
    "/crisis/cases/{case}": "paul wren mo ada",
    "/moderation/items/{item}": "mo ada",
    "/moderation/people/mina": "mo ada",
}
# A deed on a thing that is there, and who is refused it: 404 what may not be known, else 403.
REFUSED = {
    "/rooms/{lounge}/messages body=x client_id=b1": {"otto": 404, "wren": 404},
    "/rooms/{lounge}/set locked=1": {"otto": 404, "wren": 404, "mina": 403},
    "/rooms/{lounge}/mute person={paul} reason=x": {"otto": 404, "mina": 403},
    "/rooms/{lounge}/remove person={paul} reason=x": {"otto": 404, "mina": 403},
    "/rooms/{lounge}/move to=open": {"otto": 404, "wren": 404, "mina": 403},
    "/rooms/{lounge}/turn do=give person={mina}": {"otto": 404, "wren": 404, "mina": 403},
    "/rooms/{lounge}/holds item={item} decision=allow": {
        "otto": 404,
        "wren": 404,
        "mina": 403,
        "mo": 403,
    },
    "/rooms/{lounge}/holds/undo item={item}": {
        "otto": 404,
        "wren": 404,
        "mina": 403,
        "mo": 403,
    },
    "/rooms/{lounge}/hide message={message}": {"otto": 404, "wren": 404, "mina": 403},
    "/rooms/{lounge}/unhide message={message}": {"otto": 404, "wren": 404, "mina": 403},
    "/rooms/{lounge}/script steps=": {"otto": 404, "wren": 404, "mina": 403},
    "/rooms/{lounge}/backup note=x": {"otto": 404, "wren": 404, "mina": 403},
    "/messages/{message}/edit body=y": {"otto": 404, "wren": 404, "paul": 403, "ada": 403},
    "/messages/{message}/withdraw": {"otto": 404, "wren": 404, "paul": 403, "ada": 403},
    "/messages/{message}/react reaction=thanks": {"otto": 404, "wren": 404},
    "/messages/{message}/report reason=spam": {"otto": 404, "wren": 404},
    "/groups/asking/requests/accept handle=otto": {"otto": 403, "mina": 403, "wren": 403},
    "/groups/asking/requests/decline handle=otto": {"otto": 403, "mina": 403, "wren": 403},
    "/groups/asking/invite handle=otto": {"otto": 403, "mina": 403, "wren": 403},
    "/groups/asking/series title=x start=2030-01-03T10:00 timezone=UTC": {
        "otto": 403,
        "mina": 403,
        "wren": 403,
    },
    "/series/{series} title=x start=2030-01-03T10:00 timezone=UTC": {
        "otto": 403,
        "mina": 403,
        "wren": 403,
    },
    "/series/{series}/end": {"otto": 403, "mina": 403, "wren": 403},
    "/groups/asking/hosts/ask handle=mo": {"otto": 403, "mina": 403, "wren": 403},
    "/groups/asking/hosts/take-back handle=mo": {"otto": 403, "mina": 403, "wren": 403},
    "/groups/asking/hosts/answer yes=1": {"otto": 404, "mina": 404, "wren": 404, "mo": 404},
    "/groups/asking/hosts/step-down": {"otto": 403, "mina": 403, "wren": 403},
    "/meetings/{meeting}/cancel": {"otto": 403, "mina": 403, "wren": 403},
    "/meetings/{meeting}/move start=2030-01-03T10:00": {"otto": 403, "mina": 403, "wren": 403},
    "/crisis/cases/{case}/ack": {"otto": 404, "mina": 404},
    "/crisis/cases/{case}/note text=x": {"otto": 404, "mina": 404},
    "/crisis/cases/{case}/close outcome=safe": {"otto": 404, "mina": 404},
    "/crisis/cases/{case}/hand-over to={otto}": {"otto": 404, "mina": 404},
    "/account/sessions/{session}/end": {"otto": 404, "paul": 404, "ada": 404},
}


def call_from(host: Browser, room: str, moderator: Browser) -> str:
    """A host calls for backup; the call as a moderator finds it."""
    assert host.send(f"/rooms/{room}/backup", note="please look").status_code == 200
    return str(moderator.ask("/backup").json["calls"][0]["id"])


@pytest.fixture
def things(app: Flask, sit: Sit, cast: Cast, database: Database) -> dict[str, str]:
    """Mina said something and Paul reported it; she asked for help; a group takes who asks."""
    mina = Line(app, sit("mina"))
    message = mina.says(cast.lounge, "a plain word", "a1")["message"]["id"]
    reported = sit("paul").send(f"/messages/{message}/report", reason="spam")
    assert reported.status_code == 200, reported.json
    case = mina.ask("help:now", room=cast.lounge)["case"]
    with database.unit() as unit:
        paul, member = person(unit, "paul"), person(unit, "mina")
        group = found_group(unit, [paul], [member], slug="asking", policy="request")
        meeting = plan_meeting(unit, group)
        series = series_of(unit, group)[0].id
    call = call_from(sit("paul"), cast.lounge, sit("mo"))
    return {
        "call": call,
        "lounge": cast.lounge,
        "message": message,
        "case": case,
        "meeting": meeting,
        "series": series,
        "item": sit("mo").ask("/moderation").json["items"][0]["id"],
        "session": sit("mina").ask("/account/sessions").json["sessions"][0]["id"],
        **{handle: cast[handle] for handle in ("otto", "mina", "paul")},
    }


def test_a_thing_is_shown_only_to_those_who_may_know_of_it(
    sit: Sit, things: dict[str, str]
) -> None:
    wrong = {}
    for shape, seen in SHOWN.items():
        found = {who: sit(who).ask(shape.format(**things)).status_code for who in ROLES}
        due = {who: (200,) if who in seen.split() else (403, 404, 409) for who in ROLES}
        due["stranger"] = (200,) if "stranger" in seen.split() else (401,)
        if any(found[who] not in due[who] for who in ROLES):
            wrong[shape] = found
    assert wrong == {}


def test_a_deed_is_refused_to_those_whose_it_is_not(sit: Sit, things: dict[str, str]) -> None:
    wrong = {}
    for deed, refused in REFUSED.items():
        path, *pairs = deed.format(**things).split(" ")
        fields = dict(pair.split("=", 1) for pair in pairs)
        due = {"stranger": 401, **refused}
        found = {who: sit(who).send(path, **fields).status_code for who in due}
        if found != due:
            wrong[deed] = found
    assert wrong == {}


def test_not_yours_is_answered_as_not_there(sit: Sit, things: dict[str, str]) -> None:
    otto = sit("otto")
    kinds = {"/rooms/{}": "lounge", "/crisis/cases/{}": "case", "/messages/{}/report": "message"}
    for shape, kind in kinds.items():
        real, made_up = (otto.ask(shape.format(each)) for each in (things[kind], NOBODY))
        assert (real.status_code, real.data) == (made_up.status_code, made_up.data), shape
