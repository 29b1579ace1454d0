"""Orders on a terminal of 80 columns and as JSON: nothing is cut, and prices have the instrument's own digits."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

import typer
from rich.console import Console, Group
from rich.text import Text

from leanib.cli.prices import LEAST, average, price
from leanib.ib.journal import Journal, OrderRecord, OrderStatus, Terms
from leanib.ib.order_request import OrderRequest
from leanib.ib.orders.bracket import Bracket, leg_name
from leanib.ib.orders.preview import Preview

__all__ = ["as_json_object", "described", "missing_protection", "print_orders", "print_preview", "warnings_of"]

_STYLES = {
    OrderStatus.FILLED: "green",
    OrderStatus.REJECTED: "bold red",
    OrderStatus.UNKNOWN: "bold red",
    OrderStatus.INACTIVE: "bold yellow",
    OrderStatus.CANCELLED: "dim",
}


def print_orders(journal: Journal, records: list[OrderRecord]) -> None:
    """Each order in two lines, its legs below it: reference, time and status; then what it is and what has filled."""
    shown = [line for record in records for line in _lines(journal, record)]
    Console(soft_wrap=False, highlight=False).print(Group(*shown) if shown else "no orders")


def _lines(journal: Journal, record: OrderRecord) -> list[Text]:
    head = Text(record.ref, style="bold", overflow="fold")
    head.append(f"  {record.created_at:%Y-%m-%d %H:%M:%S} UTC  ", style="not bold")
    head.append(record.status.value, style=_STYLES.get(record.status, "not bold"))
    if record.change:
        head.append("  (a change is not answered)", style="yellow")
    digits = digits_of(journal, record)
    body = Text(f"  {described(record, digits)}{_filled(journal, record, digits)}", overflow="fold")
    return [head, body, *(Text(f"  {text}", overflow="fold", style="yellow") for text in warnings_of(journal, record))]


def described(record: OrderRecord, digits: int = LEAST) -> str:
    """`BUY 100 SPY LMT 450.00 DAY`; what a number is follows from its place: stop, limit, `by` a distance, or `%`."""
    words = [record.action, f"{record.quantity.normalize():f}", record.symbol, *_prices(record.terms, digits)]
    words.append(str(record.terms.get("tif", "DAY")))
    if record.terms.get("outsideRth"):
        words.append("outside-rth")
    leg = f", {leg_name(record)} of {record.parent_ref}" if record.parent_ref else ""
    return " ".join(words) + leg


def _prices(terms: dict[str, Any], digits: int) -> list[str]:
    kind = str(terms.get("orderType", ""))
    words = [kind]
    if kind.startswith("TRAIL"):
        percent, amount = terms.get("trailingPercent"), terms.get("auxPrice")
        words.append(f"{_plain_number(percent)}%" if percent is not None else f"by {price(amount, digits)}")
    elif terms.get("auxPrice") is not None:
        words.append(price(terms["auxPrice"], digits))
    if terms.get("lmtPrice") is not None:
        words += [*(["limit"] if len(words) > 1 else []), price(terms["lmtPrice"], digits)]
    return words


def _filled(journal: Journal, record: OrderRecord, digits: int) -> str:
    if not record.filled:
        return ""
    at = f" at {average(record.average_price, digits)}" if record.average_price is not None else ""
    away = f" ({record.away.normalize():f} while away, price not known)" if record.away else ""
    currency = next((fill.commission_currency for fill in journal.fills(record.ref) if fill.commission_currency), "")
    fees = f", fees {record.commission:.2f} {currency}".rstrip() if record.commission else ""
    return f": filled {record.filled.normalize():f}{at}{away}{fees}"


def digits_of(journal: Journal, record: OrderRecord) -> int:
    """How many digits the instrument's prices have, as noted when the order was placed."""
    noted = [d["digits"] for _, kind, d in journal.history(record.ref) if kind == "instrument" and "digits" in d]
    return int(noted[-1]) if noted else LEAST


def warnings_of(journal: Journal, record: OrderRecord) -> list[str]:
    """What IB has said about an order and what is not over: its warnings, why it was refused or stands still."""
    if record.status is OrderStatus.FILLED:
        return []
    said = [str(d.get("message", "")) for _, kind, d in journal.history(record.ref) if kind == "message"]
    if record.status in (OrderStatus.REJECTED, OrderStatus.UNKNOWN, OrderStatus.INACTIVE, OrderStatus.CANCELLED):
        said = [record.message]
    lines = dict.fromkeys(" ".join(text.split()) for text in said)
    return [f"IB: {text}" if text[:1].isdigit() else text for text in lines if text]


def missing_protection(bracket: Bracket | None) -> str:
    """What is not protected, or not by as much as it should be, as a sentence; empty when all is."""
    if bracket is None:
        return ""
    if bracket.missing:
        return bracket.describe_missing()
    unfit = [
        f"the {leg_name(leg)} {leg.ref} is for {leg.quantity.normalize():f} instead of "
        f"{bracket.wanted(leg).normalize():f}"
        for leg in bracket.misfits
    ]
    return " and ".join(unfit)


def print_preview(request: OrderRequest, preview: Preview) -> None:
    """What an order would do to the account."""
    rows = [
        ("Initial margin", _change(preview.initial_margin, preview.initial_margin_after)),
        ("Maintenance margin", _change(preview.maintenance_margin, preview.maintenance_margin_after)),
        ("Equity with loan", _money(preview.equity_with_loan_after)),
        ("Commission", _commission(preview)),
    ]
    typer.echo(f"{request.side} {request.quantity.normalize():f} {request.symbol} {request.kind} would change:")
    for name, text in rows:
        typer.echo(f"  {name:20}{text}")
    if preview.warning:
        typer.echo(f"  IB: {preview.warning}")
    typer.echo("nothing was sent")


def _change(change: Decimal | None, after: Decimal | None) -> str:
    return f"{change:+,.2f} to {_money(after)}" if change is not None else "IB does not tell"


def _commission(preview: Preview) -> str:
    currency = preview.commission_currency
    if preview.commission is not None:
        return f"{preview.commission:,.2f} {currency}".rstrip()
    if preview.least_commission is None or preview.most_commission is None:
        return "IB does not tell"
    return f"{preview.least_commission:,.2f} to {preview.most_commission:,.2f} {currency}".rstrip()


def _money(amount: Decimal | None) -> str:
    return f"{amount:,.2f}" if amount is not None else "not told"


def as_json_object(record: OrderRecord) -> dict[str, Any]:
    """An order for JSON: money as text, times in ISO 8601."""
    holds = {"quantity": str(record.quantity), "terms": record.terms}
    return holds | {name: _plain(getattr(record, name)) for name in record.__dataclass_fields__}


def _plain_number(value: Any) -> str:
    return f"{Decimal(str(value)).normalize():f}"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, OrderStatus):
        return value.value
    if isinstance(value, Terms):
        return {"quantity": str(value.quantity), **value.fields}
    return str(value) if isinstance(value, Decimal) else value
