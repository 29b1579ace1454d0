"""The account, and quotes that are interrupted."""

from __future__ import annotations

import json
import threading
from typing import Any

from leanib.demo.stage import Stage

__all__ = ["SYMBOLS", "show_account", "show_quotes"]

SYMBOLS = ("SPY", "AAPL", "EURUSD")
_DOWN, _UP, _LENGTH = 1.5, 3.5, 6.0  # seconds


def show_account(stage: Stage) -> None:
    """One snapshot that says whether it is complete."""
    stage.title("The account")
    said = stage.run("account")
    stage.check("complete" in said and "Net liquidation" in said, "balance", ("US-2.3", "balance"))
    stage.check("Buying power" in said, "buying power", ("US-2.3", "buying power"))


def show_quotes(stage: Stage) -> None:
    """A table of many symbols, then a stream through a broken data farm."""
    stage.title("Quotes, with an interruption")
    stage.run("quotes", *SYMBOLS, "--seconds", "1.5")
    stage.say(f"As JSON, and now the market data farm breaks after {_DOWN:g} s and is well again after {_UP:g} s.")
    timers = [
        threading.Timer(_DOWN, stage.gateway.run, [lambda sim: sim.faults.farm_down()]),
        threading.Timer(_UP, stage.gateway.run, [lambda sim: sim.faults.farm_up()]),
    ]
    for timer in timers:
        timer.start()
    said = stage.run("quotes", *SYMBOLS, "--json", "--seconds", str(_LENGTH), show=_transitions)
    for timer in timers:
        timer.join()
    _judge(stage, [json.loads(line) for line in said.splitlines() if line.startswith("{")])


def _judge(stage: Stage, items: list[dict[str, Any]]) -> None:
    all_quotes = [one for one in items if one["type"] == "quote"]
    quotes = {symbol: [one for one in all_quotes if one["symbol"] == symbol] for symbol in SYMBOLS}
    full = all(quotes[symbol] and all(quotes[symbol][-1][name] for name in ("bid", "ask")) for symbol in SYMBOLS)
    stage.check(full, f"{len(SYMBOLS)} symbols at once", ("US-2.4", "many symbols at once"))
    counts = ", ".join(f"{len(quotes[symbol])} of {symbol}" for symbol in SYMBOLS)
    moving = all(len({one["received_at"] for one in quotes[symbol]}) > 2 for symbol in SYMBOLS)
    moving &= len({one["last"] for one in quotes["SPY"]}) > 1
    stage.check(moving, f"in real time: {counts}", ("US-2.4", "real-time quotes"))
    traded = [quotes[symbol][-1] for symbol in ("SPY", "AAPL")]
    stage.check(all(one["last"] for one in traded), "bid, ask, last", ("US-2.4", "bid, ask, last"))
    stamped = all(one["volume"] and one["exchange_time"] and one["received_at"] for one in traded)
    stage.check(stamped, "volume and timestamp", ("US-2.4", "volume and timestamp"))
    gaps = [one for one in items if one["type"] == "gap" and one["symbol"] == "SPY"]
    last = quotes["SPY"][-1]
    stage.check(
        [bool(gap["until"]) for gap in gaps] == [False, True]
        and last["status"] == "current"
        and last["received_at"] > gaps[-1]["until"],
        "the interruption is marked in the stream, never a silently stale price; then the quotes go on",
        ("US-2.4", "graceful handling of feed interruptions"),
    )


def _transitions(text: str) -> str:
    """The first quote of each symbol, and what changes in its state afterwards."""
    states: dict[str, str] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("{"):
            lines.append(line)
            continue
        item = json.loads(line)
        symbol = item["symbol"]
        if item["type"] == "gap":
            until = item["until"] or "now"
            lines.append(f"{symbol:<7} gap from {item['since'][11:22]} to {until[11:22] if item['until'] else until}")
        elif states.get(symbol) != item["status"]:
            states[symbol] = item["status"]
            prices = f"bid {item['bid']}  ask {item['ask']}  last {item['last']}"
            reason = f" ({item['reason']})" if item["reason"] else ""
            lines.append(f"{symbol:<7} {prices}  {item['status']}{reason}")
    return "\n".join(lines)
