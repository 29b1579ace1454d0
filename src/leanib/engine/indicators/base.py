"""What every indicator is (`Indicators/IndicatorBase.cs`, `IndicatorBase.Operators.cs`).

An indicator is updated with data points in the order of time: `update(time, value)` or `update(data)`. Everything in
this package computes in float, where LEAN computes in System.Decimal.

A new indicator derives from `Indicator` (values), `BarIndicator` (bars) or `TradeBarIndicator` (bars with volume), says
its name's pattern in `title`, holds other indicators and windows in attributes, sets what else changes in `_start`, and
computes in `_next`. `reset` follows from that.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar, Self, SupportsFloat

from leanib.engine.dotnet.collections import HashSet
from leanib.engine.dotnet.event import Event
from leanib.engine.dotnet.exceptions import ArgumentException, RefusedArgument
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.indicators.rolling_window import RollingWindow
from leanib.engine.market.bars import TradeBar
from leanib.engine.market.base_data import NO_TIME, BaseData
from leanib.engine.naming import LeanEnum, LeanObject, LeanType
from leanib.engine.symbols import Symbol

__all__ = [
    "BarIndicator",
    "Indicator",
    "IndicatorBase",
    "IndicatorResult",
    "IndicatorStatus",
    "TradeBarIndicator",
    "WindowIndicator",
]

_log = logging.getLogger(__name__)
_point = IndicatorDataPoint.of


class IndicatorStatus(LeanEnum):
    """What became of a computation (`Indicators/IndicatorStatus.cs`)."""

    SUCCESS = 0
    INVALID_INPUT = 1
    MATH_ERROR = 2
    VALUE_NOT_READY = 3


class IndicatorResult(LeanObject):
    """A computed value and its status; a value without success does not become current."""

    def __init__(self, value: float, status: IndicatorStatus = IndicatorStatus.SUCCESS) -> None:
        self.value = value
        self.status = status


class IndicatorMeta(LeanType):
    """Lets the name be left out: `SimpleMovingAverage(14)` is named by its class's `title`.

    In `super().__init__(14)` of a user's subclass too: it is the constructors that find a name.
    """

    def __new__(mcs, name: str, bases: tuple[type, ...], members: dict[str, Any], **options: Any) -> Any:
        """Wraps a constructor of the engine's that takes a name."""
        made = members.get("__init__")
        if made is not None and members.get("__module__", "").startswith("leanib.") and _takes_name(made):
            members["__init__"] = _named_by_itself(made)
        return super().__new__(mcs, name, bases, members, **options)


def _takes_name(function: Callable[..., None]) -> bool:
    """Whether the first argument is a name that must be given."""
    code = function.__code__
    is_first = code.co_argcount > 1 and code.co_varnames[1] == "name"
    return is_first and len(function.__defaults__ or ()) < code.co_argcount - 1


def _named_by_itself(function: Callable[..., None]) -> Callable[..., None]:
    @wraps(function)
    def with_name(self: Any, *arguments: Any, **named: Any) -> None:
        if "name" not in named and not (arguments and isinstance(arguments[0], str)):
            arguments = _with_name(type(self), function, arguments, named)
        function(self, *arguments, **named)

    return with_name


def _with_name(
    cls: type[Any], function: Callable[..., None], arguments: tuple[Any, ...], named: dict[str, Any]
) -> tuple[Any, ...]:
    """The arguments with the name that the class's title makes of them."""
    try:
        bound = inspect.signature(function).bind(None, "", *arguments, **named)
    except TypeError:
        if not arguments or not isinstance(arguments[0], Symbol):
            raise
        return (str(arguments[0]), *arguments[1:])  # a symbol stands for its text
    bound.apply_defaults()
    title: str = cls.title
    values = {key: _text(value) for key, value in bound.arguments.items()}
    return (title.format(**values) if title else cls.__name__, *arguments)


