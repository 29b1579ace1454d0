"""Indicators of bars against numpy and against sums done by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from leanib.engine import indicators as i
from leanib.engine.indicators import MovingAverageType, candlesticks
from leanib.engine.market import TradeBar

DAY = timedelta(days=1)


def _bars(*prices: tuple[float, float, float, float], volume: float = 100) -> list[TradeBar]:
    start = datetime(2020, 1, 1)
    return [TradeBar(start + k * DAY, None, *each, volume, DAY) for k, each in enumerate(prices)]


def _feed(indicator: Any, bars: list[TradeBar]) -> Any:
    for bar in bars:
        indicator.update(bar)
    return indicator.current.value


def test_true_range_takes_the_gap_in() -> None:
    """10 to 11 after a close of 8: the range from the close counts."""
    true_range = i.TrueRange()
    assert _feed(true_range, _bars((8, 9, 7, 8), (10, 11, 10, 10.5))) == 3.0


def test_average_true_range(bars: list[TradeBar]) -> None:
    """With a simple average: numpy's mean of the last true ranges."""
    found = _feed(i.AverageTrueRange(5, MovingAverageType.SIMPLE), bars)
    ranges = [max(bar.high, before.close) - min(bar.low, before.close) for before, bar in pairwise(bars)]
    assert found == pytest.approx(np.mean(ranges[-5:]))


def test_on_balance_volume_adds_and_subtracts() -> None:
    """Up 100, down 100, up 100, unchanged: LEAN starts from the first bar's volume."""
    closes = (10, 11, 10, 12, 12)
    assert _feed(i.OnBalanceVolume(), _bars(*((c, c, c, c) for c in closes))) == 200


def test_stochastics_place_the_close_in_the_range(bars: list[TradeBar]) -> None:
    """The fast line is (close - low) / (high - low) over the period, in percent."""
    stochastic = i.Stochastic(6, 3, 3)
    _feed(stochastic, bars)
    last = bars[-6:]
    low, high = min(bar.low for bar in last), max(bar.high for bar in last)
    assert stochastic.fast_stoch.current.value == pytest.approx(100 * (bars[-1].close - low) / (high - low))


def test_williams_r_is_the_stochastic_from_above(bars: list[TradeBar]) -> None:
    """-100 (high - close) / (high - low)."""
    last = bars[-6:]
    low, high = min(bar.low for bar in last), max(bar.high for bar in last)
    assert _feed(i.WilliamsPercentR(6), bars) == pytest.approx(-100 * (high - bars[-1].close) / (high - low))


def test_a_donchian_channel_spans_the_extremes() -> None:
    """The bands are the highest high and the lowest low of the period."""
    channel = i.DonchianChannel(2)
    _feed(channel, _bars((1, 5, 1, 2), (2, 4, 2, 3), (9, 99, 9, 9)))
    assert (channel.upper_band.current.value, channel.lower_band.current.value) == (99, 2)


def test_vwap_weighs_with_volume(bars: list[TradeBar]) -> None:
    """The typical price, weighed by volume, over the period."""
    last = bars[-5:]
    typical = [(bar.open + bar.high + bar.low + bar.close) / 4 for bar in last]
    volumes = [bar.volume for bar in last]
    found = _feed(i.VolumeWeightedAveragePriceIndicator(5), bars)
    assert found == pytest.approx(np.average(typical, weights=volumes))


def test_cci(bars: list[TradeBar]) -> None:
    """(typical price - its mean) / (0.015 mean deviation)."""
    typical = np.array([(bar.high + bar.low + bar.close) / 3 for bar in bars[-8:]])
    expected = (typical[-1] - typical.mean()) / (0.015 * np.abs(typical - typical.mean()).mean())
    assert _feed(i.CommodityChannelIndex(8), bars) == pytest.approx(expected)


def test_balance_of_power_of_one_bar() -> None:
    """(close - open) / (high - low)."""
    assert _feed(i.BalanceOfPower(), _bars((10, 14, 9, 12))) == pytest.approx(2 / 5)


def test_heikin_ashi_by_hand() -> None:
    """The open is the middle of the body before, the close the mean of the four prices."""
    heikin = i.HeikinAshi()
    _feed(heikin, _bars((10, 12, 8, 11), (11, 13, 10, 12)))
    assert heikin.close.current.value == pytest.approx(46 / 4)
    assert heikin.open.current.value == pytest.approx((10.5 + 41 / 4) / 2)


def test_aroon_counts_the_bars_since_the_extremes() -> None:
    """With a rising market up is 100 and down 0."""
    aroon = i.AroonOscillator(3, 3)
    assert _feed(aroon, _bars(*((k, k + 1, k - 1, k) for k in range(2, 12)))) == 100.0
    assert (aroon.aroon_up.current.value, aroon.aroon_down.current.value) == (100.0, 0.0)


@pytest.mark.parametrize(
    ("pattern", "candles", "expected"),
    [
        (candlesticks.Engulfing, [(10, 10.2, 8.9, 9), (8.8, 10.8, 8.7, 10.6)], 1),
        (candlesticks.Engulfing, [(9, 10.1, 8.9, 10), (10.4, 10.5, 8.3, 8.5)], -1),
        (candlesticks.Doji, [(10, 11, 9, 10.01)], 1),
        (candlesticks.Hammer, [(8, 8.1, 6.9, 7), (6.3, 6.42, 5.2, 6.4)], 1),
        (candlesticks.ShootingStar, [(8, 9.1, 7.9, 9), (9.3, 10.6, 9.29, 9.5)], -1),
        (candlesticks.Marubozu, [(10, 12, 10, 12)], 1),
    ],
)
def test_candlestick_patterns(pattern: Any, candles: list[Any], expected: int) -> None:
    """Textbook candles after twenty ordinary ones are found, and the ordinary ones are not."""
    ordinary = [(10, 10.8, 9.2, 10.4) if k % 2 else (10.4, 11.2, 9.6, 10) for k in range(20)]
    found = pattern()
    bars = _bars(*ordinary, *candles)
    assert _feed(found, bars[:-1]) in (0.0, expected) or len(candles) > 1
    found.update(bars[-1])
    assert found.is_ready
    assert found.current.value == expected
