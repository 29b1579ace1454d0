"""The live terminal view: clients, orders, fills and what happened, with Rich (imported only here)."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from leanib.simulator.protocol.account import money
from leanib.simulator.protocol.fields import number

if TYPE_CHECKING:
    from leanib.simulator.simulator import Simulator

ROWS = 12


def render(simulator: Simulator) -> Group:
    """One picture of the simulator."""
    return Group(_head(simulator), _clients(simulator), _orders(simulator), _fills(simulator), _notes(simulator))


def _head(simulator: Simulator) -> Text:
    gateway = simulator.gateway
    state = "[green]connected[/]" if gateway.desk.link_up else "[red]link to IBKR lost[/]"
    figures = ", ".join(
        f"{name} {money(gateway.accounts.figures(name).net_liquidation)} {gateway.accounts.base}"
        for name in gateway.accounts.names
    )
    place = f"{simulator.host}:{simulator.port}"
    return Text.from_markup(f"[bold]{place}[/]  {gateway.clock.now():%Y-%m-%d %H:%M:%S} UTC  {state}  {figures}")


def _clients(simulator: Simulator) -> Table:
    table = _table("Clients", "id", "version", "address", "received", "sent", "ticks dropped")
    for one in simulator.clients[:ROWS]:
        table.add_row(str(one.client_id), str(one.version), one.address, str(one.received), str(one.sent),
                      str(one.dropped))  # fmt: skip
    return table


def _orders(simulator: Simulator) -> Table:
    table = _table("Orders", "client", "id", "order", "filled", "status")
    for order in list(simulator.orders.orders.values())[-ROWS:]:
        limit = f" @ {number(order.limit)}" if order.limit is not None else ""
        what = f"{order.spec.text('action')} {number(order.quantity)} {order.item.local_symbol} {order.kind}{limit}"
        table.add_row(str(order.client_id), str(order.order_id), what, number(order.filled), order.status)
    return table


def _fills(simulator: Simulator) -> Table:
    table = _table("Fills", "time", "client", "fill", "commission")
    for one in list(simulator.orders.blotter.executions.values())[-ROWS:]:
        what = f"{one.side} {number(one.shares)} {one.item.local_symbol} @ {number(one.price)}"
        table.add_row(simulator.gateway.wall(one.time)[9:17], str(one.client_id), what, number(one.commission))
    return table


def _notes(simulator: Simulator) -> Panel:
    return Panel("\n".join(simulator.gateway.notes[-8:]) or "nothing yet", title="What happened", title_align="left")


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", expand=True)
    for column in columns:
        table.add_column(column)
    return table


async def watch(simulator: Simulator, console: Console | None = None, refresh: float = 0.5) -> None:
    """Show the simulator until cancelled."""
    with Live(render(simulator), console=console, auto_refresh=False, screen=False) as live:
        while True:
            await asyncio.sleep(refresh)
            live.update(render(simulator), refresh=True)
