"""`handrail review`: the shipped rules of automatic review, on JSON lines."""

import json
import sys
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from typing import Any, TextIO, cast

import click

from support.moderation.rules import Screening, screen_words

_MOST_AT_ONCE = 1 << 16


class BadLine(ValueError):
    """A line that holds no message; the text says why."""


@click.command("review")
@click.option("--tier2", is_flag=True, help="Ask the second tier too, where it is installed.")
def review(tier2: bool) -> None:
    """Read {"id", "text"} lines; write {"id", "labels", "severity"} lines in the same order."""
    del tier2  # this version has the first tier alone; the option is part of the contract
    broken = answer(cast("BufferedReader", sys.stdin.buffer), sys.stdout, sys.stderr)
    if broken:
        raise click.ClickException(f"{broken} lines could not be read")


def answer(lines: BufferedReader | BytesIO, out: TextIO, err: TextIO) -> int:
    """Answer every line that holds a message; name each other one; say how many those were."""
    broken = 0
    number = 0
    for arrived in _as_they_come(lines):
        answers = []
        for line in arrived:
            number += 1
            try:
                answers.append(_judged(line) if line.strip() else "")
            except BadLine as wrong:
                broken += 1
                err.write(f"line {number}: {wrong}\n")
        out.write("".join(answers))
        out.flush()
    return broken


def _as_they_come(lines: BufferedReader | BytesIO) -> Iterator[list[bytes]]:
    """Whole lines, as many as have arrived, so that somebody typing is answered at once."""
    rest = b""
    while piece := lines.read1(_MOST_AT_ONCE):
        *whole, rest = (rest + piece).split(b"\n")
        yield whole
    if rest:
        yield [rest]


def _judged(line: bytes) -> str:
    message = _message(line)
    screening = screen_words(message["text"])
    return json.dumps({"id": message["id"], **_facts(screening)}) + "\n"


def _message(line: bytes) -> dict[str, Any]:
    try:
        message = json.loads(line)
    except (ValueError, RecursionError) as wrong:
        raise BadLine("not JSON") from wrong
    if not isinstance(message, dict) or "id" not in message:
        raise BadLine("no id")
    if not isinstance(message.get("text"), str):
        raise BadLine("no text")
    return message


def _facts(screening: Screening) -> dict[str, Any]:
    return {
        "labels": screening.labels,
        "severity": screening.severity,
        "holds": screening.holds,
        "rules": [finding.rule_id for finding in screening.findings],
        "version": screening.rules_version,
    }


COMMANDS = [review]
