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
    out, told = io.StringIO(), cli.Told()
    cli.answer(io.BytesIO(b"\n".join(lines)), out, told, oracle)
    assert told == cli.Told(len(texts))
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


def test_tier_one_alone_gives_scores_too_by_what_it_found():
    calm, dying, selling = answered(None, "good morning", DYING, "dm me")
    assert "+" not in calm["version"]
    assert calm["scores"] == dict.fromkeys(LABELS, 0.0)
    assert dying["scores"] == {**calm["scores"], "crisis_self_harm": 0.95}
    assert selling["scores"]["sourcing"] == 0.6


def test_of_two_tiers_the_surer_one_is_told(oracle):
    oracle.scores = {label: 0.7 for label in LABELS}
    dying, selling = answered(oracle, DYING, "dm me")
    assert (dying["scores"]["crisis_self_harm"], dying["scores"]["sourcing"]) == (0.95, 0.7)
    assert selling["scores"]["sourcing"] == 0.7


def test_a_message_that_nobody_can_look_at_is_answered_by_the_rules_and_counted(oracle):
    oracle.cannot = {"dm me"}
    lines = b"".join(
        json.dumps({"id": n, "text": text}).encode() + b"\n"
        for n, text in enumerate([FAREWELL, "dm me", "good morning"])
    )
    out, told = io.StringIO(), cli.Told()
    cli.answer(io.BytesIO(lines), out, told, oracle)
    leaving, selling, calm = [json.loads(line) for line in out.getvalue().splitlines()]
    assert leaving["labels"] == ["crisis_self_harm"]
    assert selling["labels"] == ["sourcing"]
    assert ["+" in each["version"] for each in (leaving, selling, calm)] == [True, False, True]
    assert told == cli.Told(3, unseen=1)


def test_a_second_look_that_fails_is_told_in_one_line_and_ends_well(monkeypatch, oracle):
    oracle.fails = 9
    monkeypatch.setattr(cli, "shared_judge", lambda: oracle)
    done = CliRunner().invoke(cli.COMMANDS[0], ["--tier2"], input='{"id": 1, "text": "dm me"}')
    assert (done.exit_code, json.loads(done.stdout)["labels"]) == (0, ["sourcing"])
    assert done.stderr == "handrail: no second look at 1 messages, it failed\n"


def test_without_the_weights_the_rules_answer_alone_and_it_is_said(monkeypatch):
    def missing():
        raise NoModel("numpy is not installed")

    monkeypatch.setattr(cli, "shared_judge", missing)
    line = json.dumps({"id": 1, "text": "dm me"})
    done = CliRunner().invoke(cli.COMMANDS[0], ["--tier2"], input=line)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["labels"] == ["sourcing"]
    assert done.stderr.splitlines() == [
        "handrail: no second look, numpy is not installed: the rules answer alone"
    ]


def test_without_the_word_the_second_look_is_not_even_loaded(monkeypatch):
    monkeypatch.setattr(cli, "shared_judge", None)
    line = json.dumps({"id": 1, "text": "dm me"})
    assert CliRunner().invoke(cli.COMMANDS[0], [], input=line).exit_code == 0
