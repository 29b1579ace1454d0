"""The names of LEAN's parameters, walked in quantconnect-stubs: every overload's are taken."""

from __future__ import annotations

import ast
import inspect
import sys
from pathlib import Path

import pytest

from leanib.engine.algorithm import QCAlgorithm

#: what cannot be named yet, with the reason
LACKING = {
    "download": {"headers", "password", "user_name"},  # the embedded engine asks no network
    "emit_insights": {"insight"},  # one or several, by place
    "lsma": {"reference"},  # the stubs' slip: it belongs to an indicator of two securities
    "plot_indicator": {"first", "second", "third", "fourth", "wait_for_ready"},  # indicators, by place
    "set_benchmark": {"security_type"},  # the obsolete overload
    "set_date_time": {"frontier"},  # the engine's own
}


def _stubs() -> dict[str, set[str]]:
    for folder in map(Path, sys.path):
        file = folder / "QuantConnect" / "Algorithm" / "__init__.pyi"
        if file.is_file():
            break
    else:
        pytest.skip("quantconnect-stubs are not installed")
    tree = ast.parse(file.read_text(encoding="utf-8"))
    algorithm = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "QCAlgorithm")
    names: dict[str, set[str]] = {}
    for method in algorithm.body:
        if isinstance(method, ast.FunctionDef) and not method.name.startswith("_"):
            parameters = {argument.arg for argument in (*method.args.args, *method.args.kwonlyargs)} - {"self"}
            names.setdefault(method.name, set()).update(parameters)
    return names


def _taken(name: str) -> set[str] | None:
    """The names that a method of ours takes; None for any."""
    function = getattr(QCAlgorithm, name)
    parameters = inspect.signature(function).parameters
    if any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters.values()):
        return None
    return set(parameters) | set(getattr(function, "also_named", ()))


def test_every_parameter_of_leans_overloads_has_its_name():
    """What is lacking is listed here, and nothing else."""
    lacking = {}
    for name, parameters in _stubs().items():
        function = inspect.getattr_static(QCAlgorithm, name, None)
        if callable(function) and (taken := _taken(name)) is not None and (missing := parameters - taken):
            lacking[name] = missing
    assert lacking == LACKING


def test_named_arguments_of_overloads_arrive():
    """By the names of the overload that a user has in mind."""
    algorithm = QCAlgorithm()
    algorithm.Plot(chart="Mine", series="Price", value=5)
    assert [chart.name for chart in algorithm.get_chart_updates()] == ["Mine"]
    algorithm.set_brokerage_model(model=algorithm.brokerage_model)
    with pytest.raises(TypeError, match="no argument 'colour'"):
        algorithm.plot(series="x", value=1, colour=2)
