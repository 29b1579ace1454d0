"""Whose an error about a name is: the engine's, when LEAN has the name."""

import pytest

from leanib.parity.wild_worker import _is_known


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("AttributeError: type object 'BrokerageName' has no attribute 'INTERACTIVE_BROKERS_BROKERAGE'", True),
        ("AttributeError: type object 'BrokerageName' has no attribute 'InteractiveBrokersBrokerage'", True),
        ("AttributeError: type object 'BrokerageName' has no attribute 'INTERACTIVE_BROKERS'", False),
        ("AttributeError: 'Mine' object has no attribute 'set_holdings'", True),
        ("AttributeError: 'Mine' object has no attribute 'never_heard_of'", False),
        ("NameError: name 'Resolution' is not defined", True),
        ("NameError: name 'Nothing123' is not defined", False),
    ],
)
def test_a_member_that_lean_does_not_have_is_no_failure_of_the_engines(tmp_path, text, known):
    """Of an enum its own members count: another of LEAN's types may have the name."""
    file = tmp_path / "mine.py"
    file.write_text("from AlgorithmImports import *\n")
    assert _is_known(text, file) is known
