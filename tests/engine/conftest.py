"""Every test begins with the sample data folder and leaves nothing behind for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leanib.engine.symbols import RunScope


@pytest.fixture(autouse=True)
def scope() -> Iterator[RunScope]:
    """What the test's runs keep."""
    with RunScope(Path(__file__).parents[2] / "data").active() as own:
        yield own
