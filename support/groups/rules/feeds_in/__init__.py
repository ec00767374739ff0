"""Meeting lists of other fellowships, read with care: BMLT, Meeting Guide and their dialects."""

from support.groups.rules.feeds_in.listing import Feed, Listing, Skipped
from support.groups.rules.feeds_in.plan import Plan, compare
from support.groups.rules.feeds_in.reader import read_feed

__all__ = ["Feed", "Listing", "Plan", "Skipped", "compare", "read_feed"]
