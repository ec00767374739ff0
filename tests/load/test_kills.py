"""Kill -9 while people talk, in a short form; the long one is `python -m tests.load.kills`."""

from pathlib import Path

from tests.load.kills import run, talkers
from tests.serve import serving

KILLS, CLIENTS = 5, 20


def test_no_acknowledged_word_is_lost_doubled_or_out_of_order_by_a_kill(tmp_path: Path) -> None:
    with serving(tmp_path, talkers(CLIENTS), rates="off") as site:
        found = run(site, KILLS, CLIENTS)
    assert found.broken == 0, found.table()
    assert found.kills == KILLS
    assert found.acknowledged >= KILLS * 5
    assert found.logged == found.acknowledged
