"""The second look with rooms, desk and cases: it adds, it takes back, and it never undoes."""

import pytest
from sqlalchemy.exc import OperationalError

from support.base.severity import Severity
from support.chat import jobs as chat_jobs
from support.chat.actions import echoing
from support.chat.actions.facts import AuthorNoticed, RoomEventLogged
from support.chat.models import Room
from support.chat.rules.echoes import Echoes
from support.chat.rules.places import Kind
from support.groups import actions as groups
from support.groups import queries as group_queries
from support.groups.forms import GroupForm
from support.moderation import actions as moderation
from support.moderation import ports
from support.moderation.jobs import second_look
from support.moderation.jobs.second_look import COUNTED, MOST_AFTER_RESTART, joined
from support.moderation.rules.lanes import Lanes
from support.moderation.rules.meaning.words import NoModel
from tests.second_look_world import ByHand, Oracle, finding

GOODBYE = "thank you all for sitting with me, the cat has her new home"
TEASE = "well look who decided to talk again"
PLAIN = "the kettle is on and the rain is loud"
SELLING = "cheap zopiclone online, no prescription, dm me"
DYING = "i am going to kill myself tonight"
ALLOW = {"decision": "allow", "reason": "It is fine.", "rule": "safety"}


def counted(word):
    return COUNTED.labels(word)._value.get()


@pytest.fixture
def oracle():
    return Oracle(
        {
            GOODBYE: [finding("crisis_self_harm", "critical", holds=True)],
            TEASE: [finding("harassment", holds=True)],
            "a grey day": [finding("crisis_self_harm", "watch")],
            "i want it to stop": [finding("crisis_self_harm", "urgent")],
        }
    )


@pytest.fixture
def look(database, oracle, app):
    """The second look of this process, taken by hand."""
    by_hand = ByHand(database, oracle)
    joined.now = by_hand.it
    yield by_hand
    joined.now = None


@pytest.fixture
def line(socket, cast):
    """A line that hears the lounge."""

    def join(handle):
        one = socket(handle)
        assert one.ask("room:join", room=cast.lounge)["ok"]
        one.heard()
        return one

    return join


def kinds(one):
    return [(event["kind"], event["message"]["id"]) for event in one.heard("room:event")]


def cases(browser):
    return browser("mo").ask("/crisis/cases").json["cases"]


def items(browser):
    return browser("mo").ask("/moderation").json["items"]


def says(one, cast, body, client_id="c1"):
    answer = one.says(cast.lounge, body, client_id)
    assert answer["ok"], answer
    return answer["message"]


# ------------------------------------------------------------------ it adds


def test_plain_talk_is_looked_at_and_stays(look, line, cast, browser):
    mina = line("mina")
    says(mina, cast, PLAIN)
    look.looks()
    assert look.oracle.heard == [PLAIN]
    assert items(browser) == []
    assert cases(browser) == []


def test_a_farewell_without_a_keyword_opens_a_case_and_is_taken_back(look, line, cast, browser):
    mina, paul = line("mina"), line("paul")
    message = says(mina, cast, GOODBYE)
    assert message["state"] == "visible"
    paul.heard(), mina.heard()
    look.looks()
    assert kinds(paul) == [("removed", message["id"])]
    (notice,) = mina.heard("notice")
    assert notice["label"] == "crisis_self_harm"
    assert notice["resources"]
    (case,) = cases(browser)
    assert (case["severity"], case["id"]) == ("critical", notice["case"])
    (item,) = items(browser)
    assert (item["severity"], item["labels"]) == ("critical", ["crisis_self_harm"])


def test_nobody_else_is_told_why_words_were_taken_back(look, line, cast):
    mina, paul = line("mina"), line("paul")
    says(mina, cast, TEASE)
    paul.heard()
    look.looks()
    (event,) = paul.heard("room:event")
    assert "body" not in event["message"]
    assert paul.heard("notice") == []


def test_taken_back_words_are_nowhere(look, line, cast, browser):
    message = says(line("mina"), cast, TEASE)
    look.looks()
    for handle in ("paul", "mo"):
        shown = browser(handle).ask(f"/rooms/{cast.lounge}?before=99").json["messages"]
        assert all(each.get("body") != TEASE for each in shown if each["id"] == message["id"])


