"""LEAN's fill models for all but equities (`Common/Orders/Fills/FillModel.cs` and its heirs)."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.market import QuoteBar, Tick, TradeBar
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderStatus, OrderType
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.fills.fill_data import FillData, fill_at, slippage_of, slipped
from leanib.engine.orders.fills.parameters import Fill, FillModelParameters, Prices
from leanib.engine.orders.text import time_text

if TYPE_CHECKING:
    from leanib.engine.orders.combo import ComboLegLimitOrder
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.order_kinds import (
        LimitIfTouchedOrder,
        LimitOrder,
        MarketOnCloseOrder,
        MarketOnOpenOrder,
        MarketOrder,
        StopLimitOrder,
        StopMarketOrder,
        TrailingStopOrder,
    )
    from leanib.engine.orders.traded import TradedSecurity

__all__ = ["FillModel", "FutureFillModel", "FutureOptionFillModel", "ImmediateFillModel", "LatestPriceFillModel"]

_SINGLE_METHODS = {
    OrderType.MARKET: "market_fill",
    OrderType.LIMIT: "limit_fill",
    OrderType.LIMIT_IF_TOUCHED: "limit_if_touched_fill",
    OrderType.STOP_MARKET: "stop_market_fill",
    OrderType.TRAILING_STOP: "trailing_stop_fill",
    OrderType.STOP_LIMIT: "stop_limit_fill",
    OrderType.MARKET_ON_OPEN: "market_on_open_fill",
    OrderType.MARKET_ON_CLOSE: "market_on_close_fill",
}
_COMBO_METHODS = {
    OrderType.COMBO_MARKET: "combo_market_fill",
    OrderType.COMBO_LIMIT: "combo_limit_fill",
    OrderType.COMBO_LEG_LIMIT: "combo_leg_limit_fill",
}


class FillModel(FillData):
    """Base of the fill models; one method an order type, which algorithms may override."""

    def fill(self, parameters: FillModelParameters) -> Fill:
        """What happens to the order on the present data; an event without a fill where nothing does."""
        self.parameters: FillModelParameters = parameters  # type: ignore[misc]
        order = parameters.order
        single = _SINGLE_METHODS.get(order.order_type)
        if single is not None:
            return Fill(getattr(self, single)(parameters.security, order))
        return Fill(getattr(self, _COMBO_METHODS[order.order_type])(order, parameters))

    # ---- single orders

    def market_fill(self, asset: TradedSecurity, order: MarketOrder) -> OrderEvent:
        """At the current price, once the exchange is open and the data fresh."""
        return self._market_fill(asset, order, extended_market_hours=False)

    def _market_fill(self, asset: TradedSecurity, order: Order, *, extended_market_hours: bool) -> OrderEvent:
        fill = self._no_fill(asset, order)
        if order.status is OrderStatus.CANCELED or not self.is_exchange_open(asset, extended_market_hours):
            return fill
        prices = self.get_prices(asset, order.direction)
        end_time_utc = asset.exchange.time_zone.to_utc(prices.end_time)
        if end_time_utc + self.parameters.stale_price_time_span < order.time:
            if self.should_wait_for_fresh_data_on_stale(asset, end_time_utc, order.time):
                return fill
            zone = asset.exchange.time_zone
            fill.message = f"Warning: fill at stale price ({time_text(prices.end_time)} {zone})"
        price = self.get_market_fill_price(asset, order, prices)
        return fill_at(fill, slipped(price, slippage_of(asset, order), order.direction), order.quantity_decimal)

    def stop_market_fill(self, asset: TradedSecurity, order: StopMarketOrder) -> OrderEvent:
        """At the stop or worse, once the price is beyond the stop."""
        return self._stop_fill(asset, order, self.is_exchange_open(asset, False))

    def _stop_fill(self, asset: TradedSecurity, order: StopMarketOrder, is_open: bool) -> OrderEvent:
        fill = self._no_fill(asset, order)
        prices = self._fresh_prices(asset, order) if is_open else None
        if prices is None:
            return fill
        slip, stop = slippage_of(asset, order), order.stop_price_decimal
        if order.direction is OrderDirection.SELL and prices.low_decimal < stop:
            return fill_at(fill, min(stop, prices.current_decimal - slip), order.quantity_decimal)
        if order.direction is OrderDirection.BUY and prices.high_decimal > stop:
            return fill_at(fill, max(stop, prices.current_decimal + slip), order.quantity_decimal)
        return fill

    def trailing_stop_fill(self, asset: TradedSecurity, order: TrailingStopOrder) -> OrderEvent:
        """As a stop; where it does not fill, the stop follows the market."""
        fill = self._no_fill(asset, order)
        prices = self._fresh_prices(asset, order) if self.is_exchange_open(asset, False) else None
        if prices is None:
            return fill
        slip, stop = slippage_of(asset, order), order.stop_price_decimal
        if order.direction is OrderDirection.SELL and prices.low_decimal <= stop:
            return fill_at(fill, min(stop, prices.current_decimal - slip), order.quantity_decimal)
        if order.direction is OrderDirection.BUY and prices.high_decimal >= stop:
            return fill_at(fill, max(stop, prices.current_decimal + slip), order.quantity_decimal)
        selling = order.direction is OrderDirection.SELL
        moved = order.moved_stop_price(prices.high_decimal if selling else prices.low_decimal)
        if moved is not None:
            order.stop_price_decimal = moved
            self.parameters.on_order_updated(order)
        return fill

    def stop_limit_fill(self, asset: TradedSecurity, order: StopLimitOrder) -> OrderEvent:
        """Once the stop was reached, at the limit or better."""
        fill = self._no_fill(asset, order)
        prices = self._fresh_prices(asset, order) if self._is_open_as_subscribed(asset) else None
        if prices is None:
            return fill
        buying = order.direction is OrderDirection.BUY
        stop, limit = order.stop_price_decimal, order.limit_price_decimal
        if not order.stop_triggered:
            if not (prices.high_decimal > stop if buying else prices.low_decimal < stop):
                return fill
            order.stop_triggered = True
            self.parameters.on_order_updated(order)
        if buying and prices.current_decimal < limit:
            return fill_at(fill, min(prices.high_decimal, limit), order.quantity_decimal)
        if not buying and prices.current_decimal > limit:
            return fill_at(fill, max(prices.low_decimal, limit), order.quantity_decimal)
        return fill

    def limit_if_touched_fill(self, asset: TradedSecurity, order: LimitIfTouchedOrder) -> OrderEvent:
        """Once a trade has touched the trigger, at the limit when the quote allows it."""
        fill = self._no_fill(asset, order)
        if order.status is OrderStatus.CANCELED or not self._is_open_as_subscribed(asset):
            return fill
        trade = self._last_trade_range(asset, order)
        if trade is None:
            return fill
        low, high = trade
        limit = order.limit_price_decimal
        if order.direction is OrderDirection.SELL and (high >= order.trigger_price_decimal or order.trigger_touched):
            order.trigger_touched = True
            if self._quote(asset, OrderDirection.BUY) >= limit:
                return fill_at(fill, limit, order.quantity_decimal)
        if order.direction is OrderDirection.BUY and (low <= order.trigger_price_decimal or order.trigger_touched):
            order.trigger_touched = True
            if self._quote(asset, OrderDirection.SELL) <= limit:
                return fill_at(fill, limit, order.quantity_decimal)
        return fill

    def _last_trade_range(self, asset: TradedSecurity, order: Order) -> tuple[Decimal, Decimal] | None:
        """Low and high of the trades since the order, or None."""
        types = self.get_subscribed_types(asset)
        if Tick in types:
            prices = self.get_prices(asset, order.direction)
            end_time, low, high = prices.end_time, prices.current_decimal, prices.current_decimal
        else:
            bar = asset.cache.get_data(TradeBar) if TradeBar in types else None
            if bar is None:
                return None
            end_time, low, high = bar.end_time, to_decimal(bar.low), to_decimal(bar.high)
        return (low, high) if asset.exchange.time_zone.to_utc(end_time) > order.time else None

    def limit_fill(self, asset: TradedSecurity, order: LimitOrder) -> OrderEvent:
        """At the limit or better, once the price is beyond the limit."""
        return self._limit_fill(asset, order, order.limit_price_decimal)

    def _limit_fill(self, asset: TradedSecurity, order: Order, limit: Decimal) -> OrderEvent:
        fill = self._no_fill(asset, order)
        prices = self._fresh_prices(asset, order) if self._is_open_as_subscribed(asset) else None
        if prices is None:
            return fill
        if order.direction is OrderDirection.BUY and prices.low_decimal < limit:
            return fill_at(fill, min(prices.high_decimal, limit), order.quantity_decimal)
        if order.direction is OrderDirection.SELL and prices.high_decimal > limit:
            return fill_at(fill, max(prices.low_decimal, limit), order.quantity_decimal)
        return fill

    def market_on_open_fill(self, asset: TradedSecurity, order: MarketOnOpenOrder) -> OrderEvent:
        """At the open of the first bar of the session after the order."""
        self._require_close(asset)
        fill = self._no_fill(asset, order)
        bar = asset.get_last_data()
        local = asset.exchange.time_zone.to_local(order.time)
        if order.status is OrderStatus.CANCELED or bar is None or local >= bar.end_time:
            return fill
        placed_in_this_session = asset.exchange.date_time_is_open(local) and local.date() == asset.local_time.date()
        if placed_in_this_session or not self.is_exchange_open(asset, False):
            return fill
        price = self.get_prices(asset, order.direction).open_decimal
        return fill_at(fill, slipped(price, slippage_of(asset, order), order.direction), order.quantity_decimal)

    def market_on_close_fill(self, asset: TradedSecurity, order: MarketOnCloseOrder) -> OrderEvent:
        """At the close of the session."""
        self._require_close(asset)
        fill = self._no_fill(asset, order)
        if order.status is OrderStatus.CANCELED or asset.local_time < self._next_close(asset, order):
            return fill
        price = self.get_prices(asset, order.direction).close_decimal
        return fill_at(fill, slipped(price, slippage_of(asset, order), order.direction), order.quantity_decimal)

    # ---- combo orders

    def combo_market_fill(self, order: Order, parameters: FillModelParameters) -> list[OrderEvent]:
        """All legs at the market, or none."""
        fills = []
        for leg, security in parameters.securities_for_orders.items():
            fill = self._market_fill(security, leg, extended_market_hours=False)
            if fill.status is not OrderStatus.FILLED:
                return []
            fills.append(fill)
        return fills

    def combo_limit_fill(self, order: Order, parameters: FillModelParameters) -> list[OrderEvent]:
        """All legs, once their weighted prices sum to better than the limit."""
        group = order.group_order_manager
        assert group is not None
        buying = group.direction is OrderDirection.BUY
        legs: list[tuple[Order, TradedSecurity, Decimal]] = []
        total = ZERO
        for leg, security in parameters.securities_for_orders.items():
            prices = self.get_prices(security, leg.direction)
            if security.exchange.time_zone.to_utc(prices.end_time) < leg.time:
                return []
            price = prices.low_decimal if buying else prices.high_decimal
            ratio = leg.quantity_decimal / group.quantity_decimal
            ratio = ratio / security.symbol.asset.combo_unit  # an option is on a hundred shares
            total += price * ratio
            legs.append((leg, security, price))
        limit = group.limit_price_decimal
        if not (total < limit if buying else total > limit):
            return []
        return [fill_at(self._no_fill(security, leg), price, leg.quantity_decimal) for leg, security, price in legs]

    def combo_leg_limit_fill(self, order: Order, parameters: FillModelParameters) -> list[OrderEvent]:
        """All legs, once each is beyond its own limit."""
        fills = []
        for leg, security in parameters.securities_for_orders.items():
            limited: ComboLegLimitOrder = leg  # type: ignore[assignment]
            fill = self._limit_fill(security, leg, limited.limit_price_decimal)
            if fill.status is not OrderStatus.FILLED:
                return []
            fills.append(fill)
        return fills


class ImmediateFillModel(FillModel):
    """LEAN's default but for equities and futures."""


