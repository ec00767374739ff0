"""What people read first of a review, what a scene has, and what is remembered of words."""

import pytest

from support.base.severity import Severity
from support.moderation.rules import reading, screening
from support.moderation.rules.contexts import Context, Contexts
from support.moderation.rules.gate import Gate
from support.moderation.rules.pattern import PatternBook
from support.moderation.rules.reading import Remembered
from support.moderation.rules.rulebook import RuleBook
from support.moderation.rules.screening import answers_contempt, screen, screen_words
from support.moderation.rules.surroundings import Scene

BOOK = PatternBook({"pot": ["urn", "tea pot"]}, lambda word: [word])


def rule(name, *say, **more):
    return {"id": name, "label": "sourcing", "say": list(say), **more}


def rule_book(*rules, **more):
    return RuleBook({"made_up.toml": {"rule": list(rules), **more}}, "1")


def seen(text, *rules, **more):
    """Each finding: its rule, and the words it stands on."""
    findings = screen_words(text, rule_book(*rules, **more)).findings
    return [(each.rule_id, text[each.start : each.end]) for each in findings]


class TestTheOrderOfFindings:
    """A moderator reads the same message the same way every time: by place, then by rule."""

    def test_findings_stand_by_their_place_in_the_text_whatever_the_order_of_the_rules(self):
        rules = [rule("r.last", "spoon"), rule("r.middle", "pan"), rule("r.first", "urn")]
        found = seen("an urn. a pan, a spoon", *rules)
        assert [name for name, _ in found] == ["r.first", "r.middle", "r.last"]

    @pytest.mark.parametrize("names", [("z.1", "a.1", "m.1"), ("m.1", "z.1", "a.1")])
    def test_at_one_place_they_stand_in_the_order_of_the_rules_and_not_of_their_names(self, names):
        rules = [
            rule(name, say) for name, say in zip(names, ("urn boils", "urn", "u*"), strict=True)
        ]
        assert [name for name, _ in seen("the urn boils", *rules)] == list(names)

    def test_a_rule_that_crosses_sentences_is_told_before_a_later_rule_at_its_place(self):
        rules = [rule("r.1", "urn ~~4 pan"), rule("r.2", "urn")]
        assert [name for name, _ in seen("urn. so. pan.", *rules)] == ["r.1", "r.2"]
        assert [name for name, _ in seen("urn. so. pan.", *rules[::-1])] == ["r.2", "r.1"]

    def test_a_link_stands_where_it_is_typed_and_after_a_rule_at_its_place(self, monkeypatch):
        book = rule_book(rule("r.pan", "pan"), rule("r.link", "urlx"), links={"endings": ["com"]})
        monkeypatch.setattr(screening, "live", lambda: book)
        found = screen("see cups.com or a pan", allowed_domains=frozenset()).findings
        assert [each.rule_id for each in found] == ["r.link", "link.unlisted", "r.pan"]


class TestWhichHitIsTheFinding:
    """Of the hits of one rule the first is told, unless a later one is graver."""

    def test_it_is_the_first_sentence_and_not_the_first_pattern(self):
        assert seen("an urn. a pan.", rule("r", "pan", "urn")) == [("r", "urn.")]

    def test_in_one_sentence_it_is_the_first_pattern_and_not_the_first_word(self):
        assert seen("an urn and a pan", rule("r", "pan", "urn")) == [("r", "pan")]

    def test_a_pattern_that_may_cross_sentences_is_tried_last(self):
        found = seen("urn. so a pan. a spoon here", rule("r", "urn ~~4 pan", "spoon"))
        assert found == [("r", "spoon")]

    def test_a_graver_hit_is_told_in_place_of_an_earlier_one(self):
        hot = {"hot": {"say": ["hot"], "where": "sentence"}}
        graver = rule("r", "pan", **{"raise": {"urgent": ["hot"]}})
        text = "a pan. my pan is hot. her pan, so hot"
        (found,) = screen_words(text, rule_book(graver, context=hot)).findings
        assert (found.severity, found.start) == (Severity("urgent"), text.index("pan is"))


@pytest.mark.parametrize("between", range(1, 7))
@pytest.mark.parametrize(("one", "other"), [("urn", "the"), ("the", "urn")])
def test_a_pattern_is_looked_for_as_far_as_it_reaches_to_either_side(between, one, other):
    text = " ".join(["", "so", ".", one, *"." * between, other, "."])
    (phrase,) = watched = BOOK.phrases([f"{one} ~~{between} {other}"])
    places = [each[1:] for each in Gate(watched).look(text)[0]]
    assert any(phrase.spans(text.encode(), *place) for place in places)


