"""The rooms' own load tool, in a form of seconds; long: `python -m tests.load.bench_rooms`."""

from tests.load.bench_rooms import run

SMALL = 0.03


def test_a_small_crowd_hears_everything_in_order_and_comes_back_whole() -> None:
    rooms, storm, slow = run(["rooms10", "storm", "slow"], scale=SMALL, seconds=1.0)
    assert rooms.sent >= 3
    assert rooms.lost == 0
    assert rooms.out_of_order == 0
    assert rooms.delivered == rooms.sent * 10
    assert rooms.cpu_us_a_delivery > 0
    assert storm.lost == 0
    assert slow.delivered >= slow.sent * (slow.members - 1)
    assert slow.notes["MiB more"] < 24
