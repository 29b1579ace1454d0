"""The part of QCAlgorithm that makes and feeds indicators (`Algorithm/QCAlgorithm.Indicators.cs`)."""

from __future__ import annotations

from leanib.engine.algorithm.average_indicators import AverageIndicators
from leanib.engine.algorithm.momentum_indicators import MomentumIndicators
from leanib.engine.algorithm.option_indicators import OptionIndicators
from leanib.engine.algorithm.range_indicators import RangeIndicators
from leanib.engine.algorithm.special_indicators import BreadthIndicators, SpecialIndicators
from leanib.engine.algorithm.statistic_indicators import StatisticIndicators
from leanib.engine.algorithm.trend_indicators import TrendIndicators
from leanib.engine.algorithm.volume_indicators import VolumeIndicators

__all__ = ["Indicators"]


class Indicators(
    AverageIndicators,
    MomentumIndicators,
    RangeIndicators,
    StatisticIndicators,
    TrendIndicators,
    VolumeIndicators,
    SpecialIndicators,
    BreadthIndicators,
    OptionIndicators,
):
    """The helpers, by their names in lower case (`self.sma`) and, as in LEAN, in upper case (`self.SMA`)."""


for _part in Indicators.__bases__:
    for _name in [name for name in vars(_part) if name.islower() and name[0] != "_"]:
        setattr(Indicators, _name.upper(), vars(_part)[_name])
