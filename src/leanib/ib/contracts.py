"""From what a person types to the one contract that IB knows.

SPY                     a US stock or fund; BRK.B and BRK-B are `BRK B`, as IB writes classes of shares
EURUSD                  a currency pair
SPX:IND@CBOE            an index at its exchange
ES:FUT:202612@CME       a future with its contract month, or its last day (ES:FUT:20261218@CME)
SPY:OPT:20270115:C:650  an option with its last day, right (C, P) and strike
SPX:OPT:20270115:P:6000:SPXW    the same with its trading class, where one day has options of two
ES:FUT:20261218:ES@CME          so also a future, where a root has contracts of several sizes
ES:FOP:20261218:C:6800@CME      an option on a future, at its exchange
SAP@IBIS/EUR            a stock elsewhere, in another currency, sent to that exchange
SAP@SMART:IBIS/EUR      the same one sent by IB's own routing: IBIS only says which listing is meant
#265598                 whatever has that contract id (conId) at IB, options included
"""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Awaitable
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TypeVar

from ib_async import Contract, ContractDetails
from ib_async.util import dataclassNonDefaults
from ib_async.wrapper import RequestError

from leanib.errors import UsageError
from leanib.ib.client import GatewayClient
from leanib.ib.errors import RequestFailed, RequestTimedOut, UnknownContract

__all__ = ["SYMBOL_FORMS", "Instrument", "answered", "canonical_name", "parse_symbol", "qualify", "qualify_contract"]

T = TypeVar("T")

SYMBOL_FORMS = (
    "SPY, BRK.B, EURUSD, SPX:IND@CBOE, ES:FUT:202612@CME, SPY:OPT:20270115:C:650, ES:FOP:20261218:C:6800@CME, "
    "SAP@IBIS/EUR, SAP@SMART:IBIS/EUR or #265598"
)

_CURRENCIES = frozenset(
    code
    for row in (
        "AUD CAD CHF CNH CZK DKK EUR GBP HKD HUF ILS JPY",
        "KRW MXN NOK NZD PLN RUB SEK SGD TRY USD ZAR",
    )
    for code in row.split()
)
_OPTIONS = frozenset(("OPT", "FOP"))
_TYPES = frozenset(("STK", "CASH", "IND", "FUT", "CFD", "CRYPTO", "CMDTY")) | _OPTIONS
_BELOW_ZERO = frozenset(("FUT", "CONTFUT", "FOP", "BAG", "CMDTY", "IND", "CFD"))
_SPEC = re.compile(
    r"(?P<symbol>[A-Z0-9][A-Z0-9. &'-]*)"
    r"(:(?P<type>[A-Z]+)(:(?P<expiry>\d{6}(\d\d)?)(:(?P<right>[CP]):(?P<strike>\d+(\.\d+)?))?(:(?P<klass>[A-Z0-9]+))?)?)?"
    r"(@(?P<exchange>[A-Z0-9.]+)(:(?P<primary>[A-Z0-9.]+))?)?(/(?P<currency>[A-Z]{3}))?"
)
_CON_ID = re.compile(r"#(?P<con_id>\d{1,12})")
_CLASS = re.compile(r"(?P<name>[A-Z0-9]+)[. -](?P<letter>[A-Z]{1,3})")
_CHOICES = 10
_NO_SUCH_CONTRACT = 200
_OPTION_FORM = (
    "symbol '{text}' is not understood; an option is written with its last day, right and strike: "
    "SPY:OPT:20270115:C:650, or ES:FOP:20261218:C:6800@CME for one on a future"
)


@dataclass(frozen=True)
class Instrument:
    """A contract that IB has confirmed.

    Attributes:
        name: What the person typed, in capitals.
        contract: IB's contract with its conId.
        details: IB's details: trading hours, time zone, minimum price variation.
    """

    name: str
    contract: Contract
    details: ContractDetails

    @cached_property
    def contract_fields(self) -> dict[str, str | int | float | bool]:
        """What the contract has besides defaults, as plain values: `Contract(**fields)` is it again."""
        plain = dataclassNonDefaults(self.contract)
        return {name: value for name, value in plain.items() if isinstance(value, str | int | float | bool)}

    @property
    def point_value(self) -> Decimal:
        """What one unit gains, in the contract's currency, when the quoted price rises by 1.

        IB's multiplier over its price magnifier: ZC is quoted in cents, so 5000 / 100.
        """
        multiplier = Decimal(str(self.contract.multiplier or 1))
        return multiplier / (self.details.priceMagnifier or 1)

    @property
    def is_pair(self) -> bool:
        """Whether it is a currency pair, whose quantity is an amount of money."""
        return self.contract.secType == "CASH"

    @property
    def may_be_negative(self) -> bool:
        """Whether a price below zero can be a price, as of a future or a spread."""
        return self.contract.secType in _BELOW_ZERO


