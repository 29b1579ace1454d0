"""`leanib order`: buy, sell, list, modify, cancel."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from leanib.cli.ib_session import AccountOption, ClientIdOption, LiveOption, run, settings_for
from leanib.cli.order_resolve import resolve
from leanib.cli.tables import compact
from leanib.errors import UsageError
from leanib.ib.journal import Journal, OrderRecord, OrderStatus, Terms
from leanib.ib.manager import IBConnectionManager
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders import Change

__all__ = ["app"]

app = typer.Typer(no_args_is_help=True, help="Place, list, change and cancel orders.")

_WAIT = 60.0


def _command(side: Literal["BUY", "SELL"]) -> Callable[..., None]:
    """`buy` or `sell`: the same options for both sides."""

    def place(
        symbol: str,
        quantity: str,
        market: Annotated[bool, typer.Option("--market", help="At the market (the default).")] = False,
        limit: Annotated[str, typer.Option("--limit", help="Limit price.", show_default=False)] = "",
        stop: Annotated[str, typer.Option("--stop", help="Stop price.", show_default=False)] = "",
        stop_limit: Annotated[
            tuple[str, str], typer.Option("--stop-limit", help="Stop price and limit price.", show_default=False)
        ] = ("", ""),
        trailing: Annotated[
            str, typer.Option("--trailing", help="Trailing distance: 1.50, or 2% in percent.", show_default=False)
        ] = "",
        tif: Annotated[str, typer.Option("--tif", help="DAY, GTC, IOC, FOK, OPG.")] = "DAY",
        bracket: Annotated[
            tuple[str, str], typer.Option("--bracket", help="Take-profit and stop-loss prices.", show_default=False)
        ] = ("", ""),
        outside_rth: Annotated[bool, typer.Option("--outside-rth", help="May trade outside regular hours.")] = False,
        wait: Annotated[bool, typer.Option("--wait", help="Wait for the outcome, 60 s at most.")] = False,
        live: LiveOption = False,
        account: AccountOption = "",
        client_id: ClientIdOption = None,
    ) -> None:
        request = _request(side, symbol, quantity, market, limit, stop, stop_limit, trailing, tif, bracket, outside_rth)
        _place(request, wait=wait, live=live, account=account, client_id=client_id)

    return place


app.command("buy", help="Buy QUANTITY of SYMBOL.")(_command("BUY"))
app.command("sell", help="Sell QUANTITY of SYMBOL, short if there is no position.")(_command("SELL"))


app.command("resolve")(resolve)


@app.command("list")
def list_orders(
    everything: Annotated[bool, typer.Option("--all", help="Finished orders too.")] = False,
    history: Annotated[
        str, typer.Option("--history", help="Everything noted about one order.", show_default=False)
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    live: LiveOption = False,
    account: AccountOption = "",
) -> None:
    """List the orders of the journal; needs no Gateway."""
    journal = Journal(settings_for(live, account or ("-" if live else "")).orders.journal)
    try:
        if history:
            _print_history(journal, history)
            return
        records = journal.orders() if everything else journal.open_orders()
        if as_json:
            typer.echo(json.dumps([as_json_object(record) for record in records], indent=2))
        else:
            Console().print(render(records))
    finally:
        journal.close()


@app.command()
def modify(
    ref: str,
    quantity: Annotated[str, typer.Option("--quantity", help="New total quantity.", show_default=False)] = "",
    limit: Annotated[str, typer.Option("--limit", help="New limit price.", show_default=False)] = "",
    stop: Annotated[str, typer.Option("--stop", help="New stop price.", show_default=False)] = "",
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
) -> None:
    """Change the quantity or a price of the open order REF."""
    change = Change(_number(quantity, "--quantity"), _number(limit, "--limit"), _number(stop, "--stop"))

    async def work(manager: IBConnectionManager) -> OrderRecord:
        record = await manager.orders.modify(ref, change)
        return await manager.orders.answered(record.ref)

    _report(run(work, live=live, account=account, client_id=client_id, with_orders=True))


@app.command()
def cancel(ref: str, live: LiveOption = False, account: AccountOption = "", client_id: ClientIdOption = None) -> None:
    """Cancel the open order REF."""

    async def work(manager: IBConnectionManager) -> OrderRecord:
        manager.orders.cancel(ref)
        return await manager.orders.wait(ref, manager.settings.orders.ack_timeout * 2)

    _report(run(work, live=live, account=account, client_id=client_id, with_orders=True))


@app.command("cancel-all")
def cancel_all(
    everyone: Annotated[
        bool, typer.Option("--everyone", help="IB's global cancel: orders of other programs and of TWS too.")
    ] = False,
    live: LiveOption = False,
    account: AccountOption = "",
    client_id: ClientIdOption = None,
) -> None:
    """Cancel all open orders of this client id."""

    async def work(manager: IBConnectionManager) -> list[OrderRecord]:
        if everyone:
            manager.orders.cancel_everything()
        records = manager.orders.journal.open_orders() if everyone else manager.orders.cancel_all()
        deadline = manager.settings.orders.ack_timeout * 2
        return [await manager.orders.wait(record.ref, deadline) for record in records]

    records = run(work, live=live, account=account, client_id=client_id, with_orders=True)
    if records is not None:
        Console().print(render(records))


def _request(
    side: Literal["BUY", "SELL"],
    symbol: str,
    quantity: str,
    market: bool,
    limit: str,
    stop: str,
    stop_limit: tuple[str, str],
    trailing: str,
    tif: str,
    bracket: tuple[str, str],
    outside_rth: bool,
) -> OrderRequest:
    kinds = [name for name, given in (
        ("--market", market), ("--limit", limit), ("--stop", stop), ("--stop-limit", any(stop_limit)),
        ("--trailing", trailing),
    ) if given]  # fmt: skip
    if len(kinds) > 1:
        raise UsageError(f"{kinds[0]} and {kinds[1]} exclude each other")
    amount = _number(quantity, "QUANTITY")
    if amount is None:
        raise UsageError("QUANTITY is missing")
    terms: dict[str, Any] = {"kind": "MKT"}
    if limit:
        terms = {"kind": "LMT", "limit_price": _number(limit, "--limit")}
    elif stop:
        terms = {"kind": "STP", "stop_price": _number(stop, "--stop")}
    elif any(stop_limit):
        trigger, worst = (_number(price, "--stop-limit") for price in stop_limit)
        terms = {"kind": "STP LMT", "stop_price": trigger, "limit_price": worst}
    elif trailing:
        key = "trail_percent" if trailing.endswith("%") else "trail_amount"
        terms = {"kind": "TRAIL", key: _number(trailing.rstrip("%"), "--trailing")}
    take, loss = (_number(price, "--bracket") for price in bracket)
    return OrderRequest(
        symbol, side, amount, tif=tif.upper(), outside_rth=outside_rth, take_profit=take, stop_loss=loss, **terms
    )


def _number(text: str, name: str) -> Decimal | None:
    if not text:
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise UsageError(f"{name}: '{text}' is not a number") from None
    if not number.is_finite():
        raise UsageError(f"{name}: '{text}' is not a number")
    return number


def _place(request: OrderRequest, *, wait: bool, live: bool, account: str, client_id: int | None) -> None:
    async def work(manager: IBConnectionManager) -> OrderRecord:
        record = await manager.orders.place(request)
        if wait:
            return await manager.orders.wait(record.ref, _WAIT)
        return await manager.orders.answered(record.ref)

    _report(run(work, live=live, account=account, client_id=client_id, with_orders=True))


def _report(record: OrderRecord | None) -> None:
    """Prints an order; exit code 1 when it was rejected or its fate is unknown."""
    if record is None:
        return
    Console().print(render([record]))
    if record.status in (OrderStatus.REJECTED, OrderStatus.UNKNOWN):
        typer.echo(f"{record.status.value}: {record.message}", err=True)
        raise typer.Exit(1)


def render(records: list[OrderRecord]) -> Table:
    """Orders as a table that fits into 80 columns."""
    table = compact("Order", "UTC", "What", "Status", "Filled", "Fees", right=range(5, 6))
    table.columns[0].no_wrap = True
    for record in records:
        table.add_row(
            record.ref,
            f"{record.created_at:%H:%M:%S}",
            _described(record),
            record.status.value,
            f"{record.filled.normalize():f} @ {record.average_price:.4f}" if record.average_price is not None else "-",
            f"{record.commission:.2f}" if record.commission else "-",
        )
    return table


def _described(record: OrderRecord) -> str:
    prices = [record.terms[key] for key in ("auxPrice", "lmtPrice", "trailingPercent") if key in record.terms]
    words = [
        record.action,
        f"{record.quantity:f}",
        record.symbol,
        record.terms["orderType"],
        *prices,
        record.terms["tif"],
    ]
    return " ".join(words)


def as_json_object(record: OrderRecord) -> dict[str, Any]:
    """An order for JSON: money as text, times in ISO 8601."""
    holds = {"quantity": str(record.quantity), "terms": record.terms}
    return holds | {name: _plain(getattr(record, name)) for name in record.__dataclass_fields__}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, OrderStatus):
        return value.value
    if isinstance(value, Terms):
        return {"quantity": str(value.quantity), **value.fields}
    return str(value) if isinstance(value, Decimal) else value


def _print_history(journal: Journal, ref: str) -> None:
    events = journal.history(ref)
    if not events:
        raise UsageError(f"the journal knows no order {ref}; 'leanib order list --all' shows those it knows")
    for at, kind, detail in events:
        typer.echo(f"{at:%Y-%m-%d %H:%M:%S} UTC  {kind}  {json.dumps(detail) if detail else ''}".rstrip())
