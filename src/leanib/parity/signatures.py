"""What LEAN's overloads take, from quantconnect-stubs: the table that calls of algorithms are held to.

The stubs are made of LEAN's C# sources, with what .NET converts without being asked (a ticker for a Symbol). The
table, `leanib/engine/dotnet/lean_signatures.txt`, has the constructors of the classes that the engine has, and the
methods of those that algorithms call (`DOORS`); its lines are explained in `leanib/engine/dotnet/signatures.py`.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from leanib.engine.lean.imports import held_classes
from leanib.engine.naming import to_snake
from leanib.parity.names import attributes_of

__all__ = ["DOORS", "lacking_setters", "signatures_of_stubs", "signatures_table"]

DOORS = frozenset(
    """
    AlgorithmSettings BrokerageModel CashBook Chart ContinuousContractUniverse DateRules Future FutureFilterUniverse
    IndicatorExtensions Insight InsightManager NotificationManager ObjectStore Option OptionFilterUniverse
    OptionStrategies OrderTicket PortfolioTarget QCAlgorithm ScheduleManager Security SecurityManager
    SecurityPortfolioManager SecurityTransactionManager Series SignalExportManager SubscriptionManager Symbol TimeRules
    TradingCalendar UniverseDefinitions UniverseManager
    """.split()  # noqa: SIM905 a list of names reads best as text
)
"""The classes whose methods algorithms call; those of others are called by the engine too, in every time step."""

_ENGINES = frozenset(
    """
    add_order add_transaction_record compare_to contains_key convert_to_account_currency equals get get_chart_updates
    get_hash_code get_projected_holdings has_sufficient_buying_power_for_order
    is_subscription_valid_for_consolidator process_fills process_request scan_past_consolidators set_current_slice
    set_data_manager set_date_time set_order_id set_order_processor shortable step submit_order_request to_string
    try_get_value
    """.split()  # noqa: SIM905 a list of names reads best as text
)
"""Methods of theirs that the engine calls for each order or time step, or that take anything in .NET."""

_VALUES = frozenset(
    """
    AlgorithmPerformance BaseContract CashAmount ChartPoint ConvertibleCashAmount FuturesContract Greeks
    InitialMargin MaintenanceMargin MapFileRow PositionGroup Prices SecurityIdentifier SecurityTransactionManager
    SubscriptionManager Symbol UniverseDefinitions
    """.split()  # noqa: SIM905 a list of names reads best as text
)
_VALUES_END = ("EventArgs", "Parameters", "Request", "Result")
"""The classes whose objects the engine makes, for each order, sample or contract or once: no need to look at them."""

_SIMPLE = {"datetime.datetime": "datetime", "datetime.date": "datetime", "datetime.timedelta": "timedelta"}
_LISTS = frozenset({"List", "Dictionary", "HashSet", "SortedDictionary", "IEnumerable", "IReadOnlyList", "Iterable"})
_ANYTHING = frozenset(
    ("command", "data", "greeks", "implied_volatility", "items", "message", "obj", "python_data", "result", "value")
)
_THINGS = frozenset(("args", "headers", "symbol", "symbols", "tickers_by_date"))
_OBSOLETE = {
    "Chart.__init__": ("name:str type=ChartType",),
    "CryptoFutureMarginModel.__init__": ("leverage:float maintenance_margin_rate=float maintenance_amount=float",),
    "FundamentalUniverseSelectionModel.__init__": ("filter_fine_data=bool|? universe_settings=UniverseSettings",),
    "QCAlgorithm.order": (
        "symbol:Symbol* quantity:float type:OrderType",
        "symbol:Symbol* quantity:int type:OrderType asynchronous=bool tag=str order_properties=IOrderProperties",
    ),
}
"""Overloads that LEAN marks as obsolete and has nevertheless, which the stubs leave out."""

_ACCESSOR = ("property", "setter", "getter")


def signatures_of_stubs() -> dict[str, list[str]]:
    """By `Class.method` (`__init__` for the constructor) the parameters of each overload; empty without the stubs."""
    known = held_classes().items()
    ours = {name for name, value in known if isinstance(value, type) and value.__module__.startswith("leanib.")}
    found: dict[str, list[str]] = {}
    for folder in map(Path, sys.path):
        for stub in sorted((folder / "QuantConnect").rglob("*.pyi")):
            for node in ast.parse(stub.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef):
                    _read_class(node, ours, found)
        if found:
            for name, overloads in _OBSOLETE.items():
                found[name] += overloads
            break
    return found


def signatures_table(signatures: dict[str, list[str]]) -> str:
    """The table's text: a method a line, of those that take something."""
    return "".join(
        f"{name}: {';'.join(overloads)}\n" for name, overloads in sorted(signatures.items()) if any(overloads)
    )


def _read_class(node: ast.ClassDef, ours: set[str], found: dict[str, list[str]]) -> None:
    generics = {name for name in _words(node) if "_" in name}
    if node.name in ours:
        _read_setters(node, generics, found)
    for part in node.body:
        if not isinstance(part, ast.FunctionDef) or _is_accessor(part):
            continue
        name = _method(node.name, part.name)
        if name is None or name.partition(".")[0] not in ours:
            continue
        line = " ".join(_parameters(part, generics))
        overloads = found.setdefault(name, [])
        if line not in overloads:
            overloads.append(line)


