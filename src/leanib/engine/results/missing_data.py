"""What a run asked for and the data folder does not have: told at the end of every run.

LEAN writes such requests to `failed-data-requests-*.txt` (`Common/Data/DataMonitor.cs`) and says nothing. An algorithm
that selects from a universe without data, or sorts by ratios that nobody knows, runs to its end all the same: with
results that mean nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from leanib.engine.feeds.price_files import is_dated, price_file
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.securities.benchmarks import SecurityBenchmark
from leanib.engine.symbols import Globals, MapFileProvider

if TYPE_CHECKING:
    from leanib.engine.core.parts import ToldStrategy
    from leanib.engine.market import SubscriptionDataConfig
    from leanib.engine.securities import Security, SecurityExchangeHours

__all__ = ["MissingData", "missing_data", "own_securities"]

_DATED = re.compile(r"^(?P<folder>.+)/(?P<day>\d{8})(?:_(?P<side>\w+))?\.\w+$")
_HISTORY = re.compile(r"^(?P<folder>\w+/\w+/(?:hour|daily))/(?P<ticker>[^/]+?)(?:_(?P<side>trade|quote))?\.zip$")
_PRICES = re.compile(
    r"^(?P<type>\w+)/(?P<market>\w+)/(?P<resolution>tick|second|minute|hour|daily)(?:/(?P<ticker>[^/]+))?$"
)
_ONE_DAY = timedelta(days=1)
_MOST_NAMES = 8


@dataclass(frozen=True)
class MissingData:
    """One thing that was asked for and is not there.

    Attributes:
        what: names it, for instance `AAPL, minute trades`.
        detail: how much of it, which dates, what follows from it.
        file: the first file that was looked for, relative to the data folder; empty when no file would hold it.
        is_error: whether `--strict-data` ends with an error for it.
    """

    what: str
    detail: str
    file: str = ""
    is_error: bool = True

    def __str__(self) -> str:
        return f"{self.what}: {self.detail}" + (f" ({self.file})" if self.file else "")


@dataclass
class _Group:
    """Requests of one kind: the days (or, of undated files, the paths) that were and were not there."""

    what: str
    missing: dict[str, date | None]
    found: set[str]

    def still_missing(self) -> dict[str, date | None]:
        """What was not found later either."""
        return {path: day for path, day in self.missing.items() if path not in self.found}


def missing_data(algorithm: ToldStrategy, charts: Mapping[str, Any]) -> list[MissingData]:
    """What the run that just ended lacked: files, the start and end of histories, the benchmark, fundamental values."""
    return [
        *_without_data(algorithm),
        *_missing_benchmark(algorithm, charts),
        *_unknown_values(),
        *_joined(_uncovered_days(algorithm)),
        *_joined(_missing_files(DATA_MONITOR().failed, DATA_MONITOR().succeeded)),
    ]


def _joined(items: Iterable[MissingData]) -> Iterator[MissingData]:
    """Tickers of which the same can be said, said once."""
    alike: dict[tuple[str, str, bool], list[MissingData]] = {}
    for item in items:
        _, comma, kind = item.what.partition(", ")
        alike.setdefault((comma + kind or item.what, item.detail, item.is_error), []).append(item)
    for (kind, _, _), group in alike.items():
        names = list(dict.fromkeys(item.what.partition(", ")[0] for item in group))
        yield group[0] if len(group) == 1 else replace(group[0], what=_listed(names) + kind)


def own_securities(algorithm: ToldStrategy) -> list[Any]:
    """The securities that the algorithm asked for: neither internal ones nor a chain's placeholder."""
    securities = algorithm.securities.values()
    return [
        security
        for security in securities
        if not security.symbol.is_canonical() and any(not config.is_internal_feed for config in security.subscriptions)
    ]


