"""Phone numbers and e-mail addresses in any spelling: what would let a stranger find a person."""

from collections.abc import Iterator

from support.moderation.rules.reading import Reading


def contact_details(text: str, reading: Reading) -> Iterator[tuple[str, int, int]]:
    """Each contact detail as rule id and span."""
    yield from ()
