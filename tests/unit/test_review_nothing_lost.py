"""Rules nobody wrote, texts nobody typed: the gate finds what a search of everything finds."""

import re

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from support.moderation.rules.pattern import BadPattern, PatternBook
from support.moderation.rules.rulebook import RuleBook

LISTS = {"pot": ["urn", "pan", "tea pot"], "few": ["two", "a few"]}
ENDS = re.compile(r" [.?](?= |$)")
TYPED = [
    "tea",
    "pan",
    "urn",
    "cup",
    "a",
    "no",
    "two",
    "teas",
    "teacups",
    "2",
    "0.5",
    "2019",
    "1819",
]
LOOSE = st.sampled_from([*TYPED, ".", "?", ",", '"', "home.,", "tea.cup", "\n"])
NOISE = st.lists(LOOSE, max_size=5).map(" ".join)


@st.composite
def made(draw, depth=2):
    """A piece of a pattern, and words that it is meant to find."""
    kinds = [*SIMPLE, *(COMPOSED if depth else ())]
    return draw(draw(st.sampled_from(kinds))(depth - 1))


def simple(*pairs):
    return lambda _: st.sampled_from(pairs)


def either(depth):
    def chosen(ways):
        source = "|".join(source for source, _ in ways)
        return st.sampled_from(ways).map(lambda way: (f"({source})", way[1]))

    return st.lists(in_a_row(depth), min_size=2, max_size=3).flatmap(chosen)


def perhaps(depth):
    def chosen(part):
        return st.sampled_from([(f"[{part[0]}]", part[1]), (f"[{part[0]}]", "")])

    return in_a_row(depth).flatmap(chosen)


def in_a_row(depth):
    parts = st.lists(made(depth), min_size=1, max_size=3)
    return parts.map(lambda row: tuple(" ".join(each) for each in zip(*row, strict=True)))


WORDS = simple(*[(word, word) for word in ("tea", "pan", "urn", "cup", "a", "2")])
CHOICES = simple(("tea|pan", "pan"), ("a|no|urn", "no"), ("<pot>", "tea pot"), ("<few>", "a few"))
STARTS = simple(("te*", "teacups"), ("t*", "two"), ("teac*", "teacups"), ("2*", "2019"))
NUMBERS = simple(("#", "2"), ("#", "0.5"), ("#part", "0.5"), ("#year", "2019"), ("#", "1819"))
MARKS = simple((",", ","), (".", "."), ("?", "?"), ('"', '"'), ("$", "."), ("$", "?"))
GAPS = simple(("~2", "no"), ("~", ", two"), ("~~3", "no . two"), ("~~2", "?"), ("+", "two"))
SIMPLE = (WORDS, WORDS, CHOICES, STARTS, NUMBERS, MARKS, GAPS)
COMPOSED = (either, perhaps)
BEGUN = st.tuples(st.sampled_from(["", "", "^ a ", "^ te* ", "(^|no) pan "]), in_a_row(2))
FIRST = {"": "", "^ a ": "a ", "^ te* ": "teas ", "(^|no) pan ": "no pan "}


@st.composite
def rules_and_text(draw):
    """Some rules of one pattern each, and a text in which one or two of them may be found."""
    drawn = draw(st.lists(BEGUN, min_size=2, max_size=5))
    full_stop = draw(st.sampled_from([" .", "."]))
    said = [FIRST[begun] + part[1].replace(" .", full_stop) for begun, part in drawn[:2]]
    noise = [draw(NOISE) for _ in range(3)]
    text = f"{noise[0]} {said[0]} {noise[1]} {said[1]} {noise[2]}"
    return [begun + part[0] for begun, part in drawn], text


def usable(pattern):
    """Whether a word of it has to be there; a pattern of gaps and marks alone is refused."""
    try:
        return bool(PatternBook(LISTS, lambda word: [word]).phrases([pattern]))
    except BadPattern:
        return False


def rule_book(patterns):
    rules = [{"id": f"r.{n}", "label": "sourcing", "say": [p]} for n, p in enumerate(patterns)]
    return RuleBook({"made_up.toml": {"rule": rules, "list": LISTS}}, "1")


def sentences(text):
    """Where each sentence stands, with the mark of the one before it."""
    ends = [end.end() for end in ENDS.finditer(text)]
    if not ends or ends[-1] < len(text):
        ends.append(len(text))
    return list(zip([0, *(end - len(" .") for end in ends)], ends, strict=False))


def through_the_gate(book, reading):
    found = {}
    for rule, places in book.look(reading).rules:
        for each, *place in places:
            found.setdefault(rule.id, set()).update(each.spans(reading.text.encode(), *place))
    return found


@settings(deadline=None, max_examples=30, derandomize=True, database=None)
@given(rules_and_text())
@example((["cup [of] tea", "(no [two] cup|urn) tea", "cup [of [a]] tea"], "no cup tea. cup of tea"))
@example((["a 2 pan", "a # pan", "#part pan", "in #year", "2* pan"], "a 2 pan. 0.5 pan in 2019."))
@example(
    (["^ tea", "tea (cup|$)", "tea (pan|.) urn", "home . tea"], "home.,tea. urn, tea? tea cup")
)
@example((["teac* now", "t* ~2 now", "te* ~~4 urn"], "teacups now. teas. so, the urn"))
def test_the_gate_finds_what_a_search_of_every_pattern_over_every_sentence_finds(drawn):
    patterns, typed = drawn
    asked = [*filter(usable, patterns)]
    assume(asked)
    book = rule_book(asked)
    reading = book.reader.read(typed)
    text = reading.text.encode()
    gated = through_the_gate(book, reading)
    for rule in book.rules:
        (phrase,) = rule.phrases
        found = gated.get(rule.id, set())
        whole = phrase.spans(text, 0, len(text))
        assert set(whole[:1]) <= found, "what stands first in the whole text"
        apart = {span for each in sentences(reading.text) for span in phrase.spans(text, *each)}
        if phrase.reach:
            assert bool(found) is bool(whole or apart)
        else:
            assert found == apart
