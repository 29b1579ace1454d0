"""Universe files and the Greeks in them (`OptionUniverse.cs`, `FutureUniverse.cs`)."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from leanib.engine.derivatives.chains import (
    FuturesChain,
    FuturesContract,
    FutureUniverse,
    OptionChain,
    OptionChains,
    OptionContract,
    OptionUniverse,
    read_universe_file,
    universe_path,
)
from leanib.engine.derivatives.chains.listed import OptionList
from leanib.engine.derivatives.filters import OptionFilterUniverse
from leanib.engine.derivatives.greeks import Greeks, ModeledGreeks
from leanib.engine.derivatives.pricing import OptionPriceModelResult
from leanib.engine.dotnet.exceptions import ArgumentOutOfRangeException, InvalidOperationException
from leanib.engine.market import Bar, BaseDataCollection, OpenInterest, QuoteBar, Tick, TradeBar
from leanib.engine.market.columns import columns_of
from leanib.engine.symbols import Market, OptionRight, OptionStyle, SecurityType, Symbol, TickType
from leanib.errors import DataError

DAY = datetime(2015, 12, 23)
OPTIONS = """\
#expiry,strike,right,open,high,low,close,volume,open_interest,implied_volatility,delta,gamma,vega,theta,rho
,,,753.47,754.2132,744,748.54,1564957,,,,,,,
20151224,745,C,5.1,9,4.5,4.9,520,1212,0.21,0.65,0.02,0.1,-0.5,0.01
20160115,717.5,P,,,,3.2,,,,,,,,
"""


def _canonical(ticker: str = "AAPL") -> Symbol:
    return Symbol.create(ticker, SecurityType.OPTION, Market.USA)


def _file(folder: Path, text: str) -> Path:
    path = folder / "20151223.csv"
    path.write_text(text)
    return path


def test_a_files_rows_keep_their_order_and_have_the_underlying(tmp_path: Path) -> None:
    """The row without expiry is the underlying's and no member; empty cells are 0; theta is by year."""
    chain = read_universe_file(_file(tmp_path, OPTIONS), _canonical(), DAY)
    assert isinstance(chain, OptionUniverse)
    assert isinstance(chain, BaseDataCollection)
    call, put = chain
    assert (chain.time, chain.end_time, call.end_time) == (DAY, datetime(2015, 12, 24), datetime(2015, 12, 24))
    assert call.symbol == Symbol.create_option(
        "AAPL", Market.USA, OptionStyle.AMERICAN, OptionRight.CALL, 745, datetime(2015, 12, 24)
    )
    assert (call.open, call.High, call.low, call.close, call.Value, call.price) == (5.1, 9, 4.5, 4.9, 4.9, 4.9)
    assert (call.volume, call.OpenInterest, call.ImpliedVolatility) == (520, 1212, 0.21)
    assert (call.greeks.delta, call.greeks.theta, call.greeks.theta_per_day) == (0.65, -182.5, -0.5)
    assert (put.id.strike_price, put.id.option_right, put.close, put.greeks.vega) == (717.5, OptionRight.PUT, 3.2, 0)
    assert call.underlying is put.underlying is chain.underlying
    assert chain.underlying is not None
    assert (chain.underlying.close, chain.underlying.symbol) == (748.54, _canonical().underlying)
    with pytest.raises(InvalidOperationException, match="only available for options"):
        _ = chain.underlying.implied_volatility


def test_a_contract_is_one_object_on_all_days(tmp_path: Path) -> None:
    """So that looking it up is cheap."""
    path = _file(tmp_path, OPTIONS)
    first, second = (read_universe_file(path, _canonical(), day) for day in (DAY, datetime(2015, 12, 24)))
    assert first is not None
    assert second is not None
    assert first.data[0].symbol is second.data[0].symbol


