"""How much money a strategy could carry (`Common/CapacityEstimate.cs`, `Common/SymbolCapacity.cs`).

For a while after each fill the market's dollar volume is added up; every few days the asset with the smallest volume,
scaled by its share of the strategy, gives the capacity.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from leanib.engine.market import TradeBar
from leanib.engine.market.base_data import END_OF_TIME
from leanib.engine.numbers import ONE, ZERO, cast_double, discretely_round_by, to_decimal, truncate
from leanib.engine.securities.buying_power import ReservedBuyingPowerForPositionParameters
from leanib.engine.timezones.utc_time import naive_utc

if TYPE_CHECKING:
    from leanib.engine.core.parts import RunStrategy
    from leanib.engine.market import QuoteBar
    from leanib.engine.orders.event import OrderEvent
    from leanib.engine.securities import Security
    from leanib.engine.symbols import Symbol

__all__ = ["CapacityEstimate"]

_DAY = timedelta(days=1)
_ORIGIN = datetime(1, 1, 1)
_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_SECOND = timedelta(seconds=1)
_EFFECT_PERIOD = timedelta(days=30)
_TRADING_MINUTES = Decimal(390)
_FAST_TRADING_FACTOR = Decimal(2)
_LEAST_DISCOUNT = Decimal("0.20")
_DOLLAR_VOLUME_SCALE = Decimal(6_000_000)
_ROUNDING = Decimal("1000.00")
_FILLED = ("Filled", "PartiallyFilled")


class _Bar(NamedTuple):
    """The close, volume and length of the bar that the volume is taken from."""

    close: Decimal
    volume: Decimal
    period: timedelta


class CapacityEstimate:
    """Estimates a running algorithm's capacity, in the account's currency."""

    def __init__(self, algorithm: RunStrategy) -> None:
        self._algorithm = algorithm
        self._symbols: dict[Any, _SymbolCapacity] = {}
        self._monitored: list[_SymbolCapacity] = []
        days = (algorithm.end_date - algorithm.start_date) / _DAY
        self._snapshot_period = timedelta(days=max(min(days - 1, 7), 1))
        self._next_snapshot = algorithm.start_date + self._snapshot_period
        self._capacity = ZERO
        self._smallest_symbol: Any = None

    @property
    def next_time(self) -> datetime:
        """When the next snapshot is due."""
        return self._next_snapshot if self._symbols else END_OF_TIME

    @property
    def watched(self) -> list[Any]:
        """The symbols of which it adds up the volume."""
        return [capacity.symbol for capacity in self._monitored]

    @property
    def capacity(self) -> Decimal:
        """The estimate, to the nearest thousand."""
        return discretely_round_by(self._capacity, _ROUNDING)

    @property
    def lowest_capacity_asset(self) -> Any:
        """The symbol that limits the capacity, or None."""
        return self._smallest_symbol

    def on_order_event(self, order_event: OrderEvent) -> None:
        """Start to watch the market of a symbol that was filled."""
        if order_event.status.lean_name not in _FILLED:
            return
        symbol = order_event.symbol
        capacity = self._symbols.get(symbol)
        if capacity is None:
            capacity = self._symbols[symbol] = _SymbolCapacity(self._algorithm, symbol)
        capacity.on_order_event(order_event)
        if capacity not in self._monitored:
            self._monitored.append(capacity)

    def update_market_capacity(self, force_process: bool) -> None:
        """Take in the volume of the current slice; called once a time step."""
        if self._monitored:
            self._monitored = [capacity for capacity in self._monitored if not capacity.update_market_capacity()]
        if not self._symbols:
            return
        time = self._algorithm.time_keeper.utc_time
        if force_process or time >= self._next_snapshot:  # which is a midnight
            self._take_snapshot(time.replace(hour=0, minute=0, second=0, microsecond=0))

    def goes_by_slices(self, symbol: Symbol) -> bool:
        """Whether all that it sees of a symbol that it watches is in the algorithm's slices."""
        return not self._symbols[symbol].is_internal

    def take_bars(self, symbol: Symbol, bars: Iterable[tuple[datetime, float, float, timedelta]]) -> None:
        """Take in bars of a symbol that it watches, as slices would have brought them.

        Args:
            symbol: Whose they are.
            bars: When (UTC) each came, its close, its volume in shares, and how long it is.
        """
        capacity = self._symbols[symbol]
        for time, close, volume, period in bars:
            if capacity.take(_Bar(to_decimal(close), to_decimal(volume), period), time):
                self._monitored.remove(capacity)
                return

    def _take_snapshot(self, day: datetime) -> None:
        portfolio_value = self._algorithm.portfolio.total_portfolio_value_decimal
        if not portfolio_value:
            return
        smallest = min(self._symbols.values(), key=lambda capacity: capacity.market_capacity_dollar_volume)
        self._smallest_symbol = smallest.security.symbol
        total_sales = sum((capacity.sale_volume for capacity in self._symbols.values()), ZERO)
        share_of_sales = smallest.sale_volume / total_sales if total_sales else ZERO
        scale = max(share_of_sales, smallest.buying_power_used() / portfolio_value)
        estimate = smallest.market_capacity_dollar_volume / smallest.trades / scale if scale else self._capacity
        if self._capacity:
            estimate = Decimal("0.33") * estimate + self._capacity * Decimal("0.66")
        self._capacity = estimate
        self._forget_or_reset()
        self._next_snapshot = day + self._snapshot_period

    def _forget_or_reset(self) -> None:
        for symbol, capacity in list(self._symbols.items()):
            if not capacity.should_remove():
                capacity.reset()
                continue
            del self._symbols[symbol]
            if capacity in self._monitored:
                self._monitored.remove(capacity)


