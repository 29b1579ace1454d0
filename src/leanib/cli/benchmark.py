"""`leanib benchmark`: how fast the embedded engine is here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.benchmark.cases import Case, all_cases, chosen
from leanib.benchmark.data import BenchmarkData, default_folder
from leanib.benchmark.document import has_place, table, write_table
from leanib.benchmark.runner import LOSS, Measured, compare, measure, read_measured, write_measured

__all__ = ["benchmark"]

_DOCUMENT = Path("docs/BENCHMARKS.md")
_ROW = "{:26}{:>12}{:>12}{:>9}{:>9}{:>8}{:>9}{:>9}{:>7}"


def benchmark(
    only: Annotated[
        list[str] | None, typer.Option("--only", help="A benchmark's name; may be repeated.", show_default=False)
    ] = None,
    lean: Annotated[
        Path | None,
        typer.Option("--lean", help="A checkout of LEAN: its benchmarks, on its Data, too.", show_default=False),
    ] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", help=f"Fail where more than {LOSS:.0%} is lost to what this file says.", show_default=False
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help="Where to keep the figures, for --against.", show_default=False)
    ] = None,
    document: Annotated[
        Path, typer.Option("--document", help="Where a run of all is written up, if it has a place for it.")
    ] = _DOCUMENT,
    cache: Annotated[
        Path | None,
        typer.Option("--cache", help="The generated data. [default: in the user's cache]", show_default=False),
    ] = None,
    no_stretch: Annotated[bool, typer.Option("--no-stretch", help="Take each time step by itself.")] = False,
) -> None:
    """Measure the embedded engine: points a second, time, memory, and cal, which machines can be compared by.

    cal is CPU time divided by that of a fixed piece of work, measured beside each benchmark: of the run, where all is
    imported already; of the imports, which come before it; and of what in it goes to statistics and result files. Exit
    code 1 when more than a tenth is lost to the file that --against names.
    """
    every = all_cases(Path(), lean)
    cases = chosen(every, only or [])
    before = read_measured(against) if against is not None else {}
    data = BenchmarkData(cache or default_folder(), lambda sentence: typer.echo(sentence, err=True))

    def run(case: Case) -> Measured:
        found = measure(case, data, stretch=not no_stretch)
        _print(case, found)
        return found

    typer.echo(_ROW.format("", "points", "points/s", "wall, s", "CPU, s", "cal", "imports", "results", "MB"))
    measured = {case.name: run(case) for case in cases}
    losses = compare(cases, measured, before, run) if against is not None else []
    if output is not None:
        write_measured(output, measured)
    if not only and not no_stretch and has_place(document):
        write_table(document, table(cases, measured))
        typer.echo(f"written to {document}")
    for sentence in losses:
        typer.echo(sentence, err=True)
    if losses:
        raise typer.Exit(1)


def _print(case: Case, one: Measured) -> None:
    figures = (f"{one.points:,}", f"{one.points_a_second:,.0f}", f"{one.wall:.2f}", f"{one.cpu:.2f}")
    parts = [f"{part / one.calibration:.2f}" if part else "" for part in (one.cpu, one.imports, one.results)]
    typer.echo(_ROW.format(case.name, *figures, *parts, f"{one.memory:.0f}"))
