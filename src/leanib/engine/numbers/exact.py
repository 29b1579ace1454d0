"""One number, two faces: `price_decimal` is the exact Decimal, `price` the float that algorithms see.

A class stores `<name>_decimal` and declares `<name> = FloatView()`. Assigning a float, an int or a Decimal through
either name keeps the exact value (`numbers.to_decimal`).
"""

from __future__ import annotations

from decimal import Decimal
from typing import overload

from leanib.engine.numbers.decimals import normalize, to_decimal, to_float

__all__ = ["ExactDecimal", "FloatView", "OptionalExactDecimal", "OptionalFloatView"]


class ExactDecimal:
    """Attribute that converts what is assigned to Decimal, without trailing zeros if asked to."""

    def __init__(self, *, normalized: bool = False) -> None:
        self._normalized = normalized
        self._slot = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = "_" + name

    @overload
    def __get__(self, instance: None, owner: type) -> ExactDecimal: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Decimal: ...

    def __get__(self, instance: object, owner: type) -> Decimal | ExactDecimal:
        if instance is None:
            return self
        value: Decimal = instance.__dict__[self._slot]
        return value

    def __set__(self, instance: object, value: Decimal | float) -> None:
        exact = value if type(value) is Decimal else to_decimal(value)
        instance.__dict__[self._slot] = normalize(exact) if self._normalized else exact


class OptionalExactDecimal:
    """Attribute that is a Decimal without trailing zeros, or None; as in LEAN, assigning None changes nothing."""

    def __init__(self) -> None:
        self._slot = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._slot = "_" + name

    @overload
    def __get__(self, instance: None, owner: type) -> OptionalExactDecimal: ...

    @overload
    def __get__(self, instance: object, owner: type) -> Decimal | None: ...

    def __get__(self, instance: object, owner: type) -> Decimal | OptionalExactDecimal | None:
        return self if instance is None else instance.__dict__.get(self._slot)

    def __set__(self, instance: object, value: Decimal | float | None) -> None:
        if value is not None:
            instance.__dict__[self._slot] = normalize(to_decimal(value))


class FloatView:
    """The float face of the attribute `<name>_decimal`."""

    def __init__(self) -> None:
        self._exact = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._exact = name + "_decimal"

    @overload
    def __get__(self, instance: None, owner: type) -> FloatView: ...

    @overload
    def __get__(self, instance: object, owner: type) -> float: ...

    def __get__(self, instance: object, owner: type) -> float | FloatView:
        return self if instance is None else to_float(getattr(instance, self._exact))

    def __set__(self, instance: object, value: Decimal | float) -> None:
        setattr(instance, self._exact, to_decimal(value))


class OptionalFloatView:
    """The float face of the attribute `<name>_decimal` that may be None."""

    def __init__(self) -> None:
        self._exact = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._exact = name + "_decimal"

    @overload
    def __get__(self, instance: None, owner: type) -> OptionalFloatView: ...

    @overload
    def __get__(self, instance: object, owner: type) -> float | None: ...

    def __get__(self, instance: object, owner: type) -> float | OptionalFloatView | None:
        if instance is None:
            return self
        exact = getattr(instance, self._exact)
        return None if exact is None else to_float(exact)

    def __set__(self, instance: object, value: Decimal | float | None) -> None:
        setattr(instance, self._exact, None if value is None else to_decimal(value))
