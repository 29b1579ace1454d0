"""Whose an error about a name is: the engine's, when LEAN has the name."""

import pytest

from leanib.parity.wild_worker import _is_leans_answer


@pytest.mark.parametrize(
    ("text", "leans"),
    [
        ("AttributeError: type object 'BrokerageName' has no attribute 'INTERACTIVE_BROKERS_BROKERAGE'", False),
        ("AttributeError: type object 'BrokerageName' has no attribute 'InteractiveBrokersBrokerage'", False),
        ("AttributeError: type object 'BrokerageName' has no attribute 'INTERACTIVE_BROKERS'", True),
        ("AttributeError: type object 'Market' has no attribute 'INTERACTIVE_BROKERS'", False),
        ("AttributeError: 'Mine' object has no attribute 'never_heard_of'", True),
        ("AttributeError: 'Symbol' object has no attribute 'value'", False),
    ],
)
def test_a_member_that_lean_does_not_have_is_no_failure_of_the_engines(tmp_path, text, leans):
    """Of an enum its own members count: another of LEAN's types may have the name."""
    file = tmp_path / "mine.py"
    file.write_text("from AlgorithmImports import *\nclass Mine(QCAlgorithm):\n    pass\n")
    assert _is_leans_answer(AttributeError(text), text, file) is leans
