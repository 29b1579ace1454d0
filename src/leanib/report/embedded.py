"""What the embedded engine knows of its own run, beside the result file: candles, benchmark, time zone, code."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from leanib.report.candles import Candles, PriceSource, read_candles
from leanib.report.details import RunDetails, SourceFile, details_beside, read_source

__all__ = ["details_of_run"]

_MOST_CANDLES = 60_000  # of all securities together: about two megabytes of a page
_MOST_OF_ONE = 20_000
_MOST_FILES = 3_000  # about a second's reading
_MOST_SYMBOLS = 30
_ADJUSTMENTS = {"RAW": "raw", "SPLIT_ADJUSTED": "split"}


def details_of_run(
    algorithm: Any, result_file: Path, code: Path, data_folder: Path, prices: Any, data_notes: list[str]
) -> RunDetails:
    """The details of a backtest that has just ended.

    Args:
        algorithm: The algorithm, as it was at the end.
        result_file: Its `<id>.json`; the files beside it are read.
        code: The algorithm's file; the other modules of its project are shown too.
        data_folder: What the run read.
        prices: Sampled prices by ticker, for securities whose files tell nothing.
        data_notes: What the run has to say of its data.
    """
    return replace(
        details_beside(result_file),
        prices=prices,
        candles=_candles(algorithm, data_folder),
        benchmark=_benchmark_name(algorithm),
        time_zone=str(algorithm.time_zone.id),
        code=_code(code),
        data_notes=data_notes,
    )


def _benchmark_name(algorithm: Any) -> str:
    security = getattr(algorithm.benchmark, "security", None)
    return "" if security is None else str(security.symbol.value)


def _code(file: Path) -> list[SourceFile]:
    """The algorithm's file first, then the modules beside it that are Python too."""
    folder = file.parent
    others = sorted(folder.glob("*.py")) if (folder / "config.json").is_file() else []
    return [read_source(file), *(read_source(other) for other in others if other != file)]


def _candles(algorithm: Any, data_folder: Path) -> dict[str, Candles]:
    orders = algorithm.transactions.get_orders()
    traded = Counter(order.symbol for order in orders if order.quantity)
    symbols = [symbol for symbol, _ in traded.most_common(_MOST_SYMBOLS)]
    start, end = algorithm.start_date.date(), algorithm.end_date.date()
    result: dict[str, Candles] = {}
    for symbol in symbols:
        source = _source(algorithm, symbol)
        if source is None:
            continue
        candles = _read(data_folder, source, start, end, str(algorithm.time_zone.id), len(symbols))
        if candles is not None:
            result[source.symbol] = candles
    return result


def _read(root: Path, source: PriceSource, start: date, end: date, zone: str, symbols: int) -> Candles | None:
    most = min(_MOST_CANDLES // symbols, _MOST_OF_ONE)
    return read_candles(root, source, start, end, zone, most, _MOST_FILES // symbols)


def _source(algorithm: Any, symbol: Any) -> PriceSource | None:
    """Where a security's prices are; None for those whose files hold contracts or the user's own data."""
    security = algorithm.securities.get(symbol)
    configs = [] if security is None else [c for c in security.subscriptions if not c.is_internal_feed]
    kinds = {"trade": 0, "quote": 1}
    usable = sorted(
        (c for c in configs if not c.is_custom_data and c.tick_type.name.lower() in kinds),
        key=lambda c: kinds[c.tick_type.name.lower()],
    )
    if not usable or "option" in (kind := _kind(symbol)) or "future" in kind:
        return None
    config = usable[0]
    return PriceSource(
        symbol=str(symbol.value),
        security_type=kind,
        market=str(symbol.id.market),
        ticker=str(symbol.value),
        resolution=config.resolution.name.title(),
        tick_type=config.tick_type.name.title(),
        data_time_zone=str(config.data_time_zone.id),
        adjustment=_ADJUSTMENTS.get(config.data_normalization_mode.name, "adjusted"),
    )


def _kind(symbol: Any) -> str:
    return str(symbol.security_type.name).replace("_", "").lower()
