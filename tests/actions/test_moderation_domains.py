"""Links and look-alikes (G2), the log as a file, and months that point at nobody."""

import csv
import io
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from support.audit.models import Entry
from support.base.errors import Forbidden, Invalid, NotFound
from support.moderation import actions, queries
from support.moderation.forms import DomainForm
from support.moderation.rules import screen
from support.moderation.rules.domains import alike, as_domain
from support.moderation.rules.months import shown, whole_months
from tests.desk_world import a_board, open_desk
from tests.groups_world import found_group

LINK = "look at https://tapering-friends.example/page"
house = settings(max_examples=80, deadline=None, derandomize=True, database=None)


@pytest.fixture
def desk(unit):
    """The cast, and a board whose notes are what people report."""
    with a_board() as board:
        yield open_desk(unit, board)


def lists(desk, domain, kind="allow", who="mo"):
    form = DomainForm.parse({"domain": domain, "kind": kind})
    actions.list_domain(desk.unit, desk.who(who), form)
    desk.unit.session.flush()


def is_held(desk, words):
    allowed = queries.allowed_domains(desk.unit, words)
    return screen(words, author_is_newcomer=False, allowed_domains=allowed).holds


# ------------------------------------------------------------------ domains


def test_a_link_is_held_until_its_domain_is_on_the_list(desk):
    assert is_held(desk, LINK)
    lists(desk, "tapering-friends.example")
    assert not is_held(desk, LINK)
    assert not is_held(desk, LINK.replace("https://", "https://forum."))
    actions.drop_domain(desk.unit, desk.who("rae"), "tapering-friends.example")
    desk.unit.session.flush()
    assert is_held(desk, LINK)


def test_what_ships_with_the_house_is_shown_until_it_is_blocked(desk):
    good = "this helped me: https://www.nhs.uk/conditions/"
    assert "nhs.uk" in queries.shipped_domains()
    assert not is_held(desk, good)
    lists(desk, "nhs.uk", "block")
    assert is_held(desk, good)


def test_one_blocked_link_holds_the_whole_text_whatever_else_is_in_it(desk):
    lists(desk, "tapering-friends.example")
    lists(desk, "shop.tapering-friends.example", "block")
    assert not is_held(desk, LINK)
    assert is_held(desk, f"{LINK} and https://shop.tapering-friends.example/x")


def test_words_without_a_link_ask_nothing_of_the_database(desk):
    assert queries.allowed_domains(desk.unit, "Slept five hours. The dog is well.") is None
    assert queries.allowed_domains(desk.unit, "no dot at all") is None


def test_the_newest_word_about_a_domain_counts_and_is_in_the_log(desk):
    lists(desk, "tapering-friends.example", "allow")
    lists(desk, "tapering-friends.example", "block", who="rae")
    (line,) = queries.domains(desk.unit, desk.who("ada"))
    assert (line.kind, line.by) == ("block", "rae")


def test_the_lists_are_the_desks_alone(desk):
    with pytest.raises(Forbidden):
        lists(desk, "example.org", who="fern")
    with pytest.raises(Forbidden):
        queries.domains(desk.unit, desk.who("fern"))
    with pytest.raises(NotFound):
        actions.drop_domain(desk.unit, desk.who("mo"), "never-listed.example")


@pytest.mark.parametrize(
    ("written", "domain"),
    [
        ("Example.ORG", "example.org"),
        ("https://www.example.org/a/b?c=d", "example.org"),
        ("http://someone@example.org:8080", "example.org"),
        (" forum.example.co.uk. ", "forum.example.co.uk"),
    ],
)
def test_a_pasted_address_becomes_its_domain(written, domain):
    assert as_domain(written) == domain


@pytest.mark.parametrize(
    "written", ["example", "exa mple.org", "-a.org", "10.0.0.1", "a..org", "/"]
)
def test_what_is_no_domain_is_refused(written):
    with pytest.raises(Invalid):
        DomainForm.parse({"domain": written, "kind": "allow"})


# ------------------------------------------------------------------ alike


def test_similar_words_of_the_same_account_are_listed_the_most_alike_first(desk):
    first = desk.says("otto", "Cheap pills here, write to me.")
    desk.says("otto", "The dog is well and I slept.")
    linked = desk.says("otto", "see https://pill-house.example/a")
    desk.says("fern", "Cheap pills here, write to me!")
    note = desk.says("otto", "Cheap pills here! Write to me: https://pill-house.example/b")
    desk.reports("fern", note)
    item = queries.next_free(desk.unit, desk.who("mo"))
    found = actions.similar(desk.unit, desk.who("mo"), item)
    assert [one.target_id for one in found] == [first, linked]
    assert [one.shares_link for one in found] == [False, True]
    desk.board.notes.pop(note)
    with pytest.raises(NotFound):
        actions.similar(desk.unit, desk.who("mo"), item)


def test_the_last_words_of_the_account_are_listed_on_request_and_that_is_logged(desk):
    first = desk.says("otto", "The dog is well and I slept.")
    second = desk.says("otto", "Who wants some?", state="held")
    desk.says("fern", "Good evening.")
    desk.reports("fern", desk.says("otto", "Cheap pills here!"))
    item = queries.next_free(desk.unit, desk.who("mo"))
    found = actions.past(desk.unit, desk.who("mo"), item)
    assert [(one.target_id, one.state) for one in found] == [(second, "held"), (first, "visible")]
    (entry,) = desk.unit.session.scalars(select(Entry).where(Entry.verb == "moderation.past_read"))
    assert (entry.subject, entry.detail) == (f"item:{item}", {"found": 2})