def parse_symbol(text: str) -> Contract:
    """The contract that a symbol as typed asks for, not yet confirmed by IB.

    Raises:
        UsageError: It has none of the forms above.
    """
    typed = text.strip().upper()
    by_id = _CON_ID.fullmatch(typed)
    if by_id is not None:
        return Contract(conId=int(by_id["con_id"]))
    found = _SPEC.fullmatch(typed)
    if found is None or (found["type"] and found["type"] not in _TYPES):
        raise UsageError(f"symbol '{text}' is not understood; write {SYMBOL_FORMS}")
    symbol, kind = found["symbol"].strip(), found["type"]
    if (kind in _OPTIONS) != bool(found["strike"]):
        raise UsageError(_OPTION_FORM.format(text=text))
    if kind in (None, "CASH") and _is_pair(symbol):
        return Contract(
            secType="CASH", symbol=symbol[:3], currency=symbol[3:], exchange=found["exchange"] or "IDEALPRO"
        )
    return Contract(
        secType=kind or "STK",
        symbol=symbol,
        lastTradeDateOrContractMonth=found["expiry"] or "",
        right=found["right"] or "",
        strike=float(found["strike"] or 0),
        tradingClass=found["klass"] or "",
        exchange=found["exchange"] or "SMART",
        primaryExchange=found["primary"] or "",
        currency=found["currency"] or "USD",
    )


def _is_pair(symbol: str) -> bool:
    return len(symbol) == 6 and symbol[:3] in _CURRENCIES and symbol[3:] in _CURRENCIES


def _spellings(wanted: Contract) -> list[Contract]:
    """The contract under each way of writing a class of shares; IB's own for the US (a space) first there."""
    found = _CLASS.fullmatch(wanted.symbol) if wanted.secType in ("STK", "OPT") else None
    if found is None:
        return [wanted]
    forms = [f"{found['name']}{joint}{found['letter']}" for joint in " .-"]
    first = " " if wanted.currency == "USD" else None
    ordered = dict.fromkeys([*(forms[:1] if first else ()), wanted.symbol, *forms])
    return [replace(wanted, symbol=symbol) for symbol in ordered]


async def qualify(client: GatewayClient, text: str, timeout: float) -> Instrument:
    """The instrument that IB knows under a symbol as typed.

    Args:
        client: Asks.
        text: One of the forms above.
        timeout: Seconds for each question.

    Raises:
        UsageError: The symbol is not understood.
        UnknownContract: IB knows none, or several; these are listed in a form that can be typed.
        RequestTimedOut: IB did not answer in time.
        RequestFailed: IB answered with an error.
    """
    wanted = parse_symbol(text)
    for spelling in _spellings(wanted):
        answers = _standard(_distinct(await _ask(client, spelling, text, timeout)), wanted)
        if answers:
            return _the_one(answers, wanted, text)
    raise UnknownContract(f"IB knows no contract for '{text}'; check symbol, exchange and currency")


async def qualify_contract(client: GatewayClient, contract: Contract, name: str, timeout: float) -> Instrument:
    """The instrument of a contract that IB has confirmed before, found by its id; raises as `qualify`."""
    if not contract.conId:
        return await qualify(client, name, timeout)
    wanted = Contract(conId=contract.conId, exchange=contract.exchange)
    answers = _distinct(await _ask(client, wanted, name, timeout))
    if not answers:
        raise UnknownContract(f"IB no longer knows the contract of {name} (conId {contract.conId})")
    return _the_one(answers, wanted, name)


async def _ask(client: GatewayClient, wanted: Contract, text: str, timeout: float) -> list[ContractDetails]:
    return await answered(client.reqContractDetailsAsync(wanted), f"the contract of {text}", timeout)


