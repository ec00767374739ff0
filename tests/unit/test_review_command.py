"""`handrail review` answers every line it can read, in order, and names the others."""

import io
import json

import pytest
from click.testing import CliRunner

from support.moderation.cli import COMMANDS, answer


def answered(*lines):
    out, err = io.StringIO(), io.StringIO()
    broken = answer(io.BytesIO(b"\n".join(lines)), out, err)
    return [json.loads(line) for line in out.getvalue().splitlines()], err.getvalue(), broken


def test_every_message_gets_its_labels_in_order():
    replies, complaints, broken = answered(
        b'{"id": "a", "text": "dm me"}', b'{"id": 2, "text": "good morning"}'
    )
    assert [(reply["id"], reply["labels"]) for reply in replies] == [("a", ["sourcing"]), (2, [])]
    assert replies[0]["severity"] == "watch"
    assert replies[1]["severity"] == "none"
    assert (complaints, broken) == ("", 0)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"nonsense", "not JSON"),
        (b"[1]", "no id"),
        (b'{"text": "hello"}', "no id"),
        (b'{"id": 1}', "no text"),
        (b'{"id": 1, "text": 5}', "no text"),
        (b'{"id": 1, "text": "caf\xff"}', "not JSON"),
        (b"[" * 100_000, "not JSON"),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_answered(line, reason):
    replies, complaints, broken = answered(line, b'{"id": 9, "text": "hi"}')
    assert [reply["id"] for reply in replies] == [9]
    assert complaints == f"line 1: {reason}\n"
    assert broken == 1


def test_empty_lines_and_a_missing_last_newline_harm_nobody():
    replies, complaints, _ = answered(b"", b"  ", b'{"id": 1, "text": ""}')
    assert len(replies) == 1
    assert complaints == ""


def test_a_half_character_is_answered():
    replies, _, broken = answered(b'{"id": 1, "text": "so \\ud800 tired"}')
    assert replies[0]["labels"] == []
    assert broken == 0


class TestCommand:
    """The command as it is typed."""

    def test_it_ends_well_when_every_line_was_read(self):
        done = CliRunner().invoke(COMMANDS[0], ["--tier2"], input='{"id": 1, "text": "hi"}\n')
        assert done.exit_code == 0
        assert json.loads(done.stdout)["labels"] == []

    def test_it_ends_with_one_when_a_line_was_broken(self):
        done = CliRunner().invoke(COMMANDS[0], [], input='{"id": 1, "text": "dm me"}\noops\n')
        assert done.exit_code == 1
        assert json.loads(done.stdout.splitlines()[0])["labels"] == ["sourcing"]

    def test_it_reads_a_file_too(self, tmp_path):
        file = tmp_path / "said.jsonl"
        file.write_text('{"id": 1, "text": "dm me"}\n')
        done = CliRunner().invoke(COMMANDS[0], [str(file)], input="oops")
        assert done.exit_code == 0
        assert json.loads(done.stdout)["labels"] == ["sourcing"]

    def test_a_file_that_is_not_there_is_a_clear_line(self, tmp_path):
        done = CliRunner().invoke(COMMANDS[0], [str(tmp_path / "none")])
        assert done.exit_code == 2
        assert "No such file" in done.stderr
