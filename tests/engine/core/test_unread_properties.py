"""A property that LEAN's class has and the engine's lacks: what it is set to changes nothing, and the run says so."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from leanib.engine.core.unread_properties import Unread
from leanib.engine.lean.imports import names
from leanib.engine.market import Tick, TradeBar
from leanib.engine.naming.missing import MissingMember
from leanib.testing import run_algorithm

STRATEGY = """
from AlgorithmImports import *


class Sets(QCAlgorithm):
    def initialize(self):
        self.set_start_date(2013, 10, 7)
        self.set_end_date(2013, 10, 8)
        for name in ("a", "b"):
            chart = Chart(name)
            chart.chart_type = 1
            chart.ChartType = 2
            self.kept = chart.chart_type
"""


def test_a_run_says_once_what_was_set_in_vain(tmp_path: Path) -> None:
    """Under both spellings, which are one property; what was set can be read back."""
    (tmp_path / "main.py").write_text(STRATEGY)
    result = run_algorithm(tmp_path / "main.py")
    assert result.algorithm.kept == 2
    said = [one for one in result.messages("debug") if "Chart.chart_type; what it is set to changes nothing" in one]
    assert len(said) == 1


def test_what_was_never_set_is_refused_by_name() -> None:
    """As any other member that only LEAN's class has; `hasattr` says so too."""
    names()
    tick: Any = Tick()
    with pytest.raises(MissingMember, match=r"the embedded engine has no Tick\.exchange_code"):
        _ = tick.exchange_code
    assert not hasattr(TradeBar(), "initialized")


def test_each_property_is_told_once() -> None:
    """Of one run."""
    told: list[str] = []
    unread = Unread()
    unread.tell = told.append
    for title in ("Option.a", "Option.a", "Option.b"):
        unread.note(title)
    assert [one.partition(";")[0] for one in told] == [
        "Warning: the embedded engine has no Option.a",
        "Warning: the embedded engine has no Option.b",
    ]