def test_let_through_again_they_come_back_as_the_same_message_with_their_first_number(
    look, line, cast, browser
):
    mina, paul = line("mina"), line("paul")
    message = says(mina, cast, TEASE)
    look.looks()
    paul.heard()
    (item,) = items(browser)
    assert browser("mo").send(f"/moderation/items/{item['id']}/claim").status_code == 200
    assert browser("mo").send(f"/moderation/items/{item['id']}/decide", **ALLOW).status_code == 200
    (event,) = paul.heard("room:event")
    assert (event["kind"], event["message"]["id"]) == ("edited", message["id"])
    assert (event["message"]["seq"], event["message"]["body"]) == (message["seq"], TEASE)


def test_a_persons_decision_is_the_last_word(look, line, cast, browser):
    mina, paul = line("mina"), line("paul")
    says(mina, cast, TEASE)
    look.looks()
    (item,) = items(browser)
    browser("mo").send(f"/moderation/items/{item['id']}/claim")
    browser("mo").send(f"/moderation/items/{item['id']}/decide", **ALLOW)
    paul.heard()
    assert look.looks() >= 1, "what was let through is heard of again"
    assert kinds(paul) == []
    assert items(browser) == []


def test_said_another_way_they_are_looked_at_anew_and_shown(look, line, cast):
    mina, paul = line("mina"), line("paul")
    message = says(mina, cast, TEASE)
    look.looks()
    paul.heard()
    assert mina.ask("message:edit", message=message["id"], body=PLAIN)["ok"]
    look.looks()
    assert kinds(paul) == [("edited", message["id"])]
    assert look.oracle.heard[-1] == PLAIN


def test_a_doubt_is_a_card_and_an_entry_and_pages_nobody(look, line, cast, browser):
    mina, paul = line("mina"), line("paul")
    says(mina, cast, "a grey day")
    paul.heard(), mina.heard()
    look.looks()
    assert paul.heard("room:event") == []
    (notice,) = mina.heard("notice")
    assert "case" not in notice
    assert notice["resources"]
    assert cases(browser) == []
    assert [item["severity"] for item in items(browser)] == ["watch"]


def test_a_wish_to_die_is_shown_and_pages(look, line, cast, browser):
    mina, paul = line("mina"), line("paul")
    says(mina, cast, "i want it to stop")
    paul.heard()
    look.looks()
    assert paul.heard("room:event") == []
    assert [case["severity"] for case in cases(browser)] == ["urgent"]


def test_it_reads_the_last_five_lines_and_knows_whose_they_are(look, line, cast):
    mina, paul = line("mina"), line("paul")
    for number in range(4):
        says(paul, cast, f"line {number}", f"p{number}")
        says(mina, cast, f"mine {number}", f"m{number}")
    look.looks()
    last = next(each for each in look.oracle.asked if each.text == "mine 3")
    told = [(each.text, each.is_own) for each in last.before]
    assert told[-3:] == [("line 2", False), ("mine 2", True), ("line 3", False)]
    assert len(last.before) == 5


# ------------------------------------------------------------------ it never undoes


def test_it_never_silences_tier_one(look, line, cast, browser):
    mina = line("mina")
    says(mina, cast, DYING)
    (before,) = cases(browser)
    (item,) = items(browser)
    look.looks()
    assert cases(browser) == [before]
    assert [each["severity"] for each in items(browser)] == [item["severity"]] == ["critical"]


def test_a_smaller_finding_lowers_nothing(look, line, cast, browser):
    look.oracle.knows[DYING] = (finding("crisis_self_harm", "urgent"),)
    says(line("mina"), cast, DYING)
    look.looks()
    assert [each["severity"] for each in cases(browser)] == ["critical"]
    assert [each["severity"] for each in items(browser)] == ["critical"]


def test_held_words_stay_held_and_their_day_goes_on(look, line, cast, database, browser):
    look.oracle.knows[SELLING] = (finding("crisis_self_harm", "urgent"),)
    message = says(line("mina"), cast, SELLING)
    assert message["state"] == "held"
    look.looks()
    with database.read() as unit:
        (talk,) = ports.looking().talks(unit, [message["id"]])
        assert talk.text == SELLING
    (item,) = items(browser)
    assert set(item["labels"]) >= {"sourcing", "crisis_self_harm"}
    assert len(cases(browser)) == 1


