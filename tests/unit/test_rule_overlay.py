"""Changes laid over the shipped rules, their version, and a rehearsal on past words."""

import gc

import pytest

from support.moderation.rules import rehearsal, screen, screen_words
from support.moderation.rules.live import go_live, live
from support.moderation.rules.overlay import book_of, laid_over, rules_in, version_of
from support.moderation.rules.rehearsal import (
    Past,
    faults,
    louder_examples,
    rehearse,
    weaker_examples,
    wrong_lines,
)
from support.moderation.rules.rulebook import BadRules, RuleBook, shipped, shipped_documents
from support.moderation.rules.written import carried_over, is_same

LISTS = {"list": {"thing": ["lamp", "kettle"]}}
LAMPS = {
    "id": "sourcing.lamps",
    "label": "sourcing",
    "say": ["swap my <thing>"],
    "hit": ["i swap my lamp"],
    "miss": ["my lamp is warm"],
    "when": [],
    "unless": [],
}
KETTLES = {**LAMPS, "id": "harassment.kettles", "label": "harassment", "say": ["black kettle"],
           "hit": ["you black kettle"], "miss": ["tea"]}  # fmt: skip


@pytest.fixture
def documents(shipped_base):
    """Two small rules in the files the real rules stand on."""
    return {**shipped_base, "words.toml": LISTS, "rules.toml": {"rule": [LAMPS, KETTLES]}}


@pytest.fixture(scope="module")
def shipped_base():
    """The files a rule set cannot do without: spelling and contact details."""
    from_files = {"spelling.toml", "contact.toml", "links.toml", "drugs.toml", "lists.toml"}
    return {name: one for name, one in shipped_documents().items() if name in from_files}


@pytest.fixture(autouse=True)
def shipped_rules_again():
    yield
    go_live(None)


def ids(documents, overlay):
    return list(rules_in(laid_over(documents, overlay)))


def test_nothing_laid_over_changes_nothing(documents):
    assert laid_over(documents, {}) == documents
    assert version_of("release1", {}) == "release1"


def test_a_changed_rule_takes_the_place_of_the_shipped_one(documents):
    changed = {**LAMPS, "say": ["sell my <thing>"]}
    laid = laid_over(documents, {LAMPS["id"]: changed})
    assert rules_in(laid)[LAMPS["id"]] == changed
    assert ids(documents, {LAMPS["id"]: changed}) == [LAMPS["id"], KETTLES["id"]]
    assert rules_in(documents)[LAMPS["id"]] == LAMPS


def test_a_rule_that_is_off_is_gone_and_a_new_one_is_there(documents):
    new = {**LAMPS, "id": "sourcing.new"}
    overlay = {LAMPS["id"]: {"id": LAMPS["id"], "off": True}, "sourcing.new": new}
    assert ids(documents, overlay) == [KETTLES["id"], "sourcing.new"]


def test_a_changed_rule_that_a_release_dropped_lives_on(documents):
    release = {**documents, "rules.toml": {"rule": [KETTLES]}}
    assert ids(release, {LAMPS["id"]: LAMPS}) == [KETTLES["id"], LAMPS["id"]]


def test_a_switched_off_rule_stays_off_in_the_next_release(documents):
    off = {LAMPS["id"]: {"id": LAMPS["id"], "off": True}}
    release = {**documents, "more.toml": {"rule": [{**LAMPS, "id": "sourcing.more"}]}}
    assert ids(release, off) == [KETTLES["id"], "sourcing.more"]


def test_the_version_tells_changes_apart_and_not_their_order(documents):
    one, two = {"a.a": LAMPS, "b.b": KETTLES}, {"b.b": KETTLES, "a.a": LAMPS}
    assert version_of("r1", one) == version_of("r1", two)
    assert version_of("r1", one) != version_of("r2", one)
    assert version_of("r1", one) != version_of("r1", {"a.a": LAMPS})
    assert len(version_of("r1", one)) == 12


def test_without_any_rule_there_is_no_rule_set(documents):
    overlay = {each["id"]: {"id": each["id"], "off": True} for each in (LAMPS, KETTLES)}
    with pytest.raises(BadRules, match="no rule is left"):
        book_of(documents, "empty", overlay)


def test_a_set_made_ready_is_not_made_again(documents):
    first = book_of(documents, "same", {})
    assert book_of(documents, "same", {}) is first
    assert book_of(documents, "other", {}) is not first


# ------------------------------------------------------------------ faults


