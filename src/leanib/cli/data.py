"""`leanib data`: check, import and generate market data in LEAN's format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.cli.data_convert import convert_command, info_command
from leanib.cli.data_download import download_command
from leanib.data.check import check_folder, fix_folder
from leanib.data.importing import import_bars

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Download, import, convert, list and check market data in LEAN's format.")

app.command("download")(download_command)
app.command("convert")(convert_command)
app.command("info")(info_command)

FolderArgument = Annotated[Path, typer.Argument(help="The data folder.")]
FolderOption = Annotated[Path, typer.Option("--data-folder", help="The data folder.")]


@app.command()
def check(
    folder: FolderArgument = Path("data"),
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what can be mended without a guess; old files are kept as NAME.old.")
    ] = False,
) -> None:
    """Look for damage, gaps and doubtful prices; exit 1 when there is an error.

    Errors: damaged zips, malformed lines, impossible bars, lines out of order. Warnings: missing and short days,
    crossed quotes, outliers, closed hours, unknown splits, missing map and factor files.
    """
    problems = []
    for problem in check_folder(folder):
        problems.append(problem)
        print(f"{'error' if problem.is_error else 'warning'}: {problem.text}")
    if fix:
        mended = 0
        for _, text in fix_folder(folder, problems):
            mended += 1
            print(f"mended: {text}")
        problems = list(check_folder(folder)) if mended else problems
    errors = sum(problem.is_error for problem in problems)
    warnings = len(problems) - errors
    print(f"{folder}: {_some(errors, 'error')}, {_some(warnings, 'warning')}{' left' if fix else ''}")
    if errors:
        raise typer.Exit(1)


def _some(count: int, what: str) -> str:
    return f"{count or 'no'} {what}{'' if count == 1 else 's'}"


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with a header: date,open,high,low,close[,volume].")],
    ticker: Annotated[str, typer.Option("--ticker", help="For instance SPY or EURUSD.")],
    resolution: Annotated[str, typer.Option("--resolution", help="daily, hour, minute or second.")] = "daily",
    security_type: Annotated[str, typer.Option("--type", help="equity, index, forex, cfd or crypto.")] = "equity",
    market: Annotated[
        str | None,
        typer.Option(
            "--market", help="[default: usa for equity and index, oanda for forex and cfd]", show_default=False
        ),
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Change bars that are there already.")] = False,
    data_folder: FolderOption = Path("data"),
) -> None:
    """Write a CSV file's bars into the data folder, beside those that are there.

    Times are each bar's start in the market's data time zone. A file that loses a bar is kept, as NAME.old.
    """
    done = import_bars(file, data_folder, ticker, resolution, security_type, market, replace)
    what = f"{done.written:,} {resolution.lower()} bar{'' if done.written == 1 else 's'} of {ticker.upper()}"
    print(f"{what} ({security_type.lower()}, {done.market}) written to {data_folder}", end="")
    print(f", beside {done.kept:,} that were there" if done.kept else "")
    if done.changed:
        kept = ", ".join(map(str, done.set_aside[:3])) + (" ..." if len(done.set_aside) > 3 else "")
        print(f"{done.changed:,} of them changed what was there, which is kept in {kept}")


@app.command()
def generate(folder: FolderArgument = Path("data")) -> None:
    """Write the project's sample data again; needs the packages of the extra named data."""
    from leanib.data.generate import generate as write

    write(folder)
    print(f"sample data written to {folder}")