def test_the_same_twice_is_said_once(look, line, cast, browser, database):
    mina = line("mina")
    message = says(mina, cast, "i want it to stop")
    look.looks()
    mina.heard()
    look.it.hear(message["id"])
    look.looks()
    assert mina.heard("notice") == []
    (item,) = items(browser)
    found = browser("mo").ask(f"/moderation/items/{item['id']}").json
    assert found["labels"] == ["crisis_self_harm"]


@pytest.mark.parametrize("deed", ["edit", "withdraw"])
def test_what_was_changed_meanwhile_is_left_alone(look, line, cast, database, browser, deed):
    mina = line("mina")
    message = says(mina, cast, TEASE)
    with database.read() as unit:
        (talk,) = ports.looking().talks(unit, [message["id"]])
    if deed == "edit":
        assert mina.ask("message:edit", message=message["id"], body=PLAIN)["ok"]
    else:
        assert mina.ask("message:withdraw", message=message["id"])["ok"]
    with database.unit() as unit:
        screening = look.oracle.look([_words(TEASE)])[0].screening
        assert ports.looking().act(unit, talk, screening) is False
    assert items(browser) == []


def _words(text):
    return second_look.Words(text)


def test_withdrawn_words_are_not_looked_at(look, line, cast):
    mina = line("mina")
    message = says(mina, cast, TEASE)
    mina.ask("message:withdraw", message=message["id"])
    look.looks()
    assert look.oracle.heard == []


# ------------------------------------------------------------------ order, bounds, failure


def test_what_tier_one_flagged_is_looked_at_first(look, line, cast):
    mina, paul = line("mina"), line("paul")
    for number in range(5):
        says(paul, cast, f"line {number}", f"p{number}")
    says(mina, cast, DYING)
    look.looks()
    assert look.oracle.heard[0] == DYING


def test_above_its_bounds_the_rest_is_counted_as_skipped(look, line, cast):
    look.it.lanes = Lanes(2)
    before = counted("skipped")
    paul = line("paul")
    for number in range(5):
        says(paul, cast, f"line {number}", f"p{number}")
    look.looks()
    assert look.oracle.heard == ["line 3", "line 4"]
    assert counted("skipped") - before == 3


def test_who_looks_late_says_so(look, line, cast, clock):
    late = counted("late")
    says(line("mina"), cast, PLAIN)
    clock.forward(seconds=3)
    look.looks()
    assert counted("late") - late == 1


@pytest.fixture
def no_pause(monkeypatch):
    """After a failure it waits a second; a test does not."""
    monkeypatch.setattr(second_look.gevent, "sleep", lambda _seconds: None)


def talk_of(line, cast, count):
    mina, paul = line("mina"), line("paul")
    for number in range(count):
        says((mina, paul)[number % 2], cast, f"line {number}", f"p{number}")


def test_a_judge_that_fails_harms_nobody_and_is_told(look, line, cast, no_pause):
    look.oracle.fails, failed = 5, counted("failed")  # four together, then each alone
    talk_of(line, cast, 6)
    assert look.it.state() == "ok"
    look.it.look_at_some(look.oracle)
    assert (look.it.state(), counted("failed") - failed) == ("failing", 4)
    look.looks()
    assert look.it.state() == "ok"
    assert look.oracle.heard == ["line 4", "line 5"]


def test_a_message_that_nobody_can_judge_takes_no_other_with_it(look, line, cast, no_pause):
    look.oracle.cannot, failed = {"line 1"}, counted("failed")
    talk_of(line, cast, 4)
    look.looks()
    assert look.oracle.heard == ["line 0", "line 2", "line 3"]
    assert (look.it.state(), counted("failed") - failed) == ("ok", 1)


