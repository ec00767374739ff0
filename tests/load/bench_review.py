"""How long automatic review takes: clean talk, talk that matters, poison, and the command.

Run from the repository root: `python -m tests.load.bench_review`. Nothing is written; one line a
figure. Times are processor time, so that a busy machine changes them little.
"""

import gc
import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial

from support.moderation.rules import screen, screen_words
from support.moderation.rules.rulebook import load
from tests.review.measure import lines
from tests.review.poison import POISON

CLEAN = (
    "good morning all, slept five hours and the dog woke me up at six again, kettle is on, be kind"
)
TELLING = "my doctor cut me off on monday, nothing since, should i be worried about the shaking"
ROOM = (
    "took 2 mg valium at 8, 0.5 klonopin at noon, then 1 mg xanax, 7.5 zopiclone at 22:30, "
    "lorazepam 1 mg tomorrow, down from 15 mg diazepam since monday, half a pill less each week. "
)
ROUNDS = 2_000
LINES = 20_000
LONG = 2_000


def microseconds(work: Callable[[], object], rounds: int) -> float:
    """Processor time of one call, after a first one that warms up."""
    work()
    started = time.process_time()
    for _ in range(rounds):
        work()
    return (time.process_time() - started) / rounds * 1e6


def long_texts(files: str, count: int = 100) -> list[str]:
    """Messages of 2,000 characters put together from our own lines, always the same ones."""
    said, dice = [line.text for line in lines(files)], random.Random(4)
    return [". ".join(dice.sample(said, 90))[:LONG] for _ in range(count)]


def half_and_nearly_all(texts: list[str]) -> str:
    """How long half of the messages take at most, and all but one in a hundred; best of three."""
    took = sorted(
        min(microseconds(partial(screen_words, text), 1) for _ in "abc") for text in texts
    )
    return f"half in {took[len(took) // 2]:.0f} µs, all but one in a hundred in {took[-2]:.0f} µs"


def full_of_names() -> float:
    """A message of 2,000 characters in which every other word is a medicine or a number."""
    text = (ROOM * LONG)[:LONG]
    return min(microseconds(partial(screen, text), 5) for _ in "abcde")


def worst_poison() -> float:
    """The slowest of all the texts made to be slow; the promise is less than 5,000."""
    return max(microseconds(partial(screen, text), 20) for text in POISON)


def messages_a_second() -> float:
    """How many messages `handrail review` answers in a second, its start taken off."""
    talk = [CLEAN, TELLING, "thanks paul, see you at eight", "rough wave today but i ate"]
    lines = "".join(
        json.dumps({"id": number, "text": f"{talk[number % len(talk)]} {number}"}) + "\n"
        for number in range(LINES)
    )
    whole = _seconds_of_command(lines)
    start_up = _seconds_of_command(lines[: lines.index("\n") + 1])
    return LINES / (whole - start_up)


def _seconds_of_command(lines: str) -> float:
    started = time.perf_counter()
    command = [sys.executable, "-m", "support", "review"]
    subprocess.run(command, input=lines.encode(), stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Print every figure."""
    started = time.process_time()
    book = load()
    gc.freeze()  # as the server does
    say = sys.stdout.write
    say(f"rules and contexts: {len(book.rules)} and {len(book.contexts)}\n")
    say(f"reading the rule files: {time.process_time() - started:.2f} s\n")
    say(f"a clean message of {len(CLEAN)} characters: ")
    say(f"{microseconds(lambda: screen_words(CLEAN), ROUNDS):.0f} µs\n")
    say(f"one with findings: {microseconds(lambda: screen_words(TELLING), ROUNDS):.0f} µs\n")
    say(f"2,000 characters of everyday talk: {half_and_nearly_all(long_texts('t1_ord*'))}\n")
    say(f"2,000 characters, danger in each line: {half_and_nearly_all(long_texts('t1_*'))}\n")
    say(f"2,000 characters of poison, the worst of {len(POISON)} kinds: {worst_poison():.0f} µs\n")
    say(f"2,000 characters of medicines and numbers: {full_of_names():.0f} µs\n")
    say(f"the command: {messages_a_second():.0f} messages a second\n")


if __name__ == "__main__":
    main()
