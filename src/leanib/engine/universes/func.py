"""Universes made of a function (`FuncUniverse.cs`, `ScheduledUniverse.cs`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market import SubscriptionDataConfig, Tick
from leanib.engine.market.universe import UNCHANGED, BaseDataCollection, Universe, UniverseSettings
from leanib.engine.market.universe.universe import UnchangedUniverse
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol
from leanib.engine.timezones import DateTimeZone, TimeZones

if TYPE_CHECKING:
    from leanib.engine.market.universe.requests import SubscriptionRequest

__all__ = ["FuncUniverse", "ScheduledUniverse", "Selector", "to_selection"]

Selector = Callable[[Any], Any]
"""Gets data (or a time), returns symbols, tickers, anything with a symbol, or `UNCHANGED`."""

_FORBIDDEN = str.maketrans("| ", "__")


def to_selection(
    result: Any,
    security_type: SecurityType = SecurityType.EQUITY,
    market: str = Market.USA,
    base_data_type: type | None = None,
) -> Iterable[Symbol]:
    """The symbols that a selector's result means; tickers become symbols of that type and market."""
    if result is UNCHANGED or isinstance(result, UnchangedUniverse):
        return UNCHANGED
    return [_symbol_of(item, security_type, market, base_data_type) for item in result]


def _symbol_of(item: Any, security_type: SecurityType, market: str, base_data_type: type | None) -> Symbol:
    if isinstance(item, Symbol):
        return item
    if isinstance(item, str):
        return Symbol.create(item, security_type, market, base_data_type=base_data_type)
    symbol: Symbol = item.symbol
    return symbol


class FuncUniverse(Universe):
    """Selects what a function of the data returns; without one, the symbols of the data."""

    def __init__(
        self,
        configuration: SubscriptionDataConfig,
        universe_settings: UniverseSettings | None,
        universe_selector: Selector | None = None,
        security_type: SecurityType = SecurityType.EQUITY,
        base_data_type: type | None = None,
    ) -> None:
        super().__init__(configuration, universe_settings)
        self._selector = universe_selector
        self._ticker_type = security_type
        self._base_data_type = base_data_type

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """What the function returns."""
        if self._selector is None:
            return [point.symbol for point in data.data]
        result = self._selector(data.data)
        return to_selection(result, self._ticker_type, self.configuration.market, self._base_data_type)


class ScheduledUniverse(Universe):
    """Selects at given times what a function of the time (UTC) returns."""

    is_time_triggered = True

    def __init__(self, *arguments: Any, settings: UniverseSettings | None = None, **named: Any) -> None:
        """`([time_zone,] date_rule, time_rule, selector, settings=None)`."""
        values = list(arguments)
        zone = named.get("time_zone", TimeZones.UTC)
        if values and isinstance(values[0], DateTimeZone):
            zone = values.pop(0)
        date_rule = values.pop(0) if values else named["date_rule"]
        time_rule = values.pop(0) if values else named["time_rule"]
        selector = values.pop(0) if values else named["selector"]
        self._date_rule, self._time_rule, self._selector = date_rule, time_rule, selector
        ticker = f"{date_rule.name}_{time_rule.name}".translate(_FORBIDDEN)
        symbol = Symbol.create(ticker, SecurityType.BASE, Market.USA)
        configuration = SubscriptionDataConfig(
            *(Tick, symbol, Resolution.DAILY, zone, zone, False, False),
            is_internal_feed=True,
            is_filtered_subscription=False,
        )
        super().__init__(configuration, values.pop(0) if values else settings)

    def select_symbols(self, utc_time: datetime, data: BaseDataCollection) -> Iterable[Symbol]:
        """What the function returns."""
        return to_selection(self._selector(utc_time))

    def get_trigger_times(self, start_time_utc: datetime, end_time_utc: datetime) -> Iterator[datetime]:
        """The times of selection (UTC), from the start to the end."""
        zone = self.configuration.exchange_time_zone
        dates = self._date_rule.get_dates(zone.to_local(start_time_utc), zone.to_local(end_time_utc))
        for time in self._time_rule.create_utc_event_times(dates):
            if time > end_time_utc:
                return
            if time >= start_time_utc:
                yield time

    def data_points(self, request: SubscriptionRequest) -> Iterator[Tick]:
        """One tick at each time of selection."""
        symbol = self.configuration.symbol
        return (Tick(time, symbol) for time in self.get_trigger_times(request.start_time_utc, request.end_time_utc))
