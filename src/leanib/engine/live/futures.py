"""What IB has paid of the profit of futures that are held.

IB settles futures each day: what they have gained moves into the cash balance, and their average cost stays what it
was. The profit that counts beside that cash is the one since then, which IB tells by currency (`FuturesPNL`).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from leanib.engine.derivatives.life.holding import FutureHolding
from leanib.engine.derivatives.life.settlement import FutureSettlementModel
from leanib.engine.numbers import ZERO
from leanib.ib import AccountSnapshot

if TYPE_CHECKING:
    from leanib.engine.securities import Security

__all__ = ["take_over_settlement"]


def take_over_settlement(securities: Iterable[Security], snapshot: AccountSnapshot, currencies: Iterable[str]) -> None:
    """Counts of held futures only the profit that IB has not paid yet.

    IB tells it for all contracts of a currency together: it is shared out by their worth. Where IB does not tell it,
    nothing is changed.

    Args:
        securities: The algorithm's.
        snapshot: The account as IB has it.
        currencies: Those whose cash was taken over from the snapshot.
    """
    held = [one for one in securities if isinstance(one.holdings, FutureHolding) and one.holdings.quantity_decimal]
    for currency in currencies:
        mine = [one for one in held if one.quote_currency.symbol == currency]
        worth = sum((_worth(one) for one in mine), ZERO)
        if currency not in snapshot.futures_profit or not worth:
            continue
        unpaid = Decimal(str(snapshot.futures_profit[currency]))
        for security in mine:
            rate: Decimal = security.quote_currency.conversion_rate_decimal
            holding, model = security.holdings, security.settlement_model
            assert isinstance(holding, FutureHolding)
            settled = holding.total_close_profit_decimal(False) - unpaid * rate * _worth(security) / worth
            if isinstance(model, FutureSettlementModel):
                model.take_over(holding, settled)


def _worth(security: Security) -> Decimal:
    multiplier: Decimal = security.symbol_properties.contract_multiplier_decimal
    worth: Decimal = abs(security.holdings.quantity_decimal) * security.price_decimal * multiplier
    return worth
