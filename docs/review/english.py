"""Writes the list of English words by which the second look tells English from other languages.

    python docs/review/english.py      corpus, split `train` → support/moderation/data/english_words.txt

A word is listed where it stands in OFTEN families or more, and in three times as many as of other
languages. Nothing is taken from outside: the corpus is our own text.
"""

from collections import Counter

import train

from support.moderation.rules.meaning.english import LIST, words_of

OFTEN, MORE = 3, 3
OTHERS = ("tongues", "t1-languages", "sixteenth_", "seventeenth_")
REMARK = "# Words of English as it is written in such rooms, from support/moderation/corpus (docs/review/english.py)."


def listed(lines: list[list[str]]) -> list[str]:
    """The words, in their order; of each family the first text counts."""
    english, others, known = Counter[str](), Counter[str](), set[str]()
    for line in lines:
        family = train.family_of(line[0])
        if family not in known:
            known.add(family)
            is_other = any(mark in family for mark in OTHERS)
            (others if is_other else english).update(set(words_of(line[4])))
    return sorted(
        word for word, often in english.items() if often >= OFTEN and often >= MORE * others[word]
    )


def main() -> None:
    """Write the list."""
    words = listed(train.corpus("train"))
    LIST.write_text("\n".join([REMARK, *words]) + "\n", encoding="utf-8")
    print(len(words))


if __name__ == "__main__":
    main()
