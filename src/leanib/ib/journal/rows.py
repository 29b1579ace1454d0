"""Orders and fills as rows of the journal, and back. Money is text, so that no digit is lost."""

from __future__ import annotations

import json
import sqlite3
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from leanib.ib.journal.records import FillRecord, OrderRecord, OrderStatus, Terms

__all__ = [
    "ORDER_COLUMNS", "as_columns", "away_fill", "described", "fill_from", "fill_row", "noted", "order_from",
    "order_row",
]  # fmt: skip

ORDER_COLUMNS = (
    "ref", "account", "con_id", "symbol", "contract", "action", "quantity", "terms", "client_id", "order_id", "perm_id",
    "parent_ref", "status", "message", "created_at", "updated_at", "confirmed", "change", "told_filled", "away_total",
)  # fmt: skip


def order_row(record: OrderRecord) -> tuple[Any, ...]:
    """The values of `ORDER_COLUMNS`."""
    return (
        record.ref, record.account, record.con_id, record.symbol, json.dumps(record.contract), record.action,
        str(record.asked.quantity), json.dumps(dict(record.asked.fields)), record.client_id, record.order_id,
        record.perm_id, record.parent_ref, record.status.value, record.message, record.created_at.isoformat(),
        record.updated_at.isoformat(), _confirmed_text(record.confirmed), record.change, str(record.told_filled), "0",
    )  # fmt: skip


def as_columns(fields: dict[str, Any]) -> dict[str, Any]:
    """Fields of an order by the names of `OrderRecord` as columns of the table."""
    columns: dict[str, Any] = {}
    for name, value in fields.items():
        if name == "asked":
            columns |= {"quantity": str(value.quantity), "terms": json.dumps(dict(value.fields))}
        elif name == "confirmed":
            columns["confirmed"] = _confirmed_text(value)
        else:
            columns[name] = value.value if isinstance(value, Enum) else _plain(value)
    return columns


def order_from(row: sqlite3.Row | dict[str, Any], fills: list[FillRecord]) -> OrderRecord:
    """The order of a row with its fills."""
    executed = sum((fill.quantity for fill in fills), Decimal(0))
    value = sum((fill.quantity * fill.price for fill in fills if fill.price is not None), Decimal(0))
    away = max(Decimal(0), Decimal(row["away_total"]) - executed)
    return OrderRecord(
        ref=row["ref"],
        account=row["account"],
        con_id=row["con_id"],
        symbol=row["symbol"],
        contract=json.loads(row["contract"]),
        action=row["action"],
        asked=Terms(Decimal(row["quantity"]), json.loads(row["terms"])),
        confirmed=_confirmed_from(row["confirmed"]),
        change=row["change"],
        client_id=row["client_id"],
        order_id=row["order_id"],
        perm_id=row["perm_id"],
        parent_ref=row["parent_ref"],
        status=OrderStatus(row["status"]),
        told_filled=Decimal(row["told_filled"]),
        away=away,
        filled=executed + away,
        average_price=value / executed if executed else None,
        commission=sum((fill.commission or Decimal(0) for fill in fills), Decimal(0)),
        message=row["message"],
        created_at=datetime.fromisoformat(row["created_at"]),
        updated_at=datetime.fromisoformat(row["updated_at"]),
    )


def fill_row(fill: FillRecord) -> tuple[Any, ...]:
    """The values of a row of `fills`."""
    return (
        fill.exec_id, fill.base_id, fill.correction, fill.ref, fill.perm_id, fill.account, fill.con_id, fill.symbol,
        fill.side, str(fill.quantity), str(fill.price), fill.time.isoformat(),
    )  # fmt: skip


def fill_from(row: sqlite3.Row | dict[str, Any]) -> FillRecord:
    """The fill of a row that was joined with its commission."""
    return FillRecord(
        exec_id=row["exec_id"],
        ref=row["ref"],
        perm_id=row["perm_id"],
        account=row["account"],
        con_id=row["con_id"],
        symbol=row["symbol"],
        side=row["side"],
        quantity=Decimal(row["quantity"]),
        price=Decimal(row["price"]),
        time=datetime.fromisoformat(row["time"]),
        commission=Decimal(row["amount"]) if row["amount"] is not None else None,
        commission_currency=row["currency"] or "",
    )


def away_fill(record: OrderRecord) -> FillRecord:
    """What filled of an order while nobody listened."""
    return FillRecord(
        exec_id=f"away:{record.ref}",
        ref=record.ref,
        perm_id=record.perm_id,
        account=record.account,
        con_id=record.con_id,
        symbol=record.symbol,
        side="BOT" if record.action == "BUY" else "SLD",
        quantity=record.away,
        price=None,
        time=record.updated_at,
    )


def noted(value: Any) -> Any:
    """A field of an order as its history has it."""
    if isinstance(value, Enum):
        return value.value
    return {"quantity": value.quantity, **value.fields} if hasattr(value, "fields") else value


def described(record: OrderRecord) -> dict[str, Any]:
    """What an order's history begins with."""
    asked = record.asked
    return {"symbol": record.symbol, "action": record.action, "quantity": str(asked.quantity), **asked.fields}


def _confirmed_text(terms: Terms | None) -> str:
    if terms is None:
        return ""
    return json.dumps(
        {
            "quantity": str(terms.quantity),
            "fields": dict(terms.fields),
            "account": terms.account,
            "parent_id": terms.parent_id,
        }
    )


def _confirmed_from(text: str) -> Terms | None:
    if not text:
        return None
    plain = json.loads(text)
    return Terms(Decimal(plain["quantity"]), plain["fields"], plain["account"], plain["parent_id"])


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict) else str(value) if isinstance(value, Decimal) else value
