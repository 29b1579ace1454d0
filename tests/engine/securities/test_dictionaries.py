"""Securities, portfolio and cash book behave as Python dictionaries (PythonDictionaryFeatureRegressionAlgorithm)."""

import pytest


def test_reading(account):
    """Look-up by symbol, ticker or nothing at all."""
    spy = account.add("SPY")
    for mapping, value in ((account.securities, spy), (account.portfolio, spy.holdings)):
        assert mapping.get("SPY") is mapping[spy.symbol] is value
        assert mapping.get(None) is None
        assert not mapping.contains_key(None)
        assert mapping.try_get_value("QQQ") == (False, None)
        assert list(mapping.keys()) == mapping.Keys == mapping.get_keys() == [spy.symbol]
        assert mapping.get_values() == mapping.Values == [value]
        assert mapping.copy() == dict(mapping.get_items()) == {spy.symbol: value}
        assert (len(mapping), mapping.count) == (1, 1)


def test_taking_out(account):
    """Securities and currencies can be popped, holdings cannot."""
    spy = account.add("SPY")
    with pytest.raises(NotImplementedError, match="SecurityPortfolioManager cannot be cleared"):
        account.portfolio.clear()
    with pytest.raises(NotImplementedError, match="cannot be removed"):
        account.portfolio.pop("SPY")
    assert account.securities.pop("SPY") is spy
    assert account.securities.pop("QQQ", None) is None
    assert len(account.securities) == 0
    book = account.portfolio.cash_book
    book.add("EUR", 1, 1)
    assert book.pop("EUR").amount == 1.0
    book.clear()
    assert len(book) == 0