def test_symbols_are_made_when_somebody_asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Filters by terms make none but those that they keep; who looks at the rows sees what LEAN shows."""
    made: list[object] = []
    symbol = OptionList.symbol
    monkeypatch.setattr(OptionList, "symbol", lambda self, one: made.append(one) or symbol(self, one))
    rows = read_universe_file(_file(tmp_path, OPTIONS), _canonical(), DAY)
    assert rows is not None
    option = SimpleNamespace(
        symbol=_canonical(),
        symbol_properties=SimpleNamespace(strike_multiplier_decimal=1),
        exchange=SimpleNamespace(hours=SimpleNamespace(is_date_open=lambda _: True)),
    )
    share = SimpleNamespace(price=740, end_time=DAY)
    universe = OptionFilterUniverse(option, rows.data, share)
    universe.refresh(rows.data, share, datetime(2015, 12, 24))
    universe.expiration(0, 60).strikes(-1, 1).calls_only()
    universe.delta(0.6, 0.7).implied_volatility(0.2, 0.3).open_interest(1, 2000)
    assert (len(universe), made) == (1, [])
    assert [one.Symbol.value for one in universe] == ["AAPL  151224C00745000"]
    assert len(made) == 1
    assert universe.all_symbols[0] is rows.data[0].symbol is rows.data[0].Symbol
    assert [row.symbol.id.strike_price for row in rows] == [745, 717.5]
    assert [row.terms().strike_price_decimal for row in rows] == [745, 717.5]
    assert len(made) == 2


@pytest.mark.parametrize(
    "line", ["20151224,1.123456789123,C,1", "20151224,x,C,1", "20151224,NaN,C,1", "20151341,1,C,1", "20151224,1"]
)
def test_a_line_that_names_no_contract_is_told_when_it_is_read(tmp_path: Path, line: str) -> None:
    """Not when a filter comes to it: where it stands is known now."""
    with pytest.raises(DataError, match="line 5"):
        read_universe_file(_file(tmp_path, OPTIONS + line + "\n"), _canonical(), DAY)


def test_futures_expire_by_their_rule_with_its_time_of_day(tmp_path: Path) -> None:
    """The file has contract months only."""
    path = _file(tmp_path, "#expiry,open,high,low,close,volume,open_interest\n201312,1664.5,1668,1660,1664.5,727,12\n")
    chain = read_universe_file(path, Symbol.create("ES", SecurityType.FUTURE, Market.CME), DAY)
    assert isinstance(chain, FutureUniverse)
    (row,) = chain
    assert row.symbol.id.date == datetime(2013, 12, 20, 13, 30)
    assert (row.close, row.open_interest) == (1664.5, 12)


def test_each_kind_has_its_folder(tmp_path: Path) -> None:
    """`LeanData.GenerateUniversesDirectory`."""
    index = Symbol.create("SPX", SecurityType.INDEX, Market.USA)
    future = Symbol.create_future("ES", Market.CME, datetime(2020, 6, 19))
    crude = Symbol.create_future("CL", Market.NYMEX, datetime(2020, 5, 19))
    expected = {
        _canonical(): "option/usa/universes/aapl",
        Symbol.create_canonical_option(index, "SPXW"): "indexoption/usa/universes/spxw",
        future.canonical: "future/cme/universes/es",
        Symbol.create_canonical_option(future): "futureoption/cme/universes/es/202006",
        Symbol.create_canonical_option(crude): "futureoption/nymex/universes/lo/202006",
    }
    for canonical, folder in expected.items():
        assert universe_path(tmp_path, canonical, DAY) == tmp_path / folder / "20151223.csv"
    with pytest.raises(ArgumentOutOfRangeException, match="Index"):
        universe_path(tmp_path, index, DAY)


def test_no_file_is_no_chain_and_a_bad_line_is_told(tmp_path: Path) -> None:
    """Nothing is silently wrong."""
    assert read_universe_file(tmp_path / "none.csv", _canonical(), DAY) is None
    with pytest.raises(DataError, match="line 5"):
        read_universe_file(_file(tmp_path, OPTIONS + "2015122,1,C,1,1,1,1,1\n"), _canonical(), DAY)


def test_greeks_of_a_model_are_worked_out_once_and_may_be_set() -> None:
    """`ModeledGreeks.cs`."""
    calls = []

    def model() -> Greeks:
        calls.append(1)
        return Greeks(0.5, 0.1, 0.2, -36.5, 0.05, 7)

    greeks = ModeledGreeks(model)
    greeks.delta = 0.9
    assert calls == []
    assert (greeks.Delta, greeks.gamma, greeks.theta_per_day, greeks.Lambda, greeks.lambda_) == (0.9, 0.1, -0.1, 7, 7)
    assert calls == [1]


class _Option:
    """What of an option's security a contract asks for."""

    symbol_properties = SimpleNamespace(strike_multiplier=1.0)

    def __init__(self, symbol: Symbol) -> None:
        self.symbol = symbol


def _contract(strike: float = 745) -> Symbol:
    day = datetime(2015, 12, 24)
    return Symbol.create_option("AAPL", Market.USA, OptionStyle.AMERICAN, OptionRight.CALL, strike, day)


def test_a_chain_of_a_file_is_a_frame_by_symbol(tmp_path: Path) -> None:
    """What has expired by the time is left out; bid, ask and last price are the close (`OptionContract.cs`)."""
    rows = read_universe_file(_file(tmp_path, OPTIONS), _canonical(), DAY)
    assert rows is not None
    properties = SimpleNamespace(strike_multiplier=1.0)
    chain = OptionChain.of_universe(_canonical(), datetime(2015, 12, 25), rows, properties)
    assert [str(contract) for contract in chain] == ["AAPL  160115P00717500"]
    (contract,) = chain
    assert (contract.bid_price, contract.AskPrice, contract.last_price, contract.bid_size) == (3.2, 3.2, 3.2, 0)
    assert (contract.underlying_last_price, contract.expiry, contract.theoretical_price) == (
        748.54,
        rows.data[1].id.date,
        0,
    )
    assert chain.underlying is rows.underlying
    both = OptionChain.of_universe(_canonical(), datetime(2015, 12, 24), rows, properties)
    frame = both.data_frame
    assert frame.index.name == "symbol"
    assert frame.loc[_contract()][["strike", "delta", "openinterest", "bidprice"]].tolist() == [745, 0.65, 1212, 4.9]
    assert {"impliedvolatility", "underlyinglastprice", "right", "expiry"} <= set(frame.columns)
    chains = OptionChains()
    chains[_canonical()] = both
    assert chains.data_frame.index.names == ["canonical", "symbol"]


