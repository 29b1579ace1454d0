"""Symbols as people type them, and what IB makes of them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from ib_async import Contract, ContractDetails
from tests.faults.world import World, play

from leanib.errors import UsageError
from leanib.ib.contracts import Instrument, canonical_name, parse_symbol, qualify
from leanib.ib.errors import UnknownContract
from leanib.ib.increments import Increments
from leanib.simulator.market.instruments import stock

__all__ = ["play"]

Play = Callable[..., World]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("spy", ("STK", "SPY", "SMART", "USD", "")),
        ("EURUSD", ("CASH", "EUR", "IDEALPRO", "USD", "")),
        ("GOOGLE", ("STK", "GOOGLE", "SMART", "USD", "")),
        ("SPX:IND@CBOE", ("IND", "SPX", "CBOE", "USD", "")),
        ("ES:FUT:202612@CME", ("FUT", "ES", "CME", "USD", "202612")),
        ("SAP@IBIS/EUR", ("STK", "SAP", "IBIS", "EUR", "")),
        ("BRK B", ("STK", "BRK B", "SMART", "USD", "")),
        ("BRK-B", ("STK", "BRK-B", "SMART", "USD", "")),
        ("M&M@NSE/INR", ("STK", "M&M", "NSE", "INR", "")),
        ("700@SEHK/HKD", ("STK", "700", "SEHK", "HKD", "")),
        ("BP.@LSE/GBP", ("STK", "BP.", "LSE", "GBP", "")),
        (" aapl ", ("STK", "AAPL", "SMART", "USD", "")),
    ],
)
def test_symbol_is_understood(text: str, expected: tuple[str, ...]) -> None:
    """Each documented form gives the contract it stands for."""
    contract = parse_symbol(text)
    actual = (
        contract.secType, contract.symbol, contract.exchange, contract.currency, contract.lastTradeDateOrContractMonth,
    )  # fmt: skip
    assert actual == expected


def test_primary_exchange_and_contract_id_are_understood() -> None:
    """`@SMART:IBIS` names the listing and keeps IB's routing; `#265598` is a conId."""
    contract = parse_symbol("SAP@SMART:IBIS/EUR")
    assert (contract.exchange, contract.primaryExchange, contract.currency) == ("SMART", "IBIS", "EUR")
    assert parse_symbol("#265598").conId == 265598


@pytest.mark.parametrize(
    "text", ["", "SPY:XYZ", "ES:FUT:26", "SPY@", "A/B/C", "#", "#12a", "SPY@SMART:", "-5", ".", "#99999999999999"]
)
def test_anything_else_is_refused_with_the_forms(text: str) -> None:
    """What has none of the forms is refused with examples of all of them."""
    with pytest.raises(UsageError, match=r"EURUSD.*SMART:IBIS.*#265598"):
        parse_symbol(text)


def ask(play: Play, *texts: str, add: tuple[Any, ...] = ()) -> list[Instrument | str]:
    """What the simulated Gateway makes of symbols as typed: the instrument, or the sentence of refusal."""
    found: list[Instrument | str] = []

    async def scenario(world: World) -> None:
        for item in add:
            world.sim.market.directory.add(item)
        program = world.program()
        await program.start()
        for text in texts:
            try:
                found.append(await qualify(program.connection.client, text, 5))
            except UnknownContract as error:
                found.append(str(error))

    play(scenario)
    return found


def test_classes_of_shares_are_found_under_every_way_to_write_them(play: Play) -> None:
    """`BRK.B`, `BRK-B`, `BRK B`, `brk.b` and `BF.B` are IB's `BRK B` and `BF B`, at one conId each."""
    texts = ("BRK.B", "BRK-B", "BRK B", "brk.b", "BF.B", "BF-B", "BF B")
    instruments = [i for i in ask(play, *texts) if isinstance(i, Instrument)]
    assert [i.contract.symbol for i in instruments] == ["BRK B"] * 4 + ["BF B"] * 3
    assert len({i.contract.conId for i in instruments}) == 2


def test_a_dot_is_kept_where_the_exchange_writes_one(play: Play) -> None:
    """Toronto's `RCI.B` is found as typed, and under `RCI-B`."""
    rci = replace(stock("RCI.B", 60, primary="TSE", currency="CAD"), exchange="TSE")
    found = ask(play, "RCI.B@TSE/CAD", "RCI-B@TSE/CAD", add=(rci,))
    assert [i.contract.symbol for i in found if isinstance(i, Instrument)] == ["RCI.B", "RCI.B"]


def test_choices_of_an_ambiguous_name_can_be_typed_back(play: Play) -> None:
    """Two listings of one ticker are told apart by primary exchange, and each choice finds just that one."""
    twins = [stock("TWIN", 10, primary="NYSE", name="TWIN INC"), stock("TWIN", 10, con_id=7, primary="ARCA")]
    (sentence,) = ask(play, "TWIN", add=tuple(twins))
    assert isinstance(sentence, str)
    assert "TWIN INC" in sentence
    choices = re.findall(r"TWIN@SMART:\w+/USD|#\d+", sentence)
    found = ask(play, *choices, add=tuple(twins))
    assert len(choices) == 4
    assert {i.contract.conId for i in found if isinstance(i, Instrument)} == {twin.con_id for twin in twins}


