"""Stands for LEAN in its container: obeys the contract of the `lean` CLI, writes LEAN's lines, trades one share.

It holds one share of SPY: it buys one when the account that it took over has none and no order for it works. As LEAN
with a foreign Gateway, it stays alive and silent when its socket breaks, unless the project's parameters say otherwise:

    heartbeat    seconds between two heartbeats (LEAN: 60)
    on-loss      `silent`, or `give-up`: ends after `give-up-after` seconds, as LEAN does after 15 minutes
    start-error  fails in `initialize` with these words
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ib_async import IB, MarketOrder, Stock

CONFIG = Path("config.json")
CLIENT = 0
TRIES = 7


class Log:
    """LEAN's two forms of a line: the console's and log.txt's."""

    def __init__(self, file: Path) -> None:
        self._file = file.open("a", encoding="utf-8", buffering=1)

    def line(self, text: str, level: str = "TRACE") -> None:
        now = datetime.now(UTC)
        print(f"{now:%Y%m%d %H:%M:%S}.{now.microsecond // 1000:03} {level}:: {text}", flush=True)
        try:
            self._file.write(f"{now:%Y-%m-%dT%H:%M:%S}.{now.microsecond:06}0Z {level}:: {text}\n")
        except OSError:
            return  # a full disk: LEAN goes on


class EndsError(Exception):
    """LEAN ends with exit code 1."""


