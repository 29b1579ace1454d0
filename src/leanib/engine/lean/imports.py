"""Every name LEAN's Python knows, and the modules that algorithm files import them from.

`from AlgorithmImports import *` takes its names from here: whatever the engine's packages list in `__all__`. A
finder on `sys.meta_path` serves the other spellings: `QuantConnect.*`, `System.*`, `clr`, and the framework modules
such as `Portfolio.EqualWeightingPortfolioConstructionModel`. None of these is installed as a package, because the
editor's stubs (quantconnect-stubs) own those names on disk; the stubs' run-time modules only work inside LEAN: they are
skipped.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from leanib.engine.algorithm.universe_definitions import UniverseDefinitions
from leanib.engine.core.subscription_manager import SubscriptionManager
from leanib.engine.core.transaction_manager import SecurityTransactionManager
from leanib.engine.core.unread_properties import tell_of_unread
from leanib.engine.dotnet.checked_calls import check_calls
from leanib.engine.naming.missing import Missing, lean_names

__all__ = ["LazyModule", "held_classes", "install", "names", "resolve"]

EXPORTING = (
    "leanib.engine.dotnet",
    "leanib.engine.timezones",
    "leanib.engine.symbols",
    "leanib.engine.market",
    "leanib.engine.market.universe",
    "leanib.engine.custom",
    "leanib.engine.securities",
    "leanib.engine.orders",
    "leanib.engine.orders.fees",
    "leanib.engine.orders.fills",
    "leanib.engine.orders.slippage",
    "leanib.engine.brokerages",
    "leanib.engine.consolidators",
    "leanib.engine.indicators",
    "leanib.engine.indicators.candlesticks",
    "leanib.engine.scheduling",
    "leanib.engine.universes",
    "leanib.engine.framework",
    "leanib.engine.algorithm",
    "leanib.engine.statistics",
    "leanib.engine.charting",
    "leanib.engine.charting.colors",
    "leanib.engine.securities.benchmarks",
    "leanib.engine.market.history_request",
    "leanib.engine.core.volatility_warm_up",
    "leanib.engine.communication.commands",
    "leanib.engine.communication.notifications",
    "leanib.engine.communication.signal_exports",
    "leanib.engine.lean.helpers",
    "leanib.engine.lean.extensions",
    "leanib.engine.securities.trading_calendar",
    "leanib.engine.research",
)
"""The packages whose public names algorithms see; a later one wins."""

DERIVATIVES = (
    *(
        f"leanib.engine.derivatives.{name}"
        for name in (
            *("chains", "chains.contracts", "filters", "future_options", "futures", "greeks", "life"),
            *("margin", "options", "positions", "pricing", "pricing.dividends", "pricing.indicator_model"),
            *("pricing.models", "pricing.quantlib_model", "strategies"),
        )
    ),
    *(f"leanib.engine.{name}" for name in ("securities.option", "securities.future", "universes.contracts")),
    "leanib.engine.orders.time_in_force",
)
"""Those of options, futures and orders' times in force: algorithms see their classes only."""

NEVER_ON_DISK = ("QuantConnect", "System", "clr", "Newtonsoft")
"""Top-level names that mean LEAN, whatever is installed under that name."""

FRAMEWORK = ("Alphas", "Execution", "Portfolio", "Risk", "Selection", "Orders")
"""Folders of Python files that LEAN puts on its path; a project's own package of that name comes first."""


@cache
def names() -> dict[str, Any]:
    """All public names, by name; those that only LEAN has are there to be refused when they are used."""
    found: dict[str, Any] = {name: Missing(name) for name in lean_names()}
    for package in EXPORTING:
        module = importlib.import_module(package)
        found.update((name, getattr(module, name)) for name in module.__all__)
    for package in DERIVATIVES:
        module = importlib.import_module(package)
        found.update((name, getattr(module, name)) for name in module.__all__ if name[0].isupper())
    found["QCAlgorithmFramework"] = found["QCAlgorithmFrameworkBridge"] = found["QCAlgorithm"]
    check_calls(found | _handed_out())
    tell_of_unread(found | _handed_out())
    return found


def _handed_out() -> dict[str, type]:
    """Classes whose objects algorithms call, and whose names LEAN's star import does not bring."""
    return {kind.__name__: kind for kind in (SecurityTransactionManager, SubscriptionManager, UniverseDefinitions)}


def held_classes() -> dict[str, Any]:
    """All classes whose methods are held to LEAN's overloads, by name."""
    return names() | _handed_out()


