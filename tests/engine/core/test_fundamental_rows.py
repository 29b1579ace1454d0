"""The files of fundamental data: whole columns at once say what line by line would."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from leanib.engine.symbols import Globals, SecurityIdentifier
from leanib.engine.universes.fundamental_data import Fundamental, FundamentalService, read_fundamentals

DAY = datetime(2014, 3, 24)
AAPL, SPY = "AAPL R735QTJ8XC9X", "SPY R735QTJ8XC9X"
FULL = (f"{AAPL},AAPL,55.26,1983802,109624898,True,0.6694742,0.5", f"{SPY},SPY,12.01,28620078,343727136,False,1,1")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path):
    """Where the day's file goes."""
    Globals.reset(tmp_path)
    (tmp_path / "equity/usa/fundamental/coarse").mkdir(parents=True)
    return tmp_path


def write(folder: Path, *lines: str) -> None:
    """The day's file."""
    text = "\n".join(lines) + "\n"
    (folder / "equity/usa/fundamental/coarse/20140324.csv").write_text(text, encoding="utf-8")


def told(point: Fundamental):
    """All that a line says."""
    names = ("time", "value", "price", "volume", "dollar_volume", "has_fundamental_data")
    names += ("price_factor", "split_factor")
    return str(point.symbol.id), *(getattr(point, name) for name in names)


def test_lines_of_one_width(folder):
    """Each number comes from its own column, and a day is known at its end."""
    write(folder, *FULL)
    apple, spy = read_fundamentals(DAY)
    assert told(apple) == (AAPL, DAY, 55.26, 55.26, 1983802, 109624898.0, True, 0.6694742, 0.5)
    assert told(spy) == (SPY, DAY, 12.01, 12.01, 28620078, 343727136.0, False, 1.0, 1.0)
    assert apple.end_time == datetime(2014, 3, 25)
    assert apple.adjusted_price == pytest.approx(55.26 * 0.6694742 * 0.5)


@pytest.mark.parametrize("fields", [5, 6, 7, 8, 9])
def test_narrow_and_wide_files(folder, fields):
    """What a file lacks is nothing but price and volume, and factors of one; what it has on top is left alone."""
    write(folder, *(",".join([*line.split(","), "more"][:fields]) for line in FULL))
    apple, _ = read_fundamentals(DAY)
    factors = (0.6694742, 0.5) if fields > 7 else (1.0, 1.0)
    assert told(apple)[2:] == (55.26, 55.26, 1983802, 109624898.0, fields > 5, *factors)


def test_lines_of_several_widths(folder):
    """As each says; one without a dollar volume says nothing."""
    write(folder, FULL[0], f"{SPY},SPY,12.01,28620078,343727136", "IBM R735QTJ8XC9X,IBM,1,2")
    apple, spy = read_fundamentals(DAY)
    assert (apple.has_fundamental_data, spy.has_fundamental_data) == (True, False)
    assert (apple.split_factor, spy.split_factor) == (0.5, 1.0)


def test_no_file_and_an_empty_one(folder):
    """No securities."""
    assert list(read_fundamentals(DAY)) == []
    write(folder)
    assert list(read_fundamentals(DAY)) == []


def test_one_security_is_that_of_the_whole_file(folder):
    """`Fundamental(day, symbol)` says what the file's point does, and nothing of whom the file does not have."""
    write(folder, *FULL)
    points = read_fundamentals(DAY)
    assert [told(Fundamental(DAY, point.symbol)) for point in points] == [told(point) for point in points]
    write(folder, FULL[0])
    Globals.reset(folder)
    assert told(Fundamental(DAY, points[1].symbol)) == (SPY, DAY, 0.0, 0.0, 0, 0.0, False, 1.0, 1.0)


class Knowing:
    """Knows of SPY only."""

    def has_fundamental_data(self, time: datetime, identifier: SecurityIdentifier) -> bool:
        return identifier.symbol == "SPY"

    def get(self, time: datetime, identifier: SecurityIdentifier, path: str):
        return 7.0


def test_a_provider_is_asked_instead_of_the_file(folder):
    """For points of the file, single ones and those that the file does not have."""
    FundamentalService.set_provider(Knowing())
    write(folder, *FULL)
    points = [*read_fundamentals(DAY)]
    points += [Fundamental(DAY, point.symbol) for point in points]
    assert [point.has_fundamental_data for point in points] == [False, True, False, True]
    write(folder, FULL[0])
    Globals.reset(folder)
    FundamentalService.set_provider(Knowing())
    assert Fundamental(DAY, points[1].symbol).has_fundamental_data
