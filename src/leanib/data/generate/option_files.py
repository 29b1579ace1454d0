"""The files of the made-up options: prices by the hour and the day, open interest, and LEAN's list of each day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from leanib.data.columns import Times, TradeBarColumns
from leanib.data.generate.black_scholes import greeks
from leanib.data.generate.options import (
    History,
    dates_of,
    in_days,
    middles,
    option_histories,
    per_day,
    volatility_at,
    volatility_of,
)
from leanib.data.generate.plan import BENCHMARK, OPTION_DAYS
from leanib.data.paths import OPTION_LIST_HEADING, entry_name, universe_path, zip_path
from leanib.data.reader import read_trade_bars
from leanib.data.writer import quote_bar_lines, trade_bar_lines, write_zip
from leanib.files import write_text

__all__ = ["write_options"]

_TICKER = BENCHMARK
_SCALE = 10_000


def write_options(root: Path) -> None:
    """Writes every file of the options on the fund whose hours stand below `root` already."""
    stock = read_trade_bars(zip_path(root, "equity", "usa", "hour", _TICKER, "trade"), None, _SCALE)
    dates = stock.time.astype("datetime64[D]")
    hours = stock.part((dates >= np.datetime64(OPTION_DAYS.first)) & (dates <= np.datetime64(OPTION_DAYS.last)))
    histories = option_histories(hours)
    days = [in_days(history) for history in histories]
    _write(root, "hour", histories)
    _write(root, "daily", days)
    volatility = dict(zip(dates_of(hours), volatility_of(hours).tolist(), strict=True))
    _write_lists(root, per_day(hours), days, volatility)


def _write(root: Path, resolution: str, histories: list[History]) -> None:
    offset = np.timedelta64(6 if resolution == "hour" else 0, "h")  # open interest is published before the open
    kinds: dict[str, Callable[[History], tuple[Times, list[str]]]] = {
        "quote": lambda one: (one.quotes.time, quote_bar_lines(one.quotes, None, _SCALE)),
        "trade": lambda one: (one.trades.time, trade_bar_lines(one.trades, None, _SCALE)),
        "openinterest": lambda one: (one.days, _open_interest_lines(one, offset)),
    }
    for kind, lines_of in kinds.items():
        files: dict[int, dict[str, list[str]]] = {}  # by year, then by contract
        for history in histories:
            entry = entry_name("option", resolution, _TICKER, kind, None, history.contract.name)
            times, lines = lines_of(history)
            years = times.astype("datetime64[Y]").astype(np.int64) + 1970
            for year, line in zip(years.tolist(), lines, strict=True):
                files.setdefault(year, {}).setdefault(entry, []).append(line)
        for year, entries in files.items():
            path = zip_path(root, "option", "usa", resolution, _TICKER, kind, dt.date(year, 1, 1))
            write_zip(path, dict(entries))


def _open_interest_lines(history: History, offset: np.timedelta64) -> list[str]:
    times = (history.days + offset).astype("datetime64[s]").tolist()
    return [f"{time:%Y%m%d %H:%M},{count:.0f}" for time, count in zip(times, history.open_interest, strict=True)]


def _write_lists(
    root: Path, stock: TradeBarColumns, histories: list[History], volatility: dict[dt.date, float]
) -> None:
    """LEAN's list of each day: the fund's bar, then every contract that can be traded on the next day."""
    rows: dict[dt.date, list[str]] = {}
    for number, date in enumerate(dates_of(stock)):
        prices = ",".join(f"{column[number]:.4f}" for column in (stock.open, stock.high, stock.low, stock.close))
        rows[date] = [f",,,{prices},{stock.volume[number]:.0f},,,,,,,"]
    closes = dict(zip(dates_of(stock), stock.close.tolist(), strict=True))
    for history in histories:
        for date, row in _rows(history, closes, volatility):
            rows[date].append(row)
    for date, lines in rows.items():
        write_text(universe_path(root, "option", "usa", _TICKER, date), "\n".join([OPTION_LIST_HEADING, *lines]) + "\n")


def _rows(
    history: History, closes: dict[dt.date, float], volatility: dict[dt.date, float]
) -> Iterator[tuple[dt.date, str]]:
    contract, quotes = history.contract, history.quotes
    columns = np.stack(middles(quotes), axis=1)
    traded = dict(zip(dates_of(history.trades), history.trades.volume.tolist(), strict=True))
    for number, date in enumerate(dates_of(quotes)):
        if date >= contract.last:
            continue
        price, years = closes[date], (contract.last - date).days / 365
        at = float(volatility_at(contract.strike, np.array([price]), np.array([volatility[date]]))[0])
        found = greeks(contract.is_call, price, float(contract.strike), years, at)
        prices = ",".join(f"{price:.4f}" for price in columns[number].tolist())
        numbers = f"{at:.7f},{found.delta:.7f},{found.gamma:.7f},{found.vega:.7f},{found.theta:.7f},{found.rho:.7f}"
        counts = f"{traded.get(date, 0):.0f},{history.open_interest[number]:.0f}"
        right = "C" if contract.is_call else "P"
        yield date, f"{contract.expiry:%Y%m%d},{contract.strike},{right},{prices},{counts},{numbers}"
