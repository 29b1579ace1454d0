"""Fills become the trades that LEAN's trade builder makes of them."""

from datetime import datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from leanib.engine.assets import asset_of
from leanib.engine.statistics import (
    FillGroupingMethod,
    FillMatchingMethod,
    TradeBuilder,
    TradeDirection,
    TradeStatistics,
)
from leanib.engine.symbols import DataNormalizationMode, SecurityType

TIME = datetime(2013, 10, 8, 14, 31)


class _Symbol(NamedTuple):
    value: str
    security_type: SecurityType

    @property
    def asset(self):
        return asset_of(self.security_type)


EURUSD = _Symbol("EURUSD", SecurityType.FOREX)


def _fill(number, quantity, price, symbol=EURUSD):
    return SimpleNamespace(
        order_id=number,
        symbol=symbol,
        utc_time=TIME + timedelta(minutes=number),
        fill_price_decimal=Decimal(price),
        fill_quantity_decimal=Decimal(quantity),
        ticket=None,
    )


def _trades(fills, grouping=FillGroupingMethod.FILL_TO_FILL, matching=FillMatchingMethod.FIFO, prices=()):
    builder = TradeBuilder(grouping, matching)
    for number, (quantity, price) in enumerate(fills, start=1):
        builder.process_fill(_fill(number, quantity, price), Decimal(1), Decimal(1))
        for market in prices[number - 1 : number]:
            builder.set_market_price(EURUSD, market)
    return builder.exact_trades


def test_a_round_trip_is_one_trade_with_both_fees():
    """Bought at 1.07, sold at 1.09: the profit, both fees, and how far it was against and for the holder."""
    (trade,) = _trades([(1000, "1.07"), (-1000, "1.09")], prices=[1.06])
    assert (trade.direction, trade.profit_loss, trade.total_fees) == (TradeDirection.LONG, Decimal(20), 2)
    assert (trade.mae, trade.mfe, trade.is_win) == (Decimal(-10), Decimal(20), True)
    assert trade.order_ids == {1, 2}
    assert trade.duration == timedelta(minutes=1)


@pytest.mark.parametrize(("matching", "profits"), [("FIFO", [20, 10]), ("LIFO", [10, 20])])
def test_an_exit_closes_the_first_or_the_last_entry_first(matching, profits):
    """FIFO takes the older entry, LIFO the younger; the exit's fee is charged once."""
    fills = [(1000, "1.07"), (1000, "1.08"), (-2000, "1.09")]
    trades = _trades(fills, matching=FillMatchingMethod[matching])
    assert [trade.profit_loss for trade in trades] == profits
    assert [trade.total_fees for trade in trades] == [2, 1]


def test_a_partial_exit_splits_the_trade():
    """Half is closed with the entry's fee, the rest later without."""
    trades = _trades([(2000, "1.07"), (-1000, "1.08"), (-1000, "1.09")])
    assert [(trade.quantity, trade.profit_loss, trade.total_fees) for trade in trades] == [(1000, 10, 2), (1000, 20, 1)]


def test_a_reversal_closes_and_opens():
    """Selling twice what is held leaves a short trade, which a later purchase closes."""
    trades = _trades([(1000, "1.07"), (-2000, "1.09"), (1000, "1.08")])
    assert [(t.direction, t.profit_loss, t.total_fees) for t in trades] == [
        (TradeDirection.LONG, 20, 2),
        (TradeDirection.SHORT, 10, 1),
    ]


def test_flat_to_flat_makes_one_trade_of_all_fills_in_between():
    """Two entries and two exits are one trade at average prices."""
    fills = [(1000, "1.07"), (1000, "1.08"), (-1000, "1.09"), (-1000, "1.10")]
    (trade,) = _trades(fills, FillGroupingMethod.FLAT_TO_FLAT)
    assert (trade.entry_price, trade.exit_price, trade.quantity) == (Decimal("1.075"), Decimal("1.095"), 2000)
    assert (trade.profit_loss, trade.total_fees) == (40, 4)


def test_flat_to_reduced_makes_a_trade_of_each_reduction():
    """The first exit carries the fees so far, the second only its own."""
    fills = [(1000, "1.07"), (1000, "1.08"), (-1000, "1.09"), (-1000, "1.10")]
    trades = _trades(fills, FillGroupingMethod.FLAT_TO_REDUCED)
    assert [(trade.profit_loss, trade.total_fees) for trade in trades] == [(20, 3), (20, 1)]


@pytest.mark.parametrize("grouping", list(FillGroupingMethod))
def test_every_grouping_earns_the_same(grouping):
    """Grouping changes what a trade is, never the sum."""
    fills = [(100, "10"), (50, "11"), (-200, "12"), (30, "11"), (20, "13"), (-70, "9"), (70, "8")]
    cash = -sum(quantity * int(price) for quantity, price in fills)
    assert sum(trade.profit_loss for trade in _trades(fills, grouping)) == cash


def test_a_split_scales_what_is_open():
    """After two for one, half the price and double the quantity, the profit stays right."""
    builder = TradeBuilder()
    share = _Symbol("AAPL", SecurityType.EQUITY)
    builder.process_fill(_fill(1, 100, "50", share), Decimal(1), Decimal(0))
    builder.apply_split(SimpleNamespace(symbol=share, split_factor=0.5), False, DataNormalizationMode.RAW)
    builder.process_fill(_fill(2, -200, "26", share), Decimal(1), Decimal(0))
    assert [trade.profit_loss for trade in builder.exact_trades] == [200]


def test_trade_statistics_count_runs_and_drawdowns():
    """Win, win, loss, loss, win: runs of two, and the drawdown of the profit in between."""
    fills = [
        (1, "10"),
        (-1, "12"),
        (1, "10"),
        (-1, "13"),
        (1, "10"),
        (-1, "8"),
        (1, "10"),
        (-1, "9"),
        (1, "10"),
        (-1, "14"),
    ]
    figures = TradeStatistics.of(_trades(fills))
    assert (figures.total_number_of_trades, figures.number_of_winning_trades) == (5, 3)
    assert (figures.max_consecutive_winning_trades, figures.max_consecutive_losing_trades) == (2, 2)
    assert (figures.total_profit_loss, figures.maximum_closed_trade_drawdown) == (6, -3)
    assert figures.profit_factor == 3
    assert figures.win_rate == Decimal("0.6")
    assert figures.median_trade_duration == timedelta(minutes=1)


def test_no_trades_have_no_figures():
    """Nothing traded is not an error."""
    assert TradeStatistics.of([]).total_number_of_trades == 0


def test_members_have_pascal_case_names_too():
    """An algorithm may ask for ClosedTrades and ProfitLoss."""
    builder = TradeBuilder()
    builder.ProcessFill(_fill(1, 100, "1"), Decimal(1), Decimal(0))
    builder.ProcessFill(_fill(2, -100, "2"), Decimal(1), Decimal(0))
    assert builder.ClosedTrades[0].ProfitLoss == 100
