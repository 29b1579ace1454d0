"""`leanib data import`: a user's own bars into a data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.cli.data_convert import tell_tables
from leanib.data.importing import import_bars
from leanib.errors import UsageError

__all__ = ["import_command"]


def import_command(
    file: Annotated[Path, typer.Argument(help="CSV with a header, or Parquet: date,open,high,low,close[,volume].")],
    ticker: Annotated[str, typer.Option("--ticker", help="For instance SPY or EURUSD.")],
    resolution: Annotated[str, typer.Option("--resolution", help="daily, hour, minute or second.")] = "daily",
    security_type: Annotated[
        str, typer.Option("--type", "--security-type", help="equity, index, forex, cfd or crypto.")
    ] = "equity",
    market: Annotated[
        str | None,
        typer.Option(
            "--market", help="[default: usa for equity and index, oanda for forex and cfd]", show_default=False
        ),
    ] = None,
    time_zone: Annotated[
        str | None,
        typer.Option("--time-zone", help="Of times without an offset. [default: the market's]", show_default=False),
    ] = None,
    columns: Annotated[
        str, typer.Option("--columns", help="Names that differ: time=ts,close=px_last.", show_default=False)
    ] = "",
    replace: Annotated[bool, typer.Option("--replace", help="Change bars that are there already.")] = False,
    data_folder: Annotated[Path, typer.Option("--data-folder", help="The data folder.")] = Path("data"),
) -> None:
    """Write a CSV or Parquet file's bars into the data folder, beside those that are there.

    Times are each bar's start. A file that loses a bar is kept, as NAME.old.
    """
    done = import_bars(
        file, data_folder, ticker, resolution, security_type, market, replace, time_zone, _named(columns)
    )
    what = f"{done.written:,} {resolution.lower()} bar{'' if done.written == 1 else 's'} of {ticker.upper()}"
    print(f"{what} ({security_type.lower()}, {done.market}) written to {data_folder}", end="")
    print(f", beside {done.kept:,} that were there" if done.kept else "")
    print(f"read: {done.read}")
    tell_tables(data_folder, done.tables)
    if done.changed:
        kept = ", ".join(map(str, done.set_aside[:3])) + (" ..." if len(done.set_aside) > 3 else "")
        print(f"{done.changed:,} of them changed what was there, which is kept in {kept}")


def _named(text: str) -> dict[str, str]:
    pairs = [part.partition("=") for part in text.split(",") if part.strip()]
    if any(not joint or not name.strip() for _, joint, name in pairs):
        raise UsageError(f"--columns {text} is not understood; write it like time=ts,close=px_last")
    return {column.strip().lower(): name.strip() for column, _, name in pairs}
