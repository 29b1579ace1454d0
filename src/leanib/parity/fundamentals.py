"""The fundamental values of LEAN's regression run, read from its test suite's own provider.

LEAN's data folder has no fundamental data; its tests make up a few values
(`Tests/Common/Data/Fundamental/TestFundamentalDataProvider.cs`), and its answers depend on them.
"""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from typing import Any

from leanib.engine.naming import to_snake
from leanib.engine.symbols import SecurityIdentifier

__all__ = ["RegressionFundamentals"]

_FILE = Path("Tests", "Common", "Data", "Fundamental", "TestFundamentalDataProvider.cs")
_TABLE = re.compile(r"Dictionary<string, \w+> (_\w+) = new\(\)\s*\{(.*?)\};", re.DOTALL)
_ENTRY = re.compile(r'\{\s*"([^"]+)",\s*("[^"]*"|[-\d.]+)d?\s*\}')
_FROM_TABLE = re.compile(
    r'case "(\w+)":\s*if\s*\((_\w+)\.TryGetValue.*?return (\w[\w.]*|"[^"]*");\s*\}\s*return ([^;]+);', re.DOTALL
)
_FROM_TICKER = re.compile(r'case "(\w+)":\s*if\s*\(\w+\.Symbol == "(\w+)"\)\s*\{\s*return "([^"]*)";', re.DOTALL)


class RegressionFundamentals:
    """A provider with the values that LEAN's tests make up; everything is said to have fundamental data."""

    def __init__(self, lean: Path) -> None:
        source = (lean / _FILE).read_text(encoding="utf-8-sig")
        tables = {
            name: {key: _value(text) for key, text in _ENTRY.findall(body)} for name, body in _TABLE.findall(source)
        }
        self._tables = {
            _path(name): (tables[table], _default(default)) for name, table, _, default in _FROM_TABLE.findall(source)
        }
        self._tickers = {_path(name): (ticker, value) for name, ticker, value in _FROM_TICKER.findall(source)}

    def has_fundamental_data(self, time: datetime, identifier: SecurityIdentifier) -> bool:
        """Always."""
        return True

    def get(self, time: datetime, identifier: SecurityIdentifier, path: str) -> Any:
        """The made-up value at a path such as `valuation_ratios.pe_ratio`; None where there is none."""
        if path in self._tables:
            values, default = self._tables[path]
            return values.get(str(identifier), default)
        if path in self._tickers:
            ticker, value = self._tickers[path]
            return value if identifier.symbol == ticker else ""
        return None


def _path(name: str) -> str:
    """`ValuationRatios_PERatio` to `valuation_ratios.pe_ratio`."""
    return ".".join(to_snake(part) for part in name.split("_"))


def _value(text: str) -> str | int | float:
    if text.startswith('"'):
        return text.strip('"')
    return float(text) if "." in text else int(text)


def _default(text: str) -> str | int | float:
    """What the provider answers for other securities: `0L`, `0d` or `string.Empty`."""
    return {"0L": 0, "0d": 0.0}.get(text.strip(), "")
