"""`leanib new`: a strategy from a template, and outside of a project what a project needs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.project import LEAN_JSON, find_project
from leanib.scaffold import TEMPLATES, make_project, make_strategy

__all__ = ["new"]


def new(
    name: Annotated[str, typer.Argument(help="The strategy's name; its folder is algorithms/NAME.")],
    template: Annotated[
        str, typer.Option("--template", "-t", help=f"What it begins as: {', '.join(TEMPLATES)}.")
    ] = "daily",
    sample: Annotated[
        bool, typer.Option("--sample-data", help="Copy the sample prices into data/, so that it runs at once.")
    ] = False,
) -> None:
    """Make a strategy with a test of its own.

    Outside of a project the current folder becomes one: lean.json, the limits in config/, the Gateway's compose files,
    and data/ with opening hours. Nothing that is there is overwritten.
    """
    here = Path.cwd()
    found = find_project(here)
    root = found if found is not None and (found / LEAN_JSON).is_file() else here
    strategy = make_strategy(root / "algorithms" / name, template)
    made = make_project(root, prices=sample) if root is not found or sample else []
    for path in [strategy, *made]:
        typer.echo(f"made  {path.relative_to(root)}{'/' if path.is_dir() else ''}")
    shown = strategy.relative_to(here) if strategy.is_relative_to(here) else strategy
    typer.echo(f"\nnext: leanib backtest {shown}      and its test: pytest {shown}")
    if not _has_prices(root):
        typer.echo(
            "there are no prices in data/ yet: import your own with 'leanib data import', or give --sample-data "
            "with the next 'leanib new'"
        )


def _has_prices(root: Path) -> bool:
    return any((root / "data").glob("*/*/*/*.zip"))
