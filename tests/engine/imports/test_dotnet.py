"""The .NET types that algorithms use behave as their Python counterparts with .NET's names."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from leanib.engine.dotnet import (
    DateTime,
    Dictionary,
    FormatException,
    Guid,
    InvalidOperationException,
    List,
    Math,
    Nullable,
    Random,
    TimeSpan,
)


def test_random_repeats_dotnets_numbers():
    """The first numbers of `new Random(42)` in .NET."""
    random = Random(42)
    assert random.next() == 1434747710
    assert [round(random.next_double(), 12) for _ in range(2)] == [0.140907298373, 0.125518289453]
    assert Random(42).Next(100) == 66


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        (TimeSpan(1, 2, 3), timedelta(hours=1, minutes=2, seconds=3)),
        (TimeSpan(1, 2, 3, 4), timedelta(days=1, hours=2, minutes=3, seconds=4)),
        (TimeSpan.FromHours(1.5), timedelta(minutes=90)),
        (TimeSpan.ZERO, timedelta(0)),
        (DateTime(2020, 1, 31), datetime(2020, 1, 31)),
        (DateTime.Parse("2020-01-31"), datetime(2020, 1, 31)),
    ],
)
def test_values_are_pythons(made, expected):
    """A TimeSpan is a timedelta and a DateTime a datetime."""
    assert made == expected


def test_collections_answer_to_dotnets_names():
    """`add`, `contains_key` and their PascalCase forms."""
    numbers = List[int]()
    numbers.Add(3)
    table = Dictionary[str, int]()
    table.add("a", 1)
    assert numbers == [3]
    assert table.ContainsKey("a")
    assert table.try_get_value("b") == (False, None)


def test_exceptions_can_be_caught_as_pythons():
    """What LEAN calls InvalidOperationException is a RuntimeError here."""
    with pytest.raises(RuntimeError):
        raise InvalidOperationException("no")
    assert Math.Sign(-2.5) == -1


def test_constants_of_data_that_is_not_there_and_fixed_zones_are_known():
    """Codes are numbers, with or without a data folder that has values for them; NodaTime has zones of fixed offset."""
    from datetime import datetime, timedelta

    from leanib.engine.timezones import DateTimeZone
    from leanib.engine.universes import MorningstarIndustryCode, MorningstarSectorCode

    assert MorningstarSectorCode.TECHNOLOGY == MorningstarSectorCode.Technology == 311
    assert len([name for name in vars(MorningstarIndustryCode) if name.isupper()]) > 140
    zone = DateTimeZone.of("UTC-05")
    assert zone.to_local(datetime(2020, 7, 1, 12)) == datetime(2020, 7, 1, 7)
    assert DateTimeZone.of("UTC+05:30").offset_at_utc(datetime(2020, 1, 1)) == timedelta(hours=5, minutes=30)


def test_guids_and_nullables_are_those_of_system():
    """`from System import *` brings them; a Guid is written in .NET's ways, a nullable is its value."""
    first, second = Guid.NewGuid(), Guid.new_guid()
    assert first != second
    assert Guid.parse(str(first)) == first
    assert Guid.Empty.ToString("N") == "0" * 32
    assert first.to_string("B") == f"{{{first}}}"
    with pytest.raises(FormatException, match="Unrecognized Guid format: x"):
        Guid.parse("x")
    assert Nullable[int](3) == 3
    assert Nullable[int]() is None
