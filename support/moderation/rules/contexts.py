"""What round a hit changes its meaning, and which of it a message could hold: asked all at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, reduce
from operator import or_

from support.moderation.rules.phrase import Phrase

BUILT_IN = frozenset({"quoted", "question", "halved"})
ROUND = 20  # words; a message of no more is near as a whole
NOW = "told_now"  # the context that says so of a hit
_ANYWHERE = frozenset({"message", "round"})


@dataclass(frozen=True)
class Context:
    """Something round a hit that changes its meaning: a negation, a past time, a quotation."""

    name: str
    where: str
    reach: int
    phrases: tuple[Phrase, ...]
    unless: tuple[str, ...]

    @cached_property
    def _by_key(self) -> tuple[int, dict[int, list[Phrase]]]:
        """The rarest word group of each phrase, all together and one by one."""
        found: dict[int, list[Phrase]] = {}
        for phrase in self.phrases:
            found.setdefault(phrase.key, []).append(phrase)
        return reduce(or_, found, 0), found

    def possible(self, mask: int) -> list[Phrase]:
        """The phrases for which all word groups are there: only those whose rarest is are asked."""
        keys, phrases = self._by_key
        found: list[Phrase] = []
        for key in bits_in(keys & mask):
            found += [each for each in phrases[key] if each.mask & mask == each.mask]
        return found

    @cached_property
    def crosses(self) -> int:
        """How many words past the end of a sentence it may go on; 0 if it stands within one."""
        return max((phrase.reach for phrase in self.phrases), default=0)

    @property
    def is_far(self) -> bool:
        """Whether it may stand farther from a hit than its sentence and what is round it."""
        is_wide = self.where == "near" and not self.reach
        return is_wide or self.where in _ANYWHERE or self.reach > ROUND


def bits_in(bits: int) -> Iterator[int]:
    """Each bit of a number alone, the lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest
        bits ^= lowest


class Names(tuple[str, ...]):
    """Some contexts by their names; the same as bits, so that one look says if any could hold."""

    bits: int

    def __new__(cls, names: Iterable[str], bits: int) -> "Names":
        """The names as they are written, and the bits of all of them."""
        made = super().__new__(cls, names)
        made.bits = bits
        return made


class Contexts(dict[str, Context]):
    """All contexts of a rule set by name; each has a bit, those built in have the first."""

    def __init__(self, contexts: Iterable[Context]) -> None:
        """Number them; a KeyError names a context that another one asks for and nobody has."""
        made = list(contexts)
        self.names = (*sorted(BUILT_IN), *(each.name for each in made))
        self.bits = {name: 1 << number for number, name in enumerate(self.names)}
        super().__init__((each.name, each) for each in made)
        self.undone_by = {each.name: self.named(each.unless) for each in made}
        self.always = self.named(BUILT_IN).bits
        self.far = self.named(each.name for each in made if each.is_far).bits

    def named(self, names: Iterable[str]) -> Names:
        """Some of them; a KeyError says which there is not."""
        known = tuple(names)
        return Names(known, reduce(or_, map(self.bits.__getitem__, known), 0))

    def in_bits(self, bits: int) -> Iterator[str]:
        """The names of these bits."""
        for bit in bits_in(bits):
            yield self.names[bit.bit_length() - 1]

    def bits_of(self) -> Iterator[tuple[int, Phrase]]:
        """Each phrase with the bit of its context."""
        for name, context in self.items():
            for phrase in context.phrases:
                yield self.bits[name], phrase
