"""How volatile a security is (`Common/Securities/Volatility/**`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from datetime import datetime, timedelta
from math import sqrt
from typing import TYPE_CHECKING, Any, Protocol

from leanib.engine.market.calendars import get_start_time_for_trade_bars
from leanib.engine.naming import LeanObject
from leanib.engine.symbols import DataNormalizationMode, Resolution

if TYPE_CHECKING:
    from leanib.engine.indicators.base import IndicatorBase
    from leanib.engine.market import BaseData
    from leanib.engine.securities.security import Security
    from leanib.engine.timezones import DateTimeZone

__all__ = [
    "BaseVolatilityModel",
    "IndicatorVolatilityModel",
    "RelativeStandardDeviationVolatilityModel",
    "StandardDeviationOfReturnsVolatilityModel",
    "VolatilityModel",
    "VolatilityModelExtensions",
]

_NEVER = datetime(1, 1, 1)
_TRADING_DAYS = 252.0
_PERIODS = {
    Resolution.TICK: 600,
    Resolution.SECOND: 600,
    Resolution.MINUTE: 60 * 24,
    Resolution.HOUR: 24 * 30,
    Resolution.DAILY: 30,
}


class VolatilityModel(LeanObject):
    """Base of the models, and the one that knows nothing: `VolatilityModel.NULL`."""

    NULL: VolatilityModel
    Null: VolatilityModel

    @property
    def volatility(self) -> float:
        """The volatility; 0 while there is not enough data."""
        return 0.0

    def update(self, security: Security, data: BaseData) -> None:
        """Takes a data point in."""

    def get_history_requirements(self, security: Security, utc_time: datetime) -> list[Any]:
        """The history that the model wants to start with."""
        return []


VolatilityModel.NULL = VolatilityModel.Null = VolatilityModel()


class HistoryOwner(Protocol):
    """Whose past a model learns from: an algorithm."""

    @property
    def history_provider(self) -> Any:
        """Who answers requests for the past."""

    @property
    def time_zone(self) -> DateTimeZone:
        """The zone of the answers."""

    @property
    def utc_time(self) -> datetime:
        """Now."""


class BaseVolatilityModel(VolatilityModel):
    """Base of models that learn from history before they are used."""

    def warm_up_requirement(self) -> tuple[Resolution | None, int] | None:
        """Resolution (None for days) and number of bars to start with; None for no warm-up."""
        return None

    def reset(self) -> None:
        """Forgets everything: a warm-up is about to start."""

    def get_history_requirements(
        self,
        security: Security,
        utc_time: datetime,
        resolution: Resolution | None = None,
        bar_count: int | None = None,
    ) -> list[Any]:
        """The history requests of a warm-up; without resolution and number of bars, the model's own."""
        if bar_count is None:
            requirement = self.warm_up_requirement()
            if requirement is None:
                return []
            self.reset()
            resolution, bar_count = requirement
        return [_history_request(security, utc_time, resolution, bar_count)]

    def warm_up(
        self,
        algorithm: HistoryOwner,
        security: Security,
        utc_time: datetime,
        requests: list[Any] | None = None,
        mode: DataNormalizationMode | None = None,
    ) -> None:
        """Feeds history to the model. Raw prices are scaled, so that splits and dividends do not look like moves."""
        if requests is None:
            requests = self.get_history_requirements(security, utc_time)
        raw = (mode or security.data_normalization_mode) is DataNormalizationMode.RAW
        for request in requests:
            if raw:
                request.data_normalization_mode = DataNormalizationMode.SCALED_RAW
        for moment in algorithm.history_provider.get_history(requests, algorithm.time_zone):
            for request in requests:
                points = moment.get(request.data_type)
                if security.symbol in points:
                    self.update(security, points[security.symbol])


def _history_request(security: Security, utc_time: datetime, resolution: Resolution | None, bar_count: int) -> Any:
    from leanib.engine.market.history_request import HistoryRequest  # the run is built on securities

    configs = sorted(security.subscriptions, key=lambda config: config.tick_type)
    config, zone = configs[0], security.exchange.time_zone
    if resolution is None:
        resolution = Resolution.DAILY
    # LEAN asks for hours without extended hours: hour files have none.
    extended = resolution is not Resolution.HOUR and any(each.extended_market_hours for each in configs)
    start = get_start_time_for_trade_bars(
        security.exchange.hours,
        zone.to_local(utc_time),
        resolution.to_time_span(),
        bar_count,
        extended,
        config.data_time_zone,
    )
    return HistoryRequest(
        zone.to_utc(start),
        utc_time,
        config.type,
        config.symbol,
        resolution,
        security.exchange.hours,
        config.data_time_zone,
        resolution,
        extended,
        config.is_custom_data,
        config.data_normalization_mode,
        config.tick_type,
    )


