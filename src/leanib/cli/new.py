"""`leanib new`: a strategy from a template, and outside of a project what a project needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.errors import UsageError
from leanib.project import LEAN_JSON, find_project
from leanib.scaffold import TEMPLATES, check_name, make_project, make_strategy

__all__ = ["new"]


def new(
    name: Annotated[
        str | None, typer.Argument(help="The strategy's name; its folder is algorithms/NAME.", show_default=False)
    ] = None,
    template: Annotated[
        str, typer.Option("--template", "-t", help=f"What it begins as: {', '.join(TEMPLATES)}.")
    ] = "daily",
    sample: Annotated[
        bool, typer.Option("--sample-data", help="Copy the sample prices into data/, so that it runs at once.")
    ] = False,
) -> None:
    """Make a strategy with a test of its own.

    Outside of a project the current folder becomes one: lean.json, the limits in config/, the Gateway's compose files,
    and data/ with opening hours. Nothing that is there is overwritten. Without a name, --sample-data brings only the
    prices.
    """
    if name is None and not sample:
        raise UsageError("name the strategy: leanib new my_strategy")
    here = Path.cwd()
    found = find_project(here)
    root = found if found is not None and (found / LEAN_JSON).is_file() else here
    strategy = make_strategy(root / "algorithms" / check_name(name), template) if name is not None else None
    made = make_project(root, prices=sample) if root is not found or sample else []
    for path in [*([strategy] if strategy else []), *made]:
        typer.echo(f"made  {path.relative_to(root)}{'/' if path.is_dir() else ''}")
    if strategy is None:
        if not made:
            typer.echo("data/ has all of the sample data already")
        return
    shown = strategy.relative_to(here) if strategy.is_relative_to(here) else strategy
    typer.echo(f"\nnext: leanib backtest {shown}      and its test: pytest {shown}")
    if not _has_prices(root):
        typer.echo(
            "there are no prices in data/ yet: import your own with 'leanib data import', or copy the sample's with "
            "'leanib new --sample-data'"
        )


def _has_prices(root: Path) -> bool:
    return any((root / "data").glob("*/*/*/*.zip"))
