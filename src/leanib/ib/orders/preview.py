"""What an order would do to the account, as IB tells it before anything is placed (a what-if order)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ib_async import Contract, Order, OrderState
from ib_async.util import UNSET_DOUBLE
from ib_async.wrapper import RequestError

from leanib.ib.client import GatewayClient
from leanib.ib.errors import OrderRefused

__all__ = ["Preview", "what_if"]


@dataclass(frozen=True)
class Preview:
    """What IB says an order would change; amounts in the account's base currency, None where IB does not tell.

    Attributes:
        commission: Expected; None when IB gives only a range.
        least_commission: The least, where IB gives a range.
        most_commission: The most, likewise.
        commission_currency: Of the three.
        warning: IB's words, empty without any.
    """

    initial_margin: Decimal | None
    initial_margin_after: Decimal | None
    maintenance_margin: Decimal | None
    maintenance_margin_after: Decimal | None
    equity_with_loan_after: Decimal | None
    commission: Decimal | None
    least_commission: Decimal | None
    most_commission: Decimal | None
    commission_currency: str
    warning: str


async def what_if(client: GatewayClient, contract: Contract, order: Order, timeout: float) -> Preview:
    """Asks; nothing is placed.

    Raises:
        OrderRefused: IB would refuse the order, or does not answer within `timeout` seconds.
    """
    try:
        async with asyncio.timeout(timeout):
            state = await client.whatIfOrderAsync(contract, order)
    except TimeoutError:
        raise OrderRefused(f"not sent: IB did not answer the preflight (what-if) within {timeout:g} s") from None
    except RequestError as error:
        raise OrderRefused(f"not sent: the preflight (what-if) failed, {error.code}: {error.message}") from None
    except ConnectionError:
        raise OrderRefused("not sent: the connection was lost during the preflight") from None
    return _preview(state)


def _preview(state: OrderState) -> Preview:
    return Preview(
        initial_margin=_amount(state.initMarginChange),
        initial_margin_after=_amount(state.initMarginAfter),
        maintenance_margin=_amount(state.maintMarginChange),
        maintenance_margin_after=_amount(state.maintMarginAfter),
        equity_with_loan_after=_amount(state.equityWithLoanAfter),
        commission=_amount(state.commission),
        least_commission=_amount(state.minCommission),
        most_commission=_amount(state.maxCommission),
        commission_currency=state.commissionCurrency or "",
        warning=state.warningText or "",
    )


def _amount(value: Any) -> Decimal | None:
    if value in (None, "") or value == UNSET_DOUBLE:
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and abs(amount) < Decimal("1e300") else None