class Lean:
    def __init__(self, config: dict[str, Any]) -> None:
        environment = config["environments"][config["environment"]]
        assert str(environment["live-mode"]).lower() == "true", "this stand-in only trades live"
        self.host, self.port = environment["ib-host"], int(environment["ib-port"])
        self.account = environment["ib-account"]
        self.results = Path(config["results-destination-folder"])
        self.id = config["algorithm-id"]
        parameters = config.get("parameters") or {}
        self.parameters = json.loads(parameters) if isinstance(parameters, str) else parameters
        self.log = Log(self.results / "log.txt")
        self.ib = IB()
        self.orders: dict[str, dict[str, Any]] = {}
        self.stopped = asyncio.Event()
        self.status = "Running"
        self.beat_at = 0.0

    async def run(self) -> None:
        say = self.log.line
        say("Engine.Main(): LEAN ALGORITHMIC TRADING ENGINE v2.5.0.0 (stand-in) Mode: DEBUG (64bit)")
        say(
            f"InteractiveBrokersBrokerage.InteractiveBrokersBrokerage(): Host: {self.host}, Port: {self.port}, "
            f"Account: {self.account}, AgentDescription: Individual"
        )
        say("BrokerageSetupHandler.Setup(): Connecting to brokerage...")
        await self.connect()
        if error := self.parameters.get("start-error"):
            raise EndsError(f"Algorithm.Initialize() Error: {error}")
        await self.take_over()
        say(f"Engine.Run(): Launching analysis for {self.id} with LEAN Engine v2.5.0.0")
        say("AlgorithmManager.Run(): Begin DataStream - Start: 11/29/2026 Stop: 12/31/2099 Time: now")
        self.ib.disconnectedEvent += lambda: say(
            "InteractiveBrokersBrokerage.HandleConnectionClosed(): API client disconnected [Server Version: 178].",
            "ERROR",
        )
        await self.loop()
        say("AlgorithmManager.Run(): Algorithm state changed to Stopped")
        self.write("Completed")
        if self.ib.isConnected():
            self.ib.disconnect()
            await asyncio.sleep(0.1)

    async def connect(self) -> None:
        for number in range(1, TRIES + 1):
            self.log.line(f"InteractiveBrokersBrokerage.Connect(): Attempting to connect ({number}/{TRIES}) ...")
            try:
                await self.ib.connectAsync(self.host, self.port, clientId=CLIENT, timeout=5, account=self.account)
            except Exception as error:
                self.log.line(f"InteractiveBrokersBrokerage.Connect(): {error!r}", "ERROR")
                await asyncio.sleep(1)
                continue
            if self.account not in self.ib.managedAccounts():
                raise EndsError(f"Error connecting to brokerage: account {self.account} is not served here")
            self.log.line("InteractiveBrokersBrokerage.HandleNextValidID(): IB next valid id received.")
            self.log.line("InteractiveBrokersBrokerage.Connect(): Connect() finished successfully")
            return
        raise EndsError("Unable to connect to Interactive Brokers. Terminating algorithm.")

    async def take_over(self) -> None:
        """The whole account: positions, and the open orders of every client."""
        for trade in await self.ib.reqAllOpenOrdersAsync():
            order = trade.order
            said = f"{trade.contract.symbol} {order.action} {order.totalQuantity:g}"
            self.log.line(f"BrokerageSetupHandler.Setup(): Has open order: {said}")
            if order.clientId == CLIENT and trade.contract.symbol == "SPY":
                self.remember(order.orderId, order.totalQuantity, 1)
        for position in await self.ib.reqPositionsAsync():
            if position.account == self.account and position.position:
                said = f"{position.contract.symbol}: {position.position:g} @ {position.avgCost}"
                self.log.line(f"BrokerageSetupHandler.Setup(): Has existing holding: {said}")

    async def loop(self) -> None:
        lost_at = None
        while not self.stopped.is_set():
            self.beat()
            if self.ib.isConnected():
                lost_at = None
                await self.trade()
            else:
                lost_at = lost_at or time.monotonic()
                self.give_up(time.monotonic() - lost_at)
            self.commands()
            try:
                await asyncio.wait_for(self.stopped.wait(), 0.25)
            except TimeoutError:
                continue

    def beat(self) -> None:
        if time.monotonic() - self.beat_at < float(self.parameters.get("heartbeat", 60)):
            return
        self.beat_at = time.monotonic()
        said = "Used: 85, Sample: 80, App: 260, CurrentTimeStepElapsed: 00:00.000. CPU: 1%"
        self.log.line(f"Isolator.ExecuteWithTimeLimit(): {said}")
        self.write("Running")

    def give_up(self, seconds: float) -> None:
        if self.parameters.get("on-loss") != "give-up" or seconds < float(self.parameters.get("give-up-after", 900)):
            return
        self.log.line("DefaultBrokerageMessageHandler.Handle(): Still disconnected, goodbye.", "ERROR")
        raise EndsError("Still disconnected, goodbye.")

    async def trade(self) -> None:
        held = {p.contract.symbol: p.position for p in self.ib.positions(self.account)}
        if held.get("SPY") or any(t.contract.symbol == "SPY" for t in self.ib.openTrades()) or self.orders:
            return
        order = MarketOrder("BUY", 1, account=self.account, orderId=self.ib.client.getReqId())
        self.remember(order.orderId, 1, 0)
        self.log.line(f"InteractiveBrokersBrokerage.PlaceOrder(): Symbol: SPY Quantity: 1. Id: {order.orderId}")
        trade = self.ib.placeOrder(Stock("SPY", "SMART", "USD"), order)
        trade.statusEvent += self.on_status
        self.write("Running")

    def on_status(self, trade: Any) -> None:
        status = {"Filled": 3, "Cancelled": 5, "Submitted": 1, "PreSubmitted": 1}.get(trade.orderStatus.status, 1)
        self.remember(trade.order.orderId, trade.order.totalQuantity, status)
        self.write("Running")

    def remember(self, number: int, quantity: float, status: int) -> None:
        self.orders[str(number)] = {
            "id": number, "brokerId": [str(number)], "symbol": {"value": "SPY"}, "quantity": quantity, "status": status,
        }

    def commands(self) -> None:
        """`lean live stop` and `lean live liquidate`: files in the working folder."""
        for file in sorted(Path().glob("command*.json")):
            try:
                content = json.loads(file.read_text())
            except ValueError:
                continue
            file.unlink()
            kind = content.get("$type", "")
            if "AlgorithmStatusCommand" in kind:
                self.stopped.set()
            elif "LiquidateCommand" in kind:
                self.liquidate()
            Path(f"result-command-{content.get('Id')}.json").write_text(json.dumps({"Success": True}))

    def liquidate(self) -> None:
        for position in self.ib.positions(self.account):
            action = "SELL" if position.position > 0 else "BUY"
            contract = Stock(position.contract.symbol, "SMART", "USD")
            number = self.ib.client.getReqId()
            order = MarketOrder(action, abs(position.position), account=self.account, orderId=number)
            self.remember(number, -position.position, 1)
            self.ib.placeOrder(contract, order)

    def write(self, status: str) -> None:
        """LEAN's result file, written in place."""
        content = {"orders": self.orders, "state": {"Status": status, "OrderCount": len(self.orders)}}
        try:
            (self.results / f"{self.id}.json").write_text(json.dumps(content))
        except OSError:
            return


async def main() -> int:
    """LEAN's exit code."""
    lean = Lean(json.loads(CONFIG.read_text()))
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, lean.stopped.set)
    try:
        await lean.run()
    except EndsError as error:
        lean.log.line(f"Engine.Run(): {error}", "ERROR")
        lean.write("RuntimeError")
        lean.log.line("Program.Main(): Exiting Lean...")
        return 1
    lean.log.line("Program.Main(): Exiting Lean...")
    return 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