class VolatilityModelExtensions(LeanObject):
    """LEAN's static helper."""

    @staticmethod
    def warm_up(
        volatility_model: BaseVolatilityModel,
        algorithm: HistoryOwner,
        security: Security,
        resolution: Resolution,
        bar_count: int,
        data_normalization_mode: DataNormalizationMode | None = None,
    ) -> None:
        """Feeds that many bars of history to a model that does not know itself how many it needs."""
        requests = volatility_model.get_history_requirements(security, algorithm.utc_time, resolution, bar_count)
        volatility_model.warm_up(algorithm, security, algorithm.utc_time, requests, data_normalization_mode)


class StandardDeviationOfReturnsVolatilityModel(BaseVolatilityModel):
    """The annualized sample standard deviation of returns over a number of periods."""

    def __init__(
        self,
        periods: int | Resolution,
        resolution: Resolution | timedelta | None = None,
        update_frequency: timedelta | None = None,
    ) -> None:
        """`(periods, resolution=None, update_frequency=None)` or `(resolution, update_frequency=None)`."""
        if isinstance(periods, Resolution):
            update_frequency = resolution if isinstance(resolution, timedelta) else update_frequency
            resolution = periods
            periods = _PERIODS[periods]
        if periods < 2:
            raise ValueError("the volatility of returns needs at least 2 periods")
        self._resolution = resolution if isinstance(resolution, Resolution) else None
        span = self._resolution.to_time_span() if self._resolution is not None else timedelta(days=1)
        self._period_span = span if update_frequency is None else update_frequency
        self._window: deque[float] = deque(maxlen=periods)
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        self._window.clear()
        self._last_update = _NEVER
        self._last_price = 0.0
        self._volatility: float | None = 0.0

    @property
    def volatility(self) -> float:
        """Annualized with 252 periods a year, whatever the resolution."""
        if len(self._window) < 2:
            return 0.0
        if self._volatility is None:
            from statistics import stdev  # with fractions and their patterns: for those who ask

            self._volatility = stdev(self._window) * sqrt(_TRADING_DAYS)
        return self._volatility

    def update(self, security: Security, data: BaseData) -> None:
        """Takes a price in, at most one a period."""
        if data.end_time - self._last_update < self._period_span or data.price <= 0:
            return
        if self._last_price > 0:
            self._volatility = None
            self._window.append(data.price / self._last_price - 1.0)
        self._last_update = data.end_time
        self._last_price = data.price

    def warm_up_requirement(self) -> tuple[Resolution | None, int] | None:
        """One bar more than periods."""
        return self._resolution, (self._window.maxlen or 0) + 1


class RelativeStandardDeviationVolatilityModel(BaseVolatilityModel):
    """The sample standard deviation of prices relative to their mean."""

    def __init__(self, period_span: timedelta, periods: int) -> None:
        if periods < 2:
            raise ValueError("the volatility of prices needs at least 2 periods")
        self._period_span = period_span
        self._resolution: Resolution | None = None
        self._window: deque[float] = deque(maxlen=periods)
        self.reset()

    def reset(self) -> None:
        """Forgets everything."""
        self._window.clear()
        self._last_update = _NEVER + self._period_span * (self._window.maxlen or 0)
        self._volatility: float | None = 0.0

    @property
    def volatility(self) -> float:
        """Standard deviation over mean."""
        if len(self._window) < 2:
            return 0.0
        if self._volatility is None:
            from statistics import fmean, stdev

            mean = abs(fmean(self._window))
            self._volatility = stdev(self._window) / mean if mean else 0.0
        return self._volatility

    def get_history_requirements(
        self,
        security: Security,
        utc_time: datetime,
        resolution: Resolution | None = None,
        bar_count: int | None = None,
    ) -> list[Any]:
        """One bar more than periods, at the finest resolution of the security."""
        self._resolution = security.resolution
        return super().get_history_requirements(security, utc_time, resolution, bar_count)

    def update(self, security: Security, data: BaseData) -> None:
        """Takes a price in, at most one a period."""
        if data.end_time - self._last_update >= self._period_span and data.price > 0:
            self._volatility = None
            self._window.append(data.price)
            self._last_update = data.end_time

    def warm_up_requirement(self) -> tuple[Resolution | None, int] | None:
        """One bar more than periods, at the security's own resolution."""
        return self._resolution, (self._window.maxlen or 0) + 1


class IndicatorVolatilityModel(BaseVolatilityModel):
    """What an indicator says, which the algorithm or `indicator_update(security, data, indicator)` keeps up to date."""

    def __init__(
        self, indicator: IndicatorBase, indicator_update: Callable[[Security, BaseData, Any], object] | None = None
    ) -> None:
        self._indicator = indicator
        self._indicator_update = indicator_update

    @property
    def volatility(self) -> float:
        """The indicator's value."""
        return float(self._indicator.current.value)

    def update(self, security: Security, data: BaseData) -> None:
        """Passes the data on."""
        if self._indicator_update is not None:
            self._indicator_update(security, data, self._indicator)
