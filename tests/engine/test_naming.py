"""Both ways of writing a name: snake_case and PascalCase."""

import gc
from datetime import date
from pathlib import Path

import pytest

from leanib.engine.naming import LeanNames, LeanObject, to_pascal
from leanib.engine.run.algorithm_file import load_algorithm
from leanib.engine.run.engine import Job, run_backtest

ROOT = Path(__file__).parents[2]


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


@pytest.mark.parametrize("strategy", ["framework_trend", "forex_trend"])
def test_no_attribute_of_a_run_lacks_its_other_name(strategy: str):
    """Where a slow look-up is too dear, the class names all its attributes: checked on the objects of a run."""
    job = Job(ROOT / "data", strategy, start=date(2012, 6, 1), end=date(2012, 7, 31))
    run = run_backtest(load_algorithm(ROOT / "algorithms" / strategy / "main.py"), job)
    assert run.error is None
    things = [thing for thing in gc.get_objects() if isinstance(thing, LeanNames) and not isinstance(thing, Named)]
    assert len({type(thing) for thing in things}) > 20
    quick = [thing for thing in things if not hasattr(type(thing), "__getattr__") and hasattr(thing, "__dict__")]
    attributes = {(type(thing), name) for thing in quick for name in vars(thing) if name[0].islower()}
    assert not [(kind, name) for kind, name in attributes if not _names(kind, to_pascal(name))]


def _names(kind: type, name: str) -> bool:
    return any(name in vars(base) for base in kind.__mro__)