def test_choices_that_share_a_form_are_told_apart_by_contract_id(play: Play) -> None:
    """Where even the primary exchange is the same, the conId is the choice."""
    twins = [stock("TWIN", 10, con_id=7, primary="NYSE"), stock("TWIN", 10, con_id=8, primary="NYSE")]
    (sentence,) = ask(play, "TWIN", add=tuple(twins))
    assert isinstance(sentence, str)
    assert [choice.split()[0] for choice in sentence.partition("type one of: ")[2].split("; ")] == ["#7", "#8"]
    found = ask(play, "#7", "#8", add=tuple(twins))
    assert [i.contract.conId for i in found if isinstance(i, Instrument)] == [7, 8]


def test_a_future_without_its_month_lists_the_months(play: Play) -> None:
    """`ES:FUT@CME` lists contract months in the form that finds each."""
    (sentence,) = ask(play, "ES:FUT@CME")
    assert isinstance(sentence, str)
    choices = re.findall(r"ES:FUT:\d{8}@CME", sentence)
    assert len(choices) == 4
    found = ask(play, *choices)
    assert [canonical_name(i.contract) for i in found if isinstance(i, Instrument)] == choices


def test_an_option_is_found_by_its_name_and_by_its_contract_id(play: Play) -> None:
    """Last day, right and strike name it; every contract of a chain is found by what it is called."""

    async def scenario(world: World) -> None:
        under = world.sim.market.instrument("SPY")
        chain = world.sim.market.directory.chain(under)
        program = world.program()
        await program.start()
        client = program.connection.client
        found = await qualify(client, f"#{chain[0].con_id}", 5)
        assert (found.contract.secType, found.point_value) == ("OPT", 100)
        for option in (chain[0], chain[1], chain[-1], chain[len(chain) // 2]):
            name = canonical_name((await qualify(client, f"#{option.con_id}", 5)).contract)
            assert re.fullmatch(r"SPY:OPT:\d{8}:[CP]:\d+(\.\d+)?", name)
            assert (await qualify(client, name.lower(), 5)).contract.conId == option.con_id
        with pytest.raises(UnknownContract, match="IB knows no contract for 'SPY:OPT:20010115:C:1'"):
            await qualify(client, "SPY:OPT:20010115:C:1", 5)
        assert (await qualify(client, f"{name}:SPY@SMART/USD", 5)).contract.conId == option.con_id

    play(scenario)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("SPX:OPT:20270115:P:6000:SPXW", ("SPX", "OPT", "20270115", "P", 6000.0, "SPXW", "SMART")),
        ("spy:opt:20270115:c:652.5", ("SPY", "OPT", "20270115", "C", 652.5, "", "SMART")),
        ("ES:FOP:20261218:C:6800:EW3@CME", ("ES", "FOP", "20261218", "C", 6800.0, "EW3", "CME")),
        ("SI:FUT:20261229:SIL@COMEX", ("SI", "FUT", "20261229", "", 0.0, "SIL", "COMEX")),
    ],
)
def test_options_and_trading_classes_are_read(text: str, fields: tuple[object, ...]) -> None:
    """Symbol, type, last day, right, strike, trading class, exchange."""
    c = parse_symbol(text)
    found = (c.symbol, c.secType, c.lastTradeDateOrContractMonth, c.right, c.strike, c.tradingClass, c.exchange)
    assert found == fields


@pytest.mark.parametrize(
    "text", ["SPY:OPT", "SPY:OPT:20270115", "SPY:OPT:20270115:C", "SPY:FUT:20270115:C:650", "SPY:OPT:20270115:X:650",
             "SPY:OPT:20270115:C:-5", "SPY:OPT:20270115:C:1e3"]
)  # fmt: skip
def test_half_an_option_is_a_sentence(text: str) -> None:
    """It shows how an option is written."""
    with pytest.raises(UsageError, match="SPY:OPT:20270115:C:650"):
        parse_symbol(text)


@pytest.mark.parametrize(
    ("multiplier", "magnifier", "value"),
    [("", 1, "1"), ("100", 1, "100"), ("5000", 100, "50"), ("0.1", 1, "0.1"), ("", 0, "1")],
)
def test_point_value_is_multiplier_over_magnifier(multiplier: str, magnifier: int, value: str) -> None:
    """ZC is quoted in cents: one contract gains 50 dollars a cent, not 5,000."""
    details = ContractDetails(priceMagnifier=magnifier)
    assert Instrument("X", Contract(multiplier=multiplier), details).point_value == Decimal(value)


@pytest.mark.parametrize(
    ("kind", "may"),
    [("FUT", True), ("FOP", True), ("BAG", True), ("IND", True), ("STK", False), ("OPT", False), ("CASH", False)],
)
def test_prices_of_futures_and_spreads_may_be_below_zero_and_those_of_shares_not(kind: str, may: bool) -> None:
    """CL at -37.6 is a price, and so is what a spread may be bought for."""
    details = ContractDetails(contract=Contract(secType=kind, conId=1), minTick=0.01)
    instrument = Instrument("X", details.contract or Contract(), details)
    increments = Increments.least_of(details, below_zero=instrument.may_be_negative)
    assert instrument.may_be_negative is may
    assert (increments.price_problem(Decimal("-37.6")) == "") is may


def test_a_silent_gateway_is_told_in_a_sentence(play: Play) -> None:
    """An unanswered question ends at its deadline, and being told to stop meanwhile ends it at once."""

    async def scenario(world: World) -> None:
        program = world.program()
        await program.start()
        world.sim.faults.freeze()
        question = asyncio.create_task(qualify(program.connection.client, "SPY", 5))
        await asyncio.sleep(1)
        question.cancel()
        with pytest.raises(asyncio.CancelledError):
            await question

    play(scenario)
