"""Whatever an algorithm calls is held to LEAN's overloads: each parameter of each, walked in the table of them."""

from __future__ import annotations

import inspect
from datetime import datetime, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from leanib.engine.dotnet.exceptions import NoMethodMatches
from leanib.engine.dotnet.signatures import Parameter, lean_signatures, overloads_of
from leanib.engine.lean.imports import held_classes, names
from leanib.engine.naming import Alias, MethodObject, to_pascal
from leanib.parity.signatures import signatures_of_stubs, signatures_table

SAMPLES: dict[str, Any] = {
    "str": "x",
    "Symbol": "x",
    "Symbol*": "x",
    "int": 1,
    "float": 1.5,
    "bool": True,
    "datetime": datetime(2020, 1, 2),
    "timedelta": timedelta(1),
    "list": [],
    "Sequence": [],
    "Dict": {},
    "callable": len,
    "type": int,
    "any": "x",
}
WRONG = 1j
"""Python's plain values are for plain types; a complex number is for none."""

NOT_HELD = {
    "CalendarInfo.__init__": "a tuple with names: Python makes it",
    "DrawdownMetrics.__init__": "a tuple with names: Python makes it",
    "MarketHoursSegment.__init__": "a tuple with names: Python makes it",
    "OptionPosition.__init__": "a tuple with names: Python makes it",
    "SecurityDatabaseKey.__init__": "a tuple with names: Python makes it",
    "RegressionTestException.__init__": "an exception of Python's: takes any message",
}
TAKE_ANYTHING = {
    "CircularQueue.__init__ items": "a queue of whatever",
    "IndicatorExtensions.weighted_by value": "an overload of its own takes any object of Python's, and refuses itself",
    "QCAlgorithm.debug message": "everything has a text",
    "QCAlgorithm.error error": "everything has a text",
    "QCAlgorithm.error message": "everything has a text",
    "QCAlgorithm.log message": "everything has a text",
    "QCAlgorithm.quit message": "everything has a text",
}


def held() -> dict[str, Any]:
    """The methods of the table that our classes have, by `Class.method`."""
    found = {}
    for name in lean_signatures():
        owner, _, method = name.partition(".")
        if method.endswith("="):
            continue
        cls = names()[owner]
        if (member := inspect.getattr_static(cls, method, None)) is None:
            continue
        if isinstance(member, MethodObject):
            member = vars(member.fget.__globals__[member.fget.__annotations__["return"]])["__call__"]
        found[name] = member
    return found


@pytest.mark.slow
def test_the_table_is_what_the_stubs_say() -> None:
    """`signatures_table(signatures_of_stubs())` makes the file anew."""
    signatures = signatures_of_stubs()
    if not signatures:
        pytest.skip("quantconnect-stubs are not installed")
    table = lean_signatures()
    lines = signatures_table(signatures).splitlines()
    assert [line for line in lines if table.get(line.partition(": ")[0]) != line.partition(": ")[2]] == []


def test_every_method_that_lean_has_a_signature_of_is_held_to_it() -> None:
    """But constructors of what every time step makes, and those that are listed with their reason."""
    loose = set()
    for name, member in held().items():
        cls = held_classes()[name.partition(".")[0]]
        made_often = name.endswith("__init__") and getattr(cls, "is_made_often", False)
        if not made_often and not hasattr(getattr(member, "__func__", member), "held"):
            loose.add(name)
    assert loose == set(NOT_HELD)


def _cases() -> list[tuple[str, int, int]]:
    return [
        (name, number, place)
        for name, text in sorted(lean_signatures().items())
        if not name.endswith("=")
        for number, overload in enumerate(overloads_of(text))
        for place, parameter in enumerate(overload)
        if "any" not in parameter.kinds
    ]


def test_a_value_of_a_wrong_type_is_refused_for_every_parameter_of_every_overload() -> None:
    """The error says the method, what was given, and in which line of the algorithm; nothing was done before it."""
    methods = {name: member for name, member in held().items() if hasattr(getattr(member, "__func__", member), "held")}
    code = compile("call(*arguments)", "main.py", "exec")
    taken, count = set(), 0
    for name, number, place in _cases():
        if name not in methods:
            continue
        overload = overloads_of(lean_signatures()[name])[number]
        arguments = [_sample(parameter) for parameter in overload]
        arguments[place] = WRONG
        member = methods[name]
        if not isinstance(member, staticmethod):
            arguments.insert(0, _owner(name, member))
        count += 1
        try:
            exec(code, {"call": getattr(member, "__func__", member), "arguments": arguments})
        except Exception as error:
            if isinstance(error, NoMethodMatches) and "got complex" in str(error) and "main.py" in _files(error):
                continue
        taken.add(f"{name} {overload[place].name}")
    assert count > 3000
    assert taken == set(TAKE_ANYTHING)


def _owner(name: str, member: Any) -> Any:
    cls = held_classes()[name.partition(".")[0]]
    return cls if isinstance(member, classmethod) else object.__new__(object)


def _files(error: BaseException) -> list[str]:
    trace, found = error.__traceback__, []
    while trace is not None:
        found.append(Path(trace.tb_frame.f_code.co_filename).name)
        trace = trace.tb_next
    return found


def _sample(parameter: Parameter) -> Any:
    kind = parameter.kinds[0]
    if kind in SAMPLES:
        return SAMPLES[kind]
    known = names().get(kind)
    if isinstance(known, type) and issubclass(known, Enum):
        return next(iter(known))
    return object()


def _settable(owner: str, member: str) -> Any:
    """An object that has never been constructed; None where Python makes it whole."""
    try:
        return object.__new__(names()[owner])
    except TypeError:
        return None


