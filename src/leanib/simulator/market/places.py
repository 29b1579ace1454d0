"""Where a folder of LEAN data keeps an instrument: its files, the entries in them, and the zone of their times."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np

from leanib.data import (
    Contract,
    MarketHoursFile,
    archive_exists,
    entry_name,
    is_whole_history,
    read_open_interest,
    zip_path,
)
from leanib.data.archive import has_entry
from leanib.data.series_files import Columns, SeriesFile, read_columns
from leanib.data.sources import Series
from leanib.errors import DataError
from leanib.simulator.market.instruments import Instrument

__all__ = ["Place", "Places", "market_of"]

NEW_YORK, UTC = ZoneInfo("America/New_York"), ZoneInfo("UTC")
#: LEAN's names of exchanges that IB calls otherwise; the others are IB's in small letters.
_MARKETS = {"NYBOT": "ice", "IPE": "ice", "ECBOT": "cbot", "GLOBEX": "cme"}
_RIGHTS = {"C": "call", "P": "put"}


@dataclass(frozen=True, slots=True)
class Place:
    """Security type, market, ticker, the zone of its times; of a derivative what else its files' names say."""

    kind: str
    market: str
    ticker: str
    zone: ZoneInfo
    contract: Contract | None = None

    def part(self, resolution: str, day: dt.date) -> dt.date | None:
        """What tells the file of a day: the day, the first of an option's year, None where one file holds all."""
        if not is_whole_history(resolution):
            return day
        return dt.date(day.year, 1, 1) if self.kind.endswith("option") else None

    def path(self, folder: Path, resolution: str, side: str, day: dt.date) -> Path:
        """The file of a day (in the data's zone)."""
        return zip_path(folder, self.kind, self.market, resolution, self.ticker, side, day, self.contract)

    def exists(self, folder: Path, resolution: str, side: str, day: dt.date) -> bool:
        """Whether the folder has the file, and the contract is in it."""
        path = self.path(folder, resolution, side, day)
        if not archive_exists(path):
            return False
        return self.contract is None or has_entry(path, self._entry(resolution, side, day))

    def read(self, folder: Path, resolution: str, side: str, day: dt.date) -> Columns | None:
        """The whole file that holds a day, or the contract's part of it; None where there is none."""
        if not self.exists(folder, resolution, side, day):
            return None
        series = Series(self.kind, self.market, self.ticker.lower(), resolution, side)
        dated = None if is_whole_history(resolution) else day
        entry = None if self.contract is None else self._entry(resolution, side, day)
        return read_columns(SeriesFile(self.path(folder, resolution, side, day), series, dated), entry)

    def open_interest(self, folder: Path, moment: dt.datetime) -> int | None:
        """How many contracts were open, as last told in the year (or on the day) of a moment; None where nobody did."""
        local = moment.astimezone(self.zone)
        for resolution in ("minute", "hour", "daily"):
            day = local.date()
            if self.exists(folder, resolution, "openinterest", day):
                dated = None if is_whole_history(resolution) else day
                path = self.path(folder, resolution, "openinterest", day)
                found = read_open_interest(path, dated, self._entry(resolution, "openinterest", day))
                told = found.value[found.time <= np.datetime64(local.replace(tzinfo=None))]
                if len(told):
                    return int(told[-1])
        return None

    def _entry(self, resolution: str, side: str, day: dt.date) -> str:
        return entry_name(self.kind, resolution, self.ticker, side, day, self.contract)


class Places:
    """Finds instruments in a data folder."""

    def __init__(self, folder: Path, forex_market: str) -> None:
        self.folder = folder
        self.forex_market = forex_market
        #: The market of each pair of cryptocurrencies, by ticker.
        self.crypto_markets: dict[str, str] = {}
        self._hours: MarketHoursFile | None = None
        self._zones: dict[tuple[str, str, str], ZoneInfo] = {}

    def of(self, item: Instrument, under: Instrument | None = None) -> Place | None:
        """Where the folder keeps the instrument; None when it cannot. Options need what they are on."""
        match item.sec_type:
            case "STK" if item.currency == "USD":
                return Place("equity", "usa", item.symbol.replace(" ", "."), NEW_YORK)
            case "IND":
                return Place("index", "usa", item.symbol, NEW_YORK)
            case "CASH":
                return Place("forex", self.forex_market, item.symbol + item.currency, UTC)
            case "CRYPTO" if item.symbol + item.currency in self.crypto_markets:
                name = item.symbol + item.currency
                return Place("crypto", self.crypto_markets[name], name, UTC)
            case "FUT":
                return self._derivative("future", market_of(item.exchange), item.trading_class, item, None)
            case "OPT" if under is not None and under.sec_type == "STK":
                return self._derivative("option", "usa", under.symbol.replace(" ", "."), item, None)
            case "OPT" if under is not None:
                return self._derivative("indexoption", "usa", item.trading_class, item, None)
            case "FOP" if under is not None:
                return self._derivative("futureoption", market_of(item.exchange), item.trading_class, item, under)
        return None

    def _derivative(
        self, kind: str, market: str, ticker: str, item: Instrument, future: Instrument | None
    ) -> Place | None:
        zone = self.zone(kind, market, ticker)
        if zone is None:
            return None
        month = _month(future or item)
        if not item.is_option:
            return Place(kind, market, ticker, zone, Contract(month=month))
        style = "european" if kind == "indexoption" else "american"
        expiry = dt.datetime.strptime(item.listed_expiry or item.expiry, "%Y%m%d").date()
        contract = Contract(style, _RIGHTS[item.right], item.strike, expiry, month)
        return Place(kind, market, ticker, zone, contract)

    def zone(self, kind: str, market: str, ticker: str) -> ZoneInfo | None:
        """The zone of the times in a derivative's files; None where the folder does not know the market."""
        key = (kind, market, ticker)
        if key not in self._zones:
            if self._hours is None:
                self._hours = MarketHoursFile(self.folder / "market-hours" / "market-hours-database.json")
            names = (f"{kind}-{market}-{ticker}", f"{kind}-{market}-[*]")
            name = next((name for name in names if name in self._hours), None)
            if name is None:
                return None
            self._zones[key] = ZoneInfo(self._hours.own_entry(name).data_time_zone)
        return self._zones[key]


def market_of(exchange: str) -> str:
    """LEAN's name of a futures exchange."""
    return _MARKETS.get(exchange, exchange.lower())


def _month(future: Instrument) -> dt.date:
    """The month that a future is called after: of CL it is not the one in which trading ends.

    Raises:
        DataError: The instrument says none.
    """
    text = future.month or future.expiry[:6]
    try:
        return dt.datetime.strptime(text, "%Y%m").date()
    except ValueError:
        raise DataError(f"{future.local_symbol} has no contract month") from None
