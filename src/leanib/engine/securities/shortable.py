"""What can be borrowed to sell short (`Common/Interfaces/IShortableProvider.cs`)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from leanib.engine.naming import LeanObject
from leanib.engine.symbols import Globals, Symbol
from leanib.errors import DataError

__all__ = [
    "InteractiveBrokersShortableProvider",
    "LocalDiskShortableProvider",
    "NullShortableProvider",
    "ShortableProvider",
]


class ShortableProvider(LeanObject):
    """Base: everything can be borrowed, at no fee. `data_provider` is for `Extensions.read_lines`, which needs none."""

    data_provider = None

    def fee_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """The annual borrowing fee: 0.01 is 1 %."""
        return 0.0

    def rebate_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """The annual rebate."""
        return 0.0

    def shortable_quantity(self, symbol: Symbol, local_time: datetime) -> int | None:
        """How much can be borrowed; None for no limit."""
        return None


class NullShortableProvider(ShortableProvider):
    """No limits: `NullShortableProvider.INSTANCE`."""

    INSTANCE: NullShortableProvider
    Instance: NullShortableProvider


NullShortableProvider.INSTANCE = NullShortableProvider.Instance = NullShortableProvider()


class _Shortable(NamedTuple):
    quantity: int | None
    rebate_rate: float
    fee_rate: float


class LocalDiskShortableProvider(ShortableProvider):
    """What the data folder says: `<type>/<market>/shortable/<brokerage>/symbols/<ticker>.csv`.

    A line is `yyyyMMdd,quantity,rebate rate,fee rate`, the rates in percent; any of them may be empty.
    """

    def __init__(self, brokerage: str) -> None:
        self.brokerage = brokerage.lower()
        self._by_ticker: dict[str, dict[date, _Shortable]] = {}

    def fee_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """The annual borrowing fee of that day; 0 when nothing is known."""
        found = self._find(symbol, local_time)
        return found.fee_rate if found is not None else 0.0

    def rebate_rate(self, symbol: Symbol, local_time: datetime) -> float:
        """The annual rebate of that day; 0 when nothing is known."""
        found = self._find(symbol, local_time)
        return found.rebate_rate if found is not None else 0.0

    def shortable_quantity(self, symbol: Symbol, local_time: datetime) -> int | None:
        """How much can be borrowed on that day; None for no limit, or when nothing is known."""
        found = self._find(symbol, local_time)
        return found.quantity if found is not None else None

    def _find(self, symbol: Symbol | None, local_time: datetime) -> _Shortable | None:
        if symbol is None:
            return None
        days = self._by_ticker.get(symbol.value)
        if days is None:
            kind, market = symbol.security_type.security_type_to_lower(), symbol.id.market
            folder = Globals.data_folder / kind / market / "shortable" / self.brokerage / "symbols"
            days = self._by_ticker[symbol.value] = _read_shortable(folder / f"{symbol.value.lower()}.csv")
        return days.get(local_time.date())


class InteractiveBrokersShortableProvider(LocalDiskShortableProvider):
    """What Interactive Brokers could lend."""

    def __init__(self) -> None:
        super().__init__("interactivebrokers")


def _read_shortable(path: Path) -> dict[date, _Shortable]:
    if not path.is_file():
        return {}
    days = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            fields = [field.strip() for field in line.split(",")]
            day, quantity, rebate, fee = [*fields, "", ""][:4]
            moment = date(int(day[:4]), int(day[4:6]), int(day[6:8]))
            amount = int(float(quantity)) if quantity else None
            days[moment] = _Shortable(amount, _percent(rebate), _percent(fee))
        except (ValueError, ArithmeticError) as error:
            raise DataError(
                f"{path}, line {number}: '{line}' is malformed; write yyyyMMdd,quantity,rebate rate,fee rate"
            ) from error
    return days


def _percent(text: str) -> float:
    # in decimals, as LEAN divides: 3.6 / 100 is 0.036, and 0.036000000000000004 in floats
    return float(Decimal(text or "0") / 100)
