"""A dashboard on a simulator, both in threads, and a browser that looks at it."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, Self

from leanib.ib import IBConnectionManager, OrderRequest, load_settings
from leanib.operations.dashboard import Dashboard

PROJECT = Path(__file__).parents[3]
PATIENCE = 20.0


def project(folder: Path) -> Path:
    """A project folder with the paper account's settings."""
    shutil.copytree(PROJECT / "config", folder / "config", dirs_exist_ok=True)
    return folder


def settings_for(simulator: Any, folder: Path, **overrides: Any) -> Any:
    """Settings that dial the simulator; quick to notice and to dial again."""
    quick = {"retries": 100, "retry_base": 0.2, "retry_jitter": 0.0, "connect_timeout": 3.0, "request_timeout": 3.0}
    given = {"host": simulator.host, "paper_port": simulator.port, "connection": quick, **overrides}
    settings = load_settings("paper", folder, **given)
    return settings.model_copy(update={"orders": settings.orders.model_copy(update={"restart_gate": 0.0})})


class Served:
    """A dashboard on an event loop of its own in a thread."""

    def __init__(self, settings: Any, folder: Path, **more: Any) -> None:
        self._given = (settings, folder, more)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="dashboard", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        settings, folder, more = self._given

        async def start() -> None:
            self.dashboard = Dashboard(settings, folder, **more)
            ready = asyncio.Event()
            self.running = asyncio.create_task(self.dashboard.run(ready.set))
            waiting = asyncio.create_task(ready.wait())
            await asyncio.wait({self.running, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            if self.running.done():
                self.running.result()

        self.call(start())
        return self

    def __exit__(self, *_: object) -> None:
        async def stop() -> None:
            self.dashboard.stop()
            await self.running
            left = asyncio.all_tasks() - {asyncio.current_task()}
            for task in left:  # as `asyncio.run` does
                task.cancel()
            await asyncio.gather(*left, return_exceptions=True)

        self.call(stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE)
        self._loop.close()

    def call(self, work: Any) -> Any:
        """Runs a coroutine on the dashboard's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    @property
    def base(self) -> str:
        """The address without the token."""
        return f"http://127.0.0.1:{self.dashboard.port}"

    def section(self, name: str) -> Any:
        """What the board shows of a section."""
        return json.loads(self.dashboard.board.text(name))

    def until(self, name: str, condition: Callable[[Any], Any], patience: float = PATIENCE) -> Any:
        """Waits for a section to fulfil a condition; returns it."""
        return eventually(lambda: self.section(name), lambda found: found is not None and condition(found), patience)


class Trader:
    """Another program of the project, that trades."""

    def __init__(self, settings: Any) -> None:
        self._manager = IBConnectionManager(settings)

    def __enter__(self) -> Self:
        self._manager.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._manager.__exit__()

    def place(self, side: str, quantity: int, symbol: str = "AAPL", **terms: Any) -> Any:
        """Places an order; prices as numbers."""
        exact = {name: Decimal(str(term)) if isinstance(term, int | float) else term for name, term in terms.items()}
        return self._manager.place(OrderRequest(symbol, side, Decimal(quantity), **exact))

    def filled(self, side: str, quantity: int, symbol: str = "AAPL", **terms: Any) -> Any:
        """Places an order and waits until it is final."""
        record = self.place(side, quantity, symbol, **terms)
        return self._manager.wait(record.ref, PATIENCE)


def eventually(look: Callable[[], Any], condition: Callable[[Any], Any], patience: float = PATIENCE) -> Any:
    """Looks until the condition holds; what was seen last is the failure's text."""
    end = time.monotonic() + patience
    while True:
        seen = look()
        if condition(seen):
            return seen
        assert time.monotonic() < end, seen
        time.sleep(0.02)
