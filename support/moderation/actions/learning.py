"""Each decision says whether review was right; it is kept beside the finding, nothing retrains."""

from collections.abc import Sequence

from sqlalchemy import update

from support.db.unit import Unit
from support.moderation.models import FoundLabel, ReviewItem
from support.moderation.queries.learning import AGREED, OVERTURNED
from support.moderation.rules.desk import Verdict
from support.moderation.rules.rulebook import HOLDING, LABELS


def learn(unit: Unit, item: ReviewItem, verdict: Verdict, was_right: bool | None) -> None:
    """Keep what the moderator said of review, or what the decision says by itself."""
    labels: Sequence[str]
    if was_right is not None:
        labels, outcome = LABELS, AGREED if was_right else OVERTURNED
    else:
        # Whoever is let be may still have been in danger: only holds are judged by the verdict.
        labels, outcome = tuple(HOLDING), OVERTURNED if verdict is Verdict.ALLOW else AGREED
    unit.session.execute(
        update(FoundLabel)
        .where(FoundLabel.item_id == item.id, FoundLabel.label.in_(labels))
        .values(outcome=outcome)
    )


def unlearn(unit: Unit, item_id: str) -> None:
    """The decision was taken back, and with it what it said of review."""
    unit.session.execute(
        update(FoundLabel).where(FoundLabel.item_id == item_id).values(outcome=None)
    )
