"""The part of QCAlgorithm that makes and feeds indicators (`Algorithm/QCAlgorithm.Indicators.cs`)."""

from __future__ import annotations

from leanib.engine.algorithm.bar_indicators import BarIndicators
from leanib.engine.algorithm.special_indicators import BreadthIndicators, SpecialIndicators
from leanib.engine.algorithm.value_indicators import ValueIndicators
from leanib.engine.algorithm.volume_indicators import VolumeIndicators

__all__ = ["Indicators"]

_PARTS = (ValueIndicators, BarIndicators, VolumeIndicators, SpecialIndicators, BreadthIndicators)


class Indicators(ValueIndicators, BarIndicators, VolumeIndicators, SpecialIndicators, BreadthIndicators):
    """The helpers, by their names in lower case (`self.sma`) and, as in LEAN, in upper case (`self.SMA`)."""


for _part in _PARTS:
    for _name in [name for name in vars(_part) if name.islower() and name[0] != "_"]:
        setattr(Indicators, _name.upper(), vars(_part)[_name])
