"""Indicators of values against numpy and against sums done by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal, localcontext
from typing import Any

import numpy as np
import pytest

from leanib.engine import indicators as i
from leanib.engine.indicators import MovingAverageType
from leanib.engine.numbers import to_float

START = datetime(2020, 1, 1)
N = 7

OVER_A_WINDOW: dict[str, tuple[Any, Callable[[Any], float]]] = {
    "sma": (i.SimpleMovingAverage(N), np.mean),
    "sum": (i.Sum(N), np.sum),
    "std": (i.StandardDeviation(N), np.std),
    "var": (i.Variance(N), np.var),
    "max": (i.Maximum(N), np.max),
    "min": (i.Minimum(N), np.min),
    "mad": (i.MeanAbsoluteDeviation(N), lambda w: np.mean(np.abs(w - np.mean(w)))),
    "midpoint": (i.MidPoint(N), lambda w: (np.max(w) + np.min(w)) / 2),
    "lwma": (i.LinearWeightedMovingAverage(N), lambda w: np.average(w, weights=np.arange(1, N + 1))),
    "lsma": (i.LeastSquaresMovingAverage(N), lambda w: np.polyval(np.polyfit(np.arange(N), w, 1), N - 1)),
    "tsf": (i.TimeSeriesForecast(N), lambda w: np.polyval(np.polyfit(np.arange(N), w, 1), N)),
}

AGAINST_THE_PAST: dict[str, tuple[Any, Callable[[float, float], float]]] = {
    "mom": (i.Momentum(N), lambda new, old: new - old),
    "roc": (i.RateOfChange(N), lambda new, old: (new - old) / old),
    "rocp": (i.RateOfChangePercent(N), lambda new, old: 100 * (new - old) / old),
    "rocr": (i.RateOfChangeRatio(N), lambda new, old: new / old),
    "logr": (i.LogReturn(N), lambda new, old: np.log(new / old)),
    "delay": (i.Delay(N), lambda _, old: old),
}


def _feed(indicator: Any, values: Sequence[float]) -> list[float]:
    found = []
    for index, value in enumerate(values):
        indicator.update(START + timedelta(days=index), value)
        found.append(indicator.current.value)
    return found


@pytest.mark.parametrize("name", OVER_A_WINDOW)
def test_over_a_window(name: str, closes: list[float]) -> None:
    """From the period on, the value is what numpy says of the last values."""
    indicator, expected = OVER_A_WINDOW[name]
    found = _feed(indicator, closes)
    for end in range(N, len(closes) + 1):
        assert found[end - 1] == pytest.approx(expected(np.array(closes[end - N : end])), abs=1e-9)


@pytest.mark.parametrize("name", AGAINST_THE_PAST)
def test_against_the_past(name: str, closes: list[float]) -> None:
    """The value compares with the one of a period ago."""
    indicator, expected = AGAINST_THE_PAST[name]
    found = _feed(indicator, closes)
    for index in range(N, len(closes)):
        assert found[index] == pytest.approx(expected(closes[index], closes[index - N]), abs=1e-9)


def test_an_exponential_average_starts_from_a_simple_one() -> None:
    """EMA(3) of 1 2 3 4 8: (1+2+3)/3 = 2, then half the way to each value."""
    assert _feed(i.ExponentialMovingAverage(3), [1, 2, 3, 4, 8]) == [0, 0, 2.0, 3.0, 5.5]


def test_a_wilder_average_by_hand() -> None:
    """WWMA(2) of 1 3 5: the mean of the values so far, then half the way."""
    assert _feed(i.WilderMovingAverage(2), [1, 3, 5])[1:] == [2.0, 3.5]


def test_the_rsi_by_hand() -> None:
    """Gains 2 and 0, losses 0 and 1: averages of 1 and 0.5 make 100 - 100 / (1 + 2)."""
    assert _feed(i.RelativeStrengthIndex(2, MovingAverageType.SIMPLE), [10, 12, 11])[-1] == pytest.approx(200 / 3)


def test_an_rsi_without_losses_is_100() -> None:
    """No average loss would divide by zero."""
    assert _feed(i.RelativeStrengthIndex(2), [1, 2, 3, 4])[-1] == 100.0


def test_macd_is_the_difference_of_its_parts(closes: list[float]) -> None:
    """MACD = fast - slow; the signal is its average, the histogram the distance."""
    macd = i.MovingAverageConvergenceDivergence(3, 6, 4)
    found = _feed(macd, closes)
    fast = _feed(i.ExponentialMovingAverage(3), closes)
    slow = _feed(i.ExponentialMovingAverage(6), closes)
    assert found[-1] == pytest.approx(fast[-1] - slow[-1])
    assert macd.signal.current.value == pytest.approx(_feed(i.ExponentialMovingAverage(4), found[5:])[-1])
    assert macd.histogram.current.value == pytest.approx(found[-1] - macd.signal.current.value)


def test_bollinger_bands_stand_around_the_mean(closes: list[float]) -> None:
    """Two deviations from the mean; %B is where the price is between them; the width is in percent."""
    bands = i.BollingerBands(20, 2)
    _feed(bands, closes)
    window = np.array(closes[-20:])
    low, high = window.mean() - 2 * window.std(), window.mean() + 2 * window.std()
    assert (bands.lower_band.current.value, bands.upper_band.current.value) == pytest.approx((low, high))
    assert bands.percent_b.current.value == pytest.approx((closes[-1] - low) / (high - low))
    assert bands.band_width.current.value == pytest.approx(100 * (high - low) / window.mean())
    assert bands.is_ready
    assert bands.upper_band.is_ready


def test_a_flat_series_has_no_spread() -> None:
    """Equal values have exactly no deviation, and the bands' own value stays where it was."""
    deviation = i.StandardDeviation(5)
    assert _feed(deviation, [1.1] * 40)[-1] == 0.0
    bands = i.BollingerBands(3, 2)
    _feed(bands, [2.0] * 5)
    assert (bands.upper_band.current.value, bands.lower_band.current.value) == (2.0, 2.0)