class FutureFillModel(ImmediateFillModel):
    """Futures: market orders fill in extended hours too, stops as subscribed."""

    def market_fill(self, asset: TradedSecurity, order: MarketOrder) -> OrderEvent:
        """At the current price, in extended hours too."""
        return self._market_fill(asset, order, extended_market_hours=True)

    def stop_market_fill(self, asset: TradedSecurity, order: StopMarketOrder) -> OrderEvent:
        """At the stop or worse, in extended hours if they are subscribed to."""
        extended = any(config.extended_market_hours for config in self.get_subscription_data_configs(asset))
        return self._stop_fill(asset, order, self.is_exchange_open(asset, extended))


class FutureOptionFillModel(FutureFillModel):
    """Options on futures."""


class LatestPriceFillModel(ImmediateFillModel):
    """Takes the quote bar or the trade bar, whichever is newer."""

    def get_prices(self, asset: TradedSecurity, direction: OrderDirection) -> Prices:
        """The prices of the latest data."""
        if direction is OrderDirection.HOLD:
            return self._security_prices(asset)
        configs = self.parameters.config_provider.get_subscription_data_configs(asset.symbol)
        prices = self._tick_prices(asset, direction, {config.type for config in configs})
        quote_bar = asset.cache.get_data(QuoteBar)
        if prices is not None or quote_bar is None:
            return prices or self._security_prices(asset)
        trade_bar = asset.cache.get_data(TradeBar)
        if trade_bar is not None and trade_bar.end_time > quote_bar.end_time:
            return Prices.of_bar(trade_bar, trade_bar)
        bar = quote_bar.bid if direction is OrderDirection.SELL else quote_bar.ask
        return self._security_prices(asset) if bar is None else Prices.of_bar(quote_bar, bar)
