"""`leanib parity`: LEAN's regression algorithms on the embedded engine, compared with LEAN's answers."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from leanib.errors import UsageError
from leanib.parity import Expectation, Outcome, compare, ledger_text, read_expectations, run_all
from leanib.parity.logs import LogMatch, compare_all_logs, log_summary, numpy_remark
from leanib.parity.runner import NOT_SUPPORTED

__all__ = ["parity"]

_LEDGER = Path("docs/PARITY.md")


def parity(
    lean: Annotated[Path, typer.Option("--lean", help="A checkout of LEAN.")],
    only: Annotated[
        list[str] | None, typer.Option("--only", help="An algorithm's name; may be repeated.", show_default=False)
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="How many to run at a time.")] = max(
        os.cpu_count() or 1, 1
    ),
    deadline: Annotated[float, typer.Option("--deadline", help="Seconds that one may take.")] = 300.0,
    ledger: Annotated[Path, typer.Option("--ledger", help="Where a run of all is written up.")] = _LEDGER,
    wild: Annotated[
        Path | None,
        typer.Option("--wild", help="Run other people's files below this folder instead.", show_default=False),
    ] = None,
    logs: Annotated[
        Path | None,
        typer.Option("--logs", help="Recordings of LEAN's runs, whose log lines are compared.", show_default=False),
    ] = None,
    names: Annotated[
        bool, typer.Option("--names", help="List instead which names of LEAN's C# sources the engine lacks.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", help="Show every difference and traceback.")] = False,
) -> None:
    """Run LEAN's own Python regression algorithms, untouched, and compare every answer.

    The exit code is 0 when all match, 1 when some do not.
    """
    if wild is not None:
        _run_wild(wild, lean, jobs, deadline, verbose)
        return
    if names:
        _print_names(lean)
        return
    expectations = _chosen(read_expectations(lean), only or [])
    width = max(len(expectation.name) for expectation in expectations)

    def finished(expectation: Expectation, outcome: Outcome) -> None:
        _print_row(expectation, outcome, width, verbose)

    outcomes = run_all(expectations, lean, jobs, deadline, finished)
    compared = None if logs is None else compare_all_logs(logs, expectations, outcomes)
    if compared is not None:
        _print_logs(compared, verbose)
    matches = sum(not compare(e, o) for e, o in zip(expectations, outcomes, strict=True))
    typer.echo(f"{matches} of {len(expectations)} match, {sum(o.cpu_seconds for o in outcomes):.0f} s of CPU")
    if not only:
        ledger.parent.mkdir(parents=True, exist_ok=True)
        ledger.write_text(ledger_text(expectations, outcomes, _version(lean), compared), encoding="utf-8")
        typer.echo(f"written to {ledger}")
    if matches < len(expectations):
        raise typer.Exit(1)


def _print_logs(compared: Mapping[str, LogMatch], verbose: bool) -> None:
    """How many of LEAN's log lines are ours, and which are not."""
    for name, match in compared.items():
        if not match.is_whole:
            typer.echo(f"log of {name}: {match.equal} of {match.lines} lines")
            for line in match.differing if verbose else ():
                typer.echo(f"    {line}")
    typer.echo(log_summary(compared))
    if remark := numpy_remark():
        typer.echo(remark)


def _print_names(lean: Path) -> None:
    """What public members and parameters of LEAN's classes ours lack; an error only where nothing refuses a member."""
    from leanib.engine.naming.missing import lean_members
    from leanib.parity.names import lacking, names_of_sources

    surface = names_of_sources(lean)
    if not surface:
        raise UsageError(f"{lean} has no C# sources of LEAN; give a checkout with --lean")
    found = lacking(surface)
    for name, lines in found.items():
        typer.echo(f"{name}: {'; '.join(lines)}")
    members = {name: {line for line in lines if ": " not in line} for name, lines in found.items()}
    new = {name: own - lean_members().get(name, frozenset()) for name, own in members.items()}
    count = sum(map(len, surface.values()))
    missing, unknown = sum(map(len, members.values())), sum(map(len, new.values()))
    typer.echo(
        f"{len(surface):,} classes with {count:,} members; of the classes that the engine has, {missing} members are "
        f"missing: {missing - unknown} are refused by name, {unknown} are unknown to it"
    )


def _run_wild(folder: Path, lean: Path, jobs: int, deadline: float, verbose: bool) -> None:
    from leanib.parity.wild import WildRun, run_wild, wild_summary

    data = lean / "Data"
    if not folder.is_dir() or not data.is_dir():
        raise UsageError(
            f"{folder if not folder.is_dir() else data} is not a folder; give --wild FOLDER and --lean CHECKOUT"
        )

    def finished(run: WildRun) -> None:
        reason = f"  {run.reason}" if run.reason else ""
        typer.echo(f"{run.verdict:<13}  {run.seconds:6.1f} s  {run.file.relative_to(folder)}{reason}")
        if verbose and run.verdict == "fails":
            typer.echo(run.traceback)

    runs = run_wild(folder, data, jobs, deadline, finished)
    typer.echo("\n".join(wild_summary(runs)))
    if any(run.verdict == "fails" for run in runs):
        raise typer.Exit(1)


def _chosen(expectations: Sequence[Expectation], only: Sequence[str]) -> list[Expectation]:
    by_name = {expectation.name: expectation for expectation in expectations}
    unknown = [name for name in only if name not in by_name]
    if unknown:
        import difflib  # only needed when something is wrong

        nearest = difflib.get_close_matches(unknown[0], by_name, n=1)
        hint = f"; did you mean {nearest[0]}?" if nearest else ""
        raise UsageError(f"LEAN has no local Python regression algorithm named {unknown[0]}{hint}")
    return [by_name[name] for name in only] if only else list(expectations)


def _print_row(expectation: Expectation, outcome: Outcome, width: int, verbose: bool) -> None:
    differences = compare(expectation, outcome)
    mark, color = ("differs", typer.colors.RED) if differences else ("match", typer.colors.GREEN)
    if outcome.status == NOT_SUPPORTED:
        mark, color = "lacking", typer.colors.YELLOW
    mark = typer.style(f"{mark:<7}", fg=color)
    row = f"{expectation.name:<{width}}  {mark}  {outcome.seconds:6.1f} s, {outcome.cpu_seconds:6.2f} s of CPU"
    typer.echo(row + (f"  {differences[0]}" if differences else ""))
    if verbose:
        for difference in differences[1:]:
            typer.echo(f"    {difference}")
        if differences and outcome.traceback:
            typer.echo(outcome.traceback)


def _version(lean: Path) -> str:
    """The checkout's commit, if it is a git checkout."""
    command = ["git", "-C", str(lean), "rev-parse", "--short", "HEAD"]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    return f"commit {answer.stdout.strip()}" if answer.returncode == 0 else "a checkout without its history"
