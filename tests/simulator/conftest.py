"""The simulator's own fixtures, as a user gets them."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))  # for foreign_clients and scenarios, which are no tests

import pytest_asyncio
from raw import Raw

from leanib.simulator.testing import background_simulator, pytest_configure, simulator


@pytest_asyncio.fixture(autouse=True)
async def _sockets_closed() -> AsyncIterator[None]:
    """No test leaves a socket behind."""
    yield
    await Raw.close_all()


__all__ = ["background_simulator", "pytest_configure", "simulator"]
