"""The rule desk's form: it changes what it is sent, and everything else of a rule is carried."""

import pytest

from support.base.errors import Conflict, Invalid
from support.moderation.actions.rewriting import rewritten
from support.moderation.forms import RuleForm
from support.moderation.queries.rulebook import Written
from support.moderation.rules.builtin import BUILT_IN_IDS, is_built_in
from support.moderation.rules.overlay import laid_over, rules_in
from support.moderation.rules.rulebook import shipped_documents
from support.moderation.rules.written import in_effect, is_same, mark_of


def wrong(parse, data):
    with pytest.raises(Invalid) as refused:
        parse(data)
    return list(refused.value.fields)


RULE = {
    "id": "sourcing.lamps",
    "label": "sourcing",
    "severity": "watch",
    "say": "swap my lamp\n\n  sell my lamp  ",
    "hit": "i swap my lamp",
    "miss": "my lamp is warm",
    "note": "Seen twice this week.",
}


def test_a_rule_is_read_line_by_line():
    form = RuleForm.parse(RULE)
    assert form.lines["say"] == ("swap my lamp", "sell my lamp")
    assert form.lines["hit"] == ("i swap my lamp",)
    assert form.lines["miss"] == ("my lamp is warm",)
    assert form.version == ""
    assert (form.off, form.is_new) == (False, False)


def test_what_was_not_sent_is_told_apart_from_what_was_emptied():
    form = RuleForm.parse({**RULE, "unless": "", "raise_critical": ""})
    assert (form.names["unless"], form.raised["critical"]) == ((), ())
    assert (form.names["when"], form.names["needs"], form.raised["urgent"]) == (None, None, None)
    assert (form.holds, form.newcomers) == (None, None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": "Sourcing.Lamps"}, "id"),
        ({"id": "lamps"}, "id"),
        ({"id": "sourcing.lamps.more"}, "id"),
        ({"id": "sourcing.la mps"}, "id"),
        ({"id": "s.lamps"}, "id"),
        ({"id": "sourcing." + "x" * 41}, "id"),
        ({"label": "rudeness"}, "label"),
        ({"label": ""}, "label"),
        ({"severity": "grave"}, "severity"),
        ({"say": ""}, "say"),
        ({"say": "  \n \n"}, "say"),
        ({"say": "\n".join(["x"] * 301)}, "say"),
        ({"hit": ""}, "hit"),
        ({"miss": ""}, "miss"),
        ({"note": ""}, "note"),
        ({"note": "x" * 301}, "note"),
        ({"when": ",".join(["x"] * 61)}, "when"),
        ({"unless": 7}, "unless"),
        ({"holds": "perhaps"}, "holds"),
        ({"severity": "none"}, "severity"),
        ({"severity": "dire"}, "severity"),
        ({"version": "v" * 21}, "version"),
        ({"raise": "urgent"}, "raise"),
    ],
)
def test_what_is_wrong_with_a_written_rule_is_named_by_its_field(change, field):
    assert field in wrong(RuleForm.parse, {**RULE, **change})


BARE = {name: RULE[name] for name in ("id", "label", "note")}
LAMPS = {"id": "sourcing.lamps", "label": "sourcing", "say": ["swap my lamp "],
         "hit": ["i swap my lamp"], "miss": ["my lamp is warm"], "unless": ["quoted"],
         "when": ["noon"], "needs": ["about_lamps"], "raise": {"critical": ["tonight"]},
         "about": "Lamps.", "colour": "red"}  # fmt: skip


def test_switching_off_needs_a_note_and_no_lines_and_forgets_nothing():
    sent = {**BARE, "off": "1", "say": ""}
    raw = RuleForm.parse(sent).written(LAMPS)
    assert raw["off"] is True
    assert {**raw, "off": False} == {**in_effect(LAMPS), "off": False}
    assert wrong(RuleForm.parse, {**sent, "note": ""}) == ["note"]


def test_a_form_changes_what_it_was_sent_and_carries_the_rest():
    raw = RuleForm.parse({**BARE, "miss": "my lamp is warm\nthe lamp is off"}).written(LAMPS)
    assert raw["miss"] == ["my lamp is warm", "the lamp is off"]
    kept = {name: value for name, value in in_effect(LAMPS).items() if name not in ("miss", "off")}
    assert {name: raw[name] for name in kept} == kept
    assert raw["say"] == ["swap my lamp "]


@pytest.mark.parametrize(
    ("label", "holds", "expected"),
    [
        ("sourcing", None, True),
        ("sourcing", True, True),
        ("sourcing", False, False),
        ("crisis_medical", None, False),
        ("crisis_medical", True, True),
    ],
)
def test_a_rule_holds_by_its_kind_unless_it_says_otherwise(label, holds, expected):
    said = {} if holds is None else {"holds": holds}
    before = {**LAMPS, "label": label, **said}
    assert RuleForm.parse({**RULE, "label": label}).written(before)["holds"] is expected


def test_a_rule_that_held_by_its_kind_still_holds_under_another_kind():
    sent = {**BARE, "label": "crisis_medical"}
    assert RuleForm.parse(sent).written(LAMPS)["holds"] is True
    assert RuleForm.parse({**sent, "holds": "0"}).written(LAMPS)["holds"] is False


