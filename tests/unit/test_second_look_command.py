"""`handrail review --tier2`: both tiers together, the second adds, and scores for every label."""

import io
import json

import pytest
from click.testing import CliRunner

from support.moderation import cli
from support.moderation.rules.meaning.words import NoModel
from support.moderation.rules.rulebook import LABELS
from tests.second_look_world import Oracle, finding

FAREWELL = "the cat has her new home now"
DYING = "i am going to kill myself tonight"


@pytest.fixture
def oracle():
    return Oracle(
        {
            FAREWELL: [finding("crisis_self_harm", "critical", holds=True)],
            "dm me": [finding("harassment", "watch")],
        }
    )


def answered(oracle, *texts):
    lines = [json.dumps({"id": n, "text": text}).encode() for n, text in enumerate(texts)]
    out, err = io.StringIO(), io.StringIO()
    broken = cli.answer(io.BytesIO(b"\n".join(lines)), out, err, oracle)
    assert (broken, err.getvalue()) == (0, "")
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_what_only_the_second_look_sees_is_answered(oracle):
    (reply,) = answered(oracle, FAREWELL)
    assert reply["labels"] == ["crisis_self_harm"]
    assert (reply["severity"], reply["holds"]) == ("critical", True)
    assert reply["rules"] == ["second_look.crisis_self_harm"]


def test_what_tier_one_found_stands_whatever_the_second_thinks(oracle):
    (reply,) = answered(oracle, DYING)
    assert reply["labels"] == ["crisis_self_harm"]
    assert reply["severity"] == "critical"


def test_labels_of_both_stand_in_the_order_of_the_contract(oracle):
    (reply,) = answered(oracle, "dm me")
    assert reply["labels"] == ["sourcing", "harassment"]
    assert sorted(reply["labels"], key=LABELS.index) == reply["labels"]


def test_the_second_look_is_told_what_tier_one_saw(oracle):
    answered(oracle, "dm me")
    assert oracle.asked[0].known == frozenset({"sourcing"})


def test_every_line_has_scores_and_names_both_versions(oracle):
    for reply in answered(oracle, "good morning", DYING):
        assert "scores" in reply
        assert reply["version"].endswith("+second-oracle")


def test_answers_come_in_order_and_in_parts(oracle):
    texts = [f"line {number}" for number in range(cli._TOGETHER * 2 + 3)]
    assert [reply["id"] for reply in answered(oracle, *texts)] == list(range(len(texts)))
    assert oracle.heard == texts


def test_tier_one_alone_gives_no_scores():
    (reply,) = answered(None, "good morning")
    assert "scores" not in reply
    assert "+" not in reply["version"]


def test_without_the_weights_the_rules_answer_alone_and_it_is_said(monkeypatch):
    def missing():
        raise NoModel("numpy is not installed")

    monkeypatch.setattr(cli, "shared_judge", missing)
    line = json.dumps({"id": 1, "text": "dm me"})
    done = CliRunner().invoke(cli.COMMANDS[0], ["--tier2"], input=line)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["labels"] == ["sourcing"]
    assert "no second look, numpy is not installed" in done.stderr


def test_without_the_word_the_second_look_is_not_even_loaded(monkeypatch):
    monkeypatch.setattr(cli, "shared_judge", None)
    line = json.dumps({"id": 1, "text": "dm me"})
    assert CliRunner().invoke(cli.COMMANDS[0], [], input=line).exit_code == 0