class _SymbolCapacity:
    """The market's dollar volume around one symbol's fills."""

    def __init__(self, algorithm: RunStrategy, symbol: Symbol) -> None:
        self.security = algorithm.securities[symbol]
        self.trades = 0
        self.sale_volume = ZERO
        self._algorithm = algorithm
        self.symbol = symbol
        service = algorithm.subscription_manager.subscription_data_config_service
        configs = service.get_subscription_data_configs(symbol, include_internal_configs=True)
        self.is_internal = all(config.is_internal_feed for config in configs)
        self._previous_volume = ZERO
        self._previous_time: datetime | None = None
        self._average_dollar_volume = ZERO
        self._resolution_scale = ZERO
        self._market_volume = ZERO
        self._reset_market_volume = False
        self._discount = ZERO
        self._last_fill_time: datetime | None = None

    @property
    def market_capacity_dollar_volume(self) -> Decimal:
        """The volume watched, scaled by what a strategy of that resolution can take of it."""
        return self._market_volume * self._resolution_scale

    def buying_power_used(self) -> Decimal:
        """The holding's reserved buying power times its leverage."""
        security = self.security
        parameters = ReservedBuyingPowerForPositionParameters(security)
        reserved = security.buying_power_model.get_reserved_buying_power_for_position(parameters)
        return to_decimal(reserved.absolute_used_buying_power) * to_decimal(security.leverage)

    def on_order_event(self, order_event: OrderEvent) -> None:
        """Count a fill; fills in quick succession discount the volume that follows."""
        security = self.security
        price, quantity = order_event.fill_price_decimal, abs(order_event.fill_quantity_decimal)
        self.sale_volume += self._conversion_rate() * price * quantity * self._multiplier(security)
        now = naive_utc(order_event.utc_time)
        last = self._last_fill_time or now - _DAY
        minutes = cast_double((now - last) / _MINUTE)
        discount = _FAST_TRADING_FACTOR * (minutes / _TRADING_MINUTES)
        self._discount = ONE if discount > 1 else max(_LEAST_DISCOUNT, discount)
        if self._reset_market_volume:
            self._market_volume = ZERO
            self.trades = 0
            self._reset_market_volume = False
        self.trades += 1
        self._last_fill_time = now

    def update_market_capacity(self) -> bool:
        """Add the current bar's volume; whether enough has been seen since the last fill."""
        bar = self._bar()
        return bar is not None and self.take(bar, self._algorithm.time_keeper.utc_time)

    def take(self, bar: _Bar, now: datetime) -> bool:
        """Likewise, of a bar that came at a time (UTC)."""
        if not bar.volume:
            return False
        rate = self._conversion_rate()
        minutes = cast_double((now - (self._previous_time or now)) / _MINUTE)
        volume = bar.volume + self._previous_volume if minutes else bar.volume
        self._average_dollar_volume = bar.close * rate * volume / (minutes or ONE)
        self._previous_time = now
        self._previous_volume = bar.volume
        if not self._include(bar.period, now):
            return True
        self._resolution_scale = _resolution_scale(bar.period)
        multiplier = self._multiplier(self.security)
        self._market_volume += bar.close * self._discount * bar.volume * rate * multiplier
        return False

    def _include(self, period: timedelta, now: datetime) -> bool:
        """Whether the fill still has an effect: longer in thin markets, the bar of the fill for hours and days."""
        fill = self._last_fill_time
        if fill is None:
            return False
        if period >= _DAY:
            return now == fill or _midnight(now) == _round_up(fill, _DAY)
        if period >= _HOUR:
            return now == _round_up(fill, _HOUR)
        scale, least = (_DOLLAR_VOLUME_SCALE, 1) if period >= _MINUTE else (_DOLLAR_VOLUME_SCALE / 60, 5)
        wait = scale / self._average_dollar_volume if self._average_dollar_volume else Decimal(10)
        return now <= fill + max(least, min(int(truncate(wait)), 120)) * _MINUTE

    def _bar(self) -> _Bar | None:
        slice_ = self._algorithm.current_slice
        bar = slice_.bars.get(self.symbol) if slice_ is not None else None
        if bar is not None:
            return _Bar(to_decimal(bar.close), to_decimal(bar.volume), bar.period)
        quote = slice_.quote_bars.get(self.symbol) if slice_ is not None else None
        if quote is not None:
            return _Bar(to_decimal(quote.close), self._quote_volume(quote), quote.period)
        if not self.is_internal:
            return None
        data = self.security.cache.get_data(TradeBar)
        if data is None:
            return None
        if self.security.exchange.hours.time_zone.to_utc(data.end_time) != self._algorithm.time_keeper.utc_time:
            return None
        return _Bar(to_decimal(data.close), to_decimal(data.volume), data.period)

    def _quote_volume(self, quote: QuoteBar) -> Decimal:
        """A stand-in for the volume that quotes lack: market depth, or a fixed one."""
        assumed = self.symbol.asset.assumed_minute_volume
        if assumed is not None:
            return Decimal(assumed)
        return (to_decimal(quote.last_bid_size) + to_decimal(quote.last_ask_size)) / 2

    def reset(self) -> None:
        """Begin a new snapshot: the volume starts anew with the next fill."""
        self._reset_market_volume = True
        self.sale_volume = ZERO

    def should_remove(self) -> bool:
        """Whether nothing is held and the last fill is a month old."""
        assert self._last_fill_time is not None
        return (
            not self.security.invested and self._algorithm.time_keeper.utc_time >= self._last_fill_time + _EFFECT_PERIOD
        )

    def _conversion_rate(self) -> Decimal:
        rate: Decimal = self.security.quote_currency.conversion_rate_decimal
        return rate

    @staticmethod
    def _multiplier(security: Security) -> Decimal:
        multiplier: Decimal = security.symbol_properties.contract_multiplier_decimal
        return multiplier


def _midnight(time: datetime) -> datetime:
    return time.replace(hour=0, minute=0, second=0, microsecond=0)


def _round_up(time: datetime, interval: timedelta) -> datetime:
    """The next multiple of the interval, or the time itself."""
    over = (time - _ORIGIN) % interval
    return time + (interval - over) if over else time


def _resolution_scale(period: timedelta) -> Decimal:
    if period >= _DAY:
        return Decimal("0.02")
    if period >= _HOUR:
        return Decimal("0.05")
    return Decimal("0.20") if period >= _MINUTE else Decimal("0.50")
