"""Volume and time by price (`Indicators/{MarketProfile,VolumeProfile,TimeProfile}.cs`)."""

from __future__ import annotations

from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from leanib.engine.dotnet.collections import Dictionary
from leanib.engine.dotnet.exceptions import ArgumentException
from leanib.engine.indicators.base import TradeBarIndicator
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.indicators.statistics import Sum
from leanib.engine.numbers import to_decimal

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = ["MarketProfile", "TimeProfile", "VolumeProfile"]


class MarketProfile(TradeBarIndicator):
    """How much happened at which price; its value is the price at which most did (the point of control)."""

    def __init__(
        self,
        name: str,
        period: int = 2,
        value_area_volume_percentage: float = 0.70,
        price_range_round_off: float = 0.05,
    ) -> None:
        if price_range_round_off <= 0:
            raise ArgumentException("price_range_round_off must be strictly bigger than zero.")
        self.warm_up_period = period
        self._share = float(value_area_volume_percentage)
        self._steps = 1 / to_decimal(price_range_round_off)
        self._points: RollingWindow[tuple[float, float]] = RollingWindow(period)
        self._total = Sum(name + "_Sum", period)
        super().__init__(name)

    def _start(self) -> None:
        self._volumes: dict[float, float] = {}
        self.profile_high = self.profile_low = 0.0
        self.poc_price = self.poc_volume = 0.0
        self.value_area_volume = self.value_area_high = self.value_area_low = 0.0

    @property
    def is_ready(self) -> bool:
        """Whether a period of bars came in."""
        return self._total.is_ready

    @property
    def volume_per_price(self) -> Dictionary[float, float]:
        """What happened at each price, the lowest price first."""
        return Dictionary(sorted(self._volumes.items()))

    def _volume_of(self, bar: TradeBar) -> float:
        raise NotImplementedError

    def _next(self, data: TradeBar) -> float:
        self._add(data, self._volume_of(data))
        prices = sorted(self._volumes)
        if not prices:
            return 0.0
        volumes = [self._volumes[price] for price in prices]
        center = _busiest(volumes)
        self.poc_price, self.poc_volume = prices[center], volumes[center]
        self.profile_high, self.profile_low = prices[-1], prices[0]
        self.value_area_volume = self._total.current.value * self._share
        low, high = _value_area(volumes, center, self.value_area_volume)
        self.value_area_low, self.value_area_high = prices[low], prices[high]
        return self.poc_price

    def _add(self, bar: TradeBar | QuoteBar, volume: float) -> None:
        was_full = self._points.is_ready
        self._points.add((bar.close, volume))
        price = self._round(bar.close)
        self._volumes[price] = self._volumes.get(price, 0.0) + volume
        self._total.feed(bar.time, volume)
        if was_full:
            close, old = self._points.most_recently_removed
            price = self._round(close)
            if price in self._volumes:
                self._volumes[price] -= old
                if self._volumes[price] == 0:
                    del self._volumes[price]

    def _round(self, price: float) -> float:
        """Up to the next step of the price range."""
        steps: Decimal = (to_decimal(price) * self._steps).to_integral_value(ROUND_CEILING)
        return float(steps / self._steps)


def _busiest(volumes: list[float]) -> int:
    """The index of the highest volume; of equals the one nearest to the middle."""
    best, middle = 0, (len(volumes) - 1) // 2
    for index, volume in enumerate(volumes):
        nearer = abs(middle - index) < abs(middle - best)
        if volume > volumes[best] or (volume == volumes[best] and nearer):
            best = index
    return best


def _value_area(volumes: list[float], center: int, wanted: float) -> tuple[int, int]:
    """The first and the last index of the area around the centre that holds the wanted volume."""
    low = high = center
    current = volumes[center]
    while current <= wanted and wanted:
        below = volumes[low - 1] if low > 0 else 0.0
        above = volumes[high + 1] if high < len(volumes) - 1 else 0.0
        if not below and not above:
            break
        if not above or below > above:
            current, low = current + below, low - 1
        else:
            current, high = current + above, high + 1
    return low, high


class VolumeProfile(MarketProfile):
    """Volume by price."""

    title = "VP({period},{value_area_volume_percentage},{price_range_round_off})"

    def _volume_of(self, bar: TradeBar) -> float:
        return bar.volume


class TimeProfile(MarketProfile):
    """Time by price: each bar counts 1."""

    title = "TP({period},{value_area_volume_percentage},{price_range_round_off})"

    def _volume_of(self, bar: TradeBar) -> float:
        return 1.0
