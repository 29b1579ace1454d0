"""Indices under options that have a ticker of their own (`Common/Securities/IndexOption/IndexOptionSymbol.cs`)."""

from __future__ import annotations

__all__ = ["INDEX_OF_OPTION"]

#: the weekly options' tickers, with their index's
INDEX_OF_OPTION = {"RUTW": "RUT", "SPXW": "SPX", "VIXW": "VIX", "NDXP": "NDX", "NQX": "NDX"}
