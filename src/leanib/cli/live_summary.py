"""What a live run leaves on the terminal: its orders, and what is held."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leanib.engine.symbols import Symbol

__all__ = ["print_summary"]

_MOST_ORDERS = 40


def _name(symbol: Symbol) -> str:
    """Its text, without the blanks that fill up an option's ticker."""
    return " ".join(symbol.value.split())


def print_summary(algorithm: Any) -> None:
    """The run's orders and holdings as tables."""
    from rich import box
    from rich.console import Console
    from rich.table import Table

    console = Console()
    tickets = algorithm.transactions.get_order_tickets()
    if tickets:
        title = f"orders ({len(tickets)})"
        table = Table(box=box.SIMPLE_HEAD, title=title, title_justify="left", pad_edge=False, padding=(0, 1, 0, 0))
        for name in ("", "UTC", "symbol", "type", "quantity", "filled", "at", "status"):
            right = name in ("", "quantity", "filled", "at")
            # in a narrow terminal words are broken, and never a number or a contract's name
            is_whole = right or name == "symbol"
            table.add_column(name, justify="right" if right else "left", no_wrap=is_whole, overflow="fold")
        for ticket in tickets[-_MOST_ORDERS:]:
            table.add_row(
                str(ticket.order_id),
                f"{ticket.submit_request.time:%m-%d %H:%M:%S}",
                _name(ticket.symbol),
                ticket.order_type.lean_name,
                f"{ticket.quantity:+g}",
                f"{ticket.quantity_filled:+g}" if ticket.quantity_filled else "",
                f"{ticket.average_fill_price:,.4f}".rstrip("0").rstrip(".") if ticket.quantity_filled else "",
                ticket.status.lean_name,
            )
        console.print(table)
    held = [s for s in algorithm.securities.values() if s.holdings.quantity]
    for security in held:
        holding = security.holdings
        console.print(
            f"held: {holding.quantity:+g} {_name(security.symbol)} at {holding.average_price:,.2f}, now "
            f"{security.price:,.2f}",
            highlight=False,
        )
    if not held:
        console.print("nothing is held", highlight=False)
    portfolio = algorithm.portfolio
    console.print(
        f"value {portfolio.total_portfolio_value:,.2f} {algorithm.account_currency}, fees {portfolio.total_fees:,.2f}",
        highlight=False,
    )
