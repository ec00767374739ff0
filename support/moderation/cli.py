"""`handrail review`: the shipped rules, on JSON lines; `handrail user ban` and `lift`."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from errno import EPIPE
from io import BufferedReader, BytesIO
from typing import IO, Any, TextIO

import click

from support.accounts.cli import filled, person_named, unit_of
from support.base.severity import gravest
from support.moderation import actions
from support.moderation.forms.lines import AT_ONCE, Asked, as_they_come, asked
from support.moderation.rules import Screening, screen_words
from support.moderation.rules.desk import HouseRule, SanctionKind
from support.moderation.rules.meaning.words import Look, Looking, NoModel, Words, shared_judge
from support.moderation.rules.rulebook import LABELS
from support.moderation.rules.scoring import higher, scores_of
from support.settings import Settings

_TOGETHER = 16
RULES = [rule.value for rule in HouseRule]


@dataclass(slots=True)
class Told:
    """What was not as it should be while lines were answered."""

    lines: int = 0
    refused: int = 0
    first: str = ""
    unseen: int = 0

    def refuse(self, number: int, error: str) -> None:
        """A line held no message."""
        self.refused += 1
        self.first = self.first or f"line {number}, {error}"


class _Input(click.File):
    """A file, or standard input where there is one."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> IO[Any]:
        try:
            return super().convert(value, param, ctx)
        except RuntimeError:  # standard input was closed
            self.fail("there is nothing to read", param, ctx)


@click.command("review")
@click.argument("file", type=_Input("rb"), default="-")
@click.option("--tier2", is_flag=True, help="Look a second time too, where the weights are here.")
def review(file: BufferedReader, tier2: bool) -> None:
    """Read {"id", "text"} lines; write {"id", "labels", "severity", "scores"} lines in order.

    They come from FILE, or else from standard input. Every line that is not blank is answered; one
    that holds no message by {"id", "error", "labels": [], "severity": "none"}.

    Exit status 0 if every line was answered, 1 if one of them held no message. Without a second
    look (--tier2) the rules answer alone, also with 0: one line on standard error says so, and the
    `version` of each answer names who has looked.
    """
    judge = _judge() if tier2 else None
    told = Told()
    try:
        answer(file, sys.stdout, told, judge)
    except OSError as broken:
        if broken.errno == EPIPE:  # nobody reads on: click ends quietly
            raise
        raise click.ClickException(f"cannot go on: {broken.strerror}") from None
    if told.unseen:
        click.echo(f"handrail: no second look at {told.unseen} messages, it failed", err=True)
    if told.refused:
        many = f"{told.refused} of {told.lines} lines hold no message"
        raise click.ClickException(f"{many} (the first: {told.first})")


def _judge() -> Looking | None:
    try:
        return shared_judge()
    except NoModel as missing:
        click.echo(f"handrail: no second look, {missing}: the rules answer alone", err=True)
        return None


def answer(
    lines: BufferedReader | BytesIO, out: TextIO, told: Told, judge: Looking | None = None
) -> None:
    """Answer every line that is not blank, in order, as soon as it has come."""
    most = _TOGETHER if judge else AT_ONCE
    for arrived in as_they_come(lines):
        questions = []
        for line in arrived:
            told.lines += 1
            question = asked(line)
            if question is not None:
                questions.append(question)
                if question.error:
                    told.refuse(told.lines, question.error)
        for at in range(0, len(questions), most):
            answers = _answers(questions[at : at + most], judge, told)
            out.write("".join(json.dumps(one, allow_nan=False) + "\n" for one in answers))
            out.flush()


def _answers(questions: Sequence[Asked], judge: Looking | None, told: Told) -> list[dict[str, Any]]:
    firsts = {n: screen_words(one.text) for n, one in enumerate(questions) if not one.error}
    seconds = _second(judge, {n: questions[n].text for n in firsts}, firsts)
    if judge is not None:
        told.unseen += len(firsts) - len(seconds)
    return [
        {"id": one.id, **(_facts(firsts[n], seconds.get(n)) if n in firsts else _refusal(one))}
        for n, one in enumerate(questions)
    ]


def _second(
    judge: Looking | None, texts: Mapping[int, str], firsts: Mapping[int, Screening]
) -> dict[int, Look]:
    """What the second look sees; where it fails over some, each is tried alone."""
    if judge is None or not texts:
        return {}
    words = [Words(text, frozenset(firsts[n].labels)) for n, text in texts.items()]
    try:
        return dict(zip(texts, judge.look(words), strict=True))
    except Exception:
        if len(texts) == 1:
            return {}
    found: dict[int, Look] = {}
    for n, text in texts.items():
        found |= _second(judge, {n: text}, firsts)
    return found


def _refusal(question: Asked) -> dict[str, Any]:
    return {"error": question.error, "labels": [], "severity": "none"}


def _facts(first: Screening, second: Look | None) -> dict[str, Any]:
    """What one tier says, or both together: the second adds, it takes nothing away."""
    screenings = [first, second.screening] if second else [first]
    found = [finding for screening in screenings for finding in screening.findings]
    seen = {finding.label for finding in found}
    scores = scores_of(first)
    return {
        "labels": [label for label in LABELS if label in seen],
        "severity": gravest(screening.severity for screening in screenings),
        "holds": any(screening.holds for screening in screenings),
        "rules": [finding.rule_id for finding in found],
        "version": "+".join(screening.rules_version for screening in screenings),
        "scores": higher(scores, second.scores) if second else scores,
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
