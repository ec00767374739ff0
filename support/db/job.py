"""A thing to do again and again: what every area's jobs.py lists and the worker runs."""

from collections.abc import Callable
from dataclasses import dataclass

from support.db.unit import Database


@dataclass(frozen=True, slots=True)
class Job:
    """One job: how often, what, and whether only one process may run it at a time.

    With `alone` the job runs under a lease. Without, it runs in every process: then each piece of
    work must be claimed by a conditional statement, and a killed process costs nobody any waiting.
    `due` is a quick look whether there is anything to do: without, not even the lease is taken.
    An `urgent` one is done once before a process that starts does anything else.
    """

    name: str
    every_seconds: float
    run: Callable[[Database], None]
    alone: bool = True
    due: Callable[[Database], bool] | None = None
    urgent: bool = False
