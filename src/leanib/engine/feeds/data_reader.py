"""Reads one stream from the data folder, day by day, with its corporate events merged in.

From `Engine/DataFeeds/SubscriptionDataReader.cs` and `Enumerators/AuxiliaryDataEnumerator.cs`. Points come in the
exchange's zone, scaled as the normalization mode asks. Those of minutes, seconds and ticks outside of market hours
are dropped here, except those that fill-forward needs to know, which carry `OUT_OF_HOURS`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leanib.engine.feeds.corporate_events import CorporateEvents
from leanib.engine.feeds.market_time import open_rows
from leanib.engine.feeds.price_files import NO_SIDE, PriceRows, Sides, is_dated, load_rows
from leanib.engine.feeds.start_limits import START_LIMITS
from leanib.engine.market import BaseData, QuoteBar, SubscriptionDataConfig
from leanib.engine.market.calendars import midnight
from leanib.engine.market.factor_files import FactorFile
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.numbers import middle
from leanib.engine.symbols import DataNormalizationMode, Resolution, TickType

__all__ = ["OUT_OF_HOURS", "PriceReader", "last_prices", "marked"]

OUT_OF_HOURS: Any = None
"""The `is_fill_forward` of a point that lies outside of market hours: known to fill-forward, seen by nobody else."""

_ONE_DAY = timedelta(days=1)
_TIME = np.dtype("datetime64[us]")
_TOTAL_RETURN = DataNormalizationMode.TOTAL_RETURN


class PriceReader:
    """Iterates over the prices and the corporate events of a request."""

    _comes_in_blocks = False

    def __init__(self, request: SubscriptionRequest, for_fill_forward: bool = True, is_history: bool = False) -> None:
        """`for_fill_forward`: whether points out of market hours are wanted too, as fill-forward needs them."""
        self._for_fill_forward = for_fill_forward
        self._is_history = is_history
        self._config: SubscriptionDataConfig = request.configuration
        self._hours = request.exchange_hours
        self._start = request.start_time_local
        self._end = request.end_time_local
        self._days = request.tradable_days_in_data_time_zone()
        self._auxiliary: deque[BaseData] = deque()
        self._raw_price = 0.0
        self._past_delisting = False
        self._sides: Sides = (NO_SIDE, NO_SIDE)

    def __iter__(self) -> Iterator[BaseData]:
        return chain.from_iterable(self._parts())

    def _parts(self) -> Iterator[Iterable[BaseData]]:
        """The points, in parts that itertools strings together: no generator of ours has to pass each point on."""
        if not self._open():
            return
        if is_dated(self._config.resolution):
            yield from self._daily_files()
        else:
            yield self._whole_history()
        yield self._auxiliary

    def _open(self) -> bool:
        """Find the corporate events; whether the security was not delisted before the start."""
        self._events = CorporateEvents(self._config, self._start)
        self._contract_factors = self._config.symbol.asset.contract_factors(self._config)
        self._limit_start(self._events.factor_file)
        return midnight(self._start) <= self._events.delisting_date

    def _limit_start(self, factors: FactorFile | None) -> None:
        """Data that the factor file cannot scale, or before the first day of the map file, is not used."""
        if factors is None:
            return
        symbol, first = self._config.symbol, factors.factor_file_minimum_date
        if first is not None and self._start < first:
            self._start = first
            START_LIMITS().on_precision(symbol, first, self._is_history)
        first = self._events.map_file.first_date
        if self._start < first:
            self._start = first
            START_LIMITS().on_first_date(symbol, first, self._is_history)

    # --- days ----------------------------------------------------------------------------------------------------

    def _advance(self) -> datetime | None:
        """The next day that has data; its corporate events are queued. None when there is none."""
        while not self._past_delisting:
            day = next(self._days, None)
            if day is None:
                return None
            self._past_delisting = day > self._events.delisting_date
            self._auxiliary.extend(self._events.on_date(day, self._raw_price))
            self._note_silent_end()
            if not self._past_delisting and self._events.map_file.has_data(day):
                return day
        return None

    def _note_silent_end(self) -> None:
        """Fill-forward has to know that the security is delisted, if nobody else has."""
        end = self._events.silent_end
        if end is not None and self._for_fill_forward and not self._comes_in_blocks:
            end.is_fill_forward = OUT_OF_HOURS
            self._auxiliary.append(end)
            self._events.silent_end = None

    def _daily_files(self) -> Iterator[Iterable[BaseData]]:
        """Minutes, seconds and ticks: one file a day, each as a part, after the corporate events before it."""
        while (day := self._advance()) is not None:
            found = self._day_rows(day)
            if found is None:
                continue
            rows, out_of_hours = found
            if self._auxiliary and len(rows):
                yield self._waiting_until(rows.end[0].item())
            yield rows.points() if not out_of_hours.any() else marked(rows.points(), out_of_hours.tolist())

    def _day_rows(
        self, day: datetime, since: datetime | None = None, until: datetime | None = None
    ) -> tuple[PriceRows, NDArray[np.bool_]] | None:
        """The rows of a day that are wanted, scaled, and which of them lie out of market hours; None without any.

        Given times take only what begins between them, the second one not included.
        """
        rows = load_rows(self._config, day)
        if rows is None or not len(rows):
            return None
        rows = _in_order(rows)
        wanted = (rows.end >= np.datetime64(self._start)) & (rows.time <= np.datetime64(self._end))
        if since is not None and until is not None:
            wanted &= (rows.time >= np.datetime64(since)) & (rows.time < np.datetime64(until))
        if not wanted.all():
            rows = rows.part(wanted)
        if not len(rows):
            return None
        self._raw_price = _last_price(rows)
        rows, out_of_hours = self._in_market_hours(rows)
        rows = self._scale(rows)
        return (self._with_both_sides(rows), out_of_hours) if len(rows) else None

    def _with_both_sides(self, rows: PriceRows) -> PriceRows:
        """Quotes that lack a side take it from the quote before, if they are to be filled forward."""
        if not self._for_fill_forward or self._config.type is not QuoteBar:
            return rows
        rows, self._sides = rows.with_both_sides(self._sides)
        return rows

    def _waiting_until(self, time: datetime) -> Iterator[BaseData]:
        """The corporate events that come before a time."""
        waiting = self._auxiliary
        while waiting and waiting[0].end_time < time:
            yield waiting.popleft()

    def _whole_history(self) -> Iterator[BaseData]:
        """Hours and days: one file for each ticker that the security had."""
        config, waiting = self._config, self._auxiliary
        asset = config.symbol.asset
        day = self._advance()
        previous_end: datetime | None = None
        while day is not None:
            file = asset.file_key(config.mapped_symbol, day)  # whose file it is
            rows = load_rows(config, day)
            if rows is not None:
                remapped = False
                for point, end, raw_price in self._rows_from(rows, previous_end, day):
                    if point.time - day >= _ONE_DAY:
                        while day is not None and point.time - day >= _ONE_DAY:
                            day = self._advance()
                        if day is None or (remapped := asset.file_key(config.mapped_symbol, day) != file):
                            break
                    self._raw_price = raw_price
                    if config.sum_of_dividends and config.data_normalization_mode is _TOTAL_RETURN:
                        _add_dividends(point, config.sum_of_dividends)
                    previous_end = end
                    if waiting:
                        yield from self._waiting_until(end)
                    yield point
                if remapped:
                    continue
            day = self._advance()
            while day is not None and asset.file_key(config.mapped_symbol, day) == file:
                day = self._advance()

    def _rows_from(
        self, rows: PriceRows, previous_end: datetime | None, day: datetime
    ) -> Iterator[tuple[BaseData, datetime, float]]:
        """The rows that are wanted, each with its end and its unscaled price."""
        rows = self._wanted(rows, previous_end, day)
        return zip(self._scale(rows).points(), rows.end.tolist(), last_prices(rows), strict=True)

    def _wanted(self, rows: PriceRows, previous_end: datetime | None, day: datetime) -> PriceRows:
        """Of a file's rows those between start and end, behind what another file had."""
        rows = _in_order(rows)
        before = rows.end < np.datetime64(self._start)
        if before.any():
            self._raw_price = self._raw_price or _last_price(rows.part(before))
        wanted = ~before & (rows.time <= np.datetime64(self._end))
        if previous_end is not None:
            wanted &= (rows.end > np.datetime64(previous_end)) & (rows.end >= np.datetime64(day))
        return rows.part(wanted)

    # --- scaling and market hours --------------------------------------------------------------------------------

    def _scale(self, rows: PriceRows) -> PriceRows:
        if self._contract_factors is not None:
            return self._join(rows)
        factors, mode = self._events.factor_file, self._config.data_normalization_mode
        if factors is None or mode is DataNormalizationMode.RAW or not len(rows):
            return rows
        days = rows.time.astype("datetime64[D]")
        dated = is_dated(self._config.resolution)
        same = days  # days of one factor: a whole history's from one row of the factor file to the next
        if not dated:
            same = np.searchsorted(np.array([row.date for row in factors.rows], dtype="datetime64[D]"), days)
        first, where = _groups(same)
        scales = [factors.price_scale(midnight(day), mode, self._end) for day in days[first].tolist()]
        self._config.price_scale_factor_decimal = scales[-1]
        addend = self._config.sum_of_dividends if dated and mode is _TOTAL_RETURN else 0.0
        if addend == 0.0 and all(scale == 1 for scale in scales):
            return rows
        return rows.scaled(np.array([np.longdouble(str(scale)) for scale in scales])[where], addend)

    def _join(self, rows: PriceRows) -> PriceRows:
        """With the continuous future's factor of each row's day: of a bar that goes on after midnight its end's."""
        if not len(rows) or self._config.tick_type is TickType.OPEN_INTEREST:
            return rows
        days, ends = rows.time.astype("datetime64[D]"), rows.end.astype("datetime64[D]")
        days = np.where(rows.end > ends, ends, days)
        unique, where = np.unique(days, return_inverse=True)
        factors = [self._contract_factors.factor(midnight(day)) for day in unique.tolist()]
        self._config.price_scale_factor_decimal = factors[-1]
        return rows.joined(factors, where, self._contract_factors.is_ratio)

    def _in_market_hours(self, rows: PriceRows) -> tuple[PriceRows, NDArray[np.bool_]]:
        """The rows in market hours and those next to them that fill-forward has to know; which are those."""
        wanted = open_rows(rows, self._hours, self._config.extended_market_hours)
        if wanted.all():
            return rows, ~wanted
        known = wanted.copy()
        if self._for_fill_forward:
            known[1:] |= wanted[:-1]
            known[:-1] |= wanted[1:]
            known[-1] = True
        return rows.part(known), ~wanted[known]


