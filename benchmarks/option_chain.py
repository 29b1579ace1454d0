"""What a chain of thousands of contracts costs, of which a filter lets a few through, over a day of minutes.

    python benchmarks/option_chain.py [--contracts 5000] [--strikes 10] [--days 45] [--rounds 5]

Runs the same strategy over two folders, in turn: one whose list and files hold all contracts, one that holds only those
that the filter lets through. Each run is a process of its own, of which the CPU time of `run_backtest` counts, the best
of the rounds. Exit code 1 when the whole chain costs more than 1.5 times what its visible contracts cost alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import subprocess
import sys
import tempfile
import time
from decimal import Decimal
from pathlib import Path

from AlgorithmImports import QCAlgorithm, Resolution, Slice
from leanib.data.paths import OPTION_LIST_HEADING, Contract, entry_name, universe_path, zip_path
from leanib.data.writer import write_zip
from leanib.files import write_text
from leanib.testing import DataBuilder, run_algorithm

MOST = 1.5
DAY, BEFORE, FRIDAY = dt.date(2024, 1, 16), dt.date(2024, 1, 12), dt.date(2024, 1, 19)
SPOT, STEP, STRIKES = 400, 5, 50
_TICKER = "SPY"
_OPEN = 570 * 60_000


class Chain(QCAlgorithm):
    """Looks at every contract of the chain in every minute."""

    def initialize(self) -> None:
        """A day; some strikes about the price, the next expiries."""
        self.set_start_date(DAY.year, DAY.month, DAY.day)
        self.set_end_date(DAY.year, DAY.month, DAY.day)
        option = self.add_option(_TICKER, Resolution.MINUTE)
        strikes = self.get_parameter("strikes", 0)
        option.set_filter(-strikes, strikes, 0, self.get_parameter("days", 0))
        self._option = option.symbol
        self.seen = self.most = 0

    def on_data(self, data: Slice) -> None:
        """How many there are with a price."""
        chain = data.option_chains.get(self._option)
        if chain is not None:
            self.seen += 1
            self.most = max(self.most, sum(contract.ask_price > 0 for contract in chain))


def main() -> int:
    """Generates, runs, prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--contracts", type=int, default=5000)
    parser.add_argument("--strikes", type=int, default=10, help="visible ones on either side of the price")
    parser.add_argument("--days", type=int, default=45, help="how far the visible expiries reach")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--run", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        return run(Path(asked.run), asked.strikes, asked.days)
    with tempfile.TemporaryDirectory() as name:
        whole, alone = Path(name) / "whole", Path(name) / "alone"
        contracts = contracts_of(asked.contracts)
        visible = [one for one in contracts if is_visible(one, asked.strikes, asked.days)]
        generate(whole, contracts)
        generate(alone, visible)
        spent: dict[Path, list[float]] = {whole: [], alone: []}
        for _ in range(asked.rounds):
            for folder, seconds in spent.items():
                given = ["--strikes", str(asked.strikes), "--days", str(asked.days)]
                words = [sys.executable, __file__, "--run", str(folder), *given]
                told = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=True).stdout.split()
                assert int(told[1]) == len(visible), f"{told[1]} contracts came, not {len(visible)}"
                seconds.append(float(told[0]))
    best = {folder.name: min(seconds) for folder, seconds in spent.items()}
    ratio = best["whole"] / best["alone"]
    print(f"{len(contracts):,} contracts of which {len(visible)} are visible: {best['whole']:.2f} s of CPU")
    print(f"the {len(visible)} alone: {best['alone']:.2f} s of CPU")
    print(f"{ratio:.2f} times (at most {MOST})")
    return int(ratio > MOST)


def run(folder: Path, strikes: int, days: int) -> int:
    """One run; prints its CPU time, and how many contracts the chain had at most."""
    begun = time.process_time()
    found = run_algorithm(Chain, folder, parameters={"strikes": strikes, "days": days}).algorithm
    print(time.process_time() - begun, found.most, found.seen)
    return 0


def contracts_of(count: int) -> list[Contract]:
    """Calls and puts of fifty strikes, of as many weekly expiries as it takes."""
    expiries = -(-count // (2 * STRIKES))
    return [
        Contract("american", right, Decimal(SPOT + (number - STRIKES // 2) * STEP), FRIDAY + dt.timedelta(weeks=week))
        for week in range(expiries)
        for number in range(STRIKES)
        for right in ("call", "put")
    ][:count]


def is_visible(contract: Contract, strikes: int, days: int) -> bool:
    """Whether the filter lets it through; the list's price of the share is a strike."""
    assert contract.expiry is not None
    return abs(contract.strike - SPOT) <= strikes * STEP and (contract.expiry - DAY).days <= days


def generate(folder: Path, contracts: list[Contract]) -> None:
    """The share's minutes, and the contracts' list and quotes."""
    prices = [SPOT + minute % 7 * 0.1 for minute in range(390)]
    DataBuilder(folder).bars(_TICKER, DAY, prices, "minute")
    quotes = [_quotes(number) for number in range(20)]  # of which each contract has one: making them takes long
    entries = {
        entry_name("option", "minute", _TICKER, "quote", DAY, contract): quotes[number % len(quotes)]
        for number, contract in enumerate(contracts)
    }
    write_zip(zip_path(folder, "option", "usa", "minute", _TICKER, "quote", DAY, contracts[0]), dict(entries))
    rows = [
        f"{one.expiry:%Y%m%d},{one.strike},{one.right[0].upper()},5,5,5,5,10,100,0.2,0.5,0.01,0.1,-0.1,0.1"
        for one in contracts
    ]
    share = f",,,{SPOT},{SPOT},{SPOT},{SPOT},1000,,,,,,,"
    text = "\n".join([OPTION_LIST_HEADING, share, *rows]) + "\n"
    write_text(universe_path(folder, "option", "usa", _TICKER, BEFORE), text)


def _quotes(number: int) -> list[str]:
    """A day of quotes that move a little."""
    lines = []
    for minute in range(390):
        bid = 50_000 + number * 1000 + minute * 7 % 13 * 100
        ask = bid + 500
        lines.append(f"{_OPEN + minute * 60_000},{bid},{bid},{bid},{bid},10,{ask},{ask},{ask},{ask},10")
    return lines


if __name__ == "__main__":
    sys.exit(main())
