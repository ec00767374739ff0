"""How typed pieces become words, links become kinds, and numbers are or are not telephones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.moderation.rules import screen_words
from support.moderation.rules.contact import ContactFinder
from support.moderation.rules.links import EMAIL, GOOD, OTHER, OWN_PATH, Links
from support.moderation.rules.reading import Reader
from support.moderation.rules.spelling import Spelling, SplitNames, with_one_missing

LINKS = Links(
    endings=frozenset({"com", "org", "example", "it", "me"}),
    doubtful_endings=frozenset({"it", "me"}),
    public=frozenset({"nhs.example", "samaritans.org"}),
    kinds=(("urlshop", ("shop", "buy")), ("urlchat", ("telegram",))),
)
SPELLING = Spelling(
    words_known=frozenset(
        {"i", "kill", "myself", "drop", "half", "seller", "need", "no", "me", "mg"}
    ),
    same_as={"u": ["you"], "dont": ["do", "not"], "w/o": ["without"]},
    drugs={"valium": "drugx", "xanax": "drugx", "ambien": "drugx"},
    units=frozenset({"mg", "mcg", "k"}),
    emoji={"💊": "pill"},
    slips={form: "valium" for form in with_one_missing("valium")},
    split_names=SplitNames({"va lium": "drugx"}),
    links=LINKS,
    plain_words=frozenset({"volume"}),
    run_together=("kill", "myself"),
)
FINDER = ContactFinder({"helplines": ["116123", "08001110111"], "free_prefixes": ["0800"]})
READER = Reader(SPELLING)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("valium", "drugx"),
        ("valiums", "drugx"),
        ("val1um", "drugx"),
        ("v@lium!", "drugx ."),
        ("vallium", "drugx"),
        ("vaium", "drugx"),
        ("vaaalium", "drugx"),
        ("volume", "volume"),
        ("k1ll", "kill"),
        ("killlll", "kill"),
        ("needdd", "need"),
        ("killmyself", "kill myself"),
        ("ikillmyself", "i kill myself"),
        ("xkillmyself", "xkillmyself"),
        ("i.kill.myself", "i kill myself"),
        ("drop.half", "drop . half"),
        ("u", "you"),
        ("dont", "do not"),
        ("w/o", "without"),
        ("n0", "no"),
        ("5mg", "5 mg"),
        ("0.5mg", "0_5 mg"),
        (",25mg", "0_25 mg"),
        ("1,000mcg", "1000 mcg"),
        ("1,5mg", "1_5 mg"),
        ("$20", "money 20"),
        ("10%", "10 percent"),
        ("3->2", "3 to 2"),
        ("(half)", "half ,"),
        ('"drop"', '" drop "'),
        ("drop?!", "drop ?"),
        ("drop...", "drop ."),
        ("drop,half", "drop , half"),
        ("*half*", "half"),
        ("@paul", "mentionx"),
        ("a+b", "a plus b"),
        ("12345", "12345"),
    ],
)
def test_one_typed_piece_is_read_in_one_way(typed, words):
    assert SPELLING.words(typed) == words.split() or " ".join(SPELLING.words(typed)) == words


@pytest.mark.parametrize(
    ("letters", "words"),
    [
        ("kill", ["kill"]),
        ("killmyself", ["kill", "myself"]),
        ("k1llme", ["k1ll", "me"]),
        ("xyzq", []),
        ("no", []),
        ("12345", []),
        ("nomeno", ["no", "me", "no"]),
        ("kill" * 16, []),
    ],
)
def test_letters_typed_one_by_one_spell_known_words_or_nothing(letters, words):
    assert SPELLING.spelt_out(list(letters)) == words


def test_a_name_in_two_pieces_is_one_and_without_names_nothing_is_joined():
    assert SPELLING.rejoined(" my va lium is gone") == " my drugx is gone"
    assert SPELLING.rejoined(" va liums") == " va liums"
    assert SplitNames({}).joined(" va lium") == " va lium"


@pytest.mark.parametrize("first", ["valium", "tea"])
def test_two_words_one_slip_apart_share_a_form(first):
    forms = set(with_one_missing(first))
    assert len(with_one_missing(first)) == len(first) + 1
    for at in range(len(first)):
        missing = first[:at] + first[at + 1 :]
        swapped = first[:at] + "q" + first[at + 1 :]
        doubled = first[:at] + first[at] + first[at:]
        assert all(forms & set(with_one_missing(slip)) for slip in (missing, swapped, doubled))


@pytest.mark.parametrize(
    ("piece", "kind"),
    [
        ("samaritans.org", GOOD),
        ("https://www.samaritans.org/how?x=1", GOOD),
        ("help.nhs.example", GOOD),
        ("notnhs.example", OTHER),
        ("nhs.example.com", OTHER),
        ("myshop.com", "urlshop"),
        ("https://telegram.me/x", "urlchat"),
        ("ada@postbox.example", EMAIL),
        ("mailto:ada@postbox.example", EMAIL),
        ("https://ada@site.example/x", OTHER),
        ("/help/now", OWN_PATH),
        ("/", None),
        ("tea", None),
        ("3.5", None),
        ("end.then", None),
        ("leave.it", None),
        ("www.leave.it", OTHER),
        ("leave.it/now", OTHER),
        ("https://odd.ending", OTHER),
        ("odd.ending", None),
    ],
)
def test_a_link_is_read_as_what_its_domain_says(piece, kind):
    assert LINKS.word_for(piece) == kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see (https://evil.com/x).", ["(https://evil.com/x)."]),
        ("see samaritans.org and evil.com", ["evil.com"]),
        ("WWW.EVIL.COM", ["WWW.EVIL.COM"]),
        ("ada@postbox.example", []),
        ("it was 3.5 or so.", []),
        ("https://samaritans.org.evil.com", ["https://samaritans.org.evil.com"]),
        ("https://samaritans.org@evil.com", ["https://samaritans.org@evil.com"]),
        ("nothing here", []),
    ],
)
def test_only_links_that_nobody_put_on_the_list_are_found_and_where_they_stand(text, found):
    spans = LINKS.unlisted(text, {"Samaritans.org", "www.nhs.example"})
    assert [text[start:end] for start, end in spans] == found


def phones(text: str) -> list[str]:
    reading = READER.read(text)
    hints = list(FINDER.hints())
    return [text[a:b] for rule, a, b in FINDER.details(text, reading, hints) if "phone" in rule]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("call 7946 012", ["7946 012"]),
        ("it is 7946 012", []),
        ("+44 7700 900123", ["+44 7700 900123"]),
        ("(020) 7946 0123", ["(020) 7946 0123"]),
        ("07700900123", ["07700900123"]),
        ("077009001234", []),
        ("call 116 123", []),
        ("call 0800 111 0111", []),
        ("call 00116123", []),
        ("0000000000", []),
        ("2026-11-23 19:00", []),
        ("23/11/2026 1900", []),
        ("192.168.100.200", []),
        ("id_0770090012", []),
        ("order #07700900123", []),
        ("call 1234567890123456", []),
        ("rip my phone 2019-2023", []),
        ("my years there, 2019 – 2023", []),
        ("call 2019-2023-11", ["2019-2023-11"]),
        ("7.5 5.0 2.5 1.25 0.5", []),
        ("555 123 4567", ["555 123 4567"]),
        ("55 12 34 56 78", []),
        ("one two three four five six seven", []),
        ("seven one two nine", []),
    ],
)
def test_a_number_is_a_telephone_only_if_one_would_dial_it(text, found):
    assert phones(text) == found


@given(st.text("0123456789 +()-./x", max_size=40))
def test_every_number_found_has_as_many_digits_as_a_telephone_has(text):
    for found in phones(f"call {text}"):
        assert 7 <= sum(sign.isdigit() for sign in found.split("x")[0]) <= 15


@given(st.lists(st.sampled_from(["tea", "val1um", "5mg,", "💊", "“half”", "k i l l", "end."])))
def test_every_span_of_a_reading_lies_in_what_was_typed_and_on_whole_words(words):
    typed = " ".join(words)
    reading = READER.read(typed)
    assert "".join(f" {word}" for word in reading.text.split()) == reading.text
    for at in range(0, len(reading.text), 3):
        start, end = reading.span(at, min(at + 4, len(reading.text)))
        assert 0 <= start <= end <= len(typed)
        assert start == end or typed[start:end].strip() == typed[start:end]


@pytest.mark.parametrize(
    ("text", "is_an_address"),
    [
        ("write to mo at fernmail dot co dot uk", True),
        ("rae punkt lind at birke punkt de", True),
        ("at that point i put the kettle on", False),
        ("we looked at that dot on the wall", False),
    ],
)
def test_a_spelt_address_ends_as_addresses_do(text, is_an_address):
    found = {finding.rule_id for finding in screen_words(text).findings}
    assert ("personal.email" in found) is is_an_address