def _groups(values: NDArray[Any]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Where each value comes first, and which of them each row has: a day's file is of one day, nearly always."""
    if (values == values[0]).all():
        return np.zeros(1, np.intp), np.zeros(len(values), np.intp)
    _, first, where = np.unique(values, return_index=True, return_inverse=True)
    return first, where


def _in_order(rows: PriceRows) -> PriceRows:
    """Without what ends no later than a row before it, as some files have it; ticks may share their times."""
    if rows.config.resolution is Resolution.TICK or (rows.end[1:] > rows.end[:-1]).all():
        return rows
    latest = np.maximum.accumulate(rows.end)
    return rows.part(np.concatenate(([True], rows.end[1:] > latest[:-1])))


def _add_dividends(bar: Any, paid: float) -> None:
    """In total return mode a bar of a whole history has the dividends of the days before it on top."""
    bar.open, bar.high, bar.low, bar.value = bar.open + paid, bar.high + paid, bar.low + paid, bar.value + paid


def marked(points: Iterator[BaseData], out_of_hours: list[bool]) -> Iterator[BaseData]:
    """The points; those out of market hours say so."""
    for point, is_out in zip(points, out_of_hours, strict=True):
        if is_out:
            point.is_fill_forward = OUT_OF_HOURS
        yield point


def last_prices(rows: PriceRows) -> list[float]:
    """The price of each row as it is in the file."""
    columns = rows.columns
    for name in ("close", "price", "value"):
        if hasattr(columns, name):
            values: list[float] = getattr(columns, name).tolist()
            return values
    bid, ask = ("bid_close", "ask_close") if hasattr(columns, "bid_close") else ("bid_price", "ask_price")
    return list(map(middle, getattr(columns, bid).tolist(), getattr(columns, ask).tolist()))


def _last_price(rows: PriceRows) -> float:
    return last_prices(rows.part(slice(-1, None)))[0]
