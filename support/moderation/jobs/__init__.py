"""What moderation does by itself: by the clock, and after each message that was stored."""

from support.db.job import Job
from support.moderation.jobs.clock import end, hurry, lapse, refresh_rules, tend_seals
from support.moderation.jobs.second_look import beat

TICKS = [
    Job("moderation.rules", 2.0, refresh_rules, alone=False),
    Job("moderation.lapse", 30.0, lapse),
    Job("moderation.end", 30.0, end),
    Job("moderation.hurry", 300.0, hurry),
    Job("moderation.seals", 600.0, tend_seals),
    Job("moderation.second_look", 5.0, beat, alone=False),
]
