"""The texts of data that users log."""

from datetime import datetime

import pytest

from leanib.engine.market import Bar, Delisting, MarginInterestRate, QuoteBar
from leanib.engine.market.base_data import BaseData
from leanib.engine.market.frames import frame_of_points
from leanib.engine.symbols import DelistingType, SecurityType, Symbol


@pytest.mark.parametrize(("value", "text"), [(0, "¤0.00"), (1234.565, "¤1,234.57"), (-5, "(¤5.00)"), (-0.001, "¤0.00")])
def test_custom_data_is_written_as_an_amount_without_a_country(value, text):
    """.NET's format `C` in the invariant culture."""
    data = BaseData()
    data.symbol, data.value = Symbol.EMPTY, value
    assert str(data).split(": ")[-1] == text


def test_a_quote_is_written_with_a_blank_after_each_price_and_nothing_for_a_side_that_is_not_there():
    """As LEAN's logs have it."""
    bar = QuoteBar(datetime(2014, 6, 2), Symbol.EMPTY, Bar(1, 2, 0.5, 1.5), 5, None, 0)
    sides = "Bid: O: 1 Bid: H: 2 Bid: L: 0.5 Bid: C: 1.5 ", "Ask: O:  Ask: H:  Ask: L:  Ask: C:  "
    assert str(bar).split(": ", 1)[1] == "".join(sides)


def test_kinds_of_events_stand_by_name_in_frames():
    """They are enumerations in LEAN's frames too, not numbers."""
    symbol = Symbol.create("BTCUSD", SecurityType.CRYPTO_FUTURE, "binance")
    event = Delisting(symbol, datetime(2014, 6, 2), 5, DelistingType.DELISTED)
    assert frame_of_points([event])["type"].iloc[0] is DelistingType.DELISTED


def test_a_margin_rate_is_one_column():
    """The value that it has for LEAN's engine is no column."""
    symbol = Symbol.create("BTCUSD", SecurityType.CRYPTO_FUTURE, "binance")
    frame = frame_of_points([MarginInterestRate(symbol, datetime(2014, 6, 2), 0.25)])
    assert list(frame.columns) == ["interestrate"]