def test_every_property_that_lean_lets_set_is_set_in_both_spellings() -> None:
    """`self.Settings.FreePortfolioValue = 5` is no attribute of its own that nobody reads."""
    lost = []
    for name in lean_signatures():
        owner, _, member = name.removesuffix("=").partition(".")
        thing = _settable(owner, member) if name.endswith("=") else None
        if thing is None:
            continue
        pascal = inspect.getattr_static(names()[owner], to_pascal(member), None)
        if isinstance(pascal, Alias):
            continue  # sets what the other spelling sets
        if pascal is None or pascal is not inspect.getattr_static(names()[owner], member, None):
            lost.append(name)
    assert lost == []


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a.settings.free_portfolio_value_percentage = 'x'", "'str' value cannot be converted to System.Decimal"),
        ("a.Settings.RebalancePortfolioOnInsightChanges = 1", "'int' value cannot be converted to System.Boolean"),
        ("a.Settings.StalePriceTimeSpan = 5", "'int' value cannot be converted to System.TimeSpan"),
        ("a.universe_settings.resolution = 'daily'", "'str' value cannot be converted to QuantConnect.Resolution"),
        ("a.UniverseSettings.Leverage = 'two'", "'str' value cannot be converted to System.Decimal"),
        (
            "a.UniverseSettings.DataNormalizationMode = 'raw'",
            "converted to QuantConnect.DataNormalizationMode",
        ),
        ("a.alpha = 0.5", "'float' value cannot be converted to QuantConnect.Algorithm.Framework.Alphas.IAlphaModel"),
        ("a.Execution = 'now'", "'str' value cannot be converted to QuantConnect.Algorithm.Framework.Execution.IExec"),
        ("a.DefaultOrderProperties = 5", "'int' value cannot be converted to QuantConnect.Interfaces.IOrderProperties"),
        ("UpdateOrderFields().LimitPrice = 'x'", "'str' value cannot be converted to System.Decimal"),
        ("OrderProperties().TimeInForce = 5", "'int' value cannot be converted to QuantConnect.Orders.TimeInForce"),
        ("InteractiveBrokersOrderProperties().OutsideRegularTradingHours = 'no'", "converted to System.Boolean"),
    ],
)
def test_a_property_takes_what_leans_takes(line: str, says: str) -> None:
    """In the line that sets it."""
    with pytest.raises(TypeError, match=says) as caught:
        exec(compile(line, "main.py", "exec"), {**names(), "a": names()["QCAlgorithm"]()})
    assert "main.py" in _files(caught.value)


def test_settings_in_pascal_case_are_settings() -> None:
    """They were attributes of their own, and nobody read them."""
    algorithm = names()["QCAlgorithm"]()
    algorithm.Settings.FreePortfolioValuePercentage = 0.05
    algorithm.Settings.RebalancePortfolioOnInsightChanges = False
    algorithm.DefaultOrderProperties = properties = names()["InteractiveBrokersOrderProperties"]()
    assert algorithm.settings.free_portfolio_value_percentage == 0.05
    assert algorithm.settings.rebalance_portfolio_on_insight_changes is False
    assert algorithm.default_order_properties is properties


def test_what_a_property_is_before_it_is_set_stays() -> None:
    """Members that a class has a value for have it, on the object, on a copy and under both names."""
    properties = names()["InteractiveBrokersOrderProperties"]()
    for one in (properties, properties.clone()):
        assert (one.account, one.FaPercentage, one.outside_regular_trading_hours) == (None, 0, False)
    properties.OutsideRegularTradingHours = True
    assert properties.clone().outside_regular_trading_hours is True


@pytest.mark.parametrize(
    "call",
    [
        "FundamentalUniverseSelectionModel(True, None)",
        "FundamentalUniverseSelectionModel(filter_fine_data=False)",
        "Chart('Prices', ChartType.OVERLAY)",
        "CryptoFutureMarginModel(10, 0.05)",
    ],
)
def test_an_overload_that_is_obsolete_in_lean_is_taken(call: str) -> None:
    """LEAN has it still, and the algorithms of its courses call it, although the stubs leave it out."""
    exec(compile(call, "main.py", "exec"), dict(names()))


def test_properties_that_nobody_set_have_their_defaults() -> None:
    """As the class says: orders at Interactive Brokers name no account unless they are told one."""
    kind = names()["InteractiveBrokersOrderProperties"]
    properties = kind()
    assert properties.account is None
    assert properties.FaPercentage == 0
    properties.account = "U1"
    assert (properties.Account, kind().account) == ("U1", None)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        ("a.transactions.cancel_order('one')", r"argument 1 \('order_id'\) expected int, got str"),
        ("a.Transactions.CancelOrder('one')", r"argument 1 \('order_id'\) expected int, got str"),
        ("a.transactions.get_order_by_id('1')", r"argument 1 \('order_id'\) expected int, got str"),
        ("a.transactions.get_order_ticket(1.5)", r"argument 1 \('order_id'\) expected int, got float"),
        ("a.transactions.cancel_open_orders(3)", r"argument 1 \('symbol'\) expected Symbol, got int"),
        ("a.subscription_manager.remove_consolidator(5.5, None)", "expected Symbol, got float"),
        ("a.universe.etf(5)", "expected str"),
        ("a.universe.top('100')", r"argument 1 \('count'\) expected int, got str"),
    ],
)
def test_objects_whose_class_has_no_name_for_algorithms_are_held_too(call: str, says: str) -> None:
    """LEAN's star import brings no SecurityTransactionManager; its methods are called by algorithms all the same."""
    with pytest.raises(TypeError, match=says) as caught:
        exec(compile(call, "main.py", "exec"), {**names(), "a": names()["QCAlgorithm"]()})
    assert "main.py" in _files(caught.value)
