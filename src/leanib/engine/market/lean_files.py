"""LEAN's own files for algorithms that read them as custom data: their paths, and their lines as bars.

Facts: `Common/Util/LeanData.cs`, `Common/Data/Market/TradeBar.cs`. The engine itself decodes whole files at once.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from leanib.engine.market.bars import Bar, QuoteBar, TradeBar
from leanib.engine.market.calendars import convert_time, midnight
from leanib.engine.market.source import SubscriptionDataSource
from leanib.engine.symbols import Globals, Resolution, SubscriptionTransportMedium, Symbol, TickType

if TYPE_CHECKING:
    from leanib.engine.market.config import SubscriptionDataConfig

__all__ = ["EQUITY_SCALE", "parse_quote_bar", "parse_trade_bar", "price_source", "zip_file_name", "zip_file_path"]

_LOW_RESOLUTIONS = (Resolution.HOUR, Resolution.DAILY)
EQUITY_SCALE = 1 / 10000


def zip_file_name(symbol: Symbol, date: datetime, resolution: Resolution, tick_type: TickType) -> str:
    """The zip that holds a day of a security's data; hour and daily data are in one for all days."""
    tick = tick_type.name.replace("_", "").lower()
    if resolution not in _LOW_RESOLUTIONS:
        return f"{date:%Y%m%d}_{tick}.zip"
    ticker = symbol.value.lower()
    return f"{ticker}.zip" if symbol.asset.has_one_file_for_all else f"{ticker}_{tick}.zip"


def zip_file_path(
    data_directory: Path | str, symbol: Symbol, date: datetime, resolution: Resolution, tick_type: TickType
) -> Path:
    """The same with its folder."""
    folder = Path(data_directory, symbol.security_type.security_type_to_lower(), symbol.id.market.lower())
    folder /= resolution.name.lower()
    if resolution not in _LOW_RESOLUTIONS:
        folder /= symbol.value.lower()
    return folder / zip_file_name(symbol, date, resolution, tick_type)


def price_source(config: SubscriptionDataConfig, date: datetime) -> SubscriptionDataSource:
    """The file of a stream's day."""
    path = zip_file_path(Globals.data_folder, config.symbol, date, config.resolution, config.tick_type)
    return SubscriptionDataSource(str(path), SubscriptionTransportMedium.LOCAL_FILE)


def parse_trade_bar(config: SubscriptionDataConfig, line: str, date: datetime, scale: float | None = None) -> TradeBar:
    """The trade bar of a line: time, open, high, low, close and, where there is one, volume."""
    cells = line.split(",")
    factor = _scale(config) if scale is None else scale
    open_, high, low, close = (_price(cell, factor) for cell in cells[1:5])
    volume = float(cells[5]) if len(cells) > 5 else 0.0
    time = _time(config, cells[0], date)
    return TradeBar(time, config.symbol, open_, high, low, close, volume, config.increment)


def parse_quote_bar(config: SubscriptionDataConfig, line: str, date: datetime) -> QuoteBar:
    """The quote bar of a line: time, four bid prices, bid size, four ask prices, ask size."""
    cells = line.split(",")
    factor = _scale(config)
    bid, bid_size = _side(cells[1:6], factor)
    ask, ask_size = _side(cells[6:11], factor)
    time = _time(config, cells[0], date)
    return QuoteBar(time, config.symbol, bid, bid_size, ask, ask_size, config.increment)


def _side(cells: list[str], factor: float) -> tuple[Bar | None, float]:
    if not cells[0]:
        return None, 0.0
    return Bar(*(_price(cell, factor) for cell in cells[:4])), float(cells[4] or 0)


def _scale(config: SubscriptionDataConfig) -> float:
    return EQUITY_SCALE if config.symbol.asset.is_scaled_in_files else 1.0


def _price(cell: str, factor: float) -> float:
    # Divided, not multiplied: 1416100 / 10000 is 141.61, and 1416100 * 0.0001 is not.
    return float(cell) / 10000 if factor == EQUITY_SCALE else float(cell) * factor


def _time(config: SubscriptionDataConfig, cell: str, date: datetime) -> datetime:
    if config.resolution in _LOW_RESOLUTIONS:
        time = datetime.strptime(cell, "%Y%m%d %H:%M")
    else:
        time = midnight(date) + timedelta(milliseconds=float(cell))
    return convert_time(time, config.data_time_zone, config.exchange_time_zone)