def test_while_the_database_is_away_what_waits_goes_on_waiting(
    look, line, cast, database, no_pause, monkeypatch
):
    talk_of(line, cast, 2)
    says(line("mina"), cast, DYING)
    failed = counted("failed")

    def away():
        raise OperationalError("SELECT 1", {}, Exception("away"))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(database, "read", away)
        look.it.look_at_some(look.oracle)
    assert counted("failed") == failed
    look.looks()
    assert look.oracle.heard[0] == DYING
    assert sorted(look.oracle.heard[1:]) == ["line 0", "line 1"]


def test_without_weights_the_site_goes_on_and_looks_once_they_are_there(database, line, cast):
    oracle, there = Oracle(), []

    def load():
        if not there:
            raise NoModel("the package with the weights is not installed")
        return oracle

    mended = ByHand(database, oracle, load)
    joined.now = mended.it
    try:
        assert not mended.it.is_ready()
        assert mended.it.state() == "failing"
        assert says(line("mina"), cast, PLAIN)["state"] == "visible"
        mended.it.beat()
        there.append("weights")
        assert mended.it.is_ready()
        assert mended.it.state() == "ok"
        mended.looks()
        assert oracle.heard == [PLAIN]
    finally:
        joined.now = None


def test_without_a_second_look_nothing_is_kept(line, cast):
    assert joined.now is None
    says(line("mina"), cast, PLAIN)
    second_look.beat(None)


# ------------------------------------------------------------------ after a killed process


def test_what_a_killed_process_left_is_looked_at_by_the_next(look, line, cast, database, clock):
    look.it.beat()
    clock.forward(seconds=40)
    says(line("mina"), cast, GOODBYE)
    after = ByHand(database, look.oracle)
    joined.now = after.it
    after.it.beat()
    after.looks()
    assert look.oracle.heard == [GOODBYE]


def test_what_was_looked_at_long_before_the_end_is_not_looked_at_again(
    look, line, cast, database, clock
):
    says(line("mina"), cast, PLAIN)
    look.looks()
    clock.forward(seconds=60)
    look.it.beat()
    after = ByHand(database, Oracle())
    after.it.beat()
    assert after.looks() == 0


def test_a_waiting_message_holds_the_mark_back(look, line, cast, database, clock):
    says(line("mina"), cast, PLAIN)
    clock.forward(seconds=60)
    look.it.beat()
    clock.forward(seconds=20)
    after = ByHand(database, Oracle())
    after.it.beat()
    after.looks()
    assert after.oracle.heard == [PLAIN]


def test_what_is_too_old_to_be_looked_at_after_a_restart_is_counted(
    look, line, cast, database, clock
):
    look.it.beat()
    says(line("mina"), cast, PLAIN)
    clock.forward(hours=2)
    after, skipped = ByHand(database, Oracle()), counted("skipped")
    after.it.beat()
    assert after.looks() == 0
    assert counted("skipped") - skipped == 1


def test_what_is_too_much_after_a_restart_is_counted_and_the_newest_is_looked_at(
    look, line, cast, database, clock, monkeypatch
):
    monkeypatch.setattr(second_look, "MOST_AFTER_RESTART", 2)
    look.it.beat()
    talk_of(line, cast, 3)
    clock.forward(seconds=40)
    after, skipped = ByHand(database, Oracle()), counted("skipped")
    after.it.beat()
    after.looks()
    assert after.oracle.heard == ["line 1", "line 2"]
    assert counted("skipped") - skipped == 1
    assert Lanes()._most >= MOST_AFTER_RESTART


def test_who_took_over_and_is_killed_too_leaves_it_to_the_next(look, line, cast, database, clock):
    look.it.beat()
    says(line("mina"), cast, GOODBYE)
    clock.forward(seconds=40)
    second = ByHand(database, Oracle())
    second.it.beat()
    clock.forward(seconds=20)
    third = ByHand(database, Oracle())
    third.it.beat()
    third.looks()
    assert third.oracle.heard == [GOODBYE]


def test_what_cannot_be_read_when_it_is_taken_over_is_read_at_the_next_beat(
    look, line, cast, database, clock, monkeypatch
):
    look.it.beat()
    says(line("mina"), cast, GOODBYE)
    clock.forward(seconds=40)
    second = ByHand(database, Oracle())

    def away():
        raise OperationalError("SELECT 1", {}, Exception("away"))

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(database, "read", away)
        with pytest.raises(OperationalError):
            second.it.beat()
    second.it.beat()
    second.looks()
    assert second.oracle.heard == [GOODBYE]


