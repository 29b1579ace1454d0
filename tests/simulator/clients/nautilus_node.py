"""Runs in nautilus_trader's environment: a live node with its Interactive Brokers adapter and a small strategy.

Prints what the strategy saw as lines `name value ...`; at `wait NAME` the tests change the simulator's market and
answer with a line.
"""


from __future__ import annotations

import asyncio
import os
import sys
from decimal import Decimal
from typing import Any

from nautilus_trader.adapters.interactive_brokers.common import IB, IBContract
from nautilus_trader.adapters.interactive_brokers.config import (
    InteractiveBrokersDataClientConfig,
    InteractiveBrokersExecClientConfig,
    InteractiveBrokersInstrumentProviderConfig,
)
from nautilus_trader.adapters.interactive_brokers.factories import (
    InteractiveBrokersLiveDataClientFactory,
    InteractiveBrokersLiveExecClientFactory,
)
from nautilus_trader.config import LiveExecEngineConfig, LoggingConfig, RoutingConfig, TradingNodeConfig
from nautilus_trader.live.node import TradingNode
from nautilus_trader.model.enums import OrderSide
from nautilus_trader.model.identifiers import InstrumentId
from nautilus_trader.trading.strategy import Strategy

ACCOUNT = "DU1234567"


def say(*words: object) -> None:
    """One line to the tests."""
    print(*words, flush=True)


class Trader(Strategy):  # type: ignore[misc]
    """Buys at the market, rests and cancels a limit order, then rests one that fills."""

    def __init__(self, instrument_id: InstrumentId, finished: asyncio.Event) -> None:
        super().__init__()
        self.instrument_id, self.finished = instrument_id, finished
        self.stage = 0
        self.cancelled = False

    def on_start(self) -> None:
        instrument = self.cache.instrument(self.instrument_id)
        say("instrument", instrument.id, instrument.price_increment)
        self.subscribe_quote_ticks(self.instrument_id)

    def on_quote_tick(self, tick: Any) -> None:
        if self.stage == 0 and tick.bid_price == Decimal("99.98"):
            self.stage = 1
            say("quote", tick.bid_price, tick.ask_price)
            self.place("market")

    def place(self, name: str, price: str = "") -> None:
        instrument = self.cache.instrument(self.instrument_id)
        size = instrument.make_qty(100)
        if price:
            limit = instrument.make_price(Decimal(price))
            order = self.order_factory.limit(self.instrument_id, OrderSide.BUY, size, limit)
        else:
            order = self.order_factory.market(self.instrument_id, OrderSide.BUY, size)
        self.name = name
        self.submit_order(order)

    def on_order_event(self, event: Any) -> None:
        kind = type(event).__name__
        if kind != "OrderUpdated":  # how many of these there are depends on its version
            say(self.name, kind)
        if kind == "OrderAccepted" and self.name == "doomed" and not self.cancelled:
            self.cancelled = True
            self.cancel_order(self.cache.order(event.client_order_id))
        elif kind == "OrderAccepted" and self.name == "limit":
            say("wait fall")
        elif kind == "OrderCanceled":
            self.place("limit", "99.5")
        elif kind == "OrderFilled":
            say(self.name, "price", event.last_px, "commission", event.commission)
            if self.name == "market":
                self.place("doomed", "50")
            else:
                self.finished.set()

    def on_position_event(self, event: Any) -> None:
        say("position", type(event).__name__, event.quantity)


async def main() -> None:
    """Build the node, run it until the strategy is done, stop it."""
    port = int(sys.argv[1])
    provider = InteractiveBrokersInstrumentProviderConfig(
        load_contracts=frozenset({IBContract(secType="STK", symbol="AAPL", exchange="SMART", currency="USD")}),
    )
    node = TradingNode(
        config=TradingNodeConfig(
            trader_id="TESTER-001",
            logging=LoggingConfig(log_level=sys.argv[2] if len(sys.argv) > 2 else "OFF"),
            exec_engine=LiveExecEngineConfig(reconciliation=True),
            data_clients={IB: InteractiveBrokersDataClientConfig(
                ibg_port=port, ibg_client_id=1, instrument_provider=provider)},
            exec_clients={IB: InteractiveBrokersExecClientConfig(
                ibg_port=port, ibg_client_id=1, account_id=ACCOUNT, instrument_provider=provider,
                routing=RoutingConfig(default=True))},
            timeout_connection=60.0,
        ),
    )  # fmt: skip
    node.add_data_client_factory(IB, InteractiveBrokersLiveDataClientFactory)
    node.add_exec_client_factory(IB, InteractiveBrokersLiveExecClientFactory)
    finished = asyncio.Event()
    node.trader.add_strategy(Trader(InstrumentId.from_str("AAPL.NASDAQ"), finished))
    node.build()
    running = asyncio.create_task(node.run_async())
    try:
        await asyncio.wait_for(finished.wait(), 90)
        await asyncio.sleep(0.5)
        say("done")
    except TimeoutError:
        say("silence")
    await node.stop_async()
    running.cancel()
    os._exit(0)  # the loop that the node stopped cannot be closed in good order


if __name__ == "__main__":
    asyncio.run(main())
