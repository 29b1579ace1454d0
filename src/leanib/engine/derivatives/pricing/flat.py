"""A market with one spot price, a flat rate and no dividends, as QuantLib's term structures tell of it.

Rates are found back from discount factors a ten-thousandth of a year apart, and have the noise of that.
"""

from __future__ import annotations

import math
from typing import NamedTuple

__all__ = ["FlatMarket", "OwnResult"]

_MOMENT = 0.0001


class FlatMarket(NamedTuple):
    """A plain option's: its spot price, strike, side, rate and years to its end."""

    spot: float
    strike: float
    is_call: bool
    rate: float
    years: float

    def discount(self, years: float) -> float:
        """What a unit in some years is worth today."""
        return 1.0 / math.exp(self.rate * years)

    @property
    def forward(self) -> float:
        """The price for the option's end; dividends are none."""
        return self.spot * 1.0 / self.discount(self.years)

    def payoff(self, price: float) -> float:
        """What the option is worth when it is exercised."""
        return max(price - self.strike, 0.0) if self.is_call else max(self.strike - price, 0.0)

    def zero_rate(self, years: float) -> float:
        """The rate up to a time, today's for none."""
        years = years or _MOMENT
        return _rate(1.0 / self.discount(years), years)

    def forward_rate(self, years: float) -> float:
        """The rate from a time on."""
        end = years + _MOMENT
        return _rate(self.discount(years) / self.discount(end), end - years)

    def theta(self, volatility: float, value: float, delta: float, gamma: float) -> float:
        """A price's change by the time, a year, as Black's and Scholes' equation has it (`Greeks.cs`)."""
        spot, rate = self.spot, self.zero_rate(0.0)
        return rate * value - (rate - 0.0) * spot * delta - 0.5 * volatility * volatility * spot * spot * gamma

    def instant_rate(self, years: float) -> float:
        """The rate at a time."""
        return self.forward_rate(max(years - _MOMENT / 2.0, 0.0))


class OwnResult(NamedTuple):
    """What a way of pricing says of an option; None for a Greek that it does not have."""

    value: float
    delta: float | None
    gamma: float | None
    theta: float | None = None


def _rate(compound: float, years: float) -> float:
    return 0.0 if compound == 1.0 else math.log(compound) / years