def _text(value: object) -> str:
    if isinstance(value, LeanEnum):
        return value.lean_name
    return f"{value:.15g}" if isinstance(value, float) else str(value)


class IndicatorBase(LeanObject, metaclass=IndicatorMeta):
    """A number that follows a stream of data.

    Compares and calculates like its current value: `if fast > slow`, `float(rsi) * 2`; `indicator[1]` is the point
    before.

    Attributes:
        current: the newest `IndicatorDataPoint`.
        samples: how many data points came in.
        updated: event, called with (indicator, current) after each update.
        window: the last points, two of them unless `window.size` says otherwise.
        warm_up_period: how many data points make it ready; None when it does not know.
        consolidators: what feeds it.
    """

    title: ClassVar[str] = ""
    takes_points: ClassVar[bool] = False
    input_type: ClassVar[type] = BaseData
    warm_up_period: int | None = None
    current: IndicatorDataPoint

    def __class_getitem__(cls, item: type) -> type[Self]:
        """LEAN's generic classes are named with their input: `ConstantIndicator[IndicatorDataPoint]`."""
        return cls

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.samples = 0
        self.updated = Event()
        self.consolidators: HashSet[Any] = HashSet()
        self.window: RollingWindow[IndicatorDataPoint] = RollingWindow(2)
        self._inputs: dict[Any, tuple[Any, datetime]] = {}
        self._symbol: Any = None
        self._last_input: Any = None
        self._last_time = NO_TIME
        self._said_forward_only = False
        self._set_current(IndicatorDataPoint.of(None, NO_TIME, 0.0))
        self._start()

    def _start(self) -> None:
        """Set what changes from update to update, apart from indicators and windows; called at birth and at reset."""

    def _next(self, data: Any) -> float | None:
        """The value after a data point; None leaves the current one."""
        raise NotImplementedError

    @property
    def is_ready(self) -> bool:
        """Whether enough data came in."""
        raise NotImplementedError

    @property
    def previous(self) -> IndicatorDataPoint:
        """The point before the current one."""
        return self.window[1] if len(self.window) > 1 else IndicatorDataPoint()

    def update(self, input: Any, value: float | None = None) -> bool:
        """Take in a data point, or a (time, value); returns whether the indicator is ready."""
        if value is None:
            return self.push(input)
        if not self.takes_points:
            raise RefusedArgument(
                f"{type(self).__name__} does not support the `update(time, value)` method. "
                "Use one of the following methods instead: update(TradeBar), update(QuoteBar)"
            )
        return self.push(IndicatorDataPoint.of(None, input, value))

    def push(self, data: BaseData) -> bool:
        """What `update` does with a data point; the engine calls it, so that a user's `update` stays the user's."""
        symbol, time = data.symbol, data.end_time
        if symbol is not self._symbol:
            self._turn_to(symbol)
        if data is self._last_input or (time < self._last_time and self._refuse(time)):
            return self.is_ready
        self.samples += 1
        self._last_input, self._last_time = data, time
        if self.takes_points and type(data) is not IndicatorDataPoint:
            data = _point(symbol, time, data.value)
        value = self._next(data)
        if value is not None:
            self.current = point = _point(symbol, time, value)
            self.window.add(point)
            for handler in self.updated.handlers:
                handler(self, point)
        return self.is_ready

    def _turn_to(self, symbol: Symbol | None) -> None:
        """Another security's data comes: each has an order of its own."""
        self._inputs[self._symbol] = (self._last_input, self._last_time)
        self._symbol = symbol
        self._last_input, self._last_time = self._inputs.get(symbol, (None, NO_TIME))

    def reset(self) -> None:
        """Go back to the state before the first update; the name, the parameters and the handlers stay."""
        self.samples = 0
        self._inputs.clear()
        self._symbol, self._last_input, self._last_time = None, None, NO_TIME
        self.window.reset()
        self._set_current(IndicatorDataPoint.of(None, NO_TIME, 0.0))
        for part in vars(self).values():
            if isinstance(part, (IndicatorBase, RollingWindow)) and part not in (self, self.window):
                part.reset()
        self._start()

    def to_detailed_string(self) -> str:
        """Name and value."""
        return f"{self.name} - {self}"

    def _set_current(self, point: IndicatorDataPoint) -> None:
        self.current = point
        self.window.add(point)

    def _refuse(self, time: datetime) -> bool:
        """Say once that data came in the wrong order."""
        if not self._said_forward_only:
            self._said_forward_only = True
            _log.error(
                "This is a forward only indicator: %s Input: %s Previous: %s. It will not be updated with this input.",
                self.name,
                time,
                self._last_time,
            )
        return True

    def __getitem__(self, index: int) -> IndicatorDataPoint:
        return self.window[index]

    def __iter__(self) -> Iterator[IndicatorDataPoint]:
        return iter(self.window)

    def __float__(self) -> float:
        return float(self.current.value)

    def __str__(self) -> str:
        text = f"{self.current.value:.5f}".rstrip("0")
        return text + "0" if text.endswith(".") else text

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.to_detailed_string()}>"

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, IndicatorBase):
            return self is other
        return isinstance(other, (int, float)) and self.current.value == other

    def __lt__(self, other: SupportsFloat) -> bool:
        return self.current.value < _number(other)

    def __le__(self, other: SupportsFloat) -> bool:
        return self.current.value <= _number(other)

    def __gt__(self, other: SupportsFloat) -> bool:
        return self.current.value > _number(other)

    def __ge__(self, other: SupportsFloat) -> bool:
        return self.current.value >= _number(other)

    def __add__(self, other: SupportsFloat) -> float:
        return self.current.value + _number(other)

    __radd__ = __add__

    def __sub__(self, other: SupportsFloat) -> float:
        return self.current.value - _number(other)

    def __rsub__(self, other: SupportsFloat) -> float:
        return _number(other) - self.current.value

    def __mul__(self, other: SupportsFloat) -> float:
        return self.current.value * _number(other)

    __rmul__ = __mul__

    def __truediv__(self, other: SupportsFloat) -> float:
        return self.current.value / _number(other)

    def __rtruediv__(self, other: SupportsFloat) -> float:
        return _number(other) / self.current.value

    def __neg__(self) -> float:
        return -self.current.value

    def __abs__(self) -> float:
        return abs(self.current.value)

    def __round__(self, digits: int = 0) -> float:
        return round(self.current.value, digits)


