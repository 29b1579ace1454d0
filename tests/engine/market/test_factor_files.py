"""Factor files: scaling and the events between two rows."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from leanib.engine.market.factor_files import FactorFile
from leanib.engine.symbols import DataNormalizationMode
from leanib.errors import DataError

ROWS = "20130101,0.8,0.25,0\n20140605,0.9,0.25,100\n20140810,0.95,1,40\n20501231,1,1,0\n"


def _file(path: Path, text: str = ROWS) -> FactorFile:
    file = path / "xyz.csv"
    file.write_text(text)
    return FactorFile.read(file)


@pytest.mark.parametrize(
    ("mode", "factor"),
    [
        (DataNormalizationMode.ADJUSTED, "0.225"),
        (DataNormalizationMode.SPLIT_ADJUSTED, "0.25"),
        (DataNormalizationMode.TOTAL_RETURN, "0.25"),
    ],
)
def test_each_mode_has_its_factor(tmp_path: Path, mode: DataNormalizationMode, factor: str) -> None:
    """A row holds up to and including its day; adjusted prices have both factors, the others the splits' only."""
    factors = _file(tmp_path)
    assert factors.price_scale(datetime(2014, 6, 5, 10), mode) == Decimal(factor)
    assert factors.price_scale(datetime(2020, 1, 1), mode) == 1


def test_scaled_raw_is_relative_to_the_end(tmp_path: Path) -> None:
    """Prices are as they were on the end date."""
    mode, end = DataNormalizationMode.SCALED_RAW, datetime(2014, 8, 1)
    assert _file(tmp_path).price_scale(datetime(2014, 6, 5), mode, end) == Decimal("0.225") / Decimal("0.95")


def test_events_happen_on_the_day_after_a_row(tmp_path: Path) -> None:
    """A change of the price factor is a dividend, of the split factor a split; the row has the close before."""
    factors = _file(tmp_path)
    ratio, price = factors.dividend_on_next_trading_day(datetime(2014, 6, 5)) or (None, None)
    assert (ratio, price) == (Decimal("0.9") / Decimal("0.95"), 100)
    assert factors.split_on_next_trading_day(datetime(2014, 6, 5)) == (Decimal("0.25"), Decimal(100))
    assert factors.split_on_next_trading_day(datetime(2014, 6, 6)) is None
    assert factors.dividend_on_next_trading_day(datetime(2050, 12, 31)) is None


def test_rows_beyond_decimals_limit_the_data(tmp_path: Path) -> None:
    """Rows in exponent form cannot be used: data starts with the first row that can."""
    factors = _file(tmp_path, "20000101,1,1.6e+6,0\n" + ROWS)
    assert factors.factor_file_minimum_date == datetime(2012, 12, 31)


def test_a_malformed_line_is_named(tmp_path: Path) -> None:
    """The error names the file, the line and the remedy."""
    with pytest.raises(DataError, match=r"xyz\.csv, line 2: cannot read 'what'; write it like '20140606"):
        _file(tmp_path, "20130101,1,1,0\nwhat\n")
