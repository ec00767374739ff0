"""What a rule set's files teach about spelling: its words, slang, medicines, units and signs."""

from collections.abc import Iterable, Mapping
from typing import Any

from support.base.text import without_marks
from support.moderation.rules.links import Links
from support.moderation.rules.pattern import words_in
from support.moderation.rules.spelling import Spelling, SplitNames, with_one_missing

_LONG_ENOUGH_TO_SPLIT = 6
_LONG_ENOUGH_FOR_SLIPS = 6


def spelling_from(documents: Mapping[str, Mapping[str, Any]], said: Iterable[str]) -> Spelling:
    """All that the reader needs, out of the parsed rule files and every pattern in them."""
    spelled = section(documents, "spelling")
    drugs = _named(section(documents, "drugs"))
    as_written = _named(section(documents, "drugs_as_written"))
    same_as = _swapped(spelled.get("often_swapped", ()))
    same_as |= {typed: meant.split() for typed, meant in spelled.get("same_as", {}).items()}
    known = {without_marks(word).replace("'", "") for word in words_in(list(said))}
    known |= {word for words in same_as.values() for word in words}
    plain = frozenset(spelled.get("not_slips", ()))
    return Spelling(
        words_known=frozenset(known),
        same_as=same_as,
        drugs=as_written | drugs,
        units=frozenset(spelled.get("units", ())),
        emoji=spelled.get("emoji", {}),
        slips=_slips([*drugs, *spelled.get("often_misspelt", ())], known | plain),
        split_names=SplitNames(
            _split_names(drugs, known)
            | _split_names({word: word for word in spelled.get("often_split", ())}, known)
        ),
        links=_links(section(documents, "links")),
        plain_words=plain,
        run_together=tuple(spelled.get("run_together", ())),
    )


def _named(groups: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """Each medicine's name with the word it is read as."""
    return {name: word for word, names in groups.items() if word.endswith("x") for name in names}


def section(documents: Mapping[str, Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """The part of the rule files that has this name; empty where none has."""
    for document in documents.values():
        if name in document:
            section: Mapping[str, Any] = document[name]
            return section
    return {}


def _slips(words: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Every form of a word with one letter missing, leading back to the word."""
    taken = frozenset(known)
    return {
        form: word
        for word in words
        if len(word) >= _LONG_ENOUGH_FOR_SLIPS and word.isalpha()
        for form in with_one_missing(word)
        if form not in taken
    }


def _swapped(words: Iterable[str]) -> dict[str, list[str]]:
    """Every form of a word in which two neighbours, not all the word, have changed places."""
    return {
        f"{word[:at]}{word[at + 1]}{word[at]}{word[at + 2 :]}": [word]
        for word in words
        for at in range(len(word) - 1)
        if word[at] != word[at + 1]
    }


def _split_names(drugs: Mapping[str, str], known: Iterable[str]) -> dict[str, str]:
    taken = frozenset(known)
    return {
        f"{name[:at]} {name[at:]}": word
        for name, word in drugs.items()
        if len(name) >= _LONG_ENOUGH_TO_SPLIT and name.isalpha()
        for at in range(2, len(name) - 1)
        if name[:at] not in taken or name[at:] not in taken
    }


def _links(section: Mapping[str, Any]) -> Links:
    return Links(
        endings=frozenset(section.get("endings", ())),
        doubtful_endings=frozenset(section.get("doubtful_endings", ())),
        public=frozenset(section.get("public", ())),
        kinds=tuple((kind, tuple(words)) for kind, words in section.get("kinds", {}).items()),
    )
