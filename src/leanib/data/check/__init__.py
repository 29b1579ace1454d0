"""Look through a data folder for damage (`leanib data check`).

Errors are what makes a backtest fail or lie: zips that cannot be read, malformed lines, times out of order, impossible
bars, databases that cannot be read. Warnings are what a person should look at: trading days without data, days that are
much shorter than their series', crossed quotes, prices far from their neighbours', bars outside the market's hours,
steps like a split's which no factor file has, stocks without map or factor file, files that a killed program left.
"""

from __future__ import annotations

from leanib.data.check.fix import fix_folder
from leanib.data.check.folder import check_folder
from leanib.data.check.problem import Problem

__all__ = ["Problem", "check_folder", "fix_folder"]
