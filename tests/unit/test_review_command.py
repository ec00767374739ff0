"""`handrail review` answers every line that is not blank, in order, whatever stands in it."""

import io
import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from support.moderation.cli import COMMANDS, Told, answer
from support.moderation.forms import lines as form
from support.moderation.forms.lines import LONGEST, Raw, as_they_come, asked
from support.moderation.rules.rulebook import LABELS


def strict(line):
    """As a reader who takes the standard at its word."""

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    return json.loads(line, parse_constant=refuse)


def answered(*lines, end=b""):
    out, told = io.StringIO(), Told()
    answer(io.BytesIO(b"\n".join(lines) + end), out, told)
    return [strict(line) for line in out.getvalue().splitlines()], told


def test_every_message_gets_its_labels_in_order():
    replies, told = answered(b'{"id": "a", "text": "dm me"}', b'{"id": 2, "text": "good morning"}')
    assert [(reply["id"], reply["labels"]) for reply in replies] == [("a", ["sourcing"]), (2, [])]
    assert replies[0]["severity"] == "watch"
    assert replies[1]["severity"] == "none"
    assert told == Told(2)


@pytest.mark.parametrize(
    ("line", "name", "error"),
    [
        (b"nonsense", None, "not_json"),
        (b"\x00", None, "not_json"),
        (b'{"id": 1, "text": "caf\xff"}', None, "not_json"),
        (b'{"id": 1, "text": "cut', None, "not_json"),
        (b'{"id": NaN, "text": "hi"}', None, "not_json"),
        (b'{"id": 1, "text": "hi", "at": -Infinity}', None, "not_json"),
        (b'{"id": ' + b"9" * 5000 + b', "text": "hi"}', None, "not_json"),
        (b"[" * 100_000, None, "not_json"),
        (b"[1]", None, "no_object"),
        (b"null", None, "no_object"),
        (b'"dm me"', None, "no_object"),
        (b"{}", None, "no_id"),
        (b'{"text": "hello"}', None, "no_id"),
        (b'{"id": 1e400, "text": "hi"}', None, "bad_id"),
        (b'{"id": [1], "text": "hi"}', None, "bad_id"),
        (b'{"id": {"a": 1}, "text": "hi"}', None, "bad_id"),
        (b'{"id": 1}', 1, "no_text"),
        (b'{"id": "a", "text": null}', "a", "bad_text"),
        (b'{"id": 1, "text": 5}', 1, "bad_text"),
        (b'{"id": 7, "text": "' + b"x" * LONGEST + b'"}', 7, "too_long"),
        (b'{"id": "q\\"t", "text": "' + b"x" * LONGEST + b'"}', 'q"t', "too_long"),
        (b'{"text": "' + b"x" * LONGEST + b'", "id": 7}', None, "too_long"),
        (b'{"id": "\\u00", "text": "' + b"x" * LONGEST + b'"}', None, "too_long"),
    ],
    ids=lambda value: repr(value)[:40],
)
def test_a_line_that_holds_no_message_is_answered_in_its_place_by_why(line, name, error):
    replies, told = answered(line, b'{"id": 9, "text": "dm me"}')
    assert replies[0] == {"id": name, "error": error, "labels": [], "severity": "none"}
    assert (replies[1]["id"], replies[1]["labels"]) == (9, ["sourcing"])
    assert told == Told(2, refused=1, first=f"line 1, {error}")


@pytest.mark.parametrize("name", ["", "é", "\ud800", 0, -3, 10**40, 1.5, True, None])
def test_an_id_is_given_back_as_it_came(name):
    replies, told = answered(json.dumps({"id": name, "text": "hi"}).encode())
    assert (replies[0]["id"], told.refused) == (name, 0)


def test_blank_lines_ask_nothing_and_a_missing_last_newline_harms_nobody():
    replies, told = answered(b"", b"  \t\r", b'{"id": 1, "text": ""}')
    assert len(replies) == 1
    assert (told.lines, told.refused) == (3, 0)


def test_lines_of_other_systems_are_read():
    replies, _ = answered(b'\xef\xbb\xbf{"id": 1, "text": "dm me"}\r', b' {"id": 2, "text": ""} \r')
    assert [reply["labels"] for reply in replies] == [["sourcing"], []]


def test_a_half_character_is_answered():
    replies, told = answered(b'{"id": 1, "text": "so \\ud800 tired"}')
    assert replies[0]["labels"] == []
    assert told.refused == 0


@settings(max_examples=150, deadline=None)
@given(st.lists(st.one_of(st.binary(max_size=40), st.text(max_size=40).map(
    lambda text: json.dumps({"id": 1, "text": text}).encode()))))  # fmt: skip
def test_whatever_comes_there_is_one_strict_answer_for_each_line_that_is_not_blank(lines):
    lines = [part for line in lines for part in line.split(b"\n")]
    replies, _ = answered(*lines, end=b"\n")
    assert len(replies) == sum(1 for line in lines if line.strip())
    assert all({"id", "labels", "severity"} <= set(reply) for reply in replies)