async def answered(question: Awaitable[list[T]], what: str, timeout: float) -> list[T]:
    """IB's answer to a question about contracts; empty where it knows none.

    Args:
        question: Not yet begun.
        what: What is asked for, in messages.
        timeout: Seconds.

    Raises:
        RequestTimedOut: No answer in time, or the connection was lost.
        RequestFailed: IB refused the question.
    """
    try:
        async with asyncio.timeout(timeout):
            return await question
    except TimeoutError:
        raise RequestTimedOut(f"IB did not tell {what} within {timeout:g} s") from None
    except RequestError as error:
        if error.code != _NO_SUCH_CONTRACT:
            raise RequestFailed(error.code, error.message) from None
        return []
    except ConnectionError:
        raise RequestTimedOut(f"the connection was lost while asking for {what}") from None


def _distinct(answers: list[ContractDetails]) -> list[ContractDetails]:
    """One answer a contract: IB may list the same one for several exchanges."""
    return list({answer.contract.conId: answer for answer in reversed(answers) if answer.contract}.values())[::-1]


def _standard(answers: list[ContractDetails], wanted: Contract) -> list[ContractDetails]:
    """Of options on a share those on the plain share: what a corporate action has changed is named by its class."""
    if wanted.secType != "OPT" or wanted.tradingClass or len(answers) < 2:
        return answers
    plain = [a for a in answers if a.underSecType == "STK" and a.contract and a.contract.tradingClass == _plain(a)]
    return plain or answers


def _plain(answer: ContractDetails) -> str:
    assert answer.contract is not None
    return "".join(letter for letter in answer.contract.symbol if letter.isalnum())


def _the_one(answers: list[ContractDetails], wanted: Contract, text: str) -> Instrument:
    if len(answers) > 1:
        raise UnknownContract(f"'{text}' is ambiguous at IB; type one of: {_choices(answers)}")
    details = answers[0]
    contract = details.contract
    assert contract is not None
    if wanted.exchange == "SMART" or (wanted.conId and not wanted.exchange and _is_routed(details)):
        contract.exchange = "SMART"
    return Instrument(text.strip().upper(), contract, details)


def _is_routed(details: ContractDetails) -> bool:
    return "SMART" in details.validExchanges.split(",")


def canonical_name(contract: Contract) -> str:
    """The shortest form of a contract that can be typed; `#conId` where no other says it."""
    c = contract
    if c.secType == "CASH" and _is_pair(c.symbol + c.currency):
        return c.symbol + c.currency
    if c.secType not in _TYPES or _SPEC.fullmatch(c.symbol.upper()) is None:
        return f"#{c.conId}"
    currency = "" if c.currency == "USD" else f"/{c.currency}"
    if c.secType == "STK":
        if c.exchange not in ("", "SMART"):
            return f"{c.symbol}@{c.exchange}{currency}"
        return f"{c.symbol}{currency}"
    expiry = f":{c.lastTradeDateOrContractMonth[:8]}" if c.lastTradeDateOrContractMonth else ""
    if c.secType in _OPTIONS:
        expiry += f":{c.right[:1]}:{Decimal(str(c.strike)).normalize():f}"
        expiry += f":{c.tradingClass}" if c.tradingClass not in ("", c.symbol) else ""
        if c.exchange in ("", "SMART"):
            return f"{c.symbol}:{c.secType}{expiry}{currency}"
    return f"{c.symbol}:{c.secType}{expiry}@{c.exchange or 'SMART'}{currency}"


def _choices(answers: list[ContractDetails]) -> str:
    """The candidates, each in a form that names it alone, with its name and conId."""
    forms = [_listing(answer) for answer in answers]
    times = Counter(forms)
    lines = []
    for form, answer in zip(forms, answers, strict=True):
        con_id = f"#{answer.contract.conId}" if answer.contract else ""
        own = form if times[form] == 1 else con_id
        about = ", ".join(filter(None, (answer.longName, con_id if own != con_id else "")))
        lines.append(f"{own} ({about})" if about else own)
    more = f" and {len(lines) - _CHOICES} more" if len(lines) > _CHOICES else ""
    return "; ".join(lines[:_CHOICES]) + more


def _listing(answer: ContractDetails) -> str:
    """A candidate with all that tells listings apart: primary exchange and currency, or expiry and exchange."""
    c = answer.contract
    assert c is not None
    if c.secType == "STK" and c.exchange in ("", "SMART") and c.primaryExchange:
        return f"{c.symbol}@SMART:{c.primaryExchange}/{c.currency}"
    return canonical_name(c)
