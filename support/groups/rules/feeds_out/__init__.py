"""Our own meetings as other programs read them: Meeting Guide JSON and iCalendar."""

from support.groups.rules.feeds_out.calendar import calendar, single_events
from support.groups.rules.feeds_out.guide import entries
from support.groups.rules.feeds_out.slot import Override, Slot

__all__ = ["Override", "Slot", "calendar", "entries", "single_events"]
