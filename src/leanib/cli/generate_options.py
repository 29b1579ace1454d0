"""The options of `leanib data generate`: those of `lean data generate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.operations.generate import DENSITIES, KINDS, RESOLUTIONS

__all__ = [
    "ChainOption",
    "CoarseOption",
    "DataFolderOption",
    "DensityOption",
    "DividendsOption",
    "EndOption",
    "EngineOption",
    "FolderArgument",
    "ImageOption",
    "IpoOption",
    "LeanConfigOption",
    "MarketOption",
    "OverwriteOption",
    "QuarterlyOption",
    "RatioOption",
    "RenameOption",
    "ResolutionOption",
    "SampleOption",
    "SecurityTypeOption",
    "SeedOption",
    "SplitsOption",
    "StartOption",
    "SymbolCountOption",
    "TickersOption",
    "UpdateOption",
    "VerboseOption",
    "VolatilityOption",
]


def _chance(name: str, what: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(
        f"--{name}", help=f"How likely a stock has {what}, in percent.", min=0, max=100
    )
    return option


_RESOLUTIONS = ", ".join(RESOLUTIONS)

FolderArgument = Annotated[
    Path | None, typer.Argument(help="The data folder, as --data-folder. [default: data]", show_default=False)
]
StartOption = Annotated[
    str, typer.Option("--start", "--from", help="First day: 20240131 or 2024-01-31.", show_default=False)
]
EndOption = Annotated[str, typer.Option("--end", "--to", help="Last day. [default: today]", show_default=False)]
SymbolCountOption = Annotated[int, typer.Option("--symbol-count", min=0, help="How many symbols to draw names for.")]
TickersOption = Annotated[
    str, typer.Option("--tickers", "--ticker", help="Their names, with commas between them.", show_default=False)
]
SecurityTypeOption = Annotated[str, typer.Option("--security-type", "--type", help=f"{', '.join(KINDS)}.")]
ResolutionOption = Annotated[str, typer.Option("--resolution", help=f"{_RESOLUTIONS}; of options minute.")]
DensityOption = Annotated[
    str,
    typer.Option(
        "--data-density", help=f"{', '.join(DENSITIES)}: a price in every step, every 5 or every 50 at least."
    ),
]
CoarseOption = Annotated[str, typer.Option("--include-coarse", help="Of stocks: days and coarse lists too; or false.")]
MarketOption = Annotated[
    str, typer.Option("--market", help="[default: usa, oanda, cme, coinbase]", show_default=False)
]
RatioOption = Annotated[
    float, typer.Option("--quote-trade-ratio", min=0, help="Quotes to a trade, of options, futures and coins.")
]
SeedOption = Annotated[
    int | None, typer.Option("--random-seed", min=0, help="The same seed gives the same data. [default: drawn]")
]
IpoOption = Annotated[float, _chance("ipo-percentage", "its first day within the span")]
RenameOption = Annotated[float, _chance("rename-percentage", "new names now and then")]
SplitsOption = Annotated[float, _chance("splits-percentage", "splits now and then")]
DividendsOption = Annotated[float, _chance("dividends-percentage", "dividends")]
QuarterlyOption = Annotated[float, _chance("dividend-every-quarter-percentage", "them in every quarter")]
EngineOption = Annotated[str, typer.Option("--option-price-engine", help="What prices the options.")]
VolatilityOption = Annotated[
    str, typer.Option("--volatility-model-resolution", help=f"Of an option's volatility: {_RESOLUTIONS}.")
]
ChainOption = Annotated[int, typer.Option("--chain-symbol-count", min=0, help="Strikes of an option chain.")]
OverwriteOption = Annotated[
    bool, typer.Option("--overwrite", help="Replace tickers that are there; old files are kept as NAME.old.")
]
SampleOption = Annotated[
    bool, typer.Option("--sample", help="Write the project's sample data again; needs the extra named data.")
]
DataFolderOption = Annotated[
    Path | None, typer.Option("--data-folder", help="The data folder. [default: data]", show_default=False)
]
LeanConfigOption = Annotated[
    Path | None, typer.Option("--lean-config", help="The lean.json that names the data folder.", show_default=False)
]
VerboseOption = Annotated[bool, typer.Option("--verbose", help="Tell each split, dividend and new name.")]
ImageOption = Annotated[str, typer.Option("--image", hidden=True)]
UpdateOption = Annotated[bool, typer.Option("--update", hidden=True)]