def test_a_new_rule_holds_as_others_of_its_kind_and_needs_its_lines():
    assert RuleForm.parse(RULE).written(None)["holds"] is True
    assert RuleForm.parse({**RULE, "label": "abrupt_stop"}).written(None)["holds"] is False
    unpicked = {**RULE, "holds": "", "newcomers": ""}
    assert RuleForm.parse(unpicked).written(None)["holds"] is True
    assert RuleForm.parse({**unpicked, "label": "abrupt_stop"}).written(None)["holds"] is False
    assert RuleForm.parse(unpicked).written(None)["newcomers"] is False
    with pytest.raises(Invalid) as refused:
        RuleForm.parse(BARE).written(None)
    assert set(refused.value.fields) == {"say", "hit", "miss"}


def test_what_makes_a_rule_graver_is_changed_level_by_level():
    raw = RuleForm.parse({**BARE, "raise_urgent": "today, now"}).written(LAMPS)
    assert raw["raise"] == {"critical": ["tonight"], "urgent": ["today", "now"]}
    assert RuleForm.parse({**BARE, "raise_critical": ""}).written(LAMPS)["raise"] == {}


@pytest.mark.parametrize(
    "rule", rules_in(shipped_documents()).values(), ids=lambda rule: rule["id"]
)
def test_every_shipped_rule_sent_as_its_page_shows_it_is_the_same_rule(rule):
    shown = in_effect(rule)
    sent = {name: "\n".join(shown[name]) for name in ("say", "hit", "miss")}
    sent |= {name: ", ".join(shown[name]) for name in ("when", "unless", "needs")}
    sent |= {f"raise_{level}": ", ".join(names) for level, names in shown["raise"].items()}
    sent |= {name: "1" if shown[name] else "0" for name in ("holds", "newcomers")}
    sent |= {name: shown[name] for name in ("id", "label", "severity")}
    raw = RuleForm.parse({**sent, "note": "The same."}).written(rule)
    assert is_same(rule, raw)
    assert raw["say"] == rule["say"]


def test_a_rule_has_one_mark_however_it_leaves_things_unsaid():
    assert mark_of(LAMPS) == mark_of(
        {**LAMPS, "holds": True, "severity": "watch", "newcomers": False}
    )
    assert mark_of(LAMPS) != mark_of({**LAMPS, "holds": False})
    assert mark_of(LAMPS) != mark_of({**LAMPS, "off": True})
    assert mark_of(None) == ""


# ------------------------------------------------------------------ laid on what stands

FILES = {"rules.toml": {"rule": [LAMPS]}}


def standing(overlay=None, version=""):
    overlay = overlay or {}
    return Written("r1", FILES, overlay, version, rules_in(laid_over(FILES, overlay)))


def test_a_new_rule_never_takes_the_place_of_one_that_is_there():
    for overlay in ({}, {LAMPS["id"]: {"id": LAMPS["id"], "off": True}}):
        with pytest.raises(Invalid) as refused:
            rewritten(RuleForm.parse({**RULE, "new": "1"}), standing(overlay))
        assert "There is a rule of this name" in refused.value.fields["id"]
    fresh = RuleForm.parse({**RULE, "id": "sourcing.kettles", "new": "1"})
    assert rewritten(fresh, standing())["id"] == "sourcing.kettles"


@pytest.mark.parametrize("name", [*BUILT_IN_IDS, "second_look.dreams"])
def test_no_rule_takes_the_name_of_what_is_built_in(name):
    with pytest.raises(Invalid) as refused:
        rewritten(RuleForm.parse({**RULE, "id": name}), standing())
    assert "built in" in refused.value.fields["id"]


def test_no_shipped_rule_has_the_name_of_what_is_built_in():
    assert not [name for name in rules_in(shipped_documents()) if is_built_in(name)]


def test_nothing_is_saved_where_nothing_is_different():
    sent = {**BARE, "say": "swap my lamp", "holds": "1"}
    with pytest.raises(Invalid, match="Nothing in this rule is different"):
        rewritten(RuleForm.parse(sent), standing())
    assert rewritten(RuleForm.parse({**sent, "holds": "0"}), standing())["holds"] is False


def test_a_change_on_top_of_one_that_was_not_seen_is_refused():
    theirs = {LAMPS["id"]: {**LAMPS, "say": ["lend my lamp"]}}
    sent = {**RULE, "seen": mark_of(LAMPS)}
    assert rewritten(RuleForm.parse(sent), standing())["say"] == ["swap my lamp ", "sell my lamp"]
    with pytest.raises(Conflict, match="changed this rule meanwhile"):
        rewritten(RuleForm.parse(sent), standing(theirs))
    with pytest.raises(Conflict, match="changed the draft meanwhile"):
        rewritten(RuleForm.parse({**RULE, "version": "old"}), standing(theirs, "new"))


def test_a_rule_that_was_switched_off_comes_back_whole():
    off = rewritten(RuleForm.parse({**BARE, "off": "1"}), standing())
    again = rewritten(RuleForm.parse(BARE), standing({LAMPS["id"]: off}))
    assert is_same(again, LAMPS)
    assert again["say"] == LAMPS["say"]


def test_a_rule_switched_off_before_its_text_was_kept_comes_back_as_it_was_shipped():
    of_old = {LAMPS["id"]: {"id": LAMPS["id"], "off": True}}
    assert is_same(rewritten(RuleForm.parse(BARE), standing(of_old)), LAMPS)
