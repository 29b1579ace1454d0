"""Risk-free rates (`Common/Data/InterestRateProvider.cs` and the models beside it)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.data.tables import read_interest_rates
from leanib.engine.market.data_monitor import DATA_MONITOR
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import ZERO, to_decimal
from leanib.engine.symbols.globals import Globals

__all__ = [
    "ConstantRiskFreeRateInterestRateModel",
    "FuncRiskFreeRateInterestRateModel",
    "InterestRateProvider",
    "RiskFreeInterestRateModel",
    "as_risk_free_model",
]

_RATES_FILE = Path("alternative", "interest-rate", "usa", "interest-rate.csv")


class RiskFreeInterestRateModel(LeanObject):
    """A yearly risk-free rate, as a fraction, for any date."""

    def get_interest_rate(self, date: datetime) -> Decimal:
        """The rate in force on a date."""
        raise NotImplementedError

    def get_average_risk_free_rate(self, dates: Iterable[datetime]) -> Decimal:
        """The mean of the rates on these dates; 0 without dates."""
        rates = [_as_decimal(self.get_interest_rate(date)) for date in dates]
        return sum(rates, ZERO) / len(rates) if rates else ZERO


class ConstantRiskFreeRateInterestRateModel(RiskFreeInterestRateModel):
    """One rate for ever."""

    def __init__(self, risk_free_rate: float | Decimal) -> None:
        self._rate = to_decimal(risk_free_rate)

    def get_interest_rate(self, date: datetime) -> Decimal:
        """That rate."""
        return self._rate


class FuncRiskFreeRateInterestRateModel(RiskFreeInterestRateModel):
    """The rate that a function of the date returns."""

    def __init__(self, get_interest_rate_func: Callable[[datetime], float | Decimal]) -> None:
        self._function = get_interest_rate_func

    def get_interest_rate(self, date: datetime) -> Decimal:
        """What the function says."""
        return _as_decimal(self._function(date))


def as_risk_free_model(model: Any) -> RiskFreeInterestRateModel:
    """A model of the user's, or a function of a date, as one of ours."""
    if isinstance(model, RiskFreeInterestRateModel):
        return model
    rate = getattr(model, "get_interest_rate", None) or getattr(model, "GetInterestRate", None) or model
    return FuncRiskFreeRateInterestRateModel(rate)


class InterestRateProvider(RiskFreeInterestRateModel):
    """The Federal Reserve's primary credit rate, from `alternative/interest-rate/usa/interest-rate.csv`.

    The file holds changes (date, percent); a date before the first change has the first rate. Without a file the rate
    is LEAN's default of 1 %. The file is read at first use. Without a folder it is the run's data folder.
    """

    default_risk_free_rate = Decimal("0.01")

    def __init__(self, data_folder: Path | str | None = None) -> None:
        self._folder = data_folder
        self._changes: list[date] | None = None
        self._rates: list[Decimal] = []

    @property
    def _path(self) -> Path:
        return Path(Globals.data_folder if self._folder is None else self._folder) / _RATES_FILE

    def get_interest_rate(self, date: datetime) -> Decimal:
        """The rate in force on a date."""
        if self._changes is None:
            self._changes = self._load()
        return self._rates[max(bisect_right(self._changes, _day(date)) - 1, 0)]

    def get_average_risk_free_rate(self, dates: Iterable[datetime]) -> Decimal:
        """The mean of the rates on these dates; 0 without dates.

        Each rate is taken times the dates on which it was in force: decimals add up to the same in any grouping.
        """
        if type(self).get_interest_rate is not InterestRateProvider.get_interest_rate:
            return super().get_average_risk_free_rate(dates)  # a subclass with rates of its own
        if self._changes is None:
            self._changes = self._load()
        ordered = sorted(dates)
        if not ordered:
            return ZERO
        total, start = ZERO, 0
        position = max(bisect_right(self._changes, _day(ordered[0])), 1)
        while start < len(ordered):
            last = position == len(self._changes)
            end = len(ordered) if last else bisect_left(ordered, self._changes[position], start, key=_day)
            if end > start:
                total += self._rates[position - 1] * (end - start)
            start, position = end, position + 1
        return total / len(ordered)

    def _load(self) -> list[date]:
        found = DATA_MONITOR().on_new_data_request(self._path, self._path.is_file())
        changes = read_interest_rates(self._path) if found else {}
        changes = changes or {date.min: self.default_risk_free_rate}
        days = sorted(changes)
        self._rates = [changes[day] for day in days]
        return days


def _day(date: date) -> date:
    return date.date() if isinstance(date, datetime) else date


def _as_decimal(value: float | Decimal) -> Decimal:
    return value if isinstance(value, Decimal) else to_decimal(value)
