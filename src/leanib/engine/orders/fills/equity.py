"""LEAN's fill model for equities (`Common/Orders/Fills/EquityFillModel.cs`).

Unlike the others it takes trades for limits, stops and triggers, fills at the open when a bar gaps over the price, and
uses the auction prints of tick data for on-open and on-close orders.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from leanib.engine.dotnet.exceptions import InvalidOperationException
from leanib.engine.market import QuoteBar, Tick, TradeBar
from leanib.engine.market.base_data import NO_TIME
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.orders.enums import OrderDirection, OrderStatus
from leanib.engine.orders.event import OrderEvent
from leanib.engine.orders.exchanges import primary_exchange
from leanib.engine.orders.file_prices import file_price, price_factors
from leanib.engine.orders.fills.fill_data import fill_at, last_tick, slippage_of, slipped
from leanib.engine.orders.fills.fill_model import ImmediateFillModel
from leanib.engine.orders.text import time_text
from leanib.engine.symbols import TickType

if TYPE_CHECKING:
    from leanib.engine.orders.order import Order
    from leanib.engine.orders.order_kinds import (
        LimitIfTouchedOrder,
        LimitOrder,
        MarketOnCloseOrder,
        MarketOnOpenOrder,
        MarketOrder,
        StopMarketOrder,
    )
    from leanib.engine.orders.traded import TradedEquity, TradedSecurity

__all__ = ["EquityFillModel"]

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
#: sale conditions (`Common/Data/Auxiliary/TradeConditionFlags.cs`)
_OPENING_PRINTS, _CLOSING_PRINTS, _OFFICIAL_CLOSE, _OFFICIAL_OPEN = 1 << 6, 1 << 7, 1 << 24, 1 << 26
_NO_OPENING_PRINT = "No trade with the OfficialOpen or OpeningPrints flag within the 1-minute timeout."
_NO_CLOSING_PRINT = "No trade with the OfficialClose or ClosingPrints flag within the 1-minute timeout."
_NO_CLOSING_PRINT_REGULAR = (
    "No trade with the OfficialClose or ClosingPrints flag for data that does not include extended market hours."
)


class _BestEffort(NamedTuple):
    """A price, what to say about it, and the end (exchange's zone) of the data where that is stale, else None."""

    price: Decimal
    message: str
    stale_end_time: datetime | None = None


class EquityFillModel(ImmediateFillModel):
    """LEAN's default for equities."""

    def limit_if_touched_fill(self, asset: TradedSecurity, order: LimitIfTouchedOrder) -> OrderEvent:
        """Once a trade has touched the trigger, at the quote when it is no worse than the limit."""
        fill = self._no_fill(asset, order)
        bar = self._trade_bar_if_open(asset, order)
        if bar is None:
            return fill
        trigger, limit = order.trigger_price_decimal, order.limit_price_decimal
        buying = order.direction is OrderDirection.BUY
        if not order.trigger_touched and not (
            to_decimal(bar.low) <= trigger if buying else to_decimal(bar.high) >= trigger
        ):
            return fill
        order.trigger_touched = True
        quote = self._best_effort_price(asset, order.time, order.direction)
        if quote.price <= limit if buying else quote.price >= limit:
            fill.message = quote.message
            fill_at(fill, min(quote.price, limit) if buying else max(quote.price, limit), order.quantity_decimal)
        return fill

    def market_fill(self, asset: TradedSecurity, order: MarketOrder) -> OrderEvent:
        """At bid or ask, once the exchange is open and the data fresh."""
        fill = self._no_fill(asset, order)
        if order.status is OrderStatus.CANCELED or not self.is_exchange_open(asset, False):
            return fill
        slip = slippage_of(asset, order)
        quote = self._best_effort_price(asset, order.time, order.direction)
        if quote.stale_end_time is not None:
            end_time_utc = asset.exchange.time_zone.to_utc(quote.stale_end_time)
            if self.should_wait_for_fresh_data_on_stale(asset, end_time_utc, order.time):
                return fill
        fill.message = quote.message
        return fill_at(fill, slipped(quote.price, slip, order.direction), order.quantity_decimal)

    def stop_market_fill(self, asset: TradedSecurity, order: StopMarketOrder) -> OrderEvent:
        """At the stop once a trade is there, or at the open of a bar that opened beyond it."""
        fill = self._no_fill(asset, order)
        if order.status is OrderStatus.CANCELED or not self.is_exchange_open(asset, False):
            return fill
        bar = self._best_effort_trade_bar(asset, order.time)
        if bar is None:
            return fill
        stop, bar_open = order.stop_price_decimal, to_decimal(bar.open)
        buying = order.direction is OrderDirection.BUY
        if not (to_decimal(bar.high) >= stop if buying else to_decimal(bar.low) <= stop):
            return fill
        gap = bar_open >= stop if buying else bar_open <= stop
        if gap:
            fill.message = self._gap_text("an unfavorable", asset, bar)
        price = slipped(bar_open if gap else stop, slippage_of(asset, order), order.direction)
        return fill_at(fill, price, order.quantity_decimal)

    def limit_fill(self, asset: TradedSecurity, order: LimitOrder) -> OrderEvent:
        """At the limit once a trade is beyond it, or at the open of a bar that opened beyond it."""
        fill = self._no_fill(asset, order)
        bar = self._trade_bar_if_open(asset, order)
        if bar is None:
            return fill
        limit, bar_open = order.limit_price_decimal, to_decimal(bar.open)
        buying = order.direction is OrderDirection.BUY
        if not (to_decimal(bar.low) < limit if buying else to_decimal(bar.high) > limit):
            return fill
        gap = bar_open < limit if buying else bar_open > limit
        if gap:
            fill.message = self._gap_text("a favorable", asset, bar)
        return fill_at(fill, bar_open if gap else limit, order.quantity_decimal)

    def market_on_open_fill(self, asset: TradedSecurity, order: MarketOnOpenOrder) -> OrderEvent:
        """At the opening print, or the open of the first bar of a session after the order."""
        fill = self._no_fill(asset, order)
        if order.status is OrderStatus.CANCELED:
            return fill
        local = asset.exchange.time_zone.to_local(order.time)
        opening = self._opening_price(asset, local, fill)
        if opening is None:
            return fill
        price, end_time = opening
        if local >= end_time or (asset.exchange.date_time_is_open(local) and local.date() == end_time.date()):
            return fill
        if not self.is_exchange_open(asset, False):
            return fill
        return self._fill_auction(asset, order, fill, price)

    def _opening_price(
        self, asset: TradedSecurity, local: datetime, fill: OrderEvent
    ) -> tuple[Decimal, datetime] | None:
        """The price to open at (zero if unknown) and the end of its data; None to wait."""
        types = self.get_subscribed_types(asset)
        if Tick in types:
            return self._opening_tick(asset, fill)
        if TradeBar not in types:
            time = f"{time_text(asset.local_time)} {asset.exchange.time_zone}"
            fill.message = f"Warning: No trade information available at {time}, order filled using Quote data"
            return ZERO, NO_TIME
        bar = asset.cache.get_data(TradeBar)
        if bar is None:
            return ZERO, NO_TIME
        # bars of an hour or a day may begin before the market opens
        if bar.time < local or (bar.period < _HOUR and not asset.exchange.date_time_is_open(bar.time)):
            return None
        return to_decimal(bar.open), bar.end_time

    def _opening_tick(self, asset: TradedSecurity, fill: OrderEvent) -> tuple[Decimal, datetime] | None:
        ticks = list(asset.cache.get_all(Tick))
        is_open = asset.exchange.date_time_is_open
        trades = sorted(
            (t for t in ticks if t.tick_type is TickType.TRADE and is_open(t.time)), key=lambda t: t.end_time
        )
        flags = _OFFICIAL_OPEN | _OPENING_PRINTS
        tick = next((t for t in trades if _is_auction_print(asset, t, flags)), None)
        if tick is None:
            fill.message = _NO_OPENING_PRINT
            tick = trades[-1] if trades else ticks[-1] if ticks else None
            if tick is None:
                return ZERO, NO_TIME
            midnight = datetime.combine(tick.end_time.date(), time())
            market_open = asset.exchange.hours.get_market_hours(asset.local_time).get_market_open(timedelta(0), False)
            if market_open is not None and tick.end_time - midnight - market_open < _MINUTE:
                return None
            fill.message += f" Fill with last {tick.tick_type.lean_name} data."
        price = to_decimal(tick.value) if tick.tick_type is TickType.TRADE else ZERO
        return price, tick.end_time

    def market_on_close_fill(self, asset: TradedSecurity, order: MarketOnCloseOrder) -> OrderEvent:
        """At the closing print, or the close of the last bar of the session."""
        fill = self._no_fill(asset, order)
        close = self._next_close(asset, order)
        if order.status is OrderStatus.CANCELED or asset.local_time < close:
            return fill
        types = self.get_subscribed_types(asset)
        price: Decimal | None = ZERO
        if Tick in types:
            price = self._closing_tick(asset, close, fill)
        elif TradeBar in types:
            bar = asset.cache.get_data(TradeBar)
            price = ZERO if bar is None else to_decimal(bar.close)
        else:
            time = f"{time_text(asset.local_time)} {asset.exchange.time_zone}"
            fill.message = f"Warning: No trade information available at {time}, order filled using Quote data"
        return fill if price is None else self._fill_auction(asset, order, fill, price)

    def _closing_tick(self, asset: TradedSecurity, close: datetime, fill: OrderEvent) -> Decimal | None:
        """The closing price, zero if unknown, None to wait for the closing print."""
        ticks = list(asset.cache.get_all(Tick))
        trades = sorted((t for t in ticks if t.tick_type is TickType.TRADE), key=lambda t: t.end_time)
        flags = _OFFICIAL_CLOSE | _CLOSING_PRINTS
        tick = next((t for t in reversed(trades) if _is_auction_print(asset, t, flags)), None)
        if tick is None:
            tick = trades[-1] if trades else ticks[-1] if ticks else None
            configs = self.parameters.config_provider.get_subscription_data_configs(asset.symbol)
            if any(config.extended_market_hours for config in configs):
                fill.message = _NO_CLOSING_PRINT
                if tick is not None and tick.end_time - close < _MINUTE:
                    return None
            else:
                fill.message = _NO_CLOSING_PRINT_REGULAR
            if tick is not None:
                fill.message += f" Fill with last {tick.tick_type.lean_name} data."
        return to_decimal(tick.value) if tick is not None and tick.tick_type is TickType.TRADE else ZERO

    def _fill_auction(self, asset: TradedSecurity, order: Order, fill: OrderEvent, price: Decimal) -> OrderEvent:
        """At the auction's price, or where that is unknown at bid or ask."""
        slip = slippage_of(asset, order)
        if not price:
            quote = self._best_effort_price(asset, order.time, order.direction)
            price = quote.price
            fill.message += quote.message
        return fill_at(fill, slipped(price, slip, order.direction), order.quantity_decimal)

    def get_subscribed_types(self, asset: TradedSecurity) -> set[type]:
        """The types of data that the algorithm subscribed to."""
        types = self._price_types(asset)
        if not types:
            raise InvalidOperationException(
                f"Cannot perform fill for {asset.symbol} because no data subscription were found."
            )
        return types

    def _price_types(self, asset: TradedSecurity) -> set[type]:
        return {config.type for config in self.parameters.config_provider.get_subscription_data_configs(asset.symbol)}

    def _trade_bar_if_open(self, asset: TradedSecurity, order: Order) -> TradeBar | None:
        """The last trade bar, in the hours subscribed to; None while closed, canceled, or without new trades."""
        if order.status is OrderStatus.CANCELED:
            return None
        configs = self.parameters.config_provider.get_subscription_data_configs(asset.symbol)
        if not self.is_exchange_open(asset, any(config.extended_market_hours for config in configs)):
            return None
        return self._best_effort_trade_bar(asset, order.time)

    def _best_effort_trade_bar(self, asset: TradedSecurity, order_time: datetime) -> TradeBar | None:
        """The last trade bar, or one made of the last ticks, if it ended after the order."""
        types = self.get_subscribed_types(asset)
        bar: TradeBar | None = None
        if Tick in types:
            bar = _bar_of_trades(asset)
        elif TradeBar in types:
            bar = asset.cache.get_data(TradeBar)
        if bar is None or asset.exchange.time_zone.to_utc(bar.end_time) <= order_time:
            return None
        return bar

    def _best_effort_price(self, asset: TradedSecurity, order_time: datetime, direction: OrderDirection) -> _BestEffort:
        """Ask for a purchase, bid for a sale: the first fresh of quote tick, quote bar, trade tick, trade bar."""
        zone = asset.exchange.time_zone
        cut_off = zone.to_local(order_time) - self.parameters.stale_price_time_span
        stale: _BestEffort | None = None
        for data, price, message, fresh_message in self._price_sources(asset, direction is OrderDirection.BUY):
            if stale is not None and stale.stale_end_time is not None and data.end_time <= stale.stale_end_time:
                continue
            text = message.format(f"{time_text(data.end_time)} {zone}")
            if data.end_time >= cut_off:
                return _BestEffort(to_decimal(price), text if fresh_message else "")
            stale = _BestEffort(to_decimal(price), text, data.end_time)
        if stale is not None:
            return stale
        side = "ask" if direction is OrderDirection.BUY else "bid"
        names = ",".join(kind.__name__ for kind in self.get_subscribed_types(asset))
        raise InvalidOperationException(
            f"Cannot get {side} price to perform fill for {asset.symbol} because no market data was found. "
            f"SubscribedTypes: [{names}]"
        )

    def _price_sources(self, asset: TradedSecurity, buying: bool) -> list[tuple[Any, float, str, bool]]:
        """Data, its price, what to say about it, and whether to say it even when the data is fresh; best first."""
        types = self.get_subscribed_types(asset)
        ticks = list(asset.cache.get_all(Tick)) if Tick in types else []
        sources: list[tuple[Any, float, str, bool]] = []
        quote = last_tick(ticks, TickType.QUOTE, "ask_price" if buying else "bid_price")
        if quote is not None:
            price = quote.ask_price if buying else quote.bid_price
            sources.append((quote, price, "Warning: fill at stale price ({}), using Quote Tick data.", False))
        quote_bar = asset.cache.get_data(QuoteBar) if QuoteBar in types else None
        if quote_bar is not None:
            bar = quote_bar.ask if buying else quote_bar.bid
            price = quote_bar.close if bar is None else bar.close
            sources.append((quote_bar, price, "Warning: fill at stale price ({}), using QuoteBar data.", False))
        trade = next((t for t in reversed(ticks) if t.tick_type is TickType.TRADE), None)
        unquoted = "Warning: No quote information available at {}, order filled using "
        if trade is not None:
            sources.append((trade, trade.value, unquoted + "Trade Tick data", True))
        trade_bar = asset.cache.get_data(TradeBar) if TradeBar in types else None
        if trade_bar is not None:
            sources.append((trade_bar, trade_bar.close, unquoted + "TradeBar data", True))
        return sources

    @staticmethod
    def _gap_text(kind: str, asset: TradedSecurity, bar: TradeBar) -> str:
        time = f"{time_text(bar.end_time)} {asset.exchange.time_zone}"
        price = file_price(bar.open, price_factors(asset))
        return f"Due to {kind} gap at {time}, order filled using the open price ({price})"


def _is_auction_print(asset: TradedSecurity, tick: Tick, flags: int) -> bool:
    """Whether a trade is the primary exchange's print with one of those sale conditions."""
    if not tick.sale_condition.strip():
        return False
    symbol = asset.symbol
    exchange = primary_exchange(tick.exchange, symbol.security_type, symbol.id.market)
    listed = cast("TradedEquity", asset).primary_exchange
    return exchange.code == listed.code and bool(int(tick.sale_condition, 16) & flags)


def _bar_of_trades(asset: TradedSecurity) -> TradeBar | None:
    trades = [tick for tick in asset.cache.get_all(Tick) if tick.tick_type is TickType.TRADE]
    if not trades:
        return None
    prices = [trade.value for trade in trades]
    start, end = trades[0].time, trades[-1].end_time
    volume = sum(trade.quantity for trade in trades)
    return TradeBar(start, asset.symbol, prices[0], max(prices), min(prices), prices[-1], volume, end - start)
