"""What a draft changes, field by field, and what a rule leans on: for people to read."""

import pytest

from support.moderation.actions.drafts import AT_ONCE, _stretch
from support.moderation.forms import DraftFilter
from support.moderation.rules.around import named_by
from support.moderation.rules.comparing import How, RuleFiles, changed_here, changes, counted
from support.moderation.rules.overlay import rules_in
from support.moderation.rules.rulebook import shipped_documents

LAMPS = {"id": "sourcing.lamps", "label": "sourcing", "say": ["swap my lamp", "sell <thing>"],
         "hit": ["i swap my lamp"], "miss": ["my lamp is warm"], "unless": ["at_home"],
         "raise": {"critical": ["tonight"]}}  # fmt: skip
KETTLES = {**LAMPS, "id": "sourcing.kettles"}
FILES = {
    "rules.toml": {"rule": [LAMPS]},
    "words.toml": {
        "list": {"thing": ["lamp", "<pot>"], "pot": ["kettle"], "pet": ["dog"]},
        "context": {
            "at_home": {"say": ["in my room"], "about": "At home.", "unless": ["moving"]},
            "tonight": {"say": ["tonight", "with drugx"], "where": "near"},
            "moving": {"say": ["a <pet> moved"]},
            "idle": {"say": ["nothing"]},
        },
        "drugs": {"drugx": ["valium"], "medx": ["aspirin"]},
    },
}
NOW = RuleFiles(FILES, {})


def draft(**changed):
    return RuleFiles(FILES, {LAMPS["id"]: {**LAMPS, **changed}})


def only(found):
    [one] = found
    return one


# ------------------------------------------------------------------ rules


def test_nothing_changed_is_nothing_to_show_however_it_is_written():
    assert changes(NOW, NOW) == ()
    assert changes(NOW, draft(holds=True, severity="watch", when=[])) == ()


def test_a_changed_rule_is_shown_field_by_field_with_the_lines_that_go_come_and_stay():
    one = only(changes(NOW, draft(say=["swap my lamp", "lend my lamp"], severity="urgent")))
    assert (one.kind, one.name, one.how, one.looser) == (
        "rule", "sourcing.lamps", How.CHANGED, ("say",)
    )  # fmt: skip
    severity, say = one.fields
    assert (severity.name, severity.before, severity.after) == ("severity", ("watch",), ("urgent",))
    assert (say.removed, say.added, say.kept) == (
        ("sell <thing>",), ("lend my lamp",), ("swap my lamp",)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "looser"),
    [
        ({"holds": False}, ("holds",)),
        ({"off": True}, ("off",)),
        ({"severity": "none"}, ("severity",)),
        ({"newcomers": True}, ("newcomers",)),
        ({"label": "harassment"}, ("label",)),
        ({"raise": {}}, ("raise",)),
        ({"raise": {"critical": ["tonight", "now"]}}, ()),
        ({"unless": ["at_home", "idle"]}, ("unless",)),
        ({"needs": ["tonight"]}, ("needs",)),
        ({"hit": ["sell lamp"]}, ("hit",)),
        ({"miss": ["my lamp is warm", "tea"]}, ()),
        ({"severity": "critical"}, ()),
    ],
)
def test_in_what_a_rule_would_guard_less_is_named(changed, looser):
    assert only(changes(NOW, draft(**changed))).looser == looser


def test_a_rule_that_is_off_already_guards_nothing_less():
    off = draft(off=True)
    one = only(changes(off, draft(off=True, say=["x"])))
    assert one.looser == ()
    assert only(changes(off, NOW)).looser == ()
    assert only(changes(off, NOW)).fields[0].after == ("false",)


def test_new_and_vanished_rules_are_told_apart():
    new = RuleFiles(FILES, {KETTLES["id"]: KETTLES})
    added, gone = only(changes(NOW, new)), only(changes(new, NOW))
    assert (added.how, added.name, added.looser) == (How.ADDED, "sourcing.kettles", ())
    assert (gone.how, gone.looser) == (How.REMOVED, ("off",))
    assert {one.name for one in added.fields} >= {"say", "hit", "miss", "label"}


