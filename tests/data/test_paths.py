"""Where LEAN keeps its files."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from leanib.data import Contract, entry_name, zip_path
from leanib.data.paths import check_ticker, factor_file_path, map_file_path
from leanib.errors import DataError

DAY = dt.date(2014, 6, 6)
OPTION = Contract("American", "Call", Decimal("557.5"), dt.date(2014, 6, 21))
FUTURE = Contract(month=dt.date(2013, 12, 1))


@pytest.mark.parametrize(
    ("arguments", "path", "entry"),
    [
        (
            ("Equity", "usa", "Minute", "SPY", "Trade"),
            "equity/usa/minute/spy/20140606_trade.zip",
            "20140606_spy_minute_trade.csv",
        ),
        (
            ("Equity", "usa", "Tick", "SPY", "Quote"),
            "equity/usa/tick/spy/20140606_quote.zip",
            "20140606_spy_Quote_Tick.csv",
        ),
        (
            ("Equity", "usa", "Daily", "SPY", "Trade"),
            "equity/usa/daily/spy.zip",
            "spy.csv",
        ),
        (
            ("Forex", "oanda", "Hour", "EURUSD", "Quote"),
            "forex/oanda/hour/eurusd.zip",
            "eurusd.csv",
        ),
        (
            ("Forex", "fxcm", "Tick", "EURUSD", "Quote"),
            "forex/fxcm/tick/eurusd/20140606_quote.zip",
            "20140606_eurusd_tick_quote.csv",
        ),
        (
            ("Crypto", "coinbase", "Daily", "BTCUSD", "Quote"),
            "crypto/coinbase/daily/btcusd_quote.zip",
            "btcusd.csv",
        ),
        (
            ("Index", "usa", "Minute", "SPX", "Trade"),
            "index/usa/minute/spx/20140606_trade.zip",
            "20140606_spx_minute_trade.csv",
        ),
    ],
)
def test_plain_securities(arguments, path, entry):
    """Paths and entries are those in LEAN's own data folder."""
    kind, market, resolution, ticker, ticks = arguments
    assert zip_path("data", kind, market, resolution, ticker, ticks, DAY).as_posix() == f"data/{path}"
    assert entry_name(kind, resolution, ticker, ticks, DAY) == entry


@pytest.mark.parametrize(
    ("arguments", "contract", "path", "entry"),
    [
        (
            ("Option", "usa", "Minute", "AAPL", "Trade"),
            OPTION,
            "option/usa/minute/aapl/20140606_trade_american.zip",
            "20140606_aapl_minute_trade_american_call_5575000_20140621.csv",
        ),
        (
            ("Option", "usa", "Daily", "AAPL", "OpenInterest"),
            OPTION,
            "option/usa/daily/aapl_2014_openinterest_american.zip",
            "aapl_openinterest_american_call_5575000_20140621.csv",
        ),
        (
            ("Future", "cme", "Hour", "ES", "Trade"),
            FUTURE,
            "future/cme/hour/es_trade.zip",
            "es_trade_201312.csv",
        ),
        (
            ("Future", "cme", "Minute", "ES", "Quote"),
            FUTURE,
            "future/cme/minute/es/20140606_quote.zip",
            "20140606_es_minute_quote_201312.csv",
        ),
        (
            ("CryptoFuture", "binance", "Daily", "ADAUSDT", "Quote"),
            None,
            "cryptofuture/binance/daily/adausdt_quote.zip",
            "adausdt_quote_perp.csv",
        ),
    ],
)
def test_derivatives(arguments, contract, path, entry):
    """Contracts are told apart by style, right, strike and expiry, or by their month."""
    kind, market, resolution, ticker, ticks = arguments
    assert zip_path("data", kind, market, resolution, ticker, ticks, DAY, contract).as_posix() == f"data/{path}"
    assert entry_name(kind, resolution, ticker, ticks, DAY, contract) == entry


@pytest.mark.parametrize(
    "ticker", ["../../x", "..", "a/b", "a\\b", "", ".hidden", "x" * 300, "a\0b", "c:x", "a\nb", "/etc/passwd"]
)
def test_a_ticker_that_would_leave_the_data_folder_is_refused(ticker):
    """Whichever path it is part of."""
    for path in (
        lambda: zip_path("data", "equity", "usa", "daily", ticker, "trade"),
        lambda: map_file_path("data", "usa", ticker),
        lambda: factor_file_path("data", "usa", ticker),
    ):
        with pytest.raises(DataError, match="is no ticker"):
            path()


@pytest.mark.parametrize(
    "ticker", ["SPY", "BRK.B", "GOOG_L", "ES", "BTCUSD", "600000", "A-B", "SPX500USD", "^GSPC", "AAA.1"]
)
def test_tickers_that_people_use_are_fine(ticker):
    """Points, lines and digits."""
    assert check_ticker(ticker) == ticker
