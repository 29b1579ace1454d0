"""The options of `leanib backtest`, some of which other commands that run a strategy share."""

from __future__ import annotations

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "BacktestOutputOption",
    "DataFolderOption",
    "EndOption",
    "Engine",
    "EngineOption",
    "ImageOption",
    "JsonOption",
    "LeanConfigOption",
    "NoReportOption",
    "NoStretchOption",
    "ParameterOption",
    "ProfileOption",
    "StartOption",
    "StrategyArgument",
    "StrictDataOption",
]


class Engine(Enum):
    """What runs the algorithm."""

    EMBEDDED = "embedded"
    LEAN = "lean"


StrategyArgument = Annotated[Path, typer.Argument(help="A project folder or a .py file.", show_default=False)]
DataFolderOption = Annotated[
    Path | None, typer.Option("--data-folder", help="Market data. [default: lean.json's]", show_default=False)
]
BacktestOutputOption = Annotated[
    Path | None,
    typer.Option("--output", help="Results. [default: backtests/<time> in the project]", show_default=False),
]
ParameterOption = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="KEY VALUE", help="A parameter; may be repeated.", show_default=False),
]
StartOption = Annotated[str | None, typer.Option("--start", metavar="YYYY-MM-DD", show_default=False)]
EndOption = Annotated[str | None, typer.Option("--end", metavar="YYYY-MM-DD", show_default=False)]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of tables.")]
NoReportOption = Annotated[bool, typer.Option("--no-report", help="Write no HTML report.")]
StrictDataOption = Annotated[
    bool, typer.Option("--strict-data", help="End with an error when data that the run asks for are not there.")
]
NoStretchOption = Annotated[
    bool, typer.Option("--no-stretch", help="Take each time step by itself: slower, with the same results.")
]
ProfileOption = Annotated[bool, typer.Option("--profile", help="Show which of your own lines take the time.")]
EngineOption = Annotated[
    Engine, typer.Option("--engine", help="The embedded engine, or LEAN's container by the lean CLI.")
]
ImageOption = Annotated[
    str, typer.Option("--image", help="The container's image. [default: the official one]", show_default=False)
]
LeanConfigOption = Annotated[
    Path | None, typer.Option("--lean-config", help="lean.json. [default: the nearest one]", show_default=False)
]
