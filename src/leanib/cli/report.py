"""`leanib report`: the HTML report of a result that is there already."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from leanib.errors import UsageError
from leanib.files import write_text
from leanib.report import details_beside, find_result, read_result, report_html

__all__ = ["report"]


def report(
    path: Annotated[
        Path | None, typer.Argument(help="A result file <id>.json, or the folder that holds it.", show_default=False)
    ] = None,
    backtest_results: Annotated[
        Path | None, typer.Option("--backtest-results", help="The same.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "--report-destination", help="The HTML file. [default: beside the result]", show_default=False
        ),
    ] = None,
) -> None:
    """Make the HTML report of a backtest, of LEAN's own as of leanib's."""
    given = [one for one in (path, backtest_results) if one is not None]
    if len(given) != 1:
        raise UsageError("name one result: leanib report algorithms/NAME/backtests/TIME")
    file = find_result(given[0])
    result = read_result(file)
    name = (result.get("state") or {}).get("Name") or file.stem
    target = output or file.with_name("report.html")
    try:
        write_text(target, report_html(result, name, details_beside(file)))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise UsageError(
            f"{file} is damaged, or not as LEAN writes results ({error!r}); run the backtest again"
        ) from error
    except OSError as error:
        raise UsageError(f"{target} could not be written ({error.strerror}); choose another with --output") from error
    typer.echo(f"report: {target}")
