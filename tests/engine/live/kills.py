"""SIGKILL at random moments: a strategy in a process of its own against the simulator, killed again and again.

    python -m tests.engine.live.kills 200

After the last kill one more run ends in order; then algorithm, order journal, the run's state and the simulator's books
must tell the same story, with no order twice and none lost.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from leanib.engine.live.state import RunState
from leanib.ib.journal import Journal
from leanib.ib.references import PREFIX
from leanib.simulator.testing import BackgroundSimulator

__all__ = ["around_the_clock", "play"]

PROJECT = Path(__file__).parents[3]
ACCOUNT = "DU1234567"
_TRADING = 0.85
"""Of so many runs the kill comes while they trade, of the others while they start."""
ALGORITHM = """
from AlgorithmImports import *

class Restless(QCAlgorithm):
    def initialize(self):
        self.set_benchmark(lambda time: 0)
        self.share = self.add_equity("AAPL", Resolution.SECOND).symbol

    def on_data(self, data):
        if self.share not in data.bars or data.bars[self.share].is_fill_forward:
            return
        if self.get_parameter("quiet"):
            self.transactions.cancel_open_orders()
            return
        price = self.securities[self.share].price
        held = self.portfolio[self.share].quantity
        self.market_order(self.share, 1 if held <= 0 else -1, tag="market")
        for ticket in self.transactions.get_open_order_tickets():
            if len(self.transactions.get_open_order_tickets()) > 2:
                ticket.cancel("too many")
        self.limit_order(self.share, 1, round(price * 0.9, 2), tag="resting")
        self.limit_order(self.share, -1, round(price * 0.9995, 2), tag="near")
        self.debug(f"beat {held}")
"""


def around_the_clock(folder: Path) -> Path:
    """A data folder in which US shares trade at all hours, so that this runs on Sundays too."""
    data = folder / "data"
    hours = json.loads((PROJECT / "data" / "market-hours" / "market-hours-database.json").read_text())
    entry = hours["entries"]["Equity-usa-[*]"]
    all_day = [{"start": "00:00:00", "end": "1.00:00:00", "state": "market"}]
    for day in ("sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"):
        entry[day] = all_day
    entry.update(holidays=[], earlyCloses={}, lateOpens={}, bankHolidays=[])
    (data / "market-hours").mkdir(parents=True)
    (data / "market-hours" / "market-hours-database.json").write_text(json.dumps(hours))
    (data / "symbol-properties").symlink_to(PROJECT / "data" / "symbol-properties")
    (data / "alternative").symlink_to(PROJECT / "data" / "alternative")
    return data


def start(folder: Path, data: Path, port: int) -> subprocess.Popen[str]:
    """`leanib live` on the strategy."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT / "src"), "IB_PAPER_PORT": str(port)}
    output = folder / "live" / f"{time.time_ns()}"
    words = ["live", str(folder / "restless"), "--data-folder", str(data), "--output", str(output)]
    with (folder / "output.txt").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "leanib", *words], cwd=folder, stdout=log, stderr=log, text=True, env=environment
        )


def wait_until_it_trades(folder: Path, process: subprocess.Popen[str]) -> None:
    """Until a run has said that it trades."""
    seen = _runs(folder)
    deadline = time.monotonic() + 120
    while _runs(folder) == seen:
        assert time.monotonic() < deadline, (folder / "output.txt").read_text()[-3000:]
        assert process.poll() is None, (folder / "output.txt").read_text()[-3000:]
        time.sleep(0.02)


def _runs(folder: Path) -> int:
    return (folder / "output.txt").read_text().count("trading on the paper account")


def play(folder: Path, kills: int, seed: int) -> dict[str, Any]:
    """Kills so often, ends once in order, and checks everything; returns what was counted."""
    rng = random.Random(seed)
    (folder / "restless").mkdir(parents=True)
    (folder / "restless" / "main.py").write_text(ALGORITHM)
    (folder / "lean.json").write_text('{"data-folder": "data"}')
    (folder / "config").mkdir()
    (folder / "config" / "paper.toml").write_text("[risk]\nunlimited = true\n[orders]\nrestart_gate = 0\n")
    data = around_the_clock(folder)
    settings = {"accounts": [ACCOUNT], "seed": seed, "tick_interval": 0.2, "always_open": True, "pacing": False}
    with BackgroundSimulator(**settings) as sim:
        for _ in range(kills):
            process = start(folder, data, sim.port)
            if rng.random() < _TRADING:
                wait_until_it_trades(folder, process)
            time.sleep(rng.uniform(0.0, 3.0))
            process.send_signal(signal.SIGKILL)
            process.wait()
        # The last run only cancels: what fills while a run ends is told by the next one.
        (folder / "restless" / "config.json").write_text('{"parameters": {"quiet": "yes"}}')
        process = start(folder, data, sim.port)
        wait_until_it_trades(folder, process)
        time.sleep(8)
        process.send_signal(signal.SIGINT)
        status = process.wait(120)
        assert status == 0, (folder / "output.txt").read_text()[-3000:]
        return check(folder, sim)


def check(folder: Path, sim: BackgroundSimulator) -> dict[str, Any]:
    """The four books tell the same."""
    position = sim.run(lambda s: s.accounts.ledgers[ACCOUNT].quantity(s.market.instrument("AAPL").con_id))
    at_ib = sim.run(lambda s: [(o.spec.text("orderRef"), o.filled * o.sign) for o in s.orders.orders.values()])
    refs = [ref for ref, _ in at_ib]
    assert len(refs) == len(set(refs)), "an order was sent twice"
    assert all(ref.startswith(PREFIX) for ref in refs)
    journal = Journal(folder / "storage" / "orders.sqlite3")
    records = {record.ref: record for record in journal.orders(ACCOUNT)}
    state_file = next((folder / "storage").glob("live-*.sqlite3"))
    state = RunState(state_file)
    kept = state.orders()
    assert len({order.id for order in kept}) == len({order.ref for order in kept}) == len(kept)
    known = {order.ref for order in kept}
    assert set(refs) <= set(records), "an order at IB is in no journal"
    assert set(refs) <= known, "an order at IB is not one of the run's"
    for ref, filled in at_ib:
        assert records[ref].signed(records[ref].filled) == filled, ref
    told = state.told_fills()
    fills = [fill for ref in refs for fill in journal.fills(ref)]
    missing = [fill for fill in fills if (fill.base_id or fill.exec_id) not in told]
    assert not missing, "the algorithm does not know of a fill"
    total = sum((fill.signed_quantity for fill in fills), Decimal(0))
    assert total == position
    newest = max((folder / "live").iterdir())
    result = json.loads(next(newest.glob("L-*[0-9].json")).read_text())
    held = sum(Decimal(str(holding["q"])) for holding in result["holdings"].values())
    assert held == position, "the algorithm believes another position"
    state.close()
    journal.close()
    return {"orders": len(refs), "fills": len(fills), "position": str(position)}


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as place:
        print(f"{count} kills:", play(Path(place) / "kills", count, seed=1))
