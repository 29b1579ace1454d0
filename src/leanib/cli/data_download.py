"""`leanib data download`: past prices from Interactive Brokers into LEAN's files."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import typer

from leanib.cli.data_convert import one_day, tell_tables
from leanib.cli.data_progress import DownloadProgress
from leanib.cli.download_options import (
    DataFolderOption,
    ExtendedHoursOption,
    FirstDayOption,
    LastDayOption,
    MarketOption,
    OverwriteOption,
    ResolutionOption,
    SecurityTypeOption,
    TickerOption,
    TickersArgument,
    TickTypeOption,
)
from leanib.cli.ib_session import INTERRUPTED, AccountOption, ClientIdOption, LiveOption, VerboseOption, run
from leanib.data.folder import bring_tables
from leanib.errors import UsageError
from leanib.ib.manager import IBConnectionManager
from leanib.operations.download import Downloaded, download, wanted_series

__all__ = ["download_command"]

_NAMED = 3


def download_command(
    tickers: TickersArgument = None,
    ticker: TickerOption = "",
    first: FirstDayOption = "",
    last: LastDayOption = "",
    resolution: ResolutionOption = "daily",
    tick_type: TickTypeOption = "",
    security_type: SecurityTypeOption = "equity",
    market: MarketOption = None,
    extended_hours: ExtendedHoursOption = False,
    overwrite: OverwriteOption = False,
    data_folder: DataFolderOption = Path("data"),
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Download past prices from Interactive Brokers, through the Gateway, at its pace; go on where it stopped.

    Exit 1 when something that was asked for is not in the folder in the end.
    """
    today = dt.datetime.now(dt.UTC).date()
    names = [*(tickers or []), *filter(None, (text.strip() for text in ticker.split(",")))]
    if not names:
        raise UsageError("name what to download: leanib data download SPY --from 2024-01-02")
    if not first:
        raise UsageError("say from which day on: --from 2024-01-02")
    wanted = wanted_series(
        names,
        security_type,
        market,
        resolution,
        [text.strip() for text in tick_type.split(",") if text.strip()],
        one_day(first, "--from") or today,
        one_day(last, "--to") or today,
        today,
        extended_hours=extended_hours,
        overwrite=overwrite,
    )
    tell_tables(data_folder, bring_tables(data_folder))
    progress = DownloadProgress()

    async def work(manager: IBConnectionManager) -> list[Downloaded]:
        return await download(manager.connection, data_folder, wanted, progress)

    try:
        results = run(work, live=live, account=account, client_id=client_id, verbose=verbose)
    finally:
        progress.close()
    if results is None:
        typer.echo("stopped; what came is written: give the same command again to go on", err=True)
        raise typer.Exit(INTERRUPTED)
    for result in results:
        for line in _told(result, data_folder):
            typer.echo(line)
    if not all(result.is_complete for result in results):
        raise typer.Exit(1)


def _told(result: Downloaded, folder: Path) -> list[str]:
    series = result.wanted.series
    prices = ", split-adjusted by IB" if series.kind == "equity" and result.written else ""
    came = f"{len(result.written):,} of {result.days:,} day{'' if result.days == 1 else 's'} came{prices}"
    there = f", {result.there:,} were there" if result.there else ""
    lines = [f"{series}: {came}{there}"]
    if result.kept:
        lines.append(f"{series}: IB sent less than is there of {_named(result.kept)}; these stay as they were")
    if result.none:
        lines.append(f"{series}: IB has nothing of {_named(result.none)}")
    if result.aside:
        lines.append(f"{series}: what was replaced is kept, as {result.aside[0].name} and so on in {folder}")
    if result.failure:
        lines.append(f"{series}: not complete: {result.failure}")
    return lines


def _named(days: list[dt.date]) -> str:
    """`2024-01-02, 2024-01-03 and 2024-01-04`, or how many there are from when to when."""
    if len(days) <= _NAMED:
        return ", ".join(map(str, days))
    return f"{len(days):,} days from {days[0]} to {days[-1]}"