def test_who_lives_on_does_not_look_again_at_what_it_has_looked_at(
    look, line, cast, database, clock
):
    with database.unit() as unit:
        moderation.mark_looked(unit, "killed", clock.now())
    mina = line("mina")
    message = says(mina, cast, PLAIN)
    look.looks()
    clock.forward(seconds=20)
    look.it.beat()
    assert look.looks() == 0
    assert mina.ask("message:edit", message=message["id"], body="and rain again")["ok"]
    with database.unit() as unit:
        moderation.mark_looked(unit, "killed", clock.now())
    clock.forward(seconds=20)
    look.it.beat()
    look.looks()
    assert look.oracle.heard == [PLAIN, "and rain again"]


def test_a_process_that_cannot_look_takes_nothing_over(look, line, cast, database, clock):
    look.it.beat()
    says(line("mina"), cast, PLAIN)
    clock.forward(seconds=40)
    blind = ByHand(database, Oracle())
    blind.it._trouble = "no weights"
    blind.it.beat()
    able = ByHand(database, Oracle())
    able.it.beat()
    able.looks()
    assert (len(blind.it.lanes), able.oracle.heard) == (0, [PLAIN])


# ------------------------------------------------------------------ several processes


def test_what_another_process_stored_is_looked_at_there_and_not_here(look, database):
    event = {"kind": "message", "message": {"id": "theirs"}}
    notice = AuthorNoticed("a1", "PT", "r1", "theirs", {})
    for fact in (RoomEventLogged("r1", event), notice):
        database.hear(fact)
    assert len(look.it.lanes) == 0
    database.publish(notice)
    assert [each.id for each in look.it.lanes.take(9)] == ["theirs"]


def test_marks_of_processes_that_live_are_left_to_them(database, clock, app):
    with database.unit() as unit:
        moderation.mark_looked(unit, "one", clock.now())
        moderation.mark_looked(unit, "two", clock.now())
    clock.forward(seconds=10)
    with database.unit() as unit:
        moderation.mark_looked(unit, "one", clock.now())
        assert moderation.take_over_looks(unit, "one", alone=False) is None
    clock.forward(seconds=10)
    with database.unit() as unit:
        left = moderation.take_over_looks(unit, "one", alone=False)
        assert (clock.now() - left).total_seconds() == 20
        assert moderation.take_over_looks(unit, "one", alone=False) is None


def test_the_mark_of_a_process_that_is_known_to_have_died_is_taken_at_once(database, clock, app):
    with database.unit() as unit:
        moderation.mark_looked(unit, "killed", clock.now())
        moderation.mark_looked(unit, "alive", clock.now())
        taken = [
            moderation.take_over_looks(unit, "new", alone=False, died=["killed"]) for _ in range(2)
        ]
    assert taken == [clock.now(), None]


def test_severity_words_of_the_desk_and_of_the_second_look_are_the_same():
    assert finding("sourcing").severity is Severity.WATCH


# ------------------------------------------------------------------ round an entry


def opened(browser, label):
    (item,) = [one for one in items(browser) if label in one["labels"]]
    return browser("mo").ask(f"/moderation/items/{item['id']}").json


def test_the_same_words_in_several_rooms_stand_beside_the_entry(
    look, line, cast, database, browser
):
    paul = line("paul")
    says(paul, cast, SELLING)
    assert opened(browser, "sourcing")["circumstances"] == []
    with database.unit() as unit:
        group = groups.found(unit, form("day-larks"), [cast["paul"]])
        other = group_queries.group_by_id(unit, group).lounge_id
    assert paul.says(other, SELLING, "again")["ok"]
    found = [
        browser("mo").ask(f"/moderation/items/{one['id']}").json["circumstances"]
        for one in items(browser)
    ]
    assert found == [["same_words"], ["same_words"]]


def test_the_page_says_it_in_words(look, line, cast, database, browser):
    paul = line("paul")
    says(paul, cast, SELLING)
    with database.unit() as unit:
        group = groups.found(unit, form("day-larks"), [cast["paul"]])
        other = group_queries.group_by_id(unit, group).lounge_id
    paul.says(other, SELLING, "again")
    (first, _) = items(browser)
    page = browser("mo").get(f"/moderation/items/{first['id']}").get_data(as_text=True)
    assert "the same words in several rooms" in page