@pytest.mark.parametrize(
    ("changed", "field", "complaint"),
    [
        ({"say": ["swap my <thing>", "swap )"]}, "say", "Line 2:"),
        ({"say": ["swap my <thing>", "<nothing>"]}, "say", "no word list is called <nothing>"),
        ({"say": ["swap my <thing>", "swap ^ lamp"]}, "say", "Line 2: ^ can only stand at the"),
        ({"say": ["[lamp]", "swap my <thing>"]}, "say", "Line 1: no word has to be there"),
        ({"hit": ["i keep my lamp"]}, "hit", "Line 1: is not found by this rule."),
        ({"miss": ["tea", "swap my kettle"]}, "miss", "Line 2: is found by this rule"),
        ({"when": ["noon"]}, "when", "No context is called noon."),
        ({"when": ["Quote"]}, "when", "No context is called Quote. Did you mean quoted?"),
        ({"unless": ["noon"]}, "unless", "No context is called noon."),
        ({"label": "rudeness"}, "say", "unknown label rudeness"),
    ],
)
def test_what_is_wrong_with_a_rule_is_said_beside_its_field(documents, changed, field, complaint):
    # The live set reads the lines: it has to know the words of this test.
    go_live(book_of(documents, "faults", {}))
    found = faults(documents, "faults", {}, {**LAMPS, **changed})
    assert list(found) == [field]
    assert complaint in found[field]


def test_a_good_rule_has_no_faults_and_neither_has_one_switched_off(documents):
    go_live(book_of(documents, "faults", {}))
    assert faults(documents, "faults", {}, LAMPS) == {}
    assert faults(documents, "faults", {}, {"id": LAMPS["id"], "off": True}) == {}


def test_lines_are_counted_as_the_moderator_sees_them():
    wrong = wrong_lines(shipped(), ["hello you", "two (brackets", "fine", "three )", "~1001 x"])
    assert [number for number, _ in wrong] == [2, 4, 5]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("(" * 1_000, "more than 12 brackets inside each other"),
        ("[(" * 7 + "a" + ")]" * 7, "more than 12 brackets inside each other"),
        ("a " * 2_001, "more than 4000 signs in one line"),
    ],
)
def test_a_line_too_deep_or_too_long_is_refused_with_its_reason_before_it_is_read(line, reason):
    [(number, why)] = wrong_lines(shipped(), [line])
    assert (number, why.startswith(reason)) == (1, True)
    assert len(why) < 160


def test_a_file_with_such_a_line_names_the_rule(documents):
    deep = {LAMPS["id"]: {**LAMPS, "say": ["(" * 100 + ")" * 100]}}
    with pytest.raises(BadRules, match=r"sourcing\.lamps: more than 12 brackets"):
        RuleBook(laid_over(documents, deep), "deep")


@pytest.mark.parametrize("depth", [1, 12])
def test_a_line_as_deep_as_anybody_writes_is_read(depth):
    assert wrong_lines(shipped(), ["(" * depth + "lamp" + ")" * depth]) == []


# ------------------------------------------------------------------ rehearsal

PAST = [
    Past("held", "swap my lamp for yours"),
    Past("mean", "you black kettle"),
    Past("calm", "a quiet night"),
]


def test_a_rehearsal_of_the_same_rules_changes_nothing(documents):
    book = book_of(documents, "same", {})
    outcome = rehearse(book, book, PAST)
    assert (outcome.tried, outcome.unchanged, outcome.broken) == (3, 3, ())


@pytest.mark.parametrize(
    ("overlay", "name", "expected"),
    [
        ({LAMPS["id"]: {"id": LAMPS["id"], "off": True}}, "newly_released", ("held",)),
        ({"sourcing.night": {**LAMPS, "id": "sourcing.night", "say": ["quiet night"]}},
         "newly_held", ("calm",)),
        ({"crisis.night": {**LAMPS, "id": "crisis.night", "label": "crisis_self_harm",
                           "say": ["quiet night"]}}, "newly_noticed", ("calm",)),
        ({LAMPS["id"]: {**LAMPS, "holds": False}}, "newly_released", ("held",)),
    ],
)  # fmt: skip
def test_a_rehearsal_names_what_comes_out_in_another_way(documents, overlay, name, expected):
    now, then = book_of(documents, "now", {}), book_of(documents, "now", overlay)
    outcome = rehearse(now, then, PAST)
    assert getattr(outcome, name) == expected
    assert outcome.unchanged == 2