def test_chains_are_found_by_underlying_and_by_contract() -> None:
    """`OptionChains.cs`."""
    chains, chain = OptionChains(), OptionChain(_canonical(), DAY)
    chains[_canonical()] = chain
    assert chains[_canonical().underlying] is chains.get(_contract()) is chains[_canonical()] is chain
    assert _contract() in chains
    assert [(pair.Key, pair.value) for pair in chains] == [(_canonical(), chain)]
    assert chains.remove(_contract())
    assert chains.get(_canonical()) is None


def test_a_contract_is_filled_by_a_time_steps_data() -> None:
    """`OptionContract.cs`: quotes, trades, open interest, and its underlying; priced when asked, once."""
    symbol = _contract()
    underlying, trade, quote, interest = TradeBar(), TradeBar(), QuoteBar(), OpenInterest()
    underlying.symbol, underlying.value = symbol.underlying, 748.5
    trade.symbol, trade.value, trade.volume = symbol, 4.5, 12
    quote.symbol, quote.bid, quote.last_bid_size = symbol, Bar(4, 4, 4, 4.25), 7
    interest.symbol, interest.value = symbol, 99
    contract = OptionContract.of_security(_Option(symbol), None, DAY)
    calls = []
    contract.set_option_price_model(lambda: calls.append(1) or OptionPriceModelResult(4.4, 0.2, Greeks(0.5)))  # type: ignore[func-returns-value]
    for point in (underlying, trade, quote, interest):
        contract.update(point)
    assert (contract.last_price, contract.Volume, contract.price, contract.close) == (4.5, 12, 4.5, 4.5)
    assert (contract.bid_price, contract.bid_size, contract.ask_price, contract.ask_size) == (4.25, 7, 0, 0)
    assert (contract.open_interest, contract.underlying_last_price) == (99, 748.5)
    assert calls == []
    assert (contract.theoretical_price, contract.ImpliedVolatility, contract.greeks.delta) == (4.4, 0.2, 0.5)
    assert calls == [1]
    assert symbol == contract


def test_a_futures_contract_takes_the_later_of_bar_and_tick() -> None:
    """`FuturesContract.cs`."""
    symbol = Symbol.create_future("ES", Market.CME, datetime(2013, 12, 20))
    bar, tick = TradeBar(), Tick()
    bar.symbol, bar.time, bar.value = symbol, DAY, 100
    bar.end_time = DAY + timedelta(minutes=1)
    tick.tick_type = TickType.TRADE
    tick.symbol, tick.time, tick.value, tick.quantity = symbol, DAY + timedelta(minutes=1), 101, 3
    contract = FuturesContract(symbol)
    contract.update(bar)
    contract.update(tick)
    assert contract.last_price == 100
    tick.time += timedelta(seconds=1)
    contract.update(tick)
    assert (contract.last_price, contract.volume) == (101, 3)


def test_a_chain_keeps_its_contracts_points() -> None:
    """`BaseChain.AddData`."""
    chain, symbol = FuturesChain(Symbol.create("ES", SecurityType.FUTURE, Market.CME), DAY), _contract()
    trade, quote, tick = TradeBar(), QuoteBar(), Tick()
    for point in (trade, quote, tick):
        point.symbol = symbol
        chain.add_data(point)
    assert (chain.trade_bars[symbol], chain.QuoteBars[symbol], chain.ticks[symbol]) == (trade, quote, [tick])
    assert chain.get_aux(TradeBar, symbol) is None
    assert chain.get_aux_list(TradeBar, symbol) == []
    assert bool(chain)
    assert chain.count == 0


@pytest.mark.parametrize("kind", [OptionUniverse, FutureUniverse])
def test_frames_have_the_columns_of_the_file(kind: type) -> None:
    """How rows are kept makes no column."""
    columns = {name for name, _ in columns_of(kind(DAY, _canonical(), "1,2,3,4,5,6,.1,.2,.3,.4,.5,.6"))}
    greeks = {"impliedvolatility", "delta", "gamma", "vega", "theta", "rho", "lambda", "thetaperday"}
    prices = {"open", "high", "low", "close", "volume", "openinterest"}
    assert columns - greeks - prices == {"data", "filteredcontracts", "value"}  # which frames leave out


@pytest.mark.parametrize("kind", [OptionUniverse, FutureUniverse])
def test_a_row_is_cloned_whole(kind: type) -> None:
    """Its price is worked out from the line, which the twin has too."""
    row = kind(DAY, _canonical(), "1,2,3,4,5,6")
    twin = row.clone(True)
    assert (twin.close, twin.symbol, twin.time, twin.is_fill_forward) == (4.0, row.symbol, DAY, True)
    assert not row.is_fill_forward
