"""The algorithm answers to every name that the editor's stubs offer."""

from __future__ import annotations

import ast
import importlib.metadata
from pathlib import Path

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.algorithm.only_in_lean import MissingMember
from leanib.engine.symbols import Globals
from leanib.errors import NotSupportedError


def offered() -> list[str]:
    """The public members of QCAlgorithm in quantconnect-stubs."""
    files = importlib.metadata.files("quantconnect-stubs") or []
    stub = Path(next(file for file in files if file.match("QuantConnect/Algorithm/__init__.pyi")).locate())
    classes = [node for node in ast.parse(stub.read_text(encoding="utf-8")).body if isinstance(node, ast.ClassDef)]
    body = next(node for node in classes if node.name == "QCAlgorithm").body
    names = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    return sorted(name for name in names if name[0] != "_" and not name.isupper())


def test_every_offered_name_works_or_is_refused():
    """No AttributeError without a remedy: what is missing says so, and what to do."""
    Globals.reset(Path(__file__).parents[3] / "data")
    algorithm = QCAlgorithm()
    unknown = []
    for name in offered():
        try:
            getattr(algorithm, name)
        except NotSupportedError:
            continue
        except AttributeError:
            unknown.append(name)
    assert unknown == []


def test_a_refusal_is_an_attribute_error_too():
    """`hasattr` and `getattr` with a default keep working."""
    algorithm = QCAlgorithm.__new__(QCAlgorithm)
    assert not hasattr(algorithm, "set_api")
    with pytest.raises(MissingMember, match="the embedded engine has no SetApi; run this algorithm with"):
        _ = algorithm.SetApi
    with pytest.raises(AttributeError, match="has no attribute 'no_such_thing'"):
        _ = algorithm.no_such_thing


def test_no_private_name_of_the_engine_is_one_that_a_user_may_take():
    """Users call their own things `_daily` or `_charts`; in LEAN nothing private of the engine's is in their way."""
    algorithm = QCAlgorithm()
    own = {name for kind in QCAlgorithm.__mro__ if kind.__module__.startswith("leanib") for name in vars(kind)}
    private = {name for name in own | set(vars(algorithm)) if name[0] == "_" and not name.startswith("__")}
    assert {name for name in private if not name.startswith("_qc_")} == set()