def test_what_was_changed_here_is_shown_beside_the_rule_as_it_came():
    mine = {LAMPS["id"]: {**LAMPS, "holds": False}, KETTLES["id"]: KETTLES}
    changed = changed_here(FILES, mine, LAMPS["id"])
    assert [(one.name, one.before, one.after) for one in changed.fields] == [
        ("holds", ("true",), ("false",))
    ]
    assert changed_here(FILES, {}, LAMPS["id"]) is None
    assert changed_here(FILES, {LAMPS["id"]: dict(LAMPS)}, LAMPS["id"]) is None
    assert changed_here(FILES, mine, KETTLES["id"]) is None  # it never came with a release


# ------------------------------------------------------------------ a release


def test_a_release_tells_what_it_changes_in_rules_contexts_lists_and_spelling():
    words = FILES["words.toml"]
    contexts = {**words["context"], "idle": {"say": ["nothing", "at all"]}, "late": {"say": ["x"]}}
    lists = {name: entries for name, entries in words["list"].items() if name != "pet"}
    release = {
        "rules.toml": {"rule": [LAMPS, KETTLES]},
        "words.toml": {
            "context": contexts, "list": lists, "drugs": {**words["drugs"], "drugx": ["valum"]},
        },
    }  # fmt: skip
    found = changes(NOW, RuleFiles(release, {}))
    assert [(one.kind, one.name, one.how.value) for one in found] == [
        ("rule", "sourcing.kettles", "added"),
        ("context", "idle", "changed"),
        ("context", "late", "added"),
        ("list", "pet", "removed"),
        ("other", "drugs", "changed"),
    ]
    assert found[1].fields[0].added == ("at all",)
    assert found[3].fields[0].removed == ("dog",)
    assert counted(found)["context"] == {"added": 1, "removed": 0, "changed": 1}


def test_what_was_changed_here_hides_a_releases_change_of_the_same_rule():
    mine = {LAMPS["id"]: {**LAMPS, "miss": ["tea"]}}
    release = {**FILES, "rules.toml": {"rule": [{**LAMPS, "say": ["other"]}]}}
    assert changes(RuleFiles(FILES, mine), RuleFiles(release, mine)) == ()


# ------------------------------------------------------------------ what a rule leans on


def test_a_rule_shows_its_contexts_lists_and_medicines_and_what_these_lean_on():
    around = named_by(FILES, LAMPS)
    assert [one.name for one in around.contexts] == ["at_home", "tonight", "moving"]
    assert (around.contexts[0].about, around.contexts[0].where) == ("At home.", "sentence")
    assert (around.contexts[1].where, around.contexts[0].unless) == ("near", ("moving",))
    assert {one.name: one.lines for one in around.lists} == {
        "thing": ("lamp", "<pot>"),
        "pot": ("kettle",),
        "pet": ("dog",),
    }
    assert [(one.name, one.lines) for one in around.medicines] == [("drugx", ("valium",))]


def test_every_name_in_a_shipped_rule_can_be_read():
    files = shipped_documents()
    for rule in rules_in(files).values():
        around = named_by(files, rule)
        shown = {one.name for one in around.contexts} | {"quoted", "question", "halved"}
        assert {*rule["unless"], *rule.get("when", ()), *rule.get("needs", ())} <= shown


# ------------------------------------------------------------------ pages


@pytest.mark.parametrize(
    ("count", "page", "shown", "at", "pages"),
    [
        (0, 1, 0, 1, 1),
        (AT_ONCE, 1, AT_ONCE, 1, 1),
        (AT_ONCE + 1, 1, AT_ONCE, 1, 2),
        (AT_ONCE + 1, 2, 1, 2, 2),
        (AT_ONCE + 1, 99, 1, 2, 2),
    ],
)
def test_a_long_list_comes_in_pages_and_nothing_is_left_out(count, page, shown, at, pages):
    part = _stretch(list(range(count)), page)
    assert (len(part.lines), part.count, part.page, part.pages) == (shown, count, at, pages)


def test_each_list_of_the_draft_has_its_own_page():
    assert set(DraftFilter.parse({}).pages.values()) == {1}
    pages = DraftFilter.parse({"newly_held": "3", "colour": "red"}).pages
    assert (pages["newly_held"], pages["newly_released"], pages["changes"]) == (3, 1, 1)
