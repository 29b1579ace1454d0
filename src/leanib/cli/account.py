"""`leanib account`: what is in the account, once or live."""

from __future__ import annotations

import asyncio
import json
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live
from rich.table import Table

from leanib.cli.ib_session import INTERRUPTED, AccountOption, ClientIdOption, LiveOption, VerboseOption, run
from leanib.cli.prices import average, price
from leanib.cli.tables import compact
from leanib.ib.account import AccountSnapshot, OpenOrder
from leanib.ib.manager import IBConnectionManager

__all__ = ["account"]

_REFRESH = 1.0
_ROWS = (
    ("Net liquidation", "NetLiquidation"),
    ("Total cash", "TotalCashValue"),
    ("Buying power", "BuyingPower"),
    ("Available funds", "AvailableFunds"),
    ("Excess liquidity", "ExcessLiquidity"),
    ("Initial margin", "InitMarginReq"),
    ("Maintenance margin", "MaintMarginReq"),
    ("Gross position value", "GrossPositionValue"),
    ("Unrealized P&L", "UnrealizedPnL"),
    ("Realized P&L", "RealizedPnL"),
)


def account(
    watch: Annotated[bool, typer.Option("--watch", help="Show it live until Ctrl-C.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one snapshot as JSON.")] = False,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Show balance, margins, cash, positions, profit and open orders.

    The snapshot says whether it is complete; exit code 1 when it is not.
    """

    async def show(manager: IBConnectionManager) -> bool:
        if watch:
            await _watch(manager)
            return True
        snapshot = await _settled(manager)
        if as_json:
            typer.echo(json.dumps(snapshot.as_dict(), indent=2))
        else:
            Console().print(render(snapshot))
        return snapshot.complete

    complete = run(show, live=live, account=account, client_id=client_id, verbose=verbose)
    if complete is None and not watch:
        raise typer.Exit(INTERRUPTED)
    if complete is False:
        raise typer.Exit(1)


async def _settled(manager: IBConnectionManager) -> AccountSnapshot:
    """A snapshot after a moment in which the day's profit can arrive."""
    snapshot = await manager.accounts.refresh()
    for _ in range(10):
        if snapshot.daily_pnl is not None:
            break
        await asyncio.sleep(0.1)
        snapshot = manager.accounts.snapshot()
    return snapshot


async def _watch(manager: IBConnectionManager) -> None:
    with Live(render(manager.accounts.snapshot()), auto_refresh=False, screen=False) as view:
        while True:
            view.update(render(await manager.accounts.refresh()), refresh=True)
            await asyncio.sleep(_REFRESH)


def render(snapshot: AccountSnapshot) -> Group:
    """The account as tables."""
    mark = "[green]complete[/]" if snapshot.complete else f"[bold red]INCOMPLETE[/]: {snapshot.reason}"
    title = f"{snapshot.account or 'account'}  {snapshot.at:%Y-%m-%d %H:%M:%S} UTC  {mark}"
    return Group(title, _balance(snapshot), _positions(snapshot), _orders(snapshot))


def _balance(snapshot: AccountSnapshot) -> Table:
    table = compact("Balance", snapshot.base_currency or "base", right=range(1, 2))
    for label, tag in _ROWS:
        if tag in snapshot.values:
            table.add_row(label, _money(snapshot.values[tag]))
    table.add_row("Daily P&L", _money(snapshot.daily_pnl))
    for currency, amount in sorted(snapshot.cash.items()):
        table.add_row(f"Cash {currency}", _money(amount))
    return table


def _positions(snapshot: AccountSnapshot) -> Table:
    columns = ("Position", "Quantity", "Cost", "Price", "Value", "Unrealized", "Realized", "")
    table = compact(*columns, right=range(1, 7))
    for line in snapshot.positions:
        table.add_row(
            line.symbol,
            f"{line.quantity:g}",
            average(line.average_cost),
            average(line.market_price) if line.market_price is not None else "-",
            _money(line.market_value),
            _money(line.unrealized_pnl),
            _money(line.realized_pnl),
            line.currency,
        )
    return table


def _orders(snapshot: AccountSnapshot) -> Table:
    columns = ("Open order", "Side", "Quantity", "Filled", "Type", "Limit", "Stop", "TIF", "Status")
    table = compact(*columns, right=range(2, 4))
    for order in snapshot.open_orders:
        table.add_row(
            order.symbol,
            order.action,
            f"{order.quantity:g}",
            f"{order.filled:g}",
            order.order_type,
            price(order.limit_price) if order.limit_price else "-",
            _trigger(order),
            order.time_in_force,
            order.status,
        )
    return table


def _trigger(order: OpenOrder) -> str:
    """A stop's price; a trailing one's distance, `by` an amount or in percent."""
    if order.trailing_percent:
        return f"{order.trailing_percent:g}%"
    if not order.stop_price:
        return "-"
    return f"by {price(order.stop_price)}" if order.order_type.startswith("TRAIL") else price(order.stop_price)


def _money(value: float | None) -> str:
    if value is None:
        return "-"
    text = f"{value:,.2f}"
    return f"[red]{text}[/]" if value < 0 else text