def test_nobody_reads_the_last_words_of_a_friend_or_their_own(desk):
    found_group(desk.unit, slug="early-birds", hosts=[desk.who("mo"), desk.who("fern")])
    desk.reports("mina", desk.says("fern", "Cheap pills here!"))
    item = queries.next_free(desk.unit, desk.who("rae"))
    for handle, refusal in (("mo", NotFound), ("mina", Forbidden)):
        with pytest.raises(refusal):
            actions.past(desk.unit, desk.who(handle), item)


def test_others_with_the_same_link_are_listed_on_request_and_that_is_logged(desk):
    link = "https://pill-house.example"
    note = desk.says("otto", f"see {link}/a")
    fern = desk.says("fern", f"good ones: {link}/b", state="held")
    desk.says("fern", "https://pill-house.example.org is another house")
    desk.says("mo", f"somebody sent me {link}/a")
    desk.says("otto", f"and again {link}/c")
    desk.reports("mina", note)
    item = queries.next_free(desk.unit, desk.who("mo"))
    found = actions.same_link(desk.unit, desk.who("mo"), item)
    assert [(one.target_id, one.author, one.state) for one in found] == [(fern, "fern", "held")]
    (entry,) = desk.unit.session.scalars(
        select(Entry).where(Entry.verb == "moderation.same_link_read")
    )
    assert (entry.subject, entry.detail) == (f"item:{item}", {"found": 1})
    assert "pill-house" not in str(entry.detail)
    assert actions.read_item(desk.unit, desk.who("mo"), item).links == ("pill-house.example",)


def test_words_of_who_stands_close_to_a_moderator_are_not_found_by_a_link(desk):
    found_group(desk.unit, slug="early-birds", hosts=[desk.who("mo"), desk.who("fern")])
    desk.says("fern", "https://pill-house.example/b")
    desk.reports("mina", desk.says("otto", "https://pill-house.example/a"))
    item = queries.next_free(desk.unit, desk.who("rae"))
    assert actions.same_link(desk.unit, desk.who("mo"), item) == ()
    assert len(actions.same_link(desk.unit, desk.who("rae"), item)) == 1


def test_words_without_a_link_have_no_company(desk):
    desk.reports("mina", desk.says("otto", "Cheap pills, dm me."))
    item = queries.next_free(desk.unit, desk.who("mo"))
    assert actions.same_link(desk.unit, desk.who("mo"), item) == ()
    assert actions.read_item(desk.unit, desk.who("mo"), item).links == ()
    with pytest.raises(Forbidden):
        actions.same_link(desk.unit, desk.who("mina"), item)


@house
@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_the_same_both_ways_and_between_nothing_and_all(first, second):
    found = alike(first, second)
    assert found == alike(second, first)
    assert 0.0 <= found <= 1.0
    if alike(first, first):
        assert alike(first, first) == 1.0


# ------------------------------------------------------------------ months


@pytest.mark.parametrize(("count", "told"), [(0, 0), (1, None), (4, None), (5, 5), (1200, 1200)])
def test_no_cell_under_five_is_told(count, told):
    assert shown(count) == told


def test_months_are_whole_and_over():
    found = list(whole_months(datetime(2030, 1, 1, tzinfo=UTC), 3))
    assert [name for name, _, _ in found] == ["2029-12", "2029-11", "2029-10"]
    for _, start, end in found:
        assert (start.day, end.day) == (1, 1)
        assert end <= datetime(2030, 1, 1, tzinfo=UTC)


def test_a_month_counts_what_was_done_in_it(desk, clock):
    for _ in range(6):
        desk.decides("mo", desk.held("otto", "sourcing"), "keep")
    desk.sanctions("mo", "otto", "mute", minutes=5)
    (name, start, end), *_ = whole_months(datetime(2030, 2, 2, tzinfo=UTC))
    assert start <= desk.unit.now < end
    counts = queries.month(desk.unit, name, start, end).counts
    assert counts["words_keep"] == 6
    assert counts["person_mute"] is None
    assert counts["reports"] == counts["appeal_lift"] == 0


# ------------------------------------------------------------------ over HTTP


def test_the_public_page_is_open_to_everybody_and_names_nobody(stranger, people):
    page = stranger.get("/transparency")
    assert page.status_code == 200
    assert "What moderators did" in page.text
    months = stranger.ask("/transparency").json["months"]
    assert len(months) == 6
    assert all(set(month["counts"].values()) == {0} for month in months)


def test_the_log_is_a_file_and_taking_it_is_logged(browser, people):
    mo = browser("mo")
    mo.send("/moderation/domains", domain="example.org", kind="allow")
    sheet = mo.get("/moderation/audit.csv?verb=moderation.")
    assert sheet.mimetype == "text/csv"
    assert "attachment" in sheet.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert [row["verb"] for row in rows] == ["moderation.domain_listed"]
    assert rows[0]["actor"] == "mo"
    lines = mo.get("/moderation/audit.jsonl?verb=moderation.").text.splitlines()
    assert [json.loads(line)["verb"] for line in lines] == [
        "moderation.log_exported",
        "moderation.domain_listed",
    ]
    for path in ("audit.csv", "audit.jsonl", "domains"):
        assert browser("mina").get(f"/moderation/{path}").status_code == 403


def test_the_list_of_domains_is_kept_on_a_page(browser, people):
    mo = browser("mo")
    assert mo.fill("/moderation/domains", domain="https://Example.org/x", kind="allow",
                   why="Good talk.").status_code == 302  # fmt: skip
    page = mo.get("/moderation/domains").text
    assert "example.org" in page
    assert "Good talk." in page
    wrong = mo.fill("/moderation/domains", domain="no domain", kind="allow")
    assert wrong.status_code == 400
    assert "such as example.org" in wrong.text
    assert mo.send("/moderation/domains/drop", domain="example.org").status_code == 200
    assert mo.send("/moderation/domains/drop", domain="example.org").status_code == 404
