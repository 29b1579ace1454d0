"""LEAN's symbols and IB's contracts, both ways."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from ib_async import Contract
from tests.engine.live.test_derivatives import with_properties

from leanib.engine.core.run import open_scope
from leanib.engine.live.contracts import ib_name, lean_symbol
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol
from leanib.errors import NotSupportedError
from leanib.ib.contracts import parse_symbol

TODAY = datetime(2026, 11, 30)
LISTED = [
    ("cme", "E7", "USD", "62500"),
    ("comex", "SIL", "USD", "1000"),
    ("ice", "KC", "USD", "37500"),
    ("eurex", "FESX", "EUR", "10"),
    ("eurex", "FDXM", "EUR", "5"),
    ("krx", "KM", "KRW", "250000"),
    ("hkfe", "HSI", "HKD", "50"),
]
CALL, PUT = OptionRight.CALL, OptionRight.PUT


@pytest.fixture(autouse=True)
def run_scope(tmp_path: Path) -> None:
    """The data folder's tables, with what they lack of LEAN's."""
    more = [f"{market},{ticker},future,,{currency},{size},0.01,1,," for market, ticker, currency, size in LISTED]
    open_scope(with_properties(tmp_path / "data", lambda text: "\n".join([text.rstrip(), *more, ""])))


def day(text: str) -> datetime:
    """Year, month and day in eight digits."""
    return datetime.strptime(text, "%Y%m%d")


def option(ticker: str, right: OptionRight, strike: str, expiry: str) -> Symbol:
    """One on a share."""
    share = Symbol.create(ticker, SecurityType.EQUITY, Market.USA)
    return Symbol.create_option(share, Market.USA, OptionStyle.AMERICAN, right, Decimal(strike), day(expiry))


def index_option(ticker: str, index: str, right: OptionRight, strike: str, expiry: str) -> Symbol:
    """One on an index."""
    underlying = Symbol.create(index, SecurityType.INDEX, Market.USA)
    return Symbol.create_option(
        underlying, ticker, Market.USA, OptionStyle.EUROPEAN, right, Decimal(strike), day(expiry)
    )


def future(ticker: str, market: str, expiry: str) -> Symbol:
    """A futures contract."""
    return Symbol.create_future(ticker, market, day(expiry))


def future_option(of: Symbol, right: OptionRight, strike: str, expiry: str) -> Symbol:
    """One on a futures contract."""
    return Symbol.create_option(of, of.id.market, OptionStyle.AMERICAN, right, Decimal(strike), day(expiry))


def told(name: str, multiplier: str) -> Contract:
    """The contract of a name as IB tells it, of a position without its exchange."""
    contract = parse_symbol(name)
    contract.exchange, contract.multiplier = "", multiplier
    if not contract.tradingClass:
        contract.tradingClass = contract.symbol.replace(" ", "")
    return contract


@pytest.mark.parametrize(
    ("ticker", "right", "strike", "expiry", "name"),
    [
        ("SPY", CALL, "650", "20270115", "SPY:OPT:20270115:C:650"),
        ("SPY", PUT, "345", "20210618", "SPY:OPT:20210618:P:345"),
        ("AAPL", CALL, "187.5", "20261204", "AAPL:OPT:20261204:C:187.5"),
        ("BRK.B", PUT, "362.5", "20231020", "BRK.B:OPT:20231020:P:362.5"),
        ("BF.B", CALL, "45", "20270115", "BF.B:OPT:20270115:C:45"),
        ("QQQ", PUT, "600", "20261201", "QQQ:OPT:20261201:P:600"),
        ("F", CALL, "12.82", "20270115", "F:OPT:20270115:C:12.82"),
        ("NVDA", CALL, "1000", "20281215", "NVDA:OPT:20281215:C:1000"),
        ("IWM", PUT, "0.5", "20270319", "IWM:OPT:20270319:P:0.5"),
        ("GOOGL", CALL, "2000", "20270115", "GOOGL:OPT:20270115:C:2000"),
        ("XLF", PUT, "50", "20261218", "XLF:OPT:20261218:P:50"),
    ],
)
def test_options_on_shares(ticker: str, right: OptionRight, strike: str, expiry: str, name: str) -> None:
    """Ticker, last day, right and strike; IB writes a class of shares with a blank, and the class without."""
    symbol = option(ticker, right, strike, expiry)
    assert ib_name(symbol) == name
    contract = told(name.replace(".B:", " B:"), "100")
    assert lean_symbol(contract, TODAY) == symbol


@pytest.mark.parametrize(
    ("ticker", "index", "right", "strike", "expiry", "name"),
    [
        ("SPX", "SPX", PUT, "6000", "20270115", "SPX:OPT:20270114:P:6000:SPX"),
        ("SPXW", "SPX", PUT, "6000", "20270115", "SPX:OPT:20270115:P:6000:SPXW"),
        ("SPXW", "SPX", CALL, "3800", "20230112", "SPX:OPT:20230112:C:3800:SPXW"),
        ("SPX", "SPX", CALL, "3200", "20210115", "SPX:OPT:20210114:C:3200:SPX"),
        ("NDX", "NDX", CALL, "25000", "20261218", "NDX:OPT:20261217:C:25000:NDX"),
        ("NDXP", "NDX", PUT, "24990", "20261202", "NDX:OPT:20261202:P:24990:NDXP"),
        ("NQX", "NDX", PUT, "5000", "20261218", "NDX:OPT:20261218:P:5000:NQX"),
        ("VIX", "VIX", CALL, "22.5", "20261216", "VIX:OPT:20261215:C:22.5:VIX"),
        ("VIXW", "VIX", CALL, "20", "20261209", "VIX:OPT:20261208:C:20:VIXW"),
        ("RUT", "RUT", PUT, "2400", "20261218", "RUT:OPT:20261217:P:2400:RUT"),
        ("RUTW", "RUT", PUT, "2405", "20261201", "RUT:OPT:20261201:P:2405:RUTW"),
    ],
)
def test_options_on_indices(ticker: str, index: str, right: OptionRight, strike: str, expiry: str, name: str) -> None:
    """The index's ticker, the option's own as trading class, and the last day of trading, not that of expiry."""
    symbol = index_option(ticker, index, right, strike, expiry)
    assert ib_name(symbol) == name
    assert lean_symbol(told(name, "100"), TODAY) == symbol


@pytest.mark.parametrize(
    ("ticker", "market", "expiry", "name", "multiplier"),
    [
        ("ES", Market.CME, "20131220", "ES:FUT:20131220:ES@CME", "50"),
        ("MES", Market.CME, "20261218", "MES:FUT:20261218:MES@CME", "5"),
        ("6E", Market.CME, "20261214", "EUR:FUT:20261214:6E@CME", "125000"),
        ("E7", Market.CME, "20261214", "EUR:FUT:20261214:E7@CME", "62500"),
        ("6J", Market.CME, "20261214", "JPY:FUT:20261214:6J@CME", "12500000"),
        ("BTC", Market.CME, "20261224", "BRR:FUT:20261224:BTC@CME", "5"),
        ("CL", Market.NYMEX, "20261221", "CL:FUT:20261221:CL@NYMEX", "1000"),
        ("GC", Market.COMEX, "20261229", "GC:FUT:20261229:GC@COMEX", "100"),
        ("SI", Market.COMEX, "20261229", "SI:FUT:20261229:SI@COMEX", "5000"),
        ("SIL", Market.COMEX, "20261229", "SI:FUT:20261229:SIL@COMEX", "1000"),
        ("ZC", Market.CBOT, "20261214", "ZC:FUT:20261214:ZC@CBOT", "5000"),
        ("MYM", Market.CBOT, "20261218", "MYM:FUT:20261218:MYM@CBOT", "0.5"),
        ("VX", Market.CFE, "20261216", "VIX:FUT:20261216:VX@CFE", "1000"),
        ("KC", Market.ICE, "20261218", "KC:FUT:20261218:KC@NYBOT", "37500"),
        ("FESX", Market.EUREX, "20261218", "ESTX50:FUT:20261218:FESX@EUREX/EUR", "10"),
        ("FDXM", Market.EUREX, "20261218", "DAX:FUT:20261218:FDXM@EUREX/EUR", "5"),
        ("KM", Market.KRX, "20251211", "K200:FUT:20251211@KSE/KRW", "250000"),
        ("HSI", Market.HKFE, "20261230", "HSI:FUT:20261230@HKFE/HKD", "50"),
    ],
)
def test_futures(ticker: str, market: str, expiry: str, name: str, multiplier: str) -> None:
    """IB's root and exchange, and LEAN's ticker as trading class, which tells the sizes of a root apart."""
    symbol = future(ticker, market, expiry)
    assert ib_name(symbol) == name
    contract = told(name, multiplier)
    contract.tradingClass = parse_symbol(name).tradingClass
    assert lean_symbol(contract, TODAY) == symbol


ES = ("ES", Market.CME, "20261218")
OPTIONS_ON_FUTURES = [
    (ES, CALL, "6800", "20261218", "ES:FOP:20261218:C:6800:ES@CME", "50"),
    (ES, PUT, "6795", "20261218", "ES:FOP:20261218:P:6795:ES@CME", "50"),
    (("NQ", Market.CME, "20261218"), CALL, "25000", "20261218", "NQ:FOP:20261218:C:25000:NQ@CME", "20"),
    (("CL", Market.NYMEX, "20261221"), PUT, "60.5", "20261216", "CL:FOP:20261216:P:60.5:LO@NYMEX", "1000"),
    (("GC", Market.COMEX, "20210428"), CALL, "1800", "20210223", "GC:FOP:20210223:C:1800:OG@COMEX", "100"),
    (("GC", Market.COMEX, "20210428"), CALL, "1800", "20210325", "GC:FOP:20210325:C:1800:OG@COMEX", "100"),
    (("SI", Market.COMEX, "20270329"), PUT, "50", "20270223", "SI:FOP:20270223:P:50:SO@COMEX", "5000"),
    (("NG", Market.NYMEX, "20261229"), CALL, "4.25", "20261223", "NG:FOP:20261223:C:4.25:ON@NYMEX", "10000"),
    (("ZC", Market.CBOT, "20270312"), CALL, "4.55", "20270219", "ZC:FOP:20270219:C:455:OZC@CBOT", "5000"),
    (("ZS", Market.CBOT, "20270312"), PUT, "11.2", "20270219", "ZS:FOP:20270219:P:1120:OZS@CBOT", "5000"),
    (("6A", Market.CME, "20251215"), CALL, "0.65", "20251205", "AUD:FOP:20251205:C:0.65:ADU@CME", "100000"),
    (("6E", Market.CME, "20261214"), PUT, "1.165", "20261204", "EUR:FOP:20261204:P:1.165:EUU@CME", "125000"),
]


@pytest.mark.parametrize(("of", "right", "strike", "expiry", "name", "multiplier"), OPTIONS_ON_FUTURES)
def test_options_on_futures(
    of: tuple[str, str, str], right: OptionRight, strike: str, expiry: str, name: str, multiplier: str
) -> None:
    """The future's root, the option's own ticker as trading class, strikes as IB quotes the future."""
    symbol = future_option(future(*of), right, strike, expiry)
    assert ib_name(symbol) == name
    assert lean_symbol(told(name, multiplier), min(TODAY, day(expiry))) == symbol


def test_the_continuous_future_is_the_contract_that_it_stands_for() -> None:
    """And nothing before it stands for one; canonical options are never asked for."""
    canonical = Symbol.create("ES", SecurityType.FUTURE, Market.CME)
    with pytest.raises(NotSupportedError, match="/ES"):
        ib_name(canonical)
    contract = future(*ES)
    assert ib_name(canonical.under(contract.value, contract)) == "ES:FUT:20261218:ES@CME"
    with pytest.raises(NotSupportedError, match=r"\?SPY"):
        ib_name(option("SPY", CALL, "1", "20270115").canonical)


@pytest.mark.parametrize(
    "contract",
    [
        Contract("OPT", symbol="AAPL", lastTradeDateOrContractMonth="20270115", strike=200.0, right="C",
                 multiplier="100", currency="USD", tradingClass="AAPL1"),
        Contract("OPT", symbol="AAPL", lastTradeDateOrContractMonth="20270115", strike=200.0, right="C",
                 multiplier="133", currency="USD", tradingClass="AAPL"),
        Contract("OPT", symbol="SAP", lastTradeDateOrContractMonth="20270115", strike=200.0, right="C",
                 multiplier="100", currency="EUR", tradingClass="SAP"),
        Contract("OPT", symbol="SPY", lastTradeDateOrContractMonth="0", strike=200.0, right="C",
                 multiplier="100", currency="USD", tradingClass="SPY"),
        Contract("FUT", symbol="VIX", lastTradeDateOrContractMonth="20261202", multiplier="1000", currency="USD",
                 tradingClass="VX49"),
        Contract("FUT", symbol="ES", lastTradeDateOrContractMonth="20261218", multiplier="500", currency="USD",
                 tradingClass="ES"),
        Contract("FUT", symbol="NOSUCH", lastTradeDateOrContractMonth="20261218", multiplier="5", currency="USD",
                 tradingClass="NOSUCH"),
        Contract("FOP", symbol="ES", lastTradeDateOrContractMonth="20261204", strike=6800.0, right="C",
                 multiplier="50", currency="USD", tradingClass="EW1"),
        Contract("BOND", symbol="US-T", currency="USD"),
        Contract("STK", symbol="SAP", currency="EUR"),
    ],
)  # fmt: skip
def test_what_no_symbol_means_exactly_is_not_known(contract: Contract) -> None:
    """Adjusted options, other sizes, weeklies of futures, other currencies and kinds are never taken for others."""
    assert lean_symbol(contract, TODAY) is None
