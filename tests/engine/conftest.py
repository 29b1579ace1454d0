"""Every test begins with the sample data folder and leaves nothing behind for the next one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leanib.engine.dotnet import given
from leanib.engine.symbols import RunScope


@pytest.fixture
def as_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test calls as the engine does, held to no overload of LEAN's where another test has brought LEAN's names."""
    monkeypatch.setattr(given, "_is_engines", lambda _caller: True)


@pytest.fixture(autouse=True)
def scope() -> Iterator[RunScope]:
    """What the test's runs keep."""
    with RunScope(Path(__file__).parents[2] / "data").active() as own:
        yield own
