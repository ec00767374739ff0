"""What takes two about a colleague, for how long one alone can stop them, and how it is said."""

from datetime import UTC, datetime

import pytest

from support.moderation.rules.colleagues import (
    AN_HOUR,
    COLLEAGUE_MEANWHILE,
    NOTHING_YET,
    stop_for,
    takes_two,
)
from support.moderation.rules.desk import SanctionKind, Verdict
from support.moderation.rules.effects import SECOND, about_a_colleague, effects_of

NOW = datetime(2030, 1, 1, tzinfo=UTC)
WEEK = 7 * 24 * 60
LIMITS = (SanctionKind.MUTE, SanctionKind.SUSPEND, SanctionKind.BAN)
WORDS = (SanctionKind.WARN, SanctionKind.REMOVE_FROM_GROUP)


@pytest.mark.parametrize("minutes", [1, WEEK, WEEK + 1, None])
@pytest.mark.parametrize("kind", LIMITS)
def test_every_limit_on_a_colleague_takes_two(kind, minutes):
    assert takes_two(kind, minutes, colleague=True)


@pytest.mark.parametrize("kind", WORDS)
def test_what_limits_nobody_takes_one(kind):
    assert not takes_two(kind, None, colleague=True)


@pytest.mark.parametrize(("minutes", "two"), [(1, False), (WEEK, False), (WEEK + 1, True)])
def test_about_others_only_what_is_grave_takes_two(minutes, two):
    assert takes_two(SanctionKind.BAN, minutes, colleague=False) is two
    assert not takes_two(SanctionKind.MUTE, minutes, colleague=False)


@pytest.mark.parametrize(("minutes", "held"), [(None, 60), (WEEK, 60), (60, 60), (5, 5)])
def test_one_alone_stops_a_colleague_for_an_hour_at_most(minutes, held):
    assert stop_for(SanctionKind.BAN, minutes, stopped_lately=False, others=1) == held
    assert held <= COLLEAGUE_MEANWHILE


@pytest.mark.parametrize(
    ("kind", "lately", "others"),
    [
        (SanctionKind.MUTE, False, 2),
        (SanctionKind.BAN, True, 2),
        (SanctionKind.BAN, False, 0),
    ],
)
def test_nothing_holds_for_a_mute_a_second_time_or_with_nobody_to_look(kind, lately, others):
    assert stop_for(kind, 60, stopped_lately=lately, others=others) is None


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [(Verdict.MUTE, NOTHING_YET), (Verdict.SUSPEND, AN_HOUR), (Verdict.BAN, AN_HOUR)],
)
def test_the_page_says_so_before_the_click(verdict, sentence):
    told = effects_of(verdict, 30, NOW, shown=True, reported=False)
    assert told.second is None
    assert about_a_colleague(told, verdict).second == sentence


@pytest.mark.parametrize("verdict", [Verdict.WARN, Verdict.REMOVE, Verdict.ALLOW])
def test_and_says_nothing_where_nothing_waits(verdict):
    told = effects_of(verdict, None, NOW, shown=True, reported=False)
    assert about_a_colleague(told, verdict) == told


@pytest.mark.parametrize(("minutes", "endless"), [(None, True), (30, False)])
def test_a_limit_without_end_is_called_so(minutes, endless):
    for verdict in (Verdict.MUTE, Verdict.SUSPEND, Verdict.BAN):
        assert effects_of(verdict, minutes, NOW, shown=True, reported=False).endless is endless
    assert not effects_of(Verdict.WARN, None, NOW, shown=True, reported=False).endless
    assert effects_of(Verdict.BAN, None, NOW, shown=True, reported=False).second == SECOND
