"""Slippage from permanent and temporary market impact (`Common/Orders/Slippage/MarketImpactSlippageModel.cs`).

After Almgren, Thum, Hauptmann and Li (2005), with noise from .NET's random numbers so that runs repeat LEAN's.
"""

from __future__ import annotations

import math
from collections import deque
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.dotnet.exceptions import RefusedArgument
from leanib.engine.dotnet.random_numbers import Random
from leanib.engine.dotnet.two_sides import base_of
from leanib.engine.numbers import ONE, ZERO, cast_double
from leanib.engine.orders.slippage.models import SlippageModel
from leanib.engine.symbols import Resolution, TickType

if TYPE_CHECKING:
    from leanib.engine.market import TradeBar
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity
    from leanib.engine.symbols import Symbol

__all__ = ["MarketImpactSlippageModel"]

_DAY_SECONDS = 86400.0


class Traces(Protocol):
    """An algorithm as the model needs it: now, and the daily bars of a security, past and to come."""

    @property
    def time(self) -> datetime:
        """Now, in its zone."""

    @property
    def subscription_manager(self) -> Any:
        """Who feeds consolidators."""

    def get_trade_bar_history(self, symbol: Symbol, start: datetime, end: datetime, resolution: Resolution) -> Any:
        """The bars between two times."""


class MarketImpactSlippageModel(SlippageModel):
    """Latency and impact time in seconds; the Greek letters are the paper's coefficients and exponents."""

    def __init__(
        self,
        algorithm: Traces,
        non_negative: bool = True,
        latency: float = 0.075,
        impact_time: float = 1800.0,
        alpha: float = 0.891,
        beta: float = 0.600,
        gamma: float = 0.314,
        eta: float = 0.142,
        delta: float = 0.267,
        random_seed: int = 50,
    ) -> None:
        if latency <= 0:
            raise RefusedArgument("Latency cannot be less than or equal to 0.")
        if impact_time <= 0:
            raise RefusedArgument("impactTime cannot be less than or equal to 0.")
        self._algorithm = algorithm
        self._non_negative = non_negative
        self._latency, self._impact_time = latency, impact_time
        self._alpha, self._beta, self._gamma, self._eta, self._delta = alpha, beta, gamma, eta, delta
        self._random = Random(random_seed)
        self._history: _DailyHistory | None = None

    def get_slippage_approximation(self, asset: TradedSecurity, order: Order) -> Decimal | float:
        """A random share of the modelled impact, of the price."""
        if TickType.TRADE not in asset.symbol.asset.tick_types:
            raise RefusedArgument(
                f"Asset of {asset.type.lean_name} is not supported as MarketImpactSlippageModel requires volume data"
            )
        if self._history is None:
            self._history = _DailyHistory(self._algorithm, asset, self._latency, self._impact_time)
        history = self._history
        if history.average_volume == 0:
            return ZERO
        impact = self._impact(float(order.absolute_quantity_decimal), history, self._liquidity(asset, history))
        share = min(cast_double(impact * self._random.next_double()), ONE)
        share = max(ZERO, share) if self._non_negative else share
        return share * asset.price_decimal

    def _liquidity(self, asset: TradedSecurity, history: _DailyHistory) -> float:
        fundamentals = asset.fundamentals
        if fundamentals is None or not fundamentals.has_fundamental_data:
            return 1.0
        shares = fundamentals.company_profile.shares_outstanding
        return float(math.pow(shares / history.average_volume, self._delta)) if shares > 0 else 1.0

    def _impact(self, quantity: float, history: _DailyHistory, liquidity: float) -> float:
        rate = quantity / history.execution_time / history.average_volume
        noise = history.sigma * math.sqrt(history.impact_time)
        permanent = history.sigma * history.execution_time * self._gamma * math.pow(rate, self._alpha) * liquidity
        permanent += self._gaussian() * noise
        temporary = history.sigma * self._eta * math.pow(rate, self._beta) + self._gaussian() * noise
        return temporary + permanent * 0.5

    def _gaussian(self) -> float:
        first = 1 - self._random.next_double()
        second = 1 - self._random.next_double()
        return math.sqrt(-2.0 * math.log(first)) * math.cos(2.0 * math.pi * second)


class _DailyHistory:
    """Volatility of daily returns over 252 days and average volume over ten."""

    def __init__(self, algorithm: Traces, asset: TradedSecurity, latency: float, impact_time: float) -> None:
        self.sigma = 0.0
        self.average_volume = 0.0
        self._prices: deque[float] = deque(maxlen=252)
        self._volumes: deque[float] = deque(maxlen=10)
        day = asset.exchange.hours.regular_market_duration / timedelta(days=1)
        self.execution_time = latency / _DAY_SECONDS / day
        self.impact_time = self.execution_time + impact_time / _DAY_SECONDS / day
        start = base_of(algorithm).time - timedelta(days=370)
        # consolidators know securities, which know slippage models
        from leanib.engine.consolidators import TradeBarConsolidator

        # A bar counts once its consolidator is done with it: when the next one comes, or the day has ended.
        consolidator = TradeBarConsolidator(timedelta(days=1))
        consolidator.data_consolidated += self._add
        algorithm.subscription_manager.add_consolidator(asset.symbol, consolidator)
        base = base_of(algorithm)
        for bar in base.get_trade_bar_history(asset.symbol, start, base.time, Resolution.DAILY):
            consolidator.update(bar)

    def _add(self, _sender: object, bar: TradeBar) -> None:
        self._prices.append(bar.close)
        self._volumes.append(bar.volume)
        if len(self._prices) < 2:
            return
        returns = [(new - old) / old if old else 0.0 for old, new in pairwise(self._prices)]
        self.sigma = math.sqrt(_sample_variance(returns))
        self.average_volume = sum(self._volumes) / len(self._volumes)


def _sample_variance(values: list[float]) -> float:
    if len(values) < 2:
        return float("nan")
    mean = sum(values) / len(values)
    return sum((value - mean) ** 2 for value in values) / (len(values) - 1)
