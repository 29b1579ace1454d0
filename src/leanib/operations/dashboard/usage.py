"""The section that shows the limits and how much of each is used."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ib_async import Trade

from leanib.ib.account import AccountSnapshot, PositionLine
from leanib.ib.currencies import ExchangeRates
from leanib.ib.errors import IBError
from leanib.ib.limits.picture import WorkingOrder
from leanib.ib.limits.switch import KillSwitch
from leanib.ib.limits.usage import Exposure, limit_uses
from leanib.ib.manager import IBConnectionManager

__all__ = ["limits_section"]

Unit = tuple[Decimal | None, str]


def limits_section(manager: IBConnectionManager, snapshot: AccountSnapshot, live: bool, reason: str) -> dict[str, Any]:
    """The limits of `[risk]`; what is used of them is unknown while the account is."""
    settings = manager.settings
    thrown = KillSwitch(settings).thrown()
    exposures, sent, why = None, None, reason
    if live:
        try:
            exposures, sent = _exposures(manager, snapshot), manager.orders.limits.sent_last_minute()
        except IBError as error:
            exposures, why = None, str(error)
    daily = Decimal(str(snapshot.daily_pnl)) if live and snapshot.daily_pnl is not None else None
    uses = limit_uses(settings.risk, exposures, daily, sent, why)
    return {
        "live": exposures is not None, "reason": why if exposures is None else "",
        "currency": snapshot.base_currency, "obstacle": settings.limits_obstacle(),
        "switch": str(thrown) if thrown is not None else "",
        "configSwitch": settings.risk.kill_switch, "symbols": list(settings.risk.allowed_symbols),
        "uses": [{"key": one.key, "limit": one.limit, "used": one.used, "where": one.where} for one in uses],
    }  # fmt: skip


def _exposures(manager: IBConnectionManager, snapshot: AccountSnapshot) -> list[Exposure]:
    """Every contract that is held or has an open order."""
    connection, trades = manager.connection, manager.accounts.trades()
    rates = ExchangeRates.of(connection.client.accountValues(connection.account))
    held = {line.con_id: line for line in snapshot.positions}
    ordered = {trade.contract.conId: trade for trade in trades}
    found = []
    for con_id in held.keys() | ordered.keys():
        line, trade = held.get(con_id), ordered.get(con_id)
        working = manager.orders.limits.working(trades, con_id)
        worth, unknown = _worth(line, trade, working, rates)
        found.append(Exposure(_name(line, trade), _quantity(line), working, worth, unknown, _is_pair(line, trade)))
    return found


def _worth(
    line: PositionLine | None, trade: Trade | None, working: tuple[WorkingOrder, ...], rates: ExchangeRates
) -> Unit:
    """What one unit is worth in the base currency: by IB's value of the position, else by the orders' own prices."""
    if line is not None and line.market_value and line.quantity:
        unit, currency = Decimal(str(abs(line.market_value / line.quantity))), line.currency
    elif trade is not None and any(order.dearest for order in working):
        unit = max(order.dearest for order in working) * Decimal(str(trade.contract.multiplier or 1))
        currency = trade.contract.currency
    else:
        return None, "its price is not known"
    rate = rates.rate(currency)
    return (unit * rate, "") if rate is not None else (None, f"the exchange rate of {currency} is not known")


def _name(line: PositionLine | None, trade: Trade | None) -> str:
    if line is not None:
        return line.symbol
    assert trade is not None
    return str(trade.contract.localSymbol or trade.contract.symbol)


def _quantity(line: PositionLine | None) -> Decimal:
    return Decimal(str(line.quantity)) if line is not None else Decimal(0)


def _is_pair(line: PositionLine | None, trade: Trade | None) -> bool:
    return (line.security_type if line is not None else trade.contract.secType if trade is not None else "") == "CASH"
