"""What an indicator takes in and gives out (`Common/Indicators/IndicatorDataPoint.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.numbers import decimal_text

if TYPE_CHECKING:
    from leanib.engine.indicators.base import IndicatorBase
    from leanib.engine.indicators.exact import ExactValues
    from leanib.engine.symbols import Symbol

__all__ = ["IndicatorDataPoint"]


class IndicatorDataPoint(BaseData):
    """A value at an instant: `IndicatorDataPoint(time, value)` or `IndicatorDataPoint(symbol, time, value)`.

    Compares and calculates like its value.
    """

    __slots__ = ("_origin",)

    end_time: datetime = vars(BaseData.__mro__[1])["time"]

    def __init__(self, *arguments: Any) -> None:
        self.is_fill_forward = False
        if len(arguments) == 2:
            self.symbol = None  # type: ignore[assignment]
            self.time, self.value = arguments
        elif arguments:
            self.symbol, self.time, self.value = arguments
        else:
            self.symbol, self.time, self.value = None, NO_TIME, 0.0  # type: ignore[assignment]

    @staticmethod
    def of(symbol: Symbol | None, time: datetime, value: float) -> IndicatorDataPoint:
        """The quick way to make one."""
        point = _new(IndicatorDataPoint)
        point.symbol = symbol  # type: ignore[assignment]
        point.time = time
        point.value = value
        point.is_fill_forward = False
        return point

    def __float__(self) -> float:
        return float(self.value)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IndicatorDataPoint):
            return self.time == other.time and self.value == other.value
        return self.value == other

    def __hash__(self) -> int:
        return hash((self.time, self.value))

    def __lt__(self, other: IndicatorBase | float) -> bool:
        return self.value < _value(other)

    def __le__(self, other: IndicatorBase | float) -> bool:
        return self.value <= _value(other)

    def __gt__(self, other: IndicatorBase | float) -> bool:
        return self.value > _value(other)

    def __ge__(self, other: IndicatorBase | float) -> bool:
        return self.value >= _value(other)

    def __add__(self, other: IndicatorBase | float) -> float:
        return self.value + _value(other)

    __radd__ = __add__

    def __sub__(self, other: IndicatorBase | float) -> float:
        return self.value - _value(other)

    def __rsub__(self, other: IndicatorBase | float) -> float:
        return _value(other) - self.value

    def __mul__(self, other: IndicatorBase | float) -> float:
        return self.value * _value(other)

    __rmul__ = __mul__

    def __truediv__(self, other: IndicatorBase | float) -> float:
        return self.value / _value(other)

    def __rtruediv__(self, other: IndicatorBase | float) -> float:
        return _value(other) / self.value

    def keep_origin(self, exact: ExactValues, name: str, count: int) -> None:
        """Where the decimal behind the value can be had: a history's value of that name after so many data points."""
        self._origin = exact, name, count

    def __getstate__(self) -> object:
        """Without what knows the decimals: that is the history's."""
        slots = {name: value for name, value in super().__getstate__()[1].items() if name != "_origin"}  # type: ignore[index]
        return None, slots

    def __str__(self) -> str:
        origin: tuple[ExactValues, str, int] | None = getattr(self, "_origin", None)
        exact = None if origin is None else origin[0].of(*origin[1:])
        value = f"{self.value:.15g}" if exact is None else decimal_text(exact)
        return f"{self.time:%Y-%m-%dT%H:%M:%S} - {value}"


_new = object.__new__


def _value(other: IndicatorBase | float) -> float:
    return other if isinstance(other, (int, float)) else float(other)
