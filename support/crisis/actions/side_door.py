"""Words in one's own side room by a signed way in: read and written without any session."""

from typing import Any

from support.accounts import queries as accounts
from support.base.errors import Ended
from support.crisis import queries
from support.crisis.forms import WordsForm
from support.crisis.ports import joined
from support.db.unit import Unit


def say(unit: Unit, known: queries.Pass, form: WordsForm) -> dict[str, Any]:
    """Write into the side room; it is opened now if nobody has taken the case yet."""
    actor = accounts.anyone_by_id(unit, known.person_id)
    if joined.side_rooms is None or actor is None:
        raise Ended(queries.OVER)
    case = queries.case_by_id(unit, known.case_id)
    if case.side_room_id is None:
        case.side_room_id = joined.side_rooms.open(unit, case.id, case.person_id)
        unit.session.flush()
    return joined.side_rooms.say(unit, actor, case.side_room_id, form.body, form.client_id)


def read(unit: Unit, known: queries.Pass) -> list[dict[str, Any]]:
    """What was said in the side room, and one's own words that wait."""
    case = queries.own_facts(unit, known.person_id)
    if joined.side_rooms is None or case is None or case.side_room_id is None:
        return []
    return joined.side_rooms.read(unit, case.side_room_id, known.person_id)
