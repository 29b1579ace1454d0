"""The options of `leanib data download`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "DataFolderOption",
    "ExtendedHoursOption",
    "FirstDayOption",
    "LastDayOption",
    "MarketOption",
    "OverwriteOption",
    "ResolutionOption",
    "SecurityTypeOption",
    "TickTypeOption",
    "TickerOption",
    "TickersArgument",
]

TickersArgument = Annotated[list[str] | None, typer.Argument(help="SPY AAPL, or with --security-type: EURUSD, BTCUSD.")]
TickerOption = Annotated[str, typer.Option("--ticker", help="The same, with commas between them.")]
FirstDayOption = Annotated[
    str, typer.Option("--from", "--start", help="First day: 2024-01-31 or 20240131.", show_default=False)
]
LastDayOption = Annotated[str, typer.Option("--to", "--end", help="Last day. [default: today]", show_default=False)]
ResolutionOption = Annotated[str, typer.Option("--resolution", help="tick, second, minute, hour or daily.")]
TickTypeOption = Annotated[
    str,
    typer.Option("--tick-type", "--data-type", help="trade or quote. [default: all that LEAN has]", show_default=False),
]
SecurityTypeOption = Annotated[str, typer.Option("--security-type", "--type", help="equity, forex or crypto.")]
MarketOption = Annotated[
    str | None, typer.Option("--market", help="[default: usa, oanda, coinbase]", show_default=False)
]
ExtendedHoursOption = Annotated[
    bool, typer.Option("--extended-hours", help="Of stocks, before the opening and after the close too.")
]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Ask again for days that are there; none gets worse.")
]
DataFolderOption = Annotated[Path, typer.Option("--data-folder", help="The data folder.")]
