"""Scenario files: a small TOML file that sets the stage, and says what goes wrong when.

```toml
[simulator]                      # settings of `Simulator`
accounts = ["DU1234567"]
seed = 7

[[quote]]                        # pin a quote; with `at`, later
symbol = "AAPL"
bid = 99.98
ask = 100.02

[[position]]
symbol = "SPY"
quantity = 100
average_cost = 450.25

[[fault]]
at = 30                          # seconds after the start, or a date and time (UTC)
do = "lose_link"

[[fault]]
at = 75
do = "restore_link"
data_lost = true                 # settings of the fault
```
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from leanib.errors import ConfigurationError, UsageError
from leanib.simulator.clock import SECOND_US, to_us
from leanib.simulator.market.directory import UnknownInstrumentError

if TYPE_CHECKING:
    from leanib.simulator.simulator import Simulator

_TABLES = {"simulator", "quote", "trade", "position", "deposit", "fault"}
#: Settings of `Simulator` that a file may give.
SETTINGS = {
    "accounts", "seed", "cash", "base_currency", "always_open", "pacing", "master_client_id", "server_version",
    "time_zone", "tick_interval", "max_tickers",
}  # fmt: skip
Table = dict[str, Any]


class Scenario:
    """A scenario file that was read and checked; raises ConfigurationError for one that makes no sense."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._content = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as problem:
            raise ConfigurationError(f"{path}: {problem.strerror or problem}; name a scenario file (TOML)") from None
        except tomllib.TOMLDecodeError as problem:
            raise ConfigurationError(f"{path} is not TOML: {problem}") from None
        unknown = set(self._content) - _TABLES
        if unknown:
            self._wrong(f"there is no table {min(unknown)!r}; choose one of {', '.join(sorted(_TABLES))}")
        self.settings: Table = self._content.get("simulator", {})
        odd = set(self.settings) - SETTINGS
        if odd:
            self._wrong(f"[simulator] has no setting {min(odd)!r}; choose one of {', '.join(sorted(SETTINGS))}")

    def apply(self, simulator: Simulator) -> None:
        """Set the stage and schedule the faults, counted from now on the simulator's clock."""
        actions: dict[str, Callable[[Simulator, Table], object]] = {
            "quote": lambda sim, t: sim.market.set_quote(**t),
            "trade": lambda sim, t: sim.market.trade(**t),
            "position": _position,
            "deposit": _deposit,
        }
        for name, action in actions.items():
            for entry in self._entries(name):
                self._run(simulator, name, dict(entry), action)
        for entry in self._entries("fault"):
            self._fault(simulator, dict(entry))

    def _entries(self, name: str) -> list[Table]:
        found = self._content.get(name, [])
        if not isinstance(found, list):
            self._wrong(f"[{name}] must be written [[{name}]]")
        return list(found)

    def _run(
        self, simulator: Simulator, name: str, entry: Table, action: Callable[[Simulator, Table], object]
    ) -> None:
        at = entry.pop("at", None)

        def act() -> None:
            try:
                action(simulator, entry)
            except UnknownInstrumentError as problem:
                self._wrong(f"[[{name}]]: {problem}")
            except (UsageError, TypeError, KeyError, ArithmeticError) as problem:
                self._wrong(f"[[{name}]] {entry}: {problem}")

        if at is None:
            act()
        else:
            simulator.clock.call_at(self._moment(simulator, name, at), act)

    def _fault(self, simulator: Simulator, entry: Table) -> None:
        if "do" not in entry:
            self._wrong(f"[[fault]] {entry} does not say what to `do`")
        name, at = str(entry.pop("do")), entry.pop("at", 0)
        moment = self._moment(simulator, "fault", at)
        try:
            simulator.faults.at((moment - simulator.clock.now_us()) / SECOND_US, name, **entry)
        except UsageError as problem:
            self._wrong(str(problem))

    def _moment(self, simulator: Simulator, name: str, at: object) -> int:
        if isinstance(at, datetime):
            return to_us(at)
        if isinstance(at, (int, float)) and not isinstance(at, bool):
            return simulator.clock.now_us() + round(at * SECOND_US)
        self._wrong(f"[[{name}]]: at = {at!r} is neither seconds nor a date and time")
        return 0

    def _wrong(self, text: str) -> None:
        raise ConfigurationError(f"{self.path}: {text}")


def _position(simulator: Simulator, table: Table) -> None:
    account = table.get("account", simulator.accounts.default)
    simulator.accounts.set_position(account, table["symbol"], table["quantity"], table["average_cost"])


def _deposit(simulator: Simulator, table: Table) -> None:
    account = table.get("account", simulator.accounts.default)
    simulator.accounts.deposit(account, table["amount"], table.get("currency", ""))
