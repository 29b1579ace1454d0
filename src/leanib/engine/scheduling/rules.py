"""What a date rule and a time rule are (`Common/Scheduling/IDateRule.cs`, `ITimeRule.cs` and their simple forms)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Market, SecurityType, Symbol, SymbolCache

if TYPE_CHECKING:
    from leanib.engine.core.parts import StrategyParts
    from leanib.engine.securities import MarketHoursDatabase, SecurityExchangeHours, SecurityManager
    from leanib.engine.timezones import DateTimeZone

__all__ = ["CompositeTimeRule", "FuncDateRule", "FuncTimeRule", "IDateRule", "ITimeRule", "ScheduleRules"]


class IDateRule(LeanObject):
    """Says on which days something happens."""

    name: str = ""

    def get_dates(self, start: datetime, end: datetime) -> Iterable[datetime]:
        """The midnights from start to end, in order."""
        raise NotImplementedError


class ITimeRule(LeanObject):
    """Says when on a day something happens."""

    name: str = ""

    def create_utc_event_times(self, dates: Iterable[datetime]) -> Iterable[datetime]:
        """The naive UTC times that belong to the dates, in order."""
        raise NotImplementedError


class FuncDateRule(IDateRule):
    """A date rule made of a function of (start, end)."""

    def __init__(self, name: str, get_dates_function: Callable[[datetime, datetime], Iterable[datetime]]) -> None:
        self.name = name
        self._function = get_dates_function

    def get_dates(self, start: datetime, end: datetime) -> Iterable[datetime]:
        """What the function answers."""
        return self._function(start, end)


class FuncTimeRule(ITimeRule):
    """A time rule made of a function of dates."""

    def __init__(
        self, name: str, create_utc_event_times_function: Callable[[Iterable[datetime]], Iterable[datetime]]
    ) -> None:
        self.name = name
        self._function = create_utc_event_times_function

    def create_utc_event_times(self, dates: Iterable[datetime]) -> Iterable[datetime]:
        """What the function answers."""
        return self._function(dates)


class CompositeTimeRule(ITimeRule):
    """Several time rules: each day's times together, in order, none twice."""

    def __init__(self, *time_rules: Any) -> None:
        rules = time_rules[0] if len(time_rules) == 1 and not hasattr(time_rules[0], "name") else time_rules
        self.rules: list[ITimeRule] = list(rules)
        self.name = ",".join(rule.name for rule in self.rules)

    def create_utc_event_times(self, dates: Iterable[datetime]) -> Iterator[datetime]:
        """The times of all rules, day by day."""
        for date in dates:
            yield from sorted({time for rule in self.rules for time in rule.create_utc_event_times([date])})


class ScheduleRules(LeanObject):
    """What date rules and time rules share: the default time zone, and the exchange hours of a symbol or ticker."""

    def __init__(
        self,
        algorithm: StrategyParts,
        securities: SecurityManager,
        time_zone: DateTimeZone,
        market_hours_database: MarketHoursDatabase,
    ) -> None:
        self._algorithm = algorithm
        self._securities = securities
        self._time_zone = time_zone
        self._market_hours = market_hours_database
        self._warned = False

    def set_default_time_zone(self, time_zone: DateTimeZone) -> None:
        """The zone of rules that name none."""
        self._time_zone = time_zone

    def _hours(self, symbol: Symbol | str) -> SecurityExchangeHours:
        symbol = self._symbol(symbol)
        security = self._securities.get(symbol)
        if security is not None:
            return security.exchange.hours  # type: ignore[no-any-return]
        entry = self._market_hours.get_entry(symbol.id.market, symbol, symbol.security_type)
        return entry.exchange_hours

    def _symbol(self, symbol: Symbol | str | Any) -> Symbol:
        if isinstance(symbol, Symbol):
            return symbol
        if not isinstance(symbol, str):
            return symbol.symbol  # type: ignore[no-any-return]
        return SymbolCache.try_get_symbol(symbol) or self._assumed_equity(symbol)

    def _assumed_equity(self, ticker: str) -> Symbol:
        if not self._warned:
            self._warned = True
            self._algorithm.debug(
                f"Warning: no existing symbol found for ticker {ticker}, it will be created with Equity type."
            )
        symbol = Symbol.create(ticker, SecurityType.EQUITY, Market.USA)
        SymbolCache.set(ticker, symbol)
        return symbol

    def _all_hours(self) -> list[SecurityExchangeHours]:
        """US equities' hours and those of every security whose exchange ever closes."""
        spy = self._market_hours.get_entry(Market.USA, "SPY", SecurityType.EQUITY).exchange_hours
        hours = {spy: None}
        for security in self._securities.values():
            is_us_equity = security.symbol.asset.is_share and security.symbol.id.market == Market.USA
            if not is_us_equity and not security.exchange.hours.is_market_always_open:
                hours[security.exchange.hours] = None
        return list(hours)
