"""The Federal Reserve's primary credit rate (discount window), the interest rate that LEAN's Sharpe ratio subtracts.

A change takes effect the day after it is announced. Source: the Federal Reserve's press releases (public domain).
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

__all__ = ["write_interest_rates"]

_HEADER = "DATE,PCREDIT8"

_ANNOUNCED = """\
2003-01-08 2.25
2003-06-25 2.00
2004-06-30 2.25
2004-08-10 2.50
2004-09-21 2.75
2004-11-10 3.00
2004-12-14 3.25
2005-02-02 3.50
2005-03-22 3.75
2005-05-03 4.00
2005-06-30 4.25
2005-08-09 4.50
2005-09-20 4.75
2005-11-01 5.00
2005-12-13 5.25
2006-01-31 5.50
2006-03-28 5.75
2006-05-10 6.00
2006-06-29 6.25
2007-08-17 5.75
2007-09-18 5.25
2007-10-31 5.00
2007-12-11 4.75
2008-01-22 4.00
2008-01-30 3.50
2008-03-16 3.25
2008-03-18 2.50
2008-04-30 2.25
2008-10-08 1.75
2008-10-29 1.25
2008-12-16 0.50
2010-02-18 0.75
2015-12-16 1.00
2016-12-14 1.25
2017-03-15 1.50
2017-06-14 1.75
2017-12-13 2.00
2018-03-21 2.25
2018-06-13 2.50
2018-09-26 2.75
2018-12-19 3.00
2019-07-31 2.75
2019-09-18 2.50
2019-10-30 2.25
2020-03-03 1.75
2020-03-15 0.25
2022-03-16 0.50
2022-05-04 1.00
2022-06-15 1.75
2022-07-27 2.50
2022-09-21 3.25
2022-11-02 4.00
2022-12-14 4.50
2023-02-01 4.75
2023-03-22 5.00
2023-05-03 5.25
2023-07-26 5.50
2024-09-18 5.00
2024-11-07 4.75
2024-12-18 4.50
2025-09-17 4.25
2025-10-29 4.00
2025-12-10 3.75
"""


def write_interest_rates(root: Path) -> None:
    """Write `alternative/interest-rate/usa/interest-rate.csv`."""
    path = root / "alternative" / "interest-rate" / "usa" / "interest-rate.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [_HEADER]
    for line in _ANNOUNCED.splitlines():
        announced, rate = line.split()
        effective = dt.date.fromisoformat(announced) + dt.timedelta(days=1)
        lines.append(f"{effective},{rate}")
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8", newline="\n")
