"""`leanib data`: download, import, make up, convert, list and check market data in LEAN's format."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.cli.data_convert import convert_command, info_command
from leanib.cli.data_download import download_command
from leanib.cli.data_generate import generate_command
from leanib.cli.data_import import import_command
from leanib.data.check import check_folder, fix_folder

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True, help="Download, import, generate, convert, list and check market data in LEAN's format."
)

app.command("download")(download_command)
app.command("convert")(convert_command)
app.command("info")(info_command)
app.command("import")(import_command)
app.command("generate")(generate_command)

FolderArgument = Annotated[Path, typer.Argument(help="The data folder.")]


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
