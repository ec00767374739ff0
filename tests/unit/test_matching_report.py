"""The report over a made-up world: the same each time, no cap broken, pictures that are plain."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from docs.mentoring import report
from docs.mentoring.days import lived
from docs.mentoring.plots import histogram

HERE = Path(report.__file__).parent


@pytest.fixture(scope="module")
def run():
    return lived(7, 200, 0.1, 30)


def test_the_same_seed_gives_the_same_days(run):
    again = lived(7, 200, 0.1, 30)
    assert report.waits(again) == report.waits(run)
    assert [one.taken for one in again.mentors.values()] == [
        one.taken for one in run.mentors.values()
    ]


def test_no_mentor_ever_walks_with_more_people_than_they_said(run):
    assert all(0 <= one.mentees <= one.offer.most for one in run.mentors.values())
    assert sum(one.mentees for one in run.mentors.values()) > 0


def test_everybody_has_somebody_or_an_open_question_or_a_place_in_line(run):
    for one in run.members.values():
        if one.since < run.last - 60:
            assert one.found is not None or one.asked or one.in_line is not None


def test_nobody_in_line_for_two_days_is_unseen(run):
    late = [
        one
        for one in run.members.values()
        if one.in_line is not None and not one.asked and run.last - one.in_line > 60
    ]
    assert all(one.alerted for one in late)


def test_a_picture_is_plain_svg_with_every_count_in_it():
    picture = histogram("Waits & more", "hours", [("12", 3), ("24", 0), ("more", 7)])
    root = ET.fromstring(picture)
    words = [each.text for each in root.iter() if each.text and each.text.strip()]
    assert words == ["Waits & more", "3", "12", "0", "24", "7", "more", "hours"]
    assert "script" not in picture
    assert "href" not in picture
    assert histogram("Nobody", "hours", []).endswith("</svg>\n")


def test_the_page_shows_each_picture_and_each_is_there():
    page = (HERE / "README.md").read_text(encoding="utf-8")
    shown = set(re.findall(r"\((\w+\.svg)\)", page))
    assert shown == {path.name for path in HERE.glob("*.svg")}
    assert "mentors over their own limit | 0 | 0 |" in page
    for name in shown:
        ET.parse(HERE / name)
