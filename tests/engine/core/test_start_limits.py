"""What is said of streams that begin later than they were asked for."""

from datetime import datetime

from leanib.engine.feeds.start_limits import StartLimits
from leanib.engine.symbols import Market, SecurityType, Symbol


def _symbol(ticker: str) -> Symbol:
    return Symbol.create(ticker, SecurityType.EQUITY, Market.USA)


def test_the_end_of_a_run_names_symbols_once_and_at_most_ten():
    """As LEAN's: dots where there may be more."""
    limits = StartLimits()
    for number in range(12):
        limits.on_precision(_symbol(f"A{number:02}"), datetime(2014, 3, 26), history=False)
    limits.on_first_date(_symbol("GOOG"), datetime(2014, 3, 27), history=False)
    limits.on_first_date(_symbol("GOOG"), datetime(2014, 3, 27), history=False)
    precision, first = limits.messages()
    assert precision.endswith("[A08, 03/26/2014], [A09, 03/26/2014]...")
    assert first.endswith("map files first date: [GOOG, 2014-03-27]")
    assert StartLimits().messages() == []


def test_a_history_is_told_at_once_and_once():
    """It is not in the list of the end."""
    said: list[str] = []
    limits = StartLimits()
    limits.tell = said.append
    for _ in range(2):
        limits.on_first_date(_symbol("GOOG"), datetime(2014, 3, 27), history=True)
    (message,) = said
    assert message.endswith("the start date will be adjusted if it is before the first known date for the symbol.")
    assert limits.messages() == []