def _number(other: SupportsFloat) -> float:
    return other if isinstance(other, (int, float)) else float(other)


class Indicator(IndicatorBase):
    """An indicator of values: takes (time, value), or the value of whatever data comes."""

    takes_points = True
    input_type = IndicatorDataPoint

    def feed(self, time: datetime, value: float) -> bool:
        """`update(time, value)` for indicators that feed others."""
        return self.push(IndicatorDataPoint.of(None, time, value))


class BarIndicator(IndicatorBase):
    """An indicator of bars: open, high, low and close."""


class TradeBarIndicator(IndicatorBase):
    """An indicator of trade bars: open, high, low, close and volume."""

    input_type = TradeBar


class WindowIndicator(Indicator):
    """An indicator of values that looks at the last `period` of them, the newest first, in `self._values`."""

    def __init__(self, name: str, period: int) -> None:
        if period < 1:
            raise ArgumentException("RollingWindow must have a size of at least 1.")
        self.period = period
        self.warm_up_period = period
        self._values: RollingWindow[float] = RollingWindow(period)
        super().__init__(name)

    @property
    def is_ready(self) -> bool:
        """Whether the window is full."""
        return self._values.is_ready

    def _next(self, data: IndicatorDataPoint) -> float | None:
        self._values.add(data.value)
        return self._compute(self._values, data)

    def _compute(self, window: RollingWindow[float], data: IndicatorDataPoint) -> float | None:
        """The value after a data point, which the window has already."""
        raise NotImplementedError
