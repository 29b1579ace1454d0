"""Universe selection models: they choose securities."""

from leanib.engine.framework.selection.base import (
    CompositeUniverseSelectionModel,
    NullUniverseSelectionModel,
    UniverseSelectionModel,
)
from leanib.engine.framework.selection.etf_universes import (
    EnergyETFUniverse,
    LiquidETFUniverse,
    MetalsETFUniverse,
    SP500SectorsETFUniverse,
    TechnologyETFUniverse,
    USTreasuriesETFUniverse,
    VolatilityETFUniverse,
)
from leanib.engine.framework.selection.fundamental import (
    CoarseFundamentalUniverseSelectionModel,
    EmaCrossUniverseSelectionModel,
    FineFundamentalUniverseSelectionModel,
    FundamentalUniverseSelectionModel,
    QC500UniverseSelectionModel,
)
from leanib.engine.framework.selection.manual import (
    CustomUniverse,
    CustomUniverseSelectionModel,
    InceptionDateUniverseSelectionModel,
    ManualUniverse,
    ManualUniverseSelectionModel,
)
from leanib.engine.framework.selection.other import (
    ETFConstituentsUniverseSelectionModel,
    FuturesUniverseSelectionModel,
    FutureUniverseSelectionModel,
    OpenInterestFutureUniverseSelectionModel,
    OptionChainedUniverseSelectionModel,
    OptionUniverseSelectionModel,
    ScheduledUniverseSelectionModel,
)

__all__ = [
    "CoarseFundamentalUniverseSelectionModel",
    "CompositeUniverseSelectionModel",
    "CustomUniverse",
    "CustomUniverseSelectionModel",
    "ETFConstituentsUniverseSelectionModel",
    "EmaCrossUniverseSelectionModel",
    "EnergyETFUniverse",
    "FineFundamentalUniverseSelectionModel",
    "FundamentalUniverseSelectionModel",
    "FutureUniverseSelectionModel",
    "FuturesUniverseSelectionModel",
    "InceptionDateUniverseSelectionModel",
    "LiquidETFUniverse",
    "ManualUniverse",
    "ManualUniverseSelectionModel",
    "MetalsETFUniverse",
    "NullUniverseSelectionModel",
    "OpenInterestFutureUniverseSelectionModel",
    "OptionChainedUniverseSelectionModel",
    "OptionUniverseSelectionModel",
    "QC500UniverseSelectionModel",
    "SP500SectorsETFUniverse",
    "ScheduledUniverseSelectionModel",
    "TechnologyETFUniverse",
    "USTreasuriesETFUniverse",
    "UniverseSelectionModel",
    "VolatilityETFUniverse",
]
