"""The options of `leanib simulate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "AccountsOption",
    "AlwaysOpenOption",
    "CashOption",
    "ControlPortOption",
    "DataOption",
    "FaultOption",
    "InstrumentsOption",
    "PortOption",
    "RecordOption",
    "ScenarioOption",
    "StartOption",
    "StateOption",
    "VirtualOption",
]

PortOption = Annotated[
    int | None,
    typer.Option(
        min=0,
        max=65535,
        show_default=False,
        help="Port to listen on; 0 takes a free one. [default: the one that leanib dials for paper, 4001]",
    ),
]
AccountsOption = Annotated[
    list[str] | None, typer.Option(help="Account id; may be repeated. [default: DU1234567]", show_default=False)
]
CashOption = Annotated[float | None, typer.Option(help="What each account starts with. [default: 1000000]")]
DataOption = Annotated[Path | None, typer.Option(help="LEAN data folder to replay prices from.")]
InstrumentsOption = Annotated[Path | None, typer.Option(help="File (TOML) with more instruments.")]
StartOption = Annotated[
    str | None, typer.Option(metavar="YYYY-MM-DD[THH:MM[:SS]]", help="Start the clock then (UTC) instead of now.")
]
VirtualOption = Annotated[bool, typer.Option("--virtual", help="A clock that only the control API advances.")]
AlwaysOpenOption = Annotated[
    bool, typer.Option("--always-open", help="Trade around the clock, not in the hours of the exchanges.")
]
ScenarioOption = Annotated[Path | None, typer.Option(help="Scenario file (TOML): quotes, positions, faults.")]
FaultOption = Annotated[
    list[str] | None,
    typer.Option(metavar="NAME[:KEY=VALUE,...][@SECONDS]", help="A fault, now or later; may be repeated."),
]
StateOption = Annotated[Path | None, typer.Option(help="File that keeps orders and books between runs.")]
RecordOption = Annotated[Path | None, typer.Option(help="File that gets a transcript of all messages.")]
ControlPortOption = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port of the HTTP control API. [default: none]")
]
