"""Says at the end of a run which data it asked for and did not get."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from leanib.engine.core.engine import BacktestRun
from leanib.engine.results.missing_data import MissingData, own_securities
from leanib.engine.symbols import Globals
from leanib.errors import DataError

__all__ = ["check_data", "tell_missing_data"]

_MOST_LINES = 8


def tell_missing_data(run: BacktestRun) -> None:
    """A few lines: what, which dates, how many files, what to type."""
    missing = run.missing_data
    if not missing:
        return
    print(f"warning: the run asked for data that {Globals.data_folder} does not have:", file=sys.stderr)
    for item in missing[:_MOST_LINES]:
        print(f"  {item}", file=sys.stderr)
    if len(missing) > _MOST_LINES:
        print(f"  and {len(missing) - _MOST_LINES} more, in {_where(run)}", file=sys.stderr)
    if any(item.file for item in missing):
        print(
            "add files with `leanib data import FILE --ticker ...` or `lean data download`; "
            "--strict-data makes missing data an error",
            file=sys.stderr,
        )


def _where(run: BacktestRun) -> str:
    return "missing-data.txt" if run.results.files is None else str(run.results.files.folder / "missing-data.txt")


def check_data(run: BacktestRun, strict: bool) -> None:
    """A DataError when none of the algorithm's securities had data; if `strict`, when anything at all was missing."""
    securities = own_securities(run.algorithm)
    without = [security for security in securities if not security.has_data]
    if securities and len(without) == len(securities):
        raise DataError(
            f"no data for {', '.join(sorted(security.symbol.value for security in without)[:5])} "
            f"from {run.algorithm.start_date:%Y-%m-%d} to {run.algorithm.end_date:%Y-%m-%d} in {Globals.data_folder}; "
            "check the ticker, market and dates, or add the data"
        )
    if strict and (errors := [item for item in run.missing_data if item.is_error]):
        raise DataError(_strict_sentence(errors))


def _strict_sentence(errors: Sequence[MissingData]) -> str:
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"--strict-data: {errors[0]}{more}; add the data, or run without --strict-data"
