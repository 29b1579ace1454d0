"""The options of `leanib live`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.engine.live.job import AtEnd, OnError

__all__ = [
    "BookOption",
    "FreshOption",
    "LiveClientIdOption",
    "LiveOutputOption",
    "OnErrorOption",
    "OnExitOption",
    "ReplayCashOption",
    "ReplayOption",
    "StepLimitOption",
]

OnExitOption = Annotated[
    AtEnd, typer.Option("--on-exit", help="When it is stopped: keep, cancel orders, or liquidate positions too.")
]
OnErrorOption = Annotated[
    OnError, typer.Option("--on-error", help="When it fails: keep all, stop its orders, or liquidate too.")
]
BookOption = Annotated[
    str | None, typer.Option("--book", help="This strategy's part of a shared account.", show_default=False)
]
FreshOption = Annotated[bool, typer.Option("--fresh", help="Forget what an earlier run left here.")]
LiveOutputOption = Annotated[
    Path | None,
    typer.Option("--output", help="Results. [default: live/<time> in the project]", show_default=False),
]
LiveClientIdOption = Annotated[
    int | None,
    typer.Option("--client-id", min=1, max=9, help="IB client id. [default: the first free one]", show_default=False),
]
ReplayOption = Annotated[
    str,
    typer.Option(
        "--replay",
        metavar="DAY[..DAY]",
        help="Trade past days of the data folder, on a simulator and as fast as it goes.",
        show_default=False,
    ),
]
ReplayCashOption = Annotated[float, typer.Option("--cash", help="With --replay: what the account begins with.")]
StepLimitOption = Annotated[
    float, typer.Option("--step-limit", min=0.1, help="Minutes that a step of the algorithm may take.")
]
