"""Orders: each kind placed, changed, filled, cancelled and refused, and what an account that listens hears of it."""

from __future__ import annotations

import json
import threading
from typing import Any

from leanib.demo.stage import Stage
from leanib.ib.manager import IBConnectionManager
from leanib.ib.settings import load_settings

__all__ = ["show_orders"]

_STORY = "US-2.5"
_KINDS = (_STORY, "market, limit, stop orders")
_TRACKED = (_STORY, "status tracked (pending, filled, cancelled, rejected)")


def show_orders(stage: Stage) -> None:
    """One after the other; beside them a second client holds the account and is told everything by IB's callbacks."""
    stage.title("Orders: placed, changed, filled, cancelled, refused")
    stage.gateway.run(lambda sim: sim.market.set_quote("SPY", 449.98, 450.02, 450.0))
    stage.gateway.run(lambda sim: sim.market.set_quote("AAPL", 229.98, 230.02, 230.0))
    with IBConnectionManager(load_settings("paper", stage.folder), with_orders=False) as listener:
        _market(stage)
        _limit(stage)
        _stop(stage)
        _refused(stage)
        _told_by_callbacks(stage, listener)
    _the_journal(stage)


def _market(stage: Stage) -> None:
    stage.say("At the market, and waiting for the fill:")
    said = stage.run("order", "buy", "SPY", "10", "--wait")
    stage.check("filled" in said and "450.02" in said, "market order filled at the ask", (_STORY, "fill notifications"))


def _limit(stage: Stage) -> None:
    stage.say("With a limit far below the market; changed, until it fills:")
    stage.run("order", "buy", "AAPL", "10", "--limit", "200")
    ref = _open(stage)["ref"]
    said = stage.run("order", "modify", ref, "--limit", "210")
    stage.check("210" in said and _open(stage)["terms"]["lmtPrice"] == "210", "changed at IB", (_STORY, "modify"))
    stage.run("order", "modify", ref, "--limit", "231")
    stage.wait(lambda: _status(stage, ref) == "filled", 10, "the changed order fills")
    stage.check(True, "and filled once its limit reached the market")
    stage.say("Another one, cancelled:")
    stage.run("order", "buy", "AAPL", "5", "--limit", "150", "--tif", "GTC")
    said = stage.run("order", "cancel", _open(stage)["ref"])
    stage.check("cancelled" in said, "cancelled, and IB has confirmed it", (_STORY, "cancel"))


def _stop(stage: Stage) -> None:
    stage.say("A stop below the market; the price falls through it a second later:")
    fall = threading.Timer(1.0, stage.gateway.run, [lambda sim: sim.market.set_quote("SPY", 444.5, 444.6, 444.5)])
    fall.start()
    said = stage.run("order", "sell", "SPY", "4", "--stop", "445", "--wait")
    fall.join()
    stage.check("filled 4 at 444.5" in said, "stopped out", _KINDS)
    ref = json.loads(stage.ask("order", "list", "--all", "--json"))[-1]["ref"]
    stage.run("order", "list", "--history", ref)


def _refused(stage: Stage) -> None:
    stage.say("What IB refuses, and what our own limits do not even send:")
    stage.gateway.run(lambda sim: sim.faults.reject_next(201, "insufficient margin"))
    said = stage.run("order", "buy", "SPY", "1", code=1)
    stage.check("insufficient margin" in said, "refused by IB, with its reason, exit code 1")
    said = stage.run("order", "buy", "SPY", "5000", code=2)
    stage.check("max_order_value" in said, "refused by the limits of config/paper.toml, nothing sent, exit code 2")


def _told_by_callbacks(stage: Stage, listener: IBConnectionManager) -> None:
    stage.say("The second client asked for nothing meanwhile; IB told it:")
    wanted = {"SPY": 6.0, "AAPL": 10.0}

    def held() -> dict[str, float]:
        return {line.symbol: line.quantity for line in listener.accounts.snapshot().positions}

    stage.wait(lambda: held() == wanted, 10, "the second client's account is current")
    stage.show("\n".join(f"{symbol:<6} {quantity:g}" for symbol, quantity in held().items()))
    stage.check(True, "kept current by callbacks", ("US-2.3", "kept current in real time by callbacks"))
    stage.run("order", "buy", "AAPL", "1", "--limit", "100")
    said = stage.run("account", show=_tables)
    stage.check("SPY" in said and "AAPL" in said, "the positions", ("US-2.3", "current positions"))
    stage.check("submitted" in said.lower(), "and the open order", ("US-2.3", "open orders"))
    stage.run("order", "cancel-all")


def _the_journal(stage: Stage) -> None:
    stage.say("All of it stands in a journal on disk, each order before it was on the wire:")
    stage.run("order", "list", "--all")
    orders = json.loads(stage.ask("order", "list", "--all", "--json"))
    states = {order["status"] for order in orders}
    history = stage.ask("order", "list", "--history", orders[0]["ref"])
    stage.check(
        {"filled", "cancelled", "rejected"} <= states and "intended" in history and "sent" in history,
        "statuses: " + ", ".join(sorted(states)) + "; before them pending, from intended to sent",
        _TRACKED,
    )


def _open(stage: Stage) -> dict[str, Any]:
    """The only open order."""
    orders = json.loads(stage.ask("order", "list", "--json"))
    stage.wait(lambda: len(orders) == 1, 0, "one order is open")
    found: dict[str, Any] = orders[0]
    return found


def _status(stage: Stage, ref: str) -> str:
    orders = json.loads(stage.ask("order", "list", "--all", "--json"))
    return str(next(order["status"] for order in orders if order["ref"] == ref))


def _tables(text: str) -> str:
    """Positions and open orders."""
    lines = text.splitlines()
    start = next((n for n, line in enumerate(lines) if line.lstrip().startswith("Position")), 0)
    return "\n".join(lines[start:])
