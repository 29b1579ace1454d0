"""Market data in LEAN's format: readers, writers, calendars, sample data, checks. Knows nothing of the other packages.

The readers decode a file whole into numpy columns (`leanib.data.columns`); `leanib.data.paths` says where files are.
"""

from __future__ import annotations

from leanib.data.archive import archive_exists, entry_names, read_entry
from leanib.data.columns import (
    OpenInterestColumns,
    QuoteBarColumns,
    QuoteTickColumns,
    TradeBarColumns,
    TradeTickColumns,
)
from leanib.data.corporate import (
    ContractFactorRow,
    FactorRow,
    MapRow,
    read_contract_factor_file,
    read_factor_file,
    read_map_file,
)
from leanib.data.market_hours import MarketHoursEntry, MarketHoursFile, Segment
from leanib.data.paths import (
    Contract,
    coarse_path,
    entry_name,
    factor_file_path,
    is_whole_history,
    map_file_path,
    zip_path,
)
from leanib.data.reader import (
    price_scale,
    read_open_interest,
    read_quote_bars,
    read_quote_ticks,
    read_trade_bars,
    read_trade_ticks,
)
from leanib.data.symbol_properties import SymbolPropertiesFile, SymbolPropertiesRow
from leanib.data.tables import read_coarse_universe, read_constituents, read_futures_margins, read_interest_rates

__all__ = [
    "Contract",
    "ContractFactorRow",
    "FactorRow",
    "MapRow",
    "MarketHoursEntry",
    "MarketHoursFile",
    "OpenInterestColumns",
    "QuoteBarColumns",
    "QuoteTickColumns",
    "Segment",
    "SymbolPropertiesFile",
    "SymbolPropertiesRow",
    "TradeBarColumns",
    "TradeTickColumns",
    "archive_exists",
    "coarse_path",
    "entry_name",
    "entry_names",
    "factor_file_path",
    "is_whole_history",
    "map_file_path",
    "price_scale",
    "read_coarse_universe",
    "read_constituents",
    "read_contract_factor_file",
    "read_entry",
    "read_factor_file",
    "read_futures_margins",
    "read_interest_rates",
    "read_map_file",
    "read_open_interest",
    "read_quote_bars",
    "read_quote_ticks",
    "read_trade_bars",
    "read_trade_ticks",
    "zip_path",
]
