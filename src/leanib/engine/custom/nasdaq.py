"""Nasdaq Data Link, formerly Quandl: CSV files of dated numbers (`Common/Data/Custom/NasdaqDataLink`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from leanib.engine.custom.dynamic_data import PythonData
from leanib.engine.custom.source import SubscriptionDataSource
from leanib.engine.symbols import Resolution, SubscriptionTransportMedium

if TYPE_CHECKING:
    from leanib.engine.market import SubscriptionDataConfig

__all__ = ["NasdaqDataLink", "PythonQuandl", "Quandl"]


class NasdaqDataLink(PythonData):
    """Nasdaq Data Link's (Quandl's) CSV files: a header, then a date and numbers a line; the value is one column."""

    value_column_name = "close"
    is_auth_code_set = False
    _auth_code = ""

    def __init__(self, value_column_name: str | None = None) -> None:
        super().__init__()
        object.__setattr__(self, "_columns", [])
        if value_column_name is not None:
            object.__setattr__(self, "value_column_name", value_column_name)

    @classmethod
    def set_auth_code(cls, auth_code: str) -> None:
        """The API key that the address carries."""
        cls._auth_code = auth_code
        cls.is_auth_code_set = True

    def get_source(self, config: SubscriptionDataConfig, date: datetime, is_live_mode: bool) -> SubscriptionDataSource:
        """One address a code such as `WIKI/AAPL`."""
        code = config.symbol.value
        address = f"https://data.nasdaq.com/api/v3/datasets/{code}.csv?order=asc&api_key={self._auth_code}"
        return SubscriptionDataSource(address, SubscriptionTransportMedium.REMOTE_FILE)

    def reader(self, config: SubscriptionDataConfig, line: str, date: datetime, is_live_mode: bool) -> Any:
        """A day's point; None for the header."""
        if not line[:1].isdigit():
            object.__setattr__(self, "_columns", [name.strip().lower() for name in line.split(",")])
            return None
        cells = line.split(",")
        point = type(self)()
        point.symbol = config.symbol
        point.time = datetime.fromisoformat(cells[0])
        point.end_time = point.time + timedelta(days=1)
        for name, cell in zip(self._columns[1:], cells[1:], strict=False):
            point.set_property(name, float(cell) if cell.strip() else 0.0)
        point.value = point.get_property(self.value_column_name.lower())
        return point

    def is_sparse_data(self) -> bool:
        """Days without data are normal."""
        return True

    def default_resolution(self) -> Resolution:
        """Daily."""
        return Resolution.DAILY


Quandl = NasdaqDataLink
PythonQuandl = NasdaqDataLink
