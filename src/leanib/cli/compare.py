"""`leanib compare`: two backtests beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from leanib.errors import UsageError
from leanib.files import write_text
from leanib.operations.compare import Comparison, Divergence, compare, load_run

__all__ = ["compare_runs"]


def compare_runs(
    left: Annotated[Path, typer.Argument(metavar="A", help="A results folder or result file.", show_default=False)],
    right: Annotated[Path, typer.Argument(metavar="B", help="Another.", show_default=False)],
    tolerance: Annotated[
        float, typer.Option("--tolerance", min=0.0, help="Difference of numbers that is let pass, as a share: 0.001.")
    ] = 0.0,
    output: Annotated[Path, typer.Option("--output", help="The HTML page.")] = Path("comparison.html"),
    no_page: Annotated[bool, typer.Option("--no-page", help="Write no HTML page.")] = False,
) -> None:
    """Compare two results, LEAN's or leanib's: statistics, the first order that differs, equity curves.

    Exit code 0 when they agree within the tolerance, 1 when they differ, 2 on bad usage.
    """
    comparison = compare(load_run(left), load_run(right), tolerance)
    _print_statistics(comparison)
    lines, verdict = list(_order_lines(comparison)), _verdict(comparison)
    typer.echo("\n".join(lines))
    typer.echo(verdict)
    if not no_page:
        _write(output, comparison, verdict, lines)
    if comparison.differs:
        raise typer.Exit(1)


def _print_statistics(comparison: Comparison) -> None:
    from rich.console import Console
    from rich.text import Text

    from leanib.cli.tables import compact

    table = compact("", comparison.left.name, comparison.right.name, "", right=range(1, 3))
    for row in comparison.rows:
        style = "bold red" if row.differs else None
        cells = (row.name, row.left or "-", row.right or "-", "differs" if row.differs else "")
        table.add_row(*map(Text, cells), style=style)
    Console().print(table)


def _order_lines(comparison: Comparison) -> Iterator[str]:
    divergence = comparison.divergence
    if divergence is None:
        yield f"orders: all {len(comparison.left.orders)} agree"
        return
    yield f"orders: {len(comparison.left.orders)} and {len(comparison.right.orders)}; " + _what(divergence)
    yield from (f"    {_order(order)}" for order in divergence.before)
    yield f"  A {_order(divergence.left)}"
    yield f"  B {_order(divergence.right)}"


def _what(divergence: Divergence) -> str:
    number = divergence.position + 1
    if divergence.fields == ("missing",):
        return f"number {number} is only in {'A' if divergence.right is None else 'B'}"
    return f"the first that differs is number {number}, in {', '.join(divergence.fields)}"


def _order(order: Mapping[str, Any] | None) -> str:
    if order is None:
        return "-"
    tag = f" '{order['tag']}'" if order.get("tag") else ""
    return (
        f"{order.get('time', '')} #{order['id']} {order['symbol'].get('value', '')} {order.get('quantity', 0):g} "
        f"at {order.get('price', 0)} type {order.get('type')} status {order.get('status')}{tag}"
    )


def _verdict(comparison: Comparison) -> str:
    if not comparison.differs:
        return "the runs agree" + (f" within {comparison.tolerance:g}" if comparison.tolerance else "")
    figures = sum(row.differs for row in comparison.rows)
    text = f"the runs differ: {figures} of {len(comparison.rows)} statistics"
    if comparison.gap_at is None:
        return text + "; the equity curves have no time in common" if comparison.equity_gap else text
    moment = datetime.fromtimestamp(comparison.gap_at, UTC)
    return f"{text}; the equity differs by {comparison.equity_gap:.3%} at most ({moment:%Y-%m-%d %H:%M} UTC)"


def _write(output: Path, comparison: Comparison, verdict: str, lines: list[str]) -> None:
    from leanib.operations.comparison_page import comparison_html

    try:
        write_text(output, comparison_html(comparison, verdict, lines))
    except OSError as error:
        raise UsageError(f"{output} could not be written ({error.strerror}); choose another with --output") from error
    typer.echo(f"page: {output}")
