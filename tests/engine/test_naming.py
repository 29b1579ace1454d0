"""Both ways of writing a name: snake_case and PascalCase."""

import dis
import importlib
import pkgutil
from collections.abc import Iterator
from itertools import pairwise

import pytest

import leanib.engine
from leanib.engine.naming import LeanNames, LeanObject, to_pascal


class Named(LeanNames):
    """A class attribute, an annotated and a forgotten instance attribute, a property, a method."""

    kind = "fruit"
    unit_price: float

    def __init__(self) -> None:
        self.unit_price = 2.0
        self.forgotten = True

    @property
    def doubled_price(self) -> float:
        return 2 * self.unit_price

    def total_for(self, count: int) -> float:
        return count * self.unit_price


class Fallback(LeanObject):
    """Nothing of it is annotated."""

    def __init__(self) -> None:
        self.total_portfolio_value = 7


def test_what_a_class_knows_has_both_names():
    """Reading, setting and calling, by either name."""
    thing = Named()
    assert (thing.Kind, thing.UnitPrice, thing.DoubledPrice, thing.TotalFor(3)) == ("fruit", 2.0, 4.0, 6.0)
    thing.UnitPrice = 5.0
    assert thing.unit_price == 5.0
    assert not hasattr(thing, "Forgotten")


def test_a_lean_object_knows_every_attribute_by_both_names():
    """Also those that its class does not name."""
    assert Fallback().TotalPortfolioValue == 7
    with pytest.raises(AttributeError, match="'Fallback' object has no attribute 'missing'"):
        _ = Fallback().Missing


def test_no_attribute_lacks_its_other_name():
    """Where a slow look-up is too dear, the class names every attribute that any of its methods sets."""
    for module in pkgutil.walk_packages(leanib.engine.__path__, "leanib.engine."):
        importlib.import_module(module.name)
    kinds = {kind for kind in _below(LeanNames) if kind.__module__.startswith("leanib.")}
    quick = {kind for kind in kinds if not any("__getattr__" in vars(part) for part in kind.__mro__)}
    assert len(quick) > 30
    lacking = [
        (kind.__name__, name)
        for kind in quick
        for name in {name for base in kind.__mro__ for name in _set_by_methods(base)}
        if not any(to_pascal(name) in vars(base) for base in kind.__mro__)
    ]
    assert not lacking


def _below(kind: type) -> Iterator[type]:
    for below in kind.__subclasses__():
        yield below
        yield from _below(below)


def _set_by_methods(kind: type) -> Iterator[str]:
    """The public attributes that a class's methods assign to `self`."""
    for member in vars(kind).values():
        code = getattr(getattr(member, "fset", None) or member, "__code__", None)
        for before, instruction in pairwise(dis.get_instructions(code) if code else ()):
            if instruction.opname == "STORE_ATTR" and before.argval == "self" and instruction.argval[0] != "_":
                yield instruction.argval


def test_an_enum_member_is_written_as_leans_python_writes_it():
    """`str()` and f-strings in upper snake case; `to_string()` and what LEAN itself writes in .NET's."""
    from leanib.engine.orders import OrderStatus
    from leanib.engine.symbols import DataNormalizationMode

    assert str(OrderStatus.PARTIALLY_FILLED) == f"{OrderStatus.PartiallyFilled}" == "PARTIALLY_FILLED"
    assert (str(DataNormalizationMode.RAW), f"{DataNormalizationMode.Raw}") == ("RAW", "RAW")
    assert OrderStatus.PARTIALLY_FILLED.to_string() == OrderStatus.PARTIALLY_FILLED.ToString() == "PartiallyFilled"


def test_csharps_parameter_names_are_taken_by_pascal_case_methods_and_constructors():
    """As LEAN's C# sources name them; snake_case ones too."""

    class Thing(LeanObject):
        def __init__(self, bar_count: int = 1) -> None:
            self.bars = bar_count

        def add_thing(self, fill_forward: bool = True, *, data_normalization_mode: int = 0) -> tuple[bool, int]:
            return fill_forward, data_normalization_mode

        @staticmethod
        def make_it(limit_price: float = 0) -> float:
            return limit_price

    Thing.__module__ = "leanib.test"
    assert Thing().AddThing(fillForward=False, dataNormalizationMode=3) == (False, 3)
    assert Thing().AddThing(False, data_normalization_mode=3) == (False, 3)
    assert Thing.MakeIt(limitPrice=2) == 2


def test_a_users_subclass_without_a_constructor_takes_leans_arguments_or_any():
    """What does not fit is dropped, as LEAN's Python does."""
    from leanib.engine.framework import MaximumDrawdownPercentPerSecurity
    from leanib.engine.orders.fees import FeeModel

    class Fee(FeeModel):
        pass

    class Risk(MaximumDrawdownPercentPerSecurity):
        pass

    assert isinstance(Fee(object()), FeeModel)
    assert MaximumDrawdownPercentPerSecurity(maximumDrawdownPercent=0.2) is not None
    assert Risk(0.07) is not None
    assert Risk(maximumDrawdownPercent=0.07) is not None


def test_constants_have_both_spellings():
    """`Universe.Unchanged` and the like."""
    from leanib.engine.market.universe import Universe

    assert Universe.Unchanged is Universe.UNCHANGED
