"""Choosing the contracts of an option strategy (`Common/Securities/Option/OptionFilterUniverse.cs`).

Strikes are given by their distance from the underlying's price, expiries by the least number of days. When the chain
has no such contracts nothing is left.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Self

from leanib.engine.derivatives.filters.base import ContractSecurityFilterUniverse
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.symbols import OptionRight, Symbol

__all__ = ["StrategyFilters"]

Number = Decimal | float
_CALL, _PUT = OptionRight.CALL, OptionRight.PUT


def _strike(symbol: Symbol) -> Decimal:
    return symbol.id.strike_price_decimal


def _of_right(symbols: Iterable[Symbol], right: OptionRight) -> list[Symbol]:
    return [symbol for symbol in symbols if symbol.id.option_right is right]


class StrategyFilters(ContractSecurityFilterUniverse):
    """The part of the filter that knows strategies."""

    underlying: Any
    _last_exchange_date: datetime

    # --- one contract --------------------------------------------------------------------------------------------

    def naked_call(self, min_days_till_expiry: int = 30, strike_from_atm: Number = 0) -> Self:
        """The call closest to a strike."""
        return self._single(_CALL, min_days_till_expiry, strike_from_atm)

    def naked_put(self, min_days_till_expiry: int = 30, strike_from_atm: Number = 0) -> Self:
        """The put closest to a strike."""
        return self._single(_PUT, min_days_till_expiry, strike_from_atm)

    def _single(self, right: OptionRight, days: int, strike_from_atm: Number) -> Self:
        found = self._closest(_of_right(self._first_expiry(days), right), strike_from_atm)
        return self._keep(found)

    # --- two of one right ----------------------------------------------------------------------------------------

    def call_spread(
        self,
        min_days_till_expiry: int = 30,
        higher_strike_from_atm: Number = 5,
        lower_strike_from_atm: Number | None = None,
    ) -> Self:
        """Two calls of one expiry; the lower strike is as far below the price as the higher one above."""
        return self._spread(_CALL, min_days_till_expiry, higher_strike_from_atm, lower_strike_from_atm)

    def put_spread(
        self,
        min_days_till_expiry: int = 30,
        higher_strike_from_atm: Number = 5,
        lower_strike_from_atm: Number | None = None,
    ) -> Self:
        """Two puts of one expiry."""
        return self._spread(_PUT, min_days_till_expiry, higher_strike_from_atm, lower_strike_from_atm)

    def _spread(self, right: OptionRight, days: int, higher: Number, lower: Number | None) -> Self:
        if lower is None:
            lower = -higher
        if higher <= lower:
            raise ArgumentException(
                "Spread(): strike price arguments must be in descending order, higherStrikeFromAtm, lowerStrikeFromAtm"
            )
        contracts = _of_right(self._first_expiry(days), right)
        low = self._closest(contracts, lower)
        high = None if low is None else self._closest([s for s in contracts if _strike(s) > _strike(low)], higher)
        return self._keep(low, high)

    def call_calendar_spread(
        self, strike_from_atm: Number = 0, min_near_days_till_expiry: int = 30, min_far_days_till_expiry: int = 60
    ) -> Self:
        """Two calls of one strike."""
        return self._calendar_spread(_CALL, strike_from_atm, min_near_days_till_expiry, min_far_days_till_expiry)

    def put_calendar_spread(
        self, strike_from_atm: Number = 0, min_near_days_till_expiry: int = 30, min_far_days_till_expiry: int = 60
    ) -> Self:
        """Two puts of one strike."""
        return self._calendar_spread(_PUT, strike_from_atm, min_near_days_till_expiry, min_far_days_till_expiry)

    def _calendar_spread(self, right: OptionRight, strike_from_atm: Number, near: int, far: int) -> Self:
        _check_expiries("CalendarSpread", near, far)
        closest = self._closest(self.all_symbols, strike_from_atm)
        return self._keep(*self._near_and_far(closest, right, near, far))

    def jelly_roll(
        self, strike_from_atm: Number = 0, min_near_days_till_expiry: int = 30, min_far_days_till_expiry: int = 60
    ) -> Self:
        """Calls and puts of one strike and two expiries."""
        near, far = min_near_days_till_expiry, min_far_days_till_expiry
        _check_expiries("JellyRoll", near, far)
        closest = self._closest(self.all_symbols, strike_from_atm)
        calls = self._near_and_far(closest, _CALL, near, far)
        if None in calls:
            return self._empty()
        expiries = {symbol.id.date for symbol in calls if symbol is not None}
        assert closest is not None
        strike = _strike(closest)
        return self._exactly(4, [s for s in self.all_symbols if _strike(s) == strike and s.id.date in expiries])

    def _near_and_far(
        self, of_strike: Symbol | None, right: OptionRight, near: int, far: int
    ) -> tuple[Symbol | None, Symbol | None]:
        if of_strike is None:
            return None, None
        contracts = [s for s in _of_right(self.all_symbols, right) if _strike(s) == _strike(of_strike)]
        first = next(iter(self._first_expiry(near, contracts)), None)
        if first is None:
            return None, None
        later = [symbol for symbol in contracts if symbol.id.date > first.id.date]
        return first, next(iter(self._first_expiry(far, later)), None)

    # --- a call and a put ----------------------------------------------------------------------------------------

    def strangle(
        self, min_days_till_expiry: int = 30, call_strike_from_atm: Number = 5, put_strike_from_atm: Number = -5
    ) -> Self:
        """A call above and a put below the price."""
        if call_strike_from_atm <= 0:
            raise ArgumentException("Strangle(): callStrikeFromAtm must be positive")
        if put_strike_from_atm >= 0:
            raise ArgumentException("Strangle(): putStrikeFromAtm must be negative")
        price = self._price
        contracts = self._first_expiry(min_days_till_expiry)
        calls = [symbol for symbol in _of_right(contracts, _CALL) if _strike(symbol) > price]
        puts = [symbol for symbol in _of_right(contracts, _PUT) if _strike(symbol) < price]
        return self._keep(self._closest(calls, call_strike_from_atm), self._closest(puts, put_strike_from_atm))

    def straddle(self, min_days_till_expiry: int = 30) -> Self:
        """The call and the put closest to the price."""
        return self._call_and_put(min_days_till_expiry, 0, 0)

    def conversion(self, min_days_till_expiry: int = 30, strike_from_atm: Number = 5) -> Self:
        """A call and a put of one strike."""
        return self._call_and_put(min_days_till_expiry, strike_from_atm, strike_from_atm)

    def protective_collar(
        self, min_days_till_expiry: int = 30, call_strike_from_atm: Number = 5, put_strike_from_atm: Number = -5
    ) -> Self:
        """A call and a put of a lower strike."""
        if call_strike_from_atm <= put_strike_from_atm:
            raise ArgumentException(
                "ProtectiveCollar(): strike price arguments must be in descending order, callStrikeFromAtm, "
                "putStrikeFromAtm"
            )
        self._call_and_put(min_days_till_expiry, call_strike_from_atm, put_strike_from_atm)
        if self._rows and _strike(self._rows[0].symbol) <= _strike(self._rows[1].symbol):
            return self._empty()
        return self

    def _call_and_put(self, days: int, call_from_atm: Number, put_from_atm: Number) -> Self:
        contracts = self._first_expiry(days)
        call = self._closest(_of_right(contracts, _CALL), call_from_atm)
        return self._keep(call, self._closest(_of_right(contracts, _PUT), put_from_atm))

    # --- three and four strikes ----------------------------------------------------------------------------------

    def call_butterfly(self, min_days_till_expiry: int = 30, strike_spread: Number = 5) -> Self:
        """Three calls, the outer ones as far from the one at the money."""
        return self._butterfly(_CALL, min_days_till_expiry, strike_spread)

    def put_butterfly(self, min_days_till_expiry: int = 30, strike_spread: Number = 5) -> Self:
        """Three puts."""
        return self._butterfly(_PUT, min_days_till_expiry, strike_spread)

    def _butterfly(self, right: OptionRight, days: int, spread: Number) -> Self:
        _check_spread("ProtectiveCollar", spread)
        contracts = _of_right(self._first_expiry(days), right)
        middle = self._closest(contracts, 0)
        if middle is None:
            return self._empty()
        at_the_money = _strike(middle)
        lower = self._closest([s for s in contracts if _strike(s) < min(self._price, at_the_money)], -spread)
        if lower is None:
            return self._empty()
        strikes = {at_the_money, _strike(lower), at_the_money * 2 - _strike(lower)}
        wanted = set(contracts)
        return self._exactly(3, [s for s in self.all_symbols if s in wanted and _strike(s) in strikes])

    def iron_butterfly(self, min_days_till_expiry: int = 30, strike_spread: Number = 5) -> Self:
        """A call and a put at the money, a call above and a put as far below."""
        _check_spread("IronButterfly", strike_spread)
        contracts, calls, puts = self._out_of_the_money(min_days_till_expiry)
        middle = self._closest(contracts, 0)
        if middle is None or not calls or not puts:
            return self._empty()
        at_the_money = _strike(middle)
        call = self._closest([symbol for symbol in calls if _strike(symbol) > at_the_money], strike_spread)
        if call is None:
            return self._empty()
        of_call, of_put = {at_the_money, _strike(call)}, {at_the_money, at_the_money * 2 - _strike(call)}
        return self._of_strikes(4, contracts, of_call, of_put)

    def iron_condor(
        self, min_days_till_expiry: int = 30, near_strike_spread: Number = 5, far_strike_spread: Number = 10
    ) -> Self:
        """Two calls above and two puts below the price, as far apart."""
        near, far = near_strike_spread, far_strike_spread
        if near <= 0 or far <= 0:
            text = "must be positive, nearStrikeSpread, farStrikeSpread"
            raise ArgumentException(f"IronCondor(): strike arguments {text}")
        if near >= far:
            text = "must be in ascending orders, nearStrikeSpread, farStrikeSpread"
            raise ArgumentException(f"IronCondor(): strike arguments {text}")
        contracts, calls, puts = self._out_of_the_money(min_days_till_expiry)
        near_call, near_put = self._closest(calls, near), self._closest(puts, -near)
        if near_call is None or near_put is None:
            return self._empty()
        far_call = self._closest([symbol for symbol in calls if _strike(symbol) > _strike(near_call)], far)
        if far_call is None:
            return self._empty()
        far_put = _strike(near_put) - _strike(far_call) + _strike(near_call)
        of_calls, of_puts = {_strike(near_call), _strike(far_call)}, {_strike(near_put), far_put}
        return self._of_strikes(4, contracts, of_calls, of_puts)

    def box_spread(self, min_days_till_expiry: int = 30, strike_spread: Number = 5) -> Self:
        """Calls and puts of a strike above and one below the price."""
        if strike_spread <= 0:
            raise ArgumentException("BoxSpread(): strike arguments must be positive, strikeSpread")
        contracts, price = self._first_expiry(min_days_till_expiry), self._price
        high = self._closest([symbol for symbol in contracts if _strike(symbol) > price], strike_spread)
        if high is None:
            return self._empty()
        low = self._closest([symbol for symbol in contracts if _strike(symbol) < price], -strike_spread)
        if low is None:
            return self._empty()
        strikes = {_strike(high), _strike(low)}
        return self._of_strikes(4, contracts, strikes, strikes)

    def call_ladder(
        self,
        min_days_till_expiry: int,
        higher_strike_from_atm: Number,
        middle_strike_from_atm: Number,
        lower_strike_from_atm: Number,
    ) -> Self:
        """Three calls."""
        strikes = (higher_strike_from_atm, middle_strike_from_atm, lower_strike_from_atm)
        return self._ladder(_CALL, min_days_till_expiry, *strikes)

    def put_ladder(
        self,
        min_days_till_expiry: int,
        higher_strike_from_atm: Number,
        middle_strike_from_atm: Number,
        lower_strike_from_atm: Number,
    ) -> Self:
        """Three puts."""
        strikes = (higher_strike_from_atm, middle_strike_from_atm, lower_strike_from_atm)
        return self._ladder(_PUT, min_days_till_expiry, *strikes)

    def _ladder(self, right: OptionRight, days: int, higher: Number, middle: Number, lower: Number) -> Self:
        if not lower < middle < higher:
            raise ArgumentException(
                "Ladder(): strike price arguments must be in descending order, higherStrikeFromAtm, "
                "middleStrikeFromAtm, lowerStrikeFromAtm"
            )
        contracts = self._first_expiry(days, _of_right(self.all_symbols, right))
        found: list[Symbol] = []
        for from_atm in (lower, middle, higher):
            above = [symbol for symbol in contracts if not found or _strike(symbol) > _strike(found[-1])]
            closest = self._closest(above, from_atm)
            if closest is None:
                return self._empty()
            found.append(closest)
        return self.where_contains(found)

    # --- helpers -------------------------------------------------------------------------------------------------

    @property
    def _price(self) -> Decimal:
        return ZERO if self.underlying is None else to_decimal(self.underlying.price)

    def _first_expiry(self, days: int, symbols: Iterable[Symbol] | None = None) -> list[Symbol]:
        """The contracts that expire first after so many days, in the order of their identifiers."""
        least = self._last_exchange_date + timedelta(days=days)
        later = [s for s in (self.all_symbols if symbols is None else symbols) if s.id.date >= least]
        first = min((symbol.id.date for symbol in later), default=None)
        return sorted((symbol for symbol in later if symbol.id.date == first), key=lambda symbol: str(symbol.id))

    def _closest(self, symbols: Iterable[Symbol], from_atm: Number) -> Symbol | None:
        """The first of those whose strike is closest to the price and a distance."""
        target = self._price + to_decimal(from_atm)
        return min(symbols, key=lambda symbol: abs(target - _strike(symbol)), default=None)

    def _out_of_the_money(self, days: int) -> tuple[list[Symbol], list[Symbol], list[Symbol]]:
        """All contracts of the expiry, and those calls and puts that are out of the money."""
        contracts, price = self._first_expiry(days), self._price
        calls = [symbol for symbol in _of_right(contracts, _CALL) if _strike(symbol) > price]
        return contracts, calls, [symbol for symbol in _of_right(contracts, _PUT) if _strike(symbol) < price]

    def _of_strikes(self, count: int, contracts: list[Symbol], calls: set[Decimal], puts: set[Decimal]) -> Self:
        wanted = {
            symbol for symbol in contracts if _strike(symbol) in (calls if symbol.id.option_right is _CALL else puts)
        }
        return self._exactly(count, [symbol for symbol in self.all_symbols if symbol in wanted])

    def _exactly(self, count: int, symbols: list[Symbol]) -> Self:
        return self._take(symbols) if len(symbols) == count else self._empty()

    def _keep(self, *symbols: Symbol | None) -> Self:
        """These, or nothing if one is missing."""
        found = [symbol for symbol in symbols if symbol is not None]
        return self._take(found) if len(found) == len(symbols) else self._empty()

    def _empty(self) -> Self:
        self._rows = []
        return self


def _check_spread(name: str, spread: Number) -> None:
    if spread <= 0:
        raise ArgumentException(f"{name}(): strikeSpread arguments must be positive")


def _check_expiries(name: str, near: int, far: int) -> None:
    if far <= near:
        text = "must be in ascending order, minNearDaysTillExpiry, minFarDaysTillExpiry"
        raise ArgumentException(f"{name}(): expiry arguments {text}")
    if near < 0:
        raise ArgumentException(f"{name}(): near expiry argument must be positive.")