def test_a_mean_does_not_drift() -> None:
    """After large values the mean of small ones is theirs, to the last digit."""
    average = i.SimpleMovingAverage(4)
    _feed(average, [1e12, 3e11, 7e11, 1e12, *[0.1, 0.2, 0.3, 0.4] * 50])
    assert average.current.value == pytest.approx(0.25, abs=1e-12)


def test_the_rolling_sum_of_a_mean() -> None:
    """`rolling_sum` knows the values from before it was asked for, and follows."""
    average = i.SimpleMovingAverage(3)
    _feed(average, [1, 2, 3, 4])
    assert average.rolling_sum.is_ready
    average.update(START + timedelta(days=9), 8.0)
    assert average.rolling_sum.current.value == 15.0


def test_a_simple_average_of_prices_is_leans_decimal_as_dotnet_makes_a_float_of_it() -> None:
    """Sums of prices are exact; quotients without an end have .NET's last digit, which Python's division has not."""
    random = np.random.default_rng(3)
    prices = [Decimal(int(number)).scaleb(-7) for number in random.integers(1_000_000_000, 2_000_000_000, 300)]
    values = _feed(i.SimpleMovingAverage(7), [float(price) for price in prices])
    nearest = 0
    with localcontext(prec=40):
        for last in range(7, len(prices)):
            total = sum(prices[last - 6 : last + 1], Decimal(0))
            if total.scaleb(7) % 7:  # 28 digits and a bit is what 96 bits keep of numbers from 80 to 792
                assert values[last] == to_float((total / 7).quantize(Decimal(1).scaleb(-26)))
            nearest += values[last] == float(total / 7)
    assert 200 < nearest < 293
    assert values[4] == float(sum(prices[:5], Decimal(0)) / 5)  # this one ends


def test_an_average_of_other_numbers_does_not_drift() -> None:
    """Values with more digits than a price has are added up as floats, those before them too."""
    values = [1 / 3 + number for number in range(40)]
    average = i.SimpleMovingAverage(7)
    found = _feed(average, [1.5, *values])
    assert found[-1] == pytest.approx(np.mean(values[-7:]), rel=1e-15)
    average.reset()
    assert _feed(average, [2.0, 4.0])[-1] == 3.0
