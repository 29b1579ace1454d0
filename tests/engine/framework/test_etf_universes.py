"""Universes of ETFs that come to the market one by one."""

from __future__ import annotations

from datetime import datetime
from types import SimpleNamespace

from leanib.engine.framework import LiquidETFUniverse, TechnologyETFUniverse
from leanib.engine.market.universe.universe import UNCHANGED


def test_tickers_come_with_their_first_day() -> None:
    """Before 1999 there is XLK, QQQ joins, and nothing changes until the next one."""
    universe, algorithm = TechnologyETFUniverse(), SimpleNamespace()
    assert list(universe.select(algorithm, datetime(1999, 1, 1))) == ["XLK"]
    assert list(universe.select(algorithm, datetime(1999, 3, 10))) == ["XLK", "QQQ"]
    assert universe.select(algorithm, datetime(1999, 3, 11)) is UNCHANGED


def test_kinds_of_liquid_etfs() -> None:
    """A kind knows which go long and which go inverse, and tells them."""
    energy = LiquidETFUniverse.energy
    assert [symbol.value for symbol in energy.inverse] == ["ERY", "SCO", "DGAZ"]
    assert len(energy) == len(list(energy)) == 16
    assert energy.long[0] in energy
    assert str(LiquidETFUniverse.metals).startswith("12 symbols: Long: GLD,IAU")
    assert str(LiquidETFUniverse.SP500Sectors) == str(LiquidETFUniverse.sp_500_sectors)
