"""Reloads and a killed server in a meeting, in a short form: `tests.load.meeting_night` is long."""

from pathlib import Path

from tests.load.meeting_night import night, run
from tests.serve import serving

PEOPLE, RELOADS = 4, 12


def test_step_clock_and_turns_are_the_same_for_all_after_reloads_an_upgrade_and_a_kill(
    tmp_path: Path,
) -> None:
    with serving(tmp_path, night(PEOPLE), rates="off") as site:
        found = run(site, PEOPLE, RELOADS, kills=1, stops=1)
    assert found.differences == []
    assert (found.reloads, found.kills, found.stops) == (RELOADS, 1, 1)
    assert found.moves == RELOADS // 6
