"""`handrail review`: the shipped rules, on JSON lines; `handrail user ban` and `lift`."""

import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import BufferedReader, BytesIO
from typing import Any, TextIO

import click

from support.accounts.cli import filled, person_named, unit_of
from support.base.severity import gravest
from support.moderation import actions
from support.moderation.rules import Screening, screen_words
from support.moderation.rules.desk import HouseRule, SanctionKind
from support.moderation.rules.meaning.words import Looking, NoModel, Words, shared_judge
from support.moderation.rules.rulebook import LABELS
from support.settings import Settings

_MOST_AT_ONCE = 1 << 16
_TOGETHER = 16
RULES = [rule.value for rule in HouseRule]


class BadLine(ValueError):
    """A line that holds no message; the text says why."""


@click.command("review")
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--tier2", is_flag=True, help="Look a second time too, where the weights are here.")
def review(file: BufferedReader, tier2: bool) -> None:
    """Read {"id", "text"} lines; write {"id", "labels", "severity"} lines in the same order.

    They come from FILE, or else from standard input.
    """
    judge = _judge() if tier2 else None
    broken = answer(file, sys.stdout, sys.stderr, judge)
    if broken:
        raise click.ClickException(f"{broken} lines could not be read")


def _judge() -> Looking | None:
    try:
        return shared_judge()
    except NoModel as missing:
        click.echo(f"handrail: no second look, {missing}: the rules answer alone", err=True)
        return None


def answer(
    lines: BufferedReader | BytesIO, out: TextIO, err: TextIO, judge: Looking | None = None
) -> int:
    """Answer every line that holds a message; name each other one; say how many those were."""
    broken = 0
    number = 0
    for arrived in _as_they_come(lines):
        messages = []
        for line in arrived:
            number += 1
            try:
                messages += [_message(line)] if line.strip() else []
            except BadLine as wrong:
                broken += 1
                err.write(f"line {number}: {wrong}\n")
        for at in range(0, len(messages), _TOGETHER if judge else _MOST_AT_ONCE):
            part = messages[at : at + (_TOGETHER if judge else _MOST_AT_ONCE)]
            out.write("".join(json.dumps(facts) + "\n" for facts in _judged(part, judge)))
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


def _judged(messages: Sequence[dict[str, Any]], judge: Looking | None) -> list[dict[str, Any]]:
    screenings = [screen_words(message["text"]) for message in messages]
    ids = [message["id"] for message in messages]
    if judge is None:
        return [{"id": name, **_facts(s)} for name, s in zip(ids, screenings, strict=True)]
    words = [
        Words(message["text"], frozenset(first.labels))
        for message, first in zip(messages, screenings, strict=True)
    ]
    return [
        {"id": name, **_facts(first, second.screening), "scores": second.scores}
        for name, first, second in zip(ids, screenings, judge.look(words), strict=True)
    ]


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


def _facts(*screenings: Screening) -> dict[str, Any]:
    """What one tier says, or both together: the second adds, it takes nothing away."""
    found = [finding for screening in screenings for finding in screening.findings]
    seen = {finding.label for finding in found}
    return {
        "labels": [label for label in LABELS if label in seen],
        "severity": gravest(screening.severity for screening in screenings),
        "holds": any(screening.holds for screening in screenings),
        "rules": [finding.rule_id for finding in found],
        "version": "+".join(screening.rules_version for screening in screenings),
    }


@click.command()
@click.argument("words", nargs=-1, metavar="[HANDLE]")
@click.option("--handle")
@click.option("--reason", default="Decided by the people who run this place.", show_default=True)
@click.option(
    "--rule",
    type=click.Choice(RULES),
    default="safety",
    show_default=True,
)
@click.option("--until", type=click.DateTime(), help="In UTC; without it the ban has no end.")
@click.pass_obj
def ban(settings: Settings, /, words: tuple[str, ...], handle: str | None, **told: object) -> None:
    """Keep a person out; their open connections end within a second."""
    (handle,) = filled((handle,), words)
    until = told["until"]
    end = until.replace(tzinfo=UTC) if isinstance(until, datetime) else None
    with unit_of(settings) as unit:
        found = person_named(unit, handle)
        actions.ban_by_operator(unit, found, str(told["reason"]), HouseRule(str(told["rule"])), end)
    click.echo(f"{handle}: banned")


@click.command()
@click.argument("handle")
@click.argument("kind", type=click.Choice(["mute", "suspend", "ban"]))
@click.pass_obj
def lift(settings: Settings, handle: str, kind: str) -> None:
    """Take a measure back."""
    with unit_of(settings) as unit:
        actions.lift_by_operator(unit, person_named(unit, handle), SanctionKind(kind))
    click.echo(f"{handle}: {kind} lifted")


COMMANDS = [review]
ABOUT_PEOPLE = [ban, lift]
