"""Reads a stream whose files have the days of another zone than the exchange's: those of most futures are UTC's.

What an exchange day brings, such as another contract of a continuous future or the end of one, comes at that day's
midnight, in the middle of a file (`Engine/DataFeeds/DateChangeTimeKeeper.cs`, `SubscriptionDataReader.cs`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.data_reader import PriceReader, marked
from leanib.engine.feeds.price_files import PriceRows, load_rows
from leanib.engine.market import BaseData, SubscriptionDataConfig
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.market.calendars import convert_time, midnight
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import Resolution

__all__ = ["ZonedPriceReader", "price_reader"]

_ONE_DAY = timedelta(days=1)
_ZERO = timedelta(0)
_Row = tuple[BaseData, datetime, float]


def price_reader(
    request: SubscriptionRequest, for_fill_forward: bool = True, is_history: bool = False
) -> Iterable[BaseData]:
    """The reader of a request for prices."""
    config = request.configuration
    zoned = config.symbol.asset.can_be_delisted and config.data_time_zone is not config.exchange_time_zone
    return (ZonedPriceReader if zoned else PriceReader)(request, for_fill_forward, is_history)


class ZonedPriceReader(PriceReader):
    """Begins each day of the exchange before its first row, whatever file that is in."""

    _begun = NO_TIME
    _last_end: datetime | None = None
    _mapped_in_file = False

    # --- days ----------------------------------------------------------------------------------------------------

    def _daily_files(self) -> Iterator[Iterable[BaseData]]:
        """Minutes, seconds and ticks: what of a file is of one exchange day, as a part."""
        for day in self._days:
            begins, ends = self._to_exchange(day), self._to_exchange(day + _ONE_DAY)
            date = midnight(begins)
            if date > self._events.delisting_date:
                self._begin(day)
                return
            self._mapped_in_file = False
            while date < ends:
                self._begin(date)
                if self._events.map_file.has_data(day):
                    yield from self._part(day, max(begins, date), date + _ONE_DAY)
                date += _ONE_DAY

    def _to_exchange(self, time: datetime) -> datetime:
        return convert_time(time, self._config.data_time_zone, self._config.exchange_time_zone)

    def _begin(self, date: datetime) -> None:
        """The exchange's day begins, if it is one and has not begun yet: what it brings is queued."""
        config = self._config
        if date <= self._begun or not self._hours.is_date_open(date, config.extended_market_hours):
            return
        self._begun = date
        mapped = config.mapped_symbol
        self._auxiliary.extend(self._events.on_date(date, self._raw_price))
        self._note_silent_end()
        self._mapped_in_file = mapped != config.mapped_symbol

    def _part(self, day: datetime, since: datetime, until: datetime) -> Iterator[Iterable[BaseData]]:
        found = self._day_rows(day, self._since(since), until)
        if found is None:
            return
        rows, out_of_hours = found
        self._last_end = rows.end[-1].item()
        waiting = self._auxiliary
        while waiting:  # one that ends with a row comes after it, before the next row
            before = int(np.searchsorted(rows.end, np.datetime64(waiting[0].end_time), side="right"))
            if before == len(rows):
                break
            if before:
                yield _points(rows.part(slice(before)), out_of_hours[:before])
                rows, out_of_hours = rows.part(slice(before, None)), out_of_hours[before:]
            yield self._waiting_until(rows.end[0].item())
        yield _points(rows, out_of_hours)

    def _since(self, midnight: datetime) -> datetime:
        """A new contract brings the bar that ends at midnight where the old one had none."""
        step = self._config.increment
        if not self._mapped_in_file or self._last_end is None or self._last_end >= midnight or step == _ZERO:
            return midnight
        return midnight - step

    # --- hours and days ------------------------------------------------------------------------------------------

    def _whole_history(self) -> Iterator[BaseData]:
        """Hours and days: one file, or one a ticker and year, and in it an entry for each contract."""
        asset, config, waiting = self._config.symbol.asset, self._config, self._auxiliary
        file: object = None
        rows: list[_Row] = []
        keys: list[datetime] = []
        position = 0
        for date in self._exchange_days():
            while position < len(rows) and keys[position] < date:
                yield from self._row(*rows[position])
                position += 1
            self._begin(date)
            if date > self._events.delisting_date:
                return
            following = asset.file_key(config.mapped_symbol, date)
            if following != file:
                file, position = following, 0
                rows, keys = self._rows_since(date)
        for row in rows[position:]:
            yield from self._row(*row)
        yield from waiting
        waiting.clear()

    def _exchange_days(self) -> Iterator[datetime]:
        day = midnight(self._start)
        while day <= self._end:
            if self._hours.is_date_open(day, self._config.extended_market_hours):
                yield day
            day += _ONE_DAY

    def _row(self, point: BaseData, end: datetime, raw_price: float) -> Iterator[BaseData]:
        self._raw_price, self._last_end = raw_price, end
        if self._auxiliary:
            yield from self._waiting_until(end)
        yield point

    def _rows_since(self, date: datetime) -> tuple[list[_Row], list[datetime]]:
        """The rows of the contract that are wanted from a day on, and the times by which they belong to days."""
        loaded = load_rows(self._config, date) if self._events.map_file.has_data(date) else None
        if loaded is None:
            return [], []
        rows = list(self._rows_from(loaded, self._last_end, date))
        by_end = _is_by_end(self._config)
        return rows, [end if by_end else point.time for point, end, _ in rows]


def _points(rows: PriceRows, out_of_hours: NDArray[np.bool_]) -> Iterable[BaseData]:
    return marked(rows.points(), out_of_hours.tolist()) if out_of_hours.any() else rows.points()


def _is_by_end(config: SubscriptionDataConfig) -> bool:
    """Daily bars of a zone that is ahead begin on the evening before the day that they are of."""
    if config.resolution is not Resolution.DAILY:
        return False
    noon = datetime(2000, 1, 1, 12)
    return convert_time(noon, config.exchange_time_zone, config.data_time_zone) > noon

