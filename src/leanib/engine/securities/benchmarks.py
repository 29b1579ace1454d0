"""What a strategy is compared with (`Common/Benchmarks`)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from leanib.engine.naming import LeanObject
from leanib.engine.numbers import to_decimal

if TYPE_CHECKING:
    from leanib.engine.securities import Security
    from leanib.engine.symbols.any_symbol import AnySymbol

__all__ = ["FuncBenchmark", "IBenchmark", "SecurityBenchmark"]


class IBenchmark(LeanObject):
    """Has a value at any time."""

    def evaluate(self, time: datetime) -> Any:
        """The benchmark's value at a UTC time."""
        raise NotImplementedError


class FuncBenchmark(IBenchmark):
    """The value that a function of the time returns."""

    def __init__(self, benchmark: Callable[[datetime], float]) -> None:
        if not callable(benchmark):
            raise TypeError("FuncBenchmark(): the benchmark must be a function of the time that returns a number")
        self._benchmark = benchmark

    def evaluate(self, time: datetime) -> Decimal:
        """What the function says."""
        return to_decimal(self._benchmark(time))


class SecurityBenchmark(IBenchmark):
    """A security's price in the account's currency."""

    def __init__(self, security: Security) -> None:
        self.security = security

    @staticmethod
    def create_instance(securities: Any, symbol: AnySymbol) -> SecurityBenchmark:
        """The benchmark of a symbol, which is added to the securities when it is not among them."""
        return SecurityBenchmark(securities.create_benchmark_security(symbol))

    def evaluate(self, time: datetime) -> Decimal:
        """The latest price."""
        rate: Decimal = self.security.quote_currency.conversion_rate_decimal
        return to_decimal(self.security.price) * rate
