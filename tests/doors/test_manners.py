"""Which events are slips: what no client of ours sends, and never what a person may not do."""

from collections.abc import Callable

import pytest

from support.web import sockets
from support.web.manners import HALF_A_SLIP, Manners
from tests.lines import Cast, Line


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> Manners:
    """Nobody has slipped yet, and no time passes."""
    made = Manners(lambda: 1.0)
    monkeypatch.setattr(sockets, "MANNERS", made)
    return made


def test_what_no_client_sends_is_half_a_slip_and_what_is_refused_to_people_is_none(
    cast: Cast, socket: Callable[[str], Line], known: Manners
) -> None:
    mina, otto = socket("mina"), socket("otto")
    assert mina.says(cast.lounge, "good evening", "c1")["ok"]
    assert otto.says(cast.lounge, "may I?", "c1")["error"]["code"] == "not_found"
    too_long = mina.says(cast.lounge, "x" * 2001, "c2")
    assert too_long["error"]["code"] == "too_long"
    mistakes: list[tuple[str, dict[str, object]]] = [
        ("message:send", {"room": cast.lounge, "body": " ", "client_id": "c3"}),
        ("message:send", {"room": cast.lounge, "body": "yes", "client_id": "c4", "reply_to": "x"}),
    ]
    for event, data in mistakes:
        assert mina.ask(event, **data)["error"]["code"] == "bad_request"
    doses = "take 5 mg of diazepam tonight and 4 mg next week"
    topic = socket("paul").ask("host:set", room=cast.lounge, topic=doses)
    assert topic["error"]["code"] == "bad_request"
    assert known._slips == {}
    strange: list[tuple[str, dict[str, object]]] = [
        ("no:such", {}),
        ("room:join", {"room": 7}),
        ("room:join", {"room": "x", "after": -1}),
        ("typing", {}),
    ]
    for number, (event, data) in enumerate(strange, 1):
        assert mina.ask(event, **data)["error"]["code"] == "bad_request", event
        assert [slips for slips, _ in known._slips.values()] == [number * HALF_A_SLIP]
