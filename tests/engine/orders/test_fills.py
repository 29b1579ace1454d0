"""When and at what price orders fill."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from leanib.engine.market import QuoteBar, TradeBar
from leanib.engine.orders import (
    LimitIfTouchedOrder,
    LimitOrder,
    MarketOnCloseOrder,
    MarketOrder,
    OrderStatus,
    StopLimitOrder,
    StopMarketOrder,
    TrailingStopOrder,
)
from leanib.engine.orders.fills import EquityFillModel, ImmediateFillModel
from leanib.engine.orders.slippage import ConstantSlippageModel
from leanib.engine.symbols import Resolution

EARLIER = timedelta(minutes=1)


def only_fill(model, parameters):
    """The one event that a model answers with."""
    (fill,) = model.fill(parameters)
    return fill


def test_market_order_buys_at_the_ask_and_sells_at_the_bid(equity, parameters, spy, now):
    """With quotes subscribed an equity market order takes the far side of the quote."""
    equity.add_quote_bar(99.9, 100.1)
    for quantity, price in ((10, "100.1"), (-10, "99.9")):
        order = MarketOrder(spy, quantity, now)
        fill = only_fill(EquityFillModel(), parameters(equity, order, QuoteBar, TradeBar))
        assert (fill.status, fill.fill_price_decimal) == (OrderStatus.FILLED, Decimal(price))
        assert fill.fill_quantity == quantity
        assert fill.message == ""


def test_market_order_without_quotes_says_so(equity, parameters, spy, now):
    """A fill on trades alone carries LEAN's warning with the bar's end in the exchange's zone."""
    equity.add_trade_bar(100, 101, 99, 100.5)
    fill = only_fill(EquityFillModel(), parameters(equity, MarketOrder(spy, 1, now), TradeBar))
    assert fill.fill_price == 100.5
    assert fill.message == (
        "Warning: No quote information available at 10/07/2013 10:00:00 America/New_York, "
        "order filled using TradeBar data"
    )


def test_market_order_waits_for_fresh_hourly_data(equity, parameters, spy, now):
    """On hourly data an order does not fill on a bar older than the stale price span."""
    equity.add_trade_bar(100, 101, 99, 100.5)
    order = MarketOrder(spy, 1, now + timedelta(hours=2))
    model = EquityFillModel()
    hourly = parameters(equity, order, TradeBar, resolution=Resolution.HOUR)
    assert only_fill(model, hourly).status is OrderStatus.NONE
    assert only_fill(model, parameters(equity, MarketOrder(spy, 1, now), TradeBar)).status is OrderStatus.FILLED


def test_slippage_makes_the_price_worse(equity, parameters, spy, now):
    """Slippage is added to purchases and taken from sales."""
    equity.add_trade_bar(100, 100, 100, 100)
    equity.slippage_model = ConstantSlippageModel(0.01)
    prices = [
        only_fill(EquityFillModel(), parameters(equity, MarketOrder(spy, quantity, now), TradeBar)).fill_price
        for quantity in (1, -1)
    ]
    assert prices == [101, 99]


@pytest.mark.parametrize(
    ("quantity", "limit", "bar", "expected"),
    [
        (10, 99, (100, 101, 99.5, 100), None),
        (10, 99, (100, 101, 98, 100), 99),
        (10, 99, (98.5, 101, 98, 100), 98.5),
        (-10, 101, (100, 102, 99, 100), 101),
        (-10, 101, (101.5, 102, 99, 100), 101.5),
    ],
)
def test_equity_limit_fills_at_limit_or_at_a_better_open(equity, parameters, spy, now, quantity, limit, bar, expected):
    """A limit fills once the bar is beyond it: at the limit, or at the open when that was better already."""
    equity.add_trade_bar(*bar)
    order = LimitOrder(spy, quantity, limit, now - EARLIER)
    fill = only_fill(EquityFillModel(), parameters(equity, order, TradeBar))
    assert (fill.fill_price if fill.status is OrderStatus.FILLED else None) == expected


