"""What a plan is made of: a few headings, and lines in a person's own words."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

LONGEST_LINE = 300
MOST_LINES = 60


class Heading(StrEnum):
    """The parts of a plan, in the order in which somebody in trouble reads them."""

    SIGNS = "signs"
    HELPS = "helps"
    PEOPLE = "people"
    PLACES = "places"
    CALL = "call"
    SAFER = "safer"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a plan, opened."""

    id: str
    heading: Heading
    text: str

    def facts(self) -> dict[str, str]:
        """For JSON."""
        return {"id": self.id, "text": self.text}


@dataclass(frozen=True, slots=True)
class Plan:
    """Somebody's own plan; the lines of each heading in the order in which they were written."""

    lines: tuple[Line, ...]

    @property
    def headings(self) -> list[Heading]:
        """All of them, in order."""
        return list(Heading)

    def under(self, heading: Heading) -> list[Line]:
        """The lines of one heading."""
        return [line for line in self.lines if line.heading is heading]

    def facts(self) -> dict[str, object]:
        """For JSON: every heading, also those with nothing under them."""
        return {
            "plan": [
                {"heading": heading, "lines": [line.facts() for line in self.under(heading)]}
                for heading in self.headings
            ]
        }


def plan_of(lines: Iterable[Line]) -> Plan:
    """The lines as they come, oldest first, as a plan."""
    return Plan(tuple(lines))
