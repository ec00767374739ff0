"""What a host writes for all to read (topic, script) is read by review like any other words."""

from support.base.errors import Invalid
from support.db.unit import Unit
from support.moderation import queries as desk
from support.moderation.rules import screen

SENTENCE = "Part of this could not be shown in a room. No doses, trades, links or names."


def check_words(unit: Unit, field: str, text: str) -> None:
    """Raise Invalid beside this field for words that would be held if they were a message."""
    if not text:
        return
    allowed = desk.allowed_domains(unit, text)
    if screen(text, author_is_newcomer=False, allowed_domains=allowed).holds:
        raise Invalid("Please check what is marked.", fields={field: SENTENCE})
