"""The quick way of an event: parsed in the loop, written with others, no greenlet of its own.

An event that has one (`quickly(…)`) takes it where nothing is in the way. Whatever is unusual
about it, from a half-written form to a person who may not, goes the ordinary way and is answered
there, so this file refuses nobody and knows no rule.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import orjson

from support.base.errors import Declined
from support.db.batch import Piece
from support.db.session import Unit
from support.web.carrier import Carrier
from support.web.outbox import OUTBOX
from support.web.packing import MOST_BRACKETS, answer_frame

_EVENT = re.compile(r'42(\d{1,15})\["([a-z:]{1,40})",')


class Form(Protocol):
    """What an event carries."""

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Any:
        """Read it or raise."""


@dataclass(slots=True)
class Asked:
    """One event: by which log-in it came, what it carries, and whether it has been counted."""

    account_id: str
    session_id: str
    form: Any
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Quickly:
    """How many events of a kind are done at once.

    `together` gives an answer for each, or None for one that is then done by `alone`, for the
    person as they stand.
    """

    form: type[Form]
    together: Callable[[Unit, Sequence[Asked]], Sequence[dict[str, Any] | None]]
    alone: Callable[[Unit, Any, Asked], dict[str, Any]]


Answer = Callable[[str, dict[str, Any] | None, BaseException | None], dict[str, Any]]
Alone = Callable[[str, Unit, Asked], dict[str, Any]]


class QuickWay:
    """The events of a house that have a quick way, and how the house does and answers them."""

    def __init__(
        self,
        ways: Mapping[str, Quickly],
        add: Callable[[Piece], None],
        alone: Alone,
        answer: Answer,
    ) -> None:
        self._ways = ways
        self._add = add
        self._alone = alone
        self._answer = answer

    def take(self, carrier: Carrier, packet: str) -> bool:
        """Whether this packet went the quick way."""
        found = _EVENT.match(packet)
        way = self._ways.get(found[2]) if found else None
        wire = carrier.wire
        if found is None or way is None or wire is None or not carrier.is_let_in:
            return False
        asked = _asked(way, wire.account_id, wire.session_id, packet[found.end() : -1])
        if asked is None:
            return False
        number, event = found[1], found[2]
        carrier.pending += 1

        def done(value: Any, error: BaseException | None) -> None:
            carrier.pending -= 1
            if not carrier.closed:
                OUTBOX.put(carrier, answer_frame(number, self._answer(event, value, error)))

        self._add(Piece(lambda unit: self._alone(event, unit, asked), done, way.together, asked))
        return True


def _asked(way: Quickly, account_id: str, session_id: str, text: str) -> Asked | None:
    if text.count("{") + text.count("[") > MOST_BRACKETS:
        return None
    try:
        data = orjson.loads(text)
        if not isinstance(data, dict):
            return None
        form = way.form.parse(data)
    except (Declined, ValueError):
        return None
    return Asked(account_id, session_id, form)
