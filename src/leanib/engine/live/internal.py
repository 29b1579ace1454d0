"""Minute streams behind the hourly and daily ones, so that prices are live (`InternalSubscriptionManager.cs`).

A security that an algorithm has by the hour or by the day only gets an internal stream by the minute, in extended hours
too, unfiltered; not before the warm-up ends, and until it is subscribed by the minute or less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.core.data_manager import DataManager, lookup_subscription_config_data_types
from leanib.engine.market import OpenInterest, SubscriptionDataConfig
from leanib.engine.market.universe.requests import SubscriptionRequest
from leanib.engine.symbols import Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.algorithm import QCAlgorithm

__all__ = ["InternalFeeds"]


class InternalFeeds:
    """Keeps the internal streams in step with the securities.

    Args:
        algorithm: Whose securities they are.
        data_manager: The streams.
    """

    def __init__(self, algorithm: QCAlgorithm, data_manager: DataManager) -> None:
        self._algorithm = algorithm
        self._data_manager = data_manager
        self._running: dict[Symbol, list[SubscriptionDataConfig]] = {}
        self._finest: dict[Symbol, SubscriptionDataConfig] = {}
        self._seen: tuple[int, int] | None = None

    def follow(self) -> None:
        """Starts and ends what has to be; cheap while nothing has changed."""
        configs = self._data_manager.subscriptions
        seen = (len(configs), hash(frozenset(configs)))
        if seen == self._seen:
            return
        wanted = self._wanted(configs)
        for symbol in [symbol for symbol in self._running if symbol not in wanted]:
            for config in self._running.pop(symbol):
                self._data_manager.remove_subscription(config)
        for symbol in wanted:
            if symbol not in self._running:
                self._running[symbol] = self._start(symbol)
        configs = self._data_manager.subscriptions
        self._seen = (len(configs), hash(frozenset(configs)))

    def _wanted(self, configs: list[SubscriptionDataConfig]) -> list[Symbol]:
        finest: dict[Symbol, SubscriptionDataConfig] = {}
        for config in configs:
            asset = config.symbol.asset
            if config.is_internal_feed or config.is_custom_data or asset.is_custom_data or config.is_of_a_chain:
                continue
            known = finest.get(config.symbol)
            if known is None or config.resolution < known.resolution:
                finest[config.symbol] = config
        self._finest, securities = finest, self._algorithm.securities
        return [s for s, config in finest.items() if config.resolution > Resolution.MINUTE and s in securities]

    def _start(self, symbol: Symbol) -> list[SubscriptionDataConfig]:
        algorithm, like = self._algorithm, self._finest[symbol]
        types = [
            pair
            for pair in lookup_subscription_config_data_types(symbol.security_type, Resolution.MINUTE)
            if pair[0] is not OpenInterest
        ]
        configs = self._data_manager.add(
            symbol,
            Resolution.MINUTE,
            fill_forward=False,
            extended_market_hours=True,
            is_filtered_subscription=False,
            is_internal_feed=True,
            subscription_data_types=types,
            data_normalization_mode=like.data_normalization_mode,
            data_mapping_mode=like.data_mapping_mode,
            contract_depth_offset=like.contract_depth_offset,
        )
        end = algorithm.time_zone.to_utc(algorithm.end_date)
        for config in configs:
            security = algorithm.securities[symbol]
            self._data_manager.add_subscription(
                SubscriptionRequest(False, None, security, config, algorithm.utc_time, end)
            )
        return configs
