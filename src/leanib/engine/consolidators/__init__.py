"""Consolidators: bars from data (LEAN's `Common/Data/Consolidators`)."""

from leanib.engine.consolidators.bars import (
    BaseDataConsolidator,
    DynamicDataConsolidator,
    OpenInterestConsolidator,
    QuoteBarConsolidator,
    TickConsolidator,
    TickQuoteBarConsolidator,
    TradeBarConsolidator,
)
from leanib.engine.consolidators.base import ConsolidatorBase
from leanib.engine.consolidators.calendar import Calendar, CalendarInfo, CalendarType
from leanib.engine.consolidators.identity import (
    DataConsolidatorPythonWrapper,
    FilteredIdentityDataConsolidator,
    IdentityDataConsolidator,
    PythonConsolidator,
    SequentialConsolidator,
)
from leanib.engine.consolidators.market_hours import MarketHourAwareConsolidator
from leanib.engine.consolidators.period import PeriodCountConsolidatorBase
from leanib.engine.consolidators.renko import (
    ClassicRangeConsolidator,
    ClassicRenkoConsolidator,
    DollarVolumeRenkoConsolidator,
    RangeConsolidator,
    RenkoConsolidator,
    VolumeRenkoConsolidator,
    WickedRenkoConsolidator,
)
from leanib.engine.consolidators.renko_bars import BarDirection, RangeBar, RenkoBar, RenkoType, VolumeRenkoBar

__all__ = [
    "BarDirection",
    "BaseDataConsolidator",
    "Calendar",
    "CalendarInfo",
    "CalendarType",
    "ClassicRangeConsolidator",
    "ClassicRenkoConsolidator",
    "ConsolidatorBase",
    "DataConsolidatorPythonWrapper",
    "DollarVolumeRenkoConsolidator",
    "DynamicDataConsolidator",
    "FilteredIdentityDataConsolidator",
    "IdentityDataConsolidator",
    "MarketHourAwareConsolidator",
    "OpenInterestConsolidator",
    "PeriodCountConsolidatorBase",
    "PythonConsolidator",
    "QuoteBarConsolidator",
    "RangeBar",
    "RangeConsolidator",
    "RenkoBar",
    "RenkoConsolidator",
    "RenkoType",
    "SequentialConsolidator",
    "TickConsolidator",
    "TickQuoteBarConsolidator",
    "TradeBarConsolidator",
    "VolumeRenkoBar",
    "VolumeRenkoConsolidator",
    "WickedRenkoConsolidator",
]
