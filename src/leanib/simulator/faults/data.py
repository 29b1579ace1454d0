"""Faults of answers: late snapshots, data that is not paid for, account values in odd order."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, TypeVar

from leanib.errors import UsageError
from leanib.simulator.faults.mark import fault

if TYPE_CHECKING:
    from leanib.simulator.gateway import Gateway

T = TypeVar("T")
_ORDERS = ("", "random", "reverse")


class DataFaults:
    """Mixin: what happens to market data requests and account values."""

    gateway: Gateway

    def _init_data(self) -> None:
        self._dice = random.Random(self.gateway.seed)  # noqa: S311
        self.clear_data()

    def clear_data(self) -> None:
        """End every fault of this family."""
        #: Seconds after which snapshots end.
        self.snapshot_seconds = 0.0
        #: Symbols whose live data is not paid for ("" stands for all), and the error that says so.
        self.unpaid: dict[str, int] = {}
        self._arrangement = ""

    def missing_data(self, symbol: str) -> int:
        """The error for live data of this symbol; 0 when it is paid for."""
        return self.unpaid.get(symbol) or self.unpaid.get("", 0)

    def arrange(self, values: list[T]) -> list[T]:
        """Account values in the order in which they are sent."""
        if self._arrangement == "reverse":
            return values[::-1]
        return self._dice.sample(values, len(values)) if self._arrangement else values

    # the faults

    @fault
    def late_snapshots(self, seconds: float = 11.0) -> None:
        """End snapshots only after so long, as IB does for quiet instruments (0 ends it)."""
        self.snapshot_seconds = seconds

    @fault
    def unsubscribe_data(self, symbol: str = "", code: int = 354) -> None:
        """Live data of a symbol (none: of all) is not paid for: 354, 10089, 10168, 10197 ...; 0 ends it."""
        if code:
            self.unpaid[symbol] = code
        else:
            self.unpaid.pop(symbol, None)

    @fault
    def arrange_account_values(self, order: str = "random") -> None:
        """Send account values in another order: "random" (from the seed), "reverse", or "" for the usual one."""
        if order not in _ORDERS:
            raise UsageError(f"arrange_account_values: {order!r} is no order; choose 'random', 'reverse' or ''")
        self._arrangement = order
