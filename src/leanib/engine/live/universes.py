"""The data of universes in a live run (`LiveTradingDataFeed.cs`, CreateUniverseSubscription).

Universes that select at times of their own do so when these come. The others select from files of the data folder, of
the day before: a file is looked for once its day is over, and again every ten minutes until it is there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from leanib.engine.feeds.source_reader import universe_points
from leanib.engine.market import BaseData
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import ONE_DAY, convert_time
from leanib.engine.market.universe import BaseDataCollection, UserDefinedUniverse
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.universes.contracts import ContinuousContractUniverse

__all__ = ["live_universe_points"]

_LOOK_AGAIN = timedelta(minutes=10)
_GIVE_UP = timedelta(days=1)


def live_universe_points(request: SubscriptionRequest, now: Callable[[], datetime]) -> Iterator[BaseData | None]:
    """The points that a universe selects from; None while there is nothing.

    Args:
        request: The universe's stream.
        now: The moment up to which is read, naive UTC.
    """
    universe = request.universe
    if isinstance(universe, ContinuousContractUniverse):
        universe.selects_by_day = True
        return universe_points(request)
    if isinstance(universe, UserDefinedUniverse) or getattr(universe, "is_time_triggered", False):
        return universe_points(request)
    files = _daily_files(request, now)
    schedule = universe.universe_settings.schedule
    if not schedule.initialized:
        return files
    times = schedule.get(request.start_time_local, request.end_time_local)
    return _at_times(files, times, lambda: request.exchange_hours.time_zone.to_local(now()))


def _daily_files(request: SubscriptionRequest, now: Callable[[], datetime]) -> Iterator[BaseData | None]:
    zone = request.exchange_hours.time_zone
    data_zone = request.configuration.data_time_zone
    for day in request.tradable_days_in_data_time_zone():
        start = convert_time(day, data_zone, zone)
        of_day = request.replace(
            start_time_utc=zone.to_utc(start), end_time_utc=zone.to_utc(start + ONE_DAY - timedelta.resolution)
        )
        while zone.to_local(now()) < start + ONE_DAY:
            yield None
        looked = NO_TIME
        while True:
            if now() - looked >= _LOOK_AGAIN:
                looked = now()
                found = [point for point in universe_points(of_day) if point is not None]
                if any(_holds_data(point) for point in found):
                    yield from found
                    break
                if zone.to_local(now()) >= start + ONE_DAY + _GIVE_UP:
                    break
            yield None


def _holds_data(point: BaseData) -> bool:
    return not isinstance(point, BaseDataCollection) or bool(point.data)


def _at_times(
    files: Iterator[BaseData | None], times: Iterator[datetime], local_now: Callable[[], datetime]
) -> Iterator[BaseData | None]:
    """At each time the newest point that is there by then."""
    newest: BaseData | None = None
    for due in times:
        while local_now() < due:
            yield None
        while (point := next(files, None)) is not None:
            newest = point
        if newest is not None:
            selected = newest.clone()
            selected.end_time = due
            yield selected
