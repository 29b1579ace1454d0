"""Dividend yields of underlyings (`Common/Data/DividendYieldProvider.cs`, `ConstantDividendYieldModel.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

from leanib.engine.exchanges.market_hours_database import MarketHoursDatabase
from leanib.engine.market.events import Dividend
from leanib.engine.market.factor_files import FactorFileProvider
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ONE, ZERO, to_decimal, to_float
from leanib.engine.symbols import Market, SecurityType, Symbol

__all__ = ["ConstantDividendYieldModel", "DividendYieldProvider"]

#: fifteen days less than a year, so that no dividend of the year before counts
_A_YEAR = timedelta(days=350)


class ConstantDividendYieldModel(LeanObject):
    """The same yield at all times, as a fraction."""

    def __init__(self, dividend_yield: Decimal | float) -> None:
        self._yield = float(dividend_yield)

    def get_dividend_yield(self, date: datetime, security_price: float | None = None) -> float:
        """The yield."""
        return self._yield


class _Event(NamedTuple):
    """A dividend per share, or a split's factor."""

    day: datetime
    distribution: Decimal | None
    split_factor: Decimal
    reference_price: Decimal


class DividendYieldProvider(LeanObject):
    """The dividends of the year up to the last one, over the price; from the equity's factor file."""

    def __init__(self, symbol: Symbol | None = None) -> None:
        """Without a symbol that of SPY."""
        self._symbol = symbol or Symbol.create("SPY", SecurityType.EQUITY, Market.USA)
        self._known: list[_Event] | None = None

    @staticmethod
    def create_for_option(option_symbol: Symbol) -> DividendYieldProvider | ConstantDividendYieldModel:
        """That of the option's underlying; indices have that of the fund on them, other underlyings none."""
        model: DividendYieldProvider | ConstantDividendYieldModel = option_symbol.asset.dividend_yield_model(
            option_symbol
        )
        return model

    def get_dividend_yield(self, date: datetime, security_price: float | None = None) -> float:
        """The yield on a date (exchange's zone), as a fraction; without a price over the last dividend's."""
        day = date.replace(hour=0, minute=0, second=0, microsecond=0)
        past = [event for event in self._events() if event.day <= day]
        last = next((event for event in reversed(past) if event.distribution is not None), None)
        if last is None:
            return 0.0
        price = last.reference_price if security_price is None else to_decimal(security_price)
        if not price:
            raise ValueError("Security price cannot be zero.")
        return to_float(_yearly(past, last.day - _A_YEAR) / price)

    def _events(self) -> list[_Event]:
        if self._known is None:
            self._known = list(self._read())
        return self._known

    def _read(self) -> list[_Event]:
        file = FactorFileProvider.get(self._symbol)
        if file is None:
            return []
        hours = MarketHoursDatabase.from_data_folder().get_exchange_hours(
            self._symbol.id.market, self._symbol, self._symbol.security_type
        )
        events = []
        for row, following in zip(file.rows, file.rows[1:], strict=False):
            day, price = hours.get_next_trading_day(row.date), row.reference_price
            if row.price_factor != following.price_factor:
                ratio = row.price_factor / following.price_factor
                paid = Dividend.compute_distribution(to_float(price), ratio, 3)
                events.append(_Event(day, paid, ONE, price))
            else:
                events.append(_Event(day, None, row.split_factor / following.split_factor, price))
        return events


def _yearly(events: list[_Event], start: datetime) -> Decimal:
    """What was paid since the start, in today's shares."""
    total, split = ZERO, ONE
    for event in reversed(events):
        if event.day < start:
            break
        if event.distribution is None:
            split *= event.split_factor
        else:
            total += event.distribution * split
    return total
