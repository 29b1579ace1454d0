"""Splits and dividends applied to the portfolio, and options that have to go before a split (`AlgorithmManager.cs`)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from leanib.engine.core.volatility_warm_up import warm_up
from leanib.engine.market import Delisting, DelistingType, Slice, Split, SplitType
from leanib.engine.market.calendars import round_down
from leanib.engine.orders.enums import OrderType
from leanib.engine.orders.order_kinds import MarketOnCloseOrder
from leanib.engine.orders.requests import SubmitOrderRequest
from leanib.engine.symbols import DataNormalizationMode, Symbol

if TYPE_CHECKING:
    from leanib.engine.core.run import Run
    from leanib.engine.securities import Security

__all__ = ["SplitWarnings", "apply_dividends", "apply_splits"]


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


class SplitWarnings:
    """Options are closed before their underlying splits (`AlgorithmManager.ProcessSplitSymbols`)."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._warned: dict[Symbol, Split] = {}
        self._delistings: dict[Symbol, Delisting] = {}

    def note(self, slice: Slice) -> None:
        """Take in a slice's warnings, of splits and of delistings."""
        for symbol, delisting in slice.delistings.items():
            if delisting.type is DelistingType.WARNING:
                self._delistings[symbol] = delisting
            else:
                self._delistings.pop(symbol, None)
        for symbol, split in slice.splits.items():
            if split.type is SplitType.WARNING and any(
                security.symbol.asset.is_option and security.symbol.underlying == symbol
                for security in self._run.securities.values()
            ):
                self._warned.setdefault(symbol, split)

    @property
    def pending(self) -> bool:
        """Whether a split is near of what options are on."""
        return bool(self._warned)

    def process(self) -> None:
        """Close what is held when the last moment for orders on the market's close has come."""
        for symbol in list(self._warned):
            security = self._run.securities[symbol]
            if not security.is_tradable and symbol not in self._run.algorithm.universe_manager.active_securities:
                del self._warned[symbol]
            elif security.local_time >= self._last_moment(security):
                del self._warned[symbol]
                if not self._run.strategy.is_warming_up:
                    self._close_options(security)

    def _last_moment(self, security: Security) -> datetime:
        configs = self._run.configurations.get_subscription_data_configs(security.symbol)
        close = security.exchange.hours.get_next_market_close(security.local_time, False)
        step = min(config.increment for config in configs)
        last = close - MarketOnCloseOrder.DEFAULT_SUBMISSION_TIME_BUFFER
        return round_down(last, step) if step else last

    def _close_options(self, underlying: Security) -> None:
        algorithm = self._run.algorithm
        for option in list(self._run.securities.values()):
            symbol = option.symbol
            if not symbol.asset.is_option or symbol.underlying != underlying.symbol or not option.invested:
                continue
            pending = self._delistings.get(symbol)
            if pending is not None and pending.time.date() == option.local_time.date():
                continue
            algorithm.transactions.cancel_open_orders(
                symbol, "Canceled due to impending split. Separate MarketOnClose order submitted to liquidate position."
            )
            algorithm.transactions.add_order(
                SubmitOrderRequest(
                    *(OrderType.MARKET_ON_CLOSE, symbol.security_type, symbol, -option.holdings.quantity_decimal),
                    algorithm.utc_time,
                    "Liquidated due to impending split. Option splits are not currently supported.",
                )
            )
            option.is_tradable = False
            algorithm.debug(
                f"MarketOnClose order submitted for option contract '{symbol}' due to impending "
                f"{underlying.symbol.value} split event. Option splits are not currently supported."
            )


def _normalization_mode(run: Run, symbol: Symbol) -> DataNormalizationMode:
    configs = run.configurations.get_subscription_data_configs(symbol)
    return configs[0].data_normalization_mode if configs else DataNormalizationMode.ADJUSTED


def _restart_volatility_model(run: Run, security: Security | None, mode: DataNormalizationMode) -> None:
    """Raw prices jump at splits and dividends: the volatility model learns again from history."""
    if security is not None and mode is DataNormalizationMode.RAW:
        warm_up(run.algorithm, security, mode)
