"""The files of the made-up futures: prices by the hour and the day, open interest, the list of each day, and tables.

The margins are made up too, as high as an exchange's might be.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from leanib.data.columns import TradeBarColumns
from leanib.data.continuous import Joined, write_continuous
from leanib.data.generate.futures import FutureHistory, future_histories, session_days
from leanib.data.generate.options import dates_of, per_day, quotes_per_day
from leanib.data.generate.plan import BENCHMARK, FUTURE, FUTURE_DAYS
from leanib.data.paths import FUTURE_LIST_HEADING, Contract, entry_name, universe_path, zip_path
from leanib.data.reader import read_trade_bars
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.files import write_text

__all__ = ["write_futures"]

_MARKET, _TICKER = FUTURE
_SCALE, _FUND_SCALE = 1, 10_000
_DAY_BEGINS, _DAY_ENDS = 13, 21  # in UTC, summer and winter
_TOLD = {"hour": "12:00", "daily": "00:00"}
_MARGINS = "date,initial,maintenance\n20120103,5500,5000\n20120702,4950,4500\n20130102,4400,4000\n"


def write_futures(root: Path) -> None:
    """Writes every file of the futures on the fund whose hours stand below `root` already."""
    fund = read_trade_bars(zip_path(root, "equity", "usa", "hour", BENCHMARK, "trade"), None, _FUND_SCALE)
    dates = fund.time.astype("datetime64[D]")
    within = (dates >= np.datetime64(FUTURE_DAYS.first)) & (dates <= np.datetime64(FUTURE_DAYS.last))
    histories = future_histories(fund.part(within))
    days = [per_day(history.trades) for history in histories]
    for resolution in _TOLD:
        _write(root, resolution, histories)
    _write_lists(root, histories, days)
    closes = [_closes(history.trades) for history in histories]
    joined = Joined([one.contract for one in histories], closes, [one.open_interest for one in histories])
    write_continuous(root, _MARKET, _TICKER, joined)
    write_text(root / "future" / _MARKET / "margins" / f"{_TICKER}.csv", _MARGINS)


def _closes(hours: TradeBarColumns) -> dict[dt.date, float]:
    """The last price of each day before the pause in the afternoon, when all contracts are traded."""
    hour = hours.time.astype("datetime64[h]").astype(np.int64) % 24
    by_day = hours.part((hour >= _DAY_BEGINS) & (hour <= _DAY_ENDS))
    return dict(zip(dates_of(by_day), by_day.close.tolist(), strict=True))  # the last of a day stays


def _write(root: Path, resolution: str, histories: list[FutureHistory]) -> None:
    files: dict[str, dict[str, list[str]]] = {"trade": {}, "quote": {}, "openinterest": {}}
    for history in histories:
        trades, quotes = history.trades, history.quotes
        if resolution == "daily":
            trades, quotes = per_day(trades), quotes_per_day(quotes)
        open_interest = [f"{day:%Y%m%d} {_TOLD[resolution]},{count}" for day, count in history.open_interest.items()]
        lines = {
            "trade": trade_bar_lines(trades, None, _SCALE),
            "quote": quote_bar_lines(quotes, None, _SCALE),
            "openinterest": open_interest,
        }
        for kind, entries in files.items():
            contract = Contract(month=history.contract.month)
            entries[entry_name("future", resolution, _TICKER, kind, None, contract)] = lines[kind]
    for kind, entries in files.items():
        write_zip(zip_path(root, "future", _MARKET, resolution, _TICKER, kind), dict(entries))


def _write_lists(root: Path, histories: list[FutureHistory], days: list[TradeBarColumns]) -> None:
    """The bar of the day, of every contract that can be traded on the next day."""
    rows: dict[dt.date, list[str]] = {day: [] for day in session_days()}
    for history, bars in zip(histories, days, strict=True):
        columns = (bars.open, bars.high, bars.low, bars.close, bars.volume)
        for date, *numbers in zip(dates_of(bars), *(column.tolist() for column in columns), strict=True):
            if date < history.contract.expiry and date in history.open_interest:
                prices = ",".join(f"{number:g}" for number in numbers[:4])
                count = history.open_interest[date]
                rows[date].append(f"{history.contract.month:%Y%m},{prices},{numbers[4]:.0f},{count}")
    for date, lines in rows.items():
        text = "\n".join([FUTURE_LIST_HEADING, *lines]) + "\n"
        write_text(universe_path(root, "future", _MARKET, _TICKER, date), text)
