"""Option computations: implied volatility and greeks of bid, ask, last and model."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from leanib.simulator.clock import SECOND_US
from leanib.simulator.market.sources import YEAR_SECONDS, expiry_us
from leanib.simulator.protocol import market as answers
from leanib.simulator.protocol.market import Greeks

if TYPE_CHECKING:
    from leanib.simulator.market.instruments import Instrument
    from leanib.simulator.market.market import Market
    from leanib.simulator.market.quotes import Quote


def _cdf(x: float) -> float:
    return 0.5 * (1.0 + math.erf(x / math.sqrt(2.0)))


def _years(item: Instrument, moment: int) -> float:
    """How long the option still trades, with a moment in microseconds; a little more than nothing at its end."""
    return max((expiry_us(item) - moment) / SECOND_US / YEAR_SECONDS, 1e-9)


def _price(item: Instrument, spot: float, years: float, volatility: float) -> float:
    """The Black-Scholes price without rates or dividends."""
    strike, width = float(item.strike), volatility * math.sqrt(years)
    d1 = math.log(spot / strike) / width + width / 2.0
    call = spot * _cdf(d1) - strike * _cdf(d1 - width)
    return call if item.right == "C" else call - spot + strike


def greeks(item: Instrument, spot: float, moment: int, volatility: float) -> Greeks:
    """The Black-Scholes greeks without rates or dividends; theta a day, vega a point of volatility."""
    years = _years(item, moment)
    width = volatility * math.sqrt(years)
    d1 = math.log(spot / float(item.strike)) / width + width / 2.0
    density = math.exp(-d1 * d1 / 2.0) / math.sqrt(2.0 * math.pi)
    return Greeks(
        volatility=volatility,
        delta=_cdf(d1) - (0.0 if item.right == "C" else 1.0),
        price=_price(item, spot, years, volatility),
        dividend=0.0,
        gamma=density / (spot * width),
        vega=spot * density * math.sqrt(years) / 100.0,
        theta=-spot * density * volatility / (2.0 * math.sqrt(years)) / 365.0,
        underlying=spot,
    )


def implied_volatility(item: Instrument, spot: float, moment: int, price: float) -> float:
    """The volatility that explains a price, by bisection between 0.1 % and 500 % to a billionth."""
    low, high, years = 0.001, 5.0, _years(item, moment)
    while high - low > 1e-9:
        middle = (low + high) / 2.0
        low, high = (middle, high) if _price(item, spot, years, middle) < price else (low, middle)
    return (low + high) / 2.0


def option_ticks(market: Market, item: Instrument, quote: Quote, req_id: int, delayed: bool) -> Iterator[bytes]:
    """TickOptionComputation for bid, ask, last and model."""
    spot = market.quote(market.directory.under(item)).mark
    if not spot:
        return
    shift = 70 if delayed else 0
    for kind, price in ((10, quote.bid), (11, quote.ask), (12, quote.last), (13, quote.mid)):
        if price is not None:
            model = kind == 13
            volatility = item.volatility if model else implied_volatility(item, float(spot), quote.time, float(price))
            yield answers.tick_option_computation(
                req_id, kind + shift, greeks(item, float(spot), quote.time, volatility), 1
            )
