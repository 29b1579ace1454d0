"""Choosing option contracts (`Common/Securities/Option/OptionFilterUniverse.cs`)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Self

from leanib.engine.derivatives.chains.universe_data import OptionUniverse
from leanib.engine.derivatives.filters.base import Row
from leanib.engine.derivatives.filters.strategies import StrategyFilters
from leanib.engine.derivatives.futures.calendar import midnight
from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.numbers import to_decimal
from leanib.engine.symbols import OptionRight, Symbol

if TYPE_CHECKING:
    from leanib.engine.market import BaseData
    from leanib.engine.securities.option import Option

__all__ = ["OptionFilterUniverse"]


class OptionFilterUniverse(StrategyFilters):
    """The contracts of an option that are left."""

    data_class = OptionUniverse

    def __init__(
        self,
        option: Option,
        all_data: Sequence[Row] = (),
        underlying: BaseData | None = None,
        underlying_scale_factor: Decimal | float | None = None,
    ) -> None:
        """Of a canonical option's security; what its strikes are a fraction of by its symbol's properties."""
        super().__init__(all_data, NO_TIME if underlying is None else underlying.end_time)
        self._option = option
        if underlying_scale_factor is None:
            underlying_scale_factor = option.symbol_properties.strike_multiplier_decimal
        self._underlying_scale = to_decimal(underlying_scale_factor)
        self.underlying = underlying
        self._unique_strikes: list[Decimal] | None = None
        self._last_exchange_date = NO_TIME

    def refresh(self, all_contracts_data: Sequence[Row], underlying: BaseData | None, local_time: datetime) -> None:
        """Begin with all contracts of a day, and with the underlying's data, None if there are none."""
        self._refresh(all_contracts_data, local_time)
        self.underlying = underlying
        today = midnight(local_time)
        if today != self._last_exchange_date:
            self._unique_strikes = None
        self._last_exchange_date = today

    def _is_standard(self, symbol: Symbol) -> bool:
        return symbol.asset.is_standard_contract(symbol)

    def _reference_date(self, date: datetime) -> datetime:
        hours = self._option.exchange.hours
        return date if hours.is_date_open(date) else hours.get_next_trading_day(date)

    # --- strikes -------------------------------------------------------------------------------------------------

    def strikes(self, min_strike: int, max_strike: int) -> Self:
        """Strikes from so many below to so many above the underlying's price.

        The strikes counted are those of what is left when this is first called on a day.
        """
        if self.underlying is None:
            return self
        if self._unique_strikes is None:
            self._unique_strikes = sorted({row.terms().strike_price_decimal for row in self._rows})
        strikes = self._unique_strikes
        bounds = _bounds(strikes, to_decimal(self.underlying.price) / self._underlying_scale, min_strike, max_strike)
        if bounds is None:
            self._rows = []
            return self
        least, most = strikes[bounds[0]], strikes[bounds[1]]
        return self.where(lambda row: least <= row.terms().strike_price_decimal <= most)

    def calls_only(self) -> Self:
        """Only calls."""
        return self.where(lambda row: row.terms().option_right is OptionRight.CALL)

    def puts_only(self) -> Self:
        """Only puts."""
        return self.where(lambda row: row.terms().option_right is OptionRight.PUT)

    # --- volatility, Greeks, open interest -----------------------------------------------------------------------

    def _within(self, name: str, least: Decimal | float, most: Decimal | float, value: Callable[[Any], Any]) -> Self:
        if not self._option.symbol.asset.has_greeks_in_chains:
            raise InvalidOperationException(f"{name} filter is not supported for future options.")
        return self.where(lambda row: least <= value(row) <= most)

    def delta(self, min: Decimal | float, max: Decimal | float) -> Self:
        """Contracts with such a delta, the bounds included."""
        return self._within("Delta", min, max, lambda row: row.greeks.delta)

    def gamma(self, min: Decimal | float, max: Decimal | float) -> Self:
        """Contracts with such a gamma."""
        return self._within("Gamma", min, max, lambda row: row.greeks.gamma)

    def theta(self, min: Decimal | float, max: Decimal | float) -> Self:
        """Contracts with such a theta, by year."""
        return self._within("Theta", min, max, lambda row: row.greeks.theta)

    def vega(self, min: Decimal | float, max: Decimal | float) -> Self:
        """Contracts with such a vega."""
        return self._within("Vega", min, max, lambda row: row.greeks.vega)

    def rho(self, min: Decimal | float, max: Decimal | float) -> Self:
        """Contracts with such a rho."""
        return self._within("Rho", min, max, lambda row: row.greeks.rho)

    def implied_volatility(self, min: Decimal | float, max: Decimal | float) -> Self:
        """Contracts with such an implied volatility."""
        return self._within("ImpliedVolatility", min, max, lambda row: row.implied_volatility)

    def open_interest(self, min: int, max: int) -> Self:
        """Contracts of which so many are open."""
        return self._within("OpenInterest", min, max, lambda row: row.open_interest)

    d, g, t, v, r, iv, oi = delta, gamma, theta, vega, rho, implied_volatility, open_interest
    IV, OI = implied_volatility, open_interest


def _bounds(strikes: list[Decimal], price: Decimal, least: int, most: int) -> tuple[int, int] | None:
    """The first and the last strike's index; None when none is within reach."""
    index = bisect_left(strikes, price)
    if index == len(strikes):
        return None
    first, last = index + least, index + most
    if strikes[index] != price:
        # Between two strikes the index is the upper one's, which is already one above.
        if least < 0 < most:
            last -= 1
        elif least > 0:
            first, last = first - 1, last - 1
    if first >= len(strikes) or last < 0:
        return None
    return max(first, 0), min(last, len(strikes) - 1)
