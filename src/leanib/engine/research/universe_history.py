"""What universes selected on past days (`Research/QuantBook.cs`, `UniverseHistory` and `PerformSelection`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.algorithm.history_requests import Options
from leanib.engine.dotnet.collections import List
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.market.universe import BaseDataCollection, Universe
from leanib.engine.market.universe.universe import UnchangedUniverse
from leanib.engine.symbols import Market, Symbol
from leanib.engine.universes.fundamental import FundamentalUniverse, FundamentalUniverseFactory

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm
    from leanib.engine.scheduling.rules import IDateRule
    from leanib.engine.timezones import DateTimeZone

__all__ = ["collections_of", "selected", "universe_of_type"]

Select = Callable[[datetime, BaseDataCollection], Iterable[Symbol]]


def universe_of_type(algorithm: QCAlgorithm, kind: object) -> Universe:
    """The universe of a class of universe data, such as `Fundamentals`.

    Raises:
        ArgumentException: It is none.
    """
    if isinstance(kind, type) and issubclass(kind, FundamentalUniverse):
        return FundamentalUniverseFactory(Market.USA, algorithm.universe_settings, _everything)
    raise ArgumentException(f"Failed to convert given universe {kind}. Please provider a valid Universe")


def _everything(data: Iterable[Any]) -> list[Symbol]:
    return [point.symbol for point in data]


def collections_of(
    algorithm: QCAlgorithm, universe: Universe, start: datetime, end: datetime
) -> Iterator[BaseDataCollection]:
    """The data that a universe selects from, a collection a day; times are the algorithm's."""
    configuration = universe.configuration
    options = Options(resolution=configuration.resolution)
    requests = algorithm.history_requests.date_range([configuration.symbol], configuration.type, start, end, options)
    for each in base_of(algorithm).get_history(requests):
        yield from (point for point in each.points if isinstance(point, BaseDataCollection))


def selected(
    days: Iterable[BaseDataCollection],
    select: Select | None,
    zone: DateTimeZone,
    date_rule: IDateRule | None,
    start: datetime,
    end: datetime,
) -> list[BaseDataCollection]:
    """The collections of the days that count, each with only what is selected.

    Args:
        days: The data, in order of time.
        select: What selects, given a UTC time and the data; None takes everything.
        zone: The zone of the data's times.
        date_rule: The days that count: on each the data of that day, or of the last day before it.
        start: From when the rule is asked.
        end: Until when.
    """
    chosen: set[Symbol] | None = None
    result = []
    for data in days if date_rule is None else _on_dates(days, date_rule.get_dates(start, end)):
        if select is not None:
            symbols = select(zone.to_utc(data.end_time), data)
            if not isinstance(symbols, UnchangedUniverse):
                chosen = set(symbols)
            if chosen is not None:
                data.data = List(point for point in data.data if point.symbol in chosen)
        result.append(data)
    return result


def _on_dates(days: Iterable[BaseDataCollection], dates: Iterable[datetime]) -> Iterator[BaseDataCollection]:
    """Each collection at most once: that of a date, or the last one before it."""
    due = deque(dates)
    before: BaseDataCollection | None = None
    for data in days:
        taken = False
        while due and data.end_time.date() >= due[0].date():
            if data.end_time.date() == due[0].date():
                yield data
                taken = True
            elif before is not None:
                yield before
            before = None
            due.popleft()
        if not taken:
            before = data
