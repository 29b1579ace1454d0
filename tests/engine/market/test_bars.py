"""Bars, ticks and events: LEAN's members, in both styles."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from leanib.engine.market import Bar, Delisting, DelistingType, Dividend, QuoteBar, Split, SplitType, TradeBar
from leanib.engine.symbols import Market, SecurityType, Symbol

NOON = datetime(2020, 6, 1, 12)
SPY = Symbol.create("SPY", SecurityType.EQUITY, Market.USA)


def test_close_value_and_price_are_one_number() -> None:
    """Whichever name is assigned, all three, and their PascalCase forms, tell the same."""
    bar = TradeBar(NOON, SPY, 1, 3, 0.5, 2, 100)
    bar.value = 2.5
    assert bar.close == bar.price == bar.Close == bar.Value == 2.5
    bar.Close = 4.0
    assert bar.value == 4.0


def test_end_time_and_period_follow_each_other() -> None:
    """The end is the time plus the period; setting the end sets the period, setting the time moves the bar."""
    bar = TradeBar(NOON, SPY, period=timedelta(hours=1))
    assert bar.end_time == NOON + timedelta(hours=1)
    bar.end_time = NOON + timedelta(hours=3)
    assert bar.period == timedelta(hours=3)
    bar.time = NOON - timedelta(hours=1)
    assert bar.EndTime == NOON + timedelta(hours=2)


def test_update_keeps_the_extremes() -> None:
    """Trades raise the high, lower the low, move the close and add to the volume."""
    bar = TradeBar(NOON, SPY)
    for price in (10.0, 12.0, 9.0, 11.0):
        bar.update(price, 0, 0, 5, 0, 0)
    assert (bar.open, bar.high, bar.low, bar.close, bar.volume) == (10, 12, 9, 11, 20)


def test_a_clone_is_independent() -> None:
    """Changing a copy, or a side of a copied quote, leaves the original alone; the copy can be marked as filled."""
    bar = TradeBar(NOON, SPY, 1, 1, 1, 1, 1)
    twin = bar.clone(True)
    twin.close = 9.0
    assert (bar.close, bar.is_fill_forward, twin.is_fill_forward) == (1, False, True)
    quote = QuoteBar(NOON, SPY, Bar(1, 1, 1, 1), 5, Bar(3, 3, 3, 3), 5)
    copy = quote.clone()
    assert copy.bid is not None
    copy.bid.close = 2.0
    assert quote.close == 2.0
    assert copy.close == 2.5


@pytest.mark.parametrize(("bid", "ask", "middle"), [(10.0, 12.0, 11.0), (10.0, None, 10.0), (None, 12.0, 12.0)])
def test_a_quote_bar_is_the_middle_or_the_side_it_has(bid: float | None, ask: float | None, middle: float) -> None:
    """With both sides prices are their middle, with one side that side."""
    sides = [None if price is None else Bar(price, price, price, price) for price in (bid, ask)]
    quote = QuoteBar(NOON, SPY, sides[0], 1, sides[1], 1)
    assert quote.open == quote.close == quote.value == middle


def test_text_is_leans() -> None:
    """Messages show prices with seven significant digits."""
    bar = TradeBar(NOON, SPY, 144.764383024, 145, 144, 144.5, 1000)
    assert str(bar).endswith("O: 144.7644 H: 145 L: 144 C: 144.5 V: 1000")


def test_events_keep_exact_factors() -> None:
    """A split's factor is exact though algorithms see a float; a dividend follows from the price factors, rounded."""
    split = Split(SPY, NOON, 645.57, Decimal("0.1428571428571428571"), SplitType.SPLIT_OCCURRED)
    assert split.split_factor_decimal == Decimal("0.1428571428571428571")
    assert split.reference_price == split.value == 645.57
    assert Dividend.create(SPY, NOON, 100.0, Decimal("0.98765")).distribution == 1.24
    assert "Delisted" in str(Delisting(SPY, NOON, 1.0, DelistingType.DELISTED))
