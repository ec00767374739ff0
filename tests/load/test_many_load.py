"""Short forms of what is tried by hand for longer: kills, cuts, a lost queue, hostile frames."""

from pathlib import Path

import pytest

from tests.load import cuts, malformed, many_kills, queue_away, soak
from tests.many import QUEUES


@pytest.mark.parametrize("queue", QUEUES)
def test_no_word_is_lost_when_one_of_two_processes_is_killed(tmp_path: Path, queue: str) -> None:
    found = many_kills.kills(tmp_path, queue, times=3, clients=10)
    assert found.broken == 0, found.table()
    assert found.logged == found.acknowledged > 0
    assert found.kills == 3


def test_after_a_cut_cable_every_history_is_complete(tmp_path: Path) -> None:
    found = cuts.run(tmp_path, "redis", clients=20, seconds=1, cuts=1)
    assert found.broken == 0, found.table()
    assert found.sent_again > 0


@pytest.mark.parametrize("queue", QUEUES)
def test_people_talk_on_without_the_queue_and_are_level_on_its_return(
    tmp_path: Path, queue: str
) -> None:
    found, absences = queue_away.run(tmp_path, queue, clients=8, seconds=2, times=1)
    assert queue_away.is_kept(found, absences, queue), (found.table(), absences)


def test_hostile_frames_end_nothing_but_their_own_line(tmp_path: Path) -> None:
    found = malformed.run(tmp_path, "postgres", frames=600, calm_seconds=1)
    late = "others waited too long"  # a measure for a quiet machine, not for this one
    assert set(found.broken) <= {late}, found
    assert found.frames == 600


def test_memory_is_watched_while_people_listen(tmp_path: Path) -> None:
    found, samples = soak.run(tmp_path, "redis", clients=12, seconds=3)
    assert found.broken == 0, found.table()
    assert samples


@pytest.mark.parametrize(
    ("samples", "growth"),
    [
        ([100.0] * 20, 0.0),
        ([50.0] * 2 + [100.0] * 18, 0.0),  # what is loaded at first is no growth
        ([100.0] * 10 + [110.0] * 10, 0.1),
        ([100.0], 0.0),
    ],
)
def test_growth_is_counted_after_the_first_tenth(samples: list[float], growth: float) -> None:
    assert soak.settled(samples) == pytest.approx(growth)
