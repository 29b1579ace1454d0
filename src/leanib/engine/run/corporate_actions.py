"""Splits and dividends applied to the portfolio, and options that have to go before a split (`AlgorithmManager.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.market import Slice, SplitType
from leanib.engine.run.volatility_warm_up import warm_up
from leanib.engine.symbols import DataNormalizationMode, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm.algorithm import QCAlgorithm
    from leanib.engine.securities import Security

__all__ = ["apply_dividends", "apply_splits"]


def apply_dividends(algorithm: QCAlgorithm, slice: Slice) -> None:
    """Pays the dividends of a slice, in raw mode; none while warming up."""
    for symbol, dividend in slice.dividends.items():
        security = algorithm.securities.get(symbol)
        mode = _normalization_mode(algorithm, symbol)
        if not algorithm.is_warming_up:
            algorithm.portfolio.apply_dividend(dividend, algorithm.live_mode, mode)
        _restart_volatility_model(algorithm, security, mode)


def apply_splits(algorithm: QCAlgorithm, slice: Slice) -> None:
    """Splits holdings, trades under way and, in raw mode, open orders; nothing while warming up."""
    for symbol, split in slice.splits.items():
        if split.type is not SplitType.SPLIT_OCCURRED:
            continue
        security = algorithm.securities.get(symbol)
        mode = _normalization_mode(algorithm, symbol)
        if not algorithm.is_warming_up:
            algorithm.portfolio.apply_split(split, security, algorithm.live_mode, mode)
            algorithm.trade_builder.apply_split(split, algorithm.live_mode, mode)
            if mode is DataNormalizationMode.RAW:
                tickets = [t for t in algorithm.transactions.get_open_order_tickets(symbol) if t.symbol == symbol]
                algorithm.brokerage_model.apply_split(tickets, split)
        _restart_volatility_model(algorithm, security, mode)


def _normalization_mode(algorithm: QCAlgorithm, symbol: Symbol) -> DataNormalizationMode:
    configs = algorithm.subscription_manager.subscription_data_config_service.get_subscription_data_configs(symbol)
    return configs[0].data_normalization_mode if configs else DataNormalizationMode.ADJUSTED


def _restart_volatility_model(algorithm: QCAlgorithm, security: Security | None, mode: DataNormalizationMode) -> None:
    """Raw prices jump at splits and dividends: the volatility model learns again from history."""
    if security is not None and mode is DataNormalizationMode.RAW:
        warm_up(algorithm, security, mode)
