"""Attributes of an algorithm's own where LEAN allows them."""

from __future__ import annotations

from leanib.engine.lean.imports import names


def test_an_attribute_may_have_the_name_of_a_method() -> None:
    """It hides the method under that spelling only; Python.NET's methods are no properties."""
    algorithm = names()["QCAlgorithm"]()
    algorithm.history = [1, 2]
    assert algorithm.history == [1, 2]
    assert callable(algorithm.History)
    assert algorithm.History is not algorithm.history
    algorithm.rsi = 30
    assert callable(algorithm.RSI)


def test_a_symbol_takes_notes() -> None:
    """Python.NET gives every object of .NET's a dictionary."""
    symbol = names()["Symbol"].create("SPY", names()["SecurityType"].EQUITY, names()["Market"].USA)
    symbol.weight = 0.25
    assert symbol.weight == 0.25
