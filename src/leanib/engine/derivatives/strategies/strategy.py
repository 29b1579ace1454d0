"""An option strategy: legs with ratios (`Common/Securities/Option/OptionStrategy.cs`)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from leanib.engine.dotnet.collections import List
from leanib.engine.naming import LeanObject
from leanib.engine.numbers import to_decimal
from leanib.engine.numbers.exact import ExactDecimal, FloatView
from leanib.engine.orders.combo import Leg
from leanib.engine.symbols import OptionRight, Symbol

__all__ = ["OptionLegData", "OptionStrategy", "UnderlyingLegData"]


class OptionLegData(Leg):
    """A leg of options: right, strike, expiry and signed ratio; its symbol is None until the strategy sets it."""

    strike_decimal = ExactDecimal()
    strike = FloatView()

    def __init__(
        self,
        right: OptionRight = OptionRight.CALL,
        strike: Decimal | float = 0,
        quantity: int = 0,
        expiration: datetime | None = None,
        symbol: Symbol | None = None,
        order_price: float | None = None,
    ) -> None:
        super().__init__(symbol, quantity, order_price)  # type: ignore[arg-type]
        self.right = right
        self.strike_decimal = to_decimal(strike)
        self.expiration = expiration

    @classmethod
    def create(cls, quantity: int, symbol: Symbol, order_price: float | None = None) -> OptionLegData:  # type: ignore[override]
        """The leg of a contract."""
        identifier = symbol.id
        return cls(
            identifier.option_right,
            identifier.strike_price_decimal,
            quantity,
            identifier.date,
            symbol,
            order_price,
        )

    def __str__(self) -> str:
        day = f"{self.expiration:%Y%m%d}" if self.expiration is not None else ""
        right = self.right.lean_name
        return f"Leg: {self.quantity}. Right: {right}. Strike: {self.strike}. Expiration: {day}"


class UnderlyingLegData(Leg):
    """A leg of the underlying."""

    def __init__(self, quantity: int = 0, symbol: Symbol | None = None, order_price: float | None = None) -> None:
        super().__init__(symbol, quantity, order_price)  # type: ignore[arg-type]

    @classmethod
    def create(  # type: ignore[override]
        cls, quantity: int, symbol: Symbol | None = None, order_price: float | None = None
    ) -> UnderlyingLegData:
        """The leg of an underlying."""
        return cls(quantity, symbol, order_price)

    def __str__(self) -> str:
        return "" if self.symbol is None else f"Leg: {self.quantity}. {self.symbol}"


_OptionLeg = OptionLegData
_UnderlyingLeg = UnderlyingLegData


class OptionStrategy(LeanObject):
    """Named legs on one underlying, which `buy`, `sell` and `order` take."""

    OptionLegData = _OptionLeg
    UnderlyingLegData = _UnderlyingLeg

    def __init__(
        self,
        name: str = "",
        canonical_symbol: Symbol | None = None,
        option_legs: Iterable[_OptionLeg] = (),
        underlying_legs: Iterable[_UnderlyingLeg] = (),
    ) -> None:
        self.name = name
        self.canonical_option = canonical_symbol
        self.underlying = None if canonical_symbol is None else canonical_symbol.underlying
        self.option_legs = List(option_legs)
        self.underlying_legs = List(underlying_legs)
        self.set_symbols()

    def set_symbols(self) -> None:
        """Gives legs without one their symbol, by what the strategy knows of its underlying."""
        if self.canonical_option is None:
            if self.underlying is None and self.underlying_legs:
                self.underlying = self.underlying_legs[0].symbol
            if self.underlying is None:
                return
            self.canonical_option = Symbol.create_canonical_option(self.underlying)
        canonical, underlying = self.canonical_option, self.underlying
        assert underlying is not None
        for leg in self.option_legs:
            if leg.symbol is None:
                target, style = canonical.id.symbol, canonical.id.option_style
                terms = (style, leg.right, leg.strike_decimal, leg.expiration)
                leg.symbol = Symbol.create_option(underlying, target, underlying.id.market, *terms)

    @classmethod
    def of_legs(cls, name: str, legs: Iterable[_OptionLeg | _UnderlyingLeg]) -> OptionStrategy:
        """A strategy of legs with symbols."""
        every = list(legs)
        options = [leg for leg in every if isinstance(leg, _OptionLeg)]
        underlying = [leg for leg in every if isinstance(leg, _UnderlyingLeg)]
        return cls(name, options[0].symbol.canonical if options else None, options, underlying)

    def __str__(self) -> str:
        return self.name