def test_an_example_is_asked_once_of_each_set_however_often_it_is_tried(documents, monkeypatch):
    now, then = book_of(documents, "now", {}), RuleBook(laid_over(documents, {}), "then")
    asked = []

    def counted(text, book, **about):
        asked.append((text, book.version))
        return screen_words(text, book, **about)

    monkeypatch.setattr(rehearsal, "screen_words", counted)
    first = rehearse(now, then, [])
    assert (LAMPS["hit"][0], "then") in asked
    assert len(asked) == len(set(asked))
    asked.clear()
    assert rehearse(now, then, []) == first
    assert asked == []


def test_a_set_that_is_out_of_use_leaves_nothing_behind(documents):
    then = RuleBook(laid_over(documents, {}), "out of use")
    rehearse(shipped(), then, [])
    assert "out of use" in {book.version for book in rehearsal._KNOWN}
    del then
    gc.collect()
    assert "out of use" not in {book.version for book in rehearsal._KNOWN}


def test_what_is_no_longer_noticed_is_named_too(documents):
    noticed = {LAMPS["id"]: {**LAMPS, "holds": False}}
    now = book_of(documents, "now", noticed)
    then = book_of(documents, "now", {LAMPS["id"]: {"id": LAMPS["id"], "off": True}})
    assert rehearse(now, then, PAST).no_longer_noticed == ("held",)


def test_examples_that_break_are_named_with_their_rule(documents):
    narrow = {LAMPS["id"]: {**LAMPS, "say": ["swap my kettle"]}}
    then = RuleBook(laid_over(documents, narrow), "then")
    outcome = rehearse(book_of(documents, "now", {}), then, [])
    assert outcome.broken == ((LAMPS["id"], "i swap my lamp"),)


# ------------------------------------------------------------------ examples of dangers


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({"off": True}, (False, "none", ("sourcing",))),
        ({"holds": False}, (False, "watch", ())),
        ({"label": "harassment"}, (True, "watch", ("sourcing",))),
        ({"severity": "none"}, (True, "none", ())),
        ({"say": ["lend my lamp"], "hit": ["lend my lamp"]}, (False, "none", ("sourcing",))),
    ],
)
def test_an_example_that_a_draft_would_let_through_is_named_with_what_it_loses(
    documents, changed, expected
):
    go_live(book_of(documents, "now", {}))
    then = RuleBook(laid_over(documents, {LAMPS["id"]: {**LAMPS, **changed}}), "then")
    [one] = [each for each in weaker_examples(live(), then) if each.rule == LAMPS["id"]]
    assert (one.example, one.was_held, one.was_severity) == ("i swap my lamp", True, "watch")
    assert (one.is_held, one.is_severity, one.lost) == expected


@pytest.mark.parametrize("changed", [{}, {"severity": "critical"}, {"miss": ["tea"]}])
def test_an_example_that_is_held_as_before_or_raised_more_is_no_loss(documents, changed):
    then = RuleBook(laid_over(documents, {LAMPS["id"]: {**LAMPS, **changed}}), "then")
    assert weaker_examples(book_of(documents, "now", {}), then) == ()


def test_the_shipped_examples_stand_guard_even_where_a_rule_was_changed_here(documents):
    mine = shipped_documents()
    off = {"dosing.imperative": {"id": "dosing.imperative", "off": True}}
    rule = rules_in(mine)["dosing.imperative"]
    fewer = {rule["id"]: {**rule, "hit": rule["hit"][:1]}}
    now = RuleBook(laid_over(mine, fewer), "now", like=shipped())
    then = RuleBook(laid_over(mine, off), "then", like=shipped())
    lost = {each.example for each in weaker_examples(now, then) if each.was_held}
    assert lost & set(rule["hit"][1:])


# ------------------------------------------------------------------ moved onto other rules


def test_a_drafts_change_of_a_rule_is_carried_onto_what_the_rule_became(documents):
    mine = {**LAMPS, "miss": ["my lamp is warm", "tea"]}
    became = {**LAMPS, "say": ["swap my <thing>", "sell my <thing>"], "severity": "urgent"}
    carried = carried_over(LAMPS, mine, became)
    assert is_same(carried, {**became, "miss": mine["miss"]})
    assert "off" not in carried


def test_where_both_changed_a_field_the_draft_has_the_last_word():
    carried = carried_over(LAMPS, {**LAMPS, "say": ["lend it"]}, {**LAMPS, "say": ["sell it"]})
    assert carried["say"] == ["lend it"]


def test_switching_off_is_carried_and_so_is_switching_on():
    off = {**LAMPS, "off": True}
    assert carried_over(LAMPS, off, {**LAMPS, "severity": "urgent"})["off"] is True
    assert "off" not in carried_over(off, LAMPS, off)