def test_scores_of_the_rules_agree_with_their_labels():
    talk = (
        b'{"id": 1, "text": "i am going to kill myself tonight, dm me for pills"}',
        b'{"id": 2, "text": "down to 5 mg, shaky, but the window was lovely"}',
    )
    for reply in answered(*talk)[0]:
        assert list(reply["scores"]) == list(LABELS)
        for label, score in reply["scores"].items():
            assert 0 <= score <= 1
            assert (score >= 0.5) == (label in reply["labels"])


# ------------------------------------------------------------------ lines of any length


class Dripping(io.BytesIO):
    """A stream that gives a few bytes at a time, and counts how much is ever held of it."""

    def read1(self, most=-1):
        return super().read1(7)


def test_lines_are_the_same_however_they_arrive():
    text = b'{"id": 1}\n\nlonger than seven bytes\r\nlast'
    found = [line for some in as_they_come(Dripping(text)) for line in some]
    assert found == [Raw(line) for line in text.split(b"\n")]


def test_of_a_line_beyond_the_bound_only_its_beginning_is_kept(monkeypatch):
    monkeypatch.setattr(form, "LONGEST", 100)
    growing = form._Growing()
    for _ in range(10_000):
        growing.add(b"1234567")
        assert sum(map(len, growing._parts)) <= form._HEAD
    line = growing.taken()
    assert (line.is_whole, len(line.head)) == (False, 105)
    growing.add(b"short")
    assert growing.taken() == Raw(b"short")


def test_the_line_after_a_huge_one_is_read(monkeypatch):
    monkeypatch.setattr(form, "LONGEST", 100)
    text = b'{"id": 5, "text": "' + b"x" * 500 + b'"}\n{"id": 6, "text": "hi"}\n' + b"y" * 101
    found = [asked(line) for some in as_they_come(Dripping(text)) for line in some]
    assert [(each.id, each.error) for each in found] == [
        (5, "too_long"),
        (6, ""),
        (None, "too_long"),
    ]


def test_a_line_of_just_the_bound_is_read_and_one_byte_more_is_not(monkeypatch):
    monkeypatch.setattr(form, "LONGEST", 24)
    line = b'{"id": 1, "text": "abc"}'
    for text, error in ((line, ""), (line + b" ", "too_long")):
        (raw,) = [line for some in as_they_come(io.BytesIO(text)) for line in some]
        assert asked(raw).error == error


# ------------------------------------------------------------------ as it is typed


def typed(*words, said=""):
    return CliRunner().invoke(COMMANDS[0], words, input=said)


def test_it_ends_well_when_every_line_was_read():
    done = typed(said='{"id": 1, "text": "hi"}\n')
    assert (done.exit_code, done.stderr) == (0, "")
    assert json.loads(done.stdout)["labels"] == []


def test_it_ends_with_one_and_one_line_of_why_when_lines_held_no_message():
    done = typed(said='{"id": 1, "text": "dm me"}\noops\n\n[]\n')
    assert done.exit_code == 1
    assert [json.loads(line)["labels"] for line in done.stdout.splitlines()] == [
        ["sourcing"], [], []
    ]  # fmt: skip
    assert done.stderr == "Error: 2 of 4 lines hold no message (the first: line 2, not_json)\n"


def test_it_reads_a_file_too(tmp_path):
    file = tmp_path / "said.jsonl"
    file.write_text('{"id": 1, "text": "dm me"}\n')
    done = typed(str(file), said="oops")
    assert done.exit_code == 0
    assert json.loads(done.stdout)["labels"] == ["sourcing"]


@pytest.mark.parametrize("name", ["none", "."])
def test_a_file_that_cannot_be_read_is_a_clear_line(tmp_path, name):
    done = typed(str(tmp_path / name))
    assert done.exit_code == 2
    assert "No such file" in done.stderr or "Is a directory" in done.stderr


def test_without_a_standard_input_it_is_a_clear_line(monkeypatch):
    def closed(*_, **__):
        raise RuntimeError("Was not able to determine binary stream for sys.stdin.")

    monkeypatch.setattr("click.File.convert", closed)
    done = typed()
    assert done.exit_code == 2
    assert "there is nothing to read" in done.stderr


def test_a_file_that_breaks_off_is_a_clear_line(monkeypatch):
    def breaks(*_):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("support.moderation.cli.answer", breaks)
    done = typed(said="{}")
    assert (done.exit_code, done.stderr) == (1, "Error: cannot go on: Input/output error\n")


def test_somebody_who_reads_no_further_ends_it_quietly(monkeypatch):
    def nobody_reads(*_):
        raise BrokenPipeError(32, "Broken pipe")

    monkeypatch.setattr("support.moderation.cli.answer", nobody_reads)
    done = typed(said="{}")
    assert (done.exit_code, done.stderr) == (1, "")