def _listed(names: list[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _without_data(algorithm: ToldStrategy) -> Iterator[MissingData]:
    without = sorted(security.symbol.value for security in own_securities(algorithm) if not security.has_data)
    if without:
        yield MissingData(
            _listed(without), f"no data at all from {algorithm.start_date:%Y-%m-%d} to {algorithm.end_date:%Y-%m-%d}"
        )


# --- files ---------------------------------------------------------------------------------------------------------


def _missing_files(failed: Iterable[str], succeeded: Iterable[str]) -> Iterator[MissingData]:
    groups: dict[str, _Group] = {}
    for paths, is_found in ((failed, False), (succeeded, True)):
        for path in _files(paths, is_found):
            key, what, day = _kind_of(path)
            group = groups.setdefault(key, _Group(what, {}, set()))
            if is_found:
                group.found.add(path)
            else:
                group.missing[path] = day
    _join_sides(groups)
    for key, group in groups.items():
        if missing := group.still_missing():
            yield _told(group, missing, _has_trades(key, missing, groups))


def _files(paths: Iterable[str], are_found: bool) -> Iterator[str]:
    """Files for entries of files. A day's file that lacks an entry is there: nobody traded that contract then.

    A contract that never had a price is told by itself, see `_without_data`.
    """
    seen: set[str] = set()
    for path in paths:
        file, mark, _ = path.partition("#")
        if not mark:
            yield path
        elif file not in seen:
            seen.add(file)
            if (Globals.data_folder / file).is_file() is are_found:
                yield file


def _join_sides(groups: dict[str, _Group]) -> None:
    """Trades and quotes that lack the same days are one thing to say."""
    for key, trades in list(groups.items()):
        folder, _, side = key.partition("|")
        quotes = groups.get(f"{folder}|quote") if side == "trade" else None
        if quotes is None or not trades.missing:
            continue
        if {path.replace("_quote.", "_trade.") for path in quotes.still_missing()} == set(trades.still_missing()):
            del groups[f"{folder}|quote"]
            trades.what = trades.what.replace(" trades ", " trades and quotes ")


def _kind_of(path: str) -> tuple[str, str, date | None]:
    """The group of a file, what to call it, and its day."""
    if dated := _DATED.match(path):
        folder, side = dated["folder"], dated["side"] or ""
        return f"{folder}|{side}", _name(folder, side), _day(dated["day"])
    if history := _HISTORY.match(path):
        folder, side = f"{history['folder']}/{history['ticker']}", history["side"] or ""
        return f"{folder}|{side}", _name(folder, side), None
    return path, path, None


@lru_cache(maxsize=100_000)
def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


@lru_cache(maxsize=10_000)
def _name(folder: str, side: str) -> str:
    if prices := _PRICES.match(folder):
        what = {"": "prices", "trade": "trades", "quote": "quotes"}.get(side, side)
        return (
            f"{(prices['ticker'] or '').upper()}, {prices['resolution']} {what} ({prices['type']}, {prices['market']})"
        )
    if folder.endswith("/fundamental/coarse"):
        return "the fundamental universe, a file a day"
    return f"{folder}, a file a day"


def _told(group: _Group, missing: dict[str, date | None], has_trades: bool) -> MissingData:
    first = next(iter(missing))
    days = sorted(day for day in missing.values() if day is not None)
    if not days:
        return MissingData(group.what, "the file is not there", first)
    total = len(missing) + len(group.found)
    period = f"{days[0]}" if len(days) == 1 else f"{days[0]} to {days[-1]}"
    detail = f"{len(days)} of {total} days are not there, {period}"
    if has_trades:
        return MissingData(
            group.what, f"{detail}; without quotes orders fill at the price of the last trade", first, False
        )
    return MissingData(group.what, detail, first)


def _has_trades(key: str, missing: Mapping[str, object], groups: Mapping[str, _Group]) -> bool:
    """Whether only the quotes are missing of days whose trades are there."""
    folder, _, side = key.partition("|")
    trades = groups.get(f"{folder}|trade")
    return (
        side == "quote"
        and trades is not None
        and all(path.replace("_quote.", "_trade.") in trades.found for path in missing)
    )


# --- histories that begin too late or end too early ------------------------------------------------------------------


def _uncovered_days(algorithm: ToldStrategy) -> Iterator[MissingData]:
    """Files that hold a whole history (daily, hour) and do not hold the whole run."""
    for security in algorithm.securities.values():
        for config in security.subscriptions:
            if not is_dated(config.resolution) and not config.is_custom_data:
                yield from _uncovered(algorithm, security, config)


def _uncovered(algorithm: ToldStrategy, security: Security, config: SubscriptionDataConfig) -> Iterator[MissingData]:
    path = DATA_MONITOR().relative(price_file(config, algorithm.end_date))
    if path not in DATA_MONITOR().coverage:
        return
    first, last = DATA_MONITOR().coverage[path]
    hours, maps = security.exchange.hours, MapFileProvider.map_file(security.symbol)
    what = _name(path.removesuffix(".zip"), "")
    end = min(algorithm.end_date, maps.delisting_date)
    if last < hours.get_previous_trading_day(_midnight(end) + _ONE_DAY).date():
        detail = f"ends on {last}, the run on {algorithm.end_date:%Y-%m-%d}; yearly figures count the days without data"
        yield MissingData(what, detail, path)
    start = algorithm.start_date
    if not len(maps) and first > _first_trading_day(hours, start):
        yield MissingData(what, f"begins on {first}, the run on {start:%Y-%m-%d}", path)


def _first_trading_day(hours: SecurityExchangeHours, day: datetime) -> date:
    first: date = hours.get_next_trading_day(_midnight(day) - _ONE_DAY).date()
    return first


def _midnight(time: datetime) -> datetime:
    return datetime(time.year, time.month, time.day)


# --- the benchmark and fundamental values ----------------------------------------------------------------------------


def _missing_benchmark(algorithm: ToldStrategy, charts: Mapping[str, Any]) -> Iterator[MissingData]:
    benchmark, chart = algorithm.benchmark, charts.get("Benchmark")
    if not isinstance(benchmark, SecurityBenchmark) or chart is None:
        return
    if not any(point.y for series in chart.series.values() for point in series.values):
        consequence = "alpha, beta, Treynor ratio, information ratio and tracking error mean nothing"
        yield MissingData(f"the benchmark {benchmark.security.symbol.value}", f"has no prices; {consequence}")


def _unknown_values() -> Iterator[MissingData]:
    """Fundamental values that were asked for and are NaN, by the paths that algorithms write."""
    paths = sorted(DATA_MONITOR().unknown_values)
    values = [path for path in paths if not any(other.startswith(f"{path}.") for other in paths)]
    if values:
        detail = f"no file has {_listed(values)}: every value is NaN, and what is filtered or sorted by it is arbitrary"
        yield MissingData("fundamental data", detail)
