"""A call with arguments that no method takes says so by the method's name, and not by what broke inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leanib.engine.algorithm import QCAlgorithm
from leanib.engine.lean.imports import names
from leanib.engine.symbols import Resolution


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda a: a.sma("SPY"), "QCAlgorithm.sma() missing 1 required positional argument: 'period'"),
        (lambda a: a.AddEquity("SPY", foo=1), "QCAlgorithm.add_equity() got an unexpected keyword argument 'foo'"),
        (lambda a: a.order("SPY"), "QCAlgorithm.order() missing 1 required positional argument: 'quantity'"),
        (lambda a: a.set_cash(), "No method matches given arguments for SetCash: ()"),
        (lambda a: a.set_cash("EUR"), "No method matches given arguments for SetCash: (<class 'str'>)"),
        (lambda a: a.SetBenchmark(), "No method matches given arguments for SetBenchmark: ()"),
        (lambda a: a.consolidate("SPY"), "No method matches given arguments for Consolidate: (<class 'str'>)"),
        (lambda a: a.schedule.on(1), "No method matches given arguments for On: (<class 'int'>)"),
        (
            lambda a: a.trailing_stop_order("SPY", 1, trailing_amount=2),
            "No method matches given arguments for TrailingStopOrder: (<class 'str'>, <class 'int'>, <class 'int'>)",
        ),
    ],
)
def test_a_wrong_call_is_told_by_its_name(call: Callable[[QCAlgorithm], object], says: str) -> None:
    """As Python says it of a method with one form, as LEAN's bridge does of one with several."""
    with pytest.raises(TypeError) as caught:
        call(QCAlgorithm())
    assert str(caught.value).partition(". Argument")[0] == says


@pytest.mark.parametrize("name", ["resolution", "Resolution", "data_normalization_mode", "DataMappingMode"])
def test_a_text_is_no_setting_of_a_universe(name: str) -> None:
    """In both spellings, as LEAN's bridge refuses it; a member is taken."""
    names()
    settings = QCAlgorithm().universe_settings
    with pytest.raises(TypeError, match="'str' value cannot be converted to QuantConnect"):
        setattr(settings, name, "daily")
    settings.Resolution = Resolution.HOUR
    assert settings.resolution is Resolution.HOUR
