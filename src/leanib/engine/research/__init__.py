"""Notebooks: LEAN's algorithm surface on past data, with no run (`Research/` in LEAN)."""

from __future__ import annotations

from leanib.engine.research.chain_history import FutureHistory, OptionHistory
from leanib.engine.research.quant_book import QuantBook

__all__ = ["FutureHistory", "OptionHistory", "QuantBook"]
