"""The internal streams that convert currencies (`Engine/DataFeeds/CurrencySubscriptionDataConfigManager.cs`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leanib.engine.market import SubscriptionDataConfig
from leanib.engine.market.universe import SecurityChanges
from leanib.engine.symbols import CashBookUpdateType, Resolution, Symbol

if TYPE_CHECKING:
    from leanib.engine.core.parts import StrategyParts

__all__ = ["CurrencyFeeds"]


class CurrencyFeeds:
    """Finds which conversion streams are missing when currencies or securities are added."""

    def __init__(self, algorithm: StrategyParts) -> None:
        self._algorithm = algorithm
        self._cash_added = False
        self._added: dict[SubscriptionDataConfig, None] = {}
        self._to_add: dict[SubscriptionDataConfig, None] = {}
        algorithm.portfolio.cash_book.updated += self._on_cash_book_updated

    def _on_cash_book_updated(self, _sender: object, event: object) -> None:
        if getattr(event, "update_type", None) is CashBookUpdateType.ADDED:
            self._cash_added = True

    def feed_replaced_by(self, symbol: Symbol) -> SubscriptionDataConfig | None:
        """The internal stream that is not needed any more once the user adds this symbol."""
        if not symbol.asset.is_pair:
            return None
        return next((config for config in self._added if config.symbol == symbol), None)

    def ensure(self, changes: SecurityChanges) -> bool:
        """Note the streams that are missing; says whether there is a new currency or stream."""
        cash_added, self._cash_added = self._cash_added, False
        added = {security.symbol for security in changes.added_securities}
        self._to_add = {config: None for config in self._to_add if config.symbol not in added}
        algorithm = self._algorithm
        configs = algorithm.portfolio.cash_book.ensure_currency_data_feeds(
            algorithm.securities,
            algorithm.subscription_manager,
            algorithm.brokerage_model.default_markets,
            changes,
            algorithm.securities,
            Resolution.MINUTE,
        )
        self._to_add.update(dict.fromkeys(configs))
        return bool(configs) or cash_added

    def has_pending(self) -> bool:
        """Whether there may be streams to start."""
        return self._cash_added or bool(self._to_add)

    def pending(self) -> list[SubscriptionDataConfig]:
        """The streams to start now."""
        if self._cash_added:
            self.ensure(SecurityChanges.NONE)
        pending = list(self._to_add)
        self._added.update(self._to_add)
        self._to_add = {}
        return pending
