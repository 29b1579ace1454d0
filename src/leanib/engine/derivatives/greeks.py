"""The Greeks of an option (`Common/Data/Market/{Greeks,NullGreeks,ModeledGreeks}.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from leanib.engine.naming import LeanNames

__all__ = ["Greeks", "ModeledGreeks"]

_DAYS = 365


class Greeks(LeanNames):
    """How an option's price follows the underlying's, volatility, time and rates.

    Theta is by year, `theta_per_day` by day; vega and rho are by percentage point.
    """

    __slots__ = ("delta", "gamma", "lambda_", "rho", "theta", "vega")

    NONE: ClassVar[Greeks]
    delta: float
    gamma: float
    vega: float
    theta: float
    rho: float
    lambda_: float

    def __init__(
        self,
        delta: float = 0.0,
        gamma: float = 0.0,
        vega: float = 0.0,
        theta: float = 0.0,
        rho: float = 0.0,
        lambda_: float = 0.0,
    ) -> None:
        self.delta = delta
        self.gamma = gamma
        self.vega = vega
        self.theta = theta
        self.rho = rho
        self.lambda_ = lambda_

    @property
    def theta_per_day(self) -> float:
        """Theta by day."""
        return self.theta / _DAYS

    @theta_per_day.setter
    def theta_per_day(self, value: float) -> None:
        self.theta = value * _DAYS

    def __str__(self) -> str:
        return f"D: {self.delta}, G: {self.gamma}, V: {self.vega}, T: {self.theta}, R: {self.rho}"

    __repr__ = __str__


Greeks.NONE = Greeks()


class ModeledGreeks(Greeks):
    """Greeks that a model works out when the first is asked for; any may be set."""

    __slots__ = ("_model",)

    def __init__(self, model: Callable[[], Greeks]) -> None:
        self._model: Callable[[], Greeks] | None = model

    def __getattr__(self, name: str) -> float:
        # Reached while a slot is empty: then all that were not set come from the model.
        if name not in Greeks.__slots__ or self._model is None:
            raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'", name=name, obj=self)
        model, self._model = self._model, None
        known = model()
        for slot in Greeks.__slots__:
            try:
                object.__getattribute__(self, slot)
            except AttributeError:
                setattr(self, slot, getattr(known, slot))
        value: float = object.__getattribute__(self, name)
        return value
