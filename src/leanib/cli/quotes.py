"""`leanib quotes SYMBOL ...`: live quotes of many symbols."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.live import Live
from rich.table import Table

from leanib.cli.ib_session import AccountOption, ClientIdOption, LiveOption, VerboseOption, run
from leanib.cli.prices import price
from leanib.cli.tables import compact
from leanib.ib.contracts import SYMBOL_FORMS
from leanib.ib.manager import IBConnectionManager
from leanib.ib.quotes import Gap, Quote, QuoteStatus

__all__ = ["quotes"]

_REFRESH = 0.5
_COLOURS = {
    QuoteStatus.CURRENT: "green",
    QuoteStatus.WAITING: "dim",
    QuoteStatus.CLOSED: "yellow",
    QuoteStatus.STALE: "bold red",
    QuoteStatus.INTERRUPTED: "bold red",
    QuoteStatus.REFUSED: "bold red",
}


def quotes(
    symbols: Annotated[list[str], typer.Argument(help=SYMBOL_FORMS)],
    seconds: Annotated[float, typer.Option("--seconds", help="Stop after that long; 0: until Ctrl-C.")] = 0.0,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print a JSON object a line: every quote and every gap.")
    ] = False,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Show bid, ask, last, sizes, volume and age; interruptions are shown, never a silently stale price."""

    async def show(manager: IBConnectionManager) -> None:
        await manager.quotes.subscribe(symbols)
        display = _print_stream(manager) if as_json else _show_table(manager)
        try:
            async with asyncio.timeout(seconds or None):
                await display
        except TimeoutError:
            return  # the time asked for is over

    run(show, live=live, account=account, client_id=client_id, verbose=verbose)


async def _print_stream(manager: IBConnectionManager) -> None:
    async for item in manager.quotes.stream():
        typer.echo(json.dumps(as_json_object(item)))


async def _show_table(manager: IBConnectionManager) -> None:
    with Live(render(manager.quotes.quotes()), auto_refresh=False) as view:
        while True:
            view.update(render(manager.quotes.quotes()), refresh=True)
            await asyncio.sleep(_REFRESH)


def as_json_object(item: Quote | Gap) -> dict[str, Any]:
    """A quote or a gap for JSON; times in ISO 8601."""
    plain = {name: _plain(value) for name, value in asdict(item).items()}
    return {"type": "gap" if isinstance(item, Gap) else "quote", **plain}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, QuoteStatus) else value


def render(lines: list[Quote]) -> Table:
    """The quotes as a table that fits into 80 columns; sizes stand behind their prices."""
    columns = ("Symbol", "Bid", "Ask", "Last", "Volume", "Traded", "Age", "Status")
    table = compact(*columns, right=range(1, 7))
    for quote in lines:
        colour = _COLOURS[quote.status]
        status = quote.status.value + (f" ({quote.reason})" if quote.reason else "")
        table.add_row(
            quote.symbol,
            _priced(quote.bid, quote.bid_size, quote.digits),
            _priced(quote.ask, quote.ask_size, quote.digits),
            _priced(quote.last, quote.last_size, quote.digits),
            _amount(quote.volume),
            f"{quote.exchange_time:%H:%M:%S}" if quote.exchange_time else "-",
            f"{quote.age:.0f} s" if quote.age is not None else "-",
            f"[{colour}]{status}[/] {quote.data_type}",
        )
    return table


def _priced(value: float | None, size: float | None, digits: int) -> str:
    if value is None:
        return "-"
    return price(value, digits) + (f" [dim]x{_amount(size)}[/]" if size is not None else "")


def _amount(value: float | None) -> str:
    if value is None:
        return "-"
    for factor, unit in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if value >= factor:
            return f"{value / (1e3 if unit == 'k' else factor):,.1f}{unit}"
    return f"{value:,.0f}"
