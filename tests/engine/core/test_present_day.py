"""What an algorithm takes for today: that of its own time zone, as LEAN does (`Algorithm/QCAlgorithm.cs`)."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.dotnet.exceptions import RefusedArgument

EVENING = datetime(2026, 12, 1, 3, 0)  # UTC: the evening of November in New York, the first of December in Tokyo


@pytest.fixture(params=["Pacific/Auckland", "UTC", "America/Los_Angeles"])
def machine(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The machine's zone, which is nobody's business."""
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield request.param
    time.tzset()


@pytest.fixture
def algorithm(machine: str, monkeypatch: pytest.MonkeyPatch) -> QCAlgorithm:
    """One that is made at that moment."""
    monkeypatch.setattr(QCAlgorithm, "_qc_wall_clock", staticmethod(lambda: EVENING))
    return QCAlgorithm()


def test_without_an_end_it_runs_to_new_yorks_yesterday(algorithm: QCAlgorithm) -> None:
    """The default end."""
    assert algorithm.end_date.date() == datetime(2026, 11, 29).date()


@pytest.mark.parametrize(("zone", "last"), [("America/New_York", 29), ("Asia/Tokyo", 30), ("UTC", 30)])
def test_the_end_is_yesterday_at_most(algorithm: QCAlgorithm, zone: str, last: int) -> None:
    """In the zone that the algorithm has by then."""
    algorithm.set_time_zone(zone)
    algorithm.set_end_date(2030, 1, 1)
    assert algorithm.end_date.date() == datetime(2026, 11, last).date()


def test_the_start_is_today_at_most(algorithm: QCAlgorithm) -> None:
    """Tomorrow of New York is refused, although it is there in Tokyo."""
    algorithm.set_start_date(2026, 11, 30)
    with pytest.raises(RefusedArgument, match="less than today"):
        algorithm.set_start_date(2026, 12, 1)
    algorithm.set_time_zone("Asia/Tokyo")
    algorithm.set_start_date(2026, 12, 1)
