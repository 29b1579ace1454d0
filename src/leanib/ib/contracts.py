"""From what a person types to the one contract that IB knows.

SPY                 a US stock or fund
EURUSD              a currency pair
SPX:IND@CBOE        an index at its exchange
ES:FUT:202612@CME   a future with its contract month
SAP@IBIS/EUR        a stock elsewhere, in another currency
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from ib_async import Contract, ContractDetails
from ib_async.wrapper import RequestError

from leanib.errors import UsageError
from leanib.ib.client import GatewayClient
from leanib.ib.errors import RequestFailed, RequestTimedOut, UnknownContract

__all__ = ["Instrument", "parse_symbol", "qualify"]

_CURRENCIES = frozenset(
    code
    for row in (
        "AUD CAD CHF CNH CZK DKK EUR GBP HKD HUF ILS JPY",
        "KRW MXN NOK NZD PLN RUB SEK SGD TRY USD ZAR",
    )
    for code in row.split()
)
_TYPES = frozenset(("STK", "CASH", "IND", "FUT", "CFD", "CRYPTO", "CMDTY"))
_SPEC = re.compile(
    r"(?P<symbol>[A-Z0-9. ]+)(:(?P<type>[A-Z]+)(:(?P<expiry>\d{6}(\d\d)?))?)?"
    r"(@(?P<exchange>[A-Z0-9]+))?(/(?P<currency>[A-Z]{3}))?"
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


def parse_symbol(text: str) -> Contract:
    """The contract that a symbol as typed asks for, not yet confirmed by IB.

    Raises:
        UsageError: It has none of the forms above.
    """
    found = _SPEC.fullmatch(text.strip().upper())
    if found is None or (found["type"] and found["type"] not in _TYPES):
        raise UsageError(
            f"symbol '{text}' is not understood; write SPY, EURUSD, SPX:IND@CBOE, ES:FUT:202612@CME or SAP@IBIS/EUR"
        )
    symbol, kind = found["symbol"], found["type"]
    if kind in (None, "CASH") and _is_pair(symbol):
        return Contract(
            secType="CASH", symbol=symbol[:3], currency=symbol[3:], exchange=found["exchange"] or "IDEALPRO"
        )
    return Contract(
        secType=kind or "STK",
        symbol=symbol,
        lastTradeDateOrContractMonth=found["expiry"] or "",
        exchange=found["exchange"] or "SMART",
        currency=found["currency"] or "USD",
    )


def _is_pair(symbol: str) -> bool:
    return len(symbol) == 6 and symbol[:3] in _CURRENCIES and symbol[3:] in _CURRENCIES


async def qualify(client: GatewayClient, text: str, timeout: float) -> Instrument:
    """The instrument that IB knows under a symbol as typed.

    Raises:
        UsageError: The symbol is not understood.
        UnknownContract: IB knows none, or several.
        RequestTimedOut: IB did not answer in time.
        RequestFailed: IB answered with an error.
    """
    wanted = parse_symbol(text)
    try:
        answers = await asyncio.wait_for(client.reqContractDetailsAsync(wanted), timeout)
    except TimeoutError:
        raise RequestTimedOut(f"IB did not tell the contract of {text} within {timeout:g} s") from None
    except RequestError as error:
        if error.code != 200:
            raise RequestFailed(error.code, error.message) from None
        answers = []
    except ConnectionError:
        raise RequestTimedOut(f"the connection was lost while asking for the contract of {text}") from None
    if not answers:
        raise UnknownContract(f"IB knows no contract for '{text}'; check symbol, exchange and currency")
    if len(answers) > 1:
        raise UnknownContract(
            f"'{text}' is ambiguous at IB: {_candidates(answers)}; add the exchange or the contract month"
        )
    details = answers[0]
    contract = details.contract
    assert contract is not None
    if wanted.exchange == "SMART":
        contract.exchange = "SMART"
    return Instrument(text.strip().upper(), contract, details)


def _candidates(answers: list[ContractDetails]) -> str:
    names = [f"{c.localSymbol or c.symbol}@{c.exchange}/{c.currency}" for a in answers if (c := a.contract) is not None]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
