"""What `log`, `debug` and `error` make of the objects that an algorithm hands them."""

from datetime import datetime

import pandas as pd
import pytest

from leanib.engine.algorithm.messages import Messages
from leanib.engine.orders.enums import OrderStatus


class Talker(Messages):
    """Only the part of an algorithm that talks."""

    def __init__(self):
        self._qc_base = self
        self._qc_init_messages()
        self.time = datetime(2013, 10, 7, 9, 31)


@pytest.mark.parametrize(
    ("message", "line"),
    [
        ("a line", "a line"),
        (5, "5"),
        (5.0, "5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (OrderStatus.PARTIALLY_FILLED, "\nPartiallyFilled"),
        (pd.DataFrame({"close": [1.5]}), "\n   close\n0    1.5"),
        ([1, "a"], "[1, 'a']"),
    ],
)
def test_an_object_is_written_as_leans_bridge_writes_it(message, line):
    """Numbers as .NET writes them; what has `to_string()` on a line of its own."""
    talker = Talker()
    talker.log(message)
    assert list(talker.log_messages) == [f"2013-10-07 09:31:00 {line}"]
