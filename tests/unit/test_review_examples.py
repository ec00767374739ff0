"""Every rule does what the examples beside it say, and the rule files can be used."""

import re

import pytest

from support.moderation.rules import screen
from support.moderation.rules.rulebook import (
    LABELS,
    SHIPPED,
    BadRules,
    RuleBook,
    load,
    shipped,
    shipped_documents,
)

RULES = shipped().rules
SHIPPED_LISTS = {
    name: entries
    for document in shipped_documents().values()
    for name, entries in document.get("list", {}).items()
}


def rules_that_hit(text, newcomer=False):
    domains = frozenset({"example"})
    screening = screen(text, author_is_newcomer=newcomer, allowed_domains=domains)
    return {finding.rule_id for finding in screening.findings}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_hits_every_example_it_must_hit(rule):
    assert [text for text in rule.hit if rule.id not in rules_that_hit(text, rule.newcomers)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_passes_every_example_it_must_not_hit(rule):
    assert [text for text in rule.miss if rule.id in rules_that_hit(text, rule.newcomers)] == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_no_rule_is_without_examples(rule):
    assert rule.hit
    assert rule.miss


def test_every_label_has_a_rule_or_is_found_by_code():
    assert {rule.label for rule in RULES} == set(LABELS)


@pytest.mark.parametrize("name", SHIPPED_LISTS)
def test_a_list_entry_with_a_choice_is_single_words_or_in_brackets(name):
    """`end|snap|get rid of` is read as (end|snap|get) rid of: such a list hears nothing."""
    for entry in SHIPPED_LISTS[name]:
        outside = re.sub(r"[(\[][^()\[\]]*[)\]]", "B", entry)
        while outside != (inner := re.sub(r"[(\[][^()\[\]]*[)\]]", "B", outside)):
            outside = inner
        assert outside.count("|") < 3 or " " not in outside.strip(), entry


def test_the_version_changes_with_any_file(tmp_path):
    for source in SHIPPED.glob("*.toml"):
        (tmp_path / source.name).write_bytes(source.read_bytes())
    assert load(tmp_path).version == shipped().version
    with (tmp_path / "lists.toml").open("a", encoding="utf-8") as lists:
        lists.write("\n# a moderator's note\n")
    assert load(tmp_path).version != shipped().version


GOOD = {"id": "a.rule", "label": "sourcing", "say": ["swap my <thing>"]}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"say": ["swap my <nothing>"]}, "no word list is called <nothing>"),
        ({"say": ["swap (my"]}, "is not closed"),
        ({"say": ["swap my)"]}, "too many"),
        ({"say": ["swap < my"]}, "unknown signs"),
        ({"say": ["swap my ^ <thing>"]}, "^ can only stand at the beginning"),
        ({"say": ["[swap] ~2"]}, "no word has to be there"),
        ({"say": []}, "nothing to look for"),
        ({"say": ["<loop>"]}, "contains itself"),
        ({"label": "rudeness"}, "unknown label"),
        ({"unless": ["midnight"]}, "no context is called midnight"),
        ({"raise": {"critical": ["midnight"]}}, "no context is called midnight"),
        ({"sai": ["x"]}, "unknown sai"),
    ],
)
def test_a_broken_rule_is_refused_by_name_and_reason(change, complaint):
    lists = {"thing": ["hat"], "loop": ["<loop>"]}
    with pytest.raises(BadRules, match=r"a\.rule") as refused:
        RuleBook({"file": {"list": lists, "rule": [GOOD | change]}}, "draft")
    assert complaint in str(refused.value)


def test_a_broken_context_and_a_doubled_name_are_refused():
    context = {"context": {"dusk": {"say": ["at dusk"], "where": "yesterday"}}}
    with pytest.raises(BadRules, match="dusk"):
        RuleBook({"file": context}, "draft")
    context["context"]["dusk"]["where"] = "round"
    with pytest.raises(BadRules, match="told_now"):
        RuleBook({"file": context}, "draft")
    with pytest.raises(BadRules, match="defined twice"):
        RuleBook({"one": {"list": {"a": ["x"]}}, "two": {"list": {"a": ["y"]}}}, "draft")
    with pytest.raises(BadRules, match="used twice"):
        RuleBook({"file": {"list": {"thing": ["hat"]}, "rule": [GOOD, GOOD]}}, "draft")


def test_a_file_that_is_no_toml_is_refused_by_its_name(tmp_path):
    (tmp_path / "bent.toml").write_text("[[rule]\n", encoding="utf-8")
    with pytest.raises(BadRules, match=r"bent\.toml"):
        load(tmp_path)


def test_a_good_draft_is_ready_at_once():
    book = RuleBook({"file": {"list": {"thing": ["hat", "cup"]}, "rule": [GOOD]}}, "draft")
    sighting = book.look(book.reader.read("Swap my CUP?"))
    assert [rule.id for rule, _ in sighting.rules] == ["a.rule"]
