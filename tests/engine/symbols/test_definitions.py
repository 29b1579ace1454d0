"""Industry identifiers from the data folder's security database."""

from datetime import datetime

import pytest

from leanib.engine.symbols import Globals, SecurityDefinitionSymbolResolver, SecurityIdentifier, Symbol
from leanib.errors import DataError

SID = "AAPL R735QTJ8XC9X"


@pytest.fixture(autouse=True)
def database(tmp_path):
    """A data folder with one definition."""
    path = tmp_path / "symbol-properties" / "security-database.csv"
    path.parent.mkdir()
    path.write_text(f"# comment\n{SID},03783310,BBG000B9XRY4,2046251,US0378331005,320193\n")
    Globals.reset(tmp_path)
    yield path
    Globals.reset()


def test_identifiers_of_a_symbol():
    """A symbol tells what the database knows; None otherwise."""
    apple = Symbol(SecurityIdentifier.parse(SID), "AAPL")
    assert (apple.cusip, apple.composite_figi, apple.sedol) == ("03783310", "BBG000B9XRY4", "2046251")
    assert (apple.isin, apple.cik) == ("US0378331005", 320193)
    unknown = Symbol(SecurityIdentifier.parse("SPY R735QTJ8XC9X"), "SPY")
    assert (unknown.isin, unknown.cik) == (None, None)


def test_symbols_of_an_identifier():
    """An identifier leads to its symbol, whatever its case."""
    found = SecurityDefinitionSymbolResolver.find("isin", "us0378331005", datetime(2014, 1, 1))
    assert [str(symbol.id) for symbol in found] == [SID]
    assert SecurityDefinitionSymbolResolver.find("cik", 1, datetime(2014, 1, 1)) == []


def test_malformed(database):
    """A line that is no definition names the file."""
    database.write_text("not an identifier,1,2,3,4\n")
    SecurityDefinitionSymbolResolver.reset()
    with pytest.raises(DataError, match=r"security-database\.csv is malformed"):
        SecurityDefinitionSymbolResolver.find("cusip", "1", datetime(2014, 1, 1))
