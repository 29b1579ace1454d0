"""LEAN's base is C#: no method or attribute of a user's Python object changes what the engine does or says."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.engine.core.test_stretches import minutes  # noqa: F401 - a fixture

import leanib.engine.algorithm as package
from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.algorithm.engine_side import HANDLERS
from leanib.engine.core.engine import BacktestRun, Job, run_backtest
from leanib.engine.dotnet import checked_properties
from leanib.engine.framework import AlphaModel, EmaCrossAlphaModel, EqualWeightingPortfolioConstructionModel
from leanib.engine.framework.selection import ManualUniverseSelectionModel
from leanib.engine.market import Slice
from leanib.engine.naming import to_pascal
from leanib.engine.symbols import Market, Resolution, SecurityType, Symbol


class Plain(QCAlgorithm):
    """Asks LEAN's base for all it needs, so that what a subclass makes of the names touches only the engine."""

    def initialize(self) -> None:
        """A bit of everything that the engine does by itself."""
        lean = super()
        lean.set_start_date(2014, 6, 2)
        lean.set_end_date(2014, 6, 4)
        self.abc = lean.add_equity("ABC", Resolution.MINUTE).symbol
        lean.set_benchmark(self.abc)
        lean.set_warm_up(timedelta(minutes=30))
        self.average = lean.sma(self.abc, 5)
        self.trend = lean.macd(self.abc, 3, 6, 2)
        self.bars: list[Any] = []
        lean.consolidate(self.abc, timedelta(minutes=15), self.bars.append)
        every_day = lean.date_rules.every_day(self.abc)
        self.schedule.on(every_day, lean.time_rules.after_market_open(self.abc, 30), self.trade)
        lean.train(every_day, lean.time_rules.before_market_close(self.abc, 60), self.learn)
        self.heard: list[str] = []
        self.seen: list[Any] = []

    def trade(self) -> None:
        """In by all ways, with an order that is refused and one that the brokerage does not take."""
        lean = super()
        lean.liquidate()
        lean.set_holdings(self.abc, 0.25)
        lean.limit_order(self.abc, 10, 1.0)
        lean.stop_market_order(self.abc, -5, 1.0)
        lean.buy(self.abc, 3)
        lean.market_order("NOWHERE", 1)
        lean.market_order(self.abc, 10_000_000)
        lean.set_holdings(self.abc, 0)
        lean.plot("Mine", "price", self.securities[self.abc].price)
        self.seen.append(lean.history(self.abc, 5, Resolution.MINUTE).shape)

    def learn(self) -> None:
        """Says what LEAN's base says when it is asked for the future."""
        self.seen.append(len(list(super().history[Slice](timedelta(hours=1)))))

    def on_data(self, data: Slice) -> None:
        """Handlers are the user's."""
        self.heard.append("data")

    def on_order_event(self, order_event: Any) -> None:
        """Likewise."""
        self.heard.append(str(order_event.status))

    def on_warmup_finished(self) -> None:
        """Likewise."""
        self.heard.append("warm")

    def on_end_of_algorithm(self) -> None:
        """Likewise."""
        self.heard.append("end")
        super().log(f"{len(self.bars)} {self.average.current.value:.4f} {self.seen}")


class Watching(AlphaModel):
    """A user's model, which is given the user's object."""

    def update(self, algorithm: Any, data: Slice) -> list[Any]:
        """Notes whom it is given."""
        algorithm.given.add(type(algorithm).__name__)
        return []


class Framed(Plain):
    """The same with models."""

    def initialize(self) -> None:
        """LEAN's models and one of the user's."""
        super().initialize()
        lean = super(Plain, self)
        self.given: set[str] = set()
        symbols = [Symbol.create("ABC", SecurityType.EQUITY, Market.USA)]
        lean.set_universe_selection(ManualUniverseSelectionModel(symbols))
        lean.add_alpha(EmaCrossAlphaModel(2, 4, Resolution.MINUTE))
        lean.add_alpha(Watching())
        lean.set_portfolio_construction(EqualWeightingPortfolioConstructionModel())


