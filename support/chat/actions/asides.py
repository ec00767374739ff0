"""What moderation may do with words for few: the port that feedback and worries fill."""

from collections.abc import Collection

from sqlalchemy import select

from support.base.actor import Actor
from support.base.errors import NotFound
from support.chat.models import Room, SaidAside
from support.chat.rules.afterwards import Aside
from support.chat.rules.places import Said
from support.db.unit import Unit
from support.groups import queries as groups
from support.moderation.ports import Snapshot


class AsideTarget:
    """Feedback or worries, as the moderators' desk reads and changes them."""

    def __init__(self, kind: Aside) -> None:
        self._kind = kind

    def seen_by(self, unit: Unit, actor: Actor, target_id: str) -> Snapshot:  # noqa: ARG002 - port
        """Nobody reports them: they are in no room."""
        raise NotFound("There are no such words.")

    def snapshot(self, unit: Unit, target_id: str) -> Snapshot:
        """The words whoever asks; NotFound once they are gone for good."""
        row = self._row(unit, target_id)
        room = unit.session.get_one(Room, row.room_id)
        return Snapshot(
            author_id=row.author_id,
            room_id=row.room_id,
            body=row.body,
            state=row.state,
            at=row.at,
            id=row.id,
            group_id=room.group_id,
            host_ids=tuple(groups.host_ids(unit, room.group_id)) if room.group_id else (),
        )

    def neighbours(
        self,
        unit: Unit,  # noqa: ARG002 - port
        target_id: str,  # noqa: ARG002 - port
        before: int = 10,  # noqa: ARG002 - port
        after: int = 10,  # noqa: ARG002 - port
    ) -> list[Snapshot]:
        """Nothing stands round them."""
        return []

    def bodies(self, unit: Unit, target_ids: Collection[str]) -> dict[str, str]:
        """The words of many at once."""
        wanted = select(SaidAside.id, SaidAside.body).where(SaidAside.id.in_(target_ids))
        return {row.id: row.body for row in unit.session.execute(wanted)}

    def shown_lately(self, unit: Unit, most: int) -> dict[str, str]:  # noqa: ARG002 - port
        """Nobody but hosts or moderators reads them."""
        return {}

    def said_by(self, unit: Unit, author_id: str, most: int) -> list[Snapshot]:  # noqa: ARG002
        """They are not compared with what somebody says in rooms."""
        return []

    def naming(self, unit: Unit, domains: Collection[str], most: int) -> list[Snapshot]:  # noqa: ARG002
        """Asides are not searched."""
        return []

    def let_through(self, unit: Unit, target_id: str) -> None:
        """The hosts may read them."""
        self._row(unit, target_id).state = Said.VISIBLE

    def remove(self, unit: Unit, target_id: str) -> None:
        """Nobody reads them."""
        self._row(unit, target_id).state = Said.REMOVED

    def keep(self, unit: Unit, target_id: str) -> None:
        """They stay held."""
        self._row(unit, target_id).state = Said.KEPT

    def send_back(self, unit: Unit, target_id: str) -> None:
        """Held until their author says them in another way."""
        self._row(unit, target_id).state = Said.HELD

    def put_back(self, unit: Unit, target_id: str, state: str) -> None:
        """Undo."""
        self._row(unit, target_id).state = Said(state)

    def _row(self, unit: Unit, target_id: str) -> SaidAside:
        row = unit.session.get(SaidAside, target_id)
        if row is None or row.kind != self._kind:
            raise NotFound("There are no such words.")
        return row
