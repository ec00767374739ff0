"""Pieces of a pattern put together, and what a text cannot lack that any of their ways matches."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from support.moderation.rules.phrase import rarest

_DEEPEST_NEEDS = 3
_MOST_PAIRS = 40
MARK = frozenset(",")
"""Every mark and the beginning of a text, where pairs of neighbours are told."""

Forms = frozenset[str] | None
"""What may stand at a place: these words, `#` for a number, `,` for a mark; None is anything."""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a pattern: what it looks like in re2, and word groups it cannot be without.

    A plain one is nothing but a word of its one group: whoever has seen the word needs no search.
    One that ends open may end with a mark; its words end where words end already. A group may hold
    pairs of neighbours ("cold turkey"). One that stops ends with a sentence; one that crosses goes
    on after it. One that opens may ask for the beginning of a clause: nothing can stand before it.
    The length is how many words it may have.
    """

    built: str
    needs: tuple[frozenset[str], ...] = ()
    is_plain: bool = False
    ways: tuple["Part", ...] = ()
    ends_open: bool = False
    first: Forms = None
    last: Forms = None
    length: int = 1
    may_lack: bool = False
    stops: bool = False
    crosses: bool = False
    opens: bool = False

    def or_nothing(self) -> "Part":
        """The same where it may be missing: nothing in it is needed."""
        return replace(
            self, built=f"{self.built}?", needs=(), is_plain=False, ways=(), ends_open=False,
            may_lack=True,
        )  # fmt: skip


def in_a_row(parts: Sequence[Part]) -> Part:
    """One part after the other."""
    if len(parts) == 1:
        return parts[0]
    firsts = _at_the_edge([(part.first, part.may_lack) for part in reversed(parts)])[::-1]
    lasts = _at_the_edge([(part.last, part.may_lack) for part in parts])
    pairs = [
        _pairs(part.last, after)
        for part, after in zip(parts, firsts[1:], strict=False)
        if not part.may_lack
    ]
    needs = [group for part in parts for group in part.needs] + list(filter(None, pairs))
    return Part(
        "".join(part.built for part in parts),
        tuple(dict.fromkeys(needs)),
        ends_open=bool(parts) and parts[-1].ends_open,
        first=firsts[0] if parts else None,
        last=lasts[-1] if parts else None,
        length=sum(part.length for part in parts),
        may_lack=all(part.may_lack for part in parts),
        stops=bool(parts) and _may_stop(parts),
        crosses=any(part.crosses for part in parts) or any(part.stops for part in parts[:-1]),
        opens=bool(parts) and parts[0].opens,
    )


def _may_stop(parts: Sequence[Part]) -> bool:
    """Whether the last part that is there may end a sentence."""
    for part in reversed(parts):
        if part.stops:
            return True
        if not part.may_lack:
            return False
    return False


def _at_the_edge(row: Iterable[tuple[Forms, bool]]) -> list[Forms]:
    """What may stand at the end of a row, for each of its beginnings."""
    found: list[Forms] = []
    so_far: Forms = None
    for forms, may_lack in row:
        if may_lack:
            so_far = None if forms is None or so_far is None else forms | so_far
        else:
            so_far = forms
        found.append(so_far)
    return found


def _pairs(before: Forms, after: Forms) -> frozenset[str]:
    """The pairs of neighbours one of which must be there; none, if it could be anything."""
    if before is None or after is None or len(before) * len(after) > _MOST_PAIRS:
        return frozenset()
    return frozenset(map(" ".join, product(before, after)))


def either(parts: Sequence[Part]) -> Part:
    """A choice cannot be without one word of each way; a way without words asks for none.

    The rarest words of all ways are one group, the second rarest another: a short way stands in
    each with the word that it has.
    """
    if len(parts) == 1:
        return replace(parts[0], built=f"(?:{parts[0].built})")
    is_open = any(part.ends_open for part in parts)
    ends = [r"\b" if is_open and not part.ends_open else "" for part in parts]
    built = "|".join(part.built + end for part, end in zip(parts, ends, strict=True))
    return Part(
        f"(?:{built})",
        _needs_of_ways(parts),
        all(part.is_plain for part in parts),
        tuple(way for part in parts for way in (part.ways or (part,))),
        is_open,
        first=_any_of(part.first for part in parts),
        last=_any_of(part.last for part in parts),
        length=max(part.length for part in parts),
        may_lack=any(part.may_lack for part in parts),
        stops=any(part.stops for part in parts),
        crosses=any(part.crosses for part in parts),
        opens=any(part.opens for part in parts),
    )


def _any_of(forms: Iterable[Forms]) -> Forms:
    found: set[str] = set()
    for each in forms:
        if each is None:
            return None
        found |= each
    return frozenset(found) if len(found) <= _MOST_PAIRS else None


def _needs_of_ways(parts: Sequence[Part]) -> tuple[frozenset[str], ...]:
    if not all(part.needs for part in parts):
        return ()
    ranked = [part.needs if part.is_plain else rarest(part.needs) for part in parts]
    depth = min(_DEEPEST_NEEDS, max(map(len, ranked)))
    groups = [
        frozenset().union(*(row[min(at, len(row) - 1)] for row in ranked)) for at in range(depth)
    ]
    return tuple(dict.fromkeys(groups))
