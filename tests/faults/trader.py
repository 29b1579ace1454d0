"""A program that trades at random until somebody kills it: `python trader.py FOLDER PORT SEED POLICY`.

It says `ready` once everything is reconciled, then waits for a line on its standard input and trades. What people must
hear of goes to `alerts.txt` in the folder.
"""

from __future__ import annotations

import asyncio
import os
import random
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.errors import LeanIBError
from leanib.ib import Alert, Change, IBConnectionManager, OrderRequest, load_settings
from leanib.ib.settings import IBSettings, OrderSettings, RiskSettings

SYMBOLS = ("AAPL", "MSFT")
CLIENT_ID = 10
MOST_OPEN = 12
PAUSES = (0.0, 0.0, 0.002, 0.01, 0.05)


def settings_of(folder: Path, port: int, policy: Any) -> IBSettings:
    """Limits that need the account, so that reservations are made under the account's lock."""
    return load_settings(
        "paper",
        folder,
        paper_port=port,
        orders=OrderSettings(lost_leg=policy, restart_gate=0, leg_patience=0.5),
        risk=RiskSettings(unlimited=True, max_position_quantity=100_000),
    )


async def trade(ib: IBConnectionManager, chance: random.Random) -> None:
    """Acts at random, for ever."""
    acts = [_order, _order, _bracket, _bracket, _modify, _modify, _modify, _cancel]
    while True:
        act = _cancel if len(ib.orders.journal.open_orders()) > MOST_OPEN else chance.choice(acts)
        try:
            await act(ib, chance)
        except LeanIBError as refused:
            print(f"refused {refused}", flush=True)
        await asyncio.sleep(chance.choice(PAUSES))


async def _order(ib: IBConnectionManager, chance: random.Random) -> None:
    side: Any = chance.choice(["BUY", "SELL"])
    terms: dict[str, Any] = {}
    if chance.random() < 0.8:
        away = chance.choice([-2, -1, 1, 20]) * (-1 if side == "BUY" else 1)
        terms = {"kind": "LMT", "limit_price": Decimal(100 + away), "tif": "GTC"}
    await ib.orders.place(OrderRequest(chance.choice(SYMBOLS), side, Decimal(chance.randint(1, 300)), **terms))


async def _bracket(ib: IBConnectionManager, chance: random.Random) -> None:
    side: Any = chance.choice(["BUY", "SELL"])
    sign = 1 if side == "BUY" else -1
    terms: dict[str, Any] = {"take_profit": Decimal(100 + 4 * sign), "stop_loss": Decimal(100 - 4 * sign)}
    if chance.random() < 0.6:
        terms |= {"kind": "LMT", "limit_price": Decimal(100 - sign * chance.choice([-1, 1, 2])), "tif": "GTC"}
    await ib.orders.place(OrderRequest(chance.choice(SYMBOLS), side, Decimal(chance.randint(1, 300)), **terms))


async def _modify(ib: IBConnectionManager, chance: random.Random) -> None:
    confirmed = [record for record in ib.orders.journal.open_orders() if record.confirmed is not None]
    if not confirmed:
        return
    record = chance.choice(confirmed)
    change = Change(quantity=Decimal(chance.randint(1, 400)))
    if "lmtPrice" in record.terms and chance.random() < 0.5:
        change = Change(limit_price=Decimal(record.terms["lmtPrice"]) + chance.choice([-1, 1]))
    await ib.orders.modify(record.ref, change)


async def _cancel(ib: IBConnectionManager, chance: random.Random) -> None:
    records = ib.orders.journal.open_orders()
    if chance.random() < 0.8:  # without its legs a position is the user's own risk
        records = [record for record in records if not record.parent_ref]
    if records:
        ib.orders.cancel(chance.choice(records).ref)


async def run(folder: Path, port: int, seed: int, policy: str) -> None:
    """Connects, says so, waits for its word, and trades."""
    alerts = os.open(folder / "alerts.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def tell(alert: Alert) -> None:
        os.write(alerts, f"{alert.severity.value}\t{alert.key}\t{alert.text}\n".encode())

    settings = settings_of(folder, port, policy)
    async with IBConnectionManager(settings, client_id=CLIENT_ID, persistent=True, alert=tell) as ib:
        print("ready", flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.readline)
        await asyncio.gather(*(trade(ib, random.Random(seed + number)) for number in range(3)))


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4]))
