"""For tests: the simulator in a thread, and pytest fixtures.

Put `pytest_plugins = ["leanib.simulator.testing"]` into the `conftest.py` at the root of your tests. Then

- `simulator` is a `Simulator` on the test's event loop, for asynchronous tests (needs pytest-asyncio);
- `background_simulator` is a `BackgroundSimulator`, for tests whose client blocks.

Both trade around the clock, do not enforce pacing and take their settings from a marker:
`@pytest.mark.simulator(accounts=["DU7"], seed=3)`.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Any, Self, TypeVar

import pytest
import pytest_asyncio

from leanib.simulator.simulator import Simulator

T = TypeVar("T")
START_SECONDS = 10.0


class BackgroundSimulator:
    """A simulator with an event loop of its own in a thread, as a context manager.

    Takes what `Simulator` takes. `host` and `port` are ready inside the block; everything else goes through `run`.
    """

    def __init__(self, **settings: Any) -> None:
        self._settings = settings
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="simulator", daemon=True)
        self._simulator: Simulator | None = None
        self.host = ""
        self.port = 0

    def run(self, action: Callable[[Simulator], T], timeout: float = START_SECONDS) -> T:
        """Call `action(simulator)` in the simulator's thread and return what it returns."""

        async def call() -> T:
            assert self._simulator is not None
            return action(self._simulator)

        return asyncio.run_coroutine_threadsafe(call(), self._loop).result(timeout)

    def __enter__(self) -> Self:
        self._thread.start()

        async def start() -> Simulator:
            return await Simulator(**self._settings).start()

        self._simulator = asyncio.run_coroutine_threadsafe(start(), self._loop).result(START_SECONDS)
        self.host, self.port = self._simulator.host, self._simulator.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._simulator is not None:
            asyncio.run_coroutine_threadsafe(self._simulator.stop(), self._loop).result(START_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)
        self._loop.close()


def _settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    marker = request.node.get_closest_marker("simulator")
    return {"always_open": True, "pacing": False, **(marker.kwargs if marker else {})}


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line("markers", "simulator(**settings): what the simulator fixtures are made with")


@pytest_asyncio.fixture
async def simulator(request: pytest.FixtureRequest) -> AsyncIterator[Simulator]:
    """A running `Simulator` on the test's event loop."""
    async with Simulator(**_settings(request)) as running:
        yield running


@pytest.fixture
def background_simulator(request: pytest.FixtureRequest) -> Iterator[BackgroundSimulator]:
    """A running simulator in a thread of its own."""
    with BackgroundSimulator(**_settings(request)) as running:
        yield running
