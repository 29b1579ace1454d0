"""Indicators that users write in Python (`Indicators/PythonIndicator.cs`).

A user's class has `update(input)`, which may return whether it is ready, `value`, and `is_ready`; in snake_case or in
PascalCase; derived from `PythonIndicator` or from nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from weakref import WeakKeyDictionary

from leanib.engine.indicators.base import IndicatorBase
from leanib.engine.indicators.point import IndicatorDataPoint
from leanib.engine.naming import to_pascal

if TYPE_CHECKING:
    from leanib.engine.market import QuoteBar, TradeBar

__all__ = ["PythonIndicator", "as_indicator"]

_MISSING = object()


def _attribute(instance: object, name: str, default: object = _MISSING) -> Any:
    """A user's attribute in either form; what the user wrote wins over what `IndicatorBase` offers."""
    for form in (to_pascal(name), name):
        own = getattr(instance, "__dict__", ())
        if form in own or any(form in vars(c) for c in type(instance).__mro__ if not _is_ours(c)):
            return getattr(instance, form)
    return default


def _is_ours(cls: type) -> bool:
    return cls.__module__.startswith("leanib.") or cls is object


class PythonIndicator(IndicatorBase):
    """Base class of a user's indicator, and the wrapper of one that derives from nothing."""

    def __new__(cls, *_: object, **__: object) -> Self:
        """Set up; not left to __init__, which users define without calling ours: LEAN's base is always constructed."""
        self = super().__new__(cls)
        self._instance, self._is_ready = self, False
        IndicatorBase.__init__(self, cls.__name__)
        return self

    def __init__(self, instance: object = None, *_: object) -> None:
        self._instance: Any = self if instance is None or isinstance(instance, str) else instance
        self._is_ready = False
        name = _attribute(self._instance, "name", None) or type(self._instance).__name__
        super().__init__(name if instance is None or not isinstance(instance, str) else instance)
        if self._instance is not self:
            self._check()
        self.warm_up_period = _attribute(self._instance, "warm_up_period", 0)

    def _check(self) -> None:
        """Say which member is missing."""
        name = type(self._instance).__name__
        for attribute in ("is_ready", "update", "value"):
            if _attribute(self._instance, attribute) is _MISSING:
                message = f"Indicator.{attribute} must be implemented. Please implement this missing method in {name}"
                if attribute == "is_ready":
                    message += f" or use PythonIndicator as base:\nclass {name}(PythonIndicator):"
                raise NotImplementedError(message)

    def on_updated(self, consolidated: IndicatorDataPoint) -> None:
        """For users' indicators that are updated by hand: tells whoever listens."""
        self._set_current(consolidated)
        self.updated(self, consolidated)

    @property
    def is_ready(self) -> bool:
        """What the last update returned, or what the user's `is_ready` says."""
        if self._is_ready or self._instance is self:
            return self._is_ready
        return bool(_attribute(self._instance, "is_ready"))

    def _next(self, data: TradeBar | QuoteBar) -> float:
        ready = _attribute(self._instance, "update")(data)
        if ready is None:
            ready = _attribute(self._instance, "is_ready", self._is_ready)
        self._is_ready = bool(ready)
        return float(_attribute(self._instance, "value"))


_wrappers: WeakKeyDictionary[Any, PythonIndicator] = WeakKeyDictionary()


def as_indicator(indicator: object) -> IndicatorBase:
    """An indicator as the engine uses it: itself, or one wrapper for each object of a user's class."""
    if isinstance(indicator, IndicatorBase):
        return indicator
    if indicator not in _wrappers:
        _wrappers[indicator] = PythonIndicator(indicator)
    return _wrappers[indicator]
