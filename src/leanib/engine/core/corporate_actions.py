"""Splits and dividends applied to the portfolio, and options that have to go before a split (`AlgorithmManager.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.core.volatility_warm_up import warm_up
from leanib.engine.market import Slice, SplitType
from leanib.engine.symbols import DataNormalizationMode, Symbol

if TYPE_CHECKING:
    from leanib.engine.core.run import Run
    from leanib.engine.securities import Security

__all__ = ["apply_dividends", "apply_splits"]


def apply_dividends(run: Run, slice: Slice) -> None:
    """Pays the dividends of a slice, in raw mode; none while warming up."""
    for symbol, dividend in slice.dividends.items():
        security = run.securities.get(symbol)
        mode = _normalization_mode(run, symbol)
        if not run.strategy.is_warming_up:
            run.portfolio.apply_dividend(dividend, run.algorithm.live_mode, mode)
        _restart_volatility_model(run, security, mode)


def apply_splits(run: Run, slice: Slice) -> None:
    """Splits holdings, trades under way and, in raw mode, open orders; nothing while warming up."""
    for symbol, split in slice.splits.items():
        if split.type is not SplitType.SPLIT_OCCURRED:
            continue
        security = run.securities.get(symbol)
        mode = _normalization_mode(run, symbol)
        if not run.strategy.is_warming_up:
            run.portfolio.apply_split(split, security, run.algorithm.live_mode, mode)
            run.trades.apply_split(split, run.algorithm.live_mode, mode)
            if mode is DataNormalizationMode.RAW:
                tickets = [t for t in run.book.get_open_order_tickets(symbol) if t.symbol == symbol]
                run.algorithm.brokerage_model.apply_split(tickets, split)
        _restart_volatility_model(run, security, mode)


def _normalization_mode(run: Run, symbol: Symbol) -> DataNormalizationMode:
    configs = run.configurations.get_subscription_data_configs(symbol)
    return configs[0].data_normalization_mode if configs else DataNormalizationMode.ADJUSTED


def _restart_volatility_model(run: Run, security: Security | None, mode: DataNormalizationMode) -> None:
    """Raw prices jump at splits and dividends: the volatility model learns again from history."""
    if security is not None and mode is DataNormalizationMode.RAW:
        warm_up(run.algorithm, security, mode)