def scene_of(text, *contexts):
    read = "".join(f" {word}" for word in text.split())
    known = Contexts(contexts)
    return Scene(known, read, Gate((), known).look(read)[1])


def context(*say, where="sentence"):
    return Context("told", where, 0, BOOK.signs(say), ())


@pytest.mark.parametrize(
    ("say", "text", "there"),
    [
        ("urn", "a pan . an urn .", True),
        ("urn", "a pan . urns .", False),
        ("ur*", "a pan . urns .", True),
        ("<pot>", "so . my tea pot", True),
        ("<pot>", "tea in a pot . pot of tea", False),
        ("urn ~2 pan", "an urn . a pan", False),
        ("urn ~2 pan", "so . urn or a pan", True),
        ("urn ~~3 pan", "an urn . a pan", True),
        ("urn ~~3 pan", "an urn . yes . so . a pan", False),
        ("^ never", "so , never", True),
        ("^ never", "so never", False),
        ("take #", "so . take 0_5", True),
        ("take #", "2 . take it", False),
        ("urn $", "my urn ? so", True),
        ("urn $", "my urn so .", False),
        ("?", "so ? one", True),
        ("?", "so . one", False),
    ],
)
def test_a_scene_has_a_context_if_its_words_stand_anywhere_in_the_message(say, text, there):
    for where in ("sentence", "message", "just before"):
        told = context(say, where=where)
        assert scene_of(text, told).has(told) is there


def test_of_several_ways_to_say_it_one_is_enough():
    told = context("urn boils", "spoon", "(tea|tea pot) now")
    assert scene_of("so . tea pot now", told).has(told)
    assert scene_of("so . spoon", told).has(told)
    assert not scene_of("urn . boils . tea . now", told).has(told)


@pytest.mark.parametrize(
    ("text", "answers"),
    [
        ("that is mean. stop it", True),
        ("well done", True),
        ("stop it or else", False),
        ("well done. stop it or else", True),
        ("she said", False),
        ('she said "loser" to him', True),
        ('she said "loser to him', False),
    ],
)
def test_contempt_is_answered_by_what_a_message_has_and_nothing_undoes(monkeypatch, text, answers):
    contexts = {
        "counter_speech": {"say": ["stop it"], "unless": ["threat"]},
        "praise": {"say": ["well done"]},
        "threat": {"say": ["or else"]},
    }
    book = rule_book(rule("r", "loser"), context=contexts)
    monkeypatch.setattr(screening, "shipped", lambda: book)
    assert answers_contempt(text) is answers


class TestWhatIsRemembered:
    """Words are read once, and there is room for a language and no more."""

    @pytest.fixture(autouse=True)
    def _little_room(self, monkeypatch):
        monkeypatch.setattr(reading, "_MOST_REMEMBERED", 3)

    def test_a_word_is_made_once_while_there_is_room(self):
        asked = []
        known = Remembered(lambda word: asked.append(word) or word.upper(), 9)
        assert [known[word] for word in ("urn", "pan", "urn", "pan")] == [
            "URN",
            "PAN",
            "URN",
            "PAN",
        ]
        assert asked == ["urn", "pan"]

    def test_it_never_holds_more_than_it_has_room_for_and_is_right_all_the_same(self):
        known = Remembered(str.upper, 9)
        for word in ("urn", "pan", "cup", "tea", "urn", "pot", "jug", "urn") * 2:
            assert known[word] == word.upper()
            assert word in known
            assert len(known) <= 3

    def test_what_is_full_is_used_to_the_last_place(self):
        known = Remembered(str.upper, 9)
        assert [known[word] for word in ("urn", "pan", "cup")] == ["URN", "PAN", "CUP"]
        assert set(known) == {"urn", "pan", "cup"}

    @pytest.mark.parametrize(
        ("word", "kept"),
        [("kettles", True), ("kettless", False), ("5mg", True), ("75mg", False), ("2026", False)],
    )
    def test_long_words_and_long_numbers_are_made_anew_each_time(self, word, kept):
        asked = []
        known = Remembered(lambda each: asked.append(each) or each, 7)
        assert known[word] == known[word] == word
        assert (word in known, len(asked)) == ((True, 1) if kept else (False, 2))

    def test_a_gate_that_has_forgotten_finds_the_same(self):
        gate = Gate(BOOK.phrases(["urn boils", "tea* ~~3 pan", "# cups"]))
        texts = [" an urn boils .", " teas . a pan", " 2 cups here", " no such thing now"]
        fresh = [gate.look(text)[0] for text in texts]
        assert [len(each) for each in fresh] == [1, 1, 1, 0]
        assert [gate.look(text)[0] for text in texts * 3] == fresh * 3
        assert len(gate._facts) <= 3
