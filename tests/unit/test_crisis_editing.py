"""The team's own numbers in the file, and the arithmetic of the desk's figures."""

from datetime import date

import pytest

from support.base.errors import Invalid
from support.crisis.queries import shipped_data
from support.crisis.rules import check, percentile, read, with_edits
from support.crisis.rules.editing import Edited, check_number, is_emergency

TODAY = date(2026, 11, 23)
SOURCE = "https://example.org/numbers"
LINE = "pt-crisis-linha-nacional-de-preven-o-do-suic-dio"


def edited(resource_id, number):
    return {resource_id: Edited(number, SOURCE, "2026-11-20")}


def portugal(resource_id, number):
    return read(with_edits(shipped_data(), edited(resource_id, number)), TODAY).countries["PT"]


def line_of(number):
    return next(one for one in portugal(LINE, number).services if one.id == LINE)


def test_a_changed_emergency_number_is_the_first_and_only_one():
    emergency = portugal("pt-emergency", "115").emergency
    assert (emergency.number, emergency.also, emergency.unsure) == ("115", (), False)
    assert emergency.last_seen == date(2026, 11, 20)


def test_a_changed_line_is_shown_and_dialled_as_changed():
    line = line_of("213 544 545")
    assert line.number == "213 544 545"
    assert line.tel is not None
    assert line.tel.endswith("213544545")
    assert line.last_seen == date(2026, 11, 20)


def test_a_short_number_may_replace_a_long_one():
    assert line_of("1412").number == "1412"


def test_nothing_else_is_touched_and_the_checker_takes_it():
    shipped = shipped_data()
    changed = with_edits(shipped, edited("pt-emergency", "115"))
    others = [one for one in changed["countries"] if one["iso2"] != "PT"]
    assert others == [one for one in shipped["countries"] if one["iso2"] != "PT"]
    assert with_edits(shipped, {}) == shipped
    assert check(changed, TODAY).errors == ()


@pytest.mark.parametrize("number", ["112", "911", "000", "10177"])
def test_an_emergency_number_is_a_few_digits(number):
    check_number(number, SOURCE, is_emergency=True)


@pytest.mark.parametrize("number", ["+351 213 544 545", "1411", "(0800) 70-70"])
def test_a_line_may_be_written_as_people_write_it(number):
    check_number(number.replace("(", "0").replace(")", " "), SOURCE, is_emergency=False)


@pytest.mark.parametrize(
    ("number", "source", "emergency", "field"),
    [
        ("1", SOURCE, True, "number"),
        ("112 or 911", SOURCE, True, "number"),
        ("+351112", SOURCE, True, "number"),
        ("1-800-HELP", SOURCE, False, "number"),
        ("<b>112</b>", SOURCE, False, "number"),
        ("112", "I know it", True, "source"),
        ("112", "http://example.org/", True, "source"),
        ("112", "javascript:alert(1)", True, "source"),
    ],
)
def test_what_cannot_be_dialled_or_looked_up_again_is_refused(number, source, emergency, field):
    with pytest.raises(Invalid) as refused:
        check_number(number, source, is_emergency=emergency)
    assert set(refused.value.fields) == {field}


def test_an_emergency_number_is_known_by_its_id():
    assert is_emergency("pt-emergency")
    assert not is_emergency(LINE)
    assert not is_emergency("emergency")


@pytest.mark.parametrize(
    ("values", "share", "found"),
    [
        ([], 0.5, None),
        ([7], 0.5, 7),
        ([7], 0.95, 7),
        ([3, 1, 2], 0.5, 2),
        ([4, 3, 2, 1], 0.5, 2),
        (list(range(1, 101)), 0.95, 95),
        (list(range(1, 21)), 0.95, 19),
        ([5, 1], 0.0, 1),
    ],
)
def test_a_percentile_is_a_value_that_was_really_there(values, share, found):
    assert percentile(values, share) == found