def test_words_held_three_times_this_week_are_said(look, line, cast, browser, clock):
    mina = line("mina")
    for number in range(3):
        says(mina, cast, f"{SELLING} {number}", f"h{number}")
        (item,) = items(browser)
        browser("mo").send(f"/moderation/items/{item['id']}/claim")
        kept = browser("mo").send(
            f"/moderation/items/{item['id']}/decide",
            decision="keep",
            reason="We do not sell.",
            rule="no_trading",
        )
        assert kept.status_code == 200, kept.json
        clock.forward(minutes=1)
    says(mina, cast, SELLING, "last")
    assert opened(browser, "sourcing")["circumstances"] == ["held_often"]
    says(mina, cast, DYING, "care")
    assert opened(browser, "crisis_self_harm")["circumstances"] == []


def form(slug):
    return GroupForm.parse(
        {
            "slug": slug,
            "name": slug,
            "focus": ["diazepam"],
            "stage": "tapering",
            "language": "en",
            "policy": "open",
        }
    )


TOUTING = "I keep a list of small walks that helped me through the long evenings of last winter"


def rooms_of(database, cast, count):
    """The lounge, and those of other groups of Paul's."""
    found = [cast.lounge]
    with database.unit() as unit:
        for number in range(count - 1):
            group = groups.found(unit, form(f"day-larks-{number}"), [cast["paul"]])
            found.append(group_queries.group_by_id(unit, group).lounge_id)
    return found


def test_harmless_looking_words_in_three_rooms_come_to_the_desk_and_nowhere_else(
    line, cast, database, browser, monkeypatch
):
    paul = line("paul")
    monkeypatch.setattr(chat_jobs.REPEATS, "_echoes", Echoes())
    for number, room in enumerate(rooms_of(database, cast, 4)):
        said = paul.says(room, TOUTING, f"t{number}")
        assert said["message"]["state"] == "visible"
    paul.heard()
    for _ in range(2):
        chat_jobs.REPEATS(database)
    (item,) = items(browser)
    assert (item["labels"], item["severity"]) == ([], "watch")
    found = browser("mo").ask(f"/moderation/items/{item['id']}").json
    assert (found["circumstances"], found["counts"]) == (["same_words"], {"same_words": 4})
    page = browser("mo").get(f"/moderation/items/{item['id']}").get_data(as_text=True)
    assert "written in several rooms" in page
    assert paul.heard("notice") == []


def test_of_words_that_two_processes_hear_only_the_one_that_stored_the_last_acts(database):
    repeats = chat_jobs.Repeats()
    facts = [
        RoomEventLogged(
            f"r{number}",
            {
                "kind": "message",
                "at": "2030-01-01T00:00:00Z",
                "message": {"id": f"m{number}", "author": {"id": "moss"}, "body": TOUTING},
            },
        )
        for number in range(3)
    ]
    for fact in facts:
        repeats.hear(fact)
    assert repeats._waiting == []
    repeats.note(facts[1])
    assert repeats._waiting == []
    repeats.note(facts[2])
    assert repeats._waiting == ["m2"]


def test_words_that_were_taken_back_meanwhile_are_not_shown_to_the_desk(
    line, cast, database, browser
):
    mina = line("mina")
    message = says(mina, cast, TOUTING)
    assert mina.ask("message:withdraw", message=message["id"])["ok"]
    with database.unit() as unit:
        for gone in (message["id"], "nobody"):
            echoing.show_to_desk(unit, gone)
    assert items(browser) == []


@pytest.mark.parametrize("kind", [Kind.MENTORING, Kind.CRISIS])
def test_what_is_said_between_two_is_not_shown_to_the_desk_because_it_was_said_often(
    kind, line, cast, database, browser
):
    message = says(line("mina"), cast, TOUTING)
    with database.unit() as unit:
        unit.session.get_one(Room, cast.lounge).kind = kind
        echoing.show_to_desk(unit, message["id"])
    assert items(browser) == []
