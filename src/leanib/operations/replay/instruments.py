"""The simulator's instruments of LEAN's symbols."""

from __future__ import annotations

from decimal import Decimal

from leanib.engine.live.contracts import ib_name
from leanib.engine.symbols import Symbol
from leanib.ib.contracts import parse_symbol
from leanib.simulator.market.instruments import Instrument
from leanib.simulator.market.market import Market
from leanib.simulator.protocol.contracts import ContractQuery

__all__ = ["instrument_of"]


def instrument_of(symbol: Symbol, market: Market) -> Instrument | None:
    """What the simulator would answer whoever asks IB for a symbol; None where it knows no such contract.

    Raises:
        NotSupportedError: Interactive Brokers has no such security.
    """
    wanted = parse_symbol(ib_name(symbol))
    found = market.find(
        ContractQuery(
            symbol=wanted.symbol.replace(".", " ") if wanted.secType == "STK" else wanted.symbol,
            sec_type=wanted.secType,
            expiry=wanted.lastTradeDateOrContractMonth,
            strike=Decimal(str(wanted.strike)) if wanted.strike else None,
            right=wanted.right,
            exchange=wanted.exchange,
            currency=wanted.currency,
            trading_class=wanted.tradingClass,
        )
    )
    return found[0] if found else None
