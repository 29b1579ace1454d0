"""UTC times carry their zone for an algorithm, and the engine's naive ones still meet them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from leanib.engine.timezones import TimeZones
from leanib.engine.timezones.utc_time import UtcDateTime, naive_utc

NAIVE = datetime(2013, 10, 7, 14)
SEEN = UtcDateTime.of(NAIVE)


def test_a_utc_time_prints_its_zone():
    """As LEAN's Python prints a `DateTime` of kind Utc; .NET's empty time has none."""
    assert str(SEEN) == "2013-10-07 14:00:00+00:00"
    assert SEEN.tzinfo is UTC
    assert str(SEEN + timedelta(days=1)) == "2013-10-08 14:00:00+00:00"
    assert str(UtcDateTime.of(datetime(1, 1, 1))) == "0001-01-01 00:00:00"


@pytest.mark.parametrize("other", [NAIVE, NAIVE.replace(tzinfo=UTC), SEEN])
def test_it_meets_naive_and_zoned_times(other):
    """Comparisons, differences and dictionaries, from either side."""
    later = other + timedelta(hours=1)
    for left, right in ((SEEN, other), (other, SEEN)):
        assert left == right
        assert left <= right
        assert not left < right
    for earlier, after in ((SEEN, later), (other, SEEN + timedelta(hours=1))):
        assert earlier < after
        assert after > earlier
        assert earlier != after
    assert later - SEEN == timedelta(hours=1)
    assert SEEN - later == timedelta(hours=-1)
    assert {NAIVE: "found"}[SEEN] == "found"


def test_other_zones_keep_their_own_moment():
    """Only what has no zone is taken for UTC."""
    tokyo = SEEN.astimezone(timezone(timedelta(hours=9)))
    assert tokyo == NAIVE
    assert naive_utc(tokyo) == NAIVE
    assert type(naive_utc(tokyo)) is datetime


def test_a_time_that_a_user_has_seen_can_be_given_back():
    """Local times made of it have no zone."""
    local = TimeZones.NEW_YORK.to_local(SEEN)
    assert local == datetime(2013, 10, 7, 10)
    assert local.tzinfo is None
    assert type(TimeZones.NEW_YORK.to_utc(TimeZones.NEW_YORK.to_local(SEEN))) is datetime
