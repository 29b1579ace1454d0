"""What a fill model looks at: prices, quotes, subscriptions, opening hours (`Common/Orders/Fills/FillModel.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market import QuoteBar, SubscriptionDataConfig, Tick, TradeBar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fees.order_fee import OrderFee
from leanib.engine.orders.fills.parameters import Prices
from leanib.engine.orders.models import method_of
from leanib.engine.symbols import Resolution, TickType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["FillData", "fill_at", "last_tick", "slippage_of", "slipped"]

_HOUR = timedelta(hours=1)


def fill_at(fill: OrderEvent, price: Decimal, quantity: Decimal) -> OrderEvent:
    """Make an event a complete fill."""
    fill.status = OrderStatus.FILLED
    fill.fill_price_decimal = price
    fill.fill_quantity_decimal = quantity
    return fill


def slippage_of(asset: TradedSecurity, order: Order) -> Decimal:
    """What the security's slippage model says, exactly."""
    return to_decimal(method_of(asset.slippage_model, "get_slippage_approximation")(asset, order))


def slipped(price: Decimal, slippage: Decimal, direction: OrderDirection) -> Decimal:
    """A price made worse for the side that trades."""
    if direction is OrderDirection.BUY:
        return price + slippage
    return price - slippage if direction is OrderDirection.SELL else price


def last_tick(ticks: list[Tick], tick_type: TickType, side: str) -> Tick | None:
    """The last tick of a type that has a price on that side."""
    return next((t for t in reversed(ticks) if t.tick_type is tick_type and getattr(t, side) > 0), None)