def test_no_order_fills_on_data_from_before_it(equity, parameters, spy, now):
    """A limit order looks only at bars that end after it was placed."""
    equity.add_trade_bar(98, 101, 97, 100)
    fill = only_fill(EquityFillModel(), parameters(equity, LimitOrder(spy, 10, 99, now), TradeBar))
    assert fill.status is OrderStatus.NONE


def test_stop_market_fills_at_the_open_of_a_gap(equity, parameters, spy, now):
    """A stop that the bar opened beyond fills at the open, and says why."""
    equity.add_trade_bar(95, 96, 94, 95)
    order = StopMarketOrder(spy, -10, 97, now - EARLIER)
    fill = only_fill(EquityFillModel(), parameters(equity, order, TradeBar))
    assert fill.fill_price == 95
    assert fill.message.startswith("Due to an unfavorable gap at 10/07/2013 10:00:00 America/New_York")


def test_stop_limit_triggers_first_and_fills_later(equity, parameters, spy, now):
    """The stop is remembered; the limit fills on a later bar."""
    order = StopLimitOrder(spy, 10, 101, 102, now - EARLIER)
    equity.add_trade_bar(101, 104, 100, 103)
    assert only_fill(ImmediateFillModel(), parameters(equity, order, TradeBar)).status is OrderStatus.NONE
    assert order.stop_triggered
    equity.add_trade_bar(100, 101.5, 100, 101)
    assert only_fill(ImmediateFillModel(), parameters(equity, order, TradeBar)).fill_price == 101.5


def test_limit_if_touched_needs_the_trigger(equity, parameters, spy, now):
    """It fills at the quote once a trade touched the trigger, no worse than the limit."""
    equity.add_quote_bar(99.9, 100.1)
    order = LimitIfTouchedOrder(spy, 10, 99, 100.5, now - EARLIER)
    equity.add_trade_bar(100, 101, 99.5, 100)
    assert only_fill(EquityFillModel(), parameters(equity, order, TradeBar, QuoteBar)).status is OrderStatus.NONE
    equity.add_trade_bar(100, 101, 98.5, 100)
    assert only_fill(EquityFillModel(), parameters(equity, order, TradeBar, QuoteBar)).fill_price == 100.1


def test_trailing_stop_follows_the_market(equity, parameters, spy, now):
    """The stop of a sale rises with the high, and the order's update is told."""
    order = TrailingStopOrder(spy, -10, 95, 5, False, now - EARLIER)
    equity.add_trade_bar(100, 103, 99, 102)
    told = []
    context = parameters(equity, order, TradeBar)
    context.on_order_updated = told.append
    assert only_fill(EquityFillModel(), context).status is OrderStatus.NONE
    assert order.stop_price == 98
    assert told == [order]


def test_market_on_close_waits_for_the_close(equity, parameters, spy, now):
    """It fills at the close of the last bar once the session is over."""
    equity.add_trade_bar(100, 103, 99, 102)
    order = MarketOnCloseOrder(spy, 10, now)
    assert only_fill(EquityFillModel(), parameters(equity, order, TradeBar)).status is OrderStatus.NONE
    equity.local_time = equity.local_time.replace(hour=16)
    assert only_fill(EquityFillModel(), parameters(equity, order, TradeBar)).fill_price == 102


def test_user_models_are_called_in_either_style(equity, parameters, spy, now):
    """A fill model that overrides MarketFill, and one that overrides market_fill, are both honoured."""

    class Pascal(ImmediateFillModel):
        def MarketFill(self, asset, order):  # noqa: N802
            fill = super().MarketFill(asset, order)
            fill.FillPrice = 1.5
            return fill

    class Snake(ImmediateFillModel):
        def market_fill(self, asset, order):
            fill = super().market_fill(asset, order)
            fill.fill_price = 1.5
            return fill

    equity.add_trade_bar(100, 103, 99, 102)
    for model in (Pascal(), Snake()):
        assert only_fill(model, parameters(equity, MarketOrder(spy, 1, now), TradeBar)).fill_price == 1.5
