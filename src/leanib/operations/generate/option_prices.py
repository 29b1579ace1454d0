"""What an American option is worth: the formulas behind the pricing engines that LEAN's generator can be told to use.

Arrays in, arrays out; no dividends, so that a call is worth what Black and Scholes say. Of LEAN's engines (QLNet's)
those are here that price a plain option from its process alone. Sources: Barone-Adesi and Whaley (1987), Bjerksund and
Stensland (1993).
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from leanib.data.generate.black_scholes import normal, values

__all__ = ["ENGINES", "Engine", "Floats", "bjerksund_stensland", "black_scholes", "greeks", "whaley"]

Floats = NDArray[np.float64]
Engine = Callable[[bool, Floats, float, Floats, Floats, float], Floats]
"""(is_call, price, strike, years, volatility, rate) to values."""

_ROUNDS = 60
_CLOSE = 1e-10
_BUMP, _POINT = 1e-3, 1e-4


def _upper(price: Floats, strike: Floats | float, years: Floats, volatility: Floats, rate: float) -> Floats:
    width = volatility * np.sqrt(years)
    found: Floats = (np.log(price / strike) + (rate + volatility * volatility / 2) * years) / width
    return found


def black_scholes(
    is_call: bool, price: Floats, strike: float, years: Floats, volatility: Floats, rate: float
) -> Floats:
    """A European option."""
    return np.maximum(values(is_call, price, strike, years, volatility, rate), 0.0)


def whaley(is_call: bool, price: Floats, strike: float, years: Floats, volatility: Floats, rate: float) -> Floats:
    """Barone-Adesi and Whaley's quadratic approximation."""
    european = black_scholes(is_call, price, strike, years, volatility, rate)
    if is_call or rate <= 0:
        return european
    kinds, owner = np.unique(np.stack([years, volatility]), axis=1, return_inverse=True)
    owner = owner.reshape(-1)
    power, critical = _critical(strike, kinds[0], kinds[1], rate)
    power, critical = power[owner], critical[owner]
    premium = -(critical / power) * (1 - normal(-_upper(critical, strike, years, volatility, rate)))
    held = european + premium * (price / critical) ** power
    value: Floats = np.where(price > critical, held, strike - price)
    return value


def _critical(strike: float, years: Floats, volatility: Floats, rate: float) -> tuple[Floats, Floats]:
    """The power of the premium, and the price at and below which a put is exercised (Newton's method)."""
    ratio = 2 * rate / volatility**2
    power = (1 - ratio - np.sqrt((ratio - 1) ** 2 + 4 * ratio / (1 - np.exp(-rate * years)))) / 2
    lowest = strike / (1 - 2 / (1 - ratio - np.sqrt((ratio - 1) ** 2 + 4 * ratio)))
    reach = (rate * years - 2 * volatility * np.sqrt(years)) * strike / (strike - lowest)
    price = lowest + (strike - lowest) * np.exp(reach)
    for _ in range(_ROUNDS):
        tail = normal(-_upper(price, strike, years, volatility, rate))
        held = black_scholes(False, price, strike, years, volatility, rate) - (1 - tail) * price / power
        excess = strike - price - held
        if float(np.abs(excess).max()) < _CLOSE * strike:
            break
        density = np.exp(-(_upper(price, strike, years, volatility, rate) ** 2) / 2) / math.sqrt(2 * math.pi)
        slope = -1 + tail + (1 - tail + density / (volatility * np.sqrt(years))) / power
        price = np.clip(price - excess / slope, lowest, strike)
    return power, price


def bjerksund_stensland(
    is_call: bool, price: Floats, strike: float, years: Floats, volatility: Floats, rate: float
) -> Floats:
    """Bjerksund and Stensland's: exercised at a fixed price; a put is a call with both turned round."""
    european = black_scholes(is_call, price, strike, years, volatility, rate)
    if is_call or rate <= 0:
        return european
    spot, struck, carry = np.full_like(price, strike), price, -rate
    square = volatility**2
    beta = 0.5 - carry / square + np.sqrt((carry / square - 0.5) ** 2)
    limit, begin = beta / (beta - 1) * struck, struck
    reach = -(carry * years + 2 * volatility * np.sqrt(years)) * begin / (limit - begin)
    trigger = begin + (limit - begin) * (1 - np.exp(reach))

    def phi(gamma: Floats | float, barrier: Floats) -> Floats:
        width = volatility * np.sqrt(years)
        growth = (gamma * carry + 0.5 * gamma * (gamma - 1) * square) * years
        place = -(np.log(spot / barrier) + (carry + (gamma - 0.5) * square) * years) / width
        kappa = 2 * carry / square + 2 * gamma - 1
        inner = normal(place) - (trigger / spot) ** kappa * normal(place - 2 * np.log(trigger / spot) / width)
        found: Floats = np.exp(growth) * spot**gamma * inner
        return found

    alpha = (trigger - struck) * trigger**-beta
    held = alpha * spot**beta - alpha * phi(beta, trigger) + phi(1.0, trigger) - phi(1.0, struck)
    held = held - struck * phi(0.0, trigger) + struck * phi(0.0, struck)
    value: Floats = np.where(spot >= trigger, strike - price, np.maximum(held, european))
    return value


ENGINES: dict[str, Engine] = {
    "BaroneAdesiWhaleyApproximationEngine": whaley,
    "BjerksundStenslandApproximationEngine": bjerksund_stensland,
    "AnalyticEuropeanEngine": black_scholes,
    "IntegralEngine": black_scholes,
}
"""By LEAN's names; the integral of the payoff over a European option's end is Black and Scholes' formula."""


def greeks(
    engine: Engine, is_call: bool, price: float, strike: float, years: float, volatility: float, rate: float
) -> tuple[float, float, float, float, float]:
    """Delta, gamma, vega (a point of volatility), theta (a day) and rho (a point of the rate), by differences."""

    def worth(spot: float = price, span: float = years, sigma: float = volatility, interest: float = rate) -> float:
        return float(engine(is_call, np.array([spot]), strike, np.array([span]), np.array([sigma]), interest)[0])

    step, now = price * _BUMP, worth()
    up, down = worth(spot=price + step), worth(spot=price - step)
    bump = volatility * _BUMP
    vega = (worth(sigma=volatility + bump) - worth(sigma=volatility - bump)) / (2 * bump) / 100
    day = min(1 / 365, years / 2)
    theta = (worth(span=years - day) - now) / day / 365
    rho = (worth(interest=rate + _POINT) - now) / _POINT / 100
    return (up - down) / (2 * step), (up - 2 * now + down) / step**2, vega, theta, rho
