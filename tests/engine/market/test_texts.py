"""The texts of data that users log."""

import pytest

from leanib.engine.market.base_data import BaseData
from leanib.engine.symbols import Symbol


@pytest.mark.parametrize(("value", "text"), [(0, "¤0.00"), (1234.565, "¤1,234.57"), (-5, "(¤5.00)"), (-0.001, "¤0.00")])
def test_custom_data_is_written_as_an_amount_without_a_country(value, text):
    """.NET's format `C` in the invariant culture."""
    data = BaseData()
    data.symbol, data.value = Symbol.EMPTY, value
    assert str(data).split(": ")[-1] == text
