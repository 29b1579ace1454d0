"""`leanib report`: the HTML report of a result that is there already."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from leanib.errors import UsageError
from leanib.report import report_html

__all__ = ["report"]

_NOT_RESULTS = ("-summary", "-order-events")


def report(
    path: Annotated[
        Path, typer.Argument(help="A result file <id>.json, or the folder that holds it.", show_default=False)
    ],
    output: Annotated[
        Path | None, typer.Option("--output", help="The HTML file. [default: beside the result]", show_default=False)
    ] = None,
) -> None:
    """Make the HTML report of a backtest, of LEAN's own as of leanib's."""
    file = _result_file(path)
    result = _read(file)
    name = (result.get("state") or {}).get("Name") or file.stem
    target = output or file.with_name("report.html")
    try:
        target.write_text(report_html(result, name), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{target} could not be written ({error.strerror}); choose another with --output") from error
    typer.echo(f"report: {target}")


def _result_file(path: Path) -> Path:
    if path.is_file():
        return path
    if not path.is_dir():
        raise UsageError(f"{path} does not exist; give a result file or a folder of backtests/")
    found = [file for file in sorted(path.glob("*.json")) if _is_result(file)]
    if len(found) != 1:
        held = "no result file" if not found else f"{len(found)} result files"
        raise UsageError(f"{path} holds {held}; name the <id>.json that is meant")
    return found[0]


def _is_result(file: Path) -> bool:
    return not file.stem.endswith(_NOT_RESULTS) and not file.name.startswith(("data-monitor-report", "config"))


def _read(file: Path) -> dict[str, Any]:
    try:
        result = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise UsageError(f"{file} is not JSON ({error}); give the <id>.json of a backtest") from error
    if not isinstance(result, dict) or "charts" not in result:
        raise UsageError(f"{file} is not the result of a backtest; give the <id>.json, not another file")
    return result
