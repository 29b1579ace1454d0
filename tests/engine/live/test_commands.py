"""Command files, as LEAN's CLI writes them into a run's folder."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.engine.live.test_orders import BASE, ticking
from tests.engine.live.world import LiveWorld, live_world

from leanib.engine.orders.enums import OrderStatus

__all__ = ["live_world"]

COMMANDED = BASE + """
class Greet:
    def run(self, algorithm):
        algorithm.greeted = self.name
        return True

class Commanded(Base):
    def initialize(self):
        super().initialize()
        self.heard, self.ended = [], False
        self.add_command(Greet)

    def on_command(self, data):
        self.heard.append(data.target)
        return data.target != "nothing"

    def on_end_of_algorithm(self):
        self.ended = True
"""


class Sender:
    """Writes commands and reads their results."""

    def __init__(self, world: LiveWorld) -> None:
        self.folder = world.folder / "commands"
        self.folder.mkdir()
        self.sent = 0

    def write(self, name: str, **values: Any) -> None:
        """Writes a command of LEAN's, or one of the algorithm's own without a name."""
        self.sent += 1
        kind = f"QuantConnect.Commands.{name}, QuantConnect.Common"
        content = {**({"$type": kind} if name else {}), "Id": f"{self.sent}", **values}
        (self.folder / f"command-{self.sent}.json").write_text(json.dumps(content))

    def results(self) -> list[tuple[str, bool]]:
        """Name and success of each command, in order."""
        files = [self.folder / f"result-command-{number + 1}.json" for number in range(self.sent)]
        found = [json.loads(file.read_text()) for file in files]
        return [(result["CommandName"], result["Success"]) for result in found]


def test_the_commands_of_leans_cli_are_carried_out(live_world: Any) -> None:
    """Order, update, cancel, add security, liquidate one and all; each has its result file."""
    world = live_world()
    sender = Sender(world)
    us = {"Ticker": "AAPL", "Market": "usa", "SecurityType": "equity"}
    nothing = {"LimitPrice": None, "StopPrice": None, "Tag": None}
    limit = {**us, **nothing, "OrderType": "limit", "Quantity": 5.0, "LimitPrice": 90.0, "Tag": "by hand"}
    steps: list[tuple[str, dict[str, Any]]] = [
        ("OrderCommand", {**us, **nothing, "OrderType": "market", "Quantity": 10.0}),
        ("OrderCommand", limit),
        ("UpdateOrderCommand", {"OrderId": 2, "Quantity": 6.0, "LimitPrice": 91.0, "StopPrice": None, "Tag": "moved"}),
        ("CancelOrderCommand", {"OrderId": 2}),
        ("CancelOrderCommand", {"OrderId": 77}),
        ("AddSecurityCommand", {"Symbol": "MSFT", "SecurityType": "equity", "Resolution": "Minute", "Market": "usa",
                                "FillDataForward": True, "Leverage": 0.0, "ExtendedMarketHours": False}),
        ("LiquidateCommand", us),
        ("LiquidateCommand", {"Ticker": None, "Market": None, "SecurityType": None}),
        ("AlgorithmStatusCommand", {"Status": "Stopped"}),
    ]  # fmt: skip
    during = ticking(world, 60)
    for number, (name, values) in enumerate(steps):
        during[40.5 + 3 * number] = lambda name=name, values=values: sender.write(name, **values)
    outcome = world.run(world.algorithm(COMMANDED), timedelta(seconds=90), during=during, command_folder=sender.folder)
    algorithm = outcome.algorithm
    assert outcome.error is None
    assert sender.results() == [(name, number != 4) for number, (name, _) in enumerate(steps)]
    assert not list(sender.folder.glob("command-*.json"))
    tickets = {ticket.order_id: ticket for ticket in algorithm.transactions.get_order_tickets()}
    assert [(t.quantity, t.status) for t in tickets.values()] == [
        (10, OrderStatus.FILLED), (6, OrderStatus.CANCELED), (-10, OrderStatus.FILLED),
    ]  # fmt: skip
    assert algorithm.transactions.get_order_by_id(2).limit_price == 91
    assert tickets[2].tag == "moved"
    assert algorithm.securities["MSFT"].symbol.value == "MSFT"
    assert world.recorder.texts("there is no order 77")
    assert algorithm.ended
    assert world.position("AAPL") == 0


def test_commands_of_the_algorithms_own(live_world: Any) -> None:
    """A class of `add_command`, `on_command` for all else, several in one file; a wrong one hurts nobody."""
    world = live_world()
    sender = Sender(world)
    during = ticking(world, 30)
    several = [{"$type": "Greet", "name": "morning"}, {"target": "AAPL"}, {"target": "nothing", "Id": "own"}]

    def write() -> None:
        (sender.folder / "command-100.json").write_text(json.dumps(several))
        (sender.folder / "command-200.json").write_text("3")

    during[40.5] = write
    outcome = world.run(world.algorithm(COMMANDED), timedelta(seconds=60), during=during, command_folder=sender.folder)
    assert outcome.error is None
    assert (outcome.algorithm.greeted, outcome.algorithm.heard) == ("morning", ["AAPL", "nothing"])
    assert json.loads((sender.folder / "result-command-own.json").read_text())["Success"] is False
    assert world.recorder.texts("the command file command-200.json holds no object")


def test_a_command_that_is_still_being_written_is_read_when_it_is_whole(live_world: Any) -> None:
    """LEAN would delete it; what stays broken is told and deleted."""
    world = live_world()
    sender = Sender(world)
    during = ticking(world, 30)
    half: Path = sender.folder / "command-1.json"
    during[40.5] = lambda: half.write_text('{"target": "AA')
    during[41.5] = lambda: half.write_text('{"target": "AAPL"}')
    during[50.5] = lambda: (sender.folder / "command-2.json").write_text('{"target": ')
    outcome = world.run(world.algorithm(COMMANDED), timedelta(seconds=60), during=during, command_folder=sender.folder)
    assert outcome.algorithm.heard == ["AAPL"]
    assert len(world.recorder.texts("cannot be read")) == 1
    assert not list(sender.folder.glob("command-*.json"))