class FillData(LeanObject):
    """Base of the fill models: the data side."""

    parameters: ClassVar[Any] = None

    def _no_fill(self, asset: TradedSecurity, order: Order) -> OrderEvent:
        return OrderEvent(order, asset.exchange.time_zone.to_utc(asset.local_time), OrderFee.ZERO)

    def _fresh_prices(self, asset: TradedSecurity, order: Order) -> Prices | None:
        """Prices that are newer than the order, or None."""
        if order.status is OrderStatus.CANCELED:
            return None
        prices = self.get_prices(asset, order.direction)
        return prices if asset.exchange.time_zone.to_utc(prices.end_time) > order.time else None

    def _quote(self, asset: TradedSecurity, side: OrderDirection) -> Decimal:
        """The ask (BUY) or bid (SELL), else the last trade."""
        types = self.get_subscribed_types(asset)
        buying = side is OrderDirection.BUY
        ticks = list(asset.cache.get_all(Tick)) if Tick in types else []
        quote = last_tick(ticks, TickType.QUOTE, "ask_price" if buying else "bid_price")
        if quote is not None:
            return to_decimal(quote.ask_price if buying else quote.bid_price)
        quote_bar = asset.cache.get_data(QuoteBar) if QuoteBar in types else None
        if quote_bar is not None:
            bar = quote_bar.ask if buying else quote_bar.bid
            return to_decimal(quote_bar.close if bar is None else bar.close)
        trade = last_tick(ticks, TickType.TRADE, "value") or (
            asset.cache.get_data(TradeBar) if TradeBar in types else None
        )
        if trade is not None:
            return to_decimal(trade.value)
        raise InvalidOperationException(
            f"Cannot get {'ask' if buying else 'bid'} price to perform fill for {asset.symbol} "
            "because no market data was found."
        )

    def get_subscription_data_configs(self, asset: TradedSecurity) -> list[SubscriptionDataConfig]:
        """All subscriptions of the security, internal ones too."""
        return list(self.parameters.config_provider.get_subscription_data_configs(asset.symbol, True))

    def get_subscribed_types(self, asset: TradedSecurity) -> set[type]:
        """The types of data that come in for the security."""
        types = {config.type for config in self.get_subscription_data_configs(asset)}
        if not types:
            raise _no_subscription(asset)
        return types

    def _price_types(self, asset: TradedSecurity) -> set[type]:
        """The types of data that prices are taken from."""
        return self.get_subscribed_types(asset)

    def get_prices(self, asset: TradedSecurity, direction: OrderDirection) -> Prices:
        """The prices that a side trades at: quotes before trades before whatever the security has."""
        if direction is not OrderDirection.HOLD:
            types = self._price_types(asset)
            prices = self._tick_prices(asset, direction, types) or self._bar_prices(asset, direction, types)
            if prices is not None:
                return prices
        return self._security_prices(asset)

    @staticmethod
    def _security_prices(asset: TradedSecurity) -> Prices:
        data = asset.cache.get_data()
        start, end = (NO_TIME, NO_TIME) if data is None else (data.time, data.end_time)
        return Prices(start, end, asset.price, asset.open, asset.high, asset.low, asset.close)

    @staticmethod
    def _tick_prices(asset: TradedSecurity, direction: OrderDirection, types: set[type]) -> Prices | None:
        tick = asset.cache.get_data(Tick) if Tick in types else None
        if tick is None:
            return None
        price = (tick.bid_price if direction is OrderDirection.SELL else tick.ask_price) or tick.value
        return Prices(tick.time, tick.end_time, price) if price else None

    @staticmethod
    def _bar_prices(asset: TradedSecurity, direction: OrderDirection, types: set[type]) -> Prices | None:
        quote_bar = asset.cache.get_data(QuoteBar) if QuoteBar in types else None
        if quote_bar is not None:
            bar = quote_bar.bid if direction is OrderDirection.SELL else quote_bar.ask
            if bar is not None:
                return Prices.of_bar(quote_bar, bar)
        trade_bar = asset.cache.get_data(TradeBar) if TradeBar in types else None
        return None if trade_bar is None else Prices.of_bar(trade_bar, trade_bar)

    def should_wait_for_fresh_data(self, asset: TradedSecurity) -> bool:
        """Whether all that the algorithm subscribed to is hourly or daily."""
        resolutions = [c.resolution for c in self.get_subscription_data_configs(asset) if not c.is_internal_feed]
        return bool(resolutions) and all(r in (Resolution.HOUR, Resolution.DAILY) for r in resolutions)

    def should_wait_for_fresh_data_on_stale(
        self, asset: TradedSecurity, data_end_time_utc: datetime, order_time_utc: datetime
    ) -> bool:
        """Whether an order on old data waits for new data instead of filling."""
        if self.should_wait_for_fresh_data(asset):
            return True
        span = min(c.resolution for c in self.get_subscription_data_configs(asset)).to_time_span()
        return bool(span) and order_time_utc - data_end_time_utc > span

    def get_market_fill_price(self, asset: TradedSecurity, order: Order, prices: Prices) -> Decimal:
        """The open of an hourly or daily bar that began after the order, else the current price."""
        if prices.open_decimal and self.should_wait_for_fresh_data(asset):
            bar_start_utc = asset.exchange.time_zone.to_utc(prices.time)
            if order.time <= bar_start_utc:
                return prices.open_decimal
        return prices.current_decimal

    def is_exchange_open(self, asset: TradedSecurity, is_extended_market_hours: bool) -> bool:
        """Whether the exchange is open now, or was during the bar that has just ended."""
        if asset.exchange.hours.is_open(asset.local_time, is_extended_market_hours):
            return True
        bar = asset.get_last_data()
        if bar is None:
            return False
        start, end = bar.time, bar.end_time
        current = asset.local_time.date() == end.date() if end - start > _HOUR else asset.local_time <= end
        return current and bool(asset.exchange.is_open_during_bar(start, end, is_extended_market_hours))

    def _is_open_as_subscribed(self, asset: TradedSecurity) -> bool:
        """Open in the hours that the algorithm subscribed to, or failing that the internal feeds."""
        configs = self.get_subscription_data_configs(asset)
        if not configs:
            raise _no_subscription(asset)
        own = [config for config in configs if not config.is_internal_feed]
        return self.is_exchange_open(asset, any(config.extended_market_hours for config in own or configs))

    @staticmethod
    def _next_close(asset: TradedSecurity, order: Order) -> datetime:
        close: datetime = asset.exchange.hours.get_next_market_close(
            asset.exchange.time_zone.to_local(order.time), False
        )
        return close

    @staticmethod
    def _require_close(asset: TradedSecurity) -> None:
        if asset.exchange.hours.is_market_always_open:
            raise InvalidOperationException(
                f"Market never closes for this symbol {asset.symbol}, can no submit a orderType order."
            )


def _no_subscription(asset: TradedSecurity) -> InvalidOperationException:
    return InvalidOperationException(f"Cannot perform fill for {asset.symbol} because no data subscription were found.")
