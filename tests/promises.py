"""Promises in seconds, kept to the letter on a quiet machine and loosely on a busy one."""

import os

LOOSER = 10


def within(seconds: float) -> float:
    """How long a test waits for what is promised within so many seconds.

    `./handrail test` says HANDRAIL_BUSY=1: more workers than cores, each with servers and browsers
    of its own, are no measure of a second. One test file run alone holds the promise to the letter.
    """
    return LOOSER * seconds if os.environ.get("HANDRAIL_BUSY") == "1" else seconds
