"""A meeting's script: templates that fit the hour, lines a host writes, and what is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.base.errors import Invalid
from support.chat.forms import ScriptForm
from support.chat.rules import scripts
from support.chat.rules.scripts import GROUNDING, NO_SCRIPT, TEMPLATES, Script, Step, Template
from support.moderation.rules import screen

LINES = "5 Welcome | Hello, good that you are here.\n\n 20 Check-in\n5 One last line"
WRITTEN = (
    Step("Welcome", 5, "Hello, good that you are here."),
    Step("Check-in", 20),
    Step("One last line", 5),
)


@pytest.mark.parametrize("name", list(Template))
def test_each_kind_of_meeting_has_a_script_for_an_hour_that_anybody_may_read(name):
    script = TEMPLATES[name]
    assert script.minutes == 60
    assert 4 <= len(script.steps) <= scripts.MOST_STEPS
    assert scripts.checked(list(script.steps)) == script.steps
    for words in (script.closing, *(f"{step.title} {step.words}" for step in script.steps)):
        assert screen(words, author_is_newcomer=False).findings == ()


def test_every_meeting_is_closed_with_words_that_bring_people_back_to_the_room():
    assert "feet on the floor" in GROUNDING
    assert "Help now stays open" in GROUNDING
    assert NO_SCRIPT.closing == GROUNDING
    assert len(GROUNDING) <= scripts.LONGEST_CLOSING


@given(st.sampled_from(list(Template)), st.integers(5, 24 * 60))
def test_a_template_fills_the_time_there_is_and_no_step_is_lost(name, minutes):
    script = TEMPLATES[name]
    fitted = scripts.fitted(script, minutes)
    if minutes < len(script.steps):
        assert fitted == script
        return
    assert fitted.minutes == minutes
    assert [step.title for step in fitted.steps] == [step.title for step in script.steps]
    assert all(step.minutes >= 1 for step in fitted.steps)
    if minutes == script.minutes:
        assert fitted == script


def test_without_steps_there_is_nothing_to_fit():
    assert scripts.fitted(NO_SCRIPT, 45) is NO_SCRIPT


@given(st.sampled_from(list(Template)))
def test_what_is_kept_is_read_again_as_it_was(name):
    script = TEMPLATES[name]
    assert scripts.read(script.kept()) == script
    assert scripts.from_lines(scripts.as_lines(script)) == script.steps


def test_nothing_kept_is_no_script():
    assert scripts.read(None) == NO_SCRIPT
    assert scripts.read({}) == NO_SCRIPT


def test_a_host_writes_a_line_for_each_step():
    form = ScriptForm.parse({"room": "r1", "steps": LINES, "scope": "series"})
    assert form.script == Script(WRITTEN, GROUNDING)
    assert form.for_series


def test_a_program_sends_the_same_as_a_list():
    steps = [
        {"title": "Welcome", "minutes": 5, "words": "Hello, good that you are here."},
        {"title": " Check-in ", "minutes": 20},
        {"title": "One last line", "minutes": 5, "words": None},
    ]
    form = ScriptForm.parse({"room": "r1", "steps": steps, "closing": "Good night."})
    assert form.script == Script(WRITTEN, "Good night.")
    assert not form.for_series


def test_no_steps_is_a_meeting_that_is_led_freely():
    assert ScriptForm.parse({"room": "r1", "steps": ""}).script == NO_SCRIPT
    assert ScriptForm.parse({"room": "r1", "steps": []}).script == NO_SCRIPT


@pytest.mark.parametrize(
    ("steps", "says"),
    [
        ("Check-in", "Line 1 should begin with its minutes"),
        ("5 Welcome\nten Check-in", "Line 2 should begin with its minutes"),
        ("5", "Step 1 needs a name"),
        ("5 | words alone", "Step 1 needs a name"),
        (f"5 {'x' * 81}", "Step 1 needs a name"),
        ("0 Nothing", "Step 1 takes 1 to 120 minutes"),
        ("121 Too long", "Step 1 takes 1 to 120 minutes"),
        (f"5 Welcome | {'x' * 301}", "The words of step 1 are too long"),
        ("1 a\n" * 13, "at most 12 steps"),
        (["Check-in"], "Step 1 needs a title"),
        ([{"title": "x"}], "Step 1 needs a title"),
        ([{"title": "x", "minutes": "5"}], "Step 1 needs a title"),
        ([{"title": "x", "minutes": True}], "Step 1 needs a title"),
        ([{"title": 5, "minutes": 5}], "Step 1 needs a title"),
        ([{"title": "x", "minutes": 5, "words": 5}], "Step 1 needs a title"),
        ([{"title": "x", "minutes": -5}], "Step 1 takes 1 to 120 minutes"),
    ],
)
def test_what_cannot_be_a_script_is_said_in_a_sentence(steps, says):
    with pytest.raises(Invalid) as refused:
        ScriptForm.parse({"room": "r1", "steps": steps})
    assert says in refused.value.fields["steps"]


@pytest.mark.parametrize(
    ("change", "field"),
    [({"scope": "house"}, "scope"), ({"closing": "x" * 601}, "closing"), ({"room": ""}, "room")],
)
def test_what_is_wrong_with_the_form_is_said_beside_its_field(change, field):
    with pytest.raises(Invalid) as refused:
        ScriptForm.parse({"room": "r1", "steps": LINES, **change})
    assert list(refused.value.fields) == [field]