def resolve(name: str) -> Any:
    """The object of that name; raises AttributeError, which names it, when the embedded engine has none."""
    try:
        return names()[name]
    except KeyError:
        raise AttributeError(
            f"the embedded engine has no '{name}'; check the spelling, or run the algorithm with `lean backtest`"
        ) from None


class LazyModule(ModuleType):
    """Stands for a module that is imported when first used."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__dict__["_real"] = name

    def __getattr__(self, name: str) -> Any:
        if name in {"__file__", "__path__", "__spec__", "__wrapped__"}:
            raise AttributeError(name)
        module = importlib.import_module(self.__dict__["_real"])
        if module.__name__ == "pandas":
            from leanib.engine.market.frames import teach_pandas

            teach_pandas()
        self.__dict__.update(vars(module))
        return getattr(module, name)

    def __setattr__(self, name: str, value: object) -> None:
        if not name.startswith("__"):
            setattr(importlib.import_module(self.__dict__["_real"]), name, value)
        super().__setattr__(name, value)


class _Namespace(ModuleType):
    """A namespace of LEAN or .NET: answers to every public name, and to deeper namespaces."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            return sorted(names())
        if name.startswith("__"):
            raise AttributeError(name)
        if name in names() or not name[:1].isupper() or _top(self.__name__) in FRAMEWORK:
            return resolve(name)
        if _is_namespace(f"{self.__name__}.{name}"):
            return importlib.import_module(f"{self.__name__}.{name}")
        return Missing(name) if _top(self.__name__) == "QuantConnect" else resolve(name)


def _top(name: str) -> str:
    return name.partition(".")[0]


_PARTS = frozenset(
    """
    Algorithm Alphas Api Auxiliary Benchmarks Brokerages CandlestickPatterns Collections Commands Concurrent
    Configuration Consolidators Crypto CryptoFuture Custom Data DataFeeds DataSource Drawing Engine Equity Execution
    Fees Fills Forex Framework Fundamental Future Generic Globalization IO IconicTypes IndexOption Indicators
    Interfaces Intrinio Json Lean Linq Logging Market Notifications Option OptionExercise Orders Parameters Portfolio
    Positions Python Research Results Risk Scheduling Securities Selection Shortable SignalExports Slippage
    Statistics Storage Text Threading Tiingo TimeInForces UniverseSelection Util Volatility
    """.split()  # noqa: SIM905 a list of names reads best as text
)


def _is_namespace(name: str) -> bool:
    """Whether a dotted name under LEAN's or .NET's roots is a namespace rather than a type."""
    return all(part in _PARTS for part in name.split(".")[1:])


class _NamespaceLoader:
    """A loader by its two methods; `importlib.abc` would import a dozen modules for a base class without content."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _clr() if spec.name == "clr" else _Namespace(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        module.__path__ = []


def _clr() -> ModuleType:
    module = ModuleType("clr", "Python.NET's door to assemblies: here every assembly is already there.")

    def nothing_to_add(assembly: str) -> None:
        """Accepts what LEAN's scripts write; there is no assembly to load."""

    module.AddReference = module.add_reference = nothing_to_add  # type: ignore[attr-defined]
    module.AddReferenceByPartialName = nothing_to_add  # type: ignore[attr-defined]
    return module


class _Finder:
    """Serves the namespaces under the given roots whose dotted name passes the test."""

    def __init__(self, roots: Sequence[str], serves: Callable[[str], bool]) -> None:
        self._roots = frozenset(roots)
        self._serves = serves

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if _top(fullname) not in self._roots or not self._serves(fullname):
            return None
        return ModuleSpec(fullname, _NamespaceLoader(), is_package=True)  # type: ignore[arg-type]  # by its methods


def _is_framework_file(name: str) -> bool:
    """Whether a dotted name is a folder or a file of LEAN's Python framework rather than something inside a file."""
    return name.count(".") <= (2 if name.startswith("Orders.") else 1)


def install() -> None:
    """Put the finders on `sys.meta_path`, once: LEAN's own names first of all, the framework's folders last of all."""
    if any(isinstance(finder, _Finder) for finder in sys.meta_path):
        return
    for name in [name for name in sys.modules if _top(name) in NEVER_ON_DISK]:
        if not isinstance(sys.modules[name], _Namespace):
            del sys.modules[name]
    sys.meta_path.insert(0, _Finder(NEVER_ON_DISK, _is_namespace))
    sys.meta_path.append(_Finder(FRAMEWORK, _is_framework_file))
