"""The parameters that are searched, as LEAN writes them (`name`, `min`, `max`, `step`), and figures of a result.

Source: `Optimizer/Parameters/OptimizationStepParameter.cs`, `Optimizer/Objectives/{Target,Constraint}.cs`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from leanib.errors import ConfigurationError, UsageError

__all__ = ["OPERATORS", "Constraint", "Parameter", "Point", "Target", "grid", "size_of", "value_at"]

OPERATORS = {
    "less": lambda value, bound: value < bound,
    "lessOrEqual": lambda value, bound: value <= bound,
    "greater": lambda value, bound: value > bound,
    "greaterOrEqual": lambda value, bound: value >= bound,
    "equals": lambda value, bound: value == bound,
    "notEqual": lambda value, bound: value != bound,
}
_SIGNS = {
    "<=": "lessOrEqual", ">=": "greaterOrEqual", "==": "equals", "!=": "notEqual", "<": "less", ">": "greater",
}  # fmt: skip
_CONSTRAINT = re.compile(
    r"""^["']?(?P<target>[^<>=!"']+?)["']?\s*(?P<sign><=|>=|==|!=|<|>)\s*(?P<bound>-?[\d.]+)(?P<unit>%?)$"""
)


@dataclass(frozen=True)
class Point:
    """One choice of values, as text."""

    backtest_id: str
    parameters: Mapping[str, str]

    @property
    def text(self) -> str:
        """As LEAN writes a parameter set."""
        return ",".join(f"{name}:{value}" for name, value in self.parameters.items())

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Point:
        """The point of these values; its id follows from them."""
        text = ",".join(f"{name}:{value}" for name, value in parameters.items())
        return cls(str(uuid5(NAMESPACE_URL, text)), dict(parameters))


@dataclass(frozen=True)
class Parameter:
    """A range of values with a step; of one value where `high` is `low`."""

    name: str
    low: Decimal
    high: Decimal
    step: Decimal

    @property
    def count(self) -> int:
        """How many values it has."""
        return int((self.high - self.low) / self.step) + 1

    def value(self, number: int) -> str:
        """The value of that number, from 0."""
        return f"{(self.low + self.step * number).normalize():f}"

    def number_of(self, value: str) -> int:
        """The number of a value that `value` gave."""
        return round((Decimal(value) - self.low) / self.step)

    @classmethod
    def parse(cls, text: str) -> Parameter:
        """From `name=min:max:step`.

        Raises:
            UsageError: It is none.
        """
        name, _, rest = text.partition("=")
        try:
            low, high, step = (Decimal(word) for word in rest.split(":"))
        except (ValueError, InvalidOperation):
            raise UsageError(
                f"--parameter takes a name, a smallest and a largest value and a step, not '{text.replace('=', ' ')}'; "
                "write --parameter fast 10 50 5"
            ) from None
        return cls.checked(name, low, high, step)

    @classmethod
    def checked(cls, name: str, low: Decimal, high: Decimal, step: Decimal) -> Parameter:
        """A range that has an end; ConfigurationError for one that has none."""
        finite = all(number.is_finite() for number in (low, high, step))
        if not name or not finite or step <= 0 or high < low:
            raise ConfigurationError(f"parameter '{name}': the step must be positive and max not below min")
        return cls(name, low, high, step)

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> Parameter:
        """From an entry of the optimizer's configuration that the `lean` CLI writes."""
        low, high, step = (Decimal(str(entry[key])) for key in ("min", "max", "step"))
        return cls.checked(str(entry["name"]), low, high, step)


def grid(parameters: Sequence[Mapping[str, Any] | Parameter]) -> Iterator[Point]:
    """All combinations, the last parameter changing fastest."""
    names = [one.name if isinstance(one, Parameter) else str(one["name"]) for one in parameters]
    for values in itertools.product(*(_values(parameter) for parameter in parameters)):
        yield Point.of(dict(zip(names, values, strict=True)))


def _values(parameter: Mapping[str, Any] | Parameter) -> list[str]:
    if not isinstance(parameter, Parameter):
        if "value" in parameter:
            return [str(parameter["value"])]
        parameter = Parameter.of(parameter)
    return [parameter.value(number) for number in range(parameter.count)]


def size_of(parameters: Sequence[Parameter]) -> int:
    """How many points the grid has."""
    size = 1
    for parameter in parameters:
        size *= parameter.count
    return size


@dataclass(frozen=True)
class Target:
    """A figure that is to be large, or small."""

    name: str
    larger: bool = True

    @property
    def text(self) -> str:
        """`Sharpe Ratio:max`."""
        return f"{self.name}:{'max' if self.larger else 'min'}"

    def better(self, one: float, other: float) -> bool:
        """Whether one value is better than another."""
        return one > other if self.larger else one < other

    @classmethod
    def parse(cls, text: str, direction: str = "max") -> Target:
        """From `Sharpe Ratio`, `Drawdown:min` or LEAN's `TotalPerformance.PortfolioStatistics.SharpeRatio`."""
        name, _, word = text.rpartition(":")
        if not name:
            name, word = text, direction
        if word not in ("min", "max"):
            raise UsageError(f"--target '{text}': what follows the colon is min or max")
        return cls(name.strip(), word == "max")


@dataclass(frozen=True)
class Constraint:
    """A bound on a figure of the result."""

    target: str
    operator: str
    bound: float

    def holds(self, result: Mapping[str, Any]) -> bool:
        """Whether a result keeps it."""
        value = value_at(result, self.target)
        return value is not None and OPERATORS[self.operator](value, self.bound)

    @classmethod
    def parse(cls, text: str) -> Constraint:
        """From `Drawdown < 25%` or `"Total Orders" >= 20`; UsageError for anything else."""
        found = _CONSTRAINT.match(text.strip())
        if found is None:
            raise UsageError(f"--constraint '{text}' is not understood; write 'Drawdown < 25%' or 'Total Orders >= 20'")
        try:
            bound = float(found["bound"]) / (100 if found["unit"] else 1)
        except ValueError:
            raise UsageError(f"--constraint '{text}': '{found['bound']}' is not a number") from None
        return cls(found["target"].strip(), _SIGNS[found["sign"]], bound)


def value_at(result: Mapping[str, Any], target: str) -> float | None:
    """A figure of a result: `Sharpe Ratio`, or by its path as `TotalPerformance.PortfolioStatistics.SharpeRatio`.

    Percentages come as shares; None where there is no such figure.
    """
    path = target.strip("[]'").replace("'].['", ".")
    found = _at(result, path.split("."))
    if found is None:
        found = _at(result, ["statistics", path])
    if found is None or isinstance(found, Mapping):
        return None
    text = str(found).replace("$", "").replace(",", "")
    try:
        return float(text.rstrip("%")) / 100 if text.endswith("%") else float(text)
    except ValueError:
        return None


def _at(node: Any, words: Sequence[str]) -> Any:
    for word in words:
        if not isinstance(node, Mapping):
            return None
        node = next((value for key, value in node.items() if _same(key, word)), None)
    return node


def _same(key: str, word: str) -> bool:
    return key.replace(" ", "").lower() == word.replace(" ", "").lower()
