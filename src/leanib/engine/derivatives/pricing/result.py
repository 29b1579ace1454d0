"""What a price model answers (`Common/Securities/Option/OptionPriceModelResult.cs`)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

from leanib.engine.derivatives.greeks import Greeks
from leanib.engine.naming import LeanNames

if TYPE_CHECKING:
    from leanib.engine.derivatives.chains.contracts import OptionContract
    from leanib.engine.market import Slice
    from leanib.engine.securities.option import Option

__all__ = ["OptionPriceModelParameters", "OptionPriceModelResult"]


class OptionPriceModelParameters(LeanNames):
    """The option's security, the slice, and the contract of the chain that is priced."""

    __slots__ = ("contract", "security", "slice")

    def __init__(self, security: Option, slice: Slice, contract: OptionContract) -> None:
        self.security = security
        self.slice = slice
        self.contract = contract


class OptionPriceModelResult(LeanNames):
    """A theoretical price, an implied volatility and the Greeks; each may be a function that is called when asked for.

    `(price, greeks)` or `(price, implied_volatility, greeks)`.
    """

    __slots__ = ("_known",)

    NONE: ClassVar[OptionPriceModelResult]

    def __init__(self, *arguments: Any) -> None:
        if len(arguments) == 2:
            arguments = (arguments[0], 0.0, arguments[1])
        if len(arguments) not in (0, 3):
            raise TypeError(
                "OptionPriceModelResult takes a price and Greeks, or a price, an implied volatility and Greeks; "
                f"not {len(arguments)} arguments"
            )
        self._known: list[Any] = list(arguments) or [0.0, 0.0, Greeks()]

    def _part(self, index: int) -> Any:
        part = self._known[index]
        if callable(part):
            part = self._known[index] = part()
        return part

    @property
    def theoretical_price(self) -> float:
        """What the option should cost."""
        return float(self._part(0))

    @theoretical_price.setter
    def theoretical_price(self, value: float | Callable[[], float]) -> None:
        self._known[0] = value

    @property
    def implied_volatility(self) -> float:
        """The volatility that the market's price implies."""
        return float(self._part(1))

    @implied_volatility.setter
    def implied_volatility(self, value: float | Callable[[], float]) -> None:
        self._known[1] = value

    @property
    def greeks(self) -> Greeks:
        """The Greeks."""
        greeks: Greeks = self._part(2)
        return greeks

    @greeks.setter
    def greeks(self, value: Greeks | Callable[[], Greeks]) -> None:
        self._known[2] = value


OptionPriceModelResult.NONE = OptionPriceModelResult()