@pytest.mark.parametrize(("was", "now"), [(None, None), (None, LAMPS), (LAMPS, None)])
def test_a_new_rule_or_one_that_is_gone_is_carried_whole(was, now):
    assert carried_over(was, KETTLES, now) == KETTLES


# ------------------------------------------------------------------ the rules in force


def test_messages_are_read_by_the_rules_in_force(documents):
    assert not screen("swap my lamp for yours").holds
    go_live(book_of(documents, "mine", {}))
    screening = screen("swap my lamp for yours")
    assert screening.holds
    assert screening.rules_version == "mine"
    assert live().version == "mine"


def test_the_command_reads_by_the_shipped_rules_whatever_is_in_force(documents):
    go_live(book_of(documents, "mine", {}))
    assert screen_words("swap my lamp for yours").rules_version == shipped().version


# ------------------------------------------------------------------ made after one that is alike


def sources(book):
    """What a book looks for, rule by rule and context by context."""
    said = {rule.id: [(each.source, each.needs) for each in rule.phrases] for rule in book.rules}
    round_about = {
        name: [(each.source, each.needs) for each in one.phrases]
        for name, one in book.contexts.items()
    }
    return said, round_about


@pytest.mark.parametrize(
    "change",
    [
        {"say": ["sell my <thing>", "swap my <thing>"]},
        {"say": ["valum for my <thing>"]},  # a slip for a medicine, and now a word that is known
        {"say": ["swap (my|your) <thing>"], "label": "harassment"},
    ],
)
def test_a_book_made_after_another_looks_for_what_one_made_anew_looks_for(documents, change):
    before = RuleBook(documents, "before")
    laid = laid_over(documents, {LAMPS["id"]: {**LAMPS, **change}})
    assert sources(RuleBook(laid, "after", like=before)) == sources(RuleBook(laid, "after"))


def test_all_shipped_rules_made_after_themselves_are_the_same():
    again = RuleBook(shipped_documents(), "again", like=shipped())
    assert sources(again) == sources(shipped())


def test_other_word_lists_take_nothing_over(documents):
    before = RuleBook(documents, "before")
    other = {**documents, "words.toml": {"list": {"thing": ["spoon"]}}}
    rule = RuleBook(other, "other", like=before).rules[0]
    assert "spoon" in rule.phrases[0].source
    assert "kettle" not in rule.phrases[0].source


def test_a_word_that_is_read_another_way_now_takes_nothing_over(documents):
    before = RuleBook(documents, "before")
    spelling = documents["spelling.toml"]["spelling"]
    meant = {**spelling, "same_as": {**spelling["same_as"], "swap": "trade"}}
    other = {**documents, "spelling.toml": {"spelling": meant}}
    assert "trade" in RuleBook(other, "other", like=before).rules[0].phrases[0].source


def test_what_a_draft_adds_never_reaches_the_book_it_was_made_after(documents):
    before = RuleBook(documents, "before")
    was = sources(before)
    changed = {LAMPS["id"]: {**LAMPS, "say": ["sell my <thing>"]}}
    after = RuleBook(laid_over(documents, changed), "after", like=before)
    assert sources(before) == was
    text = "who wants to sell my lamp"
    assert screen_words(text, after).labels == ("sourcing",)
    assert not screen_words(text, before).labels


def test_a_rule_that_is_too_wide_is_told_by_the_harmless_examples_of_all_rules():
    mine = shipped_documents()
    wide = {"id": "own.wide", "label": "crisis_self_harm", "severity": "critical"}
    wide |= {"say": ["the"], "hit": ["the"], "miss": ["a"]}
    then = RuleBook(laid_over(mine, {"own.wide": wide}), "wide", like=shipped())
    told = louder_examples(shipped(), then)
    assert len(told) > 100
    assert {each.by for each in told} == {("own.wide",)}
    assert {each.severity for each in told} == {"critical"}
    harmless = {text for rule in shipped().rules for text in rule.miss}
    assert {each.example for each in told} <= harmless


def test_a_rule_that_finds_only_its_own_words_is_not_told_of(documents):
    narrow = {"id": "own.narrow", "label": "sourcing", "severity": "watch", "say": ["moon parcel"]}
    narrow |= {"hit": ["a moon parcel"], "miss": ["a parcel"]}
    now = book_of(documents, "now", {})
    then = RuleBook(laid_over(documents, {"own.narrow": narrow}), "narrow")
    assert louder_examples(now, then) == ()
