"""What a second look costs: milliseconds a message, memory, and lateness at a steady pace.

    python -m tests.load.bench_second_look [--json FILE] [--seconds 5]

Prints a table and, where asked, writes the same as JSON. Lateness is measured with the real lanes
and the real thread beside the loop: messages arrive at 5, 10, 20 and 40 a second, each waits for
its turn, and the share that was looked at within 250 ms is told.
"""

import argparse
import json
import os
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from gevent import monkey

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
monkey.patch_all()

import gevent  # noqa: E402 - must follow the patch
from gevent import get_hub  # noqa: E402 - must follow the patch

from support.moderation.jobs.second_look import AT_ONCE  # noqa: E402 - must follow the patch
from support.moderation.rules import screen_words  # noqa: E402 - must follow the patch
from support.moderation.rules.lanes import Lanes  # noqa: E402 - must follow the patch
from support.moderation.rules.meaning.words import Looking, Words, shared_judge  # noqa: E402 - must follow the patch

TEXTS = {
    "short": "good night everyone",
    "usual": "bad night, down to 5 mg, shaky, but the window this afternoon was lovely",
    "long": "i lie awake and count the cracks, then i get up and write it all down. " * 5,
    "longest": ("sleep" + " ") * 330,
    "usual, in German": "schlechte nacht, auf 5 mg, zittrig, aber das fenster heute war schön",
    "longest, in German": ("schlaf" + " ") * 280,
}
PACES = (5, 10, 20, 40)
PROMISED = 0.25


def memory() -> dict[str, float]:
    """Of this process in MiB: all, its own, and what it shares with others through the file."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    lines = dict(line.split(":", 1) for line in told.splitlines())
    kinds = {"all": "VmRSS", "own": "RssAnon", "shared": "RssFile"}
    return {name: int(lines[kind].split()[0]) / 1024 for name, kind in kinds.items()}


def cost(judge: Looking, text: str, times: int = 20) -> dict[str, float]:
    """Milliseconds of the processor and of the clock for one message alone."""
    clock, processor = time.perf_counter(), time.process_time()
    for _ in range(times):
        judge.look([Words(text)])
    spent = time.perf_counter() - clock, time.process_time() - processor
    return {"clock_ms": spent[0] / times * 1000, "processor_ms": spent[1] / times * 1000}


def lateness(judge: Looking, pace: int, seconds: float) -> dict[str, float]:
    """Messages at a steady pace, looked at as the product does."""
    lanes, took, skipped = Lanes(), [], 0
    heard: dict[str, float] = {}
    is_over = False

    def look() -> None:
        while lanes or not is_over:
            some = lanes.take(AT_ONCE)
            if not some:
                gevent.sleep(0.002)
                continue
            get_hub().threadpool.apply(judge.look, ([_words(each.id) for each in some],))
            took.extend(time.monotonic() - heard[each.id] for each in some)

    looker = gevent.spawn(look)
    for number in range(int(pace * seconds)):
        name = f"{number}"
        heard[name] = time.monotonic()
        skipped += lanes.add(name, datetime.now(UTC), first=False)
        gevent.sleep(1 / pace)
    is_over = True
    looker.join()
    took.sort()
    return {
        "a_second": pace,
        "looked_at": len(took),
        "skipped": skipped,
        "p50_ms": _part(took, 0.5) * 1000,
        "p99_ms": _part(took, 0.99) * 1000,
        "in_time": sum(one <= PROMISED for one in took) / max(1, len(took)),
    }


def _words(name: str) -> Words:
    text = f"{TEXTS['usual']} {name}"
    return Words(text, frozenset(screen_words(text).labels))


def _part(values: Sequence[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))] if values else 0.0


def measured(seconds: float) -> dict[str, Any]:
    """Everything, in the order in which it is told."""
    screen_words("warm")
    before = memory()
    started = time.perf_counter()
    judge = shared_judge()
    loaded = time.perf_counter() - started
    for text in TEXTS.values():
        judge.look([Words(text)])
    after = memory()
    return {
        "load_s": loaded,
        "memory_mib": {name: after[name] - before[name] for name in after},
        "busy": os.getloadavg()[0],
        "cost": {name: cost(judge, text) for name, text in TEXTS.items()},
        "pace": [lateness(judge, pace, seconds) for pace in PACES],
    }


def main() -> None:
    """Measure, print, and keep."""
    wanted = argparse.ArgumentParser()
    wanted.add_argument("--json", type=Path)
    wanted.add_argument("--seconds", type=float, default=5)
    given = wanted.parse_args()
    found = measured(given.seconds)
    print(f"loaded in {found['load_s']:.2f} s; load of the machine {found['busy']:.1f}")
    print("memory added:", {name: f"{mib:.0f} MiB" for name, mib in found["memory_mib"].items()})
    for name, one in found["cost"].items():
        print(f"{name:20} {one['processor_ms']:7.1f} ms processor {one['clock_ms']:7.1f} ms clock")
    for one in found["pace"]:
        print(
            f"{one['a_second']:3} a second: p50 {one['p50_ms']:6.0f} ms, "
            f"p99 {one['p99_ms']:6.0f} ms, "
            f"{one['in_time']:.1%} within 250 ms, {one['skipped']} skipped"
        )
    if given.json:
        given.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