def _names() -> list[str]:
    """The public methods and properties of the engine's, in both spellings, but for what LEAN calls on the user's."""
    handlers = HANDLERS | {to_pascal(name) for name in HANDLERS}
    parts = [kind for kind in QCAlgorithm.__mro__ if kind.__module__.startswith("leanib.engine.algorithm")]
    found = {name for kind in parts for name, member in vars(kind).items() if callable(member) or _is_property(member)}
    return sorted(name for name in found - handlers if name[0] != "_")


def _is_property(member: object) -> bool:
    """No plain attribute whose assignments are looked at once an algorithm has LEAN's names (`checked_properties`)."""
    return hasattr(member, "__get__") and type(member).__module__ != checked_properties.__name__


def _refuses(name: str) -> Any:
    def refuse(*_arguments: object, **_named: object) -> Any:
        raise AssertionError(f"the engine came to the user's {name}")

    return refuse


def _run(kind: type[QCAlgorithm], folder: Path) -> BacktestRun:
    run = run_backtest(kind, Job(folder, "it"))
    assert run.error is None
    return run


def _outcome(run: BacktestRun) -> tuple[Any, ...]:
    algorithm: Any = run.algorithm
    orders = [(str(each), each.status) for each in algorithm._qc_base.transactions.get_orders()]
    said = [line for line in run.results.log_store if "data points per second" not in line]
    return orders, said, algorithm.heard, str(algorithm.portfolio.total_portfolio_value)


@pytest.mark.parametrize("kind", [Plain, Framed])
def test_no_override_reaches_the_engine(kind: type[Plain], minutes: Any) -> None:  # noqa: F811
    """A class that overrides every public member but the handlers runs as one that overrides none."""
    hiding = type("Hiding", (kind,), {name: _refuses(name) for name in _names()})
    assert len(_names()) > 500
    plain = _outcome(_run(kind, minutes.folder))
    assert len(plain[0]) > 3
    assert any("NOWHERE" in line for line in plain[1])
    assert _outcome(_run(hiding, minutes.folder)) == plain


def test_no_attribute_reaches_the_engine(minutes: Any) -> None:  # noqa: F811
    """Nor does an attribute with the name of a method."""

    class Attributes(Plain):
        def initialize(self) -> None:
            super().initialize()
            vars(self).update({name: 5 for name in _names() if callable(getattr(QCAlgorithm, name, None))})

    assert _outcome(_run(Attributes, minutes.folder)) == _outcome(_run(Plain, minutes.folder))


def test_a_users_model_is_given_the_users_object(minutes: Any) -> None:  # noqa: F811
    """With all that its class has."""
    algorithm: Any = _run(Framed, minutes.folder).algorithm
    assert algorithm.given == {"Framed"}


def test_parts_call_public_members_on_the_engines_side() -> None:
    """`self.debug(...)` in a part of QCAlgorithm would come to a user's, `self._qc_base.debug(...)` does not."""
    parts = {kind.__name__ for kind in QCAlgorithm.__mro__ if kind.__module__.startswith("leanib.engine.algorithm")}
    public = set(_names())
    wrong = []
    for file in Path(package.__file__).parent.glob("*.py"):
        for part in ast.parse(file.read_text(encoding="utf-8")).body:
            if isinstance(part, ast.ClassDef) and part.name in parts:
                wrong += [
                    f"{file.name}:{node.lineno} self.{node.attr}"
                    for node in ast.walk(part)
                    if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load) and node.attr in public
                    if isinstance(node.value, ast.Name) and node.value.id == "self"
                ]
    assert not wrong


def test_the_engines_side_answers_for_the_users() -> None:
    """Whoever is handed it finds the user's own members too, and LEAN's in both spellings."""

    class Own(Plain):
        limit = 3

        def mine(self) -> int:
            return self.limit

        def debug(self, message: object) -> None:
            raise AssertionError

    algorithm = Own()
    side: Any = algorithm._qc_base
    assert side.mine() == 3
    assert isinstance(side, QCAlgorithm)
    side.note = 5
    assert algorithm.note == 5  # type: ignore[attr-defined]
    side.debug("one")
    side.Debug("two")
    assert [line.rpartition(" ")[2] for line in algorithm.debug_messages] == ["one", "two"]
    assert repr(side) == repr(algorithm)
    with pytest.raises(AttributeError, match="'Own' object has no attribute 'nothing'"):
        _ = side.nothing
