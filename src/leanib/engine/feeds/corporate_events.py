"""Splits, dividends, changes of ticker and delistings, found when an exchange day begins.

From `Engine/DataFeeds/Enumerators/{Split,Dividend,Mapping,Delisting}EventProvider.cs`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from leanib.engine.market import (
    BaseData,
    Delisting,
    DelistingType,
    Dividend,
    Split,
    SplitType,
    SubscriptionDataConfig,
    SymbolChangedEvent,
    Tick,
    TradeBar,
)
from leanib.engine.market.base_data import END_OF_TIME, NO_TIME
from leanib.engine.market.calendars import midnight
from leanib.engine.market.factor_files import FactorFile, FactorFileProvider
from leanib.engine.symbols import MapFile, MapFileProvider, TickType
from leanib.errors import DataError

__all__ = ["CorporateEvents", "emits_auxiliary_data"]


def emits_auxiliary_data(config: SubscriptionDataConfig) -> bool:
    """Whether the stream carries splits, dividends and changes of ticker: trades do, quotes do not (ShouldEmitData)."""
    return (
        config.type is TradeBar or (config.type is Tick and config.tick_type is TickType.TRADE) or config.is_custom_data
    )


class CorporateEvents:
    """The events of one stream; `on_date` is called once for every open day, in order."""

    def __init__(
        self,
        config: SubscriptionDataConfig,
        start: datetime,
        maps_ticker: bool | None = None,
        is_universe: bool = False,
    ) -> None:
        equity = config.symbol.asset.has_factor_files
        priced = equity and not config.is_custom_data
        self._config = config
        self._factors: FactorFile | None = FactorFileProvider.get(config.symbol) if priced else None
        self._is_universe = is_universe
        self._maps_ticker = config.symbol.requires_mapping() if maps_ticker is None else maps_ticker
        self._map: MapFile = MapFileProvider.map_file(config.symbol) if self._maps_ticker else MapFile("?")
        asset = config.symbol.asset
        self._can_be_delisted = asset.can_be_delisted
        self.delisting_date = asset.delisting_date(config.symbol, self._map)
        self._emits = emits_auxiliary_data(config)
        #: the delisting of a stream that does not tell of it, on the day on which it comes
        self.silent_end: BaseData | None = None
        self._split: tuple[float, object] | None = None
        self._dividend: tuple[float, object] | None = None
        self._warned = self._delisted = False
        self._quiet_until = NO_TIME  # before that day nothing happens, as long as the ticker is the same
        self._ticker_then = ""
        if self._maps_ticker and self._map.has_data(datetime(start.year, start.month, start.day)):
            self._map_ticker(start)

    def renew(self) -> None:
        """Goes on with the map file as it is now."""
        if self._maps_ticker:
            self._map = MapFileProvider.map_file(self._config.symbol)

    @property
    def map_file(self) -> MapFile:
        """The map file of the stream's security."""
        return self._map

    @property
    def factor_file(self) -> FactorFile | None:
        """The factor file of the stream's security."""
        return self._factors

    @property
    def quiet_until(self) -> datetime:
        """Before that day nothing happens; long ago when that is not known."""
        return self._quiet_until if self._config.mapped_symbol == self._ticker_then else NO_TIME

    def on_date(self, date: datetime, last_raw_price: float) -> Iterable[BaseData]:
        """The events of a day: splits, dividends, change of ticker, delisting, in LEAN's order.

        Args:
            date: the exchange's day that begins.
            last_raw_price: the price of the stream's last data point before scaling; 0 when there is none.
        """
        if date < self.quiet_until:
            return ()
        events = self._events_on(date, last_raw_price)
        if not self._emits:
            self.silent_end = next((event for event in events if _is_end(event)), None)
        self._quiet_until, self._ticker_then = self._next_date(date), self._config.mapped_symbol
        return [event for event in events if self._should_emit(event)]

    def _next_date(self, date: datetime) -> datetime:
        """The next day that a row of the map or factor file names: what a row brings comes then or the day after."""
        if self._split is not None or self._dividend is not None:
            return date
        dates = [midnight(self.delisting_date), *(row.date for row in self._map)]
        if self._factors is not None:
            dates += [row.date for row in self._factors.rows]
        return min((day for day in dates if day >= date), default=END_OF_TIME)

    def _events_on(self, date: datetime, last_raw_price: float) -> list[BaseData]:
        return [
            *self._splits(date, last_raw_price),
            *self._dividends(date),
            *self._mappings(date),
            *self._delistings(date, last_raw_price),
        ]

    def _should_emit(self, event: BaseData) -> bool:
        if self._is_universe:
            return _is_end(event)
        return self._emits and not (self._config.is_internal_feed and isinstance(event, Split | Dividend))

    def _splits(self, date: datetime, last_raw_price: float) -> Iterator[BaseData]:
        if self._factors is None or not self._map.has_data(date):
            return
        symbol = self._config.symbol
        if self._split is not None:
            price, factor = self._split
            self._split = None
            _require_price(price, "split", symbol.value, date)
            yield Split(symbol, date, price, factor, SplitType.SPLIT_OCCURRED)  # type: ignore[arg-type]
        found = self._factors.split_on_next_trading_day(date)
        if found is not None:
            self._split = (float(found[1]), found[0])
            yield Split(symbol, date, last_raw_price, found[0], SplitType.WARNING)

    def _dividends(self, date: datetime) -> Iterator[BaseData]:
        if self._factors is None or not self._map.has_data(date):
            return
        if self._dividend is not None:
            price, ratio = self._dividend
            self._dividend = None
            _require_price(price, "dividend", self._config.symbol.value, date)
            dividend = Dividend.create(self._config.symbol, date, price, ratio)  # type: ignore[arg-type]
            self._config.sum_of_dividends += dividend.distribution
            yield dividend
        found = self._factors.dividend_on_next_trading_day(date)
        if found is not None:
            self._dividend = (float(found[1]), found[0])

    def _mappings(self, date: datetime) -> Iterator[BaseData]:
        if not self._maps_ticker or not self._map.has_data(date):
            return
        old = self._config.mapped_symbol
        self._map_ticker(date)
        if old != self._config.mapped_symbol:
            yield SymbolChangedEvent(self._config.symbol, date, old, self._config.mapped_symbol)

    def _map_ticker(self, date: datetime) -> None:
        config = self._config
        day = datetime(date.year, date.month, date.day)
        config.map_to(self._map.get_mapped_symbol(day, config.mapped_symbol, config.data_mapping_mode))

    def _delistings(self, date: datetime, price: float) -> Iterator[BaseData]:
        last_day = midnight(self.delisting_date)
        if not self._can_be_delisted or date < last_day:
            return
        if not self._warned:
            self._warned = True
            yield Delisting(self._config.symbol, last_day, price, DelistingType.WARNING)
        if not self._delisted and date > self.delisting_date:
            self._delisted = True
            yield Delisting(self._config.symbol, self.delisting_date + timedelta(days=1), price, DelistingType.DELISTED)


def _is_end(event: BaseData) -> bool:
    return isinstance(event, Delisting) and event.type is DelistingType.DELISTED


def _require_price(price: float, event: str, ticker: str, date: datetime) -> None:
    if not price:
        raise DataError(
            f"the factor file of {ticker} has no reference price for the {event} of {date:%Y-%m-%d}; "
            "add the closing price of the day before as fourth column"
        )
