"""`leanib data convert` and `leanib data info`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from leanib.cli.tables import compact
from leanib.data.convert import SUFFIXES, choose_series, export, import_file
from leanib.data.folder import bring_tables
from leanib.data.info import SeriesInfo, folder_info
from leanib.data.sources import Series
from leanib.errors import UsageError

__all__ = ["convert_command", "info_command", "one_day", "tell_tables"]


_NAMED = 3
"""Of several series as many are named."""


def one_day(text: str, option: str) -> dt.date | None:
    """A day as typed, None for nothing; raises UsageError."""
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise UsageError(f"{option} {text} is no day; write it like 2024-01-31") from None


def tell_tables(folder: Path, brought: list[str]) -> None:
    """Tell what a new data folder got besides."""
    if brought:
        typer.echo(f"{folder} had no {', '.join(brought)}: taken from the sample data", err=True)


def convert_command(
    source: Annotated[Path, typer.Argument(help="A data folder, or a .parquet, .duckdb or .csv file.")],
    target: Annotated[Path, typer.Argument(help="The other of them.")],
    ticker: Annotated[str, typer.Option("--ticker", help="Of a folder: only these, with commas between them.")] = "",
    resolution: Annotated[str, typer.Option("--resolution", help="Of a folder: only this one.")] = "",
    tick_type: Annotated[str, typer.Option("--tick-type", "--data-type", help="Of a folder: only this one.")] = "",
    security_type: Annotated[str, typer.Option("--security-type", "--type", help="Of a folder: only this kind.")] = "",
    first: Annotated[str, typer.Option("--from", "--start", help="Of a folder: first day.")] = "",
    last: Annotated[str, typer.Option("--to", "--end", help="Of a folder: last day.")] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Into a folder: change files that are there.")] = False,
) -> None:
    """Convert prices between a data folder and Parquet, DuckDB or CSV, both ways, number for number."""
    if target.suffix in SUFFIXES and source.is_dir():
        chosen = choose_series(source, _choice(ticker, resolution, tick_type, security_type))
        rows = export(source, chosen, target, one_day(first, "--from"), one_day(last, "--to"))
        print(f"{rows:,} rows of {len(chosen):,} series written to {target}")
    elif source.suffix in SUFFIXES and target.suffix not in SUFFIXES:
        for series, rows in import_file(source, target, replace):
            print(f"{series}: {rows:,} rows written to {target}")
        tell_tables(target, bring_tables(target))
    else:
        raise UsageError(f"one of {source} and {target} must be a data folder, the other one of {', '.join(SUFFIXES)}")


def _choice(ticker: str, resolution: str, tick_type: str, security_type: str) -> Callable[[Series], bool]:
    tickers = {text.strip().lower() for text in ticker.split(",") if text.strip()}

    def wanted(series: Series) -> bool:
        asked = (resolution, series.resolution), (tick_type, series.tick_type), (security_type, series.kind)
        return (not tickers or series.ticker in tickers) and all(not a or a.lower() == b for a, b in asked)

    return wanted


def info_command(
    folder: Annotated[Path, typer.Argument(help="The data folder.")] = Path("data"),
    ticker: Annotated[str, typer.Option("--ticker", help="Only these, with commas between them.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print a JSON object a line.")] = False,
) -> None:
    """Tell what a data folder holds: symbols, resolutions, ranges, sizes and where it came from."""
    wanted = {text.strip().lower() for text in ticker.split(",") if text.strip()}
    found = [one for one in folder_info(folder) if not wanted or one.series.ticker in wanted]
    if as_json:
        for one in found:
            print(json.dumps(_plain(one)))
        return
    from rich.console import Console

    columns = ("Symbol", "Kind", "Market", "Data", "First", "Last", "Files", "Size")
    table = compact(*columns, right=range(6, 8), whole=range(4, 8))
    for one in found:
        series = one.series
        first, last = (str(day) if day else "-" for day in (one.first, one.last))
        what = (series.ticker.upper(), series.kind, series.market, f"{series.resolution} {series.tick_type}")
        table.add_row(*what, first, last, f"{one.files:,}", _size(one.size))
    Console().print(table)
    for source in dict.fromkeys(one.source for one in found if one.source):
        print(f"{_some([str(one.series) for one in found if one.source == source])}: {source}")
    total = _size(sum(one.size for one in found))
    print(f"{folder}: {len(found):,} series of {len({one.series.ticker for one in found}):,} symbols, {total}")


def _some(names: list[str]) -> str:
    more = f" and {len(names) - _NAMED:,} more" if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def _plain(one: SeriesInfo) -> dict[str, object]:
    series = one.series
    return {
        "ticker": series.ticker.upper(), "security_type": series.kind, "market": series.market,
        "resolution": series.resolution, "tick_type": series.tick_type,
        "first": one.first.isoformat() if one.first else None, "last": one.last.isoformat() if one.last else None,
        "files": one.files, "bytes": one.size, "source": one.source,
    }  # fmt: skip


def _size(count: int) -> str:
    for factor, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if count >= factor:
            return f"{count / factor:.1f} {unit}"
    return f"{count} B"
