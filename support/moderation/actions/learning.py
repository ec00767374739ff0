"""Each decision says whether review was right; it is kept beside the finding, nothing retrains."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select, update

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


def outcomes_of(unit: Unit, item_id: str) -> dict[str, str | None]:
    """What stands beside each finding of an item, so that it can be put back."""
    rows = unit.session.execute(
        select(FoundLabel.id, FoundLabel.outcome).where(FoundLabel.item_id == item_id)
    )
    return {finding_id: outcome for finding_id, outcome in rows}


def put_back(unit: Unit, outcomes: Mapping[str, str | None]) -> None:
    """The same findings say again what they said."""
    for outcome in set(outcomes.values()):
        ids = [finding_id for finding_id, said in outcomes.items() if said == outcome]
        again = update(FoundLabel).where(FoundLabel.id.in_(ids)).values(outcome=outcome)
        unit.session.execute(again)


def unlearn(unit: Unit, item_id: str) -> None:
    """The decision was taken back, and with it what it said of review."""
    unit.session.execute(
        update(FoundLabel).where(FoundLabel.item_id == item_id).values(outcome=None)
    )