def _read_setters(node: ast.ClassDef, generics: set[str], found: dict[str, list[str]]) -> None:
    """What may be assigned to the properties that our class has too."""
    own: set[str] | None = None
    for part in node.body:
        if not isinstance(part, ast.FunctionDef) or not any(map(_is_setter, part.decorator_list)):
            continue
        cls = held_classes()[node.name]
        own = (attributes_of(cls) | {name for kind in cls.__mro__ for name in vars(kind)}) if own is None else own
        if part.name in own and part.name[0] != "_" and part.name not in _lacking(node, cls):
            found[f"{node.name}.{part.name}="] = [_type(part.args.args[1].annotation, generics)]


def lacking_setters() -> dict[str, list[str]]:
    """By class, the properties that may be set in LEAN and that our class of that name lacks."""
    found: dict[str, list[str]] = {}
    classes = held_classes()
    for folder in map(Path, sys.path):
        for stub in sorted((folder / "QuantConnect").rglob("*.pyi")):
            for node in ast.parse(stub.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.ClassDef) and (lacking := _lacking(node, classes.get(node.name))):
                    found.setdefault(node.name, []).extend(lacking)
        if found:
            break
    return found


def _lacking(node: ast.ClassDef, kind: object) -> list[str]:
    if not isinstance(kind, type) or not kind.__module__.startswith("leanib."):
        return []
    unread = {name for name, member in vars(kind).items() if type(member).__name__ == "_UnreadProperty"}
    own = (attributes_of(kind) | {name for part in kind.__mro__ for name in vars(part)}) - unread
    setters = [part.name for part in node.body if isinstance(part, ast.FunctionDef) and _sets(part)]
    return [name for name in setters if name not in own and name[0] != "_"]


def _sets(part: ast.FunctionDef) -> bool:
    return any(map(_is_setter, part.decorator_list))


def _is_setter(decorator: ast.expr) -> bool:
    return isinstance(decorator, ast.Attribute) and decorator.attr == "setter"


def _words(node: ast.ClassDef) -> Iterator[str]:
    for base in node.bases:
        yield from (name.id for name in ast.walk(base) if isinstance(name, ast.Name))


def _method(owner: str, name: str) -> str | None:
    """`Class.method`, for what is checked; LEAN's methods by type are classes of the stubs."""
    if owner.startswith("_QCAlgorithm_") and name == "__call__":
        return "QCAlgorithm." + to_snake(owner.removeprefix("_QCAlgorithm_"))
    if name == "__init__":
        return None if owner in _VALUES or owner.endswith(_VALUES_END) else f"{owner}.{name}"
    is_users = owner in DOORS and name not in _ENGINES and not name.startswith(("_", "on_"))
    return f"{owner}.{name}" if is_users and (owner, name) != ("Security", "update") else None


def _is_accessor(part: ast.FunctionDef) -> bool:
    return any(ast.unparse(one).rpartition(".")[2] in _ACCESSOR for one in part.decorator_list)


def _parameters(part: ast.FunctionDef, generics: set[str]) -> Iterator[str]:
    arguments = part.args
    places = [one for one in (*arguments.posonlyargs, *arguments.args) if one.arg not in ("self", "cls")]
    defaults = [False] * (len(places) - len(arguments.defaults)) + [True] * len(arguments.defaults)
    for one, has_default in zip(places, defaults[-len(places) :] if places else [], strict=True):
        yield f"{one.arg}{'=' if has_default else ':'}{_of_python(one.arg, _type(one.annotation, generics))}"
    if arguments.vararg is not None:
        name = arguments.vararg.arg
        yield f"*{name}:{_of_python(name, _type(arguments.vararg.annotation, generics))}"


def _type(note: ast.expr | None, generics: set[str]) -> str:
    """The type as the table writes it: alternatives with `|`, `?` for None where .NET's type has no null."""
    text = "" if note is None else ast.unparse(note)
    kinds = list(dict.fromkeys(_kinds(text if note is not None else "typing.Any", note, generics)))
    if "any" in kinds:
        return "any"
    if {"Symbol", "str", "Security"} <= set(kinds):
        kinds = ["Symbol*", *(kind for kind in kinds if kind not in ("Symbol", "str", "BaseContract", "Security"))]
    return "|".join(kinds)


def _of_python(name: str, kinds: str) -> str:
    """What LEAN's methods take that have any object of Python's: a model or function, unless its name says more."""
    if kinds != "any" or name in _ANYTHING:
        return kinds
    return "things" if name in _THINGS else "object"


def _kinds(text: str, note: ast.expr | None, generics: set[str]) -> Iterable[str]:
    if text in _SIMPLE:
        return [_SIMPLE[text]]
    if isinstance(note, ast.Subscript):
        outer = ast.unparse(note.value).rpartition(".")[2]
        inner = note.slice.elts if isinstance(note.slice, ast.Tuple) else [note.slice]
        if outer in ("Union", "Optional"):
            parts = [kind for each in inner for kind in _kinds(ast.unparse(each), each, generics)]
            return [*parts, "?"] if outer == "Optional" else parts
        return ["list" if outer in _LISTS else {"Callable": "callable", "Type": "type"}.get(outer, outer)]
    last = text.rpartition(".")[2].strip("'")
    if last in ("Any", "object", "PyObject", "dynamic") or last in generics or "_" in last:
        return ["any"]
    return [{"Type": "type", "Callable": "callable", "Iterable": "list", "None": "?"}.get(last, last)]
